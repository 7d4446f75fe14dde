"""A room as the solver sees it: where things may stand before anything does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from scipy import ndimage

from .boxes import NO_BOXES, Boxes, box_between, cover
from .doors import door_leaves
from .openings import RoomOpening, face, room_openings
from .scene import Room, Wall

ROBOT_RADIUS_M = 0.28
"""Kept passable: a robot of 0.25 m, and half a cell of slack."""
ROBOT_HEIGHT_M = 1.5
STEP_M = 0.03
"""Lower things are driven over: rugs."""
MIN_FREE_SHARE = 0.12
"""Of a room's floor, at least this much is where a robot's middle can be."""
_CELL_M = 0.05
_DOOR_ZONE_M = 0.9
_TALL_M = 1.0
"""Lower things may stand before a window, whatever its sill."""
_CASING_M = 0.08


@dataclass(frozen=True, eq=False)
class Space:
    """A room's fixed parts as boxes, and a grid over its floor."""

    room: Room
    ceiling_m: float
    openings: tuple[RoomOpening, ...]
    leaves: Boxes
    door_zones: Boxes
    window_zones: Boxes
    entries_xy_m: Float64[np.ndarray, "k 2"]
    """Where a robot stands when it has just come in."""
    grid_xy_m: Float64[np.ndarray, "h w 2"]

    @property
    def empty(self) -> Bool[np.ndarray, "h w"]:
        """Cells taken by door leaves alone."""
        taken = np.zeros(self.grid_xy_m.shape[:2], dtype=bool)
        for leaf in self.leaves:
            taken |= self.touched(leaf)
        return taken

    def touched(self, box: Float64[np.ndarray, "7"]) -> Bool[np.ndarray, "h w"]:
        """Cells of which a box covers any part, as `free_space` counts them."""
        return cover(box, self.grid_xy_m, _CELL_M / 2)


def room_spaces(rooms: Sequence[Room], walls: Sequence[Wall], ceiling_m: float) -> tuple[Space, ...]:
    """The space of every room."""
    openings = room_openings(rooms, walls)
    leaves = door_leaves(rooms, walls)
    spaces = []
    for room in rooms:
        own = [box_between(leaf.lower_xyz_m, leaf.upper_xyz_m) for leaf in leaves if leaf.room == room.name]
        holes = openings[room.name]
        doors = [hole for hole in holes if hole.kind == "door"]
        windows = [hole for hole in holes if hole.kind == "window"]
        spaces.append(
            Space(
                room, ceiling_m, holes, _stack(own),
                _stack([_zone(room, hole, _DOOR_ZONE_M, _CASING_M, STEP_M) for hole in doors]),
                _stack([_zone(room, hole, 0.3, 0.1, max(hole.bottom_m, _TALL_M)) for hole in windows]),
                np.array([_entry(room, hole) for hole in doors]).reshape(-1, 2),
                _grid(room),
            )
        )  # fmt: skip
    return tuple(spaces)


def passable(space: Space, taken: Bool[np.ndarray, "h w"], zones: Boxes) -> bool:
    """Whether a robot that comes in by any door has space, and reaches all doors and every zone of use."""
    labels, entry_labels = _components(space, taken)
    if len(entry_labels) and (entry_labels[0] == 0 or np.any(entry_labels != entry_labels[0])):
        return False
    main = labels == (entry_labels[0] if len(entry_labels) else 1)
    if main.mean() < MIN_FREE_SHARE:
        return False
    return all(bool(np.any(main & cover(zone, space.grid_xy_m, 0.25))) for zone in zones)


def _components(space: Space, taken: Bool[np.ndarray, "h w"]) -> tuple[np.ndarray, np.ndarray]:
    padded = np.pad(~taken, 1, constant_values=False)
    # the distance to the nearest taken cell's centre, less half a cell
    clear = ndimage.distance_transform_edt(padded)[1:-1, 1:-1] * _CELL_M - _CELL_M / 2
    labels, _ = ndimage.label(clear >= ROBOT_RADIUS_M)
    lower = np.array(space.room.lower_xy_m)
    cells = np.floor((space.entries_xy_m - lower) / _CELL_M).astype(int)
    top = np.array(labels.shape) - 1
    cells = np.clip(cells, 0, top)
    return labels, labels[cells[:, 0], cells[:, 1]]


def _stack(boxes: Sequence[np.ndarray]) -> Boxes:
    return np.stack(boxes) if boxes else NO_BOXES


def _zone(room: Room, hole: RoomOpening, depth_m: float, margin_m: float, bottom_m: float) -> np.ndarray:
    axis, at, inwards = face(room, hole.side)
    a0, a1 = sorted((at, at + inwards * depth_m))
    b0, b1 = hole.low_m - margin_m, hole.high_m + margin_m
    lower, upper = ((a0, b0), (a1, b1)) if axis == 0 else ((b0, a0), (b1, a1))
    return box_between((*lower, bottom_m), (*upper, hole.top_m + margin_m))


def _entry(room: Room, hole: RoomOpening) -> tuple[float, float]:
    axis, at, inwards = face(room, hole.side)
    a, b = at + inwards * 0.4, (hole.low_m + hole.high_m) / 2
    return (a, b) if axis == 0 else (b, a)


def _grid(room: Room) -> Float64[np.ndarray, "h w 2"]:
    axes = [
        np.arange(low + _CELL_M / 2, high, _CELL_M)
        for low, high in zip(room.lower_xy_m, room.upper_xy_m, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
