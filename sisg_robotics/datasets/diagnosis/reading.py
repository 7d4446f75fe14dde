"""A way to read a recording: what its numbers are taken to mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from ...geometry import (
    camera_pose_to_opencv,
    invert,
    matrix_from_quat_wxyz,
    matrix_from_quat_xyzw,
    quat_wxyz_from_matrix,
    quat_xyzw_from_matrix,
)


@dataclass(frozen=True, eq=False)
class Reading:
    """Camera poses and how to turn stored depth into metres along z.

    `T_world_cam` (n, 4, 4), for all frames; a shifted recording has frames without a pose: NaN. `camera` is
    fx, fy, cx, cy of the depth picture.
    """

    T_world_cam: Float64[np.ndarray, "n 4 4"]
    camera: Float64[np.ndarray, "4"]
    depth_unit_m: float = 1.0
    radial: bool = False
    """Whether depth is stored along the ray."""
    mirrored: bool = False
    """Whether pictures are stored with left and right exchanged."""
    upside_down: bool = False


Undo = Callable[[Reading], Reading]
"""What must be done to a reading to take a fault back."""


def inverted(reading: Reading) -> Reading:
    """World-to-camera matrices taken for camera-to-world ones."""
    return replace(reading, T_world_cam=invert(reading.T_world_cam))


def other_axes(R_theirs_cam: Float64[np.ndarray, "3 3"]) -> Undo:
    """Poses of a camera with axes other than OpenCV's; its vectors are R_theirs_cam @ OpenCV's."""
    turn = np.eye(4)
    turn[:3, :3] = R_theirs_cam
    return lambda reading: replace(reading, T_world_cam=reading.T_world_cam @ turn)


def camera_axes(name: str) -> Undo:
    """Poses with the camera axes of this name in geometry.CAMERA_AXES."""
    return other_axes(camera_pose_to_opencv(np.eye(4), name)[:3, :3])


def wxyz_read_as_xyzw(reading: Reading) -> Reading:
    """Quaternions (w, x, y, z) that were read as (x, y, z, w)."""
    return _turned(reading, matrix_from_quat_wxyz(quat_xyzw_from_matrix(reading.T_world_cam[:, :3, :3])))


def xyzw_read_as_wxyz(reading: Reading) -> Reading:
    """Quaternions (x, y, z, w) that were read as (w, x, y, z)."""
    return _turned(reading, matrix_from_quat_xyzw(quat_wxyz_from_matrix(reading.T_world_cam[:, :3, :3])))


def translations_times(factor: float) -> Undo:
    """Positions stored in another unit than metres."""

    def undo(reading: Reading) -> Reading:
        T = reading.T_world_cam.copy()
        T[:, :3, 3] *= factor
        return replace(reading, T_world_cam=T)

    return undo


def moved_along(frames: int) -> Undo:
    """Poses of frames later by so many (negative: earlier)."""

    def undo(reading: Reading) -> Reading:
        T = np.full_like(reading.T_world_cam, np.nan)
        count = len(T)
        T[max(0, -frames) : count - max(0, frames)] = reading.T_world_cam[
            max(0, frames) : count - max(0, -frames)
        ]
        return replace(reading, T_world_cam=T)

    return undo


def focal_times(factor: float) -> Undo:
    """A focal length that is wrong by this factor."""
    return lambda reading: replace(reading, camera=reading.camera * [factor, factor, 1, 1])


def _turned(reading: Reading, R: Float64[np.ndarray, "n 3 3"]) -> Reading:
    T = reading.T_world_cam.copy()
    T[:, :3, :3] = R
    return replace(reading, T_world_cam=T)
