"""One frame's pictures, checked against its camera and against each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from ..errors import BadFile
from ..geometry import Intrinsics
from .files import image_size, read_ids, read_npy, read_rgb

MAX_ASPECT_DIFFERENCE = 0.02
"""Depth is the colour image's view in another size, so their shapes agree but for rounding."""
MAX_MEDIAN_DEPTH_M = 100.0
"""No depth camera sees farther; a median beyond it is millimetres."""


def check_size(path: Path, camera: Intrinsics) -> None:
    """Raise BadFile when a colour image is not of its camera's size."""
    width, height = image_size(path)
    if (width, height) != (camera.width, camera.height):
        problem = f"is {width}x{height}, but the intrinsics are for {camera.width}x{camera.height}"
        raise BadFile(path, problem, "Give the intrinsics of these images.")


def read_color(path: Path, camera: Intrinsics) -> UInt8[np.ndarray, "h w 3"]:
    """A colour image of the camera's size."""
    check_size(path, camera)
    return read_rgb(path)


def read_depth(path: Path, camera: Intrinsics) -> Float32[np.ndarray, "h w"]:
    """A depth image of the camera's view, in metres, 0 where nothing was seen."""
    depth = read_npy(path)
    if depth.ndim != 2 or depth.size == 0:
        raise BadFile(path, f"has shape {depth.shape}, but depth is (height, width)")
    height, width = depth.shape
    if abs(width - height * camera.width / camera.height) > max(1, MAX_ASPECT_DIFFERENCE * width):
        problem = (
            f"is {width}x{height} and its colours are {camera.width}x{camera.height}, so not of one view"
        )
        raise BadFile(path, problem, "Crop or register one to the other.")
    if depth.dtype.kind != "f":
        remedy = "Write float32 metres; divide millimetres by 1000."
        raise BadFile(path, f"holds {depth.dtype}, but depth is float32 metres", remedy)
    if not np.all(np.isfinite(depth)):
        raise BadFile(path, "has NaN or infinite depths", "Write 0 where nothing was seen.")
    if depth.min() < 0:
        raise BadFile(path, f"has negative depths ({depth.min():.3g})", "Write 0 where nothing was seen.")
    if depth.max() > MAX_MEDIAN_DEPTH_M and np.median(depth[depth > 0]) > MAX_MEDIAN_DEPTH_M:
        median = np.median(depth[depth > 0])
        problem = f"has a median depth of {median:.0f}, so it looks like millimetres, not metres"
        raise BadFile(path, problem, "Divide by 1000 and write it again.")
    return depth.astype(np.float32, copy=False)


EXTRA: Mapping[str, tuple[type[np.generic], str, tuple[int, ...]]] = {
    "semantic": (np.int32, "iu", ()),
    "instance": (np.uint16, "iu", ()),
    "normal": (np.float16, "f", (3,)),
    "range": (np.float32, "f", ()),
    "albedo": (np.uint8, "u", (3,)),
    "mask": (np.bool_, "u", ()),
    "flow": (np.float32, "f", (2,)),
}
"""Type in memory, kinds accepted in the file, and shape of a pixel."""


def read_extra(channel: str, path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """An optional channel's picture, which must fit the depth of its frame."""
    dtype, kinds, pixel = EXTRA[channel]
    array = read_npy(path) if path.suffix == ".npy" else read_rgb(path) if pixel else read_ids(path)
    if array.shape != (*shape, *pixel):
        wanted = (*shape, *pixel)
        raise BadFile(path, f"has shape {array.shape}, but the depth of that frame asks for {wanted}")
    if array.dtype.kind not in kinds:
        raise BadFile(path, f"holds {array.dtype}", f"Write {np.dtype(dtype)}.")
    if channel == "mask" and not np.isin(array, (0, 255)).all():
        raise BadFile(path, f"holds values between 0 and {array.max()}", "A mask is 0 or 255.")
    if channel == "range" and not (np.isfinite(array).all() and (array >= 0).all()):
        raise BadFile(path, "has NaN, infinite or negative ranges", "Write 0 where nothing was seen.")
    return array.astype(dtype, copy=False)
