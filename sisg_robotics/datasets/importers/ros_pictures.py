"""Pictures of ROS messages: sensor_msgs/Image as it is, and CompressedImage as JPEG or PNG.

colour                    rgb8, bgr8, rgba8, bgra8, 8UC3 and 8UC4 (blue first, as OpenCV's), mono8, 8UC1,
                          yuv422 (UYVY) and yuv422_yuy2 (YUYV), by BT.601; Bayer patterns are refused
depth                     16UC1 and mono16: millimetres, 0 is nothing; 32FC1: metres, NaN is nothing (REP 118)
rows                      may be padded (step) and either byte first (is_bigendian)
JPEG and PNG              told by their contents; a 16-bit PNG is depth
compressedDepth           12 bytes (a number, and A and B), then a 16-bit PNG: of 16UC1 the millimetres; of
                          32FC1 q, whose depth is A / (q - B); RVL is refused

Sizes are checked against the bytes that are there, and those of packed pictures before they are unpacked.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped, UInt8
from PIL import Image

from ..files import COLOR_MODES, IMAGE_FORMATS, UNREADABLE
from .reading import DEPTH_MODES, MAX_PIXELS

COLORS = {
    "rgb8": (0, 1, 2),
    "bgr8": (2, 1, 0),
    "rgba8": (0, 1, 2, 3),
    "bgra8": (2, 1, 0, 3),
    "8UC3": (2, 1, 0),
    "8UC4": (2, 1, 0, 3),
    "mono8": (0, 0, 0),
    "8UC1": (0, 0, 0),
}
"""Where red, green and blue (and what is beyond them) lie among a pixel's bytes."""
YUV = {"yuv422": (1, 0, 2), "uyvy": (1, 0, 2), "yuv422_yuy2": (0, 1, 3), "yuyv": (0, 1, 3)}
"""Where the first brightness, and both colours, lie in four bytes of two pixels."""
DEPTHS = {"16UC1": "u2", "mono16": "u2", "32FC1": "f4"}
MONO = ("mono8", "8UC1")
UNIT_M = {"16UC1": 1e-3, "mono16": 1e-3, "32FC1": 1.0}
COMPRESSED_DEPTH_START = struct.Struct("<iff")
SMALLEST_STEP = 1e-6


class UnreadablePicture(Exception):
    """What is wrong with a picture and what to do, for a sentence that names its file and topic."""

    def __init__(self, problem: str, remedy: str = "Leave it out, or record it anew.") -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy


def encoding_of(message: Any) -> str:
    """The encoding of a picture's pixels, as ROS names them: of a packed one, of what is in it."""
    if not hasattr(message, "format"):
        return str(message.encoding)
    said = message.format.split(";")[0].strip()
    if is_compressed_depth(message):
        return said if said in DEPTHS else "16UC1"
    mode = _header(_packed(message))[1]
    if mode in DEPTH_MODES:
        return "16UC1"
    return "mono8" if mode == "L" else "rgb8"


def size_of(message: Any) -> tuple[int, int]:
    """(width, height) of a picture, unpacked or not."""
    if not hasattr(message, "format"):
        return int(message.width), int(message.height)
    return _header(_packed(message))[0]


def is_compressed_depth(message: Any) -> bool:
    """Whether a packed picture is of the transport compressedDepth."""
    return "compressedDepth" in message.format


def colors_of(message: Any) -> UInt8[np.ndarray, "h w 3"]:
    """The colours of a message."""
    if hasattr(message, "format"):
        return _unpacked(_packed(message), COLOR_MODES, "RGB")
    if message.encoding in YUV:
        return _yuv(message)
    order = COLORS.get(message.encoding)
    if order is None:
        problem = f"has pictures of the encoding {message.encoding[:40]!r}"
        remedy = f"Read are {', '.join((*COLORS, *YUV))}; turn them into one of these (image_proc)."
        raise UnreadablePicture(problem, remedy)
    channels = 1 if message.encoding in MONO else len(order)
    return np.ascontiguousarray(_pixels(message, "u1", channels)[..., list(order[:3])])


