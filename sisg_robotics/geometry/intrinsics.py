"""The pinhole camera. Pixel (i, j) covers [i, i+1) x [j, j+1), so its centre is at +0.5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from ..errors import BadValue


@dataclass(frozen=True)
class Intrinsics:
    """Focal lengths and principal point in pixels, with the image size they belong to.

    u = fx x/z + cx and v = fy y/z + cy for a point in OpenCV camera axes; u in [0, width].
    A centred camera has cx = width/2. OpenCV and Open3D put pixel centres at integers; use
    `from_opencv` and `opencv_matrix` to talk to them.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    width: int
    height: int

    def __post_init__(self) -> None:
        values = np.array([self.fx, self.fy, self.cx, self.cy], dtype=np.float64)
        if not np.all(np.isfinite(values)):
            raise BadValue("intrinsics", values.tolist(), "finite numbers")
        if not (self.fx > 0 and self.fy > 0):
            raise BadValue("the focal length", (self.fx, self.fy), "positive, in pixels")
        if not (self.width > 0 and self.height > 0):
            raise BadValue("the image size", (self.width, self.height), "positive, in pixels")

    @classmethod
    def from_fov(cls, width: int, height: int, fov_x_rad: float) -> Intrinsics:
        """A centred camera with square pixels and the given horizontal field of view."""
        if not 0 < fov_x_rad < np.pi:
            raise BadValue("fov_x_rad", fov_x_rad, "between 0 and pi")
        f = width / (2 * np.tan(fov_x_rad / 2))
        return cls(f, f, width / 2, height / 2, width, height)

    @classmethod
    def from_matrix(cls, K: Float[np.ndarray, "3 3"], width: int, height: int) -> Intrinsics:
        """From a 3x3 camera matrix with our pixel centres."""
        return cls(float(K[0, 0]), float(K[1, 1]), float(K[0, 2]), float(K[1, 2]), width, height)

    @classmethod
    def from_opencv(cls, K: Float[np.ndarray, "3 3"], width: int, height: int) -> Intrinsics:
        """From a 3x3 camera matrix with pixel centres at integers (OpenCV, Open3D)."""
        return cls(float(K[0, 0]), float(K[1, 1]), float(K[0, 2]) + 0.5, float(K[1, 2]) + 0.5, width, height)

    @property
    def matrix(self) -> Float64[np.ndarray, "3 3"]:
        """The 3x3 camera matrix, pixel centres at +0.5."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]], dtype=np.float64)

    @property
    def opencv_matrix(self) -> Float64[np.ndarray, "3 3"]:
        """The 3x3 camera matrix for programs whose pixel centres are integers."""
        return self.matrix - [[0, 0, 0.5], [0, 0, 0.5], [0, 0, 0]]

    @property
    def fov_x_rad(self) -> float:
        """Horizontal field of view, radians."""
        return float(np.arctan(self.cx / self.fx) + np.arctan((self.width - self.cx) / self.fx))

    def project(self, points_cam: Float[np.ndarray, "*points 3"]) -> Float[np.ndarray, "*points 2"]:
        """Pixel coordinates (u, v) of points in camera axes. Points with z <= 0 give NaN."""
        x, y, z = np.moveaxis(points_cam, -1, 0)
        depth = np.where(z > 0, z, np.nan)
        return np.stack([self.fx * x / depth + self.cx, self.fy * y / depth + self.cy], axis=-1)

    def unproject(
        self, uv: Float[np.ndarray, "*points 2"], depth_m: Float[np.ndarray, "*points"]
    ) -> Float[np.ndarray, "*points 3"]:
        """Points in camera axes at planar depth `depth_m` behind pixel coordinates (u, v)."""
        x = (uv[..., 0] - self.cx) / self.fx
        y = (uv[..., 1] - self.cy) / self.fy
        return np.stack([x * depth_m, y * depth_m, depth_m], axis=-1)

    def pixel_centers(self) -> Float64[np.ndarray, "h w 2"]:
        """Coordinates (u, v) of every pixel's centre."""
        u, v = np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5)
        return np.stack([u, v], axis=-1)

    def pixel_rays(self) -> Float64[np.ndarray, "h w 3"]:
        """A direction through every pixel's centre, camera axes, with z = 1: times depth it is the point."""
        return self.unproject(self.pixel_centers(), np.ones((self.height, self.width)))

    def points(self, depth_m: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 3"]:
        """The point seen by every pixel of a planar depth image, in camera axes, metres."""
        if depth_m.shape != (self.height, self.width):
            raise BadValue("the shape of depth_m", depth_m.shape, f"{(self.height, self.width)}")
        return (self.pixel_rays() * depth_m[..., None]).astype(np.float32)

    def resized(self, width: int, height: int) -> Intrinsics:
        """The same camera with its image stretched to another size."""
        sx, sy = width / self.width, height / self.height
        return Intrinsics(self.fx * sx, self.fy * sy, self.cx * sx, self.cy * sy, width, height)

    def cropped(self, left: int, top: int, width: int, height: int) -> Intrinsics:
        """The same camera with only a window of its image kept."""
        if left < 0 or top < 0 or left + width > self.width or top + height > self.height:
            accepted = f"inside the {self.width}x{self.height} image"
            raise BadValue("the crop", (left, top, width, height), accepted)
        return Intrinsics(self.fx, self.fy, self.cx - left, self.cy - top, width, height)
