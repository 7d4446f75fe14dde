"""Materials in a noisy map: which of several things, by what its voxels say together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.prototypes import prototypes

X_M = {"oak": 0.75, "metal": 2.25, "leather": 3.75}


@pytest.fixture
def stools(map_of: Callable[..., VoxelMap]) -> VoxelMap:
    """Three stools on a floor, in a noisy map."""
    boxes = [
        ("stool", f"a round {material} stool", (x - 0.25, 1.0, 0.05), (x + 0.25, 1.5, 0.5))
        for material, x in X_M.items()
    ]
    exact = map_of(("floor", "the oak parquet floor of the bedroom", (0, 0, 0), (5, 3, 0.05)), *boxes)
    noise = np.random.default_rng(0).standard_normal(exact.features.shape) * 0.5 / np.sqrt(exact.feature_dim)
    return replace(exact, features=exact.features + noise.astype(np.float32))


@pytest.mark.parametrize("material", X_M)
def test_the_one_of_that_material_comes_first_and_no_other_is_lost(stools: VoxelMap, material: str) -> None:
    assert prototypes(stools).doubt > 0
    plain, asked = stools.query(["stool", f"the {material} stool"])
    assert len(asked.objects) == len(plain.objects) == 3
    assert asked.objects[0].center_xyz_m[0] == pytest.approx(X_M[material], abs=0.06)
    assert asked.objects[0].score > asked.objects[1].score + 0.02


def test_a_score_is_lowered_to_no_less_than_what_is_found(stools: VoxelMap) -> None:
    found = stools.query("the marble stool")
    assert len(found.objects) == 3
    assert min(thing.score for thing in found.objects) >= 0.5
