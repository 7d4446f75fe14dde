"""Optical flow of a static scene: where a seen point is in the next camera's picture."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ..._numba import njit
from ..lens import bent
from ..vectors import minus


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def project(camera, lens, point):
    """Pixel coordinates (u, v) of a world point; NaN for one that the camera cannot see in front of it."""
    (x, y, z), axes = minus(point, camera.eye), camera.axes
    ahead = axes[0, 2] * x + axes[1, 2] * y + axes[2, 2] * z
    if not ahead > 0.0:
        return np.nan, np.nan
    right = (axes[0, 0] * x + axes[1, 0] * y + axes[2, 0] * z) / ahead
    down = (axes[0, 1] * x + axes[1, 1] * y + axes[2, 1] * z) / ahead
    if not right * right + down * down < lens.fold_r2:
        return np.nan, np.nan
    u, v = bent(lens, right, down)
    return camera.fx * u + camera.cx, camera.fy * v + camera.cy
