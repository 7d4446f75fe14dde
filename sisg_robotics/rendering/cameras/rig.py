"""Several cameras on one robot, and their file.

rig.json
  format_version  1
  cameras         a list of {name, T_base_cam: 4 rows of 4 numbers, intrinsics: {fx, fy, cx, cy, width,
                  height}}; without intrinsics, a camera has the whole recording's
The robot's base is on the floor, x forward, y left, z up (ROS REP-103); cameras have OpenCV axes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...datasets import PoseFormat
from ...errors import BadFile, BadValue, MissingPath, SisgError, UnknownName
from ...geometry import Intrinsics, as_se3, invert, pose
from ...geometry.axes import R_opencv_ros
from .camera_pose import camera_pose

FORMAT_VERSION = 1
MAX_CAMERAS = 64
MAX_BYTES = 2**20
PRESETS: Mapping[str, tuple[tuple[str, float, float], ...]] = {
    "front": (("front", 0.0, 0.0),),
    "front_back": (("front", 0.0, 0.1), ("back", np.pi, 0.1)),
    "surround4": (
        ("front", 0.0, 0.1),
        ("left", np.pi / 2, 0.1),
        ("back", np.pi, 0.1),
        ("right", -np.pi / 2, 0.1),
    ),
}
"""Name, yaw and distance from the base's axis of each camera, all level and at the camera height."""
R_ROS_HABITAT = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Habitat's axes in the robot's; VLMaps' base_forward_axis, base_left_axis and base_up_axis are its rows."""


@dataclass(frozen=True, eq=False)
class MountedCamera:
    """One camera: its pose on the base, and its intrinsics, or None for those of the recording."""

    name: str
    T_base_cam: Float64[np.ndarray, "4 4"]
    intrinsics: Intrinsics | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.name.replace("_", "").replace("-", "").isalnum():
            raise BadValue("the name of a camera", self.name, "letters, digits, - and _")
        object.__setattr__(self, "T_base_cam", as_se3(f"T_base_cam of {self.name}", self.T_base_cam))


@dataclass(frozen=True, eq=False)
class Rig:
    """Cameras that move together."""

    cameras: tuple[MountedCamera, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.cameras) <= MAX_CAMERAS:
            raise BadValue("the number of cameras", len(self.cameras), f"1 to {MAX_CAMERAS}")
        names = [camera.name for camera in self.cameras]
        if len(set(names)) < len(names):
            raise BadValue("the names of a rig's cameras", names, "all different")

    def __len__(self) -> int:
        return len(self.cameras)

    @property
    def T_base_cam(self) -> Float64[np.ndarray, "k 4 4"]:
        """The pose of each camera on the base."""
        return np.stack([camera.T_base_cam for camera in self.cameras])

    @property
    def height_m(self) -> float:
        """Of the cameras above the floor, on average."""
        return float(self.T_base_cam[:, 2, 3].mean())

    def intrinsics(self, usual: Intrinsics) -> tuple[Intrinsics, ...]:
        """Each camera's; the usual where it says none."""
        return tuple(camera.intrinsics or usual for camera in self.cameras)

    def to_json(self, usual: Intrinsics) -> dict[str, Any]:
        """The contents of a rig.json, and VLMaps' `pose_info` of each camera that VLMaps could place."""
        cameras: list[dict[str, Any]] = []
        for camera, intrinsics in zip(self.cameras, self.intrinsics(usual), strict=True):
            entry = {
                "name": camera.name,
                "T_base_cam": camera.T_base_cam.tolist(),
                "intrinsics": {
                    key: getattr(intrinsics, key) for key in ("fx", "fy", "cx", "cy", "width", "height")
                },
            }
            info = mobile_base_format(camera.T_base_cam)
            cameras.append(entry | ({} if info is None else {"pose_info": info.to_vlmaps()}))
        return {"format_version": FORMAT_VERSION, "cameras": cameras}


def mobile_base_format(T_base_cam: Float64[np.ndarray, "4 4"]) -> PoseFormat | None:
    """How VLMaps reads `mobile_base_poses` for a camera; None where it is not right above the base."""
    if np.abs(T_base_cam[:2, 3]).max() > 0:
        return None
    return PoseFormat(
        pose_type="mobile_base",
        rotation_type="mat",
        camera_height_m=float(T_base_cam[2, 3]),
        base2cam_rot=tuple((R_ROS_HABITAT.T @ T_base_cam[:3, :3]).ravel().tolist()),
    )


def mobile_base_poses(T_world_base: Float64[np.ndarray, "n 4 4"]) -> Float64[np.ndarray, "n 4 4"]:
    """Base poses with Habitat's axes for base and world (x right, y up, z backward).

    VLMaps' own code lifts the camera along y whatever it is told, so it is right with these axes alone.
    """
    T_ros_habitat = pose(R_ROS_HABITAT, np.zeros(3))
    return invert(T_ros_habitat) @ T_world_base @ T_ros_habitat


def make_rig(name: str, camera_height_m: float) -> Rig:
    """A preset ("front", "front_back", "surround4") at a height, or the rig in the file ending in .json."""
    if name.endswith(".json"):
        return read_rig(Path(name))
    if name not in PRESETS:
        raise UnknownName("rig", name, PRESETS)
    cameras = []
    for camera, yaw_rad, out_m in PRESETS[name]:
        T = camera_pose(np.zeros(2), camera_height_m, yaw_rad, 0.0)
        T[:3, 3] += out_m * T[:3, 2]  # along its view
        cameras.append(MountedCamera(camera, T))
    return Rig(tuple(cameras))


def read_rig(path: Path) -> Rig:
    """The rig in a rig.json. Raises MissingPath or BadFile saying what is wrong in it."""
    if not path.is_file():
        raise MissingPath("rig", path)
    if path.stat().st_size > MAX_BYTES:
        raise BadFile(path, f"is larger than {MAX_BYTES >> 20} MiB", "Give a rig.json.")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format_version"] != FORMAT_VERSION:
            raise BadFile(path, f"is not of format_version {FORMAT_VERSION}", "Write it as the docs say.")
        return Rig(tuple(_camera(entry) for entry in document["cameras"]))
    except BadFile:
        raise
    except SisgError as error:
        raise BadFile(path, str(error).rstrip("."), "Mend that value.") from error
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise BadFile(
            path, f"is not a rig ({type(error).__name__}: {error})", "See the format in docs."
        ) from error


def _camera(entry: Mapping[str, Any]) -> MountedCamera:
    given = entry.get("intrinsics")
    intrinsics = None
    if given is not None:
        fx, fy, cx, cy = (float(given[key]) for key in ("fx", "fy", "cx", "cy"))
        intrinsics = Intrinsics(fx, fy, cx, cy, int(given["width"]), int(given["height"]))
    return MountedCamera(str(entry["name"]), np.array(entry["T_base_cam"], dtype=np.float64), intrinsics)


def base_pose(xy_m: Float64[np.ndarray, "2"], yaw_rad: float) -> Float64[np.ndarray, "4 4"]:
    """T_world_base of a robot on the floor, as exactly the same on every machine as `camera_pose`."""
    T_world_cam = camera_pose(xy_m, 0.0, yaw_rad, 0.0)
    return T_world_cam @ pose(R_opencv_ros, np.zeros(3))
