"""What is wrong with a scene, measured on the scene alone: the solver's promises, checked by other means."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..assets import make_asset
from .boxes import Boxes, ahead, box_between, inside, overlap, rotate, separation
from .candidates import GAP_M
from .doors import door_leaves
from .free_space import object_box, walkable
from .furnishing import FRONT_M
from .scene import PlacedObject, Room, Scene
from .space import STEP_M, room_spaces

_TOLERANCE_M = 0.002
_FRONT_M = 0.25
"""A front with less air than this faces a wall."""
_ROBOT_RADIUS_M = 0.25


def check_scene(scene: Scene) -> list[str]:
    """Every fault found, a sentence each; empty when all is well.

    Looked for: things out of their room, in each other, nearer than 10 cm to their neighbour on the floor, or
    resting on nothing; doors and tall windows blocked; fronts against a wall; rooms that overlap or that a
    robot of 0.25 m radius does not reach.
    """
    boxes = np.array([object_box(item) for item in scene.objects]).reshape(-1, 7)
    return [
        *_bad_rooms(scene),
        *_out_of_place(scene, boxes),
        *_collisions(scene, boxes),
        *_blocked_openings(scene, boxes),
        *_bad_fronts(scene, boxes),
        *_unreachable(scene),
    ]


def _name(item: PlacedObject) -> str:
    return f"{item.asset.category} {item.object_id} in the {item.room}"


def _bad_rooms(scene: Scene) -> Iterator[str]:
    names = [room.name for room in scene.rooms]
    if len(set(names)) < len(names):
        yield "Two rooms have the same name."
    for j, room in enumerate(scene.rooms):
        for other in scene.rooms[:j]:
            apart = any(
                room.lower_xy_m[k] >= other.upper_xy_m[k] or other.lower_xy_m[k] >= room.upper_xy_m[k]
                for k in (0, 1)
            )
            if not apart:
                yield f"The {room.name} overlaps the {other.name}."
    ids = [item.object_id for item in scene.objects]
    if len(set(ids)) < len(ids) or min(ids, default=1) < 1:
        yield "The object ids are not different numbers from 1."


def _out_of_place(scene: Scene, boxes: Boxes) -> Iterator[str]:
    rooms = {room.name: room for room in scene.rooms}
    by_id = {item.object_id: item for item in scene.objects}
    for item, box in zip(scene.objects, boxes, strict=True):
        room = rooms.get(item.room)
        if room is None:
            yield f"The {_name(item)} is in a room that does not exist."
            continue
        if not inside(box[None], room.lower_xy_m, room.upper_xy_m, -_TOLERANCE_M)[0]:
            yield f"The {_name(item)} reaches through a wall."
        if box[5] < -_TOLERANCE_M or box[6] > scene.ceiling_m + _TOLERANCE_M:
            yield f"The {_name(item)} reaches through the floor or the ceiling."
        yield from _unsupported(item, box, by_id, room, scene.ceiling_m)


def _unsupported(
    item: PlacedObject, box: np.ndarray, by_id: dict[int, PlacedObject], room: Room, ceiling_m: float
) -> Iterator[str]:
    """Where a thing rests: on its host, on the floor, at a wall, on the ceiling."""
    support = make_asset(item.asset).support
    if item.supported_by is not None:
        host = by_id.get(item.supported_by)
        if host is None or not _rests_on(box, host):
            yield f"The {_name(item)} does not rest on what it is said to stand on."
    elif support in ("floor", "surface") and abs(box[5]) > _TOLERANCE_M:
        yield f"The {_name(item)} floats {box[5]:.3f} m above the floor."
    elif support == "ceiling" and abs(box[6] - ceiling_m) > _TOLERANCE_M:
        yield f"The {_name(item)} does not hang from the ceiling."
    elif support == "wall":
        back = item.position_xyz_m[:2]
        gaps = [abs(back[k] - edge[k]) for k in (0, 1) for edge in (room.lower_xy_m, room.upper_xy_m)]
        if min(gaps) > 0.03:
            yield f"The {_name(item)} hangs {min(gaps):.2f} m away from the wall."


def _rests_on(box: np.ndarray, host: PlacedObject) -> bool:
    """Whether a box stands on one of the host's surfaces, wholly inside it."""
    for surface in make_asset(host.asset).surfaces:
        center = np.array([surface.center_xyz_m[:2]])
        world = rotate(center, np.array([host.yaw_rad]))[0] + host.position_xyz_m[:2]
        local = rotate((box[:2] - world)[None], np.array([-host.yaw_rad]))[0]
        relative = np.array([[*local, box[2], box[3], box[4] - host.yaw_rad, 0.0, 0.0]])
        half = surface.size_xy_m[0] / 2, surface.size_xy_m[1] / 2
        level = abs(host.position_xyz_m[2] + surface.center_xyz_m[2] - box[5]) <= _TOLERANCE_M
        low = box[6] - box[5] <= surface.headroom_m + _TOLERANCE_M
        if level and low and inside(relative, (-half[0], -half[1]), half, -_TOLERANCE_M)[0]:
            return True
    return False


