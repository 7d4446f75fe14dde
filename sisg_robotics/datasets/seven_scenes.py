"""Recordings in the layout of Microsoft's 7-Scenes (and of tsdf-fusion), read into ours.

frame-NNNNNN.color.png    (or .jpg) 8-bit colour
frame-NNNNNN.depth.png    16-bit millimetres along z; 0 and 65535 mean no return
frame-NNNNNN.pose.txt     a 4x4 matrix: the depth camera's pose in the world of the recording's first camera,
                          axes x right, y down, z forward
camera-intrinsics.txt     the 3x3 matrix of the depth camera, optional: 585 585 320 240 at 640x480 is the
                          published default

These are Kinect v1 recordings, and their colour and depth were not registered: the colour camera sits 25 mm
to the right of the depth camera and has a focal length of 525. Kinects differ little, and with these nominal
values colour edges fall on depth edges, so the importer gives every depth pixel its colour. For data that is
registered already, `align_color=False` copies the colour files byte for byte. Depth stays as it is. The world
is turned so that z is up (see gravity.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from .._progress import progress_bar
from ..errors import BadFile, BadSequence, BadValue, MissingPath
from ..geometry import Intrinsics, pose, rigid_error
from .files import image_size, read_ids, read_rgb
from .frame import RgbdFrame
from .gravity import SurfaceSamples, find_gravity, surface_samples
from .registration import color_in_depth_view
from .sequence import RgbdSequence
from .writer import SequenceWriter

NO_RETURN_MM = (0, 65535)
POSE_TOLERANCE = 1e-2
"""How far |R^T R - I| of a pose file may be; what is within is made a rotation again."""
DEFAULT_FOCAL_PER_WIDTH = 585 / 640
COLOR_FOCAL_PER_WIDTH = 525 / 640
T_COLOR_DEPTH = pose(np.eye(3), np.array([-0.025, 0.0, 0.0]))
GRAVITY_FRAMES = 20


@dataclass(frozen=True)
class _Frame:
    number: str
    color: Path
    depth: Path
    pose: Path


def import_seven_scenes(
    source: Path | str,
    out: Path | str,
    *,
    max_frames: int | None = None,
    align_color: bool = True,
    progress: bool = False,
) -> RgbdSequence:
    """Read a 7-Scenes folder and write it to `out` in our layout; a second call goes on where one stopped.

    The first `max_frames` frames are taken, or all. What was done (intrinsics, turn of the world, colour) is
    said in `made_by`. Raises MissingPath, BadSequence (naming frames with a part missing) or BadFile.
    """
    source = Path(source)
    if max_frames is not None and max_frames < 1:
        raise BadValue("max_frames", max_frames, "at least 1, or None for all")
    frames = _frames(source)[:max_frames]
    intrinsics, calibration = _depth_intrinsics(source, frames[0])
    T_source_cam = np.stack([_read_pose(frame.pose) for frame in frames])
    gravity = find_gravity(_samples(frames, intrinsics, T_source_cam), T_source_cam)
    made_by = {
        "importer": "7-Scenes",
        "source": source.resolve().name,
        "frames": [frame.number for frame in frames],
        "intrinsics": calibration,
        "world": gravity.how,
        "T_world_source": gravity.T_world_source.tolist(),
        "color": "moved into the depth camera's view" if align_color else "as recorded",
    }
    writer = SequenceWriter(
        out,
        T_world_cam=gravity.T_world_source @ T_source_cam,
        intrinsics=intrinsics if align_color else intrinsics.resized(*image_size(frames[0].color)),
        made_by=made_by,
    )
    for index in progress_bar(writer.missing(), "importing", shown=progress):
        _import_frame(writer, index, frames[index], intrinsics, align_color)
    return RgbdSequence.open(out)


def _import_frame(
    writer: SequenceWriter, index: int, source: _Frame, depth_intrinsics: Intrinsics, align_color: bool
) -> None:
    rgb, depth_m = read_rgb(source.color), _read_depth(source.depth, depth_intrinsics)
    if align_color:
        height, width = rgb.shape[:2]
        f = COLOR_FOCAL_PER_WIDTH * width
        color_intrinsics = Intrinsics(f, f, width / 2, height / 2, width, height)
        rgb = color_in_depth_view(rgb, color_intrinsics, depth_m, depth_intrinsics, T_COLOR_DEPTH)
    frame = RgbdFrame(index, rgb, depth_m, writer.T_world_cam[index], writer.intrinsics[index])
    writer.write(frame, rgb_file=None if align_color else source.color)


def _frames(source: Path) -> list[_Frame]:
    if not source.is_dir():
        raise MissingPath("recording", source, "Give a folder with frame-000000.color.png and so on.")
    parts: dict[str, dict[str, Path]] = {}
    for path in sorted(source.iterdir()):
        match = re.fullmatch(r"frame-(\d+)\.(color|depth|pose)\.(png|jpg|jpeg|txt)", path.name)
        if match:
            parts.setdefault(match[1], {})[match[2]] = path
    if not parts:
        remedy = "It needs frame-NNNNNN.color.png, .depth.png and .pose.txt."
        raise BadSequence(source, "0 frames", remedy)
    for part in ("color", "depth", "pose"):
        lacking = [number for number in parts if part not in parts[number]]
        if lacking:
            have = "frame has" if len(lacking) == 1 else "frames have"
            problem = f"{len(lacking)} {have} no {part} file ({', '.join(lacking[:5])})"
            raise BadSequence(source, problem, "Add the files, or remove the rest of those frames.")
    return [_Frame(number, **parts[number]) for number in sorted(parts, key=int)]


def _depth_intrinsics(source: Path, frame: _Frame) -> tuple[Intrinsics, str]:
    width, height = image_size(frame.depth)
    path = source / "camera-intrinsics.txt"
    if not path.exists():
        f = DEFAULT_FOCAL_PER_WIDTH * width
        said = f"no camera-intrinsics.txt: the published default, focal length {f:g} at {width}x{height}"
        return Intrinsics(f, f, width / 2, height / 2, width, height), said
    return Intrinsics.from_matrix(_read_matrix(path, 3), width, height), "camera-intrinsics.txt"


def _read_pose(path: Path) -> Float64[np.ndarray, "4 4"]:
    """A pose file's matrix, its rotation made exact again: files hold rounded digits."""
    T = _read_matrix(path, 4)
    error = float(rigid_error(T))
    if not np.allclose(T[3], [0, 0, 0, 1], atol=1e-4) or error > POSE_TOLERANCE:
        raise BadFile(path, f"is not a rigid pose (off by {error:.2g})", "Leave that frame out.")
    U, _, Vt = np.linalg.svd(T[:3, :3])
    return pose(U @ Vt, T[:3, 3])


