"""Lens distortion by Brown and Conrady, as OpenCV numbers its coefficients.

For a point at x = X/Z, y = Y/Z in camera axes, with r^2 = x^2 + y^2 (Brown 1971; OpenCV's `projectPoints`):

    s = (1 + k1 r^2 + k2 r^4 + k3 r^6) / (1 + k4 r^2 + k5 r^4 + k6 r^6)
    x' = x s + 2 p1 x y + p2 (r^2 + 2 x^2)
    y' = y s + p1 (r^2 + 2 y^2) + 2 p2 x y

The picture is at u = fx x' + cx, v = fy y' + cy.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from ..errors import BadValue
from .intrinsics import Intrinsics

_STEPS = 30
_CONVERGED = 1e-12
_TOLERANCE = 1e-6
_RADII = 257


@dataclass(frozen=True)
class Distortion:
    """The coefficients, in OpenCV's order: (k1, k2, p1, p2, k3, k4, k5, k6)."""

    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0
    k4: float = 0.0
    k5: float = 0.0
    k6: float = 0.0

    def __post_init__(self) -> None:
        if not np.all(np.isfinite(astuple(self))):
            raise BadValue("distortion", astuple(self), "finite numbers")

    def distort(self, xy: Float[np.ndarray, "*points 2"]) -> Float64[np.ndarray, "*points 2"]:
        """Where the lens puts the points that a pinhole would put at xy = (X/Z, Y/Z)."""
        x, y = np.moveaxis(np.asarray(xy, dtype=np.float64), -1, 0)
        r2 = x * x + y * y
        s = (1 + r2 * (self.k1 + r2 * (self.k2 + r2 * self.k3))) / (
            1 + r2 * (self.k4 + r2 * (self.k5 + r2 * self.k6))
        )
        return np.stack(
            [
                x * s + 2 * self.p1 * x * y + self.p2 * (r2 + 2 * x * x),
                y * s + self.p1 * (r2 + 2 * y * y) + 2 * self.p2 * x * y,
            ],
            axis=-1,
        )

    def undistort(self, xy: Float[np.ndarray, "*points 2"]) -> Float64[np.ndarray, "*points 2"]:
        """The inverse of `distort`, by Newton's method from the point itself.

        Raises BadValue where the lens folds the picture, so that no point of it is seen there.
        """
        target = np.asarray(xy, dtype=np.float64)
        found = target.copy()
        for _ in range(_STEPS):
            miss = self.distort(found) - target
            if np.abs(miss).max(initial=0.0) < _CONVERGED:
                break
            found = found - np.linalg.solve(self._jacobian(found), miss[..., None])[..., 0]
        met = np.abs(self.distort(found) - target).max(initial=0.0) < _TOLERANCE
        if not (met and self._rises_to(float(np.linalg.norm(found, axis=-1).max(initial=0.0)))):
            raise BadValue(
                "distortion", astuple(self), "one whose formula is one-to-one over the whole image"
            )
        return found

    @property
    def fold_r2(self) -> float:
        """The x^2 + y^2 at which r s(r^2) stops growing with r: beyond it the formula folds the picture back
        and shows nothing that a lens does. Infinite where it always grows.

        With s = N / D and q = r^2 its derivative by r is zero where (N + 2 q N') D = 2 q N D'.
        """
        N = np.polynomial.Polynomial([1.0, self.k1, self.k2, self.k3])
        D = np.polynomial.Polynomial([1.0, self.k4, self.k5, self.k6])
        q = np.polynomial.Polynomial([0.0, 1.0])
        slope = (N + 2 * q * N.deriv()) * D - 2 * q * N * D.deriv()
        roots = [*slope.trim().roots(), *D.trim().roots()]
        return min((root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0), default=np.inf)

    def _rises_to(self, radius: float) -> bool:
        """Whether points further out are seen further out, up to a radius: beyond a fold Newton's method can
        find a point that no ray of the lens comes from."""
        line = np.linspace(0.0, radius, _RADII)
        radial = Distortion(self.k1, self.k2, 0.0, 0.0, self.k3, self.k4, self.k5, self.k6)
        seen = radial.distort(np.stack([line, np.zeros_like(line)], axis=-1))[:, 0]
        return bool(np.all(np.diff(seen) > 0)) if radius > 0 else True

    def _jacobian(self, xy: Float64[np.ndarray, "*points 2"]) -> Float64[np.ndarray, "*points 2 2"]:
        x, y = np.moveaxis(xy, -1, 0)
        r2 = x * x + y * y
        above = 1 + r2 * (self.k1 + r2 * (self.k2 + r2 * self.k3))
        below = 1 + r2 * (self.k4 + r2 * (self.k5 + r2 * self.k6))
        s = above / below
        ds = (self.k1 + r2 * (2 * self.k2 + 3 * r2 * self.k3)) / below  # by r^2
        ds = ds - s * (self.k4 + r2 * (2 * self.k5 + 3 * r2 * self.k6)) / below
        cross = 2 * x * y * ds + 2 * self.p1 * x + 2 * self.p2 * y
        dx = s + 2 * x * x * ds + 2 * self.p1 * y + 6 * self.p2 * x
        dy = s + 2 * y * y * ds + 6 * self.p1 * y + 2 * self.p2 * x
        return np.stack([np.stack([dx, cross], axis=-1), np.stack([cross, dy], axis=-1)], axis=-2)

    def rays(
        self, intrinsics: Intrinsics, uv: Float[np.ndarray, "*points 2"]
    ) -> Float64[np.ndarray, "*points 3"]:
        """Directions, camera axes, z = 1, of what the lens shows at pixel coordinates (u, v)."""
        seen = np.stack(
            [
                (uv[..., 0] - intrinsics.cx) / intrinsics.fx,
                (uv[..., 1] - intrinsics.cy) / intrinsics.fy,
            ],
            axis=-1,
        )
        xy = self.undistort(seen)
        return np.concatenate([xy, np.ones((*xy.shape[:-1], 1))], axis=-1)

    def undistortion_maps(
        self, intrinsics: Intrinsics
    ) -> tuple[Float32[np.ndarray, "h w"], Float32[np.ndarray, "h w"]]:
        """Where each pixel of the pinhole picture is found in the distorted one: `cv2.remap`'s map1, map2.

        In OpenCV's coordinates, whose pixel centres are integers.
        """
        rays = intrinsics.pixel_rays()
        xy = self.distort(rays[..., :2])
        u, v = intrinsics.fx * xy[..., 0] + intrinsics.cx, intrinsics.fy * xy[..., 1] + intrinsics.cy
        return (u - 0.5).astype(np.float32), (v - 0.5).astype(np.float32)
