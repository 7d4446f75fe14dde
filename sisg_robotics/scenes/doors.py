"""How each door stands: its leaf is open against a wall where there is space, and shut at the front door.

A leaf follows from the rooms and walls alone, so that solver, map of free floor and geometry agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .openings import RoomOpening, Side, face, room_openings
from .scene import Room, Wall

LEAF_THICKNESS_M = 0.04
JAMB_M = 0.025
"""Thickness of the frame inside the opening."""
_AWAY_M = 0.03
"""Between an open leaf and the wall behind its hinge."""


@dataclass(frozen=True)
class DoorLeaf:
    """A leaf as an upright box, and the opening that it belongs to."""

    room: str
    """The room into which it opens."""
    lower_xyz_m: tuple[float, float, float]
    upper_xyz_m: tuple[float, float, float]
    wall: int
    opening: int
    shut: bool


def door_leaves(rooms: Sequence[Room], walls: Sequence[Wall]) -> tuple[DoorLeaf, ...]:
    """The leaves of all doors that have one; a door without space for a leaf is an open frame."""
    openings = room_openings(rooms, walls)
    by_name = {room.name: room for room in rooms}
    leaves = []
    for number, wall in enumerate(walls):
        for index, hole in enumerate(wall.openings):
            if hole.kind != "door":
                continue
            views = [
                (by_name[name], view)
                for name, all_views in openings.items()
                for view in all_views
                if (view.wall, view.index) == (number, index)
            ]
            views.sort(key=lambda pair: -pair[0].area_m2)
            shut = len(views) == 1
            options = [
                box
                for room, view in views
                for box in ([_shut(view, wall)] if shut else _open_ways(room, view, openings[room.name]))
            ]
            if options:
                room_name, lower, upper = options[0]
                if shut:
                    room_name = views[0][0].name
                leaves.append(DoorLeaf(room_name, lower, upper, number, index, shut))
    return tuple(leaves)


_Box = tuple[str, tuple[float, float, float], tuple[float, float, float]]


def _shut(view: RoomOpening, wall: Wall) -> _Box:
    axis = 0 if view.side in ("west", "east") else 1
    center = wall.start_xy_m[axis]
    return _box(
        "", axis, center - LEAF_THICKNESS_M / 2, center + LEAF_THICKNESS_M / 2,
        view.low_m + JAMB_M, view.high_m - JAMB_M, view.top_m - JAMB_M, 0.0,
    )  # fmt: skip


def _open_ways(room: Room, view: RoomOpening, others: Sequence[RoomOpening]) -> list[_Box]:
    """Boxes of the leaf turned by 90 degrees along the next wall, then by 180 along its own."""
    axis, at, inwards = face(room, view.side)
    along = 1 - axis
    width = view.high_m - view.low_m - 2 * JAMB_M
    top = view.top_m - JAMB_M
    turned, folded = [], []
    for hinge, away, end in (
        (view.low_m + JAMB_M, -1, room.lower_xy_m[along]),
        (view.high_m - JAMB_M, 1, room.upper_xy_m[along]),
    ):
        depth = sorted((at + inwards * _AWAY_M, at + inwards * (_AWAY_M + width)))
        next_side = _next_side(axis, away)
        spare = (end - hinge) * away
        if LEAF_THICKNESS_M + 0.06 < spare < 0.3 and _is_free(others, next_side, depth[0], depth[1]):
            sides = sorted((hinge, hinge + away * LEAF_THICKNESS_M))
            turned.append(_box(room.name, axis, depth[0], depth[1], sides[0], sides[1], top))
        sides = sorted((hinge, hinge + away * width))
        if spare > width + 0.1 and _is_free(others, view.side, sides[0] - 0.1, sides[1] + 0.1, view):
            depth = sorted((at + inwards * _AWAY_M, at + inwards * (_AWAY_M + LEAF_THICKNESS_M)))
            folded.append(_box(room.name, axis, depth[0], depth[1], sides[0], sides[1], top))
    return turned + folded


def _next_side(axis: int, away: int) -> Side:
    """The wall round the corner from one perpendicular to `axis`."""
    if axis == 0:
        return "south" if away < 0 else "north"
    return "west" if away < 0 else "east"


def _is_free(
    openings: Sequence[RoomOpening], side: Side, low_m: float, high_m: float, own: RoomOpening | None = None
) -> bool:
    return not any(
        hole.side == side and hole is not own and hole.low_m < high_m and low_m < hole.high_m
        for hole in openings
    )


def _box(
    room: str, axis: int, a0: float, a1: float, b0: float, b1: float, top: float, bottom: float = 0.02
) -> _Box:
    lower = (a0, b0, bottom) if axis == 0 else (b0, a0, bottom)
    upper = (a1, b1, top) if axis == 0 else (b1, a1, top)
    return room, tuple(round(v, 4) for v in lower), tuple(round(v, 4) for v in upper)  # type: ignore[return-value]
