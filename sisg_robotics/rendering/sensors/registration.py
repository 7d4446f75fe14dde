"""Depth moved from the depth camera's picture into the colour camera's, as drivers do it.

Every depth pixel is a small square at its depth. Its corners are projected into the colour picture and the
pixel centres between them take its depth there; where two fall on one pixel the nearer stays (in the manner
of librealsense's `align`). What only the colour camera sees stays 0.
"""

from __future__ import annotations

import functools
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Float64

from ..._numba import njit
from ...geometry import Distortion, Intrinsics, as_se3
from ..lens import bent, lens_of
from .depth import check_depth

NEAREST_M = 1e-3
GAP_PX = 0.25
"""Between squares of different depth gaps open; a centre in one takes a square that is within this of it."""
LARGEST_SQUARE_PX = 64
"""A square seen larger than this is behind or beside the colour camera."""


def depth_in_color_view(
    depth_m: Float32[np.ndarray, "h w"],
    depth_intrinsics: Intrinsics,
    T_color_depth: Float[np.ndarray, "4 4"],
    color_intrinsics: Intrinsics,
    *,
    depth_distortion: Distortion | None = None,
    color_distortion: Distortion | None = None,
) -> Float32[np.ndarray, "h2 w2"]:
    """The depth (along the colour camera's z) that each colour pixel gets; 0 where none.

    p_color = T_color_depth @ p_depth.
    """
    check_depth(depth_m, depth_intrinsics)
    k = color_intrinsics
    return _register(
        np.ascontiguousarray(depth_m, dtype=np.float32),
        _corner_rays(depth_intrinsics, depth_distortion),
        as_se3("T_color_depth", T_color_depth),
        (float(k.fx), float(k.fy), float(k.cx), float(k.cy)),
        lens_of(color_distortion),
        (k.height, k.width),
    )


@functools.lru_cache(maxsize=8)
def _corner_rays(intrinsics: Intrinsics, distortion: Distortion | None) -> Float64[np.ndarray, "rows cols 2"]:
    """(X/Z, Y/Z) at the corners between the pixels."""
    u, v = np.meshgrid(np.arange(intrinsics.width + 1.0), np.arange(intrinsics.height + 1.0))
    uv = np.stack([u, v], axis=-1)
    if distortion is None:
        return intrinsics.unproject(uv, np.ones_like(u))[..., :2].copy()
    return distortion.rays(intrinsics, uv)[..., :2].copy()


@njit(cache=True, nogil=True)
@no_type_check
def _projected(point, T, camera, lens):
    """Pixel coordinates and depth in the colour camera of a point in the depth camera's axes; depth 0 for one
    that the camera cannot see in front of it."""
    z = T[2, 0] * point[0] + T[2, 1] * point[1] + T[2, 2] * point[2] + T[2, 3]
    if z < NEAREST_M:
        return 0.0, 0.0, 0.0
    x = (T[0, 0] * point[0] + T[0, 1] * point[1] + T[0, 2] * point[2] + T[0, 3]) / z
    y = (T[1, 0] * point[0] + T[1, 1] * point[1] + T[1, 2] * point[2] + T[1, 3]) / z
    if not x * x + y * y < lens.fold_r2:
        return 0.0, 0.0, 0.0
    bent_x, bent_y = bent(lens, x, y)
    return camera[0] * bent_x + camera[2], camera[1] * bent_y + camera[3], z


@njit(cache=True, nogil=True)
@no_type_check
def _register(depth, corners, T, camera, lens, shape):
    height, width = shape
    out = np.zeros((height, width), dtype=np.float32)
    covered = np.zeros((height, width), dtype=np.bool_)
    for v in range(depth.shape[0]):
        for u in range(depth.shape[1]):
            z = float(depth[v, u])
            if z <= 0.0:
                continue
            a, b = corners[v, u], corners[v + 1, u + 1]
            u0, v0, z0 = _projected((a[0] * z, a[1] * z, z), T, camera, lens)
            u1, v1, z1 = _projected((b[0] * z, b[1] * z, z), T, camera, lens)
            if z0 == 0.0 or z1 == 0.0 or u0 > u1 or v0 > v1:
                continue
            if u1 - u0 > LARGEST_SQUARE_PX or v1 - v0 > LARGEST_SQUARE_PX:
                continue
            there = 0.5 * (z0 + z1)
            left, right = max(int(np.floor(u0 - GAP_PX)), 0), min(int(np.ceil(u1 + GAP_PX)), width)
            top, bottom = max(int(np.floor(v0 - GAP_PX)), 0), min(int(np.ceil(v1 + GAP_PX)), height)
            for row in range(top, bottom):
                for column in range(left, right):
                    over = _outside(column + 0.5, u0, u1) + _outside(row + 0.5, v0, v1)
                    if over > GAP_PX:
                        continue
                    covers = over == 0.0
                    if covers == covered[row, column]:
                        nearer = out[row, column] == 0.0 or there < out[row, column]
                    else:
                        nearer = covers  # a square over the centre beats any beside it
                    if nearer:
                        out[row, column] = there
                        covered[row, column] = covers
    return out


@njit(cache=True, nogil=True)
@no_type_check
def _outside(x, start, end):
    """How far x is outside of [start, end)."""
    if x < start:
        return start - x
    return x - end if x > end else (1e-9 if x == end else 0.0)
