"""Walls with their doors and windows, and how a room sees them from inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .floorplan import CORNER_M, DOOR_WIDTH_M, WALL_THICKNESS_M, Cell, FloorPlan, shared_edge
from .rooms import ROOM_KINDS
from .scene import Opening, Room, Wall

DOOR_HEIGHT_M = 2.08
_WINDOW_TOP_M = 2.1
_HALF_WALL_M = WALL_THICKNESS_M / 2

Side = Literal["west", "south", "east", "north"]
SIDES: tuple[Side, ...] = ("west", "south", "east", "north")


@dataclass(frozen=True)
class RoomOpening:
    """A hole in one of a room's four walls, as seen from inside it."""

    kind: str
    side: Side
    low_m: float
    """Where it begins along its wall, in world x (south, north) or y (west, east)."""
    high_m: float
    bottom_m: float
    top_m: float
    wall: int
    """Index of the wall, and of the opening in it."""
    index: int
    beyond: str | None
    """The room on the other side; None outdoors."""


def build_walls(plan: FloorPlan, ceiling_m: float, rng: np.random.Generator) -> tuple[Wall, ...]:
    """All walls of a plan, with a door for each of its pairs, a front door, and windows outdoors."""
    walls = []
    for j in range(len(plan.cells)):
        for i in range(j):
            edge = shared_edge(plan.cells[i], plan.cells[j])
            if edge is not None:
                doors = (_door(edge[3] - edge[2], rng),) if (i, j) in plan.doors else ()
                walls.append(_wall(edge, ceiling_m, doors))
    outer = [(cell, edge) for cell in range(len(plan.cells)) for edge in _outer_edges(plan.cells, cell)]
    entrance = _entrance(plan, outer)
    for number, (cell, edge) in enumerate(outer):
        front = (_door(edge[3] - edge[2], rng),) if number == entrance else ()
        windows = _windows(plan.kinds[cell], edge[3] - edge[2], front, rng)
        walls.append(_wall(edge, ceiling_m, (*front, *windows)))
    return tuple(walls)


def room_openings(rooms: Sequence[Room], walls: Sequence[Wall]) -> dict[str, tuple[RoomOpening, ...]]:
    """Each room's doors and windows, by its name."""
    found: dict[str, list[RoomOpening]] = {room.name: [] for room in rooms}
    for number, wall in enumerate(walls):
        beside = [(room, side) for room in rooms for side in SIDES if _bounds(wall, room, side)]
        for room, side in beside:
            others = [other.name for other, _ in beside if other.name != room.name]
            start = min(wall.start_xy_m[_along(side)], wall.end_xy_m[_along(side)])
            for index, hole in enumerate(wall.openings):
                low = round(start + hole.start_m, 4)
                found[room.name].append(
                    RoomOpening(
                        hole.kind, side, low, round(low + hole.width_m, 4), hole.bottom_m, hole.top_m,
                        number, index, others[0] if others else None,
                    )
                )  # fmt: skip
    return {name: tuple(holes) for name, holes in found.items()}


def face(room: Room, side: Side) -> tuple[int, float, int]:
    """A wall's inner face: the axis it is perpendicular to, where it is on it, and which way is inwards."""
    axis = 0 if side in ("west", "east") else 1
    low = side in ("west", "south")
    return axis, (room.lower_xy_m if low else room.upper_xy_m)[axis], 1 if low else -1


def _along(side: Side) -> int:
    return 1 if side in ("west", "east") else 0


def _bounds(wall: Wall, room: Room, side: Side) -> bool:
    """Whether this wall is (a part of) that side of the room."""
    axis, at, inwards = face(room, side)
    along = 1 - axis
    if abs(wall.start_xy_m[axis] - wall.end_xy_m[axis]) > 1e-6:
        return False
    if abs(wall.start_xy_m[axis] + inwards * wall.thickness_m / 2 - at) > 1e-3:
        return False
    low, high = sorted((wall.start_xy_m[along], wall.end_xy_m[along]))
    return min(high, room.upper_xy_m[along]) - max(low, room.lower_xy_m[along]) > 1e-3


def _wall(edge: tuple[int, float, float, float], height_m: float, openings: tuple[Opening, ...]) -> Wall:
    along, at, low, high = edge
    ends = ((at, low), (at, high)) if along == 1 else ((low, at), (high, at))
    return Wall(ends[0], ends[1], WALL_THICKNESS_M, height_m, openings)


def _outer_edges(cells: Sequence[Cell], number: int) -> list[tuple[int, float, float, float]]:
    bounds, cell = np.array(cells), cells[number]
    outer = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
    return [
        (1 - side % 2, cell[side], cell[1 - side % 2], cell[3 - side % 2])
        for side in range(4)
        if cell[side] == outer[side]
    ]


def _entrance(plan: FloorPlan, outer: Sequence[tuple[int, tuple[int, float, float, float]]]) -> int:
    """The outer wall with the front door: in the room that people walk through most, the shorter wall."""

    def cost(number: int) -> tuple[float, float]:
        cell, edge = outer[number]
        fits = edge[3] - edge[2] >= DOOR_WIDTH_M + 2 * (CORNER_M + _HALF_WALL_M)
        return ROOM_KINDS[plan.kinds[cell]].passage_cost + (0 if fits else 100), edge[3] - edge[2]

    return min(range(len(outer)), key=cost)


def _door(length_m: float, rng: np.random.Generator) -> Opening:
    """Mostly beside a corner, where its leaf can stand open against the other wall."""
    margin = CORNER_M + _HALF_WALL_M
    low, high = margin, length_m - margin - DOOR_WIDTH_M
    pick = rng.random()
    start = low if pick < 0.4 else high if pick < 0.8 else rng.uniform(low, max(low, high))
    return Opening("door", round(float(start), 3), DOOR_WIDTH_M, 0.0, DOOR_HEIGHT_M)


def _windows(
    kind: str, length_m: float, doors: tuple[Opening, ...], rng: np.random.Generator
) -> tuple[Opening, ...]:
    """One window, or two in a long wall, centred in the longest stretch without a door."""
    low, high = 0.3, length_m - 0.3
    for door in doors:
        before, after = door.start_m - 0.2, door.start_m + door.width_m + 0.2
        low, high = (low, before) if before - low > high - after else (after, high)
    share, sill = ROOM_KINDS[kind].window_share, ROOM_KINDS[kind].sill_m
    count = 2 if high - low > 4.6 and rng.random() < 0.6 else 1
    slot = (high - low) / count
    width = round(min(1.8, share * slot * rng.uniform(0.85, 1.15)), 2)
    if share == 0 or width < 0.5 or width > slot:
        return ()
    starts = [low + slot * (number + 0.5) - width / 2 for number in range(count)]
    return tuple(Opening("window", round(float(at), 3), width, sill, _WINDOW_TOP_M) for at in starts)
