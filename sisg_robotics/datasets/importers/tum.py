"""TUM RGB-D (Sturm et al., IROS 2012), and other recordings in its layout.

rgb.txt, depth.txt        a line a picture: stamp in seconds, file; # begins a comment
groundtruth.txt           a line a pose of the colour camera: stamp tx ty tz qx qy qz qw, metres, OpenCV axes,
                          in the motion capture's world, z up
rgb/*.png                 8-bit colour
depth/*.png               16-bit, 5000 a metre along z, 0 means no return; registered to the colour pictures

Nothing was taken at one moment: colour and depth are paired by their stamps, at most 0.02 s apart, closest
first, as the published associate.py does. A frame has the pose and the stamp of its depth picture, since that
is what geometry comes from; the pose is interpolated between two of the ground truth, or is the nearest.
Pictures without a partner or a pose are left out and counted.

No file says the camera. The published ones, lens included, are taken where the folder's name, or the name of
the bag in the comments of rgb.txt, says which (freiburg1, 2, 3); the pictures of 1 and 2 are bent. They count
pixel centres at integers. Other recordings need `intrinsics`.
"""

from __future__ import annotations

import re
from array import array
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ...errors import BadFile, BadValue
from ...geometry import Distortion, Intrinsics
from ..poses import QUATERNION_TOLERANCE
from .reading import LARGEST_M, Inside, lines, picture_size, read_colors, read_depth_units
from .recording import ImportOptions, Pictures, Recording
from .stamps import associate, poses_at, stamp_ns

UNITS_PER_M = 5000.0
PUBLISHED = {
    "1": (517.3, 516.5, 318.6, 255.3, Distortion(0.2624, -0.9531, -0.0054, 0.0026, 1.1633)),
    "2": (520.9, 521.0, 325.1, 249.7, Distortion(0.2312, -0.7849, -0.0033, -0.0001, 0.9172)),
    "3": (535.4, 539.2, 320.1, 247.6, None),
}
"""fx, fy, cx, cy at 640x480 with pixel centres at integers, and the lens; the third's is straightened."""
COMMENT_BYTES = 500
LISTS = ("rgb.txt", "depth.txt", "groundtruth.txt")


