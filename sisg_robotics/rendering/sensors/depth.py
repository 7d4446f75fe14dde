"""What every kind of depth camera has in common."""

from __future__ import annotations

import functools
from typing import Protocol, no_type_check, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32, Float64

from ..._numba import njit, prange
from ...errors import BadValue
from ...geometry import Distortion, Intrinsics

EDGE = 0.03
"""Neighbouring depths that differ by more than this share belong to two surfaces."""


@runtime_checkable
class DepthModel(Protocol):
    """A kind of depth camera."""

    def measure(
        self,
        depth_m: Float32[np.ndarray, "h w"],
        intrinsics: Intrinsics,
        rng: np.random.Generator,
        *,
        distortion: Distortion | None = None,
        angle_rad: Float32[np.ndarray, "h w"] | None = None,
    ) -> Float32[np.ndarray, "h w"]:
        """What the camera reports where the true depth is `depth_m`; 0 where it reports nothing.

        `angle_rad` says how obliquely each pixel sees its surface (0 is face on); it is estimated from
        the depth where it is not given. Arguments stay as they are.
        """
        ...


def check_range(range_m: tuple[float, float]) -> None:
    """Raises BadValue unless 0 <= near < far."""
    if not (len(range_m) == 2 and 0 <= range_m[0] < range_m[1]):
        raise BadValue("range_m", range_m, "(nearest, farthest) in metres")


def check_depth(depth_m: np.ndarray, intrinsics: Intrinsics) -> None:
    """Raises BadValue unless the picture has the camera's size."""
    if depth_m.shape != (intrinsics.height, intrinsics.width):
        raise BadValue("the shape of depth_m", depth_m.shape, f"{(intrinsics.height, intrinsics.width)}")


def depth_and_angle(
    depth_m: Float32[np.ndarray, "h w"],
    angle_rad: Float32[np.ndarray, "h w"] | None,
    intrinsics: Intrinsics,
    distortion: Distortion | None,
) -> tuple[Float32[np.ndarray, "h w"], Float32[np.ndarray, "h w"]]:
    """What `DepthModel.measure` is given, as compiled code wants it, the angle estimated where it is None.

    Raises BadValue unless the picture has the camera's size.
    """
    check_depth(depth_m, intrinsics)
    if angle_rad is None:
        angle_rad = angle_from_depth(depth_m, intrinsics, distortion)
    return np.ascontiguousarray(depth_m, dtype=np.float32), np.ascontiguousarray(angle_rad, dtype=np.float32)


@functools.lru_cache(maxsize=8)
def rays_xy(intrinsics: Intrinsics, distortion: Distortion | None) -> Float32[np.ndarray, "h w 2"]:
    """(X/Z, Y/Z) of what each pixel's centre sees."""
    centers = intrinsics.pixel_centers()
    if distortion is None:
        xy = intrinsics.pixel_rays()[..., :2]
    else:
        xy = distortion.rays(intrinsics, centers)[..., :2]
    out = np.ascontiguousarray(xy, dtype=np.float32)
    out.flags.writeable = False
    return out


def angle_from_normals(
    normal: Float[np.ndarray, "h w 3"],
    T_world_cam: Float64[np.ndarray, "4 4"],
    intrinsics: Intrinsics,
    distortion: Distortion | None = None,
) -> Float32[np.ndarray, "h w"]:
    """The angle between each pixel's ray and its surface's normal (in the world), radians; 0 without one."""
    return _angle_of_normals(
        np.ascontiguousarray(normal, dtype=np.float32),
        np.ascontiguousarray(T_world_cam[:3, :3], dtype=np.float64),
        rays_xy(intrinsics, distortion),
    )


def angle_from_depth(
    depth_m: Float32[np.ndarray, "h w"], intrinsics: Intrinsics, distortion: Distortion | None = None
) -> Float32[np.ndarray, "h w"]:
    """The same from depth alone: inverse depth is linear over a plane, so its slopes give the normal.

    Of the slopes to either side the gentler is taken, so that an edge does not look like a steep surface.
    """
    return _angle_of_depth(np.ascontiguousarray(depth_m, dtype=np.float32), rays_xy(intrinsics, distortion))


@njit(cache=True, nogil=True)
@no_type_check
def differ(z, other):
    """Whether two neighbouring depths belong to two surfaces."""
    return abs(z - other) > EDGE * max(z, other)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _angle_of_normals(normal, R, xy):
    height, width = normal.shape[:2]
    out = np.zeros((height, width), dtype=np.float32)
    for v in prange(height):
        for u in range(width):
            x, y = xy[v, u, 0], xy[v, u, 1]
            length, along = 0.0, 0.0
            for i in range(3):
                n = float(normal[v, u, i])
                length += n * n
                along += n * (R[i, 0] * x + R[i, 1] * y + R[i, 2])
            if length > 0.0:
                cosine = abs(along) / np.sqrt(length * (x * x + y * y + 1.0))
                out[v, u] = np.arccos(min(cosine, 1.0))
    return out


@njit(cache=True, nogil=True)
@no_type_check
def _slope(z, before, after, x, x_before, x_after):
    """Of 1/z by x, to the side where it is gentler; 0 where there is no neighbour."""
    back = (1.0 / z - 1.0 / before) / (x - x_before) if before > 0.0 else np.inf
    ahead = (1.0 / after - 1.0 / z) / (x_after - x) if after > 0.0 else np.inf
    slope = back if abs(back) < abs(ahead) else ahead
    return slope if np.isfinite(slope) else 0.0


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _angle_of_depth(depth, xy):
    height, width = depth.shape
    out = np.zeros((height, width), dtype=np.float32)
    for v in prange(height):
        for u in range(width):
            z = float(depth[v, u])
            if z <= 0.0:
                continue
            x, y = float(xy[v, u, 0]), float(xy[v, u, 1])
            left, right = max(u - 1, 0), min(u + 1, width - 1)
            above, below = max(v - 1, 0), min(v + 1, height - 1)
            z_left = float(depth[v, left]) if left < u else 0.0
            z_right = float(depth[v, right]) if right > u else 0.0
            z_above = float(depth[above, u]) if above < v else 0.0
            z_below = float(depth[below, u]) if below > v else 0.0
            a = _slope(z, z_left, z_right, x, float(xy[v, left, 0]), float(xy[v, right, 0]))
            b = _slope(z, z_above, z_below, y, float(xy[above, u, 1]), float(xy[below, u, 1]))
            c = 1.0 / z - a * x - b * y
            cosine = (1.0 / z) / np.sqrt((a * a + b * b + c * c) * (x * x + y * y + 1.0))
            out[v, u] = np.arccos(min(cosine, 1.0))
    return out
