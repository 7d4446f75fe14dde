"""Which way is up in a reading of a recording, and how high the floor is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ...geometry import Intrinsics
from ..gravity import SurfaceSamples, floor_height_m, refined_up, surface_samples
from .agreement import metres
from .reading import Reading
from .views import Views

LOOKED_AT = 20


@dataclass(frozen=True, eq=False)
class Upright:
    """`up` in the reading's world, unit; `floor_m` the floor's height along it, None where none is seen."""

    up: Float64[np.ndarray, "3"]
    floor_m: float | None

    @property
    def tilt_rad(self) -> float:
        """Between `up` and z."""
        return float(np.arccos(np.clip(self.up[2], -1, 1)))


def find_upright(views: Views, reading: Reading) -> Upright | None:
    """By the level and upright surfaces, starting from the cameras' mean up; None where they do not agree."""
    T = reading.T_world_cam[views.frames]
    known = np.flatnonzero(np.isfinite(T).all(axis=(1, 2)))
    if not len(known):
        return None
    chosen = known[np.unique(np.linspace(0, len(known) - 1, LOOKED_AT).round().astype(int))]
    found = [_samples(views, reading, k) for k in chosen.tolist()]
    points = np.concatenate([samples.points_m for samples in found])
    normals = np.concatenate([samples.normals for samples in found])
    start = -T[known, :3, 1].mean(axis=0)
    length = float(np.linalg.norm(start))
    up = refined_up(normals, start / length) if length > 0.2 else None
    if up is None:
        return None
    return Upright(up, floor_height_m(points @ up, normals @ up))


def _samples(views: Views, reading: Reading, k: int) -> SurfaceSamples:
    frame = int(views.frames[k])
    fx, fy, cx, cy = reading.camera[frame].tolist()
    camera = Intrinsics(fx, fy, cx, cy, *views.size)
    return surface_samples(metres(views.stored[k], reading, frame), camera, reading.T_world_cam[frame])
