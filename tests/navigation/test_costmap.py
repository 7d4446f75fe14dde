"""Costmaps of rooms whose free floor is known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.navigation.costmap import FREE, OCCUPIED, UNKNOWN, Costmap
from sisg_robotics.navigation.floors import floor_layers


def state_at(costmap: Costmap, *xy_m: tuple[float, float]) -> list[int]:
    cells = costmap.cell_of(np.array(xy_m))
    return [int(costmap.state[i, j]) for i, j in cells]


def test_what_stands_between_the_heights_is_in_the_way(make_voxels, make_room) -> None:
    table = (1.0, 1.0, 0.7, 2.0, 2.0, 0.8)
    rug = (2.5, 0.5, 0.0, 3.5, 1.0, 0.05)
    lamp = (3.0, 2.0, 1.9, 3.4, 2.4, 2.5)  # hangs higher than the robot
    costmap = Costmap.from_map(make_voxels(*make_room(), table, rug, lamp))
    assert state_at(costmap, (1.5, 1.5), (3.0, 0.75), (3.2, 2.2), (0.5, 0.5)) == [OCCUPIED, FREE, FREE, FREE]
    assert state_at(costmap, (-0.05, 1.0)) == [OCCUPIED]
    taller = Costmap.from_map(make_voxels(*make_room(), table, rug, lamp), robot_height_m=2.2)
    assert state_at(taller, (3.2, 2.2)) == [OCCUPIED]
    assert costmap.floor_z_m == pytest.approx(0.0)


def test_unknown_is_neither_free_nor_occupied(make_voxels, make_room) -> None:
    _, *rest = make_room()
    unseen = [
        (0, 0, 0, 4.0, 1.0, 0.05),
        (0, 2.0, 0, 4.0, 3.0, 0.05),
        *rest,
    ]  # a metre of floor was never seen
    costmap = Costmap.from_map(make_voxels(*unseen))
    assert state_at(costmap, (2.0, 1.5), (2.0, 0.5)) == [UNKNOWN, FREE]
    assert not costmap.passable[tuple(costmap.cell_of(np.array([2.0, 1.5])))]


def test_a_small_gap_in_the_floor_is_floor_and_the_inside_of_a_wall_is_not(make_voxels, make_room) -> None:
    _, *rest = make_room()
    seen = [(0, 0, 0, 2.0, 3.0, 0.05), (2.2, 0, 0, 4.0, 3.0, 0.05)]
    wall_faces = [(1.0, 0, 0, 1.05, 2.0, 2.5), (1.15, 0, 0, 1.2, 2.0, 2.5), (1.0, 2.0, 0, 1.2, 2.05, 2.5)]
    seen[0] = (0, 0, 0, 1.0, 3.0, 0.05)
    seen.append((1.2, 0, 0, 2.0, 3.0, 0.05))
    seen.append((1.0, 2.05, 0, 1.2, 3.0, 0.05))
    costmap = Costmap.from_map(make_voxels(*seen, *rest, *wall_faces))
    assert state_at(costmap, (2.1, 1.5), (1.1, 1.0)) == [FREE, UNKNOWN]


def test_the_middle_keeps_the_radius_from_every_wall(make_voxels, make_room) -> None:
    for radius in (0.12, 0.3):
        costmap = Costmap.from_map(make_voxels(*make_room()), robot_radius_m=radius)
        points = costmap.center_of(np.argwhere(costmap.passable))
        room_for = np.array([[radius, radius], [4.0 - radius, 3.0 - radius]])
        assert np.all(points >= room_for[0]) and np.all(points <= room_for[1])
        assert np.abs(points.min(axis=0) - room_for[0]).max() <= costmap.cell_size_m
        assert np.isinf(costmap.cost[~costmap.passable]).all()


def test_cost_falls_from_the_obstacle_outwards(make_voxels, make_room) -> None:
    costmap = Costmap.from_map(make_voxels(*make_room()))
    along = costmap.cost_at(np.stack([np.arange(0.25, 2.0, 0.05), np.full(35, 1.5)], axis=1))
    assert np.all(np.diff(along) <= 1e-6) and along[0] > 3 and along[-1] < 1.2
    assert np.isinf(costmap.cost_at(np.array([[9.0, 9.0]]))).all()


def test_stray_pixels_beside_a_wall_are_no_obstacle(make_voxels, make_room) -> None:
    wall, stray = (1.0, 0.5, 0.05, 1.1, 2.0, 2.0), (1.1, 1.0, 0.05, 1.15, 1.5, 1.0)
    vmap = make_voxels(*make_room(), wall, stray)
    pixels = np.where(np.isin(vmap.row_of(vmap.cells), vmap.row_of(make_voxels(stray).cells)), 2, 10)
    costmap = Costmap.from_map(replace(vmap, pixels=pixels.astype(np.int64)))
    assert state_at(costmap, (1.125, 1.25), (1.05, 1.25)) == [FREE, OCCUPIED]


def test_a_speck_that_one_of_many_frames_saw_is_no_obstacle(make_voxels, make_room) -> None:
    speck = (2.0, 1.0, 0.5, 2.05, 1.05, 0.55)
    vmap = make_voxels(*make_room(), speck)
    once = np.isin(vmap.row_of(vmap.cells), vmap.row_of(make_voxels(speck).cells))
    for of_floor, of_speck, state in ((5, 1, FREE), (5, 2, OCCUPIED), (1, 1, OCCUPIED)):
        observations = np.where(once, of_speck, of_floor).astype(np.int32)
        costmap = Costmap.from_map(replace(vmap, observations=observations))
        assert state_at(costmap, (2.025, 1.025)) == [state]


def test_every_storey_has_its_own_floor(make_voxels, make_room) -> None:
    table = (1.0, 1.0, 3.4, 2.0, 2.0, 3.5)
    vmap = make_voxels(*make_room(), *make_room(at_z_m=2.8), table)
    assert floor_layers(vmap, robot_height_m=1.5) == [0, 56]
    lower, upper = (Costmap.from_map(vmap, floor=floor) for floor in (0, 1))
    assert upper.floor_z_m == pytest.approx(2.8)
    assert state_at(lower, (1.5, 1.5)) == [FREE] and state_at(upper, (1.5, 1.5)) == [OCCUPIED]
    with pytest.raises(BadValue, match="0 to 1"):
        Costmap.from_map(vmap, floor=2)


def test_an_empty_hall_has_a_floor(make_voxels) -> None:
    hall = make_voxels((0, 0, 0, 20, 20, 0.05), (0, 0, 3.0, 20, 20, 3.05))
    assert floor_layers(hall, robot_height_m=1.5) == [0]


def test_cells_and_points_are_each_others_inverse(make_voxels, make_room) -> None:
    costmap = Costmap.from_map(make_voxels(*make_room()))
    cells = np.argwhere(np.ones_like(costmap.state, dtype=bool))
    np.testing.assert_array_equal(costmap.cell_of(costmap.center_of(cells)), cells)
    assert not costmap.covers(np.array([[1e300, 0.0], [-1e300, 1.0]])).any()


def test_a_map_without_a_floor_is_refused(make_voxels) -> None:
    with pytest.raises(RequestError, match="no floor"):
        Costmap.from_map(make_voxels((0, 0, 0, 0.05, 3, 2.5)))
    with pytest.raises(RequestError, match="no cells"):
        Costmap.from_map(make_voxels())


def test_values_that_make_no_robot_are_refused(make_voxels, make_room) -> None:
    vmap = make_voxels(*make_room())
    with pytest.raises(BadValue, match="robot_radius_m"):
        Costmap.from_map(vmap, robot_radius_m=-1.0)
    with pytest.raises(BadValue, match="robot_height_m"):
        Costmap.from_map(vmap, robot_height_m=0.01)
    with pytest.raises(BadValue, match="a list of texts"):
        Costmap.from_map(vmap, ignore="curtain")
    with pytest.raises(RequestError, match="features"):
        Costmap.from_map(vmap, ignore=("curtain",))
