"""A way to read a recording: what its numbers are taken to mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Float64

from ...geometry import (
    camera_pose_to_opencv,
    invert,
    matrix_from_quat_wxyz,
    matrix_from_quat_xyzw,
    pose,
    quat_wxyz_from_matrix,
    quat_xyzw_from_matrix,
)


@dataclass(frozen=True, eq=False)
class Reading:
    """Camera poses and how to turn stored depth into metres along z.

    `T_world_cam` (n, 4, 4), for all frames; a shifted recording has frames without a pose: NaN. `camera` is
    fx, fy, cx, cy of each depth picture; one for all may be given.
    """

    T_world_cam: Float64[np.ndarray, "n 4 4"]
    camera: Float64[np.ndarray, "*n 4"]
    depth_unit_m: float = 1.0
    radial: bool = False
    """Whether depth is stored along the ray."""
    mirrored: bool = False
    """Whether pictures are stored with left and right exchanged."""
    upside_down: bool = False
    T_world_file: Float64[np.ndarray, "4 4"] = field(default_factory=lambda: np.eye(4))
    T_base_cam: Float64[np.ndarray, "4 4"] = field(default_factory=lambda: np.eye(4))
    """What the file's poses were multiplied by: T_world_file on the left, T_base_cam on the right."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "camera", np.broadcast_to(self.camera, (len(self.T_world_cam), 4)))


Poses = Float64[np.ndarray, "n 4 4"]
Undo = Callable[[Reading], Reading]
"""What must be done to a reading to take a fault back."""


def as_filed(change: Callable[[Poses], Poses]) -> Undo:
    """A change of the poses as they stand in the file."""

    def undo(reading: Reading) -> Reading:
        W, B, T = reading.T_world_file, reading.T_base_cam, reading.T_world_cam.copy()
        known = np.isfinite(T).all(axis=(1, 2))
        T[known] = W @ change(invert(W) @ T[known] @ invert(B)) @ B
        return replace(reading, T_world_cam=T)

    return undo


inverted = as_filed(invert)
"""World-to-camera matrices taken for camera-to-world ones."""


def other_axes(R_theirs_cam: Float64[np.ndarray, "3 3"]) -> Undo:
    """Poses of a camera with axes other than OpenCV's; its vectors are R_theirs_cam @ OpenCV's."""
    turn = np.eye(4)
    turn[:3, :3] = R_theirs_cam
    return lambda reading: replace(reading, T_world_cam=reading.T_world_cam @ turn)


def camera_axes(name: str) -> Undo:
    """Poses with the camera axes of this name in geometry.CAMERA_AXES."""
    return other_axes(camera_pose_to_opencv(np.eye(4), name)[:3, :3])


wxyz_read_as_xyzw = as_filed(lambda T: _turned(T, matrix_from_quat_wxyz(quat_xyzw_from_matrix(T[:, :3, :3]))))
"""Quaternions (w, x, y, z) that were read as (x, y, z, w)."""
xyzw_read_as_wxyz = as_filed(lambda T: _turned(T, matrix_from_quat_xyzw(quat_wxyz_from_matrix(T[:, :3, :3]))))
"""Quaternions (x, y, z, w) that were read as (w, x, y, z)."""


def translations_times(factor: float) -> Undo:
    """Positions stored in another unit than metres."""
    return as_filed(lambda T: pose(T[:, :3, :3], T[:, :3, 3] * factor))


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


def _turned(T: Poses, R: Float64[np.ndarray, "n 3 3"]) -> Poses:
    return pose(R, T[:, :3, 3])
