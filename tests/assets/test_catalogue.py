"""Every category builds, is the size of the real thing, is what its words say, and is the same every time."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from sisg_robotics.assets import (
    CATEGORIES,
    COLORS,
    STRUCTURE_CLASSES,
    Asset,
    AssetSpec,
    class_ids,
    find_category,
    make_asset,
)
from sisg_robotics.errors import BadValue, UnknownName

SEEDS = range(4)
MAIN = ("sofa", "armchair", "chair", "dining table", "bed", "bookshelf", "wardrobe", "floor lamp", "dresser")


def digest(asset: Asset) -> str:
    """A hash over everything that is drawn or said."""
    sha = hashlib.sha256(f"{asset.description}|{asset.surfaces}|{asset.tags}".encode())
    for part in asset.parts:
        for array in (part.vertices_m, part.triangles, part.normals, part.uv):
            sha.update(array.tobytes())
        if part.material.texture is not None:
            sha.update(part.material.texture.tobytes())
        sha.update(repr((part.material.name, part.material.color_rgb, part.material.emission)).encode())
    return sha.hexdigest()


def triangles_of(asset: Asset) -> np.ndarray:
    return np.concatenate([p.vertices_m[p.triangles] for p in asset.parts]).astype(np.float64)  # (m, 3, 3)


def mean_albedo(asset: Asset) -> np.ndarray:
    """Mean colour of the surface, weighted by area."""
    total, weight = np.zeros(3), 0.0
    for part in asset.parts:
        a, b, c = (part.vertices_m[part.triangles[:, i]] for i in range(3))
        area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())
        texture = part.material.texture
        rgb = part.material.color_rgb if texture is None else texture.mean(axis=(0, 1)) / 255
        total, weight = total + area * np.array(rgb), weight + area
    return total / weight


def heights_at(asset: Asset, x: float, y: float) -> np.ndarray:
    """Where a vertical line meets the asset."""
    t = triangles_of(asset)
    (ax, ay), (bx, by), (cx, cy) = (t[:, i, :2].T for i in range(3))
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    solid = np.abs(area) > 1e-12
    t, area = t[solid], area[solid]
    (ax, ay), (bx, by), (cx, cy) = (t[:, i, :2].T for i in range(3))
    u = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area
    v = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area
    inside = (u >= 0) & (v >= 0) & (u + v <= 1)
    return (u * t[:, 0, 2] + v * t[:, 1, 2] + (1 - u - v) * t[:, 2, 2])[inside]


@pytest.fixture(scope="module", params=list(CATEGORIES))
def variants(request) -> list[Asset]:
    """A few assets of one category."""
    return [make_asset(AssetSpec(request.param, seed)) for seed in SEEDS]


def test_there_are_enough_categories():
    assert len(CATEGORIES) >= 45


def test_class_ids_start_with_structure_and_leave_zero_free():
    ids = class_ids()
    assert list(ids)[:5] == list(STRUCTURE_CLASSES)
    assert sorted(ids.values()) == list(range(1, len(CATEGORIES) + 6))


def test_bounds_obey_the_conventions_of_their_support(variants):
    for asset in variants:
        lower, upper = asset.bounds_m
        middle = (lower + upper) / 2
        if asset.support == "ceiling":
            assert upper[2] == pytest.approx(0.0, abs=1e-5)
            assert np.abs(middle[:2]).max() < 1e-5
        elif asset.support == "wall":
            assert lower[0] == pytest.approx(0.0, abs=1e-5)
            assert np.abs(middle[1:]).max() < 1e-5
        else:
            assert lower[2] == pytest.approx(0.0, abs=1e-5)
            assert np.abs(middle[:2]).max() < 1e-5


def test_meshes_are_finite_wound_like_their_normals_and_light_enough(variants):
    for asset in variants:
        assert 0 < asset.triangle_count <= 5000
        for part in asset.parts:
            assert len(part.triangles) > 0
            for array in (part.vertices_m, part.normals, part.uv):
                assert np.isfinite(array).all()
            np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1.0, atol=1e-4)
            a, b, c = (part.vertices_m[part.triangles[:, i]].astype(np.float64) for i in range(3))
            along = np.einsum("mi,mi->m", np.cross(b - a, c - a), part.normals[part.triangles].sum(axis=1))
            assert (along > 0).mean() > 0.999


def test_solids_are_not_inside_out(variants):
    for asset in variants:
        corners = triangles_of(asset) - np.mean(asset.bounds_m, axis=0)
        a, b, c = corners.transpose(1, 0, 2)
        assert np.einsum("mi,mi->", a, np.cross(b, c)) > 0


def test_the_description_names_the_colour_and_begins_with_an_article(variants):
    for asset in variants:
        assert asset.color in asset.description
        article, rest = asset.description.split(" ", 1)
        assert article == ("an" if rest[0] in "aeiou" else "a")
        assert " a orange" not in asset.description
        assert " a oak" not in asset.description


def test_support_surfaces_lie_on_the_asset_and_are_free_above(variants):
    for asset in variants:
        for surface in asset.surfaces:
            x, y, z = surface.center_xyz_m
            half_x, half_y = (0.45 * s for s in surface.size_xy_m)
            assert min(surface.size_xy_m) > 0.05
            assert surface.headroom_m > 0.08
            for dx, dy in ((0.003, 0.002), (half_x, half_y), (-half_x, half_y), (half_x, -half_y)):
                hits = heights_at(asset, x + dx, y + dy)
                assert np.abs(hits - z).min(initial=9.0) < 0.01, (asset.id, surface)
                above = hits[(hits > z + 0.01) & (hits < z + surface.headroom_m - 0.002)]
                assert above.size == 0, (asset.id, surface, above)


def test_the_same_recipe_gives_the_same_bytes(variants):
    again = make_asset.__wrapped__(variants[1].spec)  # past the cache
    assert again is not variants[1]
    assert digest(again) == digest(variants[1])


def test_seeds_differ(variants):
    assert len({digest(asset) for asset in variants}) == len(variants)


@pytest.mark.parametrize("name", MAIN)
def test_the_main_categories_come_in_at_least_three_builds(name):
    builds = set()
    for seed in range(12):
        asset = make_asset(AssetSpec(name, seed, "red"))
        builds.add((asset.description.replace(asset.material, ""), len(asset.parts)))
    assert len(builds) >= 3


def test_another_colour_changes_the_colour_and_not_the_shape(variants):
    category = variants[0].category
    red, blue = (make_asset(AssetSpec(category, 2, color)) for color in ("red", "blue"))
    for asset, other in ((red, blue), (blue, red)):
        assert asset.color in asset.description
        wanted = np.array(COLORS[asset.color])
        near = np.linalg.norm(mean_albedo(asset) - wanted)
        assert near < np.linalg.norm(mean_albedo(other) - wanted)
    assert red.size_xyz_m == blue.size_xyz_m


def test_a_material_that_is_asked_for_is_used():
    asset = make_asset(AssetSpec("sofa", 5, "green", "velvet"))
    assert (asset.color, asset.material) == ("green", "velvet")
    assert "green velvet" in asset.description
    assert any(part.material.name == "green velvet" for part in asset.parts)
    assert make_asset(AssetSpec("desk", 0, material="walnut")).color == "brown"


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("sofa", "sofa"),
        ("Sofas", "sofa"),
        ("couches", "sofa"),
        ("TV", "television"),
        ("TVs", "television"),
        ("fridge", "refrigerator"),
        ("fridges", "refrigerator"),
        ("bookshelves", "bookshelf"),
        ("bookcases", "bookshelf"),
        ("benches", "bench"),
        ("dining-table", "dining table"),
        ("bedside tables", "nightstand"),
        ("coffee  tables", "coffee table"),
        ("table", "dining table"),
        ("lamp", "table lamp"),
        ("unicorn", None),
        ("", None),
    ],
)
def test_categories_are_found_by_plurals_and_synonyms(word, category):
    assert find_category(word) == category


def test_every_name_and_plural_finds_its_own_category(variants):
    category = CATEGORIES[variants[0].category]
    assert find_category(category.name) == find_category(category.plural) == category.name


def test_no_synonym_means_two_things():
    owner: dict[str, str] = {}
    for category in CATEGORIES.values():
        for word in (category.name, category.plural, *category.synonyms):
            assert owner.setdefault(word.lower(), category.name) == category.name, word


def test_every_category_comes_in_known_colours():
    for category in CATEGORIES.values():
        assert set(category.colors) <= set(COLORS), category.name


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (AssetSpec("sofaa"), "Unknown category 'sofaa'.*Did you mean 'sofa'"),
        (AssetSpec("sofa", color="octarine"), "Unknown colour 'octarine'"),
        (AssetSpec("sofa", material="adamant"), "Unknown material 'adamant'"),
    ],
)
def test_what_there_is_not_is_refused_in_one_sentence(spec, message):
    with pytest.raises(UnknownName, match=message):
        make_asset(spec)


def test_a_negative_seed_is_refused():
    with pytest.raises(BadValue, match="seed is -1"):
        make_asset(AssetSpec("sofa", -1))
