"""Whether the corners of PoseWriter's boxes are seen where a pinhole would see them.

Each object has its box's corners in USD camera axes and stage units (cuboid_keypoints_camera_frame, or
keypoints_3d) and where the camera sees them, rounded to pixels (cuboid_keypoints_projected, or
projected_cuboid), by whatever model it has. What is not of this form is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...geometry import Intrinsics

CORNERS = (
    ("cuboid_keypoints_camera_frame", "cuboid_keypoints_projected"),
    ("keypoints_3d", "projected_cuboid"),
)
NEAREST = 0.1
"""Corners that are less far in front of the camera, in stage units, are not compared."""


def corners_off_px(document: Mapping[str, Any], camera: Intrinsics) -> float:
    """The median distance of the boxes' projected corners from the pinhole's; 0 where there are none."""
    objects = document.get("objects")
    off: list[float] = []
    for thing in objects if isinstance(objects, list) else ():
        for at, seen in CORNERS:
            if isinstance(thing, dict) and at in thing and seen in thing:
                off += _distances_px(thing[at], thing[seen], camera)
    return float(np.median(off)) if off else 0.0


def _distances_px(at: Any, seen: Any, camera: Intrinsics) -> list[float]:
    """Corners in USD camera axes against their pixels; none where they are not what they should be."""
    try:
        points, uv = np.array(at, dtype=np.float64), np.array(seen, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return []
    if points.ndim != 2 or points.shape[1] != 3 or uv.shape != (len(points), 2):
        return []
    points = points * [1, -1, -1]
    inside = (points[:, 2] > NEAREST) & (np.abs(uv) < 2 * max(camera.width, camera.height)).all(axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        off = np.linalg.norm(camera.project(points[inside]) - uv[inside], axis=1)
    return off[np.isfinite(off)].tolist()
