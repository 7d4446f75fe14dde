"""Clicks on the floor, and the path between two."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.maps import VoxelMap
from sisg_robotics.serving.viewer.picking import (
    ABOVE_FLOOR_M,
    Picks,
    floor_point,
    floor_z_m,
    make_costmap,
    route,
)


@pytest.mark.parametrize(
    ("origin", "direction", "met"),
    [
        ((1.0, 2.0, 3.0), (0.0, 0.0, -1.0), (1.0, 2.0)),
        ((1.0, 2.0, 2.0), (0.6, 0.0, -0.8), (2.5, 2.0)),  # two metres down are one and a half aside
        ((1.0, 2.0, 3.0), (0.0, 0.0, 1.0), None),
        ((1.0, 2.0, 3.0), (1.0, 0.0, 0.0), None),
        ((1.0, 2.0, -1.0), (0.0, 0.0, -1.0), None),  # from under the floor
    ],
)
def test_where_a_ray_meets_the_floor(origin, direction, met) -> None:
    found = floor_point(np.array(origin), np.array(direction), 0.0)
    assert found is None if met is None else found == pytest.approx(met)


def test_a_third_click_begins_anew() -> None:
    picks = Picks()
    hints = []
    for x in range(3):
        hints.append(picks.hint)
        picks = picks.clicked((float(x), 0.0))
    assert hints == ["Click where to start.", "Click where to go.", "Click again for another path."]
    assert picks.points == ((2.0, 0.0),) and not picks.complete


@pytest.fixture(scope="module")
def room(make_map) -> VoxelMap:
    """A floor of 4 m by 3 m with a wall across it that leaves a gap of a metre."""
    x, y = np.meshgrid(np.arange(80), np.arange(60), indexing="ij")
    floor = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)
    y, z = np.meshgrid(np.arange(40), np.arange(1, 40), indexing="ij")
    wall = np.stack([40 + 0 * y, y, z], axis=-1).reshape(-1, 3)
    cells = np.concatenate([floor, wall])
    return make_map(cells, np.full_like(cells, 128))


def test_a_path_goes_from_click_to_click_around_the_wall(room: VoxelMap) -> None:
    start, goal = (1.0, 0.6), (3.6, 0.6)
    found = route(make_costmap(room, 0.2), Picks((start, goal)))
    assert np.allclose(found.points_xyz_m[0, :2], start, atol=0.1)
    assert np.allclose(found.points_xyz_m[-1, :2], goal, atol=0.1)
    length_m = np.linalg.norm(np.diff(found.points_xyz_m, axis=0), axis=1).sum()
    assert length_m > 3.2 and found.said.startswith(f"{length_m:.1f} m long, ")  # straight on it is 2.6 m
    assert found.points_xyz_m[:, 2] == pytest.approx(floor_z_m(room) + ABOVE_FLOOR_M, abs=0.06)


def test_a_goal_that_cannot_be_reached_is_said(room: VoxelMap) -> None:
    found = route(make_costmap(room, 0.2), Picks(((1.0, 0.6), (30.0, 0.6))))
    assert not found.said.startswith(("0", "1", "2", "3"))


def test_where_nothing_stands_no_distance_is_told(make_map) -> None:
    x, y = np.meshgrid(np.arange(40), np.arange(30), indexing="ij")
    floor = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)
    found = route(
        make_costmap(make_map(floor, np.full_like(floor, 128)), 0.2), Picks(((1.0, 0.6), (1.6, 0.6)))
    )
    assert found.said.endswith("m long, no obstacle near it.")
