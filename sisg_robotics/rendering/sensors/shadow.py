"""What the second eye of a triangulating camera does not see: its projector's shadow, or the other imager's.

The second eye stands `baseline_m` to the right of the camera (negative: to the left) and looks the same way.
A point at column u and depth z is at column u - f B / z of its picture, in the same row. Of all that fall on
one column it sees the nearest. So a wall at z2 has a shadow of f B (1/z1 - 1/z2) columns on the far side of
a wide box at z1; behind a box narrower than that, the shadow is as wide as the box.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float32

from ..._numba import njit, prange

SAME_SURFACE_PX = 1.0
"""Neighbouring pixels whose disparities differ by no more than this are one surface, without a gap."""


def seen_by_second_eye(
    depth_m: Float32[np.ndarray, "h w"], focal_px: float, baseline_m: float, *, same_field: bool = False
) -> Bool[np.ndarray, "h w"]:
    """Whether the second eye sees what each pixel sees; False where there is nothing.

    With `same_field` its picture is as wide as the camera's, as a stereo camera's is; else it sees
    everything, as a projector with a wider field.
    """
    depth_m = np.ascontiguousarray(depth_m, dtype=np.float32)
    return _seen(depth_m, float(focal_px * abs(baseline_m)), baseline_m < 0, same_field)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _seen(depth, focal_baseline, mirrored, same_field):
    height, width = depth.shape
    seen = np.zeros((height, width), dtype=np.bool_)
    for v in prange(height):
        disparity = np.zeros(width)
        for u in range(width):
            z = depth[v, width - 1 - u if mirrored else u]
            disparity[u] = focal_baseline / z if z > 0.0 else 0.0
        furthest = min(disparity.max(), 4.0 * width)
        start = -int(furthest) - 2  # the second eye's column of nearest[0]
        nearest = np.zeros(width - start + 2)
        for u in range(width):
            d = disparity[u]
            if d <= 0.0 or d > furthest:
                continue
            left, right = u + 0.5 - d - 0.5, u + 0.5 - d + 0.5
            if u + 1 < width and abs(disparity[u + 1] - d) <= SAME_SURFACE_PX and disparity[u + 1] > 0.0:
                right = max(right, u + 1.0 - disparity[u + 1])
            for k in range(int(np.ceil(left - 0.5)), int(np.ceil(right - 0.5))):  # centres inside
                nearest[k - start] = max(nearest[k - start], d)
        for u in range(width):
            d = disparity[u]
            if d <= 0.0 or d > furthest:
                continue
            column = u + 0.5 - d
            if same_field and column < 0.0:
                continue
            hidden = nearest[int(np.floor(column)) - start] > d + SAME_SURFACE_PX
            seen[v, width - 1 - u if mirrored else u] = not hidden
    return seen
