"""poses.txt: where the camera was, a line a frame, in VLMaps' two pose types and two rotation types.

rotation_type "quat"  a line is px py pz qx qy qz qw
rotation_type "mat"   a line is the 16 numbers of a 4x4 matrix, row by row

pose_type "camera_base"  the pose of the camera, OpenCV axes, in the file's world:
                         T_world_cam = R_zup_world T_file. `world_up` names that world's axis that points up.
pose_type "mobile_base"  the pose of the robot's base, in the file's world. With B the rotation whose rows
                         are base_forward_axis, base_left_axis and base_up_axis (VLMaps uses it for the base
                         and for the world alike), T_world_cam = B T_file T_base_cam, and T_base_cam turns
                         by base2cam_rot and lifts by camera_height along base_up_axis.

Here VLMaps' own code is wrong twice and this file is right. VLMaps always lifts along y, so a z-up base gets
its camera moved sideways. And it multiplies by base2cam_rot as R_base_cam, while the ROS values in its README
are R_cam_base: the two meanings are told apart by which of them leaves the camera upright; where both do,
it is R_base_cam. VLMaps further makes the first base the origin of its map; we keep the file's world.
Its camera_base maps take y for height, so `PoseFormat.from_vlmaps` reads those as y-up unless `world_up`
says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from ..errors import BadFile, BadValue, UnknownName
from ..geometry import (
    as_se3,
    invert,
    matrix_from_quat_xyzw,
    pose,
    quat_xyzw_from_matrix,
    rigid_error,
    world_pose_to_z_up,
)
from ..geometry.se3 import RIGID_TOLERANCE
from .files import read_text

POSE_TYPES = ("camera_base", "mobile_base")
ROTATION_TYPES = {"quat": 7, "mat": 16}
"""Numbers on a line."""
WORLD_UP = {"z": "z_up", "y": "y_up"}
QUATERNION_TOLERANCE = 1e-2
"""How far from 1 a quaternion's length may be: rounded digits pass, swapped columns do not."""

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class PoseFormat:
    """What a line of poses.txt means. The defaults are ours: camera poses in a z-up world, as matrices.

    The fields below `world_up` are for "mobile_base" only and default to Habitat's (y up, -z forward), as
    VLMaps' do. `base2cam_rot` is nine numbers, row by row.
    """

    pose_type: str = "camera_base"
    rotation_type: str = "mat"
    world_up: str = "z"
    camera_height_m: float = 1.5
    base2cam_rot: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, -1.0)
    base_forward_axis: Triple = (0.0, 0.0, -1.0)
    base_left_axis: Triple = (-1.0, 0.0, 0.0)
    base_up_axis: Triple = (0.0, 1.0, 0.0)

    def __post_init__(self) -> None:
        if self.pose_type not in POSE_TYPES:
            raise UnknownName("pose_type", self.pose_type, POSE_TYPES)
        if self.rotation_type not in ROTATION_TYPES:
            raise UnknownName("rotation_type", self.rotation_type, ROTATION_TYPES)
        if self.world_up not in WORLD_UP:
            raise UnknownName("world_up", self.world_up, WORLD_UP)
        if not np.isfinite(self.camera_height_m):
            raise BadValue("camera_height", self.camera_height_m, "a finite number of metres")
        if len(self.base2cam_rot) != 9 or not _is_rotation(np.reshape(self.base2cam_rot, (3, 3))):
            raise BadValue("base2cam_rot", list(self.base2cam_rot), "nine numbers of a rotation, row by row")
        if not _is_rotation(self._R_world_file):
            given = [self.base_forward_axis, self.base_left_axis, self.base_up_axis]
            accepted = "unit length, at right angles, and right-handed (forward x left = up)"
            raise BadValue("base_forward_axis, base_left_axis, base_up_axis", given, accepted)

    @classmethod
    def from_vlmaps(cls, pose_info: Mapping[str, Any]) -> PoseFormat:
        """From the keys of VLMaps' `map_config.pose_info`, and our `world_up` ("y" where it is missing)."""
        known = ("pose_type", "rot_type", "world_up", "camera_height", "base2cam_rot", *_AXES)
        for key in pose_info:
            if key not in known:
                raise UnknownName("key of pose_info", key, known)
        fields: dict[str, Any] = {"rotation_type": pose_info.get("rot_type", "quat")}
        fields["pose_type"] = pose_info.get("pose_type", "mobile_base")
        fields["world_up"] = pose_info.get("world_up", "y")
        if "camera_height" in pose_info:
            fields["camera_height_m"] = float(pose_info["camera_height"])
        for key in ("base2cam_rot", *_AXES):
            if key in pose_info:
                fields[key] = tuple(float(value) for value in pose_info[key])
        return cls(**fields)

    def to_vlmaps(self) -> dict[str, Any]:
        """The keys of VLMaps' `map_config.pose_info`."""
        base = {key: list(getattr(self, key)) for key in ("base2cam_rot", *_AXES)}
        return {
            "pose_type": self.pose_type,
            "rot_type": self.rotation_type,
            "world_up": self.world_up,
            "camera_height": self.camera_height_m,
            **base,
        }

    @property
    def T_base_cam(self) -> Float64[np.ndarray, "4 4"]:
        """The camera on what the file's poses are of: for "mobile_base" turned by base2cam_rot and lifted
        along base_up_axis, else the same.
        """
        if self.pose_type == "camera_base":
            return np.eye(4)
        R = np.reshape(np.array(self.base2cam_rot, dtype=np.float64), (3, 3))
        up = np.array(self.base_up_axis, dtype=np.float64)
        if -up @ R[:, 1] < 0.5 <= -up @ R[1, :]:  # image-down must point down; its transpose does
            R = R.T
        return pose(R, self.camera_height_m * up)

    def to_world_cam(self, T_file: Float[np.ndarray, "*batch 4 4"]) -> Float64[np.ndarray, "*batch 4 4"]:
        """T_world_cam (OpenCV camera, z-up world) of poses as they stand in the file."""
        return self.T_world_file @ T_file @ self.T_base_cam

    def from_world_cam(
        self, T_world_cam: Float[np.ndarray, "*batch 4 4"]
    ) -> Float64[np.ndarray, "*batch 4 4"]:
        """Poses as they stand in the file, of T_world_cam (OpenCV camera, z-up world)."""
        return invert(self.T_world_file) @ T_world_cam @ invert(self.T_base_cam)

    @property
    def T_world_file(self) -> Float64[np.ndarray, "4 4"]:
        """The turn of the file's world that makes z up."""
        if self.pose_type == "camera_base":
            return world_pose_to_z_up(np.eye(4), WORLD_UP[self.world_up])
        return pose(self._R_world_file, np.zeros(3))

    @property
    def _R_world_file(self) -> np.ndarray:
        return np.array([self.base_forward_axis, self.base_left_axis, self.base_up_axis], dtype=np.float64)