def _collisions(scene: Scene, boxes: Boxes) -> Iterator[str]:
    touching = overlap(boxes, boxes, -_TOLERANCE_M, -_TOLERANCE_M)
    gaps = separation(boxes, boxes)
    flat = boxes[:, 6] <= STEP_M
    for j, b in enumerate(scene.objects):
        for i, a in enumerate(scene.objects[:j]):
            if b.supported_by == a.object_id or a.supported_by == b.object_id or flat[i] != flat[j]:
                continue
            if touching[i, j]:
                yield f"The {_name(a)} and the {_name(b)} are in each other."
            on_floor = boxes[i, 5] < STEP_M and boxes[j, 5] < STEP_M
            if on_floor and not flat[i] and not touching[i, j] and gaps[i, j] < GAP_M - _TOLERANCE_M:
                yield f"The {_name(a)} and the {_name(b)} are only {gaps[i, j]:.3f} m apart."


def _blocked_openings(scene: Scene, boxes: Boxes) -> Iterator[str]:
    spaces = {space.room.name: space for space in room_spaces(scene.rooms, scene.walls, scene.ceiling_m)}
    leaves = door_leaves(scene.rooms, scene.walls)
    leaf_boxes = np.array([box_between(leaf.lower_xyz_m, leaf.upper_xyz_m) for leaf in leaves]).reshape(-1, 7)
    for item, box in zip(scene.objects, boxes, strict=True):
        space = spaces.get(item.room)
        if space is None or item.supported_by is not None:
            continue
        if np.any(overlap(box[None], space.door_zones, -_TOLERANCE_M)):
            yield f"The {_name(item)} stands in the way of a door."
        if np.any(overlap(box[None], leaf_boxes, -_TOLERANCE_M)):
            yield f"The {_name(item)} is hit by a door."
        if item.asset.category != "curtain" and np.any(overlap(box[None], space.window_zones, -_TOLERANCE_M)):
            yield f"The {_name(item)} blocks a window."


def _bad_fronts(scene: Scene, boxes: Boxes) -> Iterator[str]:
    rooms = {room.name: room for room in scene.rooms}
    for item, box in zip(scene.objects, boxes, strict=True):
        if FRONT_M.get(item.asset.category, 0.0) < _FRONT_M or item.room not in rooms:
            continue
        zone = ahead(box[None], _FRONT_M)
        room = rooms[item.room]
        if not inside(zone, room.lower_xy_m, room.upper_xy_m, -_TOLERANCE_M)[0]:
            yield f"The {_name(item)} faces a wall."


def _unreachable(scene: Scene) -> Iterator[str]:
    grid = walkable(scene, robot_radius_m=_ROBOT_RADIUS_M)
    centers = grid.centers_xy_m()
    for room in scene.rooms:
        within = np.all((centers > room.lower_xy_m) & (centers < room.upper_xy_m), axis=1)
        if np.sum(within) * grid.cell_size_m**2 < 0.1 * room.area_m2:
            yield f"A robot of {_ROBOT_RADIUS_M} m radius does not get into the {room.name}."