def depth_of(message: Any, unit_m: float | None = None) -> Float32[np.ndarray, "h w"]:
    """The depth of a message, metres, 0 where there is none. `unit_m` is believed before the encoding."""
    encoding = encoding_of(message)
    if encoding not in DEPTHS:
        problem = f"has pictures of the encoding {encoding[:40]!r}, which are no depth"
        raise UnreadablePicture(problem, f"Read are {', '.join(DEPTHS)}.")
    if not hasattr(message, "format"):
        units = _pixels(message, DEPTHS[encoding], 1)[..., 0].astype(np.float64)
    else:
        units = _unpacked(_packed(message), DEPTH_MODES, None).astype(np.float64)
        if encoding == "32FC1":
            _, a, b = COMPRESSED_DEPTH_START.unpack_from(bytes(message.data[: COMPRESSED_DEPTH_START.size]))
            step = np.where((units > 0) & (units - b > SMALLEST_STEP), units - b, np.inf)
            units = a / step
    with np.errstate(over="ignore", invalid="ignore"):
        depth_m = (units * (UNIT_M[encoding] if unit_m is None else unit_m)).astype(np.float32)
    depth_m[~np.isfinite(depth_m) | (depth_m < 0)] = 0
    return depth_m


def check_size(picture: Shaped[np.ndarray, "h w *c"], size: tuple[int, int]) -> Shaped[np.ndarray, "h w *c"]:
    """The picture, if it has the size (width, height) of its topic's first."""
    if picture.shape[1::-1] != size:
        width, height = picture.shape[1::-1]
        raise UnreadablePicture(f"is {width}x{height}, but the first picture is {size[0]}x{size[1]}")
    return picture


def _pixels(message: Any, number: str, channels: int) -> Shaped[np.ndarray, "h w c"]:
    """The numbers of an unpacked picture, its padding left out."""
    width, height, step = int(message.width), int(message.height), int(message.step)
    dtype = np.dtype(number).newbyteorder(">" if message.is_bigendian else "<")
    row = width * channels * dtype.itemsize
    if not 0 < width * height <= MAX_PIXELS:
        raise UnreadablePicture(f"is {width}x{height}, more than is read here, or nothing")
    if step < row or len(message.data) < step * (height - 1) + row:
        problem = f"has {len(message.data)} bytes, too few for {width}x{height} of {message.encoding[:40]}"
        raise UnreadablePicture(problem)
    data = np.ascontiguousarray(message.data)
    strides = (step, channels * dtype.itemsize, dtype.itemsize)
    return np.ndarray((height, width, channels), dtype, data.data, strides=strides)


def _yuv(message: Any) -> UInt8[np.ndarray, "h w 3"]:
    """Pairs of pixels that share their colour; video range (16 to 235), as ITU-R BT.601 says."""
    if message.width % 2:
        raise UnreadablePicture(f"is {message.width} wide, but {message.encoding} has pairs of pixels")
    pixels = _pixels(message, "u1", 2)
    pairs = pixels.reshape(len(pixels), -1, 4).astype(np.float32)
    first, blue, red = YUV[message.encoding]
    y = 1.164383 * (pairs[..., [first, first + 2]] - 16)  # (h, w/2, 2)
    u, v = (pairs[..., at, None] - 128 for at in (blue, red))
    rgb = np.stack([y + 1.596027 * v, y - 0.391762 * u - 0.812968 * v, y + 2.017232 * u], axis=-1)
    return np.rint(np.clip(rgb, 0, 255)).astype(np.uint8).reshape(len(pixels), -1, 3)


def _packed(message: Any) -> bytes:
    """The JPEG or PNG of a packed picture."""
    data = bytes(message.data)
    if not is_compressed_depth(message):
        return data
    if "rvl" in message.format.lower():
        raise UnreadablePicture("has depth packed by RVL", "Record it raw, or with png.")
    if len(data) < COMPRESSED_DEPTH_START.size:
        raise UnreadablePicture("has depth of no bytes")
    return data[COMPRESSED_DEPTH_START.size :]


def _header(data: bytes) -> tuple[tuple[int, int], str]:
    """Size and mode of a packed picture, from its header alone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # refused below, in a sentence
            with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as image:
                size, mode = image.size, image.mode
    except UNREADABLE as error:
        raise UnreadablePicture(f"has a picture that is neither JPEG nor PNG ({error})") from error
    if size[0] * size[1] > MAX_PIXELS:
        raise UnreadablePicture(f"is {size[0]}x{size[1]}, more than is read here")
    return size, mode


def _unpacked(data: bytes, modes: tuple[str, ...], wanted: str | None) -> Shaped[np.ndarray, "h w *c"]:
    """The numbers of a packed picture, in the mode wanted."""
    mode = _header(data)[1]
    if mode not in modes:
        raise UnreadablePicture(f"has a picture of mode {mode}", f"Accepted: {', '.join(modes)}.")
    try:
        with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as image:
            return np.asarray(image if wanted is None else image.convert(wanted))
    except UNREADABLE as error:
        raise UnreadablePicture(f"has a picture that is damaged ({error})") from error
