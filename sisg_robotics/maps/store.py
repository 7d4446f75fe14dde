"""Voxel maps on disk: one HDF5 file that alone is enough to answer a question.

datasets
  cells           int32 (n, 3)     cell = floor((p_world - origin_xyz_m) / cell_size_m), sorted by x, y, z
  features        float16 (n, d)   MEAN over pixels of unit feature vectors: times the weight it is the sum
  weights         float32 (n,)     pixel weight behind each mean, 0 = no feature seen
  rgb             uint8 (n, 3)     mean colour
  observations    int32 (n,)       frames that saw the cell
  pixels          int64 (n,)       depth pixels that fell into the cell
  frame_indices   int64 (f,)       frames fused
  skipped_frames  int64 (s,)       frames left out because they were bad
attributes, strings in UTF-8 of fixed length
  format, format_version           "sisg_robotics voxel map", 1
  world_axes                       "right-handed, z up, metres"
  cell_size_m, origin_xyz_m (3,)   the grid
  feature_dim, features_are        d; "means"
  encoder, text_encoder            names, "" = none
  sequence                         name of the recording

Means are stored because they cannot overflow float16, however often a cell was seen. The same map gives the
same bytes. A file from outside runs no code and takes no memory before its shapes and sizes are checked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..errors import BadFile, BadValue, MissingPath
from .voxel_map import VoxelMap

FORMAT = "sisg_robotics voxel map"
FORMAT_VERSION = 1
WORLD_AXES = "right-handed, z up, metres"

_DATASETS = {
    "cells": (np.int32, ("n", 3)),
    "features": (np.float16, ("n", "d")),
    "weights": (np.float32, ("n",)),
    "rgb": (np.uint8, ("n", 3)),
    "observations": (np.int32, ("n",)),
    "pixels": (np.int64, ("n",)),
    "frame_indices": (np.int64, ("frames",)),
    "skipped_frames": (np.int64, ("skipped",)),
}
_NUMBERS = ("cell_size_m", "feature_dim", "format_version")
_STRINGS = ("encoder", "features_are", "sequence", "text_encoder", "world_axes")
_MOST_DENSE = 1100
"""No gzip stream holds more bytes per byte of file; a file that claims to is not to be believed."""


def save_map(vmap: VoxelMap, path: Path | str) -> Path:
    """Write a map, making folders as needed. The file appears whole or not at all."""
    path = Path(path)
    if path.is_dir():
        raise BadValue("the map's path", str(path), "a file name, such as map.h5, not a folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _write(vmap, partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def load_map(path: Path | str) -> VoxelMap:
    """Read a map that `save_map` wrote.

    Raises MissingPath when there is no such file, BadFile when it is not a whole map of this format version.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingPath("map file", path, "Make one with create_map, or check the path.")
    if not h5py.is_hdf5(path):
        raise BadFile(path, "this is not an HDF5 file", "Give a map that create_map wrote.")
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except (OSError, RuntimeError, KeyError) as error:  # what h5py raises for damage
        raise BadFile(path, "the file is damaged or cut short", "Make the map again.") from error
    except BadValue as error:
        raise BadFile(path, f"the values do not make a map: {error}", "Make the map again.") from error


def _write(vmap: VoxelMap, path: Path) -> None:
    columns = {name: getattr(vmap, name) for name in _DATASETS}
    columns["features"] = vmap.mean_features().astype(np.float16)
    # From HDF5 1.10 on, metadata carries checksums; gzip does the same for values; strings of fixed length
    # keep clear of HDF5's heap, which it can search for ever when a byte there is damaged.
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for name, values in columns.items():
            packed = {"compression": "gzip", "compression_opts": 1, "shuffle": True} if values.size else {}
            file.create_dataset(name, data=values, track_times=False, **packed)
        attributes = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "world_axes": WORLD_AXES,
            "cell_size_m": vmap.cell_size_m,
            "origin_xyz_m": vmap.origin_xyz_m,
            "feature_dim": vmap.feature_dim,
            "features_are": "means",
            "encoder": vmap.encoder,
            "text_encoder": vmap.text_encoder,
            "sequence": vmap.sequence,
        }
        for name, value in attributes.items():
            if isinstance(value, str):
                length = max(1, len(value.encode()))
                file.attrs.create(name, value.encode(), dtype=h5py.string_dtype("utf-8", length))
            else:
                file.attrs[name] = value


