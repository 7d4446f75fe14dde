"""The map: which cells of space were seen, in what colour, and what the encoder said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int32, Int64, UInt8

from .._wording import counted, in_short
from ..errors import BadValue

if TYPE_CHECKING:
    from .query import QueryResult

CELL_BITS = 21
"""Bits of one cell coordinate in a packed key: three fit in an int64, a million cells either way."""

CELL_LIMIT = 1 << (CELL_BITS - 1)
"""Cell coordinates lie in [-CELL_LIMIT, CELL_LIMIT): at 5 cm that is 52 km either way."""


@dataclass(frozen=True, eq=False)
class VoxelMap:
    """A voxel map of image features: occupied cells only, in the order of their x, then y, then z.

    cells          int32 (n, 3): cell = floor((p_world - origin_xyz_m) / cell_size_m), each once
    features       float32 (n, d): SUMS over pixels of unit feature vectors; d = 0 without an encoder
    weights        float32 (n,): how much pixel weight each sum holds, 0 where no feature was seen
    rgb            uint8 (n, 3): mean colour over all pixels
    observations   int32 (n,): frames that saw the cell
    pixels         int64 (n,): depth pixels that fell into the cell
    cell_size_m, origin_xyz_m (3,): the grid, in the world frame (right-handed, z up, metres)
    encoder, text_encoder: names, what pixels and words were encoded with; "" = none
    sequence       name of the recording
    frame_indices, skipped_frames  int64: which of its frames were fused and which were left out as bad

    Sums and weights, not means, so that two maps of one world add (`merge_maps`).
    """

    cells: Int32[np.ndarray, "n 3"]
    features: Float32[np.ndarray, "n d"]
    weights: Float32[np.ndarray, " n"]
    rgb: UInt8[np.ndarray, "n 3"]
    observations: Int32[np.ndarray, " n"]
    pixels: Int64[np.ndarray, " n"]
    cell_size_m: float
    origin_xyz_m: Float64[np.ndarray, "3"] = field(default_factory=lambda: np.zeros(3))
    encoder: str = ""
    text_encoder: str = ""
    sequence: str = ""
    frame_indices: Int64[np.ndarray, " f"] = field(default_factory=lambda: np.zeros(0, np.int64))
    skipped_frames: Int64[np.ndarray, " s"] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        check_grid(self.cell_size_m, self.origin_xyz_m)
        n = len(self.cells)
        for name, (dtype, shape) in _columns(n, self.features.shape[-1]).items():
            given = getattr(self, name)
            if given.dtype != dtype or given.shape != shape:
                raise BadValue(
                    f"VoxelMap.{name}", f"{given.dtype} {given.shape}", f"{np.dtype(dtype)} {shape}"
                )
        if n and (self.cells.min() < -CELL_LIMIT or self.cells.max() >= CELL_LIMIT):
            raise BadValue("VoxelMap.cells", "too far out", f"within {CELL_LIMIT} cells of the origin")
        if np.any(np.diff(self._keys) <= 0):
            raise BadValue("VoxelMap.cells", "unordered", "sorted by x, then y, then z, each cell once")
        if not np.all(np.isfinite(self.weights)) or np.any(self.weights < 0):
            raise BadValue("VoxelMap.weights", "negative or not finite", "0 or more")
        if not np.all(np.isfinite(self.features)):
            raise BadValue("VoxelMap.features", "not finite", "finite sums of unit vectors")

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        features = f"{counted(self.feature_dim, 'number')} each by {self.encoder}" if self.feature_dim else ""
        return in_short(
            self,
            f"{self.sequence!r}" if self.sequence else "",
            f"{counted(len(self), 'cell')} of {100 * self.cell_size_m:g} cm",
            features,
            counted(len(self.frame_indices), "frame"),
        )

    @property
    def feature_dim(self) -> int:
        """Length of a feature vector, 0 without an encoder."""
        return int(self.features.shape[1])

    @property
    def centers_xyz_m(self) -> Float64[np.ndarray, "n 3"]:
        """Centre of every cell in the world, metres."""
        return (self.cells + 0.5) * self.cell_size_m + self.origin_xyz_m

    def unit_features(self) -> Float32[np.ndarray, "n d"]:
        """The direction of every cell's feature, length 1, or 0 where no feature was seen."""
        norm = np.linalg.norm(self.features, axis=1, keepdims=True)
        return self.features / np.where(norm > 0, norm, np.float32(1))

    def mean_features(self) -> Float32[np.ndarray, "n d"]:
        """The mean feature of every cell. Its length, at most 1, says how much the views agree."""
        return self.features / np.where(self.weights > 0, self.weights, np.float32(1))[:, None]

    def cell_of(self, points_xyz_m: Float[np.ndarray, "*points 3"]) -> Int32[np.ndarray, "*points 3"]:
        """The cell that each world point lies in, whether the map holds it or not.

        Points farther out than any cell get coordinates just past CELL_LIMIT, where no map has cells.
        """
        cells = np.floor((points_xyz_m.astype(np.float64) - self.origin_xyz_m) / self.cell_size_m)
        return np.clip(cells, -CELL_LIMIT - 1, CELL_LIMIT).astype(np.int32)

    def row_of(self, cells: Int32[np.ndarray, "*points 3"]) -> Int64[np.ndarray, "*points"]:
        """The row that holds each cell, -1 where the map has no such cell."""
        if not len(self):
            return np.full(cells.shape[:-1], -1, dtype=np.int64)
        inside = np.all((cells >= -CELL_LIMIT) & (cells < CELL_LIMIT), axis=-1)
        wanted = pack_cells(np.where(inside[..., None], cells, 0))
        row = np.minimum(np.searchsorted(self._keys, wanted), len(self) - 1)
        return np.where(inside & (self._keys[row] == wanted), row, -1)

    @cached_property
    def _keys(self) -> Int64[np.ndarray, " n"]:
        return pack_cells(self.cells)

    def holds(self, points_xyz_m: Float[np.ndarray, "*points 3"]) -> Bool[np.ndarray, "*points"]:
        """Whether the cell of each world point is in the map."""
        return self.row_of(self.cell_of(points_xyz_m)) >= 0

    def save(self, path: Path | str) -> Path:
        """Write the map as one HDF5 file; a crash leaves the file that was there before."""
        from .store import save_map

        return save_map(self, path)

    @classmethod
    def load(cls, path: Path | str) -> VoxelMap:
        """Read a map that `save` wrote."""
        from .store import load_map

        return load_map(path)

    def classify(self, names: Sequence[str], **options: Any) -> Any:
        """The best of `names` for every cell, (n,) ints: see `sisg_robotics.maps.classify`."""
        from .classify import classify

        return classify(self, names, **options)

    def query(
        self, text: str | Sequence[str] | Mapping[str, float] | None = None, **options: Any
    ) -> QueryResult | list[QueryResult]:
        """Where `text` is, or `image=...`, and whether it is there at all: see `sisg_robotics.maps.query`."""
        from .query import query

        return query(self, text, **options)


