"""Axis conventions of other programs, as constants, with conversion both ways.

Each constant is a rotation named so that it cancels: p_opencv = R_opencv_opengl @ p_opengl.

camera axes    x        y      z         who
opencv         right    down   forward   OpenCV, COLMAP, ROS optical frames, Isaac's "ros"; ours
opengl, usd    right    up     backward  OpenGL, USD, Blender, nerfstudio, glTF
ros            forward  left   up        ROS REP-103 body axes
isaac_world    forward  left   up        Isaac Sim's camera_axes="world" (the same axes as ros)

world axes     up
z_up           z        ours, ROS, Isaac Sim, Blender
y_up           y        glTF, Habitat, AI2-THOR's glTF exports, many USD files
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Float64

from ..errors import UnknownName
from .se3 import pose


def _constant(rows: list[list[int]]) -> np.ndarray:
    R = np.array(rows, dtype=np.float64)
    R.flags.writeable = False
    return R


R_opencv_opengl = _constant([[1, 0, 0], [0, -1, 0], [0, 0, -1]])
R_opencv_ros = _constant([[0, -1, 0], [0, 0, -1], [1, 0, 0]])
R_zup_yup = _constant([[1, 0, 0], [0, 0, -1], [0, 1, 0]])

CAMERA_AXES: Mapping[str, np.ndarray] = MappingProxyType(
    {
        "opencv": _constant([[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        "opengl": R_opencv_opengl,
        "usd": R_opencv_opengl,
        "ros": R_opencv_ros,
        "isaac_world": R_opencv_ros,
    }
)
"""R_opencv_x for each named camera convention x."""

WORLD_AXES: Mapping[str, np.ndarray] = MappingProxyType(
    {"z_up": _constant([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), "y_up": R_zup_yup}
)
"""R_zup_x for each named world convention x."""


def camera_pose_to_opencv(
    T_world_x: Float[np.ndarray, "*batch 4 4"], axes: str
) -> Float64[np.ndarray, "*batch 4 4"]:
    """T_world_cam in OpenCV axes of a camera pose given in the axes named `axes`."""
    return T_world_x @ _rotation(_camera_rotation(axes).T)


def camera_pose_from_opencv(
    T_world_cam: Float[np.ndarray, "*batch 4 4"], axes: str
) -> Float64[np.ndarray, "*batch 4 4"]:
    """The camera pose in the axes named `axes` of T_world_cam in OpenCV axes."""
    return T_world_cam @ _rotation(_camera_rotation(axes))


def world_pose_to_z_up(
    T_x_any: Float[np.ndarray, "*batch 4 4"], axes: str
) -> Float64[np.ndarray, "*batch 4 4"]:
    """A pose in our z-up world of a pose in the world named `axes`."""
    return _rotation(_world_rotation(axes)) @ T_x_any


def world_pose_from_z_up(
    T_world_any: Float[np.ndarray, "*batch 4 4"], axes: str
) -> Float64[np.ndarray, "*batch 4 4"]:
    """A pose in the world named `axes` of a pose in our z-up world."""
    return _rotation(_world_rotation(axes).T) @ T_world_any


def _camera_rotation(axes: str) -> np.ndarray:
    if axes not in CAMERA_AXES:
        raise UnknownName("camera axes", axes, CAMERA_AXES)
    return CAMERA_AXES[axes]


def _world_rotation(axes: str) -> np.ndarray:
    if axes not in WORLD_AXES:
        raise UnknownName("world axes", axes, WORLD_AXES)
    return WORLD_AXES[axes]


def _rotation(R: np.ndarray) -> np.ndarray:
    return pose(R, np.zeros(3))
