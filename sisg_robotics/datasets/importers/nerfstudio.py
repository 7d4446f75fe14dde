"""nerfstudio's transforms.json (and instant-ngp's), with depth.

transforms.json           fl_x, fl_y, cx, cy, w, h, k1, k2, k3, p1, p2, for all frames or in each;
                          camera_model; frames: [{file_path, depth_file_path, transform_matrix}, ...]
file_path                 colour, PNG or JPEG
depth_file_path           16-bit PNG or .npy along z, of depth_unit_scale_factor (0.001) metres; 0 is nothing

transform_matrix is the camera's pose in OpenGL axes (x right, y up, z backward), with z up. Pixel centres are
at +0.5, as ours. Where the world of the matrices was turned (applied_transform), they stay as they are, since
that made z up; where it was scaled (applied_scale), the scale is taken out, since depth is in metres.
k1, k2, k3, p1, p2 are Brown-Conrady's, as OpenCV has them; a fisheye lens is refused. Frames with different
lenses become several recordings. Frames without depth are left out and counted. Frames are in the order of
their file names, numbers by their value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from ...errors import BadFile, SisgError
from ...geometry import Distortion, Intrinsics, camera_pose_to_opencv
from ..files import read_npy
from .reading import (
    MAX_PIXELS,
    Inside,
    number_of,
    picture_size,
    read_colors,
    read_depth_units,
    read_json,
    rigid,
)
from .recording import ImportOptions, Pictures, Recording

METRES_A_UNIT = 0.001
CAMERA_MODELS = ("OPENCV", "PERSPECTIVE", "PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL")
LENS_KEYS = ("k1", "k2", "p1", "p2", "k3")


def lacks(path: Path) -> str | None:
    """None for a transforms.json (or its folder) that names depth, else what is missing."""
    file = _file(path)
    if file.suffix != ".json" or not file.is_file():
        return "no transforms.json"
    frames = read_json(file).get("frames")
    if not isinstance(frames, list) or not frames:
        return "no frames in transforms.json"
    named = any(isinstance(frame, dict) and "depth_file_path" in frame for frame in frames)
    return None if named else "no depth_file_path in transforms.json"


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recordings, one for each lens."""
    file = _file(path)
    document = read_json(file)
    frames = document.get("frames")
    if not isinstance(frames, list) or not all(isinstance(frame, dict) for frame in frames):
        raise BadFile(file, "has no list of frames", "It needs frames: [{file_path, ...}, ...].")
    model = document.get("camera_model", "OPENCV")
    if model not in CAMERA_MODELS:
        accepted = f"Read are {', '.join(CAMERA_MODELS)}."
        raise BadFile(file, f"has the camera_model {str(model)[:40]!r}", accepted)
    deep = [frame for frame in frames if "depth_file_path" in frame]
    if not deep:
        raise BadFile(file, f"names no depth for its {len(frames)} frames", "Each needs a depth_file_path.")
    deep.sort(key=lambda frame: _natural(str(frame.get("file_path"))))
    by_lens: dict[Distortion | None, list[dict[str, Any]]] = {}
    for frame in deep:
        lens = options.lens or _lens(file, {**document, **frame})
        by_lens.setdefault(lens, []).append(frame)
    several = len(by_lens) > 1
    return [
        _recording(file, document, group, lens, f"lens_{number}" if several else "", len(frames), options)
        for number, (lens, group) in enumerate(by_lens.items())
    ]


def _recording(
    file: Path,
    document: Mapping[str, Any],
    frames: list[dict[str, Any]],
    lens: Distortion | None,
    name: str,
    total: int,
    options: ImportOptions,
) -> Recording:
    inside = Inside(file.parent)
    colors = [_path(inside, file, frame, "file_path") for frame in frames]
    depths = [_path(inside, file, frame, "depth_file_path") for frame in frames]
    applied_transform = None
    if "applied_transform" in document:
        applied_transform = _matrix(file, "applied_transform", document["applied_transform"]).tolist()
    scale = number_of(file, document, "applied_scale", above=0.0, default=1.0)
    unit_m = options.depth_unit_m or number_of(
        file, document, "depth_unit_scale_factor", above=0.0, default=METRES_A_UNIT
    )
    T_source_gl = np.stack([_pose(file, frame) for frame in frames])
    T_source_gl[:, :3, 3] /= scale
    cameras = _cameras(file, document, frames, colors, options)
    names = [str(frame["file_path"]) for frame in frames]

    def read_depth(index: int) -> Float32[np.ndarray, "h w"]:
        return _read_depth(depths[index], unit_m)

    def camera(index: int) -> Intrinsics:
        return cameras if isinstance(cameras, Intrinsics) else cameras[index]

    return Recording(
        name=name,
        T_source_cam=camera_pose_to_opencv(T_source_gl, "opengl"),
        intrinsics=cameras,
        read=lambda index: Pictures(read_colors(colors[index], camera(index)), read_depth(index)),
        source_up="z",
        frame_names=names,
        read_depth=read_depth,
        color_file=lambda index: colors[index],
        distortion=lens,
        said={
            "intrinsics": "transforms.json" if options.intrinsics is None else "as was asked",
            "depth": f"{unit_m:g} metres a unit",
            "applied_transform": applied_transform,
            "applied_scale": scale,
            "left_out": {"frames without depth": total - len(frames) if not name else None},
        },
    )


