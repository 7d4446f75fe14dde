"""The few different things that a map's features say, and which of them each voxel says most.

The mean feature of a voxel on the border of two objects is a blend of theirs. A blend may resemble a third
word more than either, so words are compared with the pure features only, and each voxel takes the pure
feature that is nearest. Both being unit vectors, nearest means the larger share of the blend, whatever the
two objects are: no class is favoured. (Hyperspectral imaging calls the pure features endmembers.)
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float32, Int64

from .voxel_map import VoxelMap

SAME = 0.98
"""Features with a cosine above this are one prototype."""

PURE = 0.995
"""Length of a mean feature above which all its pixels said the same."""

BLEND = 0.95
"""A feature with a lower cosine to every blend of two prototypes has something of its own to say."""

LARGEST_SAMPLE = 3000
"""Voxels compared with one another at a time."""

LARGEST_COUNT = 1000
"""Prototypes beyond this add nothing to what words can tell apart."""

CHUNK = 1 << 15
"""Voxels compared with all prototypes at a time, which bounds the memory."""

_known: WeakKeyDictionary[VoxelMap, Prototypes] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Prototypes:
    """`vectors` (p, d) of unit length, and for each voxel the row that it is nearest to, -1 = no feature."""

    vectors: Float32[np.ndarray, "p d"]
    of_voxel: Int64[np.ndarray, " n"]


def prototypes(vmap: VoxelMap) -> Prototypes:
    """What the map's features say; found once a map."""
    if vmap not in _known:
        _known[vmap] = find_prototypes(vmap.mean_features())
    return _known[vmap]


def find_prototypes(means: Float32[np.ndarray, "n d"]) -> Prototypes:
    """The prototypes of mean features (n, d), whose rows have at most unit length, 0 = nothing seen.

    First those of pure voxels; then, for things that are nowhere pure, of the purest voxels among those that
    are no blend of two prototypes.
    """
    purity = np.linalg.norm(means, axis=1)
    seen = np.flatnonzero(purity > 1e-6)
    purity, units = purity[seen], means[seen] / purity[seen, None]
    pure = np.flatnonzero(purity > PURE)
    vectors = np.zeros((0, means.shape[1]), dtype=np.float32)
    nearest, closeness = np.zeros(len(seen), dtype=np.int64), np.full(len(seen), -1, dtype=np.float32)
    while len(vectors) < LARGEST_COUNT:
        open_rows = pure[closeness[pure] < SAME]
        if not len(open_rows):
            rest = np.flatnonzero(closeness < SAME)
            open_rows = rest[closeness_of_blends(units[rest], vectors) < BLEND]
        if not len(open_rows):
            break
        new = _leaders(units[open_rows], purity[open_rows])
        row, found = _nearest(units, new)
        closer = found > closeness
        nearest[closer], closeness[closer] = row[closer] + len(vectors), found[closer]
        vectors = np.concatenate([vectors, new])
    of_voxel = np.full(len(means), -1, dtype=np.int64)
    of_voxel[seen] = nearest
    return Prototypes(vectors, of_voxel)


def _nearest(
    units: Float32[np.ndarray, "m d"], vectors: Float32[np.ndarray, "p d"]
) -> tuple[Int64[np.ndarray, " m"], Float32[np.ndarray, " m"]]:
    """The row of the nearest vector, and its cosine."""
    row, cosine = np.empty(len(units), dtype=np.int64), np.empty(len(units), dtype=np.float32)
    for start in range(0, len(units), CHUNK):
        similarity = units[start : start + CHUNK] @ vectors.T
        best = similarity.argmax(axis=1)
        row[start : start + CHUNK] = best
        cosine[start : start + CHUNK] = similarity[np.arange(len(best)), best]
    return row, cosine


def closeness_of_blends(
    units: Float32[np.ndarray, "m d"], vectors: Float32[np.ndarray, "p d"]
) -> Float32[np.ndarray, " m"]:
    """Cosine between each unit row and the best blend of the nearest vector and what adds most to it."""
    if not len(vectors):
        return np.full(len(units), -1, dtype=np.float32)
    if len(units) > CHUNK:
        parts = [closeness_of_blends(units[i : i + CHUNK], vectors) for i in range(0, len(units), CHUNK)]
        return np.concatenate(parts)
    similarity = units @ vectors.T  # (m, p)
    first = similarity.argmax(axis=1)
    along = similarity[np.arange(len(units)), first][:, None]
    overlap = (vectors @ vectors.T)[first]  # (m, p)
    apart = np.sqrt(np.maximum(1 - overlap**2, 1e-3))  # length of each vector across the first
    across = ((similarity - along * overlap) / apart).max(axis=1)
    return np.sqrt(along[:, 0] ** 2 + np.maximum(across, 0) ** 2).astype(np.float32)


def _leaders(
    units: Float32[np.ndarray, "m d"], purity: Float32[np.ndarray, " m"]
) -> Float32[np.ndarray, "k d"]:
    """Rows of a sample, the purest first, none of them within SAME of an earlier one."""
    step = -(-len(units) // LARGEST_SAMPLE)
    order = np.argsort(-purity[::step], kind="stable")
    sample = units[::step][order]
    free = np.ones(len(sample), dtype=bool)
    leaders: list[int] = []
    while free.any() and len(leaders) < LARGEST_COUNT:
        first = int(np.argmax(free))
        leaders.append(first)
        free &= sample @ sample[first] < SAME
        free[first] = False
    return sample[leaders]