def pack_cells(cells: Int32[np.ndarray, "*points 3"]) -> Int64[np.ndarray, "*points"]:
    """One non-negative int64 per cell, ordered as the cells are by x, then y, then z."""
    x, y, z = np.moveaxis(cells.astype(np.int64) + CELL_LIMIT, -1, 0)
    return (x << (2 * CELL_BITS)) | (y << CELL_BITS) | z


def unpack_cells(keys: Int64[np.ndarray, "*points"]) -> Int32[np.ndarray, "*points 3"]:
    """The cells of packed keys."""
    mask = (1 << CELL_BITS) - 1
    xyz = [keys >> (2 * CELL_BITS), (keys >> CELL_BITS) & mask, keys & mask]
    return (np.stack(xyz, axis=-1) - CELL_LIMIT).astype(np.int32)


def check_grid(cell_size_m: float, origin_xyz_m: np.ndarray) -> None:
    """Refuse a cell size or an origin that makes no grid."""
    if not (np.isfinite(cell_size_m) and cell_size_m > 0):
        raise BadValue("cell_size_m", cell_size_m, "a positive number of metres")
    if np.shape(origin_xyz_m) != (3,) or not np.all(np.isfinite(origin_xyz_m)):
        raise BadValue("origin_xyz_m", np.asarray(origin_xyz_m).tolist(), "three finite numbers, metres")


def _columns(n: int, d: int) -> dict[str, tuple[type, tuple[int, ...]]]:
    return {
        "cells": (np.int32, (n, 3)),
        "features": (np.float32, (n, d)),
        "weights": (np.float32, (n,)),
        "rgb": (np.uint8, (n, 3)),
        "observations": (np.int32, (n,)),
        "pixels": (np.int64, (n,)),
    }
