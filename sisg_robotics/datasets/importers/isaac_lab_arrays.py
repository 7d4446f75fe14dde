"""Which arrays in a file are a camera's, and where in them a frame is.

Isaac Lab's CameraData has its cameras along the first axis; a recording puts the frames before it. Axes of 1
may be there or not, and so may that of the one channel of a picture:

    pos_w         (frames, cameras, 3) or (frames, 3), or (3) for one frame; in a folder with a file for each
                  frame (cameras, 3) or (3)
    rgb           the same axes, then (height, width, 3)
    depth         the same axes, then (height, width, 1) or (height, width)
    intrinsics    the same axes, or without the frames or cameras when all have the same, then (3, 3)
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile
from .array_files import ArrayFile, Held

FIELDS: Mapping[str, tuple[str, ...]] = {
    "pos_w": ("pos_w",),
    "quat_w_ros": ("quat_w_ros",),
    "quat_w_opengl": ("quat_w_opengl",),
    "quat_w_world": ("quat_w_world",),
    "intrinsics": ("intrinsic_matrices", "intrinsic_matrix"),
    "rgb": ("rgb", "rgba"),
    "depth": ("distance_to_image_plane", "depth"),
    "range": ("distance_to_camera",),
    "semantic": ("semantic_segmentation",),
    "instance": ("instance_segmentation_fast", "instance_id_segmentation_fast"),
    "normal": ("normals",),
    "info": ("info",),
}
"""What is read, and what it is called; the first of several names is taken."""
NUMBER_AXES = {"pos_w": 1, "quat_w_ros": 1, "quat_w_opengl": 1, "quat_w_world": 1, "intrinsics": 2}
CHANNELS = {"rgb": (3, 4), "normal": (3, 4)}
LONGEST_NAME = 500
_FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}
_NAME = re.compile(rf"(?:(.*?)[/._]+)?({'|'.join(_FIELD_OF)})")
_OWN_FOLDERS = re.compile(r"(^|[/._])(data|(data[/._])?output)$")
"""CameraData's own: camera.data.pos_w, camera.data.output["rgb"]."""


def cameras_in(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The arrays of each camera by field: what shares the folders, or the words, before the field's name."""
    by_rank: dict[str, dict[str, dict[int, str]]] = {}
    for name in names:
        match = _NAME.fullmatch(name) if len(name) <= LONGEST_NAME else None
        if match is not None:
            camera, field = _OWN_FOLDERS.sub("", match[1] or "").strip("/"), _FIELD_OF[match[2]]
            by_rank.setdefault(camera, {}).setdefault(field, {})[FIELDS[field].index(match[2])] = name
    cameras = {
        camera: {field: ranked[min(ranked)] for field, ranked in fields.items()}
        for camera, fields in sorted(by_rank.items())
    }
    return {camera: fields for camera, fields in cameras.items() if "pos_w" in fields}


def spelling(field: str, name: str) -> str:
    """How the array of that name calls its field."""
    return next(word for word in FIELDS[field] if name.endswith(word))


def short_names(cameras: Iterable[str]) -> dict[str, str]:
    """The names of cameras without the folders that all of them are in; that of an only one is ""."""
    names = list(cameras)
    above = os.path.commonpath(names) if len(names) > 1 and all(names) else ""
    return {name: "" if len(names) == 1 else name[len(above) :].strip("/") or "camera" for name in names}


def picture_axes(field: str, held: Held) -> int:
    """How many axes a picture has: two, and one for its channels."""
    if field in CHANNELS:
        return 3
    colored = field in ("semantic", "instance") and held.dtype == np.uint8 and held.shape[-1:] == (4,)
    return 3 if colored or held.shape[-1:] == (1,) else 2


def picture_index(
    path: Path, name: str, field: str, held: Held, lead: tuple[int, ...], place: tuple[int, ...]
) -> tuple[int, ...]:
    """Where in an array the picture at `place` along the axes `lead` is. Raises BadFile where none is."""
    before = held.shape[: max(0, len(held.shape) - picture_axes(field, held))]
    if not _fits(before, lead) or (field in CHANNELS and held.shape[-1] not in CHANNELS[field]):
        raise _misfit(path, name, held, lead)
    places = iter([at for side, at in zip(lead, place, strict=True) if side != 1])
    return tuple(0 if side == 1 else next(places) for side in before)


def numbers(file: ArrayFile, name: str, field: str, lead: tuple[int, ...]) -> Float64[np.ndarray, "..."]:
    """The positions, quaternions or intrinsics of all frames and cameras: (*lead, ...)."""
    held, thing = file.arrays[name], {1: (3,) if field == "pos_w" else (4,), 2: (3, 3)}[NUMBER_AXES[field]]
    before = held.shape[: max(0, len(held.shape) - len(thing))]
    for shared in range(len(lead) + 1 if field == "intrinsics" else 1):
        if held.shape[len(before) :] == thing and _fits(before, lead[shared:]):
            values = file.read(name).astype(np.float64).reshape((1,) * shared + lead[shared:] + thing)
            return np.broadcast_to(values, lead + thing)
    raise _misfit(file.path, name, held, lead)


def _fits(before: tuple[int, ...], lead: tuple[int, ...]) -> bool:
    """Whether axes are the same but for those of 1."""
    return [side for side in before if side != 1] == [side for side in lead if side != 1]


def _misfit(path: Path, name: str, held: Held, lead: tuple[int, ...]) -> BadFile:
    problem = f"has {name!r} of shape {held.shape}, which does not fit a pos_w of shape {(*lead, 3)}"
    return BadFile(path, problem, "Frames come first, then cameras.")
