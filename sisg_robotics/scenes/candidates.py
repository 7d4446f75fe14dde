"""Where a thing could stand, place by place: poses with a first score, before anything is checked.

Every function gives rows of x, y, z, yaw, score. Scores are in "metres worth walking": a detour of one metre
weighs as much as one point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ..assets import Asset
from .boxes import asset_boxes, extent, rotate
from .furnishing import ABOVE_M, HANG_M
from .openings import SIDES, Side, face
from .space import Space

GAP_M = 0.1
"""Between neighbours on the floor: a map of 5 cm cells keeps them apart."""
WALL_GAP_M = 0.02
"""Behind a thing at a wall: the baseboard is in between."""
EYE_LEVEL_M = 1.5
_STEP_M = 0.05

Rows = Float64[np.ndarray, "_ 5"]
_INWARDS_YAW: Mapping[Side, float] = {"west": 0.0, "south": np.pi / 2, "east": np.pi, "north": -np.pi / 2}


@dataclass(frozen=True, eq=False)
class Partner:
    """What a thing is placed relative to: its box and its yaw."""

    box: Float64[np.ndarray, "7"]
    yaw_rad: float

    def at(self, local_xy: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "n 2"]:
        """World x, y of points relative to the middle of its footprint, its front along +x."""
        return self.box[:2] + rotate(local_xy, np.full(len(local_xy), self.yaw_rad))


def wall(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Back to a wall; better where there is space to both sides, as a bed or a sofa likes."""
    rows = _along_walls(space, asset, WALL_GAP_M)
    rows[:, 4] -= 0.15 * np.abs(_along_offset(space, rows))
    return rows