_AXES = ("base_forward_axis", "base_left_axis", "base_up_axis")


def read_poses(path: Path, pose_format: PoseFormat) -> Float64[np.ndarray, "n 4 4"]:
    """T_world_cam of every line of a poses.txt. Raises BadFile naming the line that is wrong."""
    expected = ROTATION_TYPES[pose_format.rotation_type]
    T_file: list[np.ndarray] = []
    for number, text in enumerate(read_text(path).splitlines(), start=1):
        words = text.split("#")[0].split()
        if not words:
            continue
        where = f"line {number} (frame {len(T_file)})"
        try:
            values = np.array([float(word) for word in words])
        except ValueError as error:
            raise BadFile(path, f"{where} is not all numbers", "Write one pose a line.") from error
        if len(values) != expected:
            found = {count: name for name, count in ROTATION_TYPES.items()}.get(len(values))
            remedy = f"Set the rotation type to '{found}'." if found else "Write one pose a line."
            given = f"'{pose_format.rotation_type}' takes {expected}"
            raise BadFile(path, f"{where} has {len(values)} numbers, but rotation type {given}", remedy)
        if not np.all(np.isfinite(values)):
            raise BadFile(
                path, f"{where} has NaN or infinite values", "Leave out the frame or mend its pose."
            )
        T_file.append(_pose_of_line(path, where, values))
    if not T_file:
        return np.zeros((0, 4, 4))
    return pose_format.to_world_cam(np.stack(T_file))


def poses_text(T_world_cam: Float[np.ndarray, "n 4 4"], pose_format: PoseFormat) -> str:
    """The text of a poses.txt, with as many digits as float64 needs to come back the same."""
    T_file = pose_format.from_world_cam(as_se3("T_world_cam", T_world_cam))
    if pose_format.rotation_type == "mat":
        rows = T_file.reshape(-1, 16)
    else:
        rows = np.concatenate([T_file[:, :3, 3], quat_xyzw_from_matrix(T_file[:, :3, :3])], axis=1)
    return "".join(" ".join(map(repr, row)) + "\n" for row in (rows + 0.0).tolist())  # + 0.0: no "-0.0"


def _pose_of_line(path: Path, where: str, values: np.ndarray) -> np.ndarray:
    if len(values) == 7:
        length = math.hypot(*values[3:].tolist())
        if abs(length - 1) > QUATERNION_TOLERANCE:
            remedy = "The order is px py pz qx qy qz qw, the quaternion of length 1."
            raise BadFile(path, f"{where} has a quaternion of length {length:.4g}", remedy)
        return pose(matrix_from_quat_xyzw(values[3:]), values[:3])
    T = values.reshape(4, 4)
    if not np.allclose(T[3], [0, 0, 0, 1], atol=1e-6):
        raise BadFile(path, f"{where} does not end in 0 0 0 1", "Write the matrix row by row.")
    error = float(rigid_error(T))
    if error > RIGID_TOLERANCE:
        remedy = "Poses are rigid: no scale, no mirror, at least four digits."
        raise BadFile(path, f"{where} is not a rotation (off by {error:.2g})", remedy)
    return T


def _is_rotation(R: np.ndarray) -> bool:
    return bool(np.all(np.isfinite(R))) and float(rigid_error(pose(R, np.zeros(3)))) < RIGID_TOLERANCE
