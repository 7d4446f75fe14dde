"""From a start to a goal over a costmap: searched, straightened, smoothed and checked against obstacles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Float64
from scipy import ndimage

from .._wording import counted, in_short
from ..errors import RequestError
from .costmap import Costmap
from .poses import XY, as_point
from .search import Cell, ways_from

NEAR_M = 0.5
"""A start that is blocked, or in a pocket between things, moves to floor this near: maps are not exact."""

POCKET_M2 = 0.5
"""Passable floor that is smaller than this and leads nowhere is a pocket."""

SPACING_M = 0.05
"""Between the points of a path."""

SMOOTHINGS = 40
"""Rounds in which each point moves towards the middle of its neighbours."""


@dataclass(frozen=True, eq=False)
class Path:
    """Where the robot's middle goes, in metres, world frame.

    `clearance_m` is the least distance of its hull to anything occupied. Where `reached` is false there is no
    way to the goal: the path ends at the reachable point nearest to it, and `note` says so.
    """

    points_xy_m: Float64[np.ndarray, "k 2"]
    goal_xy_m: tuple[float, float]
    clearance_m: float
    reached: bool = True
    note: str = ""

    def __repr__(self) -> str:
        goal = ", ".join(f"{value:.2f}" for value in self.goal_xy_m)
        return in_short(
            self,
            f"{self.length_m:.2f} m to ({goal}) m",
            "" if self.reached else "not reached",
            counted(len(self.points_xy_m), "point"),
            f"clearance {self.clearance_m:.2f} m" if np.isfinite(self.clearance_m) else "nothing near it",
        )

    @property
    def length_m(self) -> float:
        """Length of the polyline."""
        return float(np.linalg.norm(np.diff(self.points_xy_m, axis=0), axis=1).sum())

    def is_clear(self, costmap: Costmap) -> bool:
        """Whether a robot that follows the path stays where the costmap lets it be."""
        return bool(np.isfinite(costmap.cost_at(self.points_xy_m)).all())


def plan_path(costmap: Costmap, start_xy_m: XY, goal_xy_m: XY) -> Path:
    """The cheapest path of a round robot from start to goal.

    Raises BadValue for points that are no numbers, and RequestError where the start is off the map or not
    within `NEAR_M` of a place where the robot can be.
    """
    start, goal = as_point("start_xy_m", start_xy_m), as_point("goal_xy_m", goal_xy_m)
    first = _start_cell(costmap, start)
    ways = ways_from(costmap, first)
    reachable = np.isfinite(ways.cost)
    last, short_m = _nearest(costmap, reachable, goal)
    points = costmap.center_of(ways.cells_to(last))
    at_goal = short_m <= costmap.cell_size_m
    if tuple(costmap.cell_of(start)) == first:
        points[0] = start
    if at_goal and np.isfinite(costmap.cost_at(goal)):
        points = np.vstack([points[:-1] if len(points) > 1 else points, goal])
    points = _smoothed(costmap, _spaced(_straightened(costmap, points)))
    note = "" if at_goal else _why_not(costmap, goal, short_m)
    clearance_m = float(costmap.distance_at(points).min()) - costmap.robot_radius_m
    return Path(points, (float(goal[0]), float(goal[1])), clearance_m, at_goal, note)


def replan(path: Path, costmap: Costmap, position_xy_m: XY) -> Path:
    """The rest of a path from where the robot is, planned anew where the map has changed and blocks it."""
    position = as_point("position_xy_m", position_xy_m)
    at = int(np.argmin(np.linalg.norm(path.points_xy_m - position, axis=1)))
    rest = np.vstack([position, path.points_xy_m[at + 1 :]])
    clear = np.isfinite(costmap.cost_at(rest)).all()
    if not (clear and path.reached and _is_open(costmap, rest[:2])):
        return plan_path(costmap, position_xy_m, path.goal_xy_m)
    clearance_m = float(costmap.distance_at(rest).min()) - costmap.robot_radius_m
    return Path(rest, path.goal_xy_m, clearance_m)


def start_ways(costmap: Costmap, start_xy_m: XY) -> Float64[np.ndarray, "nx ny"]:
    """What the cheapest way from a start to each cell costs, inf where there is none."""
    return ways_from(costmap, _start_cell(costmap, as_point("start_xy_m", start_xy_m))).cost


def _start_cell(costmap: Costmap, start: Float64[np.ndarray, "2"]) -> Cell:
    said = f"The start ({start[0]:.2f}, {start[1]:.2f})"
    if not costmap.covers(start):
        low = np.array(costmap.origin_xy_m)
        high = low + np.array(costmap.state.shape) * costmap.cell_size_m
        span = f"x {low[0]:.2f} to {high[0]:.2f}, y {low[1]:.2f} to {high[1]:.2f}"
        raise RequestError(f"{said} is outside the map ({span}). Give the robot's pose in the map's frame.")
    costmap.check_passable()
    floors, _ = ndimage.label(costmap.passable)
    wide = np.bincount(floors.ravel()) * costmap.cell_size_m**2 >= POCKET_M2
    wide[0] = False
    cell, away_m = _nearest(costmap, wide[floors] if wide.any() else costmap.passable, start)
    if away_m > NEAR_M:
        cell, away_m = _nearest(costmap, costmap.passable, start)
    if away_m > NEAR_M:
        x, y = costmap.center_of(np.array(cell))
        raise RequestError(
            f"{said} is where the robot cannot be: in an obstacle or on unknown floor. The nearest free "
            f"place is ({x:.2f}, {y:.2f})."
        )
    return cell


def _nearest(costmap: Costmap, mask: np.ndarray, point: Float64[np.ndarray, "2"]) -> tuple[Cell, float]:
    """The cell of a mask that holds a point, and 0; or else the nearest to it, and how far its middle is."""
    own = costmap.cell_of(point)
    if costmap.covers(point) and mask[tuple(own)]:
        return (int(own[0]), int(own[1])), 0.0
    cells = np.argwhere(mask)
    away_m = np.linalg.norm(costmap.center_of(cells) - point, axis=1)
    best = int(np.argmin(away_m))
    return (int(cells[best, 0]), int(cells[best, 1])), float(away_m[best])


def _why_not(costmap: Costmap, goal: Float64[np.ndarray, "2"], short_m: float) -> str:
    said = f"({goal[0]:.2f}, {goal[1]:.2f})"
    if not costmap.covers(goal):
        why = "is outside the map"
    elif np.isfinite(costmap.cost_at(goal)):
        why = "is free, but no way leads there"
    else:
        why = "is where the robot cannot be"
    return (
        f"{said} {why}; the path ends {short_m:.2f} m short of it, at the nearest place that can be reached."
    )


def _straightened(costmap: Costmap, points: Float64[np.ndarray, "k 2"]) -> Float64[np.ndarray, "m 2"]:
    """Corners alone: a stretch is replaced by a straight line where that costs no more."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    cost = costmap.cost_at(points)
    spent = np.concatenate([[0.0], np.cumsum(steps * (cost[:-1] + cost[1:]) / 2)])
    kept, at = [0], 0
    while at < len(points) - 1:
        reach = min(len(points) - 1, at + 1)
        step = 1
        while reach < len(points) - 1:  # galloping: twice as far while it pays
            further = min(len(points) - 1, reach + step)
            if _line_cost(costmap, points[at], points[further]) > spent[further] - spent[at] + 1e-6:
                if step == 1:
                    break
                step = 1
                continue
            reach, step = further, 2 * step
        kept.append(reach)
        at = reach
    return points[kept]


