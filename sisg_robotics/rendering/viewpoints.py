"""Where to stand so that most things are seen, and seen from more than one side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64

from ..geometry import Intrinsics, pose
from ..scenes.scene import Instance, Scene
from .raycaster import Raycaster
from .walking import Cell, FreeSpace

SIDES = 4
"""A thing is looked at from this many directions around it."""
_CANDIDATE_STEP_M = 0.45
_CAMERA = Intrinsics.from_fov(48, 40, np.pi / 2)
_YAWS_RAD = (0.0, np.pi / 2, np.pi, 3 * np.pi / 2)
_PITCH_DOWN_RAD = 0.25
_WELL_SEEN_PIXELS = 14
_MORE_FROM_M2 = (5.0, 10.0, 16.0)
_ELBOW_ROOM_M = 0.5
_ELBOW_VALUE = 1.0
_OPEN_M = 3.5
_DIGITS = 9
"""Kept of what sin, cos and exp gave, whose last bits depend on the processor."""


def camera_pose(
    xy_m: Float64[np.ndarray, "2"], height_m: float, yaw_rad: float, pitch_down_rad: float
) -> Float64[np.ndarray, "4 4"]:
    """T_world_cam of a camera that looks along a yaw about +z, tilted down by a pitch.

    Rounded to nanometres and nanoradians, so that every machine gives the same bytes.
    """
    (c, s), (cp, sp) = _cos_sin(yaw_rad), _cos_sin(pitch_down_rad)
    right = np.array([s, -c, 0.0])
    forward = np.array([c * cp, s * cp, -sp])
    return pose(
        np.stack([right, np.cross(forward, right), forward], axis=-1),
        np.array([*np.round(xy_m, _DIGITS), height_m]),
    )


def _cos_sin(angle_rad: float) -> Float64[np.ndarray, "2"]:
    rounded = np.round([np.cos(angle_rad), np.sin(angle_rad)], _DIGITS)
    return rounded / np.sqrt(rounded[0] * rounded[0] + rounded[1] * rounded[1])


def choose_viewpoints(
    scene: Scene,
    instances: Sequence[Instance],
    raycaster: Raycaster,
    space: FreeSpace,
    *,
    height_m: float,
    most: int,
) -> list[tuple[Cell, int]]:
    """Standing points as (cell, number of the room), at least one in each room that has free space.

    Room after room, the point that adds most to what has been seen is taken, until the room has its share
    by area or all together are `most`.
    """
    by_room = [_candidates(space, scene, room) for room in range(len(scene.rooms))]
    cells = [cell for room in by_room for cell in room]
    sight = _sight(instances, raycaster, space, cells, height_m)  # (c, o, SIDES)
    first_row = np.cumsum([0] + [len(room) for room in by_room])
    wanted = _shares(scene, [len(room) for room in by_room], most)
    seen = np.zeros(sight.shape[1:])
    chosen: list[tuple[Cell, int]] = []
    for turn in range(max(wanted, default=0)):
        for room in range(len(by_room)):
            if turn < wanted[room]:
                rows = np.arange(first_row[room], first_row[room + 1])
                value = _value(np.maximum(seen, sight[rows])) + _elbow_room(space, cells, rows)
                best = rows[int(np.argmax(np.round(value, _DIGITS)))]
                seen = np.maximum(seen, sight[best])
                chosen.append((cells[best], room))
    return list(dict.fromkeys(chosen))


def _value(seen: Float64[np.ndarray, "c o side"]) -> Float64[np.ndarray, "c"]:
    """The first side of a thing counts most, each further one less."""
    return (1.0 - np.exp(-0.9 * seen.sum(axis=-1))).sum(axis=-1)


def _elbow_room(
    space: FreeSpace, cells: Sequence[Cell], rows: Int64[np.ndarray, "c"]
) -> Float64[np.ndarray, "c"]:
    """In a corner everything is in view, but half of a turn shows only walls from near."""
    i, j = np.array([cells[row] for row in rows]).T
    return _ELBOW_VALUE * np.minimum(space.clearance_m[i, j] / _ELBOW_ROOM_M, 1.0)


def interest(
    raycaster: Raycaster,
    things: Sequence[int],
    xy_m: Float64[np.ndarray, "2"],
    height_m: float,
    yaws_rad: Float64[np.ndarray, "y"],
) -> Float64[np.ndarray, "y"]:
    """How much there is to see in each direction: more where things stand and where it is open."""
    poses = [camera_pose(xy_m, height_m, float(yaw), _PITCH_DOWN_RAD) for yaw in yaws_rad]
    depth_m, ids = raycaster.probe(_CAMERA, np.stack(poses))
    near = np.minimum(depth_m, _OPEN_M).mean(axis=(1, 2)) / _OPEN_M
    return 0.15 + near.astype(np.float64) ** 2 + 2.0 * np.isin(ids, things).mean(axis=(1, 2))


def _candidates(space: FreeSpace, scene: Scene, room: int) -> list[Cell]:
    """Free cells of a room on a lattice, or its roomiest cell if the lattice misses it."""
    lower, upper = np.array(scene.rooms[room].lower_xy_m), np.array(scene.rooms[room].upper_xy_m)
    cells = np.argwhere(space.mask)
    centers = space.center(cells)
    inside = ((centers > lower) & (centers < upper)).all(axis=1)
    cells = cells[inside]
    if not len(cells):
        return []
    step = max(round(_CANDIDATE_STEP_M / space.cell_size_m), 1)
    lattice = cells[(cells % step == step // 2).all(axis=1)]
    if not len(lattice):
        lattice = cells[[int(np.argmax(space.clearance_m[cells[:, 0], cells[:, 1]]))]]
    return [(int(i), int(j)) for i, j in lattice]


def _shares(scene: Scene, candidates: Sequence[int], most: int) -> list[int]:
    """One standing point a room, and one more from each of _MORE_FROM_M2; fewer when there are too many."""
    wanted = [
        min(1 + sum(room.area_m2 > area for area in _MORE_FROM_M2), count)
        for room, count in zip(scene.rooms, candidates, strict=True)
    ]
    while sum(wanted) > most and max(wanted) > 1:
        wanted[int(np.argmax(wanted))] -= 1
    return wanted


def _sight(
    instances: Sequence[Instance],
    raycaster: Raycaster,
    space: FreeSpace,
    cells: Sequence[Cell],
    height_m: float,
) -> Float64[np.ndarray, "c o side"]:
    """How well each candidate sees each side of each instance, 0 to 1, from a turn with coarse pictures."""
    ids = np.array([instance.instance_id for instance in instances])
    middle = np.array([_middle_xy(instance) for instance in instances])
    out = np.zeros((len(cells), len(instances), SIDES))
    for row, cell in enumerate(cells):
        xy = space.center(np.array(cell))
        poses = [camera_pose(xy, height_m, yaw, _PITCH_DOWN_RAD) for yaw in _YAWS_RAD]
        _, views = raycaster.probe(_CAMERA, np.stack(poses))
        pixels = np.bincount(views.ravel(), minlength=int(ids.max()) + 1)[ids]
        away = xy - middle
        around = (np.arctan2(away[:, 1], away[:, 0]) + np.pi) / (2 * np.pi)
        side = np.floor(around * SIDES).astype(int) % SIDES
        out[row, np.arange(len(ids)), side] = np.minimum(pixels / _WELL_SEEN_PIXELS, 1.0)
    return out


def _middle_xy(instance: Instance) -> Float64[np.ndarray, "2"]:
    T = instance.T_world_object
    points = np.concatenate([part.vertices_m for part in instance.parts]).astype(np.float64)
    points = points @ T[:3, :3].T + T[:3, 3]
    return (points.min(axis=0) + points.max(axis=0))[:2] / 2
