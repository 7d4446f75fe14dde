"""What is said of the world that the poses are in: which way is up, and where its floor is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...geometry import invert
from ..finding import Finding
from .diagnose import Diagnosis

_TILT_RAD = np.radians(2.0)
_FLOOR_M = 0.15
_ALONG_AN_AXIS_RAD = np.radians(10)
_LEVEL_RAD = np.radians(1.0)
_ON_THE_FLOOR_M = 0.15
"""How far from height 0 a robot's base is at most."""
_SAME_HEIGHT_M = 0.02
_LEAST_CAMERA_HEIGHT_M = 0.15


def of_the_world(diagnosis: Diagnosis, mobile_base: bool) -> Iterator[Finding]:
    """A world whose z is not up, or whose floor is not at 0."""
    upright = diagnosis.upright
    if upright is None:
        return
    if upright.tilt_rad > _TILT_RAD:
        yield _not_up(upright.up, upright.tilt_rad)
    elif upright.floor_m is None or abs(upright.floor_m) <= _FLOOR_M:
        return
    elif mobile_base and _base_height_m(diagnosis) is not None:
        height = diagnosis.verdict.stated.reading.T_base_cam[:3, 3]
        stated, off = float(np.linalg.norm(height)), upright.floor_m
        message = f"The floor is at z = {off:.2f} m though the base stands on it: camera_height is "
        message += f"{stated:.2f} m, but the camera is {stated - off:.2f} m above the floor."
        remedy = "Measure the camera's height above the base, and say that as camera_height."
        yield Finding("camera-height", "error", message, remedy, evidence={"camera_height_m": stated - off})
    elif not (are_of_the_base(diagnosis) and _has_turned_axes(diagnosis)):
        message = f"The floor is at z = {upright.floor_m:.2f} m, not at 0."
        remedy = "Nothing need be done where the world is that of the first camera."
        yield Finding("floor-height", "note", message, remedy, evidence={"floor_m": upright.floor_m})


def are_of_the_base(diagnosis: Diagnosis) -> bool:
    """Whether poses taken for a camera's are those of something level at height 0, with the floor far below
    where they place the camera.
    """
    upright = diagnosis.upright
    if upright is None or upright.floor_m is None or _base_height_m(diagnosis) is None:
        return False
    return upright.floor_m < -_LEAST_CAMERA_HEIGHT_M


def of_the_base(diagnosis: Diagnosis, axes: str) -> Finding:
    """Poses of the base where a camera's are said."""
    assert diagnosis.upright is not None and diagnosis.upright.floor_m is not None
    height = -diagnosis.upright.floor_m
    message = (
        f"poses.txt holds the poses of the robot's base ({axes}), not of its camera: they stay level at "
    )
    message += f"height 0, while the camera is {height:.2f} m above the floor."
    remedy = (
        f"Say pose_type mobile_base with camera_height {height:.2f} and the base's axes and base2cam_rot."
    )
    evidence = diagnosis.evidence | {"camera_height_m": height}
    return Finding("base-poses", "error", message, remedy, evidence=evidence)


def _not_up(up: np.ndarray, tilt_rad: float) -> Finding:
    axis = int(np.argmax(np.abs(up)))
    off_axis = float(np.arccos(min(abs(up[axis]), 1.0)))
    if off_axis < _ALONG_AN_AXIS_RAD and not (axis == 2 and up[2] > 0):
        name = f"{'-' if up[axis] < 0 else ''}{'xyz'[axis]}"
        message = f"The world's {name} axis points up, not z."
        remedy = f"Turn the poses, or say world_up: {name} if it is y."
        return Finding("world-up", "error", message, remedy)
    degrees = float(np.degrees(tilt_rad))
    message = f"The world is tilted: up is {degrees:.1f} degrees off its z axis."
    remedy = "Turn the poses so that gravity is along -z."
    return Finding("world-tilted", "error", message, remedy, evidence={"degrees": degrees})


def _base_height_m(diagnosis: Diagnosis) -> float | None:
    """The height at which poses.txt keeps what it holds, if that is level, at one height, near 0."""
    stated, upright = diagnosis.verdict.stated.reading, diagnosis.upright
    if upright is None:
        return None
    up = _along_an_axis(upright.up)
    T = stated.T_world_cam @ invert(stated.T_base_cam)
    T = T[np.isfinite(T).all(axis=(1, 2))]
    up_in_base = T[:, :3, :3].swapaxes(1, 2) @ up
    heights = T[:, :3, 3] @ up
    level = (up_in_base @ up_in_base[0] > np.cos(_LEVEL_RAD)).all() and np.ptp(heights) < _SAME_HEIGHT_M
    height = float(np.median(heights))
    return height if level and abs(height) < _ON_THE_FLOOR_M else None


def _along_an_axis(up: np.ndarray) -> np.ndarray:
    """The axis that `up` nearly is: half a degree, as noisy depth gives, is centimetres across a room."""
    axis = np.rint(up)
    return axis if np.linalg.norm(axis) == 1 and axis @ up > np.cos(_TILT_RAD) else up


def _has_turned_axes(diagnosis: Diagnosis) -> bool:
    return any(fault.code == "camera-axes" for fault in diagnosis.verdict.best.faults)