def _file(path: Path) -> Path:
    return path / "transforms.json" if path.is_dir() else path


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts frame_2 before frame_10."""
    parts = re.findall(r"([0-9]{1,18})|([^0-9]+)", name)
    return [(0, int(digits), "") if digits else (1, 0, text) for digits, text in parts]


def _path(inside: Inside, file: Path, frame: Mapping[str, Any], key: str) -> Path:
    name = frame.get(key)
    if not isinstance(name, str):
        raise BadFile(file, f"has a frame whose {key} is no text", "Name the file.")
    return inside(name, said_in=file)


def _pose(file: Path, frame: Mapping[str, Any]) -> Float64[np.ndarray, "4 4"]:
    where = f"transform_matrix of {str(frame['file_path'])[:200]!r}"
    return rigid(file, where, _matrix(file, where, frame.get("transform_matrix")))


def _matrix(file: Path, where: str, value: Any) -> Float64[np.ndarray, "4 4"]:
    try:
        T = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadFile(file, f"{where} is no matrix of numbers") from error
    if T.shape == (3, 4):
        T = np.vstack([T, [0, 0, 0, 1]])
    if T.shape != (4, 4):
        raise BadFile(file, f"{where} has shape {T.shape}, but a pose is 4x4")
    return T


def _lens(file: Path, values: Mapping[str, Any]) -> Distortion | None:
    """The lens of a frame; None for a pinhole."""
    k = {key: number_of(file, values, key, default=0.0) for key in (*LENS_KEYS, "k4")}
    if k.pop("k4") != 0:
        raise BadFile(file, "has a k4, which only fisheye lenses have", "Straighten the pictures first.")
    return Distortion(**k) if any(k.values()) else None


def _cameras(
    file: Path,
    document: Mapping[str, Any],
    frames: list[dict[str, Any]],
    colors: list[Path],
    options: ImportOptions,
) -> Intrinsics | tuple[Intrinsics, ...]:
    """One camera where all frames have the same, else one for each."""
    known: dict[Intrinsics, Intrinsics] = {}
    first: tuple[int, int] | None = None

    def size_of(values: Mapping[str, Any], path: Path) -> tuple[int, int]:
        nonlocal first
        if "w" in values and "h" in values:
            width, height = (number_of(file, values, key, above=0.0) for key in ("w", "h"))
            return int(width), int(height)
        first = first or picture_size(path)
        return first

    cameras = []
    for frame, path in zip(frames, colors, strict=True):
        values = {**document, **frame}
        size = size_of(values, path)
        camera = options.camera(*size) or _camera(file, values, *size)
        cameras.append(known.setdefault(camera, camera))
    return cameras[0] if len(known) == 1 else tuple(cameras)


def _camera(file: Path, values: Mapping[str, Any], width: int, height: int) -> Intrinsics:
    if "fl_x" not in values and "camera_angle_x" in values:
        angle = number_of(file, values, "camera_angle_x", above=0.0)
        if not angle < math.pi:
            raise BadFile(file, f"has {angle:g} as 'camera_angle_x'", "Angles are radians, below pi.")
        return Intrinsics.from_fov(width, height, angle)
    fl_x = number_of(file, values, "fl_x", above=0.0)
    fl_y = number_of(file, values, "fl_y", above=0.0, default=fl_x)
    cx = number_of(file, values, "cx", default=width / 2)
    cy = number_of(file, values, "cy", default=height / 2)
    try:
        return Intrinsics(fl_x, fl_y, cx, cy, width, height)
    except SisgError as error:
        raise BadFile(file, str(error).rstrip("."), "Mend that value.") from error


def _read_depth(path: Path, unit_m: float) -> Float32[np.ndarray, "h w"]:
    if path.suffix != ".npy":
        return read_depth_units(path, picture_size(path), 1 / unit_m)
    if not path.is_file():
        raise BadFile(path, "is not there", "Add it, or leave out its frame.")
    units = read_npy(path)
    if units.ndim == 3 and units.shape[-1] == 1:
        units = units[..., 0]
    if units.ndim != 2 or units.dtype.kind not in "fui" or not 0 < units.size <= MAX_PIXELS:
        raise BadFile(path, f"is {units.dtype} of shape {units.shape}, but depth is numbers (height, width)")
    with np.errstate(over="ignore", invalid="ignore"):
        depth_m = (units * np.float64(unit_m)).astype(np.float32)
    depth_m[~np.isfinite(depth_m) | (depth_m < 0)] = 0
    return depth_m
