"""Left, right, in front and behind.

A thing that stands with its back to a wall has a front: left and right are then those of somebody who stands
before it and looks at it. Anything else is seen from the robot: in front is nearer to it, behind is farther
away, left and right are its own as it looks at the thing. "As seen from ..." puts somebody else in its place.
North is +y of the map, east is +x.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from ...maps import MapObject
from ..costmap import FREE
from .instruction import Side
from .site import Site, half_m, middle_m

BEFORE_M, BEHIND_M = 0.5, 0.25
"""How far beside a thing floor must be free for that side to be open, and blocked for it to be the back:
behind a wall there may be another room."""

OPEN, BLOCKED = 0.6, 0.3
"""Share of a strip that is free floor."""

LONG = 1.3
"""In a corner, a thing that is this much longer than deep has its front on a long side."""

_COMPASS = {"north": (0.0, 1.0), "south": (0.0, -1.0), "east": (1.0, 0.0), "west": (-1.0, 0.0)}


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
    """Unit vector to the open side opposite a blocked one, None where no side or more than one is such."""
    half = half_m(thing)
    fronts = [
        direction
        for direction in np.vstack([np.eye(2), -np.eye(2)])
        if _free(site, thing, direction, BEFORE_M) >= OPEN
        and _free(site, thing, -direction, BEHIND_M) <= BLOCKED
    ]
    if len(fronts) == 2 and half.max() > LONG * half.min():  # in a corner
        fronts = [direction for direction in fronts if np.abs(direction) @ half == half.min()]
    return fronts[0] if len(fronts) == 1 else None


def _free(site: Site, thing: MapObject, direction: Float64[np.ndarray, "2"], depth_m: float) -> float:
    """Share of free floor in a strip beside a thing."""
    across = np.array([-direction[1], direction[0]])
    half = half_m(thing)
    deep = float(half @ np.abs(direction)) + np.arange(0.075, depth_m, 0.05)
    wide = float(half @ np.abs(across)) * np.linspace(-0.9, 0.9, 9)
    points = middle_m(thing) + deep[:, None, None] * direction + wide[None, :, None] * across
    cells = site.costmap.cell_of(points.reshape(-1, 2))
    inside = np.all((cells >= 0) & (cells < site.costmap.state.shape), axis=1)
    free = inside.copy()
    free[inside] = site.costmap.state[tuple(cells[inside].T)] == FREE
    return float(free.mean())
