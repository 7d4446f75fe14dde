from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.scenes import Opening, Room, Scene, Wall, walkable


def _empty(door: bool) -> Scene:
    """Two bare rooms of 2 by 2 m beside each other, with a doorway in the middle of their wall or without."""
    rooms = (
        Room("left", "office", (0.0, 0.0), (2.0, 2.0), "concrete", "white plaster"),
        Room("right", "office", (2.1, 0.0), (4.1, 2.0), "concrete", "white plaster"),
    )
    holes = (Opening("door", 0.525, 0.95, 0.0, 2.08),) if door else ()
    walls = (Wall((2.05, 0.0), (2.05, 2.0), 0.1, 2.5, holes),)
    return Scene("bare", "", 0, 2.5, rooms, walls, (), ())


def test_a_bare_room_is_free_up_to_the_radius() -> None:
    grid = walkable(_empty(door=False), robot_radius_m=0.25)
    centers = grid.centers_xy_m()
    lower, upper = centers.min(axis=0), centers.max(axis=0)
    assert np.all(np.abs(lower - 0.25) <= 0.05 + 1e-9) and np.all(np.abs(upper[1] - 1.75) <= 0.05 + 1e-9)
    assert np.all(lower >= 0.25 - 1e-9)
    assert grid.contains((1.0, 1.0)) and not grid.contains((0.2, 1.0)) and not grid.contains((-5.0, 0.0))


def test_a_doorway_joins_two_rooms_for_a_robot_that_fits() -> None:
    def holds(scene: Scene, radius: float) -> tuple[bool, bool, bool]:
        grid = walkable(scene, robot_radius_m=radius)
        return grid.contains((0.7, 1.0)), grid.contains((2.05, 1.0)), grid.contains((3.4, 1.0))

    assert holds(_empty(door=True), 0.25) == (True, True, True)
    assert sum(holds(_empty(door=False), 0.25)) == 1
    assert holds(_empty(door=True), 0.5)[1] is False


def test_nothing_is_walkable_for_a_giant() -> None:
    assert not walkable(_empty(door=True), robot_radius_m=1.5).mask.any()


def test_things_are_in_the_way_and_rugs_are_not(scene_of) -> None:
    scene = scene_of("", 2)
    grid = walkable(scene, robot_radius_m=0.05)
    for item in scene.objects:
        if item.supported_by is None and item.position_xyz_m[2] == 0 and item.size_xyz_m[2] > 0.1:
            assert not grid.contains(item.position_xyz_m[:2]), item.asset.category


@pytest.mark.parametrize(("radius", "cell"), [(0.0, 0.05), (-1.0, 0.05), (0.2, 0.0), (float("nan"), 0.05)])
def test_a_radius_or_cell_size_out_of_range_is_refused(radius: float, cell: float) -> None:
    with pytest.raises(BadValue, match="radius"):
        walkable(_empty(door=True), robot_radius_m=radius, cell_size_m=cell)
