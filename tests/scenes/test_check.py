from __future__ import annotations

from dataclasses import replace

import pytest

from sisg_robotics.scenes import PlacedObject, Scene, check_scene
from sisg_robotics.scenes.openings import room_openings

PROMPT, SEED = "a bedroom and a bathroom", 4


@pytest.fixture
def scene(scene_of) -> Scene:
    return scene_of(PROMPT, SEED)


def _find(scene: Scene, category: str) -> PlacedObject:
    return next(item for item in scene.objects if item.asset.category == category)


def _with(scene: Scene, item: PlacedObject, **changes) -> Scene:
    moved = replace(item, **changes)
    return replace(scene, objects=tuple(moved if one is item else one for one in scene.objects))


def test_a_generated_scene_has_no_problems(scene: Scene) -> None:
    assert check_scene(scene) == []


def test_a_thing_in_another_is_found(scene: Scene) -> None:
    bed, wardrobe = _find(scene, "bed"), _find(scene, "toilet")
    problems = check_scene(_with(scene, wardrobe, position_xyz_m=bed.position_xyz_m, room=bed.room))
    assert any("are in each other" in problem and "toilet" in problem for problem in problems)


def test_a_thing_through_a_wall_is_found(scene: Scene) -> None:
    bed = _find(scene, "bed")
    room = next(room for room in scene.rooms if room.name == bed.room)
    problems = check_scene(_with(scene, bed, position_xyz_m=(*room.lower_xy_m, 0.0)))
    assert any("through a wall" in problem for problem in problems)


def test_a_floating_thing_is_found(scene: Scene) -> None:
    bed = _find(scene, "bed")
    problems = check_scene(_with(scene, bed, position_xyz_m=(*bed.position_xyz_m[:2], 0.3)))
    assert any("floats 0.300 m" in problem for problem in problems)


def test_a_thing_before_a_door_is_found(scene: Scene) -> None:
    toilet = _find(scene, "toilet")
    room = next(room for room in scene.rooms if room.name == toilet.room)
    door = next(h for h in room_openings(scene.rooms, scene.walls)[room.name] if h.kind == "door")
    along = (door.low_m + door.high_m) / 2
    x, y = {
        "west": (room.lower_xy_m[0] + 0.4, along), "east": (room.upper_xy_m[0] - 0.4, along),
        "south": (along, room.lower_xy_m[1] + 0.4), "north": (along, room.upper_xy_m[1] - 0.4),
    }[door.side]  # fmt: skip
    problems = check_scene(_with(scene, toilet, position_xyz_m=(x, y, 0.0)))
    assert any("in the way of a door" in problem for problem in problems)
    assert any("does not get into" in problem for problem in problems)


def test_a_front_against_a_wall_is_found(scene: Scene) -> None:
    toilet = _find(scene, "toilet")
    turned = _with(scene, toilet, yaw_rad=toilet.yaw_rad + 3.14159)
    assert any("toilet" in problem and "faces a wall" in problem for problem in check_scene(turned))


def test_a_thing_that_left_its_host_is_found(scene_of) -> None:
    scene = scene_of("a kitchen", 5)
    item = next(item for item in scene.objects if item.supported_by is not None)
    x, y, z = item.position_xyz_m
    problems = check_scene(_with(scene, item, position_xyz_m=(x, y, z + 0.1)))
    assert any("does not rest" in problem for problem in problems)


def test_overlapping_rooms_are_found(scene: Scene) -> None:
    first, second = scene.rooms
    grown = replace(second, lower_xy_m=first.lower_xy_m, upper_xy_m=first.upper_xy_m)
    assert any("overlaps" in problem for problem in check_scene(replace(scene, rooms=(first, grown))))
