"""A map at several cell sizes, so that a browser draws only as many cells as can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int64, UInt8

from ...errors import BadValue
from ...maps import VoxelMap
from ...maps.voxel_map import pack_cells, unpack_cells

FEWEST_CELLS = 10_000
"""A level with so few cells needs no coarser one."""

MOST_LEVELS = 5

CELL_PX = 2.5
"""Cells that look no larger than this are drawn at once for many: the level is as coarse as that allows."""


@dataclass(frozen=True, eq=False)
class Level:
    """Voxels put together into larger cells, in the order of their x, then y, then z.

    centers_xyz_m (m, 3); rgb (m, 3), the mean of the voxels in it; count (m,), how many those are; of_voxel
    (n,), the cell that each voxel of the map is in.
    """

    cell_size_m: float
    centers_xyz_m: Float32[np.ndarray, "m 3"]
    rgb: UInt8[np.ndarray, "m 3"]
    count: Int64[np.ndarray, " m"]
    of_voxel: Int64[np.ndarray, " n"]

    def __len__(self) -> int:
        return len(self.count)

    def most(self, heat: Float[np.ndarray, " n"]) -> Float[np.ndarray, " m"]:
        """The most heat in each cell, so that a small hot thing does not fade as one goes away from it."""
        hottest = np.full(len(self), -np.inf, heat.dtype)
        np.maximum.at(hottest, self.of_voxel, heat)
        return hottest


def make_level(vmap: VoxelMap, factor: int) -> Level:
    """The map with cells `factor` times as wide as its own. Raises BadValue for a factor below 1."""
    if factor < 1:
        raise BadValue("factor", factor, "1 or more")
    keys, of_voxel, count = np.unique(
        pack_cells(vmap.cells // factor), return_inverse=True, return_counts=True
    )
    cell_size_m = factor * vmap.cell_size_m
    total = [np.bincount(of_voxel, channel, minlength=len(keys)) for channel in vmap.rgb.T]
    return Level(
        cell_size_m=cell_size_m,
        centers_xyz_m=((unpack_cells(keys) + 0.5) * cell_size_m + vmap.origin_xyz_m).astype(np.float32),
        rgb=np.rint(np.stack(total, axis=1) / count[:, None]).astype(np.uint8),
        count=count.astype(np.int64),
        of_voxel=of_voxel.astype(np.int64),
    )


def make_levels(vmap: VoxelMap) -> tuple[Level, ...]:
    """The map itself and then with cells of twice the width each time, until few are left."""
    levels = [make_level(vmap, 1)]
    while len(levels[-1]) > FEWEST_CELLS and len(levels) < MOST_LEVELS:
        levels.append(make_level(vmap, 2 ** len(levels)))
    return tuple(levels)


def level_for(levels: Sequence[Level], px_per_m: float, most_cells: int) -> int:
    """Which of the levels, finest first, to draw where a metre of what is nearest takes `px_per_m` pixels.

    The coarsest whose cells still look small; but never one of more than `most_cells`, unless it is the last.
    """
    small = [i for i, level in enumerate(levels) if level.cell_size_m * px_per_m <= CELL_PX]
    few = [i for i, level in enumerate(levels) if len(level) <= most_cells]
    return max(small[-1] if small else 0, few[0] if few else len(levels) - 1)


def nearest_px_per_m(
    position_xyz_m: Float[np.ndarray, "3"], levels: Sequence[Level], fov_y_rad: float, height_px: int
) -> float:
    """Pixels that a metre takes at the nearest point of the box around the map, inf inside that box."""
    centers = levels[-1].centers_xyz_m
    outside = np.maximum(centers.min(axis=0) - position_xyz_m, position_xyz_m - centers.max(axis=0))
    distance_m = float(np.linalg.norm(np.maximum(outside, 0)))
    return height_px / (2 * np.tan(fov_y_rad / 2)) / distance_m if distance_m > 0 else float("inf")
