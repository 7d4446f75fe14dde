"""Circles around a point or a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ...errors import BadValue, RequestError, UnknownName
from ...geometry import Intrinsics, look_at
from ...scenes.scene import Scene
from .surface import Surface
from .trajectory import Trajectory
from .view_checks import USUAL_CHECKS, ViewChecks, counted, first_fault, in_words

OUT_OF_SIGHT = "the centre out of sight"
ELEVATIONS_RAD = (0.35, 0.8)
_NEAREST, _FARTHEST_M, _STEPS = 1.3, 3.5, 12
"""Radii that are tried around a thing: from this many times its own radius."""
_LEAST_RADIUS_M = 0.6
_MOST_TRIED = 4
"""Views that are tried for each one wanted, where things stand in the way."""
_SEEN_SHARE = 0.02
"""Of the thing's surface must be in view, for it to be in sight."""
_DIGITS = 9


def orbit_trajectory(
    surface: Surface,
    center_xyz_m: Sequence[float],
    *,
    radius_m: float,
    count: int,
    elevations_rad: Sequence[float] = ELEVATIONS_RAD,
    intrinsics: Intrinsics,
    seed: int = 0,
    checks: ViewChecks = USUAL_CHECKS,
) -> Trajectory:
    """`count` cameras on circles around a point, all `radius_m` away from it and looking at it.

    Each elevation above the horizon has its circle, with its share of the cameras evenly around it; `seed`
    turns the circles. Views that fail a check, or from which something hides the centre, are left out; then
    the free parts of the circles get more, up to `count` together.
    """
    center = _point(center_xyz_m)
    nothing = np.zeros(len(surface), dtype=bool)
    ring = _Ring(surface, center, nothing, tuple(elevations_rad), intrinsics, seed, checks)
    return ring.trajectory(radius_m, count, {})


def orbit_object_trajectory(
    scene: Scene,
    surface: Surface,
    object_id: int,
    *,
    radius_m: float | None = None,
    count: int,
    elevations_rad: Sequence[float] = ELEVATIONS_RAD,
    intrinsics: Intrinsics,
    seed: int = 0,
    checks: ViewChecks = USUAL_CHECKS,
) -> Trajectory:
    """Circles around the middle of a thing of the scene, of the smallest radius with most views left.

    Raises UnknownName when there is no such object, RequestError when no view of it is free.
    """
    if object_id not in {item.object_id for item in scene.objects}:
        raise UnknownName("object id", object_id, [str(item.object_id) for item in scene.objects])
    own = surface.mesh.instance_of == object_id
    corners = surface.mesh.vertices_m[surface.mesh.triangles[own]].reshape(-1, 3)
    low, high = corners.min(axis=0), corners.max(axis=0)
    center = np.round((low + high) / 2, _DIGITS)
    points = surface.instance_of == object_id
    half = float(np.sqrt(((high - low) ** 2).sum())) / 2
    least = max(_LEAST_RADIUS_M, _NEAREST * half / min(1.0, np.tan(intrinsics.fov_x_rad / 2)))
    radii = np.linspace(least, max(least, _FARTHEST_M), _STEPS) if radius_m is None else [radius_m]
    ring = _Ring(surface, center, points, tuple(elevations_rad), intrinsics, seed, checks)
    rounded = np.round(radii, 3).tolist()
    best = max(rounded, key=lambda radius: ring.free(radius, count))  # the smallest of the best
    return ring.trajectory(best, count, {"object": object_id})


