"""One frame looked at: each of its files read once, and what the checks need kept as a few numbers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Shaped, UInt8

from ...geometry import Intrinsics
from ..layout import REQUIRED_CHANNELS
from .picture_files import Fault, depth_fault, extra_fault, read_picture
from .recording import Recording

GRID = (12, 16)
"""Rows and columns of the small grey picture that is kept of each frame."""
CLIPPED = 253
"""A colour pixel with all channels at least this is white; 255 less it, black."""
JUST_BELOW = 0.97
"""Depths from this share of the largest one up are just below it."""


class ColorLook(NamedTuple):
    """A colour image in numbers. `digest` stands for its pixels; shares are of all pixels, 0 to 1."""

    digest: bytes
    constant: bool
    white_share: float
    black_share: float
    grid: UInt8[np.ndarray, "12 16"]
    """Means of its cells, green."""


class DepthLook(NamedTuple):
    """A depth image in numbers. Shares are of all pixels; depths those of pixels that have one."""

    digest: bytes
    shape: tuple[int, int]
    valid_share: float
    median_m: float
    max_m: float
    at_max_share: float
    just_below_share: float
    constant: bool


class FrameLook(NamedTuple):
    """A frame in numbers: `color` and `depth` where they could be read, and what is wrong with its files."""

    color: ColorLook | None
    depth: DepthLook | None
    faults: tuple[Fault, ...]


def look_at(recording: Recording, index: int) -> FrameLook:
    """Read frame `index`, every channel that it has."""
    frame, camera = recording.frame_ids[index], recording.cameras[index]
    files = {channel: found[frame] for channel, found in recording.files.items() if frame in found}
    faults: list[Fault] = []
    color = depth = None
    shape: tuple[int, ...] | None = None
    rgb = _read("rgb", files, camera, faults)
    if rgb is not None:
        color = _look_at_color(rgb)
    depth_m = _read("depth", files, camera, faults)
    if depth_m is not None:
        wrong = depth_fault(files["depth"], depth_m, camera)
        if wrong is None:
            depth = _look_at_depth(depth_m)
        else:
            faults.append(wrong)
        shape = None if wrong is not None and wrong.kind == "size" else depth_m.shape
    for channel in files:
        if channel not in REQUIRED_CHANNELS:
            array = _read(channel, files, camera, faults)
            wrong = None if array is None else extra_fault(channel, files[channel], array, shape)
            faults += [] if wrong is None else [wrong]
    return FrameLook(color, depth, tuple(faults))


def _read(
    channel: str, files: dict[str, Path], camera: Intrinsics | None, faults: list[Fault]
) -> Shaped[np.ndarray, "..."] | None:
    if channel not in files:
        return None
    read = read_picture(channel, files[channel], camera)
    if isinstance(read, Fault):
        faults.append(read)
        return None
    return read


def _look_at_color(rgb: UInt8[np.ndarray, "h w 3"]) -> ColorLook:
    few = rgb[::4, ::4]
    rows, columns = GRID
    high, wide = (max(1, size // cells) for size, cells in zip(rgb.shape, GRID, strict=False))
    green = np.resize(rgb[: high * rows, : wide * columns, 1], (high * rows, wide * columns))
    return ColorLook(
        digest=_digest(rgb),
        constant=bool((rgb[0, 0] == few).all() and (rgb[0, 0] == rgb).all()),
        white_share=float((few.min(axis=2) >= CLIPPED).mean()),
        black_share=float((few.max(axis=2) <= 255 - CLIPPED).mean()),
        grid=green.reshape(rows, high, columns, wide).mean(axis=(1, 3), dtype=np.float32).astype(np.uint8),
    )


def _look_at_depth(depth_m: Shaped[np.ndarray, "h w"]) -> DepthLook:
    seen = int(np.count_nonzero(depth_m))
    largest = depth_m.max()
    few = depth_m[::4, ::4]
    few = few[few > 0] if (few > 0).any() else depth_m[depth_m > 0]
    at_max = int(np.count_nonzero(depth_m == largest)) if seen else 0
    close = int(np.count_nonzero(depth_m >= JUST_BELOW * largest)) - at_max if seen else 0
    return DepthLook(
        digest=_digest(depth_m),
        shape=depth_m.shape,
        valid_share=seen / depth_m.size,
        median_m=float(np.median(few)) if seen else 0.0,
        max_m=float(largest),
        at_max_share=at_max / depth_m.size,
        just_below_share=close / depth_m.size,
        constant=seen > 1 and at_max == seen,
    )


def _digest(array: np.ndarray) -> bytes:
    content = hashlib.blake2b(np.ascontiguousarray(array).data, digest_size=16)
    content.update(str((array.shape, array.dtype.str)).encode())
    return content.digest()
