"""How well the frames agree on where surfaces are: the cross-view depth residual.

A point that one frame sees is looked for in another. What that one sees there is compared along the surface's
normal, so that the same offset counts the same seen flat or square on. Where it sees something nearer, the
point is hidden and nothing is learned; where it sees something farther by more than GATE_M, it looks through
the point, and the residual counts as GATE_M.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float64, Int32, Int64

from .._numba import njit, prange
from ..geometry import invert
from .looks import Stack

GATE_M = 0.1
LEAST_COMPARISONS = 50
"""For a figure of a frame or of a pair of frames."""
_EDGE = 1.15
"""Depths of neighbouring pixels differ by more than this factor: an edge, where nothing is compared."""


@dataclass(frozen=True, eq=False)
class Residuals:
    """For each of n frames, its points against all other frames; NaN where too few are seen again."""

    median_m: Float64[np.ndarray, "n"]
    misfit_m: Float64[np.ndarray, "n"]
    """The mean: unlike the median, it tells of the few points that disagree."""
    looked_through: Float64[np.ndarray, "n"]
    """Share of the comparisons."""
    pairs: Int32[np.ndarray, "n n"]
    """How many points of the row's frame the column's frame sees within GATE_M."""
    compared: Int64[np.ndarray, "n"]

    @property
    def typical_looked_through(self) -> float:
        """The median of all frames; NaN when none is seen again."""
        known = self.looked_through[np.isfinite(self.looked_through)]
        return float(np.median(known)) if len(known) else float("nan")

    def misfit_of(self, frames: slice) -> float:
        """The mean over all comparisons of these frames, metres; NaN when nothing is seen again."""
        of_frame, compared = self.misfit_m[frames], self.compared[frames]
        known = np.isfinite(of_frame)
        return float(np.average(of_frame[known], weights=compared[known])) if known.any() else float("nan")


def residuals(stack: Stack) -> Residuals:
    """Compare every frame with every other."""
    T_cam_world = invert(stack.T_world_cam)
    median_m, misfit_m, through, pairs = _residuals(
        stack.depth_m, stack.cameras, stack.T_world_cam, T_cam_world, stack.points_m, stack.normals,
        stack.counts, GATE_M,
    )  # fmt: skip
    compared = pairs.sum(axis=1) + through
    known = compared >= LEAST_COMPARISONS
    share = np.divide(through, compared, out=np.full(len(known), np.nan), where=known)
    median_m, misfit_m = np.where(known, median_m, np.nan), np.where(known, misfit_m, np.nan)
    return Residuals(median_m, misfit_m, share, pairs, compared)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def depth_between(depth_m, frame, u, v, width, height):
    """Depth at (u, v) between four pixel centres, exact on planes; 0 at edges and beside nothing."""
    x, y = u - 0.5, v - 0.5
    column, row = int(np.floor(x)), int(np.floor(y))
    if column < 0 or row < 0 or column + 1 >= width or row + 1 >= height:
        return 0.0
    a, b = depth_m[frame, row, column], depth_m[frame, row, column + 1]
    c, d = depth_m[frame, row + 1, column], depth_m[frame, row + 1, column + 1]
    low = min(min(a, b), min(c, d))
    if low <= 0.0 or max(max(a, b), max(c, d)) > _EDGE * low:
        return 0.0
    x, y = x - column, y - row
    return 1.0 / ((1.0 - y) * ((1.0 - x) / a + x / b) + y * ((1.0 - x) / c + x / d))


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def offset_along_normal(depth_m, cameras, j, M, point, normal):
    """How far behind a point's plane frame j sees a surface, and whether it sees one at all.

    M takes the point and its normal to the axes of camera j. Positive: farther than the point.
    """
    z = M[2, 0] * point[0] + M[2, 1] * point[1] + M[2, 2] * point[2] + M[2, 3]
    if z <= 0.05:
        return 0.0, False
    x = (M[0, 0] * point[0] + M[0, 1] * point[1] + M[0, 2] * point[2] + M[0, 3]) / z
    y = (M[1, 0] * point[0] + M[1, 1] * point[1] + M[1, 2] * point[2] + M[1, 3]) / z
    u, v = cameras[j, 0] * x + cameras[j, 2], cameras[j, 1] * y + cameras[j, 3]
    seen = depth_between(depth_m, j, u, v, int(cameras[j, 4]), int(cameras[j, 5]))
    if seen <= 0.0:
        return 0.0, False
    across = 0.0
    ray = (x, y, 1.0)
    for k in range(3):
        across += ray[k] * (M[k, 0] * normal[0] + M[k, 1] * normal[1] + M[k, 2] * normal[2])
    if across >= 0.0:  # from behind: another surface is seen, or the same wall's other side
        return 0.0, False
    return -across * (seen - z), True


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _residuals(depth_m, cameras, T_world_cam, T_cam_world, points, normals, counts, gate_m):
    n, p = points.shape[0], points.shape[1]
    median_m, misfit_m = np.full(n, np.nan), np.full(n, np.nan)
    through = np.zeros(n, dtype=np.int64)
    pairs = np.zeros((n, n), dtype=np.int32)
    for i in prange(n):
        found = np.empty(n * p, dtype=np.float32)
        total, summed = 0, 0.0
        for j in range(n):
            if i == j:
                continue
            M = T_cam_world[j] @ T_world_cam[i]
            for k in range(counts[i]):
                offset, seen = offset_along_normal(depth_m, cameras, j, M, points[i, k], normals[i, k])
                if not seen or offset < -gate_m:
                    continue
                if offset > gate_m:
                    through[i] += 1
                    offset = gate_m
                else:
                    pairs[i, j] += 1
                found[total] = abs(offset)
                summed += abs(offset)
                total += 1
        if total:
            median_m[i] = np.median(found[:total])
            misfit_m[i] = summed / total
    return median_m, misfit_m, through, pairs
