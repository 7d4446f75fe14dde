"""The few different things that a map's features say, and which of them each voxel says most.

The mean feature of a voxel on the border of two objects is a blend of theirs. A blend may resemble a third
word more than either, so words are compared with the pure features only, and each voxel takes the pure
feature that is nearest. Both being unit vectors, nearest means the larger share of the blend, whatever the
two objects are: no class is favoured. (Hyperspectral imaging calls the pure features endmembers.)

Where an encoder is noisy no two voxels say the same. Then features are smoothed first, voxels whose
neighbours agree with them count as pure, and a prototype is the mean of those around it.

What counts as the same is measured against how much different things of the map differ, and against its
noise, so features that are squeezed towards a common direction have the same prototypes.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float32, Int64

from .neighbors import find_neighbors, noise_of, smoothed, spread_of, unit_rows, unlikeness
from .voxel_map import VoxelMap

SPREAD = 0.75
"""Deficit (1 - cosine) between different things of a map of MiniLM vectors. The next four are deficits, too,
on this scale: in a map where different things differ by a tenth of it they are a tenth of this."""

SAME = 0.02
"""Features that differ by less are one prototype."""

PURE = 0.005
"""What a mean feature may lack of length 1 where all its pixels said the same."""

BLEND = 0.05
"""A feature that differs by more from every blend of two prototypes has something of its own to say."""

ALIKE = 0.05
"""Neighbouring voxels whose prototypes differ by less belong to one object."""

NOISELESS = 0.0001
"""Neighbours that differ by less than this repeat one another exactly."""

NOISIEST = 0.04
"""Neighbours that differ by more than this are mostly different things."""

LOUD = 0.02
"""However noisy, features are not taken for the same beyond what this noise would hide."""

ROUNDING = 1e-3
"""What features that are the same may differ by, since maps keep them in half precision."""

SAME_NOISE, BLEND_NOISE, ALIKE_NOISE, PURE_NOISE = 9.0, 6.0, 6.0, 1.5
"""The same four for noisy features, as multiples of what most neighbours differ by. Voxels of a thing differ
by more than neighbours do: what an encoder gets wrong of a thing, it gets wrong in all of a place."""

SMOOTHED_NOISE = 8.0
"""Noise that smoothing takes away, as a multiple of the same: colours tell it what is one thing, too."""

DOUBT_NOISE = 3.0
"""Cells that a part of a noisy map must have for its score to count half."""

ROUNDS = 3
"""How often a prototype is moved to the mean of what is around it."""

LARGEST_SAMPLE = 3000
"""Voxels compared with one another at a time."""

LARGEST_COUNT = 1000
"""Prototypes beyond this add nothing to what words can tell apart."""

CHUNK = 1 << 15
"""Voxels compared with all prototypes at a time, which bounds the memory."""

_known: WeakKeyDictionary[VoxelMap, Prototypes] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Prototypes:
    """`vectors` (p, d) of unit length, and for each voxel the row that it is nearest to, -1 = no feature.

    `alike` is the deficit below which two prototypes say the same thing of an object, `doubt` the number of
    cells with which an object's score counts half: a few voxels are no evidence where voxels are noisy.
    """

    vectors: Float32[np.ndarray, "p d"]
    of_voxel: Int64[np.ndarray, " n"]
    alike: float = ALIKE
    doubt: float = 0.0


@dataclass(frozen=True)
class Scale:
    """What differs by noise only and what by more, in this map, as deficits."""

    same: float = SAME
    pure: float = PURE
    blend: float = BLEND
    alike: float = ALIKE


def prototypes(vmap: VoxelMap) -> Prototypes:
    """What the map's features say; found once a map."""
    if vmap not in _known:
        _known[vmap] = _find(vmap)
    return _known[vmap]


