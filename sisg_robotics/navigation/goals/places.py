"""Where to stand for what was asked, among all cells to which there is a way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64
from scipy import ndimage

from ...maps import MapObject
from .site import Site, behind_walls, half_m, middle_m, outside_m

COMFORT_M = 0.15
"""Between the robot's hull and what it stands before, where nothing else is said."""

WAY = 0.1
"""What a metre of way counts beside a metre away from the ideal place."""

AT_ONCE = 400
"""Places that are looked at together for walls in between."""

OUTSIDE = 0.7
"""Share of the way from a thing's middle to its edge from which on a place is at that side: boxes of noisy
maps are too large."""

SATISFIED_M = 1.0
"""A place farther than this from the ideal one does not do what was asked."""


class Place(NamedTuple):
    """A point to stand at, and how far it is from what was asked for; inf where there is none."""

    xy_m: tuple[float, float]
    off_m: float

    @property
    def satisfies(self) -> bool:
        """Whether standing there does what was asked."""
        return self.off_m <= SATISFIED_M


def beside(site: Site, thing: MapObject, distance_m: float = 0.0) -> Place:
    """Next to a thing, or so far from its footprint."""
    ideal_m = distance_m or site.costmap.robot_radius_m + COMFORT_M
    points = _points(site)
    off = np.abs(outside_m(points, thing) - ideal_m)
    return _best(site, points, off, thing)


def at_side(
    site: Site, thing: MapObject, direction: Float64[np.ndarray, "2"], distance_m: float = 0.0
) -> Place:
    """Beyond one side of a thing: straight out from its middle, so far from its edge."""
    ideal_m = distance_m or site.costmap.robot_radius_m + 2 * COMFORT_M
    edge_m = float(_reach(thing, direction))
    points = _points(site)
    ideal = middle_m(thing) + (edge_m + ideal_m) * direction
    along = (points - middle_m(thing)) @ direction
    off = np.linalg.norm(points - ideal, axis=1) + np.where(along < OUTSIDE * edge_m, 2.0, 0.0)
    return _best(site, points, off, thing)


def between(site: Site, a: MapObject, b: MapObject) -> Place:
    """In the middle of the space between two things."""
    low = np.maximum(middle_m(a) - half_m(a), middle_m(b) - half_m(b))
    high = np.minimum(middle_m(a) + half_m(a), middle_m(b) + half_m(b))
    ideal = (low + high) / 2  # along each axis the middle of the gap, or of what both cover
    points = _points(site)
    span = middle_m(b) - middle_m(a)
    share = (points - middle_m(a)) @ span / max(float(span @ span), 1e-9)
    off = np.linalg.norm(points - ideal, axis=1) + np.where((share < 0.1) | (share > 0.9), 2.0, 0.0)
    return _best(site, points, off, None)


def inside(site: Site, mask: Bool[np.ndarray, "nx ny"]) -> Place:
    """The roomiest point of some cells, near their middle."""
    cells = site.reachable[mask[tuple(site.reachable.T)]]
    if not len(cells):
        return _nothing(site)
    room_m = np.minimum(site.costmap.distance_m[tuple(cells.T)], 1.0)
    center = np.array(ndimage.center_of_mass(mask))
    away_m = np.linalg.norm(cells - center, axis=1) * site.costmap.cell_size_m
    best = cells[np.argmin(away_m - 2 * room_m)]
    return Place(_xy(site.costmap.center_of(best)), 0.0)


def towards(site: Site, target_xy_m: Float64[np.ndarray, "2"]) -> Place:
    """A point, or the last one that can be reached on the straight line to it."""
    points = _points(site)
    if not len(points):
        return _nothing(site)
    off = np.linalg.norm(points - target_xy_m, axis=1)
    best = int(np.argmin(off))
    if off[best] <= site.costmap.cell_size_m:
        xy = target_xy_m if np.isfinite(site.costmap.cost_at(target_xy_m)) else points[best]
        return Place(_xy(xy), 0.0)
    span = target_xy_m - site.xy_m
    share = np.linspace(0, 1, max(2, int(np.linalg.norm(span) / (site.costmap.cell_size_m / 2))))
    line = site.xy_m + share[:, None] * span
    blocked = np.isinf(site.costmap.cost_at(line))
    blocked[: int(np.argmin(blocked))] = False  # a start that the costmap calls blocked
    last = int(np.argmax(blocked)) - 1 if blocked.any() else len(line) - 1
    stop = line[max(last, 0)]
    return Place(_xy(stop), float(np.linalg.norm(stop - target_xy_m)))


def _best(
    site: Site, points: Float64[np.ndarray, "n 2"], off_m: Float64[np.ndarray, " n"], thing: MapObject | None
) -> Place:
    """The point that is least off, its way counting, too; a place in the next room is beside nothing."""
    if not len(points):
        return _nothing(site)
    order = np.argsort(off_m + WAY * site.cost[tuple(site.reachable.T)], kind="stable")
    for start in range(0, len(order), AT_ONCE):
        chosen = order[start : start + AT_ONCE]
        seen = chosen if thing is None else chosen[~behind_walls(site, points[chosen], thing)]
        if len(seen):
            return Place(_xy(points[seen[0]]), float(off_m[seen[0]]))
    return _nothing(site)


def _points(site: Site) -> Float64[np.ndarray, "n 2"]:
    return site.costmap.center_of(site.reachable)


def _reach(thing: MapObject, direction: Float64[np.ndarray, "2"]) -> float:
    """From a thing's middle to its edge along a direction."""
    share = np.abs(direction) / np.maximum(half_m(thing), 1e-9)
    return float(1 / max(share.max(), 1e-9))


def _nothing(site: Site) -> Place:
    return Place(_xy(site.xy_m), float("inf"))


def _xy(values: np.ndarray) -> tuple[float, float]:
    x, y = (float(value) for value in values)
    return x, y
