"""Left, right, in front and behind.

A thing that stands with its back to a wall has a front, the open side: left and right are then those of
somebody who stands before it and looks at it. In a corner the long side is the front, of a bed the short one;
of two sides alike, that with more free floor before it. Anything else is seen from the robot: in front is
nearer to it, behind is farther away, left and right are its own as it looks at the thing. "As seen from ..."
puts somebody else in its place.
North is +y of the map, east is +x.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float64

from ...maps import MapObject
from ..costmap import FREE
from .instruction import Side
from .site import Site, half_m, middle_m

BEFORE_M = 0.5
"""How far beside a thing its floor is looked at, as far as no wall hides it."""

BACK_M = (-0.05, 0.25)
"""From a thing's edge to the wall that it stands at; noise makes things a little too large."""

AT_WALL, OPEN, SHUT = 0.5, 0.3, 0.35
"""Share of a thing's width behind which a wall is, of the floor before it that is free at least, and of that
behind it at most."""

LONG = 1.3
"""In a corner, a thing that is this much longer than deep has its front on a long side."""

LENGTHWISE = frozenset({"bed", "crib", "cot"})
"""But these stand with their head to a wall."""

CLEAR = 0.1
"""In a corner, so much more of the floor before the front is free than before the other open side."""

CELL_M = 0.05
INNER = 0.8
"""Share of a thing's width that is looked at: beside its corners other things begin."""

_COMPASS = {"north": (0.0, 1.0), "south": (0.0, -1.0), "east": (1.0, 0.0), "west": (-1.0, 0.0)}
_ACROSS = {"north": "south", "south": "north", "east": "west", "west": "east"}


def side_direction(
    site: Site, thing: MapObject, side: Side, seen_from_xy_m: Float64[np.ndarray, "2"] | None = None
) -> Float64[np.ndarray, "2"]:
    """Unit vector from a thing's middle to a side of it."""
    if side in _COMPASS:
        return np.array(_COMPASS[side])
    look = _look(site, thing, seen_from_xy_m)
    left = np.array([-look[1], look[0]])
    return {"left": left, "right": -left, "front": -look, "opposite": -look, "behind": look}[side]


def has_front(site: Site, thing: MapObject) -> bool:
    """Whether a thing's sides are its own rather than the robot's."""
    return front_of(site, thing) is not None


def _look(
    site: Site, thing: MapObject, seen_from_xy_m: Float64[np.ndarray, "2"] | None
) -> Float64[np.ndarray, "2"]:
    """Which way somebody looks who tells left from right."""
    front = front_of(site, thing)
    if seen_from_xy_m is None and front is not None:
        return -front
    eye = site.xy_m if seen_from_xy_m is None else seen_from_xy_m
    look = middle_m(thing) - eye
    length = float(np.linalg.norm(look))
    if length < 1e-6:
        return np.array([np.cos(site.pose_xyyaw[2]), np.sin(site.pose_xyyaw[2])])
    return look / length


def front_of(site: Site, thing: MapObject) -> Float64[np.ndarray, "2"] | None:
    """Unit vector to the open side of a thing with its back to a wall, None where that is unclear."""
    free = {side: _free(site, thing, side) for side in _COMPASS}
    worth = {}
    for side, back in _ACROSS.items():
        at_wall = _at_wall(site, thing, back) >= AT_WALL and free[back] <= SHUT
        if at_wall and free[side] >= OPEN:
            worth[side] = free[side] - free[back] + _shape(thing, side)
    best = sorted(worth, key=lambda side: -worth[side])[:2]
    if not best or (len(best) > 1 and worth[best[0]] - worth[best[1]] < CLEAR):
        return None
    return np.array(_COMPASS[best[0]])


def _shape(thing: MapObject, side: str) -> float:
    """1 where a thing's shape says that a side is its front, -1 where it says that it is not, else 0."""
    depth, width = np.abs(_axes(side)) @ half_m(thing)
    longer = float(width > LONG * depth) - float(depth > LONG * width)
    return -longer if LENGTHWISE.intersection(thing.text.lower().split()[-1:]) else longer


def _free(site: Site, thing: MapObject, side: str) -> float:
    """Share of the floor beside a thing that is free and not behind a wall."""
    points = _strip(thing, side, CELL_M, BEFORE_M)
    seen = np.logical_and.accumulate(~_on(site.around.walls, site, points), axis=0)
    return float((_on(site.costmap.state == FREE, site, points) & seen).mean())


def _at_wall(site: Site, thing: MapObject, side: str) -> float:
    """Share of a thing's width beyond which, to a side, there is a wall."""
    return float(_on(site.around.walls, site, _strip(thing, side, *BACK_M)).any(axis=0).mean())


def _strip(thing: MapObject, side: str, start_m: float, end_m: float) -> Float64[np.ndarray, "k w 2"]:
    """Points beyond a side of a thing, from so far to so far beyond its edge."""
    axes = _axes(side)
    deep, wide = np.abs(axes) @ half_m(thing)
    out = deep + np.arange(start_m, end_m, CELL_M / 2)
    across = wide * np.linspace(-INNER, INNER, 9)
    return middle_m(thing) + out[:, None, None] * axes[0] + across[None, :, None] * axes[1]


def _axes(side: str) -> Float64[np.ndarray, "2 2"]:
    """Unit vectors to a side and along it."""
    x, y = _COMPASS[side]
    return np.array([[x, y], [-y, x]])


def _on(grid: Bool[np.ndarray, "nx ny"], site: Site, points: Float64[np.ndarray, "k w 2"]) -> np.ndarray:
    """Values of a grid over the costmap's cells at points, false outside."""
    inside = site.costmap.covers(points)
    cells = np.where(inside[..., None], site.costmap.cell_of(points), 0)
    return np.asarray(inside & grid[cells[..., 0], cells[..., 1]])