def _find(vmap: VoxelMap) -> Prototypes:
    units = vmap.unit_features()
    seen = np.flatnonzero(units.any(axis=1))
    spread = spread_of(units[seen])
    stretch = spread / SPREAD if spread > ROUNDING else 1.0  # one thing alone has no spread
    noise = noise_of(find_neighbors(vmap, units, step=1 + len(seen) // LARGEST_SAMPLE))
    noise = min(noise, NOISIEST * stretch)
    if noise <= NOISELESS * stretch:
        scale = Scale(SAME * stretch, PURE * stretch, BLEND * stretch, ALIKE * stretch)
        return find_prototypes(vmap.mean_features(), scale)
    bounded = min(noise, LOUD * stretch)
    scale = Scale(
        max(SAME * stretch, SAME_NOISE * bounded),
        PURE_NOISE * noise,
        max(BLEND * stretch, BLEND_NOISE * bounded),
        max(ALIKE * stretch, ALIKE_NOISE * bounded),
    )
    neighbors = find_neighbors(vmap, units)
    impurity = unlikeness(neighbors, len(vmap))[seen]
    units = smoothed(vmap, units, neighbors, min(SMOOTHED_NOISE * noise, NOISIEST * stretch))[seen]
    vectors = _cluster(units, impurity, scale)
    pure = units[impurity < 2 * scale.pure]
    for _ in range(ROUNDS):
        vectors = _moved(vectors, pure[:: 1 + len(pure) // CHUNK], scale)
    of_voxel = np.full(len(vmap), -1, dtype=np.int64)
    of_voxel[seen] = _nearest(units, vectors)[0]
    return Prototypes(vectors, of_voxel, scale.alike, DOUBT_NOISE)


def find_prototypes(means: Float32[np.ndarray, "n d"], scale: Scale = Scale()) -> Prototypes:
    """The prototypes of mean features (n, d), whose rows have at most unit length, 0 = nothing seen.

    First those of pure voxels; then, for things that are nowhere pure, of the purest voxels among those that
    are no blend of two prototypes.
    """
    length = np.linalg.norm(means, axis=1)
    seen = np.flatnonzero(length > 1e-6)
    length, units = length[seen], means[seen] / length[seen, None]
    vectors = _cluster(units, 1 - length, scale)
    of_voxel = np.full(len(means), -1, dtype=np.int64)
    if len(vectors):
        of_voxel[seen] = _nearest(units, vectors)[0]
    return Prototypes(vectors, of_voxel, scale.alike)


def _cluster(
    units: Float32[np.ndarray, "m d"], impurity: Float32[np.ndarray, " m"], scale: Scale
) -> Float32[np.ndarray, "p d"]:
    """Rows that stand for the others: pure ones first, then what is no blend of two of those."""
    pure = np.flatnonzero(impurity < scale.pure)
    vectors = np.zeros((0, units.shape[1]), dtype=np.float32)
    closeness = np.full(len(units), -1, dtype=np.float32)
    while len(vectors) < LARGEST_COUNT:
        open_rows = pure[closeness[pure] < 1 - scale.same]
        if not len(open_rows):
            rest = np.flatnonzero(closeness < 1 - scale.same)
            open_rows = rest[closeness_of_blends(units[rest], vectors) < 1 - scale.blend]
        if not len(open_rows):
            break
        new = _leaders(units[open_rows], impurity[open_rows], scale.same)
        closeness = np.maximum(closeness, _nearest(units, new)[1])
        vectors = np.concatenate([vectors, new])
    return vectors


def _moved(
    vectors: Float32[np.ndarray, "p d"], units: Float32[np.ndarray, "m d"], scale: Scale
) -> Float32[np.ndarray, "p d"]:
    """Each vector at the mean of the rows around it, or where it was if there is none: spherical k-means."""
    row, cosine = _nearest(units, vectors)
    near = cosine > 1 - scale.same
    sums = np.zeros_like(vectors)
    np.add.at(sums, row[near], units[near])
    alone = np.bincount(row[near], minlength=len(vectors)) == 0
    sums[alone] = vectors[alone]
    return unit_rows(sums)


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
    units: Float32[np.ndarray, "m d"], impurity: Float32[np.ndarray, " m"], same: float
) -> Float32[np.ndarray, "k d"]:
    """Rows of a sample, the purest first, none of them the same as an earlier one."""
    step = -(-len(units) // LARGEST_SAMPLE)
    order = np.argsort(impurity[::step], kind="stable")
    sample = units[::step][order]
    free = np.ones(len(sample), dtype=bool)
    leaders: list[int] = []
    while free.any() and len(leaders) < LARGEST_COUNT:
        first = int(np.argmax(free))
        leaders.append(first)
        free &= sample @ sample[first] < 1 - same
        free[first] = False
    return sample[leaders]
