"""A round robot with a camera: how it moves, and where it looks from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64

from ..errors import BadValue
from ..geometry import Intrinsics
from ..navigation.costmap import ROBOT_RADIUS_M
from ..navigation.poses import Pose, wrapped
from ..rendering.cameras import CAMERA_HEIGHT_M, camera_pose

Action = Literal["forward", "left", "right", "stop"]


@dataclass(frozen=True)
class Robot:
    """A robot that turns on the spot and drives forward, both in steps of one size, as VLMaps' does.

    The camera stands above its middle, looks forward and `pitch_down_rad` down.
    """

    radius_m: float = ROBOT_RADIUS_M
    step_m: float = 0.05
    turn_rad: float = math.radians(5)
    camera_height_m: float = CAMERA_HEIGHT_M
    pitch_down_rad: float = 0.35
    fov_x_rad: float = math.pi / 2
    width: int = 160
    height: int = 120

    def __post_init__(self) -> None:
        if not 0 < self.radius_m < 5:
            raise BadValue("radius_m", self.radius_m, "more than 0 and less than 5 metres")
        if not 0.005 <= self.step_m <= 0.5:
            raise BadValue("step_m", self.step_m, "between 0.005 and 0.5 metres")
        if not math.radians(0.5) <= self.turn_rad <= math.pi / 2:
            raise BadValue("turn_rad", self.turn_rad, "between 0.5 and 90 degrees, in radians")

    @property
    def intrinsics(self) -> Intrinsics:
        """Of its camera."""
        return Intrinsics.from_fov(self.width, self.height, self.fov_x_rad)

    def moved(self, pose: Pose, action: Action) -> Pose:
        """Where an action takes it if nothing is in the way."""
        x, y, yaw = pose
        if action == "forward":
            return x + self.step_m * math.cos(yaw), y + self.step_m * math.sin(yaw), yaw
        turned = {"left": self.turn_rad, "right": -self.turn_rad, "stop": 0.0}[action]
        return x, y, wrapped(yaw + turned)

    def T_world_cam(self, pose: Pose, pitch_down_rad: float | None = None) -> Float64[np.ndarray, "4 4"]:
        """Pose of its camera in OpenCV axes, its head tilted as usual or otherwise."""
        pitch = self.pitch_down_rad if pitch_down_rad is None else pitch_down_rad
        return camera_pose(np.array(pose[:2]), self.camera_height_m, pose[2], pitch)
