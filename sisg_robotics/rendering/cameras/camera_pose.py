"""A camera's pose from where it stands and which way it looks."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from ...geometry import pose

_DIGITS = 9
"""Kept of what sin and cos gave, whose last bits depend on the processor."""


def camera_pose(
    xy_m: Float64[np.ndarray, "2"], height_m: float, yaw_rad: float, pitch_down_rad: float
) -> Float64[np.ndarray, "4 4"]:
    """T_world_cam of a camera that looks along a yaw about +z, tilted down by a pitch.

    Rounded to nanometres and nanoradians, so that every machine gives the same bytes.
    """
    (c, s), (cp, sp) = _cos_sin(yaw_rad), _cos_sin(pitch_down_rad)
    right = np.array([s, -c, 0.0])
    forward = np.array([c * cp, s * cp, -sp])
    return pose(
        np.stack([right, np.cross(forward, right), forward], axis=-1),
        np.array([*np.round(xy_m, _DIGITS), height_m]),
    )


def _cos_sin(angle_rad: float) -> Float64[np.ndarray, "2"]:
    rounded = np.round([np.cos(angle_rad), np.sin(angle_rad)], _DIGITS)
    return rounded / np.sqrt(rounded[0] * rounded[0] + rounded[1] * rounded[1])
