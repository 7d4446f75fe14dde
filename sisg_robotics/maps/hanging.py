"""What things hang by: the cord between a lamp and the ceiling.

It is too thin for features: a noisy map takes it for the wall behind it. But voxels in mid-air, between a
thing that nothing stands under and the ceiling, can be nothing else.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int32, Int64

from .voxel_map import VoxelMap

CLEAR, STRAY = 3, 0.05
"""Layers of voxels under what hangs, and the share of them that may be filled: a camera's noise."""

AROUND, NOT_FREE = 2, 0.25
"""Voxels beside the footprint that are free at the height of a cord, and the share of layers in which they
may be filled. At a wall, they are in all."""

THIN = 0.25
"""Share of a thing's footprint that a cord fills at most; where more is filled, the ceiling begins."""

GAP = 2
"""Empty layers in a row that a cord may have: few pixels see it."""

HIGHEST_M, WIDEST_M = 3.0, 2.0
"""How far is looked up and down, and how wide a thing may be that hangs."""


def hung_by(
    vmap: VoxelMap, lower: Int32[np.ndarray, "3"], upper: Int32[np.ndarray, "3"]
) -> Int64[np.ndarray, " c"]:
    """Rows of the voxels by which the thing in this box hangs; none where it stands, lies or is on a wall.

    The box goes from cell `lower` to before cell `upper`. Below it there must be something, but not near.
    """
    none = np.zeros(0, dtype=np.int64)
    if (upper - lower)[:2].max() * vmap.cell_size_m > WIDEST_M:
        return none
    highest = round(HIGHEST_M / vmap.cell_size_m)
    bottom = int(lower[2]) - CLEAR
    if (_over(vmap, lower, upper, range(bottom, bottom + CLEAR)) >= 0).mean() > STRAY:
        return none
    if (_over(vmap, lower, upper, range(bottom - highest, bottom)) < 0).all():
        return none
    above = _over(vmap, lower, upper, range(upper[2], upper[2] + highest))
    filled = (above >= 0).mean(axis=1)
    ceiling = np.flatnonzero(filled > THIN)
    if not len(ceiling) or ceiling[0] == 0:
        return none
    seen = np.flatnonzero(filled[: ceiling[0] + 1])
    if np.diff(seen, prepend=-1).max() > GAP + 1:
        return none
    cord = above[: ceiling[0]]
    margin = np.array([AROUND, AROUND, 0], dtype=np.int32)
    wider = _over(vmap, lower - margin, upper + margin, range(upper[2], upper[2] + len(cord)))
    beside = (wider >= 0).sum(axis=1) > (cord >= 0).sum(axis=1)
    return cord[cord >= 0] if beside.mean() <= NOT_FREE else none


def _over(
    vmap: VoxelMap, lower: Int32[np.ndarray, "3"], upper: Int32[np.ndarray, "3"], layers: range
) -> Int64[np.ndarray, "layers cells"]:
    """Rows of all cells over or under a box, layer by layer; -1 where there is none."""
    x, y, z = (
        np.arange(a, b) for a, b in ((lower[0], upper[0]), (lower[1], upper[1]), (layers.start, layers.stop))
    )
    cells = np.stack(np.meshgrid(z, x, y, indexing="ij"), axis=-1)[..., [1, 2, 0]]
    return vmap.row_of(cells.astype(np.int32)).reshape(len(z), -1)
