"""What is drawn: cells under a cut, boxes, cameras, and where one looks from at first."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.geometry import invert, look_at, transform
from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.colors import overlay_heat
from sisg_robotics.maps.objects import MapObject
from sisg_robotics.serving.viewer.drawing import (
    MARGIN,
    beside,
    box_edges,
    draw,
    facing,
    first_look,
    polyline,
    spread_frames,
)
from sisg_robotics.serving.viewer.levels import make_level


def test_the_cut_takes_away_what_is_above_it(random_map: VoxelMap) -> None:
    level = make_level(random_map, 2)
    low = draw(level, cut_height_m=0.15)
    assert 0 < len(low.centers_xyz_m) < len(level)
    assert low.centers_xyz_m[:, 2].max() <= 0.15
    assert len(draw(level).centers_xyz_m) == len(level)
    assert len(draw(level, cut_height_m=-100.0).centers_xyz_m) == 0


def test_heat_is_laid_over_the_colours_of_the_same_cells(random_map: VoxelMap) -> None:
    level = make_level(random_map, 2)
    heat = np.linspace(0, 1, len(random_map)).astype(np.float32)
    cells = draw(level, cut_height_m=0.2, heat=heat)
    shown = level.centers_xyz_m[:, 2] <= 0.2
    assert np.array_equal(cells.rgb, overlay_heat(level.rgb[shown], level.most(heat)[shown]))


def test_a_box_has_its_twelve_edges() -> None:
    thing = MapObject(0.9, (1.0, 2.0, 0.5), (2.0, 1.0, 0.4), 10, "sofa")
    edges = box_edges([thing, thing])
    assert edges.shape == (24, 2, 3)
    lengths = np.linalg.norm(edges[:12, 0] - edges[:12, 1], axis=1)
    assert sorted(np.round(lengths, 5)) == pytest.approx([0.4] * 4 + [1.0] * 4 + [2.0] * 4)
    assert edges.min(axis=(0, 1)) == pytest.approx([0.0, 1.5, 0.3])
    assert edges.max(axis=(0, 1)) == pytest.approx([2.0, 2.5, 0.7])
    assert box_edges([]).shape == (0, 2, 3)


def test_a_line_goes_from_point_to_point() -> None:
    points = np.arange(12.0).reshape(4, 3)
    assert np.array_equal(polyline(points)[:, 1], points[1:])
    assert polyline(points[:1]).shape == (0, 2, 3)


@pytest.mark.parametrize(
    ("count", "most", "expected"), [(0, 5, []), (1, 5, [0]), (3, 5, [0, 1, 2]), (9, 3, [0, 4, 8])]
)
def test_cameras_are_spread_along_the_way(count: int, most: int, expected: list[int]) -> None:
    assert spread_frames(np.tile(np.eye(4), (count, 1, 1)), most) == expected


def test_the_first_look_holds_all_points_and_no_more_than_that(random_map: VoxelMap) -> None:
    fov_y_rad, aspect = 0.8, 1.3
    points = random_map.centers_xyz_m
    look = first_look(points, facing(points), fov_y_rad, aspect)
    x, y, z = transform(invert(look_at(look.position_xyz_m, look.look_at_xyz_m)), points).T
    filled = max(np.abs(y / z).max(), np.abs(x / z).max() / aspect) / np.tan(fov_y_rad / 2)
    assert z.min() > 0 and filled == pytest.approx(MARGIN)
    assert look.position_xyz_m[2] > points[:, 2].max()


@pytest.mark.parametrize("turn_rad", [0.0, 0.3, 1.4, 3.0, -2.0])
def test_a_second_map_lies_to_the_right_with_a_gap(random_map: VoxelMap, turn_rad: float) -> None:
    points = random_map.centers_xyz_m
    out = np.array([np.sin(turn_rad), -np.cos(turn_rad), 1.0])
    R_world_cam = look_at(points.mean(axis=0) + 5 * out, points.mean(axis=0))[:3, :3]
    offset = beside(points, points, R_world_cam, 0.5)
    assert offset[2] == 0 and sorted(np.abs(offset))[1] == 0  # along x or y
    axis = int(np.argmax(np.abs(offset)))
    assert abs(offset[axis]) == pytest.approx(np.ptp(points[:, axis]) + 0.5)
    assert offset @ R_world_cam[:, 0] > 0.7 * abs(offset[axis])
