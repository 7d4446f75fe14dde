"""What voxels say beside what their neighbours say: how noisy a map is, and its features with less noise.

Differences between features are counted as deficits, 1 - cosine. Squeezing all features towards a common
direction makes every deficit smaller by one factor, so only ratios of deficits mean anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64
from scipy.sparse import coo_array, csr_array

from .._srgb import lab_from_srgb
from .voxel_map import VoxelMap

# Half of the 26 neighbours: the other half are these seen from the other side.
OFFSETS = np.array([o for o in np.ndindex(3, 3, 3) if o > (1, 1, 1)], dtype=np.int32) - 1

SHADE = 6.0
"""Standard deviation of colours within a thing, in units of CIE Lab."""

MOST = 5.0
"""A neighbour counts by the root of how many times as many pixels saw it, up to so many, or as few."""

SPREAD_QUANTILE = 0.95
SPREAD_PAIRS = 20000
CHUNK = 1 << 15


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Pairs of neighbouring voxels, by face, edge or corner, that have features.

    `first` and `second` (e,) are rows of the map, `deficit` (e,) how much the features of each pair differ.
    """

    first: Int64[np.ndarray, " e"]
    second: Int64[np.ndarray, " e"]
    deficit: Float32[np.ndarray, " e"]


def find_neighbors(vmap: VoxelMap, units: Float32[np.ndarray, "n d"], step: int = 1) -> Neighbors:
    """All pairs of neighbours, each once, or those of every `step`-th voxel.

    `units` are the map's unit features, zeros = nothing seen.
    """
    has_feature = np.append(units.any(axis=1), False)  # the last entry stands for "not in the map"
    rows = np.flatnonzero(has_feature)[::step]
    first, second = [], []
    for offset in OFFSETS:
        other = vmap.row_of(vmap.cells[rows] + offset)
        there = has_feature[other]
        first.append(rows[there])
        second.append(other[there])
    a, b = np.concatenate(first), np.concatenate(second)
    return Neighbors(a, b, _deficits(units, a, b))


def spread_of(units: Float32[np.ndarray, "n d"]) -> float:
    """How much different things of a map differ: nearly the largest deficit among random pairs."""
    if len(units) < 2:
        return 0.0
    a, b = np.random.default_rng(0).integers(0, len(units), (2, SPREAD_PAIRS))
    return float(np.quantile(_deficits(units, a, b), SPREAD_QUANTILE))


def noise_of(neighbors: Neighbors) -> float:
    """The deficit that most neighbours have though they show the same thing; 0 where there are none."""
    return float(np.median(neighbors.deficit)) if len(neighbors.deficit) else 0.0


def smoothed(
    vmap: VoxelMap,
    units: Float32[np.ndarray, "n d"],
    neighbors: Neighbors,
    noise: float,
    *,
    rounds: int = 5,
) -> Float32[np.ndarray, "n d"]:
    """Each voxel with those neighbours mixed in that look like it and differ by `noise` at most or so.

    A bilateral filter, by colours and features; those that more pixels saw count more. Five rounds reach
    five voxels far.
    """
    colors = lab_from_srgb(vmap.rgb / 255.0)
    apart = np.square(colors[neighbors.first] - colors[neighbors.second]).sum(axis=1)
    weight = np.exp(-neighbors.deficit / (2 * noise) - apart / (2 * SHADE**2)).astype(np.float32)
    alike = weight > 1e-3
    rows = np.concatenate([neighbors.first[alike], neighbors.second[alike]])
    columns = np.concatenate([neighbors.second[alike], neighbors.first[alike]])
    better_seen = np.sqrt(np.clip(vmap.pixels[columns] / vmap.pixels[rows], 1 / MOST, MOST), dtype=np.float32)
    weights = np.tile(weight[alike], 2) * better_seen
    mixing = csr_array(coo_array((weights, (rows, columns)), shape=(len(units), len(units))))
    for _ in range(rounds):
        units = unit_rows(units + mixing @ units)
    return units


def unlikeness(neighbors: Neighbors, count: int) -> Float32[np.ndarray, " n"]:
    """Mean deficit of each voxel to its neighbours, large where things meet; infinite where it has none."""
    ends = np.concatenate([neighbors.first, neighbors.second])
    degree = np.bincount(ends, minlength=count)
    total = np.bincount(ends, np.tile(neighbors.deficit, 2), minlength=count)
    mean = np.full(count, np.inf, dtype=np.float32)
    np.divide(total, degree, out=mean, where=degree > 0, casting="unsafe")
    return mean


def unit_rows(rows: Float32[np.ndarray, "n d"]) -> Float32[np.ndarray, "n d"]:
    """Rows of length 1; a row of zeros stays."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, np.float32(1))


def _deficits(
    units: Float32[np.ndarray, "n d"], a: Int64[np.ndarray, " e"], b: Int64[np.ndarray, " e"]
) -> Float32[np.ndarray, " e"]:
    out = np.empty(len(a), dtype=np.float32)
    for start in range(0, len(a), CHUNK):
        part = slice(start, start + CHUNK)
        out[part] = 1 - np.einsum("ij,ij->i", units[a[part]], units[b[part]])
    return np.maximum(out, 0)
