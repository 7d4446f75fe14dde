"""Optical flow of a static scene: where a seen point is in the next camera's picture."""

from __future__ import annotations

from dataclasses import astuple
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64
from numba import njit

from ...geometry import Distortion
from ..vectors import minus


class Lens(NamedTuple):
    """A lens's formula, for compiled code."""

    coefficients: Float64[np.ndarray, "8"]
    """In the order of `Distortion`."""
    fold_r2: float
    """From this x^2 + y^2 (at z = 1) on the formula folds back: what lies there is not in the picture."""


def lens_of(distortion: Distortion | None) -> Lens:
    """The lens; without distortion, one that changes nothing."""
    distortion = distortion or Distortion()
    return Lens(np.array(astuple(distortion), dtype=np.float64), distortion.fold_r2)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def project(camera, lens, point):
    """Pixel coordinates (u, v) of a world point; NaN for one that the camera cannot see in front of it."""
    k = lens.coefficients
    (x, y, z), axes = minus(point, camera.eye), camera.axes
    ahead = axes[0, 2] * x + axes[1, 2] * y + axes[2, 2] * z
    if not ahead > 0.0:
        return np.nan, np.nan
    right = (axes[0, 0] * x + axes[1, 0] * y + axes[2, 0] * z) / ahead
    down = (axes[0, 1] * x + axes[1, 1] * y + axes[2, 1] * z) / ahead
    q = right * right + down * down
    if not q < lens.fold_r2:
        return np.nan, np.nan
    s = (1.0 + q * (k[0] + q * (k[1] + q * k[4]))) / (1.0 + q * (k[5] + q * (k[6] + q * k[7])))
    u = right * s + 2.0 * k[2] * right * down + k[3] * (q + 2.0 * right * right)
    v = down * s + k[2] * (q + 2.0 * down * down) + 2.0 * k[3] * right * down
    return camera.fx * u + camera.cx, camera.fy * v + camera.cy