def _read_matrix(path: Path, size: int) -> Float64[np.ndarray, "_ _"]:
    try:
        values = np.array([float(word) for word in path.read_text(errors="replace").split()])
    except ValueError as error:
        raise BadFile(path, f"is not a {size}x{size} matrix of numbers ({error})") from error
    if len(values) != size * size or not np.all(np.isfinite(values)):
        raise BadFile(path, f"is not a {size}x{size} matrix of finite numbers", "Leave that frame out.")
    return values.reshape(size, size)


def _read_depth(path: Path, intrinsics: Intrinsics) -> Float32[np.ndarray, "h w"]:
    millimetres = read_ids(path)
    if millimetres.shape != (intrinsics.height, intrinsics.width):
        wanted = (intrinsics.height, intrinsics.width)
        raise BadFile(path, f"has shape {millimetres.shape}, but the first frame has {wanted}")
    depth_m = np.where(np.isin(millimetres, NO_RETURN_MM), 0, millimetres) / 1000
    return depth_m.astype(np.float32)


def _samples(frames: list[_Frame], intrinsics: Intrinsics, T_source_cam: np.ndarray) -> SurfaceSamples:
    chosen = np.unique(np.linspace(0, len(frames) - 1, GRAVITY_FRAMES).round().astype(int))
    found = [
        surface_samples(_read_depth(frames[index].depth, intrinsics), intrinsics, T_source_cam[index])
        for index in chosen.tolist()
    ]
    return SurfaceSamples(
        np.concatenate([samples.points_m for samples in found]),
        np.concatenate([samples.normals for samples in found]),
    )
