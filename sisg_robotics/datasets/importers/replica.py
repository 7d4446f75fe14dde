"""Replica as NICE-SLAM renders it (Zhu et al., CVPR 2022).

results/frame000000.jpg   8-bit colour, 1200x680
results/depth000000.png   16-bit, `scale` (6553.5) a metre along z; 0 is nothing, and so is 65535, which
                          stands for all that is farther than 10 m
traj.txt                  a line a frame: the 16 numbers of T_world_cam, row by row, OpenCV axes, z up, metres
cam_params.json           {"camera": {w, h, fx, fy, cx, cy, scale}}, in the folder or the one above it (the
                          published archive has one for all scenes); 600 600 599.5 339.5 where there is none

Pixel centres are at integers, as cx = (1200 - 1) / 2 says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from ...errors import BadFile
from ...geometry import Intrinsics
from .reading import (
    has_file,
    lines,
    number_of,
    numbered_files,
    picture_size,
    read_colors,
    read_depth_units,
    read_json,
    rigid,
)
from .recording import ImportOptions, Pictures, Recording

CAMERA = {"w": 1200, "h": 680, "fx": 600.0, "fy": 600.0, "cx": 599.5, "cy": 339.5, "scale": 6553.5}
NO_RETURN = (0, 65535)
COLOR = r"frame(\d+)\.(?:jpg|png)"


def lacks(path: Path) -> str | None:
    """None for a folder with poses and pictures, else what is missing."""
    if not (path / "traj.txt").is_file():
        return "no traj.txt"
    if not has_file(path, COLOR, folder="results"):
        return "no results/frame000000.jpg"
    return None


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recording of the one camera."""
    colors, depths = _colors(path), numbered_files(path, r"depth(\d+)\.png", folder="results")
    if not colors or list(colors) != list(depths):
        unequal = sorted(set(colors) ^ set(depths))[:5] or "none at all"
        raise BadFile(path / "results", f"has frames with colour or depth alone: {unequal}", "Add them.")
    numbers = list(colors)
    T_world_cam = _poses(path / "traj.txt", len(numbers))
    color_files, depth_files = list(colors.values()), list(depths.values())
    size, depth_size = picture_size(color_files[0]), picture_size(depth_files[0])
    camera, scale, said = _camera(path, size, options)

    def read_depth(index: int) -> Float32[np.ndarray, "h w"]:
        return read_depth_units(depth_files[index], depth_size, scale, no_return=NO_RETURN)

    return [
        Recording(
            T_source_cam=T_world_cam,
            intrinsics=camera,
            read=lambda index: Pictures(read_colors(color_files[index], camera), read_depth(index)),
            source_up="z",
            frame_names=[f"{number:06d}" for number in numbers],
            read_depth=read_depth,
            color_file=lambda index: color_files[index],
            distortion=options.lens,
            said={"intrinsics": said, "depth": f"{scale:g} units a metre"},
        )
    ]


def _colors(path: Path) -> dict[int, Path]:
    return numbered_files(path, COLOR, folder="results")


def _poses(path: Path, count: int) -> Float64[np.ndarray, "n 4 4"]:
    T: list[np.ndarray] = []
    for number, words in lines(path):
        if len(T) == count:
            raise BadFile(path, f"has more than {count} poses", f"There are {count} frames.")
        where = f"line {number}"
        try:
            values = np.array([float(word) for word in words])
        except ValueError as error:
            raise BadFile(path, f"{where} is not all numbers", "Write 16 numbers a line.") from error
        if len(values) != 16:
            raise BadFile(path, f"{where} has {len(values)} numbers", "Write 16 numbers a line.")
        T.append(rigid(path, where, values.reshape(4, 4)))
    if len(T) < count:
        raise BadFile(path, f"has {len(T)} poses for {count} frames", "It needs a line for each.")
    return np.stack(T)


def _camera(path: Path, size: tuple[int, int], options: ImportOptions) -> tuple[Intrinsics, float, str]:
    """The camera, the depth's units a metre, and where they are from."""
    file = next((at for at in (path, path.resolve().parent) if (at / "cam_params.json").is_file()), None)
    values: Any = CAMERA
    said = "no cam_params.json: the published 600 600 599.5 339.5"
    where = path if file is None else file / "cam_params.json"
    if file is not None:
        values, said = read_json(where).get("camera"), where.name
        if not isinstance(values, dict):
            raise BadFile(where, "has no object 'camera'", f"It needs {', '.join(CAMERA)}.")
    number = {key: number_of(where, values, key, above=0.0) for key in CAMERA}
    scale = number["scale"] if options.depth_unit_m is None else 1 / options.depth_unit_m
    asked = options.camera(*size)
    if asked is not None:
        return asked, scale, "as was asked"
    if size != (number["w"], number["h"]):
        problem = f"is for {number['w']:g}x{number['h']:g} pictures, but these are {size[0]}x{size[1]}"
        raise BadFile(where, problem, "Give their intrinsics.")
    K = np.array([[number["fx"], 0, number["cx"]], [0, number["fy"], number["cy"]], [0, 0, 1]])
    return Intrinsics.from_opencv(K, *size), scale, said
