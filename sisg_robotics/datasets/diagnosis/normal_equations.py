"""How the differences of depth between frames change with a reading's numbers: Gauss-Newton's equations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import no_type_check

import numpy as np

from ..._numba import njit, prange
from .agreement import arguments, as_stored, depth_along_z, relative
from .reading import Reading
from .unknowns import Unknown, applied
from .views import Views

MOST_SLOPE = 3.0
"""Surfaces seen at a flatter angle than this say nothing."""


def normal_equations(
    views: Views, reading: Reading, unknowns: Sequence[Unknown], off: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray, float, int]:
    """H (k, k), g (k,), the weighted sum of squares, the number of points, for a reading off by so much.

    Differences count as shares of what is the same depth, `width` times that of trying.
    """
    small = np.array([unknown.small for unknown in unknowns], dtype=np.float64)
    changes = [np.zeros(len(off)), *np.diag(small)]
    asked = [arguments(views, applied(reading, unknowns, off + change), width) for change in changes]
    stored, pixels, _, _, has_pose, _, how = asked[0]
    T, T_inverse, cameras = (np.stack([some[k] for some in asked]) for k in (2, 3, 5))
    H, g, square, count = _accumulate(stored, pixels, T, T_inverse, has_pose, cameras, small, how)
    return H.sum(axis=0), g.sum(axis=0), float(square.sum()), int(count.sum())


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _seen_z(stored, j, column, row, camera, how):
    at_column, at_row = as_stored(column, row, stored.shape[2], stored.shape[1], how)
    return depth_along_z(stored[j, at_row, at_column], column + 0.5, row + 0.5, camera, how)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _accumulate(stored, pixels, T_world_cam, T_cam_world, has_pose, cameras, steps, how):
    count, height, width = stored.shape
    many = cameras.shape[0]
    H = np.zeros((count, many - 1, many - 1))
    g = np.zeros((count, many - 1))
    square, number = np.zeros(count), np.zeros(count, dtype=np.int64)
    for i in prange(count):
        M = np.empty((many, 3, 4))
        r = np.empty(many)
        row_ = np.empty(many - 1)
        for j in range(count):
            if i == j or not (has_pose[i] and has_pose[j]):
                continue
            for k in range(many):
                relative(T_cam_world[k, j], T_world_cam[k, i], M[k])
            for p in range(pixels.shape[1]):
                column, row = pixels[i, p, 0], pixels[i, p, 1]
                if column < 0:
                    break
                at_column, at_row = as_stored(column, row, width, height, how)
                from_u, from_v = at_column + 0.5, at_row + 0.5
                raw = stored[i, row, column]
                ok = True
                slope_u = slope_v = scale = 0.0
                c0 = r0 = 0
                base = 0.0
                for k in range(many):
                    cam = cameras[k, i]
                    z = depth_along_z(raw, from_u, from_v, cam, how)
                    x, y = (from_u - cam[2]) / cam[0] * z, (from_v - cam[3]) / cam[1] * z
                    there_z = M[k, 2, 0] * x + M[k, 2, 1] * y + M[k, 2, 2] * z + M[k, 2, 3]
                    if there_z <= how[4]:
                        ok = False
                        break
                    cam = cameras[k, j]
                    u = (
                        cam[0] * (M[k, 0, 0] * x + M[k, 0, 1] * y + M[k, 0, 2] * z + M[k, 0, 3]) / there_z
                        + cam[2]
                    )
                    v = (
                        cam[1] * (M[k, 1, 0] * x + M[k, 1, 1] * y + M[k, 1, 2] * z + M[k, 1, 3]) / there_z
                        + cam[3]
                    )
                    if k == 0:
                        if not (1.0 <= u < width - 1 and 1.0 <= v < height - 1):
                            ok = False
                            break
                        c0, r0 = int(u), int(v)
                        base = _seen_z(stored, j, c0, r0, cam, how)
                        left = _seen_z(stored, j, c0 - 1, r0, cam, how)
                        right = _seen_z(stored, j, c0 + 1, r0, cam, how)
                        up = _seen_z(stored, j, c0, r0 - 1, cam, how)
                        down = _seen_z(stored, j, c0, r0 + 1, cam, how)
                        if not (base > 0 and left > 0 and right > 0 and up > 0 and down > 0):
                            ok = False
                            break
                        slope_u, slope_v = (right - left) / 2, (down - up) / 2
                        bend = max(abs(right + left - 2 * base), abs(up + down - 2 * base))
                        tilt_u, tilt_v = slope_u * cam[0] / base, slope_v * cam[1] / base
                        scale = np.sqrt(1.0 + tilt_u * tilt_u + tilt_v * tilt_v)
                        if scale > MOST_SLOPE or bend > how[4] + how[5] * base:
                            ok = False
                            break
                        seen = base
                    else:
                        seen = _seen_z(stored, j, c0, r0, cam, how)
                    seen += slope_u * (u - c0 - 0.5) + slope_v * (v - r0 - 0.5)
                    r[k] = (there_z - seen) / scale
                    if k == 0:
                        near = how[4] + how[5] * base
                        if abs(r[0]) >= near:
                            ok = False
                            break
                if not ok:
                    continue
                near = how[4] + how[5] * base
                t = r[0] / near
                weight = (1.0 - t * t) ** 2
                for a in range(many - 1):
                    row_[a] = (r[a + 1] - r[0]) / steps[a] / near
                for a in range(many - 1):
                    g[i, a] += weight * row_[a] * t
                    for b in range(many - 1):
                        H[i, a, b] += weight * row_[a] * row_[b]
                square[i] += weight * t * t
                number[i] += 1
    return H, g, square, number
