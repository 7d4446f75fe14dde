"""How much of an object a picture leaves out, and how far to step back so that it leaves out nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Float64

from ...assets.asset import MeshPart
from ...geometry import Intrinsics, invert, look_at, pose, transform
from ..raycaster import Raycaster
from .camera_sampling import ViewCamera

FILLED = 0.98
"""Share of the picture's width or height that a fitted object takes up at most."""
NEAR = 0.05
"""Least distance between a fitted camera and the object, along the axis."""
WIDEST = float(np.tan(np.deg2rad(80.0)))
"""Silhouettes are measured this far beside the axis: a plane picture of what is beside it has no end."""
GRID = 128
"""Rays across and down the wide picture in which a silhouette is measured."""


def corner_points(parts: Sequence[MeshPart]) -> Float32[np.ndarray, "n 3"]:
    """All vertices that are corners of triangles."""
    return np.concatenate([part.vertices_m[np.unique(part.triangles)] for part in parts])


def fitted(camera: ViewCamera, points: Float32[np.ndarray, "n 3"]) -> ViewCamera:
    """The same camera, moved back along its direction until all points are in its picture.

    A point at (x, y, z) from the origin, in camera axes, is seen from distance r at x / (r + z).
    """
    x, y, z = _beside_the_axis(camera, points)
    half_x, half_y = _half_extents(camera.intrinsics)
    needed = np.maximum(np.abs(x) / (half_x * FILLED), np.abs(y) / (half_y * FILLED))
    radius = max(camera.radius, float(np.max(np.maximum(needed, NEAR) - z)))
    eye = camera.T_world_cam[:3, 3] * (radius / camera.radius)
    return ViewCamera(camera.intrinsics, look_at(eye, np.zeros(3)))


def crop_share(caster: Raycaster, camera: ViewCamera, points: Float32[np.ndarray, "n 3"]) -> float:
    """Share of the object's silhouette that lies outside the picture, 0 to 1.

    Measured with a grid of rays over the whole silhouette, up to 80 degrees beside the camera's axis.
    Exactly 0 where every vertex is in the picture.
    """
    half = np.array(_half_extents(camera.intrinsics))
    seen = transform(invert(camera.T_world_cam), points.astype(np.float64))  # (n, 3)
    beside = np.abs(seen[:, :2]) / np.maximum(seen[:, 2:], 1e-9)
    if np.all(beside <= half):
        return 0.0
    wide = np.clip(beside.max(axis=0), half, WIDEST)
    fx, fy = (float(GRID / (2 * extent)) for extent in wide)
    lens = Intrinsics(fx, fy, GRID / 2, GRID / 2, GRID, GRID)
    mask = caster.render(lens, camera.T_world_cam, channels=("mask",)).mask
    assert mask is not None
    if not mask.any():
        return 0.0
    columns, rows = (_share_within(h, w) for h, w in zip(half, wide, strict=True))
    return float(np.clip(1.0 - rows @ mask @ columns / mask.sum(), 0.0, 1.0))


def _half_extents(lens: Intrinsics) -> tuple[float, float]:
    """Half the picture's width and height at distance 1."""
    return lens.width / (2 * lens.fx), lens.height / (2 * lens.fy)


def _beside_the_axis(camera: ViewCamera, points: Float32[np.ndarray, "n 3"]) -> Float64[np.ndarray, "3 n"]:
    """The points in axes of the camera, but from the origin that it looks at."""
    turned = pose(camera.T_world_cam[:3, :3], np.zeros(3))
    return transform(invert(turned), points.astype(np.float64)).T


def _share_within(half: float, wide: float) -> Float64[np.ndarray, "g"]:
    """How much of each column of a wide picture lies in the narrow one."""
    edges = np.linspace(-wide, wide, GRID + 1)
    inside = np.minimum(edges[1:], half) - np.maximum(edges[:-1], -half)
    return np.clip(inside / (2 * wide / GRID), 0.0, 1.0)
