"""Isaac Sim's PoseWriter: colours, cameras and the boxes of objects.

000000.png            colour, or .jpg, .jpeg; 000000_overlay.png is for people
000000.json           camera_data: camera_view_matrix and camera_projection_matrix, 4x4 for row vectors as in
                      isaac_cameras.py, rounded to 5 digits; resolution [W, H]; meters_per_scene_unit;
                      intrinsics fx, fy, cx, cy. objects: boxes, not taken over
Replicator_01/...     the same in a folder for each render product, with use_subfolders=True

It writes no depth. That of a BasicWriter with the same output folder is taken, by the frames' numbers
(isaac_layouts.py); where there is none, depth is 0, nothing seen, everywhere, which `made_by` says.

The pinhole is that of camera_projection_matrix; fx and fy have more digits in `intrinsics` and are taken from
there where they agree, but its cx and cy add millimetres to pixels. Of pinholeOpenCV and fisheye cameras
PoseWriter writes neither name nor numbers: they are told by the boxes' corners, which it projects rightly
(isaac_corners.py), and the camera is asked for. Its formats "dope" and "centerpose" leave out some of this:
where the unit is missing, it is asked for (`depth_unit_m`).

Nothing says the stage's up axis; it is taken for z, as in isaac_basic_writer.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

from ...errors import BadFile, SisgError
from ...geometry import Intrinsics
from .isaac_cameras import (
    SAY_THEM,
    intrinsics,
    numbers,
    pinhole_of_projection,
    pose_of_view,
    resolution,
    stage_unit_m,
)
from .isaac_corners import corners_off_px
from .isaac_layouts import LOOKED_INTO, cameras, folders_in
from .isaac_pictures import read_depth
from .reading import Inside, has_file, number_of, numbered_files, picture_size, read_colors, read_json
from .recording import ImportOptions, Pictures, Recording

RECORD = r"([0-9]+)\.json"
COLOR = r"([0-9]+)\.(?:png|jpg|jpeg)"
COPIED = (".png", ".jpg")
"""Colour files that are taken over as they are."""
ROUNDING = 1e-5
"""Of the projection, in units of half the picture."""
AGREE_PX = 2.0
"""How far corners may be from where the pinhole has them; they are rounded to whole pixels."""


def lacks(path: Path) -> str | None:
    """None for a folder with pictures and PoseWriter's records of them, else what is missing."""
    homes = _homes(path, LOOKED_INTO)
    if not homes:
        return "no 000000.json beside 000000.png, here or in <render product>/"
    named = (at.name for at in (path / homes[0]).iterdir() if re.fullmatch(RECORD, at.name))
    try:
        first = Inside(path)(str(Path(homes[0], min(named))))
    except SisgError:
        return None  # opening it says which link leads outside
    try:
        _camera_data(first, read_json(first))
    except SisgError:
        return f"no camera_data with a camera_view_matrix in {first.name}"
    return None


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recordings, one for each render product that has a folder."""
    homes = _homes(path)
    if not homes:
        raise BadFile(path, "has no 000000.json beside 000000.png", "Give the folder that PoseWriter wrote.")
    return [_recording(path, name, len(homes) == 1, options) for name in homes]


def _recording(path: Path, name: str, alone: bool, options: ImportOptions) -> Recording:
    records, colors = (numbered_files(path, pattern, folder=name) for pattern in (RECORD, COLOR))
    kind, depths = _depths(path, name, alone, len(records))
    whole = sorted(set(records) & set(colors) & set(depths if kind else records))
    shots = {number: _shot(records[number], colors[number], options) for number in whole}
    poses = {number: T for number, (T, _, _) in shots.items() if T is not None}
    kept = list(poses)
    everything = set(records) | set(colors) | set(depths)
    left_out = {
        "frames without a record, colour or depth": len(everything - set(whole)),
        "frames whose camera is all 0": len(whole) - len(kept),
    }
    units = {shots[number].unit_m for number in kept}
    if len(units) != 1:
        problem = f"has {len(units)} stage units" if kept else f"has no whole frame: {left_out}"
        raise BadFile(path / name, problem, "Record them together.")
    (unit_m,) = units
    same: dict[Intrinsics, Intrinsics] = {}
    seen_by = [same.setdefault(shots[number].camera, shots[number].camera) for number in kept]

    def read_depth_m(index: int) -> Float32[np.ndarray, "h w"]:
        if not kind:
            return np.zeros((seen_by[index].height, seen_by[index].width), np.float32)
        return read_depth(depths[kept[index]], kind, unit_m, seen_by[index], options.lens)

    def color_file(index: int) -> Path | None:
        color = colors[kept[index]]
        return color if color.suffix in COPIED else None

    return Recording(
        name=name,
        T_source_cam=np.stack(list(poses.values())),
        intrinsics=seen_by[0] if len(same) == 1 else tuple(seen_by),
        read=lambda index: Pictures(read_colors(colors[kept[index]], seen_by[index]), read_depth_m(index)),
        source_up="z",
        frame_names=[records[number].stem for number in kept],
        read_depth=read_depth_m,
        color_file=color_file,
        distortion=options.lens,
        said={
            "intrinsics": "camera_projection_matrix" if options.intrinsics is None else "as was asked",
            "depth": kind or "none: PoseWriter writes none, and none lies beside it, so it is 0 everywhere",
            "unit_m": unit_m,
            "left_out": left_out,
        },
    )


def _homes(path: Path, most: int | None = None) -> list[str]:
    """The folder itself (""), or those in it, that hold records and pictures."""
    if not path.is_dir():
        return []
    for names in ([""], [folder.name for folder in folders_in(path)[:most]]):
        homes = [n for n in names if has_file(path, RECORD, folder=n) and has_file(path, COLOR, folder=n)]
        if homes:
            return homes
    return []


def _depths(path: Path, name: str, alone: bool, count: int) -> tuple[str, dict[int, Path]]:
    """The kind ("" for none) and files of the depth that a BasicWriter put beside this camera's records.

    Flat records are numbered as they were written, so that they are the depth's only when none was skipped.
    """
    found = {camera.name: camera for camera in cameras(path)}
    camera = found.get(name) or (found.get("") if alone else None)
    if camera is None or not camera.depth:
        return "", {}
    files, known = camera.files[camera.depth], camera.numbers[camera.depth]
    if not name and len(known) != count:
        problem = f"has {count} records and {len(known)} of {camera.depth}, so their numbers do not say pairs"
        raise BadFile(path, problem, "Record with use_subfolders=True, or with skip_empty_frames=False.")
    return camera.depth, {int(number): files(number) for number in known if number.isdecimal()}


class _Shot(NamedTuple):
    """What one record says of its camera; no pose where that is all 0."""

    T_source_cam: Float64[np.ndarray, "4 4"] | None
    camera: Intrinsics
    unit_m: float


def _shot(path: Path, color: Path, options: ImportOptions) -> _Shot:
    document = read_json(path)
    data = _camera_data(path, document)
    unit_m = stage_unit_m(path, data, "meters_per_scene_unit", options)
    V = numbers(path, data, "camera_view_matrix", 16).reshape(4, 4)
    T_source_cam = pose_of_view(path, "camera_view_matrix", V, unit_m)
    return _Shot(T_source_cam, _camera(path, document, color, options), unit_m)


def _camera_data(path: Path, document: Mapping[str, Any]) -> Mapping[str, Any]:
    data = document.get("camera_data")
    if not isinstance(data, dict) or "camera_view_matrix" not in data:
        raise BadFile(path, "has no camera_data with a camera_view_matrix", "Leave that frame out.")
    return data


def _camera(path: Path, document: Mapping[str, Any], color: Path, options: ImportOptions) -> Intrinsics:
    data = _camera_data(path, document)
    width, height = resolution(path, data, "resolution") if "resolution" in data else picture_size(color)
    asked = options.camera(width, height)
    if asked is not None:
        return asked
    P = numbers(path, data, "camera_projection_matrix", 16).reshape(4, 4)
    camera = pinhole_of_projection(path, "camera_projection_matrix", P, width, height)
    off_px = corners_off_px(document, camera)
    if off_px > AGREE_PX:
        problem = (
            f"has corners of boxes {off_px:.0f} px from where a pinhole has them, so its camera is another"
        )
        raise BadFile(path, problem, SAY_THEM)
    exact = data.get("intrinsics")
    if isinstance(exact, dict):
        fx, fy = (number_of(path, exact, key, above=0.0) for key in ("fx", "fy"))
        if abs(fx - camera.fx) < ROUNDING * width and abs(fy - camera.fy) < ROUNDING * height:
            return intrinsics(path, fx=fx, fy=fy, cx=camera.cx, cy=camera.cy, width=width, height=height)
    return camera
