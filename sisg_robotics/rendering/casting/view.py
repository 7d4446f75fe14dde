"""A picture's rays: where the camera stands and which way each pixel looks."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64

from ..._numba import njit, prange
from ...geometry import Distortion, Intrinsics, as_se3

LENSES_KEPT = 20
"""Of bent rays: a lens with its pixel centres and 16 places around them."""


class Camera(NamedTuple):
    """A view's pixels and their rays, for compiled code."""

    axes: Float64[np.ndarray, "3 3"]
    """The camera's axes in the world, one a column."""
    eye: Float64[np.ndarray, "3"]
    fx: float
    fy: float
    cx: float
    cy: float
    width: int
    height: int
    du: float
    dv: float
    """The place in every pixel that its ray goes through; its centre is (0.5, 0.5)."""
    lens_xy: Float64[np.ndarray, "p 2"]
    """With distortion, (x, y) at z = 1 of every pixel's undistorted ray; else no rows."""


@dataclass(frozen=True, eq=False)
class View:
    """A camera somewhere in the world, in OpenCV axes; its pixels are numbered row by row."""

    intrinsics: Intrinsics
    T_world_cam: Float64[np.ndarray, "4 4"]
    distortion: Distortion | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "T_world_cam", as_se3("T_world_cam", self.T_world_cam))

    @property
    def eye(self) -> Float64[np.ndarray, "3"]:
        """Where the camera is, in the world."""
        return self.T_world_cam[:3, 3]

    def camera(self, du: float = 0.5, dv: float = 0.5) -> Camera:
        """The rays through the point (du, dv) of every pixel; (0.5, 0.5) is its centre."""
        k = self.intrinsics
        none = np.empty((0, 2))
        lens = none if self.distortion is None else _lens_xy(k, self.distortion, float(du), float(dv))
        axes, eye = self.T_world_cam[:3, :3].copy(), self.eye.copy()
        numbers = float(k.fx), float(k.fy), float(k.cx), float(k.cy), int(k.width), int(k.height)
        return Camera(axes, eye, *numbers, float(du), float(dv), lens)

    def rays(self, du: float = 0.5, dv: float = 0.5) -> Float32[np.ndarray, "p 6"]:
        """Origins and directions as Embree wants them; those through the centres are made once."""
        return self._center_rays if (du, dv) == (0.5, 0.5) else view_rays(self.camera(du, dv))

    @functools.cached_property
    def _center_rays(self) -> Float32[np.ndarray, "p 6"]:
        return view_rays(self.camera())


@functools.lru_cache(maxsize=LENSES_KEPT)
def _lens_xy(
    intrinsics: Intrinsics, distortion: Distortion, du: float, dv: float
) -> Float64[np.ndarray, "p 2"]:
    corner = intrinsics.pixel_centers().reshape(-1, 2) - 0.5
    return np.ascontiguousarray(distortion.rays(intrinsics, corner + np.array([du, dv]))[:, :2])


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def direction(camera, row, column):
    """World direction of a pixel's ray, 1 along the camera's z."""
    if camera.lens_xy.shape[0]:
        p = row * camera.width + column
        x, y = camera.lens_xy[p, 0], camera.lens_xy[p, 1]
    else:
        x, y = (column + camera.du - camera.cx) / camera.fx, (row + camera.dv - camera.cy) / camera.fy
    axes = camera.axes
    return (
        axes[0, 0] * x + axes[0, 1] * y + axes[0, 2],
        axes[1, 0] * x + axes[1, 1] * y + axes[1, 2],
        axes[2, 0] * x + axes[2, 1] * y + axes[2, 2],
    )


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def view_rays(camera):
    """The rays of all pixels, float32 (p, 6)."""
    out = np.empty((camera.height * camera.width, 6), dtype=np.float32)
    for row in prange(camera.height):
        for column in range(camera.width):
            d = direction(camera, row, column)
            p = row * camera.width + column
            out[p, 0], out[p, 1], out[p, 2] = camera.eye[0], camera.eye[1], camera.eye[2]
            out[p, 3], out[p, 4], out[p, 5] = d
    return out
