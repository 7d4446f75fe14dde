"""The files of one frame: arrays, colour images and id images, read with suspicion and written whole.

A file is written under a hidden name and renamed, so a name without a dot always stands for a finished
file; `is_whole` also sees what a full disk or a power cut left behind. Nothing read here can run code,
and no memory is taken before the header's size has been compared with the file's.
"""

from __future__ import annotations

import math
import shutil
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Shaped, UInt8, UInt16
from PIL import Image

from ..errors import BadFile

NPY_MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 10_000
"""NumPy's own limit, asked before so much is read."""
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG_END = b"\xff\xd9"
MAX_TEXT_BYTES = 2**28
COLOR_MODES = ("RGB", "RGBA", "L", "LA", "P")
IMAGE_FORMATS = ("PNG", "JPEG")
"""Told by the contents, whatever the name says. Pillow's other readers stay shut: one starts a program."""
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
"""What Pillow raises for a file that is cut off or not an image."""


def check_file(path: Path) -> None:
    """Raise BadFile for what is no file but a folder, or a pipe that would be waited for."""
    if path.exists() and not path.is_file():
        raise BadFile(path, "is not a file", "Remove it, or put the file there.")


def read_text(path: Path, errors: str = "replace") -> str:
    """A text of a size that one may have; what is not UTF-8 is replaced, or raises with "strict"."""
    check_file(path)
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise BadFile(path, f"has {path.stat().st_size} bytes, more than any recording's text")
    return path.read_text(encoding="utf-8", errors=errors)


def read_npy(path: Path) -> Shaped[np.ndarray, "..."]:
    """The array in a .npy file. Raises BadFile for a pickle, a cut-off file or anything else."""
    check_file(path)
    with path.open("rb") as file:
        shape, dtype = npy_header(path, file)
        expected = math.prod(shape) * dtype.itemsize
        present = path.stat().st_size - file.tell()
        if present != expected:
            raise BadFile(path, f"holds {present} bytes where its header promises {expected}")
        file.seek(0)
        array: np.ndarray = np.load(file, allow_pickle=False)
        return array


def read_rgb(path: Path) -> UInt8[np.ndarray, "h w 3"]:
    """The colours of a PNG or JPEG file. Raises BadFile when it is cut off or not 8 bits a channel."""
    return np.asarray(_open_image(path, COLOR_MODES, lambda image: image.convert("RGB")))


def read_ids(path: Path) -> UInt16[np.ndarray, "h w"]:
    """The ids of a 16-bit (or 8-bit) grey PNG file."""
    ids = np.asarray(_open_image(path, ("I;16", "I", "L"), lambda image: image.copy()))
    if ids.size and not 0 <= ids.min() <= ids.max() <= 65535:
        raise BadFile(path, f"holds values up to {ids.max()}", "16 bits hold 0 to 65535.")
    return ids.astype(np.uint16)


def image_size(path: Path) -> tuple[int, int]:
    """(width, height) of an image file, from its header alone."""
    check_file(path)
    try:
        with Image.open(path, formats=IMAGE_FORMATS) as image:
            return image.size
    except UNREADABLE as error:
        raise BadFile(path, f"is not a readable image ({error})") from error


def write_npy(path: Path, array: Shaped[np.ndarray, "..."]) -> None:
    """Write an array whole or not at all."""
    write_whole(path, lambda file: np.save(file, np.ascontiguousarray(array), allow_pickle=False))


def write_png(
    path: Path,
    image: UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"] | UInt16[np.ndarray, "h w"],
) -> None:
    """Write a colour image, or a grey one of 8 or 16 bits, whole or not at all; fast rather than small.

    Run lengths and Huffman codes take a fifth of the time of Pillow's usual effort; drawn pictures get no
    smaller by more search at this speed, and those of ids shrink to a hundredth.
    """
    picture = Image.fromarray(np.ascontiguousarray(image))
    write_whole(
        path,
        lambda file: picture.save(file, format="PNG", compress_level=1, compress_type=zlib.Z_RLE),
    )


def write_text(path: Path, text: str) -> None:
    """Write text whole or not at all."""
    write_whole(path, lambda file: file.write(text.encode()))


def copy_file(source: Path, path: Path) -> None:
    """Copy a file byte for byte, whole or not at all."""
    with source.open("rb") as original:
        write_whole(path, lambda file: shutil.copyfileobj(original, file))


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file that gets its name only when it is finished."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            write(file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def is_whole(path: Path) -> bool:
    """Whether a .npy, .png or .jpg file is there from its first byte to its last."""
    if not path.is_file():
        return False
    if path.suffix != ".npy":
        end = PNG_END if path.suffix == ".png" else JPEG_END
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - len(end)))
            return file.read() == end
    with path.open("rb") as file:
        try:
            shape, dtype = npy_header(path, file)
        except BadFile:
            return False
        return path.stat().st_size - file.tell() == math.prod(shape) * dtype.itemsize


def npy_header(path: Path, file: BinaryIO | BytesIO) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type that a .npy file, opened at its start, promises; it is then read to its first number."""
    start = file.read(len(NPY_MAGIC))
    file.seek(0)
    if start[:1] == b"\x80":
        raise BadFile(path, "is a Python pickle, which could run code", "Save a plain array with numpy.save.")
    if start != NPY_MAGIC:
        raise BadFile(path, "is not a NumPy array file", "Save a plain array with numpy.save.")
    try:
        version = np.lib.format.read_magic(file)
        length = file.read(2 if version == (1, 0) else 4)
        if int.from_bytes(length, "little") > MAX_HEADER_BYTES:
            raise ValueError("it is too long")
        file.seek(-len(length), 1)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(file)
        if not all(type(side) is int and 0 <= side < 2**48 for side in shape):
            raise ValueError(f"its shape is {shape}")
    except Exception as error:  # a hostile header makes its parser raise nearly anything
        raise BadFile(path, f"has a broken array header ({error})") from error
    if dtype.hasobject:
        raise BadFile(
            path,
            "holds pickled Python objects, which could run code",
            "Save an array of numbers with numpy.save.",
        )
    return shape, dtype


def _open_image(
    path: Path, modes: tuple[str, ...], decode: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    check_file(path)
    try:
        with Image.open(path, formats=IMAGE_FORMATS) as image:
            if image.mode not in modes:
                raise BadFile(path, f"is an image of mode {image.mode}", f"Accepted: {', '.join(modes)}.")
            return decode(image)
    except UNREADABLE as error:
        raise BadFile(path, f"is not a readable image ({error})") from error
