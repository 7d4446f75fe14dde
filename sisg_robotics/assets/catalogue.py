"""Everything in the kit, by name: recipes in, assets out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from ..errors import BadValue, UnknownName
from .asset import Asset, AssetSpec, SupportSurface
from .category import Built, Category, choose_style, mesh_part, with_article
from .colors import color_rgb
from .kit import KITS
from .materials import finish_of
from .structure import STRUCTURE_CLASSES

CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {category.name: category for kit in KITS for category in kit.CATEGORIES}
)
"""All categories by name, in the order of the kit files."""


def class_ids() -> dict[str, int]:
    """Semantic ids: structure from 1, then the categories; 0 is nothing."""
    return {name: i for i, name in enumerate((*STRUCTURE_CLASSES, *CATEGORIES), start=1)}


@lru_cache(maxsize=1)
def _category_words() -> dict[str, str]:
    words: dict[str, str] = {}
    for category in CATEGORIES.values():
        for word in category.synonyms:
            words.setdefault(_singular(word), category.name)
            words.setdefault(word.lower(), category.name)
    for category in CATEGORIES.values():  # a name beats another's synonym
        words[category.plural.lower()] = words[category.name] = category.name
    return words


def _singular(word: str) -> str:
    """A plain English singular: "couches" gives "couch", "shelves" "shelf", "TVs" "tv"."""
    word = word.lower().strip()
    for ending, singular in (
        ("shelves", "shelf"),
        ("ies", "y"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("sses", "ss"),
    ):
        if word.endswith(ending):
            return word[: -len(ending)] + singular
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def find_category(word: str) -> str | None:
    """The category a word means: its name, its plural or a synonym of it; None when there is none."""
    words = _category_words()
    key = " ".join(word.lower().replace("-", " ").replace("_", " ").split())
    return words.get(key) or words.get(_singular(key))


@lru_cache(maxsize=512)
def make_asset(spec: AssetSpec) -> Asset:
    """Build what a recipe says: the same recipe gives the same bytes, on any machine.

    Raises `UnknownName` for a category, colour or material there is not.
    """
    if spec.category not in CATEGORIES:
        raise UnknownName("category", spec.category, CATEGORIES)
    if spec.seed < 0:
        raise BadValue("seed", spec.seed, "0 or more")
    if spec.color is not None:
        color_rgb(spec.color)
    if spec.material is not None:
        finish_of(spec.material)
    category = CATEGORIES[spec.category]
    key = int.from_bytes(hashlib.sha256(spec.category.encode()).digest()[:4], "big")
    style_rng, build_rng = (np.random.default_rng([spec.seed, key, stream]) for stream in (0, 1))
    style = choose_style(category, style_rng, color=spec.color, material=spec.material)
    built = _on_its_origin(category.build(build_rng, style), category)
    return Asset(
        spec=spec,
        description=with_article(built.description),
        color=style.color,
        material=style.material,
        parts=tuple(mesh_part(shape, material) for shape, material in built.parts),
        support=category.support,
        surfaces=built.surfaces,
        tags=built.tags,
    )


def _on_its_origin(built: Built, category: Category) -> Built:
    """Move what was built to where its kind has its origin (see `assets.asset`)."""
    corners = np.stack([shape.bounds for shape, _ in built.parts])
    lower, upper = corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)
    middle = (lower + upper) / 2
    origin = {
        "floor": (middle[0], middle[1], lower[2]),
        "surface": (middle[0], middle[1], lower[2]),
        "wall": (lower[0], middle[1], middle[2]),
        "ceiling": (middle[0], middle[1], upper[2]),
    }[category.support]
    x, y, z = (float(v) for v in origin)
    parts = tuple((shape.moved(-x, -y, -z), material) for shape, material in built.parts)
    surfaces = tuple(
        SupportSurface(
            (s.center_xyz_m[0] - x, s.center_xyz_m[1] - y, s.center_xyz_m[2] - z), s.size_xy_m, s.headroom_m
        )
        for s in built.surfaces
    )
    return built._replace(parts=parts, surfaces=surfaces)
