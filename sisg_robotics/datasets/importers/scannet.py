"""ScanNet (Dai et al., CVPR 2017), as its reader exports a .sens file.

color/0.jpg, 1.jpg ...    8-bit colour, usually 1296x968
depth/0.png               16-bit millimetres along z, usually 640x480; 0 is nothing
pose/0.txt                4x4 T_world_cam, OpenCV axes, z up, metres; -inf (or all 0) where tracking was lost
intrinsic/                intrinsic_color.txt, intrinsic_depth.txt (4x4 or 3x3), extrinsic_color.txt,
                          extrinsic_depth.txt (4x4, optional; identity once colour and depth are registered)

scannet_frames_25k has intrinsics_color.txt and intrinsics_depth.txt beside the folders; NICE-SLAM puts all
into frames/. Both are read. Pixel centres are at integers. Lost frames are left out and said.

The poses and the geometry are the depth camera's. Where the colour camera, in the depth's size, agrees with
it to half a pixel, colour files are taken over as they are; else colour is moved into the depth camera's
view: by scaling where there is nothing but two intrinsics, and by depth where the cameras stand apart.
Exports with colour made smaller keep the large picture's intrinsics: such are told by their centre, and the
depth camera's are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from ...errors import BadFile, MissingPath
from ...geometry import Intrinsics, invert
from ..registration import color_in_depth_view
from .reading import has_file, numbered_files, picture_size, read_colors, read_depth_units, read_matrix, rigid
from .recording import ImportOptions, Pictures, Recording

MILLIMETRES = 1000.0
AGREE_PX = 0.5
"""Half a pixel of depth, anywhere in the picture: below it, moving colour gains nothing."""
PARTS = {"color": r"(\d+)\.(?:jpg|jpeg|png)", "depth": r"(\d+)\.png", "pose": r"(\d+)\.txt"}

Colors = Callable[[int, Float32[np.ndarray, "h w"]], UInt8[np.ndarray, "hc wc 3"]]
"""The colours of frame i, given its depth, in the depth camera's view."""


