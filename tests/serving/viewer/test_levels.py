"""Coarser cells lose no voxel, no colour and no heat."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.maps import VoxelMap
from sisg_robotics.serving.viewer.levels import Level, level_for, make_level, make_levels, nearest_px_per_m


def slow_level(vmap: VoxelMap, factor: int) -> dict[tuple[int, ...], list[int]]:
    """The rows in each larger cell, one by one."""
    rows: dict[tuple[int, ...], list[int]] = {}
    for row, cell in enumerate(vmap.cells):
        rows.setdefault(tuple(int(np.floor(c / factor)) for c in cell), []).append(row)
    return rows


@pytest.mark.parametrize("factor", [1, 2, 3, 8])
def test_a_level_is_what_a_loop_over_voxels_makes(random_map: VoxelMap, factor: int) -> None:
    heat = np.random.default_rng(0).random(len(random_map)).astype(np.float32)
    level, expected = make_level(random_map, factor), slow_level(random_map, factor)
    hottest = level.most(heat)
    assert len(level) == len(expected)
    for i, (cell, rows) in enumerate(sorted(expected.items())):
        assert level.count[i] == len(rows)
        assert (level.of_voxel[rows] == i).all()
        assert np.abs(level.rgb[i] - random_map.rgb[rows].mean(axis=0)).max() <= 0.5
        assert hottest[i] == heat[rows].max()
        center = (np.array(cell) + 0.5) * factor * random_map.cell_size_m + random_map.origin_xyz_m
        assert np.allclose(level.centers_xyz_m[i], center, atol=1e-5)


def test_counts_are_conserved_and_each_level_is_coarser(random_map: VoxelMap) -> None:
    levels = [make_level(random_map, factor) for factor in (1, 2, 4, 8, 16)]
    assert [level.count.sum() for level in levels] == [len(random_map)] * 5
    assert all(len(fine) > len(coarse) for fine, coarse in pairwise(levels))


def test_the_finest_level_is_the_map(random_map: VoxelMap) -> None:
    level = make_levels(random_map)[0]
    assert np.array_equal(level.rgb, random_map.rgb)
    assert np.allclose(level.centers_xyz_m, random_map.centers_xyz_m, atol=1e-5)


def test_a_large_map_ends_in_a_level_that_is_small(make_map) -> None:
    wide = np.stack(np.meshgrid(np.arange(-150, 150), np.arange(-150, 150), [0]), axis=-1).reshape(-1, 3)
    sizes = [len(level) for level in make_levels(make_map(wide, np.zeros_like(wide)))]
    assert sizes == [90_000, 22_500, 5_776]


def test_a_level_finer_than_the_map_is_refused(random_map: VoxelMap) -> None:
    with pytest.raises(BadValue, match="factor is 0"):
        make_level(random_map, 0)


def level_of(n: int, cell_size_m: float) -> Level:
    centers, rgb = np.zeros((n, 3), np.float32), np.zeros((n, 3), np.uint8)
    return Level(cell_size_m, centers, rgb, np.ones(n, np.int64), np.zeros(n, np.int64))


LEVELS = (level_of(1000, 0.05), level_of(300, 0.1), level_of(100, 0.2))


@pytest.mark.parametrize(
    ("px_per_m", "most", "chosen"),
    [
        (1000.0, 10_000, 0),  # near: the map itself
        (50.0, 10_000, 0),  # a cell takes 2.5 pixels
        (25.0, 10_000, 1),
        (1.0, 10_000, 2),
        (float("inf"), 500, 1),  # too many to draw, however near
        (1000.0, 1, 2),  # more than that even in the coarsest
    ],
)
def test_what_is_far_away_or_too_much_is_drawn_coarser(px_per_m: float, most: int, chosen: int) -> None:
    assert level_for(LEVELS, px_per_m, most) == chosen


def test_pixels_per_metre_of_a_camera_before_the_map(random_map: VoxelMap) -> None:
    levels = make_levels(random_map)
    high = levels[-1].centers_xyz_m.max(axis=0).astype(np.float64)
    inside = levels[-1].centers_xyz_m.mean(axis=0).astype(np.float64)
    assert nearest_px_per_m(inside, levels, 1.0, 800) == float("inf")
    two_above = np.array([inside[0], inside[1], high[2] + 2.0])
    assert nearest_px_per_m(two_above, levels, np.pi / 2, 800) == pytest.approx(400 / 2, rel=1e-5)
