"""The arrays of an HDF5 file: what it holds itself, in pieces of bounded size.

Links, external files and virtual datasets, which lead to other files, are not followed, and text of varying
length is not read, since HDF5 can search its heap for ever when a byte of it is damaged.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from jaxtyping import Shaped

from ...errors import BadFile
from .array_files import DAMAGE, MAX_SLICE_BYTES, MAX_VALUE_BYTES, ArrayFile, Held

MAX_NAMES = 200_000
"""Five thousand demonstrations of forty arrays; to look at them takes some seconds."""
MAX_DEPTH = 12
"""Folders within folders."""


class Hdf5File(ArrayFile):
    """The datasets of an HDF5 file, and those of fixed-length text that are JSON."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = h5py.File(path, "r")
        try:
            self.arrays, self.values = _datasets(self._file)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:  # noqa: D102
        self._file.close()

    def value(self, name: str) -> Any:  # noqa: D102
        if name not in self.values:
            return None
        try:
            return json.loads(bytes(self._file[name][()]))
        except (*DAMAGE, RecursionError) as error:
            raise BadFile(self.path, f"has no readable JSON in {name!r} ({str(error)[:200]})") from error

    def _read(self, name: str, index: tuple[int, ...]) -> Shaped[np.ndarray, "..."]:
        return np.asarray(self._file[name][index])


def _datasets(file: h5py.File) -> tuple[dict[str, Held], set[str]]:
    """The arrays of numbers, and the names of short texts, that the file itself holds."""
    arrays: dict[str, Held] = {}
    texts: set[str] = set()
    groups, seen = [("", file)], 0
    visited: set[int] = set()
    while groups:
        prefix, group = groups.pop()
        place = h5py.h5o.get_info(group.id).addr
        if place in visited:  # a second name, or a folder within itself
            continue
        visited.add(place)
        for key in group:
            seen += 1
            if seen > MAX_NAMES:
                raise ValueError(f"more than {MAX_NAMES} names")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                continue
            item, name = group[key], f"{prefix}{key}"
            if isinstance(item, h5py.Group) and name.count("/") < MAX_DEPTH:
                groups.append((f"{name}/", item))
            elif isinstance(item, h5py.Dataset) and _is_here(item):
                if item.dtype.kind in "biuf":
                    arrays[name] = Held(item.shape, item.dtype)
                elif item.dtype.kind == "S" and item.shape == () and item.dtype.itemsize <= MAX_VALUE_BYTES:
                    texts.add(name)
    return arrays, texts


def _is_here(dataset: h5py.Dataset) -> bool:
    """Whether the numbers are in this file, in pieces of bounded size."""
    if dataset.shape is None or dataset.external or dataset.is_virtual:
        return False
    piece = math.prod(dataset.chunks or ()) * dataset.dtype.itemsize
    return piece <= MAX_SLICE_BYTES
