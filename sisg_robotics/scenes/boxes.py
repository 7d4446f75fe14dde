"""Upright boxes, turned about z: the only shape the solver and the checks reason about.

A box is seven numbers: centre x, y; half extent along its own x, y; yaw; lower and upper z.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Float64

from ..assets import Asset

Boxes = Float64[np.ndarray, "_ 7"]
NO_BOXES = np.zeros((0, 7))


def box_between(lower_xyz_m: tuple[float, ...], upper_xyz_m: tuple[float, ...]) -> Float64[np.ndarray, "7"]:
    """The box with sides along the world axes between two corners."""
    (x0, y0, z0), (x1, y1, z1) = lower_xyz_m, upper_xyz_m
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2, 0.0, z0, z1])


def asset_boxes(asset: Asset, xyz_yaw: Float[np.ndarray, "n 4"]) -> Boxes:
    """The boxes of one asset at many places: its origin at x, y, z, turned by yaw."""
    lower, upper = asset.bounds_m.astype(np.float64)
    center, half = (lower + upper) / 2, (upper - lower) / 2
    out = np.empty((len(xyz_yaw), 7))
    out[:, :2] = xyz_yaw[:, :2] + rotate(np.broadcast_to(center[:2], (len(xyz_yaw), 2)), xyz_yaw[:, 3])
    out[:, 2:4] = half[:2]
    out[:, 4] = xyz_yaw[:, 3]
    out[:, 5] = xyz_yaw[:, 2] + lower[2]
    out[:, 6] = xyz_yaw[:, 2] + upper[2]
    return out


def rotate(xy: Float[np.ndarray, "n 2"], yaw_rad: Float[np.ndarray, "n"]) -> Float64[np.ndarray, "n 2"]:
    """Vectors turned about z."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.stack([c * xy[:, 0] - s * xy[:, 1], s * xy[:, 0] + c * xy[:, 1]], axis=-1)


def separation(a: Boxes, b: Boxes) -> Float64[np.ndarray, "n m"]:
    """The widest gap between footprints along any of their four axes; negative where they overlap.

    The separating axis test: never more than the true distance, and positive exactly when they are apart.
    """
    delta = b[None, :, :2] - a[:, None, :2]
    axes_a, axes_b = _axes(a), _axes(b)
    gaps = []
    for axes in (axes_a[:, None, 0], axes_a[:, None, 1], axes_b[None, :, 0], axes_b[None, :, 1]):
        reach_a = sum(np.abs(np.sum(axes * axes_a[:, None, k], -1)) * a[:, None, 2 + k] for k in (0, 1))
        reach_b = sum(np.abs(np.sum(axes * axes_b[None, :, k], -1)) * b[None, :, 2 + k] for k in (0, 1))
        gaps.append(np.abs(np.sum(axes * delta, -1)) - reach_a - reach_b)
    return np.max(gaps, axis=0)


def overlap(a: Boxes, b: Boxes, gap_m: float = 0.0, gap_z_m: float = 0.0) -> Bool[np.ndarray, "n m"]:
    """Whether boxes come nearer to each other than the gaps, in 3D."""
    apart_z = (a[:, None, 5] >= b[None, :, 6] + gap_z_m) | (b[None, :, 5] >= a[:, None, 6] + gap_z_m)
    return ~apart_z & (separation(a, b) < gap_m)


def extent(boxes: Boxes) -> Float64[np.ndarray, "n 2"]:
    """Half extents along world x and y."""
    c, s = np.abs(np.cos(boxes[:, 4])), np.abs(np.sin(boxes[:, 4]))
    return np.stack([c * boxes[:, 2] + s * boxes[:, 3], s * boxes[:, 2] + c * boxes[:, 3]], axis=-1)


def inside(
    boxes: Boxes, lower_xy_m: tuple[float, float], upper_xy_m: tuple[float, float], margin_m: float = 0.0
) -> Bool[np.ndarray, "n"]:
    """Whether footprints lie within a rectangle along the axes."""
    half = extent(boxes) + margin_m
    return np.all((boxes[:, :2] - half >= lower_xy_m) & (boxes[:, :2] + half <= upper_xy_m), axis=1)


def ahead(boxes: Boxes, depth_m: float, height_m: float = 2.0) -> Boxes:
    """The floor in front of each box, as wide as the box and `depth_m` deep."""
    out = boxes.copy()
    shift = np.stack([boxes[:, 2] + depth_m / 2, np.zeros(len(boxes))], axis=-1)
    out[:, :2] += rotate(shift, boxes[:, 4])
    out[:, 2] = depth_m / 2
    out[:, 5], out[:, 6] = 0.0, height_m
    return out


def cover(
    box: Float64[np.ndarray, "7"], xy_m: Float64[np.ndarray, "n m 2"], margin_m: float = 0.0
) -> Bool[np.ndarray, "n m"]:
    """Which points lie in a box's footprint, grown by a margin."""
    c, s = np.cos(box[4]), np.sin(box[4])
    dx, dy = xy_m[..., 0] - box[0], xy_m[..., 1] - box[1]
    return (np.abs(c * dx + s * dy) <= box[2] + margin_m) & (np.abs(-s * dx + c * dy) <= box[3] + margin_m)


def _axes(boxes: Boxes) -> Float64[np.ndarray, "n 2 2"]:
    c, s = np.cos(boxes[:, 4]), np.sin(boxes[:, 4])
    return np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], axis=1)
