"""Microsoft's 7-Scenes, and tsdf-fusion's recordings.

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
has no direction of its own, so up is found from the surfaces.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from ...errors import BadSequence, MissingPath
from ...geometry import Intrinsics, pose
from ..registration import color_in_depth_view
from .reading import has_file, numbered_files, picture_size, read_colors, read_depth_units, read_matrix, rigid
from .recording import ImportOptions, Pictures, Recording

MILLIMETRES = 1000.0
NO_RETURN_MM = (0, 65535)
DEFAULT_FOCAL_PER_WIDTH = 585 / 640
COLOR_FOCAL_PER_WIDTH = 525 / 640
T_COLOR_DEPTH = pose(np.eye(3), np.array([-0.025, 0.0, 0.0]))
PARTS = {
    "color": r"frame-(\d+)\.color\.(?:png|jpg|jpeg)",
    "depth": r"frame-(\d+)\.depth\.png",
    "pose": r"frame-(\d+)\.pose\.txt",
}


def lacks(path: Path) -> str | None:
    """None for a folder with a file of each part, else which part is missing."""
    for part, pattern in PARTS.items():
        if not has_file(path, pattern):
            return f"no frame-NNNNNN.{part}{'.txt' if part == 'pose' else '.png'}"
    return None


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recording of the Kinect."""
    files = _matched(path)
    numbers = list(files["depth"])
    colors, depths = list(files["color"].values()), list(files["depth"].values())
    size = picture_size(depths[0])
    camera, calibration = _depth_intrinsics(path, size, options)
    units = MILLIMETRES if options.depth_unit_m is None else 1 / options.depth_unit_m
    color_size = picture_size(colors[0])
    f = COLOR_FOCAL_PER_WIDTH * color_size[0]
    nominal = Intrinsics(f, f, color_size[0] / 2, color_size[1] / 2, *color_size)

    def read_depth(index: int) -> Float32[np.ndarray, "h w"]:
        return read_depth_units(depths[index], size, units, no_return=NO_RETURN_MM)

    def read(index: int) -> Pictures:
        rgb, depth_m = read_colors(colors[index], nominal), read_depth(index)
        if options.align_color:
            rgb = color_in_depth_view(rgb, nominal, depth_m, camera, T_COLOR_DEPTH)
        return Pictures(rgb, depth_m)

    return [
        Recording(
            T_source_cam=np.stack([rigid(at, "", read_matrix(at, (4, 4))) for at in files["pose"].values()]),
            intrinsics=camera if options.align_color else camera.resized(*color_size),
            read=read,
            read_depth=read_depth,
            color_file=lambda index: None if options.align_color else colors[index],
            frame_names=[f"{number:06d}" for number in numbers],
            distortion=options.lens,
            said={
                "intrinsics": calibration,
                "color": "moved into the depth camera's view" if options.align_color else "as recorded",
            },
        )
    ]


def _matched(path: Path) -> dict[str, dict[int, Path]]:
    """The files of each part by frame, when every frame has all of them."""
    if not path.is_dir():
        raise MissingPath("recording", path, "Give a folder with frame-000000.color.png and so on.")
    files = {part: numbered_files(path, pattern) for part, pattern in PARTS.items()}
    numbers = sorted({number for found in files.values() for number in found})
    if not numbers:
        remedy = "It needs frame-NNNNNN.color.png, .depth.png and .pose.txt."
        raise BadSequence(path, "0 frames", remedy)
    for part, found in files.items():
        lacking = [f"{number:06d}" for number in numbers if number not in found]
        if lacking:
            have = "frame has" if len(lacking) == 1 else "frames have"
            problem = f"{len(lacking)} {have} no {part} file ({', '.join(lacking[:5])})"
            raise BadSequence(path, problem, "Add the files, or remove the rest of those frames.")
    return files


def _depth_intrinsics(path: Path, size: tuple[int, int], options: ImportOptions) -> tuple[Intrinsics, str]:
    asked = options.camera(*size)
    if asked is not None:
        return asked, "as was asked"
    if (path / "camera-intrinsics.txt").exists():
        K = read_matrix(path / "camera-intrinsics.txt", (3, 3))
        return Intrinsics.from_matrix(K, *size), "camera-intrinsics.txt"
    width, height = size
    f = DEFAULT_FOCAL_PER_WIDTH * width
    said = f"no camera-intrinsics.txt: the published default, focal length {f:g} at {width}x{height}"
    return Intrinsics(f, f, width / 2, height / 2, width, height), said
