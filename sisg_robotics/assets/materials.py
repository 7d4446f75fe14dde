"""What things are made of: a material word and a colour word give a `Material` with a texture.

A repeat of every texture is `REPEAT_M` (0.5 m) of surface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ..errors import UnknownName
from . import textures
from .asset import Material
from .colors import COLORS as COLORS
from .colors import RGB, color_rgb


@dataclass(frozen=True)
class Finish:
    """How a material word looks: its pattern, and the colour it has by nature, if it has one."""

    pattern: Callable[[np.random.Generator], np.ndarray] | None
    contrast: float
    roughness: float = 0.8
    metallic: float = 0.0
    natural_rgb: RGB | None = None
    natural_color: str | None = None
    """The word for the natural colour; such a material is dyed only when somebody asks for it."""


FINISHES: Mapping[str, Finish] = MappingProxyType(
    {
        "oak": Finish(textures.wood, 0.26, 0.6, 0.0, (0.71, 0.52, 0.32), "light brown"),
        "pine": Finish(textures.knotty_wood, 0.24, 0.6, 0.0, (0.85, 0.69, 0.45), "beige"),
        "walnut": Finish(textures.wood, 0.30, 0.5, 0.0, (0.37, 0.23, 0.14), "brown"),
        "wood": Finish(textures.wood, 0.16, 0.6),
        "lacquer": Finish(textures.speckle, 0.03, 0.25),
        "fabric": Finish(textures.weave, 0.22, 0.95),
        "velvet": Finish(textures.nap, 0.13, 0.9),
        "leather": Finish(textures.leather, 0.16, 0.4),
        "wool": Finish(textures.carpet, 0.35, 1.0),
        "cotton": Finish(textures.weave, 0.10, 0.95),
        "canvas": Finish(textures.weave, 0.06, 0.9),
        "metal": Finish(textures.speckle, 0.04, 0.18, 0.5),
        "steel": Finish(textures.brushed, 0.09, 0.3, 0.8, (0.66, 0.67, 0.68), "grey"),
        "chrome": Finish(textures.brushed, 0.06, 0.1, 0.9, (0.78, 0.79, 0.80), "grey"),
        "brass": Finish(textures.brushed, 0.10, 0.3, 0.8, (0.78, 0.61, 0.26), "yellow"),
        "ceramic": Finish(textures.glaze, 0.19, 0.35),
        "porcelain": Finish(textures.speckle, 0.02, 0.1),
        "plastic": Finish(textures.speckle, 0.03, 0.6),
        "rubber": Finish(textures.speckle, 0.06, 0.9),
        "glass": Finish(None, 0.0, 0.05),
        "marble": Finish(textures.marble, 0.22, 0.2, 0.0, (0.90, 0.90, 0.88), "white"),
        "stone": Finish(textures.speckle, 0.15, 0.7),
        "clay": Finish(textures.speckle, 0.14, 0.9),
        "wicker": Finish(textures.wicker, 0.40, 0.9),
        "cardboard": Finish(textures.speckle, 0.08, 0.9, 0.0, (0.69, 0.51, 0.33), "light brown"),
        "paper": Finish(textures.paper, 0.10, 0.9),
        "leaf": Finish(textures.leaf, 0.35, 0.7, 0.0, (0.22, 0.46, 0.18), "green"),
        "petal": Finish(textures.speckle, 0.10, 0.8),
        "soil": Finish(textures.carpet, 0.4, 1.0, 0.0, (0.20, 0.14, 0.10), "brown"),
        "wax": Finish(textures.speckle, 0.04, 0.5),
        "light": Finish(None, 0.0, 0.9, 0.0, (1.0, 0.93, 0.80), "white"),
    }
)
"""Material words. Those with a natural colour are used in it unless a colour is asked for."""

WOODS = ("oak", "pine", "walnut", "wood")
SOFT = ("fabric", "velvet", "leather", "wool", "cotton")

KINDS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wood": ("oak", "walnut", "pine"),
        "metal": ("steel", "chrome", "brass"),
        "fabric": ("cotton", "wool", "velvet", "canvas"),
        "ceramic": ("porcelain", "clay"),
    }
)
"""Wider material words, and those of which each may be said, too: a steel bin is a metal bin."""


def finish_of(material_word: str) -> Finish:
    """How a material word looks."""
    if material_word not in FINISHES:
        raise UnknownName("material", material_word, FINISHES)
    return FINISHES[material_word]


def make_material(
    material_word: str, color_word: str | None, rng: np.random.Generator, *, emission: float = 0.0
) -> Material:
    """A material of this word in this colour; `None`, or its natural colour's word, keeps its natural look.

    A material without a natural colour is grey then. The generator draws the texture and a slight shade.
    """
    finish = finish_of(material_word)
    natural = color_word is None or color_word == finish.natural_color
    if natural and finish.natural_rgb is not None:
        base = finish.natural_rgb
    else:
        base = color_rgb(color_word or "grey")
    shade = 1.0 + 0.06 * rng.uniform(-1, 1)
    red, green, blue = (float(np.clip(c * shade, 0, 1)) for c in base)
    rgb = (red, green, blue)
    texture = None if finish.pattern is None else textures.tint(finish.pattern(rng), rgb, finish.contrast)
    name = f"{color_word or finish.natural_color or 'grey'} {material_word}"
    return Material(name, rgb, texture, finish.roughness, finish.metallic, emission)
