"""Colours in words by what cameras saw, and noisy maps whose features say nothing of them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.assets import COLORS as PALETTE
from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.prototypes import prototypes
from sisg_robotics.maps.seen_colors import color_shares
from sisg_robotics.maps.wording import COLORS, color_rivals

MapOf = Callable[..., VoxelMap]
CHAIR = ("chair", "a fabric upholstered chair with oak legs")


def srgb(word: str, exposure: float = 1.0) -> np.ndarray:
    return np.round(255 * np.clip(np.array(PALETTE[word]) * exposure, 0, 1)).astype(np.uint8)


@pytest.mark.parametrize("exposure", [0.7, 1.0])
@pytest.mark.parametrize("word", sorted(set(COLORS) - {"white", "grey", "black"}))
def test_a_colour_is_called_by_its_word_or_by_one_that_nobody_keeps_apart(word: str, exposure: float) -> None:
    (shares,) = color_shares(srgb(word, exposure)[None])
    assert shares.sum() == pytest.approx(1)
    rivals = np.flatnonzero(color_rivals(word))
    assert shares[COLORS.index(word)] > 0.9 * shares[rivals].max() or exposure < 1
    chromatic = [row for row in rivals if COLORS[row] not in ("grey", "black", "brown", "light brown")]
    assert shares[COLORS.index(word)] > shares[chromatic].max()


@pytest.mark.parametrize(("level", "word"), [(250, "white"), (130, "grey"), (10, "black")])
def test_greys_are_told_by_how_light_they_are(level: int, word: str) -> None:
    (shares,) = color_shares(np.full((1, 3), level, np.uint8))
    assert COLORS[int(shares.argmax())] == word


@pytest.fixture
def chairs(map_of: MapOf) -> VoxelMap:
    """Three chairs of one description on a floor, in a noisy map: red, blue, and grey with some green."""
    places = [(x, 1.0, 0.05) for x in (0.5, 2.0, 3.5)]
    boxes = [(*CHAIR, at, (at[0] + 0.5, 1.5, 0.5)) for at in places]
    exact = map_of(("floor", "the oak parquet floor of the bedroom", (0, 0, 0), (5, 3, 0.05)), *boxes)
    rng = np.random.default_rng(0)
    x, _, z = exact.centers_xyz_m.T
    rgb = np.tile(srgb("light brown"), (len(exact), 1))
    for start, color in ((0.5, "red"), (2.0, "blue"), (3.5, "grey")):
        rgb[(z > 0.05) & (x > start) & (x < start + 0.5)] = srgb(color)
    rgb[(z > 0.35) & (x > 3.5) & (x < 4.0)] = srgb("green")
    noise = rng.standard_normal(exact.features.shape) * 4 * 0.3 / np.sqrt(exact.feature_dim)
    return replace(exact, features=exact.features + noise.astype(np.float32), rgb=rgb)


@pytest.mark.parametrize(("color", "x_m"), [("red", 0.75), ("blue", 2.25), ("green", 3.75)])
def test_a_noisy_map_knows_colours_by_sight(chairs: VoxelMap, color: str, x_m: float) -> None:
    assert prototypes(chairs).doubt > 0
    (found,) = chairs.query(f"the {color} chair").objects
    assert found.center_xyz_m == pytest.approx((x_m, 1.25, 0.275), abs=0.06)


@pytest.mark.parametrize("color", ["yellow", "purple", "pink"])
def test_a_colour_that_none_of_them_has_is_not_there(chairs: VoxelMap, color: str) -> None:
    assert len(chairs.query("chair").objects) == 3
    assert not chairs.query(f"the {color} chair").found


def test_a_colour_is_excluded_by_sight_too(chairs: VoxelMap) -> None:
    found = chairs.query("chair, not the red one").objects
    assert sorted(round(thing.center_xyz_m[0]) for thing in found) == [2, 4]


@pytest.mark.parametrize(("color", "x_m"), [("red", 0.75), ("blue", 2.25)])
def test_where_cameras_cannot_tell_features_do(map_of: MapOf, color: str, x_m: float) -> None:
    boxes = [
        ("chair", f"a {word} fabric chair", (x - 0.25, 1.0, 0.05), (x + 0.25, 1.5, 0.5))
        for word, x in (("red", 0.75), ("blue", 2.25))
    ]
    exact = map_of(("floor", "the oak parquet floor of the bedroom", (0, 0, 0), (5, 3, 0.05)), *boxes)
    noise = np.random.default_rng(0).standard_normal(exact.features.shape) * 0.5 / np.sqrt(exact.feature_dim)
    dark = np.full((len(exact), 3), 20, np.uint8)
    noisy = replace(exact, features=exact.features + noise.astype(np.float32), rgb=dark)
    assert prototypes(noisy).doubt > 0
    (found,) = noisy.query(f"the {color} chair").objects
    assert found.center_xyz_m[0] == pytest.approx(x_m, abs=0.06)


def test_a_map_whose_colours_were_asked_is_forgotten_with_its_last_name(chairs: VoxelMap) -> None:
    mine = replace(chairs)
    assert mine.query("the red chair").found
    kept = weakref.ref(mine)
    del mine
    gc.collect()
    assert kept() is None


def test_exact_features_need_no_sight(flat: VoxelMap) -> None:
    dark = replace(flat, rgb=np.zeros_like(flat.rgb))
    assert dark.query("the red sofa").objects == flat.query("the red sofa").objects
    assert not dark.query("a green sofa").found