def lacks(path: Path) -> str | None:
    """None for a folder with the three lists, else which are missing."""
    missing = [name for name in LISTS if not (path / name).is_file()]
    return f"no {', '.join(missing)}" if missing else None


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recording, its pictures paired."""
    color_ns, colors = _pictures(path, "rgb.txt")
    depth_ns, depths = _pictures(path, "depth.txt")
    most_ns = round(options.max_stamp_difference_s * 1e9)
    pairs = associate(color_ns, depth_ns, most_ns)
    known_ns, p_m, quat_xyzw = _ground_truth(path / "groundtruth.txt")
    T, there = poses_at(
        depth_ns[pairs[:, 1]],
        known_ns,
        p_m,
        quat_xyzw,
        max_difference_ns=most_ns,
        interpolate=options.interpolate_poses,
    )
    kept = pairs[there].tolist()
    if not kept:
        problem = f"has no colour, depth and pose within {options.max_stamp_difference_s:g} s of each other"
        raise BadFile(path, problem, "Check that the three lists use one clock.")
    size = picture_size(colors[kept[0][0]])
    depth_size = picture_size(depths[kept[0][1]])
    camera, lens, said = _camera(path, size, options)
    units = UNITS_PER_M if options.depth_unit_m is None else 1 / options.depth_unit_m

    def read_depth(index: int) -> Float32[np.ndarray, "h w"]:
        return read_depth_units(depths[kept[index][1]], depth_size, units)

    return [
        Recording(
            T_source_cam=T[there],
            intrinsics=camera,
            read=lambda index: Pictures(read_colors(colors[kept[index][0]], camera), read_depth(index)),
            source_up="z",
            frame_names=[colors[color].stem for color, _ in kept],
            read_depth=read_depth,
            color_file=lambda index: colors[kept[index][0]],
            distortion=lens,
            stamps_ns=depth_ns[[depth for _, depth in kept]].tolist(),
            said={
                "intrinsics": said,
                "depth": f"{units:g} units a metre",
                "poses": "interpolated" if options.interpolate_poses else "the nearest",
                "left_out": {
                    "colour pictures without a depth picture": len(colors) - len(pairs),
                    "depth pictures without a colour picture": len(depths) - len(pairs),
                    "pairs without a pose": len(pairs) - len(kept),
                },
            },
        )
    ]


def _pictures(path: Path, name: str) -> tuple[Int64[np.ndarray, "n"], list[Path]]:
    """Stamps and files of a list, sorted by stamp."""
    inside, found = Inside(path), {}
    for number, words in lines(path / name):
        if len(words) != 2:
            raise BadFile(path / name, f"line {number} is not a stamp and a file name")
        stamp = stamp_ns(path / name, number, words[0])
        if stamp in found:
            raise BadFile(path / name, f"line {number} repeats the stamp {words[0]}", "Keep one.")
        found[stamp] = inside(words[1], said_in=path / name)
    ordered = sorted(found)
    return np.array(ordered, dtype=np.int64), [found[stamp] for stamp in ordered]


def _ground_truth(
    path: Path,
) -> tuple[Int64[np.ndarray, "n"], Float64[np.ndarray, "n 3"], Float64[np.ndarray, "n 4"]]:
    """Stamps, positions and rotations, sorted by stamp; of those with one stamp the first."""
    stamps, places, values, wanted = array("q"), array("q"), array("d"), "stamp tx ty tz qx qy qz qw"
    for number, words in lines(path):
        if len(words) != 8:
            raise BadFile(path, f"line {number} has {len(words)} words, but a pose is {wanted}")
        stamps.append(stamp_ns(path, number, words[0]))
        places.append(number)
        try:
            values.extend(map(float, words[1:]))
        except ValueError as error:
            raise BadFile(path, f"line {number} is not all numbers", f"A pose is {wanted}.") from error
    if not stamps:
        raise BadFile(path, "has no pose", f"A pose is {wanted}.")
    rows = np.array(values).reshape(-1, 7)
    unfit = ~(np.abs(rows) < LARGEST_M).all(axis=1)
    if unfit.any():
        raise BadFile(path, f"line {places[int(unfit.argmax())]} has a value that is no metres or quaternion")
    length = np.linalg.norm(rows[:, 3:], axis=1)
    worst = int(np.abs(length - 1).argmax())
    if abs(length[worst] - 1) > QUATERNION_TOLERANCE:
        problem = f"line {places[worst]} has a quaternion of length {length[worst]:.4g}"
        raise BadFile(path, problem, f"The order is {wanted}.")
    known_ns, first = np.unique(np.array(stamps, dtype=np.int64), return_index=True)
    return known_ns, rows[first, :3], rows[first, 3:]


def _camera(
    path: Path, size: tuple[int, int], options: ImportOptions
) -> tuple[Intrinsics, Distortion | None, str]:
    asked = options.camera(*size)
    if asked is not None:
        return asked, options.lens, "as was asked"
    with (path / "rgb.txt").open("rb") as file:
        comments = [
            line for line in file.read(COMMENT_BYTES).decode(errors="replace").splitlines() if line[:1] == "#"
        ]
    named = re.search(r"(?:freiburg|fr)([123])(?!\d)", "\n".join([path.resolve().name, *comments]))
    if named is None or size[0] * 480 != size[1] * 640:
        accepted = (
            "given: no list says the camera, and neither the folder nor rgb.txt names freiburg1, 2 or 3"
        )
        raise BadValue("intrinsics", None, accepted)
    fx, fy, cx, cy, lens = PUBLISHED[named[1]]
    K = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    camera = Intrinsics.from_opencv(K, 640, 480).resized(*size)
    return camera, options.lens or lens, f"the published ones of freiburg{named[1]}"
