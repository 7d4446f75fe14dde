"""Arrays in foreign .npz and HDF5 files, read slice by slice, never more than is asked for.

Nothing in them is unpickled by Python: dictionaries, which numpy.save and numpy.savez pickle, are read by
plain_pickle.py.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped

from ...errors import BadFile
from ..files import MAX_HEADER_BYTES, NPY_MAGIC, npy_header
from .plain_pickle import read_pickle

MAX_SLICE_BYTES = 2**28
"""What is read at once: 8192 x 8192 pixels of float32."""
MAX_VALUE_BYTES = 2**24
"""Of a dictionary: a moment of a robot, or the labels of ten thousand things."""
MAX_MEMBERS = 10_000
OBJECTS = re.compile(rb"'descr': *'\|O8?'")
SUFFIXES = (".npz", ".h5", ".hdf5")
DAMAGE = (
    OSError, RuntimeError, ValueError, KeyError, EOFError, MemoryError, OverflowError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What zipfile and h5py raise for a file that was cut or changed."""


class Held(NamedTuple):
    """An array of numbers in a file."""

    shape: tuple[int, ...]
    dtype: np.dtype


class ArrayFile:
    """The arrays of one file by their names; folders of names are parted by /. Use it in a `with`."""

    path: Path
    arrays: Mapping[str, Held]
    values: Collection[str]
    """The names of what is no array of numbers, but may be a plain value."""

    def read(self, name: str, index: tuple[int, ...] = ()) -> Shaped[np.ndarray, "..."]:
        """The array of that name, or the part of it at the index of its first axes.

        Raises BadFile where it is damaged, or larger than MAX_SLICE_BYTES.
        """
        held = self.arrays[name]
        shape = held.shape[len(index) :]
        size = math.prod(shape) * held.dtype.itemsize
        if size > MAX_SLICE_BYTES:
            raise BadFile(self.path, f"has {size} bytes in {name!r}, more than is read at once")
        try:
            return self._read(name, index)
        except DAMAGE as error:
            raise BadFile(self.path, f"cannot be read at {name!r} ({str(error)[:200]})") from error

    def value(self, name: str) -> Any:
        """The plain value of that name, a dictionary as a rule; None where there is none."""
        raise NotImplementedError

    def _read(self, name: str, index: tuple[int, ...]) -> Shaped[np.ndarray, "..."]:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file."""
        raise NotImplementedError

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_arrays(path: Path) -> ArrayFile:
    """An .npz or .h5 file. Raises BadFile for one that is not."""
    if not path.is_file():
        raise BadFile(path, "is not there", "Add it.")
    from .hdf5_file import Hdf5File

    try:
        return NpzFile(path) if path.suffix == ".npz" else Hdf5File(path)
    except DAMAGE as error:
        kind = ".npz" if path.suffix == ".npz" else "HDF5"
        raise BadFile(path, f"is not a readable {kind} file ({str(error)[:200]})") from error


def read_npy_value(path: Path) -> Any:
    """The plain value, a dictionary as a rule, that numpy.save wrote as a pickle in a .npy file."""
    if not path.is_file():
        raise BadFile(path, "is not there", "Add it.")
    if path.stat().st_size > MAX_VALUE_BYTES:
        raise BadFile(path, f"has more than {MAX_VALUE_BYTES // 2**20} MiB, which no state of a robot has")
    value = _value(path, path.read_bytes())
    if value is None:
        raise BadFile(path, "holds no dictionary", "It should be as numpy.save writes one.")
    return value


class NpzFile(ArrayFile):
    """A zip of .npy files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = zipfile.ZipFile(path)
        try:
            infos = self._zip.infolist()
            if len(infos) > MAX_MEMBERS:
                raise ValueError(f"{len(infos)} members")
            self._infos = {info.filename[:-4]: info for info in infos if info.filename.endswith(".npy")}
            self._starts: dict[str, int] = {}
            self.arrays = {name: held for name in self._infos if (held := self._header(name)) is not None}
            self.values = self._infos.keys() - self.arrays.keys()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:  # noqa: D102
        self._zip.close()

    def value(self, name: str) -> Any:  # noqa: D102
        if name not in self.values:
            return None
        try:
            with self._open(name) as member:
                data = member.read(MAX_VALUE_BYTES + 1)
        except DAMAGE as error:
            raise BadFile(self.path, f"cannot be read at {name!r} ({str(error)[:200]})") from error
        if len(data) > MAX_VALUE_BYTES:
            raise BadFile(self.path, f"has more than {MAX_VALUE_BYTES // 2**20} MiB in {name!r}")
        return _value(self.path, data)

    def _open(self, name: str) -> zipfile.ZipExtFile:
        info = self._infos[name]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"packed by method {info.compress_type}")
        opened = self._zip.open(info)
        assert isinstance(opened, zipfile.ZipExtFile)
        return opened

    def _header(self, name: str) -> Held | None:
        """Shape and type of a member; None where it holds objects."""
        with self._open(name) as member:
            data = member.read(MAX_HEADER_BYTES + 12)
        if OBJECTS.search(data[:128]):
            return None
        start = io.BytesIO(data)
        shape, dtype = npy_header(self.path / f"{name}.npy", start)
        self._starts[name] = start.tell()
        return Held(shape, dtype)

    def _read(self, name: str, index: tuple[int, ...]) -> Shaped[np.ndarray, "..."]:
        held = self.arrays[name]
        shape, place = held.shape[len(index) :], 0
        for at, side in zip(index, held.shape, strict=False):
            place = place * side + at
        size = math.prod(shape) * held.dtype.itemsize
        with self._open(name) as member:
            fortran = b"'fortran_order': True" in member.read(self._starts[name])
            if fortran and index:
                raise ValueError("it is in Fortran's order, so a frame is all over it")
            member.seek(self._starts[name] + place * size)
            data = member.read(size)
        if len(data) != size:
            raise ValueError(f"{len(data)} bytes of {size}")
        return np.ndarray(shape, held.dtype, buffer=data, order="F" if fortran else "C")


def _value(path: Path, data: bytes) -> Any:
    """The value in .npy bytes that hold objects; None where they hold an array."""
    if data[: len(NPY_MAGIC)] != NPY_MAGIC:
        raise BadFile(path, "is not a NumPy array file", "Save it with numpy.save.")
    head = 10 if data[6:7] == b"\x01" else 12
    start = head + int.from_bytes(data[8:head], "little")
    if not OBJECTS.search(data[:128]):
        return None
    return read_pickle(path, data[start:])
