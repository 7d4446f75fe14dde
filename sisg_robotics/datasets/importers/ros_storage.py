"""The files of a bag, and what each gives: its messages in its order, and any of them again.

A bag is one .db3, .mcap or .bag file, or a folder of them with a metadata.yaml, of which only the list of
files is read (as plain text values: no tags, no merging), and whose names must stay in the folder. A folder
without one is read where its files are of one recording: bag_0.mcap, bag_1.mcap.

Nothing is taken from a file before its size is known to be sane: a message or a chunk has at most
MAX_MESSAGE_BYTES, and all that a file unpacks to at most EXPANSION times its size.
"""

from __future__ import annotations

import bz2
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import BadFile
from .reading import Inside

MAX_MESSAGE_BYTES = 2**28
"""A picture of 8192 x 8192 in three colours takes three quarters of it."""
EXPANSION = 200
SPARE_BYTES = 2**30
"""What a file may always unpack to, however small it is."""
MAX_METADATA_BYTES = 2**19
METADATA_KEY = "rosbag2_bagfile_information"
SUFFIXES = (".mcap", ".db3", ".bag")
ZSTD_START = b"\x28\xb5\x2f\xfd"
LATEST_NS = 2**62
"""The year 2116; the difference of two stamps below it fits 64 bits."""
KEPT_CHUNKS = 2
"""Colour and depth of a frame often lie in neighbouring chunks."""
START_BYTES = 16
"""Enough of a message for its stamp."""


class Topic(NamedTuple):
    """A topic as a file lists it. `encoding` is how its messages are written: cdr is ROS 2's."""

    name: str
    type: str
    encoding: str = "cdr"


class Place(NamedTuple):
    """Where a message lies: its bytes in a chunk (or, with chunk -1, in the file), or its row in a table."""

    chunk: int
    at: int
    length: int


class Entry(NamedTuple):
    """A message in passing: when it was received, where it lies, and its start, or all of it if asked."""

    topic: Topic
    receive_ns: int
    place: Place
    data: bytes


def bag_files(path: Path) -> list[Path]:
    """The files of a bag. Raises BadFile where one is missing, leads outside, or cannot be read here."""
    if path.is_file():
        found = [path]
    elif (path / "metadata.yaml").is_file():
        found = _listed(path / "metadata.yaml")
    else:
        inside = Inside(path)
        found = [inside(name) for name in sorted(at.name for at in path.iterdir() if at.suffix in SUFFIXES)]
        if len({re.sub(r"_\d+$", "", at.stem) for at in found}) > 1:
            problem = f"holds several bags ({', '.join(at.name for at in found[:5])}) and no metadata.yaml"
            raise BadFile(path, problem, "Give one of the files.")
    for at in found:
        if at.suffix in (".zstd", ".zst"):
            remedy = f"Run: zstd -d {at.name}, and give the file that it makes."
            raise BadFile(at, "is packed as a whole", remedy)
        if at.suffix not in SUFFIXES:
            raise BadFile(at, "is no file of a bag", f"Such files end in {' or '.join(SUFFIXES)}.")
        if not at.is_file():
            raise BadFile(at, "is not there, but metadata.yaml lists it", "Copy the whole folder.")
    if not found:
        raise BadFile(path, "has no .mcap, .db3 or .bag file", "Give the folder of a bag.")
    return found


class Unpacked:
    """How much a file has unpacked to so far."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.most = SPARE_BYTES + EXPANSION * size
        self.total = 0

    def add(self, length: int) -> None:
        """Count a chunk. Raises BadFile when it is too much."""
        self.total += length
        if self.total > self.most:
            problem = f"unpacks to over {EXPANSION} times its size"
            raise BadFile(self.path, problem, "Give a recording that was not made to fill memory.")


class KeptChunks:
    """The last chunks that were unpacked, since the next frame lies in them too."""

    def __init__(self) -> None:
        self._chunks: dict[int, bytes] = {}

    def get(self, at: int, unpack: Callable[[int], bytes]) -> bytes:
        """The chunk at a place of the file."""
        if at not in self._chunks:
            while len(self._chunks) >= KEPT_CHUNKS:
                del self._chunks[next(iter(self._chunks))]
            self._chunks[at] = unpack(at)
        return self._chunks[at]


def check_length(path: Path, length: int, what: str) -> None:
    """Refuse what is larger than a message can sanely be."""
    if length > MAX_MESSAGE_BYTES:
        raise BadFile(path, f"has {what} of {length} bytes, more than is read here", "Record it anew.")


def inflate(path: Path, kind: str, data: bytes, size: int | None = None) -> bytes:
    """What was packed by "zstd", "lz4" or "bz2": exactly `size` bytes, or at most MAX_MESSAGE_BYTES.

    Never more memory is taken than that. Raises BadFile for anything else.
    """
    if kind == "zstd":
        machine: Any = _zstd().ZstdDecompressor()
    elif kind == "lz4":
        from lz4.frame import LZ4FrameDecompressor

        machine = LZ4FrameDecompressor()
    elif kind == "bz2":
        machine = bz2.BZ2Decompressor()
    else:
        raise BadFile(path, f"is packed by {kind[:20]!r}", "zstd, lz4 and bz2 are read.")
    most = MAX_MESSAGE_BYTES if size is None else size
    try:
        out: bytes = machine.decompress(data, most + 1)
        while not machine.eof and not machine.needs_input and len(out) <= most:
            out += machine.decompress(b"", most + 1 - len(out))
    except Exception as error:  # each library has errors of its own, and memory may run out
        raise BadFile(path, f"holds packed bytes that cannot be unpacked ({error})") from error
    if len(out) > most or not machine.eof or (size is not None and len(out) != size):
        raise BadFile(path, f"holds packed bytes that do not unpack to the {most} that it promises")
    return out


def plain(path: Path, data: bytes) -> bytes:
    """A message as it was sent: rosbag2 can pack each by itself (compression_mode: message)."""
    return inflate(path, "zstd", data) if data[:4] == ZSTD_START else data


def _zstd() -> Any:
    try:
        from compression import zstd
    except ImportError:  # before Python 3.14
        from backports import zstd
    return zstd


def _listed(path: Path) -> list[Path]:
    """The files that a metadata.yaml lists."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if path.stat().st_size > MAX_METADATA_BYTES:
        raise BadFile(path, f"has more than {MAX_METADATA_BYTES // 2**10} KiB", "Give the bag's files.")
    try:
        text = path.read_text(encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # names given twice
            document = YAML(typ="base", pure=True).load(text)  # texts, lists and mappings, nothing else
        names = document[METADATA_KEY]["relative_file_paths"]
    except (YAMLError, RecursionError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"is not a bag's metadata ({type(error).__name__})"
        raise BadFile(path, problem, "Give one of the bag's files itself.") from error
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise BadFile(path, "lists no files under relative_file_paths", "Give one of the bag's files itself.")
    inside = Inside(path.parent)
    return [inside(name, said_in=path) for name in dict.fromkeys(names)]
