"""Where an object's views are taken from. Every view has its own random numbers, by seed, object and view.

The camera looks at the origin and is upright. Its direction is given by azimuth, counter-clockwise from +x,
the object's front, and elevation above the horizon.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ...geometry import Intrinsics, look_at
from .settings import ObjectViewSettings

FRONT = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, eq=False)
class ViewCamera:
    """One view: its lens, and where it stands in the normalised frame (OpenCV axes)."""

    intrinsics: Intrinsics
    T_world_cam: Float64[np.ndarray, "4 4"]

    @property
    def radius(self) -> float:
        """Distance from the origin."""
        return float(np.linalg.norm(self.T_world_cam[:3, 3]))

    @property
    def azimuth_rad(self) -> float:
        """Of its place, counter-clockwise from +x, in [0, 2 pi)."""
        x, y = self.T_world_cam[:2, 3]
        return float(np.arctan2(y, x) % (2 * np.pi))

    @property
    def elevation_rad(self) -> float:
        """Of its place, above the horizon."""
        x, y, z = self.T_world_cam[:3, 3]
        return float(np.arctan2(z, np.hypot(x, y)))


def sample_cameras(settings: ObjectViewSettings, *, seed: int, uid: str) -> tuple[ViewCamera, ...]:
    """The cameras of all views of the object `uid`. A view is the same however many others there are."""
    return tuple(_camera(settings, index, view_rng(seed, uid, index)) for index in range(settings.num_views))


def view_rng(seed: int, uid: str, index: int) -> np.random.Generator:
    """The random numbers of one view of one object."""
    key = int.from_bytes(hashlib.sha256(uid.encode()).digest()[:8], "big")
    return np.random.default_rng([seed, key, index])


def _camera(settings: ObjectViewSettings, index: int, rng: np.random.Generator) -> ViewCamera:
    radius = rng.uniform(*settings.radius_range)
    fov_rad = np.deg2rad(rng.uniform(*settings.fov_range_deg))
    direction = _direction(settings, index, radius, rng)
    width, height = settings.resolution
    intrinsics = Intrinsics.from_fov(width, height, float(fov_rad))
    return ViewCamera(intrinsics, look_at(radius * direction, np.zeros(3)))


def _direction(
    settings: ObjectViewSettings, index: int, radius: float, rng: np.random.Generator
) -> Float64[np.ndarray, "3"]:
    """From the origin towards the camera, of length 1."""
    north = settings.only_northern_hemisphere
    if settings.first_frontal and index == 0:
        return FRONT
    if settings.cameras == "list":
        azimuth_deg, elevations_deg = settings.directions[index]
        elevation = np.deg2rad(rng.uniform(*elevations_deg))
        return _on_sphere(np.deg2rad(azimuth_deg), np.sin(abs(elevation) if north else elevation))
    if settings.cameras == "cube":
        x, y, z = rng.uniform(-1.0, 1.0, 3)
        return np.array([x, y, abs(z) if north else z]) / np.sqrt(x * x + y * y + z * z)
    low, high = _sines(settings, radius)
    # equal heights of a sphere have equal areas (Archimedes), so a uniform sine is a uniform direction
    sine = rng.uniform(max(low, 0.0) if north else low, high)
    return _on_sphere(rng.uniform(0.0, 2 * np.pi), sine)


def _sines(settings: ObjectViewSettings, radius: float) -> tuple[float, float]:
    """Least and greatest sine of the elevation."""
    if settings.cameras == "z_range":
        assert settings.z_range is not None
        low, high = settings.z_range
        return max(low / radius, -1.0), min(high / radius, 1.0)
    assert settings.elevation_range_deg is not None
    low, high = np.sin(np.deg2rad(settings.elevation_range_deg))
    return float(low), float(high)


def _on_sphere(azimuth_rad: float, sine: float) -> Float64[np.ndarray, "3"]:
    cosine = np.sqrt(max(1.0 - sine * sine, 0.0))
    return np.array([cosine * np.cos(azimuth_rad), cosine * np.sin(azimuth_rad), sine])
