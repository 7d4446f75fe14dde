"""Kitchen, bathroom, electronics, plants and small things: sizes of the real ones, words that are true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sisg_robotics.assets import CATEGORIES, COLORS, Asset, AssetSpec, make_asset

SEEDS = (0, 1, 2)

# depth, width, height in metres, smallest and largest that a shop would sell
SIZES = {
    "refrigerator": ((0.55, 0.80), (0.5, 1.0), (0.8, 2.0)),
    "stove": ((0.55, 0.75), (0.5, 0.9), (0.85, 1.1)),
    "microwave": ((0.3, 0.5), (0.42, 0.6), (0.24, 0.35)),
    "kitchen counter": ((0.55, 0.75), (0.45, 2.0), (0.85, 0.95)),
    "kitchen sink": ((0.55, 0.75), (0.8, 1.4), (1.0, 1.4)),
    "dishwasher": ((0.55, 0.75), (0.44, 0.65), (0.8, 0.95)),
    "washing machine": ((0.5, 0.7), (0.58, 0.65), (0.8, 0.9)),
    "range hood": ((0.4, 0.55), (0.55, 0.95), (0.6, 0.9)),
    "cup": ((0.08, 0.2), (0.08, 0.2), (0.09, 0.13)),
    "bowl": ((0.18, 0.3), (0.18, 0.3), (0.07, 0.14)),
    "plate": ((0.22, 0.32), (0.22, 0.32), (0.03, 0.1)),
    "bottle": ((0.07, 0.14), (0.07, 0.14), (0.2, 0.38)),
    "fruit bowl": ((0.25, 0.4), (0.25, 0.4), (0.1, 0.25)),
    "kettle": ((0.15, 0.25), (0.18, 0.32), (0.19, 0.3)),
    "toaster": ((0.15, 0.25), (0.26, 0.4), (0.17, 0.28)),
    "coffee machine": ((0.25, 0.4), (0.18, 0.3), (0.3, 0.42)),
    "cooking pot": ((0.2, 0.32), (0.25, 0.42), (0.14, 0.25)),
    "frying pan": ((0.24, 0.34), (0.4, 0.6), (0.06, 0.14)),
    "toilet": ((0.55, 0.75), (0.34, 0.45), (0.7, 1.0)),
    "bathtub": ((0.65, 0.95), (1.4, 1.9), (0.5, 0.95)),
    "shower": ((0.8, 1.1), (0.8, 1.1), (1.9, 2.2)),
    "washbasin": ((0.4, 0.55), (0.45, 0.75), (0.85, 1.15)),
    "towel rack": ((0.05, 0.15), (0.4, 0.9), (0.4, 0.8)),
    "toilet paper holder": ((0.1, 0.2), (0.12, 0.25), (0.12, 0.3)),
    "laundry basket": ((0.25, 0.52), (0.34, 0.55), (0.4, 0.8)),
    "television": ((0.1, 0.3), (0.8, 1.35), (0.5, 0.9)),
    "computer monitor": ((0.12, 0.3), (0.48, 0.75), (0.35, 0.65)),
    "laptop": ((0.22, 0.42), (0.3, 0.4), (0.18, 0.32)),
    "keyboard": ((0.12, 0.22), (0.3, 0.48), (0.02, 0.07)),
    "printer": ((0.3, 0.6), (0.38, 0.5), (0.15, 0.45)),
    "speaker": ((0.22, 0.4), (0.18, 0.3), (0.8, 1.2)),
    "telephone": ((0.16, 0.26), (0.18, 0.28), (0.08, 0.2)),
    "radio": ((0.08, 0.2), (0.25, 0.42), (0.2, 0.45)),
    "game controller": ((0.1, 0.18), (0.14, 0.24), (0.04, 0.08)),
    "potted plant": ((0.28, 1.3), (0.28, 1.3), (0.5, 2.0)),
    "cactus": ((0.1, 0.25), (0.1, 0.25), (0.15, 0.45)),
    "flowers": ((0.15, 0.4), (0.15, 0.4), (0.3, 0.55)),
    "fan": ((0.25, 0.5), (0.35, 0.55), (0.9, 1.4)),
    "radiator": ((0.08, 0.2), (0.4, 1.1), (0.5, 0.8)),
    "vacuum cleaner": ((0.3, 0.6), (0.25, 0.4), (0.9, 1.25)),
    "robot vacuum": ((0.3, 0.4), (0.3, 0.4), (0.07, 0.13)),
    "trash can": ((0.2, 0.45), (0.2, 0.45), (0.25, 0.7)),
    "ironing board": ((0.3, 0.45), (1.1, 1.4), (0.8, 1.1)),
    "step ladder": ((0.4, 1.3), (0.35, 0.55), (0.6, 1.65)),
    "bucket": ((0.25, 0.45), (0.25, 0.45), (0.25, 1.4)),
    "basket": ((0.2, 0.55), (0.3, 0.55), (0.18, 0.55)),
    "cardboard box": ((0.25, 0.9), (0.35, 1.2), (0.25, 0.65)),
    "umbrella stand": ((0.18, 0.35), (0.18, 0.35), (0.7, 1.1)),
    "book": ((0.18, 0.36), (0.25, 0.42), (0.04, 0.3)),
    "pillow": ((0.35, 0.5), (0.35, 0.75), (0.1, 0.2)),
    "blanket": ((0.3, 0.5), (0.4, 0.6), (0.07, 0.2)),
    "backpack": ((0.2, 0.42), (0.28, 0.45), (0.4, 0.6)),
    "suitcase": ((0.2, 0.35), (0.34, 0.6), (0.5, 1.2)),
    "shoes": ((0.25, 0.36), (0.18, 0.3), (0.08, 0.3)),
    "alarm clock": ((0.04, 0.12), (0.1, 0.25), (0.07, 0.25)),
    "ball": ((0.2, 0.42), (0.2, 0.42), (0.2, 0.42)),
    "guitar": ((0.2, 0.45), (0.3, 0.45), (0.9, 1.3)),
    "teddy bear": ((0.15, 0.35), (0.15, 0.45), (0.2, 0.45)),
    "bicycle": ((1.5, 1.9), (0.5, 0.7), (0.9, 1.2)),
    "globe": ((0.2, 0.36), (0.2, 0.36), (0.3, 0.45)),
}


@pytest.fixture(scope="module", params=list(SIZES))
def variants(request) -> list[Asset]:
    """Three assets of one category."""
    return [make_asset(AssetSpec(request.param, seed)) for seed in SEEDS]


def pieces(asset: Asset) -> np.ndarray:
    """The bounding boxes (k, 2, 3) of the pieces that share no vertex with each other."""
    vertices = np.concatenate([part.vertices_m for part in asset.parts])
    starts = np.cumsum([0] + [len(part.vertices_m) for part in asset.parts[:-1]])
    triangles = np.concatenate([p.triangles + s for p, s in zip(asset.parts, starts, strict=True)])
    _, place = np.unique(np.round(vertices, 5), axis=0, return_inverse=True)
    a, b, c = place.ravel()[triangles].T
    edges = coo_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, c])), shape=(place.max() + 1,) * 2)
    piece = connected_components(edges, directed=False)[1][place.ravel()]
    used = np.unique(piece[triangles])
    return np.stack([[vertices[piece == k].min(axis=0), vertices[piece == k].max(axis=0)] for k in used])


def test_sizes_are_those_of_real_things(variants):
    for asset in variants:
        for size, (low, high) in zip(asset.size_xyz_m, SIZES[asset.category], strict=True):
            assert low <= size <= high, (asset.id, asset.size_xyz_m)


def test_each_thing_is_large_enough_to_be_seen_in_a_map_of_five_centimetres(variants):
    for asset in variants:
        assert sorted(asset.size_xyz_m)[1] >= 0.07, asset.id


def test_meshes_are_light(variants):
    for asset in variants:
        assert asset.triangle_count <= (3000 if asset.support == "floor" else 1800), asset.id


def test_no_piece_floats(variants):
    for asset in variants:
        boxes = pieces(asset)
        lower, upper = boxes[:, None, 0] - 0.004, boxes[:, None, 1] + 0.004
        touching = ((lower <= boxes[None, :, 1]) & (upper >= boxes[None, :, 0])).all(axis=2)
        count, _ = connected_components(touching, directed=False)
        # a pair of shoes lies beside each other
        assert count == (2 if asset.category == "shoes" else 1), asset.id


def test_a_colour_that_is_asked_for_is_said_and_seen(variants):
    for color in ("red", "blue", "white"):
        asset = make_asset(AssetSpec(variants[0].category, 1, color))
        assert asset.color == color
        assert color in asset.description
        main = [part for part in asset.parts if part.material.name == f"{color} {asset.material}"]
        wanted = np.array(COLORS[color])
        assert main, asset.id
        assert any(np.abs(np.array(part.material.color_rgb) - wanted).max() < 0.1 for part in main)


def test_the_material_is_said(variants):
    for asset in variants:
        if asset.category != "flowers":  # nobody says "petal flowers"
            assert asset.material in asset.description, asset.id


def test_descriptions_read_as_one_phrase(variants):
    for asset in variants:
        assert "  " not in asset.description
        assert not asset.description.endswith((",", ".", " "))
        assert " a a" not in asset.description
        assert " a o" not in asset.description.replace(" a one", "")


@pytest.mark.parametrize(
    "category", ["microwave", "stove", "washing machine", "television", "computer monitor"]
)
def test_glass_doors_and_screens_are_in_front(category):
    for seed in SEEDS:
        asset = make_asset(AssetSpec(category, seed))
        panes = [p.vertices_m[:, 0] for p in asset.parts if p.material.name in ("black glass", "picture")]
        body = asset.parts[0].vertices_m[:, 0]
        assert np.concatenate(panes).mean() > (body.min() + body.max()) / 2


def test_a_laptop_is_looked_at_from_the_front():
    for seed in SEEDS:
        (shown,) = [p for p in make_asset(AssetSpec("laptop", seed)).parts if p.material.name == "picture"]
        assert shown.normals[:, 0].min() > 0.8
        assert shown.uv[np.argmax(shown.vertices_m[:, 2]), 1] == 0  # the picture's first row is its top


@pytest.mark.parametrize("category", ["kitchen sink", "washbasin", "toilet"])
def test_taps_and_cisterns_are_at_the_wall(category):
    for seed in SEEDS:
        asset = make_asset(AssetSpec(category, seed))
        vertices = np.concatenate([p.vertices_m for p in asset.parts])
        top = vertices[vertices[:, 2] > asset.bounds_m[1, 2] - 0.03]
        assert top[:, 0].mean() < 0


@pytest.mark.parametrize("category", ["kitchen counter", "washing machine", "dishwasher", "book"])
def test_small_things_can_stand_on_it(category):
    for seed in SEEDS:
        asset = make_asset(AssetSpec(category, seed))
        assert len(asset.surfaces) == 1
        assert asset.surfaces[0].center_xyz_m[2] == pytest.approx(asset.bounds_m[1, 2], abs=0.005)


def test_all_of_them_are_in_the_catalogue_under_their_own_names():
    assert set(SIZES) <= set(CATEGORIES)
    assert len(SIZES) >= 38