def lacks(path: Path) -> str | None:
    """None for a folder with colour, depth, poses and the depth's intrinsics, else what is missing."""
    home = _home(path)
    for part, pattern in PARTS.items():
        if not has_file(home, pattern, folder=part):
            return f"no {part}/0.{'jpg' if part == 'color' else 'png' if part == 'depth' else 'txt'}"
    return None if _calibration(home, "depth") else "no intrinsic/intrinsic_depth.txt"


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recording, without the frames whose pose was lost."""
    home = _home(path)
    files = {part: numbered_files(home, pattern, folder=part) for part, pattern in PARTS.items()}
    numbers = sorted(set.intersection(*(set(found) for found in files.values())))
    if not numbers:
        raise BadFile(path, "has no frame with color/, depth/ and pose/ files", "Export all three.")
    poses = {number: _pose(files["pose"][number]) for number in numbers}
    kept = [number for number in numbers if poses[number] is not None]
    if not kept:
        raise BadFile(home / "pose", f"all {len(numbers)} poses are lost (-inf)", "Take another recording.")
    colors, depths = ([files[part][number] for number in kept] for part in ("color", "depth"))
    color_size, size = picture_size(colors[0]), picture_size(depths[0])
    camera, camera_said = _depth_camera(home, size, options)
    units = MILLIMETRES if options.depth_unit_m is None else 1 / options.depth_unit_m
    view, in_view, said = _color(home, colors, color_size, camera, options)
    unmatched = len({number for found in files.values() for number in found}) - len(numbers)

    def read_depth(index: int) -> Float32[np.ndarray, "h w"]:
        return read_depth_units(depths[index], size, units)

    def read(index: int) -> Pictures:
        depth_m = read_depth(index)
        rgb = read_colors(colors[index], view) if in_view is None else in_view(index, depth_m)
        return Pictures(rgb, depth_m)

    return [
        Recording(
            T_source_cam=np.stack([T for T in poses.values() if T is not None]),
            intrinsics=view,
            read=read,
            source_up="z",
            frame_names=[str(number) for number in kept],
            read_depth=read_depth,
            color_file=lambda index: colors[index] if in_view is None else None,
            distortion=options.lens,
            said={
                "intrinsics": camera_said,
                "color": said,
                "depth": f"{units:g} units a metre",
                "left_out": {
                    "frames whose pose was lost": len(numbers) - len(kept),
                    "frames without colour, depth or pose": unmatched,
                },
            },
        )
    ]


def _home(path: Path) -> Path:
    return path / "frames" if (path / "frames" / "pose").is_dir() else path


def _calibration(home: Path, camera: str) -> Path | None:
    choices = (home / "intrinsic" / f"intrinsic_{camera}.txt", home / f"intrinsics_{camera}.txt")
    return next((path for path in choices if path.is_file()), None)


def _pose(path: Path) -> Float64[np.ndarray, "4 4"] | None:
    """A pose; None where tracking was lost."""
    T = read_matrix(path, (4, 4), finite=False)
    lost = not np.all(np.isfinite(T)) or not T.any()
    return None if lost else rigid(path, "", T)


def _depth_camera(home: Path, size: tuple[int, int], options: ImportOptions) -> tuple[Intrinsics, str]:
    asked = options.camera(*size)
    if asked is not None:
        return asked, "as was asked"
    path = _calibration(home, "depth")
    if path is None:
        where = home / "intrinsic" / "intrinsic_depth.txt"
        raise MissingPath("intrinsics", where, "Export them, or say them.")
    return Intrinsics.from_opencv(read_matrix(path, (4, 4), (3, 3))[:3, :3], *size), path.name


def _color(
    home: Path, files: list[Path], size: tuple[int, int], depth_camera: Intrinsics, options: ImportOptions
) -> tuple[Intrinsics, Colors | None, str]:
    """The camera of the colours as written, how they get into its view (None: they are), and what to say."""
    as_depth = depth_camera.resized(*size)
    path = _calibration(home, "color")
    if not options.align_color or options.intrinsics is not None or path is None:
        return as_depth, None, "as recorded"
    camera = Intrinsics.from_opencv(read_matrix(path, (4, 4), (3, 3))[:3, :3], *size)
    if not (size[0] / 4 < camera.cx < size[0] * 3 / 4 and size[1] / 4 < camera.cy < size[1] * 3 / 4):
        return as_depth, None, f"as recorded: {path.name} is for larger pictures, so the depth camera's"
    T_color_depth = _extrinsics(home)
    if not np.allclose(T_color_depth, np.eye(4), atol=1e-4):

        def by_depth(index: int, depth_m: Float32[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w 3"]:
            rgb = read_colors(files[index], camera)
            return color_in_depth_view(rgb, camera, depth_m, depth_camera, T_color_depth)

        return depth_camera, by_depth, "moved into the depth camera's view, from beside it"
    if _apart_px(camera.resized(depth_camera.width, depth_camera.height), depth_camera) <= AGREE_PX:
        return as_depth, None, "as recorded"
    return (
        as_depth,
        lambda index, _: _scaled(read_colors(files[index], camera), camera, as_depth),
        ("scaled into the depth camera's view"),
    )


def _extrinsics(home: Path) -> Float64[np.ndarray, "4 4"]:
    """T_color_depth; each file takes points of its camera to what they share."""
    T = {}
    for camera in ("color", "depth"):
        path = home / "intrinsic" / f"extrinsic_{camera}.txt"
        T[camera] = rigid(path, "", read_matrix(path, (4, 4))) if path.is_file() else np.eye(4)
    return invert(T["color"]) @ T["depth"]


def _apart_px(a: Intrinsics, b: Intrinsics) -> float:
    """The farthest that two cameras put one ray apart, within the picture of the second."""
    corners = np.array([[0, 0], [b.width, b.height]], dtype=np.float64)
    rays = b.unproject(corners, np.ones(2))
    return float(np.abs(a.project(rays) - corners).max())


def _scaled(
    rgb: UInt8[np.ndarray, "h w 3"], camera: Intrinsics, wanted: Intrinsics
) -> UInt8[np.ndarray, "h w 3"]:
    """The picture that another camera at the same place sees, read between pixels; its border goes on."""
    u = camera.fx / wanted.fx * (np.arange(wanted.width) + 0.5 - wanted.cx) + camera.cx
    v = camera.fy / wanted.fy * (np.arange(wanted.height) + 0.5 - wanted.cy) + camera.cy
    rows = _read_at(rgb.astype(np.float32), v - 0.5, axis=0)
    return np.rint(_read_at(rows, u - 0.5, axis=1)).astype(np.uint8)


def _read_at(
    picture: Float32[np.ndarray, "h w 3"], at: Float64[np.ndarray, "n"], axis: int
) -> Float32[np.ndarray, "_ _ 3"]:
    """Linear interpolation along one axis at places in pixels, whose centres are integers."""
    at = np.clip(at, 0, picture.shape[axis] - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, picture.shape[axis] - 1)
    share = (at - low).astype(np.float32).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
    near, far = picture.take(low, axis=axis), picture.take(high, axis=axis)
    return near + (far - near) * share
