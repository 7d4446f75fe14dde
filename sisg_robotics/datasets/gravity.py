"""Which way is up in a recording whose world is only that of its first camera.

Rooms are made of level and upright surfaces. Starting from the mean up of the cameras, the direction is
refined so that the surfaces' normals lie along it or at right angles to it (Gupta, Arbelaez and Malik,
CVPR 2013, section 3), which does not need the floor to be in sight; then by the level surfaces alone, since
walls, as a depth camera sees them, are less exactly upright than floors and tables are level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from ..geometry import Intrinsics, pose, transform

MAX_TILT_RAD = np.radians(35)
"""Farthest that the refined direction may be from the cameras' mean up."""
MAX_SLOPE = 4.0
"""Depth gained per distance along the image on a surface: steeper is an edge between two of them."""
REACH_RAD = 0.04
"""Angle between the pixels of a normal, 24 px of a Kinect: over shorter ones its depth is mostly noise."""
MIN_SAMPLES = 100
MIN_EXPLAINED = 0.4
"""Share of normals that must be within 10 degrees of level or upright for the refinement to be believed."""


@dataclass(frozen=True, eq=False)
class SurfaceSamples:
    """Points on surfaces with their unit normals towards the camera, in the recording's world, metres."""

    points_m: Float64[np.ndarray, "n 3"]
    normals: Float64[np.ndarray, "n 3"]


@dataclass(frozen=True, eq=False)
class Gravity:
    """`T_world_source` turns the recording's world so that z is up; `how` says what it was taken from."""

    T_world_source: Float64[np.ndarray, "4 4"]
    how: str


def surface_samples(
    depth_m: Float[np.ndarray, "h w"], intrinsics: Intrinsics, T_world_cam: Float[np.ndarray, "4 4"]
) -> SurfaceSamples:
    """Points and normals on a grid of pixels, from the differences to pixels REACH_RAD away.

    Pixels beside a hole or at a depth edge (steeper than any surface that is seen well) are left out.
    """
    reach_px = max(1, round(REACH_RAD * intrinsics.fx))
    points = intrinsics.points(depth_m.astype(np.float32)).astype(np.float64)
    every = slice(None, None, max(1, reach_px // 3))
    here = points[:-reach_px, :-reach_px][every, every]
    right = points[:-reach_px, reach_px:][every, every]
    below = points[reach_px:, :-reach_px][every, every]
    z = np.stack([here[..., 2], right[..., 2], below[..., 2]])
    near, far = z.min(axis=0), z.max(axis=0)
    valid = (near > 0) & (far - near < MAX_SLOPE * REACH_RAD * near)
    origin = here[valid]
    normals = np.cross(below[valid] - origin, right[valid] - origin)
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    normals = np.divide(normals, length, out=np.zeros_like(normals), where=length > 0)
    return SurfaceSamples(transform(T_world_cam, origin), normals @ T_world_cam[:3, :3].T)


def find_gravity(samples: SurfaceSamples, T_source_cam: Float64[np.ndarray, "n 4 4"]) -> Gravity:
    """The turn of the world that makes z up, upright walls lie along x and y, and the floor z = 0.

    The first camera looks along +x as nearly as the walls allow. Where the surfaces do not agree on a
    direction (too few, or a slope), the mean up of the cameras is taken; where no floor is seen, the origin
    stays at its height.
    """
    camera_up = -T_source_cam[:, :3, 1].mean(axis=0)
    camera_up /= np.linalg.norm(camera_up)
    up = refined_up(samples.normals, camera_up)
    from_surfaces = up is not None
    R = upright_rotation(camera_up if up is None else up, T_source_cam[0, :3, 2])
    how = "z is up by the level and upright surfaces" if from_surfaces else "z is up by the cameras' mean up"
    if from_surfaces:
        turned = _wall_rotation(samples.normals @ R.T)
        if turned is not None:
            R = turned @ R
            how += ", x and y along the walls"
    floor_m = floor_height_m((samples.points_m @ R.T)[:, 2], (samples.normals @ R.T)[:, 2])
    if floor_m is None:
        return Gravity(pose(R, np.zeros(3)), how)
    return Gravity(pose(R, np.array([0.0, 0.0, -floor_m])), f"{how}, z = 0 on the floor")


def refined_up(
    normals: Float64[np.ndarray, "n 3"], start: Float64[np.ndarray, "3"]
) -> Float64[np.ndarray, "3"] | None:
    """The direction near `start` that most normals lie along or at right angles to; None where few do."""
    if len(normals) < MIN_SAMPLES:
        return None
    up = start
    for threshold_deg in (45, 45, 45, 15, 15, 15):
        cosine = np.abs(normals @ up)
        level = normals[cosine > np.cos(np.radians(threshold_deg))]
        upright = normals[cosine < np.sin(np.radians(threshold_deg))]
        _, vectors = np.linalg.eigh(upright.T @ upright - level.T @ level)
        up = vectors[:, 0] * (1 if vectors[:, 0] @ up >= 0 else -1)
    for _ in range(10):
        level = normals[normals @ up > np.cos(np.radians(8))]
        if len(level) >= MIN_SAMPLES:
            up = np.median(level, axis=0)
            up /= np.linalg.norm(up)
    cosine = np.abs(normals @ up)
    explained = np.mean((cosine > np.cos(np.radians(10))) | (cosine < np.sin(np.radians(10))))
    believed = explained >= MIN_EXPLAINED and start @ up >= np.cos(MAX_TILT_RAD)
    return up if believed else None


def upright_rotation(up: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """R_world_source: `up` becomes +z, and `forward` points along +x as seen from above."""
    level = forward - (forward @ up) * up
    if np.linalg.norm(level) < 1e-6:  # the camera looks straight up or down
        level = np.cross(up, [1.0, 0.0, 0.0] if abs(up[0]) < 0.9 else [0.0, 1.0, 0.0])
    level /= np.linalg.norm(level)
    return np.stack([level, np.cross(up, level), up])


def _wall_rotation(normals: np.ndarray) -> np.ndarray | None:
    """A turn about z by at most 45 degrees that makes most upright surfaces face along x or y."""
    walls = normals[np.abs(normals[:, 2]) < np.sin(np.radians(10))]
    if len(walls) < MIN_SAMPLES:
        return None
    mean = np.mean(((walls[:, 0] + 1j * walls[:, 1]) / np.abs(walls[:, 0] + 1j * walls[:, 1])) ** 4)
    yaw = -np.angle(mean) / 4
    return np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1.0]])


def floor_height_m(height_m: Float64[np.ndarray, "n"], normal_up: Float64[np.ndarray, "n"]) -> float | None:
    """The lowest level that holds at least a tenth of what the fullest 4 cm holds, facing up."""
    level = height_m[normal_up > np.cos(np.radians(10))]
    if len(level) < MIN_SAMPLES:
        return None
    bins = np.floor(level / 0.04).astype(np.int64)
    counts = np.bincount(bins - bins.min())
    lowest = int(np.argmax(counts > counts.max() / 10)) + bins.min()
    return float(np.median(level[np.abs(bins - lowest - 0.5) <= 1.5]))
