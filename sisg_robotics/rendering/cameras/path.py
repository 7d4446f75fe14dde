"""Points and headings along a path of many small steps."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

LOOK_AHEAD_M = 0.7


def walked_m(path_xy_m: Float64[np.ndarray, "k 2"]) -> Float64[np.ndarray, "k"]:
    """How far it is from the beginning of a path to each of its points."""
    step = np.diff(path_xy_m, axis=0)
    return np.concatenate([[0.0], np.cumsum(np.sqrt((step * step).sum(axis=1)))])


def along(path_xy_m: Float64[np.ndarray, "k 2"], distance_m: float) -> tuple[float, float]:
    """The point of a path nearest to a distance from its beginning; one of its own, which are all free."""
    x, y = path_xy_m[int(np.argmin(np.abs(walked_m(path_xy_m) - distance_m)))]
    return float(x), float(y)


def heading_rad(path_xy_m: Float64[np.ndarray, "k 2"], distance_m: float) -> float:
    """Where one looks: towards the point LOOK_AHEAD_M on, or along the end of the path."""
    end = float(walked_m(path_xy_m)[-1])
    start = min(distance_m, max(end - LOOK_AHEAD_M, 0.0))
    here, there = (np.array(along(path_xy_m, s)) for s in (start, start + LOOK_AHEAD_M))
    return float(np.arctan2(*(there - here)[::-1]))
