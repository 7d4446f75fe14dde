"""The tensors of a TorchScript archive, read without running it.

`torch.jit.load` compiles the archive's code and runs what its modules' `__setstate__` say, so it trusts the
file. Here the archive is only a zip with stored (not packed) entries:

    <name>/data.pkl     a pickle of the tree of modules: for each its class under __torch__, and a dictionary
                        of parameters, buffers, children and plain attributes (torchscript_pickle.py)
    <name>/data/<key>   the bytes of one storage, little-endian
    <name>/code/...     not looked at

Tensors are views of the mapped file, so that memory is bounded by the file's size. All that is not as above
ends in BadFile.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...errors import BadFile
from .torchscript_pickle import DTYPES, Made, Refused, unpickled

MAX_PICKLE_BYTES = 2**26
MAX_DEPTH = 64
"""Of modules in modules."""
REMEDY = "Only weights are read here, never code. Take the file that the publisher's own download gives."


def is_torchscript(path: Path) -> bool:
    """Whether the file is a zip with code in it, as torch.jit.save writes."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") or "/code/" in name for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def read_torchscript(path: Path) -> dict[str, Tensor]:
    """Parameters and buffers by their names in the tree of modules, as views of the mapped file."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            (pickled,) = (name for name in entries if name.count("/") == 1 and name.endswith("/data.pkl"))
            root = pickled.removesuffix("data.pkl")
            if entries[pickled].file_size > MAX_PICKLE_BYTES:
                raise Refused("has a description of more bytes than any tree of modules needs")
            order = entries.get(root + "byteorder")
            if order is not None and (order.file_size > 16 or archive.read(order) != b"little"):
                raise Refused("is not little-endian")
            program = archive.read(pickled)
        top = unpickled(program, _Storages(path, root, entries))
        if type(top) is not Made:
            raise Refused("is no tree of modules")
        return dict(_tensors(top, "", 0))
    except Refused as refused:
        raise BadFile(path, f"is a TorchScript archive that {refused}", REMEDY) from None
    except Exception as error:  # a forged one makes the parsers of zip and opcodes raise anything
        raise BadFile(path, f"is a damaged TorchScript archive ({str(error)[:200]})", REMEDY) from None


def _tensors(module: Made, prefix: str, depth: int) -> list[tuple[str, Tensor]]:
    if depth > MAX_DEPTH:
        raise Refused("has modules without end in each other")
    found = []
    for name, value in module.attributes.items():
        if isinstance(value, Tensor):
            found.append((prefix + name, value))
        elif type(value) is Made:
            found.extend(_tensors(value, f"{prefix}{name}.", depth + 1))
    return found


class _Storages:
    """The archive's storages by their keys, as flat tensors on its mapped bytes."""

    def __init__(self, path: Path, root: str, entries: Mapping[str, zipfile.ZipInfo]) -> None:
        self._root, self._entries = root, entries
        self._bytes = np.memmap(path, np.uint8, mode="c")

    def __call__(self, kind: str, key: str, count: int) -> Tensor:
        dtype, entry = DTYPES[kind], self._entries[f"{self._root}data/{key}"]
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise Refused("has packed tensors")
        if not 0 <= count * dtype.itemsize <= entry.file_size:
            raise Refused(f"has {entry.file_size} bytes where {kind} of {count} are promised")
        begin = entry.header_offset
        header = bytes(self._bytes[begin : begin + 30])
        signature, name_length, extra_length = struct.unpack("<4s22xHH", header)
        begin += 30 + name_length + extra_length
        if signature != b"PK\x03\x04" or begin + entry.file_size > len(self._bytes):
            raise Refused("promises more bytes than it has")
        if count == 0:
            return torch.empty(0, dtype=dtype)
        return torch.frombuffer(self._bytes, dtype=dtype, count=count, offset=begin)
