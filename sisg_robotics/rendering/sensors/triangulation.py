"""Depth by triangulation: a camera and a projector (Kinect v1), or two cameras (RealSense, OAK-D).

The device measures disparity d = f B / z in steps, so that depths come in levels whose distance grows with
z^2 (Khoshelham and Elberink 2012):

    z = f B / (s k),  k = 1, 2, 3 ...        s the step in pixels
    level distance    z^2 s / (f B)

Noise is added to the disparity before it is rounded to a level. It is as large as the rest of the law needs:
rounding itself adds s^2 / 12 to the variance. The matching window makes neighbours' errors alike (`grain_px`)
and reaches `window_px` into a shadow from either side, which is why real shadows are narrower than geometry
says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from ..._numba import njit, prange
from ...errors import BadValue
from ...geometry import Distortion, Intrinsics
from .depth import check_range, depth_and_angle, differ
from .grain import smooth_normal
from .laws import (
    AxialNoise,
    Grazing,
    LateralNoise,
    axial_sigma_m,
    lateral_sigma_px,
    law_numbers,
    too_oblique,
)
from .shadow import seen_by_second_eye


@dataclass(frozen=True)
class TriangulatedDepth:
    """A structured-light or stereo depth camera. `measure` is described in depth.DepthModel."""

    focal_px: float
    """Of the device's own imager, which sets its levels, whatever picture size is asked for."""
    baseline_m: float
    """How far the second eye stands to the right of the camera (negative: to the left)."""
    step_px: float
    """Disparity step."""
    range_m: tuple[float, float]
    axial: AxialNoise
    lateral: LateralNoise = field(default_factory=LateralNoise)
    grazing: Grazing = field(default_factory=Grazing)
    grain_px: float = 0.0
    """Standard deviation of the Gaussian that makes neighbours' errors alike."""
    window_px: int = 0
    stereo: bool = False
    """The second eye is a camera with the same field of view, not a projector with a wider one."""
    blind_columns: int = 0
    """At the right border, where the device reports nothing, at 640 columns."""
    unit_m: float = 0.001
    """What the driver rounds depths to; 0 for not at all."""

    def __post_init__(self) -> None:
        check_range(self.range_m)
        if not (self.focal_px > 0 and self.baseline_m != 0 and self.step_px > 0):
            given = (self.focal_px, self.baseline_m, self.step_px)
            raise BadValue("focal_px, baseline_m, step_px", given, "positive (the baseline: not 0)")
        if min(self.grain_px, self.window_px, self.blind_columns, self.unit_m) < 0:
            raise BadValue("a size of the depth model", "negative", "at least 0")

    def measure(
        self,
        depth_m: Float32[np.ndarray, "h w"],
        intrinsics: Intrinsics,
        rng: np.random.Generator,
        *,
        distortion: Distortion | None = None,
        angle_rad: Float32[np.ndarray, "h w"] | None = None,
    ) -> Float32[np.ndarray, "h w"]:
        """Described in depth.DepthModel."""
        depth_m, angle_rad = depth_and_angle(depth_m, angle_rad, intrinsics, distortion)
        seen = seen_by_second_eye(depth_m, intrinsics.fx, self.baseline_m, same_field=self.stereo)
        chance = smooth_normal(rng, 3, (intrinsics.height, intrinsics.width), self.grain_px)
        blind = round(self.blind_columns * intrinsics.width / 640)
        levels = self.focal_px * abs(self.baseline_m) / self.step_px  # level k is at depth levels / k
        measured = _measure(
            depth_m,
            angle_rad,
            seen,
            chance,
            *law_numbers(self.axial, self.lateral, self.grazing),
            (float(self.range_m[0]), float(self.range_m[1])),
            (float(levels), float(self.unit_m), float(intrinsics.fx)),
            self.window_px,
        )
        measured[:, intrinsics.width - blind :] = 0
        return measured


@njit(cache=True, nogil=True)
@no_type_check
def _matched(depth, matches, v, u, window):
    """The column of row v whose depth the matching window at u finds: its own or the nearest; -1 for none."""
    if depth[v, u] <= 0.0 or matches[v, u]:
        return u if matches[v, u] else -1
    for reach in range(1, window + 1):
        if u + reach < depth.shape[1] and matches[v, u + reach]:
            return u + reach
        if u >= reach and matches[v, u - reach]:
            return u - reach
    return -1


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _measure(depth, angle, seen, chance, axial, lateral, grazing, limits, device, window):
    height, width = depth.shape
    near, far = limits
    levels, unit, focal = device
    matches = np.empty((height, width), dtype=np.bool_)
    for v in prange(height):
        for u in range(width):
            matches[v, u] = seen[v, u] and not too_oblique(grazing, angle[v, u], chance[0, v, u])
    out = np.zeros((height, width), dtype=np.float32)
    for v in prange(height):
        for u in range(width):
            row, column = np.int64(v), _matched(depth, matches, v, u, window)
            if depth[v, u] > 0.0:  # lateral noise moves edges, not surfaces
                z = float(depth[v, u])
                sigma = lateral_sigma_px(lateral, z, float(angle[v, u]), focal)
                at_u = min(max(int(np.rint(u + sigma * chance[0, v, u])), 0), width - 1)
                at_v = min(max(int(np.rint(v + sigma * chance[1, v, u])), 0), height - 1)
                there = _matched(depth, matches, at_v, at_u, window)
                if there < 0 or column < 0 or differ(depth[row, column], depth[at_v, there]):
                    row, column = at_v, there
            if column < 0:
                continue
            z, theta = float(depth[row, column]), float(angle[row, column])
            if z < near or z > far:
                continue
            step = z * z / levels
            sigma = axial_sigma_m(axial, z, theta)
            sigma = np.sqrt(max(sigma * sigma - step * step / 12.0, 0.0))
            level = np.rint(levels / z + sigma / step * chance[2, v, u])
            if level < 1.0:
                continue
            z = levels / level
            if unit > 0.0:
                z = np.rint(z / unit) * unit
            if near <= z <= far:
                out[v, u] = z
    return out
