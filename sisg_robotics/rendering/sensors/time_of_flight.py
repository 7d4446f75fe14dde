"""Depth by time of flight (Kinect v2, Azure Kinect): no shadow and no levels, but flying pixels.

A pixel on an edge collects light from both surfaces and reports a depth between them, where nothing is.
Here it looks at a point moved by the lateral noise and mixes the four depths around it; surfaces without an
edge stay as they are. What makers' software does to such pixels is to drop a share of them (`edge_loss`).
Interreflection in corners (multipath) and the systematic wiggling error are not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float32

from ..._numba import njit, prange
from ...errors import BadValue
from ...geometry import Distortion, Intrinsics
from .depth import check_range, depth_and_angle, differ, rays_xy
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


@dataclass(frozen=True)
class TimeOfFlightDepth:
    """A time-of-flight camera. `measure` is described in depth.DepthModel."""

    range_m: tuple[float, float]
    axial: AxialNoise
    lateral: LateralNoise = field(default_factory=LateralNoise)
    grazing: Grazing = field(default_factory=Grazing)
    edge_loss: float = 0.0
    """Share of the mixed pixels that are dropped."""
    hexagon_rad: tuple[float, float] | None = None
    """The lit field, a hexagon flat at top and bottom: its horizontal and vertical angle; None for all."""
    unit_m: float = 0.001
    """Depths are multiples of this; 0 for any."""

    def __post_init__(self) -> None:
        check_range(self.range_m)
        if not (0 <= self.edge_loss <= 1 and self.unit_m >= 0):
            given = (self.edge_loss, self.unit_m)
            raise BadValue("edge_loss, unit_m", given, "a share from 0 to 1, and at least 0")
        if self.hexagon_rad is not None and not all(0 < angle < np.pi for angle in self.hexagon_rad):
            raise BadValue("hexagon_rad", self.hexagon_rad, "two angles between 0 and pi, or None")

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
        chance = smooth_normal(rng, 3, (intrinsics.height, intrinsics.width), 0.0)
        lost = rng.random(depth_m.shape, dtype=np.float32) < self.edge_loss
        measured = _measure(
            depth_m,
            angle_rad,
            chance,
            lost,
            *law_numbers(self.axial, self.lateral, self.grazing),
            (float(self.range_m[0]), float(self.range_m[1])),
            (float(self.unit_m), float(intrinsics.fx)),
        )
        if self.hexagon_rad is not None:
            measured[~_in_hexagon(rays_xy(intrinsics, distortion), self.hexagon_rad)] = 0
        return measured


def _in_hexagon(xy: Float32[np.ndarray, "h w 2"], angles_rad: tuple[float, float]) -> Bool[np.ndarray, "h w"]:
    x = np.abs(xy[..., 0]) / np.tan(angles_rad[0] / 2)
    y = np.abs(xy[..., 1]) / np.tan(angles_rad[1] / 2)
    return (y <= 1) & (x + y / 2 <= 1)


@njit(cache=True, nogil=True)
@no_type_check
def _mixed(depth, u, v):
    """Bilinear depth at continuous pixel indices, over the corners that have one."""
    height, width = depth.shape
    u0, v0 = int(np.floor(u)), int(np.floor(v))
    total, weights = 0.0, 0.0
    for dv in range(2):
        for du in range(2):
            at_u, at_v = min(max(u0 + du, 0), width - 1), min(max(v0 + dv, 0), height - 1)
            z = float(depth[at_v, at_u])
            weight = (1.0 - abs(u - u0 - du)) * (1.0 - abs(v - v0 - dv))
            if z > 0.0:
                total += weight * z
                weights += weight
    return total / weights if weights > 0.5 else 0.0


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _measure(depth, angle, chance, lost, axial, lateral, grazing, limits, device):
    height, width = depth.shape
    near, far = limits
    unit, focal = device
    out = np.zeros((height, width), dtype=np.float32)
    for v in prange(height):
        for u in range(width):
            z, theta = float(depth[v, u]), float(angle[v, u])
            if z <= 0.0:
                continue
            sigma = lateral_sigma_px(lateral, z, theta, focal)
            there = _mixed(depth, u + sigma * chance[0, v, u], v + sigma * chance[1, v, u])
            if differ(z, there):
                z = 0.0 if lost[v, u] else there
            if z < near or z > far or too_oblique(grazing, theta, chance[0, v, u]):
                continue
            sigma = axial_sigma_m(axial, z, theta)
            z += np.sqrt(max(sigma * sigma - unit * unit / 12.0, 0.0)) * chance[2, v, u]
            if unit > 0.0:
                z = np.rint(z / unit) * unit
            if near <= z <= far:
                out[v, u] = z
    return out
