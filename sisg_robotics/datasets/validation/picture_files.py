"""A frame's files, read so that what is wrong with one is named instead of raised."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Shaped
from PIL import Image

from ...errors import BadFile
from ...geometry import Intrinsics
from ..files import (
    COLOR_MODES,
    IMAGE_FORMATS,
    UNREADABLE,
    image_size,
    is_whole,
    npy_header,
    read_ids,
    read_npy,
    read_rgb,
)
from ..pictures import EXTRA, MAX_ASPECT_DIFFERENCE, MAX_MEDIAN_DEPTH_M

MAX_BYTES = 2**28
MAX_PIXELS = 2**26
"""Larger files and images are not opened: no camera makes them."""
PNG_MAGIC, JPEG_MAGIC = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
COLORS = ("rgb", "albedo")
"""Channels that hold colour images."""


class Fault(NamedTuple):
    """What is wrong with one file: its channel, what kind of fault, and the rest of a sentence on it."""

    channel: str
    kind: str
    """unreadable, truncated, size, type; of values: nan, negative, far."""
    problem: str


def read_picture(channel: str, path: Path, camera: Intrinsics | None) -> Shaped[np.ndarray, "..."] | Fault:
    """What a file holds, as it stands there, or what is wrong with it.

    A colour image that is not of its camera's size is not decoded.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            return Fault(
                channel, "size", f"{path.name} has {path.stat().st_size} bytes, more than any picture"
            )
        if path.suffix.lower() == ".npy":
            return read_npy(path)
        width, height = image_size(path)
        if width * height > MAX_PIXELS:
            return Fault(channel, "size", f"{path.name} is {width}x{height}, more than any camera's")
        if channel == "rgb" and camera is not None and (width, height) != (camera.width, camera.height):
            wanted = f"the camera is {camera.width}x{camera.height}"
            return Fault(channel, "size", f"{path.name} is {width}x{height}, but {wanted}")
        return read_rgb(path) if channel in COLORS else read_ids(path)
    except (BadFile, Image.DecompressionBombWarning, MemoryError, *UNREADABLE):
        return _why_unreadable(channel, path)


def depth_fault(path: Path, depth: Shaped[np.ndarray, "..."], camera: Intrinsics | None) -> Fault | None:
    """What is wrong with a depth array, if anything."""
    if depth.ndim != 2 or depth.size == 0:
        return Fault("depth", "size", f"{path.name} has shape {depth.shape} instead of (height, width)")
    height, width = depth.shape
    if camera is not None:
        off = abs(width - height * camera.width / camera.height)
        if off > max(1, MAX_ASPECT_DIFFERENCE * width):
            problem = f"{path.name} is {width}x{height}, but its colours are {camera.width}x{camera.height}"
            return Fault("depth", "size", problem)
    if depth.dtype.kind != "f":
        return Fault("depth", "type", f"{path.name} holds {depth.dtype} instead of float32 metres")
    if not np.isfinite(depth).all():
        bad = depth.size - np.count_nonzero(np.isfinite(depth))
        return Fault("depth", "nan", f"{path.name} has {bad} pixels that are NaN or infinite")
    if depth.min() < 0:
        return Fault("depth", "negative", f"{path.name} has depths down to {depth.min():.3g}")
    if depth.max() > MAX_MEDIAN_DEPTH_M and np.median(depth[depth > 0]) > MAX_MEDIAN_DEPTH_M:
        return Fault("depth", "far", f"{path.name} has a median depth of {np.median(depth[depth > 0]):.0f}")
    return None


def extra_fault(
    channel: str, path: Path, array: Shaped[np.ndarray, "..."], shape: tuple[int, ...] | None
) -> Fault | None:
    """What is wrong with the array of an optional channel, if anything; `shape` is the depth's, if known."""
    dtype, kinds, pixel = EXTRA[channel]
    if array.ndim != 2 + len(pixel) or array.shape[2:] != pixel or (shape and array.shape[:2] != shape):
        wanted = (*(shape or ("height", "width")), *pixel)
        return Fault(channel, "size", f"{path.name} has shape {array.shape} instead of {wanted}")
    if array.dtype.kind not in kinds:
        return Fault(channel, "type", f"{path.name} holds {array.dtype} instead of {np.dtype(dtype)}")
    if channel == "range" and not (np.isfinite(array).all() and (array >= 0).all()):
        return Fault(channel, "nan", f"{path.name} has ranges that are NaN, infinite or negative")
    if channel == "mask" and not np.isin(array, (0, 255)).all():
        return Fault(channel, "type", f"{path.name} holds values other than 0 and 255")
    return None


def _why_unreadable(channel: str, path: Path) -> Fault:
    """Why a file could not be read, from its first and last bytes."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        return Fault(channel, "unreadable", f"{path.name} cannot be opened")
    if not start:
        return Fault(channel, "truncated", f"{path.name} is empty")
    if path.suffix.lower() == ".npy":
        promised = _promised_bytes(path)
        if promised is not None and path.stat().st_size < promised:
            problem = f"{path.name} has {path.stat().st_size} of {promised} bytes"
            return Fault(channel, "truncated", problem)
        return Fault(channel, "unreadable", f"{path.name} is not a plain NumPy array file")
    if start.startswith((PNG_MAGIC, JPEG_MAGIC)) and not is_whole(path):
        return Fault(channel, "truncated", f"{path.name} breaks off before its end")
    try:
        with Image.open(path, formats=IMAGE_FORMATS) as image:
            mode = image.mode
    except (Image.DecompressionBombWarning, *UNREADABLE):
        return Fault(channel, "unreadable", f"{path.name} is not an image")
    accepted = COLOR_MODES if channel in COLORS else ("I;16", "I", "L")
    if mode not in accepted:
        return Fault(channel, "type", f"{path.name} is an image of mode {mode}, not {' or '.join(accepted)}")
    return Fault(channel, "unreadable", f"{path.name} is a damaged image")


def _promised_bytes(path: Path) -> int | None:
    """How large a .npy file of numbers should be by its header; None when it has none that can be read."""
    with path.open("rb") as file:
        try:
            shape, dtype = npy_header(path, file)
        except BadFile:
            return None
        return file.tell() + math.prod(shape) * dtype.itemsize