def _read(file: h5py.File, path: Path) -> VoxelMap:
    attributes = _read_attributes(file, path)
    sizes: dict[str, int] = {"d": attributes["feature_dim"]}
    for name, (dtype, shape) in _DATASETS.items():
        _check_dataset(file, path, name, np.dtype(dtype), shape, sizes)
    columns = {name: file[name][...] for name in _DATASETS}
    columns["features"] = columns["features"].astype(np.float32)
    columns["features"] *= columns["weights"][:, None]
    return VoxelMap(
        cell_size_m=attributes["cell_size_m"],
        origin_xyz_m=attributes["origin_xyz_m"],
        encoder=attributes["encoder"],
        text_encoder=attributes["text_encoder"],
        sequence=attributes["sequence"],
        **columns,
    )


def _read_attributes(file: h5py.File, path: Path) -> dict[str, Any]:
    if _attribute(file, "format") != FORMAT:
        raise BadFile(path, "this HDF5 file is not a voxel map", "Give a map that create_map wrote.")
    version = _attribute(file, "format_version")
    if version != FORMAT_VERSION:
        problem = f"this is format version {version}, and this program reads version {FORMAT_VERSION}"
        raise BadFile(path, problem, "Make the map again, or read it with the program that wrote it.")
    out: dict[str, Any] = {}
    for name in _NUMBERS:
        value = _attribute(file, name)
        if not isinstance(value, int | float):
            raise BadFile(path, f"the attribute {name!r} is missing or no number", "Make the map again.")
        out[name] = value
    for name in _STRINGS:
        value = _attribute(file, name)
        if not isinstance(value, str):
            raise BadFile(path, f"the attribute {name!r} is missing or no text", "Make the map again.")
        out[name] = value
    origin = file.attrs.get("origin_xyz_m")
    if not isinstance(origin, np.ndarray) or origin.dtype != np.float64 or origin.shape != (3,):
        raise BadFile(
            path, "the attribute 'origin_xyz_m' is missing or not three numbers", "Make the map again."
        )
    out["origin_xyz_m"] = origin
    for name, accepted in (("features_are", "means"), ("world_axes", WORLD_AXES)):
        if out[name] != accepted:
            raise BadFile(path, f"{name} is {out[name]!r}, not {accepted!r}", "Make the map again.")
    return out


def _attribute(file: h5py.File, name: str) -> Any:
    """An attribute as a plain int, float or str; None where it is missing or anything else."""
    value = file.attrs.get(name)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value if isinstance(value, int | float | str) else None


def _check_dataset(
    file: h5py.File, path: Path, name: str, dtype: np.dtype, shape: tuple[Any, ...], sizes: dict[str, int]
) -> None:
    """Refuse a dataset of another type or shape; `sizes` collects what "n" and the like stand for."""
    link = file.get(name, getlink=True)
    dataset = file.get(name) if isinstance(link, h5py.HardLink) else None
    if not isinstance(dataset, h5py.Dataset) or dataset.external or dataset.is_virtual:
        raise BadFile(path, f"the dataset {name!r} is missing", "Make the map again.")
    if dataset.dtype != dtype:
        raise BadFile(path, f"{name!r} holds {dataset.dtype}, not {dtype}", "Make the map again.")
    given = dataset.shape if dataset.shape is not None else ()
    if len(given) == len(shape):
        wanted = tuple(
            s if isinstance(s, int) else sizes.setdefault(s, g) for s, g in zip(shape, given, strict=True)
        )
    if len(given) != len(shape) or given != wanted:
        expected = tuple(sizes.get(s, s) for s in shape)
        raise BadFile(path, f"{name!r} has the shape {given}, not {expected}", "Make the map again.")
    if dataset.nbytes > _MOST_DENSE * path.stat().st_size:
        raise BadFile(path, f"{name!r} claims more data than the file can hold", "Make the map again.")