def circle_poses(
    center_m: Float64[np.ndarray, "3"],
    radius_m: float,
    count: int,
    elevations_rad: Sequence[float],
    seed: int = 0,
) -> Float64[np.ndarray, "n 4 4"]:
    """T_world_cam of `count` cameras on circles at some elevations around a point, looking at it."""
    if not radius_m > 0 or not np.isfinite(radius_m):
        raise BadValue("radius_m", radius_m, "more than 0")
    if not elevations_rad or not np.all(np.abs(elevations_rad) < np.pi / 2):
        raise BadValue("elevations", list(elevations_rad), "one or more, between -90 and 90 degrees")
    if count < 1:
        raise BadValue("count", count, "at least 1")
    rng = np.random.default_rng(seed)
    poses = []
    for circle, elevation in enumerate(elevations_rad):
        share = (circle + 1) * count // len(elevations_rad) - circle * count // len(elevations_rad)
        yaws = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(share) / max(share, 1)
        for yaw in yaws:
            flat = np.cos(elevation)
            out = np.array([flat * np.cos(yaw), flat * np.sin(yaw), np.sin(elevation)])
            poses.append(look_at(np.round(center_m + radius_m * out, _DIGITS), center_m))
    return np.stack(poses)


@dataclass(frozen=True, eq=False)
class _Ring:
    """All of an orbit but its radius and number of views."""

    surface: Surface
    center_m: Float64[np.ndarray, "3"]
    points: Bool[np.ndarray, "p"]
    """Of the thing; none for an orbit around a mere point."""
    elevations_rad: tuple[float, ...]
    intrinsics: Intrinsics
    seed: int
    checks: ViewChecks

    def free(self, radius_m: float, count: int) -> int:
        """How many of `count` views are worth taking."""
        return self._faults(self._poses(radius_m, count)).count(None)

    def trajectory(self, radius_m: float, count: int, more: dict[str, int]) -> Trajectory:
        """As many of `count` views as the free part of the circles has room for."""
        T = self._poses(radius_m, count)
        faults = self._faults(T)
        if 0 < faults.count(None) < count:
            T = self._poses(radius_m, min(_MOST_TRIED * count, count * count // faults.count(None) + 1))
            faults = self._faults(T)
        good = [row for row, fault in enumerate(faults) if fault is None]
        rejected = counted(faults)
        if not good:
            center = tuple(np.round(self.center_m, 2).tolist())
            problem = f"No view from {radius_m:g} m around {center} is free: {in_words(rejected)}."
            raise RequestError(f"{problem} Give another radius or elevation, or loosen the checks.")
        if len(good) > count:
            good = [good[int((k + 0.5) * len(good) / count)] for k in range(count)]
        settings = {
            **more,
            "center_xyz_m": self.center_m.tolist(),
            "radius_m": radius_m,
            "elevations_rad": list(self.elevations_rad),
            "seed": self.seed,
        }
        return Trajectory(T[good], "orbit", settings=settings, rejected=rejected)

    def _poses(self, radius_m: float, count: int) -> Float64[np.ndarray, "n 4 4"]:
        return circle_poses(self.center_m, radius_m, count, self.elevations_rad, self.seed)

    def _faults(self, T_world_cam: Float64[np.ndarray, "n 4 4"]) -> list[str | None]:
        return [self._fault(T) for T in T_world_cam]

    def _fault(self, T_world_cam: Float64[np.ndarray, "4 4"]) -> str | None:
        """A thing is in sight if some of its points are, a point if nothing stands before it."""
        fault = first_fault(self.surface, self.checks, (self.intrinsics,), T_world_cam[None])
        if fault is not None:
            return fault
        if not self.points.any():
            free = self.surface.sees(T_world_cam[:3, 3], self.center_m)
            return None if free else OUT_OF_SIGHT
        seen = self.surface.seen_by(self.intrinsics, T_world_cam) & self.points
        return None if seen.sum() >= _SEEN_SHARE * self.points.sum() else OUT_OF_SIGHT


def _point(xyz_m: Sequence[float]) -> Float64[np.ndarray, "3"]:
    center = np.array(xyz_m, dtype=np.float64)
    if center.shape != (3,) or not np.all(np.isfinite(center)):
        raise BadValue("the centre", list(xyz_m), "x, y and z in metres")
    return center