def _line_cost(costmap: Costmap, a: Float64[np.ndarray, "2"], b: Float64[np.ndarray, "2"]) -> float:
    line = _spaced(np.stack([a, b]), costmap.cell_size_m / 2)
    cost = costmap.cost_at(line)
    return float(np.linalg.norm(b - a) * cost.mean())


def _is_open(costmap: Costmap, ends: Float64[np.ndarray, "k 2"]) -> bool:
    return bool(np.isfinite(costmap.cost_at(_spaced(ends, costmap.cell_size_m / 2))).all())


def _spaced(points: Float[np.ndarray, "k 2"], spacing_m: float = SPACING_M) -> Float64[np.ndarray, "m 2"]:
    """Points along a polyline at most so far apart, its corners among them."""
    spaced = [points[:1]]
    for a, b in pairwise(points):
        count = max(1, int(np.ceil(np.linalg.norm(b - a) / spacing_m)))
        spaced.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(spaced)


def _smoothed(costmap: Costmap, points: Float64[np.ndarray, "k 2"]) -> Float64[np.ndarray, "k 2"]:
    """Rounder corners; no point moves to where it costs much more."""
    points, before = points.copy(), costmap.cost_at(points)
    for _ in range(SMOOTHINGS):
        moved = ndimage.convolve1d(points, [0.25, 0.5, 0.25], axis=0, mode="nearest")[1:-1]
        better = costmap.cost_at(moved) <= np.maximum(before[1:-1], 1) * 1.05
        points[1:-1][better] = moved[better]
    return points
