"""Voxels that a camera's noise put where nothing is: they would narrow every door and litter the floor."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from ..maps import VoxelMap

STRAY = 0.3
"""A voxel with less than this share of the pixels of one beside it is the other's noise."""

SPECK, SURE = 6, 3
"""A few columns apart from everything, which one frame saw where so many saw the floor, are no obstacle."""


def fringe(vmap: VoxelMap) -> Bool[np.ndarray, " n"]:
    """Voxels that stray pixels of the surface beside them made: noise thickens walls on both sides."""
    most = np.zeros(len(vmap), dtype=np.int64)
    for step in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)):
        beside = vmap.row_of(vmap.cells + np.array(step, dtype=np.int32))
        np.maximum(most, np.where(beside >= 0, vmap.pixels[beside], 0), out=most)
    return vmap.pixels < STRAY * most


def seen_once(
    vmap: VoxelMap, seen: Bool[np.ndarray, " n"], blocks: Bool[np.ndarray, " n"]
) -> Bool[np.ndarray, " n"]:
    """Blocking voxels of specks over the floor that one frame saw, where others saw the floor alone."""
    if not (seen.any() and blocks.any()):
        return np.zeros(len(vmap), dtype=bool)
    columns = vmap.cells[:, :2].astype(np.int64) - vmap.cells[:, :2].min(axis=0)
    shape = columns.max(axis=0) + 1
    often, taken = np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    np.maximum.at(often, tuple(columns[seen].T), vmap.observations[seen])
    np.maximum.at(taken, tuple(columns[blocks].T), vmap.observations[blocks])
    groups, count = ndimage.label(taken > 0, np.ones((3, 3)))
    numbers = np.arange(count + 1)
    size = np.bincount(groups.ravel(), minlength=count + 1)
    most = np.asarray(ndimage.maximum(taken, groups, numbers))
    floor = np.asarray(ndimage.maximum(ndimage.grey_dilation(often, (3, 3)), groups, numbers))
    speck = (size <= SPECK) & (most == 1) & (floor >= SURE)
    speck[0] = False
    return blocks & speck[groups[tuple(columns.T)]]