def corner(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Back to a wall, as near to a corner as may be."""
    rows = _along_walls(space, asset, WALL_GAP_M)
    rows[:, 4] += 1.5 * np.abs(_along_offset(space, rows))
    return rows


def row(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Back to a wall; the solver favours a place next to what stands there already."""
    return _along_walls(space, asset, WALL_GAP_M)


def free(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Near a wall, turned a little."""
    rows = _along_walls(space, asset, 0.06, turn=rng.uniform(-0.5, 0.5))
    rows[:, 4] += 0.4 * np.abs(_along_offset(space, rows))
    return rows


def middle(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Free in the room, the nearer to its centre the better."""
    rows = _grid(space, 0.15, (0.0, np.pi / 2, np.pi, -np.pi / 2))
    center = (np.array(space.room.lower_xy_m) + space.room.upper_xy_m) / 2
    rows[:, 4] -= 0.8 * np.linalg.norm(rows[:, :2] - center, axis=1)
    boxes = asset_boxes(asset, rows[:, :4])
    margin = np.minimum(boxes[:, :2] - space.room.lower_xy_m, space.room.upper_xy_m - boxes[:, :2])
    spare = np.min(margin - extent(boxes), axis=1)
    rows[:, 4] += 2.0 * np.clip(spare, 0.0, 0.9)
    long_side = np.argmax(space.room.size_xy_m)
    rows[:, 4] += 0.3 * (np.argmax(extent(boxes), axis=1) == long_side)
    return rows


def around(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Seats at a table: evenly along its four sides, facing it."""
    assert partner is not None
    depth, width, _ = asset.size_xyz_m
    out = []
    for turn in range(4):
        reach, length = (
            (partner.box[2], partner.box[3]) if turn % 2 == 0 else (partner.box[3], partner.box[2])
        )
        count = max(1, int((2 * length + 0.1) / (width + 0.15)))
        for slot in range(count):
            offset = (slot + 0.5) / count * 2 * length - length
            for gap in (0.11, 0.15, 0.2):
                local = rotate(np.array([[reach + gap + depth / 2, offset]]), np.array([turn * np.pi / 2]))
                yaw = partner.yaw_rad + turn * np.pi / 2 + np.pi + rng.uniform(-0.08, 0.08)
                score = 0.3 * (length >= 0.5) - 2 * (gap - 0.11) + 0.2 * rng.random()
                out.append([*partner.at(local)[0], 0.0, yaw, score])
    return np.array(out)


def front(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Before its partner and facing it: a chair at a desk, a low table before a sofa."""
    assert partner is not None
    depth = asset.size_xyz_m[0]
    gaps = (
        np.array([0.12, 0.16, 0.2, 0.3])
        if partner.box[6] > 0.6 and asset.size_xyz_m[2] > 0.6
        else np.array([0.35, 0.4, 0.45, 0.5, 0.3])
    )
    gap, side = np.meshgrid(gaps, [0.0, 0.1, -0.1, 0.25, -0.25], indexing="ij")
    local = np.stack([partner.box[2] + gap.ravel() + depth / 2, side.ravel()], axis=-1)
    score = -np.abs(side.ravel()) - np.abs(gap.ravel() - gaps[0])
    return _rows(partner.at(local), 0.0, partner.yaw_rad + np.pi, score)


def ahead(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Before its partner, looking the same way."""
    rows = front(space, asset, partner, rng)
    rows[:, 3] -= np.pi
    return rows


def opposite(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """At a wall, seen from its partner: straight ahead is best, two to four metres away."""
    assert partner is not None
    rows = _along_walls(space, asset, WALL_GAP_M)
    local = rotate(rows[:, :2] - partner.box[:2], np.full(len(rows), -partner.yaw_rad))
    facing = -np.cos(rows[:, 3] - partner.yaw_rad)
    distance = local[:, 0] - partner.box[2]
    rows[:, 4] += 1.5 * facing - 0.8 * np.abs(local[:, 1]) - np.maximum(0, 1.5 - distance)
    return rows[(distance > 1.0) & (np.abs(local[:, 1]) < np.maximum(0.6, distance))]


def beside(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Left or right of its partner, backs in line."""
    assert partner is not None
    half_x, half_y = asset.size_xyz_m[0] / 2, asset.size_xyz_m[1] / 2
    gap, side = np.meshgrid([0.11, 0.15, 0.2, 0.3], [-1.0, 1.0], indexing="ij")
    gaps, sides = gap.ravel(), side.ravel()
    back = np.full(len(gaps), half_x - partner.box[2])
    local = np.stack([back, sides * (partner.box[3] + gaps + half_y)], axis=-1)
    return _rows(partner.at(local), 0.0, partner.yaw_rad, -gaps + 0.1 * rng.random(len(gaps)))


def near(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Somewhere before its partner, turned to where its partner looks: seats that make a circle."""
    assert partner is not None
    focus = partner.at(np.array([[partner.box[2] + 0.7, 0.0]]))[0]
    rows = _grid(space, 0.2, (0.0,))
    delta = focus - rows[:, :2]
    distance = np.linalg.norm(delta, axis=1)
    rows[:, 3] = np.round(np.arctan2(delta[:, 1], delta[:, 0]) / (np.pi / 8)) * (np.pi / 8)
    rows[:, 4] -= np.abs(distance - 1.5)
    local = rotate(rows[:, :2] - partner.box[:2], np.full(len(rows), -partner.yaw_rad))
    # not between a sofa and its television
    rows[:, 4] += np.minimum(np.abs(local[:, 1]), 1.3)
    return rows[(distance > 0.9) & (distance < 2.6) & (local[:, 0] > 0)]


def under(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Flat on the floor below its partner."""
    assert partner is not None
    shift = np.array([0.0, 0.1, -0.1, 0.25, -0.25, 0.4, -0.4])
    dx, dy = (d.ravel() for d in np.meshgrid(shift, shift, indexing="ij"))
    rows = [
        _rows(partner.at(np.stack([dx, dy], -1)), 0.0, partner.yaw_rad + turn, -np.hypot(dx, dy) - bias)
        for turn, bias in ((0.0, 0.0), (np.pi / 2, 0.05))
    ]
    return np.concatenate(rows)


def above(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """On the wall behind its partner, over it."""
    assert partner is not None
    rows = _along_walls(space, asset, 0.0)
    rows = rows[np.cos(rows[:, 3] - partner.yaw_rad) > 0.99]
    local = rotate(rows[:, :2] - partner.box[:2], np.full(len(rows), -partner.yaw_rad))
    rows[:, 4] -= 3 * np.abs(local[:, 1])
    half = asset.size_xyz_m[2] / 2
    over = partner.box[6] + ABOVE_M.get(asset.category, 0.12) + half
    rows[:, 2] = min(max(EYE_LEVEL_M, over), space.ceiling_m - half - 0.02)
    return rows[(np.abs(local[:, 1]) < 0.35) & (local[:, 0] < -partner.box[2] + 0.1)]


def hang(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """On a wall, its middle at eye level, or higher where something stands below."""
    middle_m = max(HANG_M.get(asset.category, EYE_LEVEL_M), 0.25 + asset.size_xyz_m[2] / 2)
    rows = []
    for lift in (0.0, 0.2, 0.4):
        level = _along_walls(space, asset, 0.0)
        level[:, 2] = middle_m + lift
        if partner is not None:
            # within reach of its partner, not behind it
            distance = np.linalg.norm(level[:, :2] - partner.box[:2], axis=1)
            level[:, 4] -= 2 * np.abs(distance - 0.6)
        level[:, 4] += 0.5 * rng.random(len(level)) - 0.5 * lift
        rows.append(level)
    return np.concatenate(rows)


def window(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """On the wall, over a window."""
    rows = _along_walls(space, asset, 0.0)
    height = asset.size_xyz_m[2]
    out = []
    for hole in space.openings:
        if hole.kind == "window":
            axis = 0 if hole.side in ("west", "east") else 1
            close = np.abs(rows[:, 1 - axis] - (hole.low_m + hole.high_m) / 2) < 0.03
            fits = rows[close & (np.abs(rows[:, 3] - _INWARDS_YAW[hole.side]) < 1e-6)]
            top = min(hole.top_m + 0.15, space.ceiling_m - 0.03)
            fits[:, 2] = max(top - height / 2, height / 2 + 0.03)
            out.append(fits)
    return np.concatenate([*out, rows[:0]])


def ceiling(space: Space, asset: Asset, partner: Partner | None, rng: np.random.Generator) -> Rows:
    """Hanging from the ceiling, in the middle."""
    rows = _grid(space, 0.25, (0.0,))
    center = (np.array(space.room.lower_xy_m) + space.room.upper_xy_m) / 2
    rows = np.concatenate([np.array([[*center, 0.0, 0.0, 0.5]]), rows])
    rows[:, 4] -= np.linalg.norm(rows[:, :2] - center, axis=1)
    rows[:, 2] = space.ceiling_m
    return rows


PLACES: Mapping[str, Callable[[Space, Asset, Partner | None, np.random.Generator], Rows]] = {
    "wall": wall, "corner": corner, "row": row, "free": free, "middle": middle, "around": around,
    "front": front, "ahead": ahead, "opposite": opposite, "beside": beside, "near": near, "under": under,
    "above": above, "hang": hang, "window": window, "ceiling": ceiling,
}  # fmt: skip
"""Candidate makers by the place names of the furnishing tables."""
ON_WALL = frozenset({"above", "hang", "window"})
"""Places that are on a wall, not on the floor."""


def _along_walls(space: Space, asset: Asset, gap_m: float, turn: float = 0.0) -> Rows:
    """Every 5 cm along each wall, the back (or, when turned, the nearest corner) `gap_m` from the wall."""
    probe = asset_boxes(asset, np.array([[0.0, 0.0, 0.0, turn]]))
    half = extent(probe)[0]
    back = half[0] + gap_m - probe[0, 0]
    out = []
    for side in SIDES:
        axis, at, inwards = face(space.room, side)
        low, high = space.room.lower_xy_m[1 - axis], space.room.upper_xy_m[1 - axis]
        span = np.arange(low + half[1] + gap_m, high - half[1] - gap_m + 1e-9, _STEP_M)
        if len(span) == 0:
            continue
        # from both ends, so that both corners are reached exactly
        span = np.unique(np.round(np.concatenate([span, low + high - span]), 4))
        xy = np.empty((len(span), 2))
        xy[:, axis], xy[:, 1 - axis] = at + inwards * back, span
        out.append(_rows(xy, 0.0, _INWARDS_YAW[side] + turn, np.zeros(len(span))))
    return np.concatenate(out) if out else np.zeros((0, 5))


def _along_offset(space: Space, rows: Rows) -> Float64[np.ndarray, "n"]:
    """Distance along the wall from the wall's middle."""
    offset = np.abs(rows[:, :2] - (np.array(space.room.lower_xy_m) + space.room.upper_xy_m) / 2)
    sideways = np.abs(np.cos(rows[:, 3])) > 0.5
    return np.where(sideways, offset[:, 1], offset[:, 0])


def _grid(space: Space, step_m: float, yaws: tuple[float, ...]) -> Rows:
    lower, upper = space.room.lower_xy_m, space.room.upper_xy_m
    xs, ys = (np.arange(low + step_m, high, step_m) for low, high in zip(lower, upper, strict=True))
    x, y, yaw = (v.ravel() for v in np.meshgrid(xs, ys, yaws, indexing="ij"))
    return np.stack([x, y, np.zeros(len(x)), yaw, np.zeros(len(x))], axis=-1)


def _rows(xy: Float64[np.ndarray, "n 2"], z: float, yaw: float, score: Float64[np.ndarray, "n"]) -> Rows:
    n = len(xy)
    return np.column_stack([xy, np.full(n, z), np.full(n, yaw), score])
