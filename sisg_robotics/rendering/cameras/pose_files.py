"""Poses that somebody else chose, from their file.

poses       poses.txt of this project and VLMaps: 7 or 16 numbers a line (see datasets/poses.py). What they
            mean stands in a sequence.json beside it, or is said with `pose_format`; else they are camera
            poses in OpenCV axes in a z-up world.
tum         TUM RGB-D's trajectory files: "stamp tx ty tz qx qy qz qw" a line, # begins a comment; camera
            poses in OpenCV axes, taken to be in a z-up world
nerfstudio  transforms.json of NeRF and nerfstudio: frames, each with a transform_matrix, a camera pose in
            OpenGL axes in a z-up world, in the order of the file; its intrinsics are not used
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ...datasets import PoseFormat
from ...datasets.metadata import SequenceMetadata
from ...datasets.poses import QUATERNION_TOLERANCE, ROTATION_TYPES, read_poses
from ...errors import BadFile, BadValue, MissingPath, UnknownName
from ...geometry import Intrinsics, as_se3, camera_pose_to_opencv, invert, matrix_from_quat_xyzw, pose
from .rig import Rig
from .surface import Surface
from .trajectory import Trajectory
from .view_checks import OFF, ViewChecks, in_words, kept

MAX_BYTES = 2**28


def file_trajectory(
    path: Path | str,
    *,
    file_format: str | None = None,
    pose_format: PoseFormat | None = None,
    rig: Rig | None = None,
    surface: Surface | None = None,
    intrinsics: Intrinsics | None = None,
    checks: ViewChecks = OFF,
) -> Trajectory:
    """The poses in a file, in its order; its format is told by its name and first line where none is given.

    On a rig they are those of its first camera. `checks` look at what `surface` shows and are off by default,
    since these poses were chosen by somebody.
    """
    path = Path(path)
    T_world_cam = read_trajectory(path, file_format, pose_format)
    rejected: dict[str, int] = {}
    trajectory = _on(rig, T_world_cam)
    if surface is not None and intrinsics is not None and checks != OFF:
        cameras = (intrinsics,) if rig is None else rig.intrinsics(intrinsics)
        good, rejected = kept(
            surface, checks, cameras, trajectory.T_world_cam.reshape(-1, len(cameras), 4, 4)
        )
        if not good:
            problem = f"has no view that passes the checks ({in_words(rejected)})"
            raise BadFile(path, problem, "Loosen the checks.")
        T_world_cam = T_world_cam[good]
        trajectory = _on(rig, T_world_cam)
    return Trajectory(
        trajectory.T_world_cam,
        "file",
        rejected=rejected,
        rig=rig,
        T_world_base=trajectory.T_world_base,
    )


def _on(rig: Rig | None, T_world_cam: Float64[np.ndarray, "n 4 4"]) -> Trajectory:
    if rig is None:
        return Trajectory(T_world_cam, "file")
    return Trajectory.of_rig(rig, T_world_cam @ invert(rig.T_base_cam[0]), kind="file")


def read_trajectory(
    path: Path, file_format: str | None = None, pose_format: PoseFormat | None = None
) -> Float64[np.ndarray, "n 4 4"]:
    """T_world_cam of every pose in a file. Raises MissingPath, or BadFile saying what is wrong in it."""
    _check_there(path)
    name = _told(path) if file_format is None else file_format
    if name not in _READERS:
        raise UnknownName("format of poses", name, _READERS)
    T_world_cam = _READERS[name](path) if name != "poses" else _read_poses(path, pose_format)
    if not len(T_world_cam):
        raise BadFile(path, "holds no pose", "Give a file of poses.")
    return T_world_cam


def fingerprint(path: Path) -> str:
    """The hash of all that a file's poses depend on: its bytes, and what is said about them beside it."""
    _check_there(path)
    described = _described(path)
    said = "" if described is None else repr(described)
    return hashlib.sha256(path.read_bytes() + said.encode()).hexdigest()


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise MissingPath("poses", path)
    if path.stat().st_size > MAX_BYTES:
        raise BadFile(path, f"is larger than {MAX_BYTES >> 20} MiB", "Give a file of poses.")


def _told(path: Path) -> str:
    if path.suffix.lower() == ".json":
        return "nerfstudio"
    return "tum" if _numbers_on_first_line(path) == 8 else "poses"


def _numbers_on_first_line(path: Path) -> int:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if words := line.split("#")[0].split():
                return len(words)
    return 0


def _described(path: Path) -> PoseFormat | None:
    """What the recording that a poses.txt lies in says of it."""
    described = path.with_name("sequence.json")
    return SequenceMetadata.read(described).pose_format if described.is_file() else None


def _read_poses(path: Path, pose_format: PoseFormat | None) -> Float64[np.ndarray, "n 4 4"]:
    pose_format = pose_format or _described(path)
    if pose_format is None:
        named = {count: name for name, count in ROTATION_TYPES.items()}
        pose_format = PoseFormat(rotation_type=named.get(_numbers_on_first_line(path), "mat"))
    return read_poses(path, pose_format)


def _read_tum(path: Path) -> Float64[np.ndarray, "n 4 4"]:
    T_world_cam = []
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        words = text.split("#")[0].split()
        if not words:
            continue
        try:
            _, *position, x, y, z, w = (float(word) for word in words)
            if len(position) != 3 or not np.all(np.isfinite([*position, x, y, z, w])):
                raise ValueError
        except ValueError as error:
            remedy = "Write: stamp tx ty tz qx qy qz qw."
            raise BadFile(path, f"line {number} is not eight numbers", remedy) from error
        length = float(np.sqrt(x * x + y * y + z * z + w * w))
        if abs(length - 1) > QUATERNION_TOLERANCE:
            remedy = "The order is stamp tx ty tz qx qy qz qw."
            raise BadFile(path, f"line {number} has a quaternion of length {length:.4g}", remedy)
        T_world_cam.append(pose(matrix_from_quat_xyzw(np.array([x, y, z, w])), np.array(position)))
    return np.array(T_world_cam).reshape(-1, 4, 4)


def _read_nerfstudio(path: Path) -> Float64[np.ndarray, "n 4 4"]:
    try:
        frames = json.loads(path.read_text(encoding="utf-8"))["frames"]
        T_world_gl = np.array([frame["transform_matrix"] for frame in frames], dtype=np.float64)
        if T_world_gl.shape[1:] != (4, 4):
            raise ValueError(f"matrices of shape {T_world_gl.shape[1:]}")
    except (ValueError, KeyError, TypeError, OSError) as error:
        problem = f"is not a transforms.json ({type(error).__name__}: {error})"
        raise BadFile(path, problem, "It needs frames, each with a 4x4 transform_matrix.") from error
    try:
        return camera_pose_to_opencv(as_se3("transform_matrix", T_world_gl), "opengl")
    except BadValue as error:
        raise BadFile(path, str(error).rstrip("."), "Mend that pose.") from error


_READERS: Mapping[str, Callable[[Path], np.ndarray]] = {
    "poses": lambda path: _read_poses(path, None),
    "tum": _read_tum,
    "nerfstudio": _read_nerfstudio,
}
