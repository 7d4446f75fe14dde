"""Voxels that answer a text, put together into objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from .hanging import hung_by
from .neighbors import OFFSETS, unit_rows
from .prototypes import Prototypes
from .voxel_map import VoxelMap

FEWEST_CELLS = 3
"""Fewer cells than this are a speck, not an object."""

GAP = 2
"""Parts of one object have at most this many cells between their boxes: a hole, or what a leg hides."""

FRAGMENT = 0.1
"""A part with fewer cells than this share of the part beside it is no object of its own, in a noisy map
whatever it says besides. Two things of one kind stand closer than `GAP` now and then, but they are of one
size."""

LARGE = 8
"""Cells along its longest side, beyond which a part is no speck."""

SIZEABLE = 20
"""Cells, at least, of a part that may hang by a cord; what is at the cord's end belongs to it."""

COVERED = 0.5
"""A part whose footprint lies to this share over or under another part belongs to it, whichever has more
cells: seat and back."""

INSIDE = 0.5
"""An object whose box lies to this share in that of a better one is no second thing, in a noisy map: the back
of an office chair."""

PATCH, LARGEST_PATCH = 2.0, 500
"""Voxels beside a part, for each of its own, from which on it is a patch of what it lies in and no second
thing, in a noisy map; parts of more cells are none. A thing that stands free has less than one."""

STRAY = 0.003
"""Share of an object's pixels that its box leaves out on each side: a depth camera's noise throws a few of
them decimetres from where they belong."""


@dataclass(frozen=True)
class MapObject:
    """One thing in the map: how well it answers `text`, and the box around its cells, world frame.

    The box holds what the object hangs by, and leaves out cells at its sides in which next to none of the
    object's pixels are (`STRAY`).
    """

    score: float
    center_xyz_m: tuple[float, float, float]
    size_xyz_m: tuple[float, float, float]
    cell_count: int
    text: str


def find_objects(
    vmap: VoxelMap, text: str, scores: Float32[np.ndarray, " n"], said: Prototypes, *, lowest: float
) -> tuple[MapObject, ...]:
    """Voxels with scores of `lowest` or more as objects, the best first; specks are left out.

    An object's score is the mean of its voxels', less where the map is noisy and they are few. There, after
    the best, patches in other things are left out, too, and what lies in a better one's box.
    """
    parts = parts_of(vmap, np.flatnonzero(scores >= lowest), said)
    found = [
        (_object(vmap, text, scores, part, said.doubt), part) for part in parts if len(part) >= FEWEST_CELLS
    ]
    found.sort(key=lambda one: (-round(one[0].score, 3), -one[0].cell_count, one[0].center_xyz_m))
    if said.doubt:
        found = [one for one in found if one[0].score >= lowest]
        found = [*found[:1], *(one for one in found[1:] if not _is_patch(vmap, one[1]))]
        return _apart([thing for thing, _ in found])
    return tuple(thing for thing, _ in found)


def _apart(found: Sequence[MapObject]) -> tuple[MapObject, ...]:
    """Those, of the best first, that do not lie in the box of one before them."""
    centers, sizes = (
        np.array([getattr(thing, field) for thing in found]).reshape(-1, 3)
        for field in ("center_xyz_m", "size_xyz_m")
    )
    lower, upper = centers - sizes / 2, centers + sizes / 2
    kept: list[int] = []
    for i, size in enumerate(sizes):
        sides = np.minimum(upper[i], upper[kept]) - np.maximum(lower[i], lower[kept])
        if not np.any(np.maximum(sides, 0).prod(axis=1) >= INSIDE * size.prod()):
            kept.append(i)
    return tuple(found[i] for i in kept)


def parts_of(
    vmap: VoxelMap, rows: Int64[np.ndarray, " m"], said: Prototypes
) -> list[Int64[np.ndarray, " _"]]:
    """These voxels, one group for each likely object."""
    if not len(rows):
        return []
    labels = assemble(vmap, rows, connect(vmap, rows, said), said)
    order = np.argsort(labels, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(labels[order])) + 1)


def features_of_parts(vmap: VoxelMap, parts: Sequence[Int64[np.ndarray, " _"]]) -> Float32[np.ndarray, "k d"]:
    """What the voxels of each part say together, unit vectors."""
    return unit_rows(np.array([vmap.features[part].sum(axis=0) for part in parts], dtype=np.float32))


def connect(vmap: VoxelMap, rows: Int64[np.ndarray, " m"], said: Prototypes) -> Int32[np.ndarray, " m"]:
    """A component number for each of these voxels: neighbours by face, edge or corner that say the same."""
    place = np.full(len(vmap) + 1, -1, dtype=np.int64)  # the last entry stands for "not in the map"
    place[rows] = np.arange(len(rows))
    alike = _alike(said)
    edges = []
    for offset in OFFSETS:
        other = vmap.row_of(vmap.cells[rows] + offset)
        other_place = place[other]
        ok = other_place >= 0
        ok[ok] = alike[said.of_voxel[rows[ok]], said.of_voxel[other[ok]]]
        edges.append(np.stack([np.flatnonzero(ok), other_place[ok]]))
    return _components(np.concatenate(edges, axis=1), len(rows))


def assemble(
    vmap: VoxelMap, rows: Int64[np.ndarray, " m"], labels: Int32[np.ndarray, " m"], said: Prototypes
) -> Int32[np.ndarray, " m"]:
    """The labels once more, with one number for the parts of what is likely one object."""
    if not len(rows):
        return labels
    order = np.argsort(labels, kind="stable")
    first = np.flatnonzero(np.diff(labels[order], prepend=-1))  # where each part begins
    cells = vmap.cells[rows[order]]
    lower, upper = np.minimum.reduceat(cells, first), np.maximum.reduceat(cells, first) + 1
    count = np.diff(first, append=len(rows))
    for sizeable in np.flatnonzero(count >= SIZEABLE):
        cord = hung_by(vmap, lower[sizeable], upper[sizeable])
        upper[sizeable, 2] = vmap.cells[cord, 2].max(initial=upper[sizeable, 2] - 1) + 1
    says = said.of_voxel[rows[order[first]]]  # of any voxel: the others are alike
    part, near = _near_pairs(lower, upper)
    overlap = np.minimum(upper[part], upper[near]) - np.maximum(lower[part], lower[near])
    footprint = (upper - lower)[:, :2].prod(axis=1)
    least = np.minimum(footprint[part], footprint[near])
    covered = np.maximum(overlap[:, :2], 0).prod(axis=1) >= COVERED * least
    alike = _alike(said)[says[near], says[part]]
    fragment = count[near] < FRAGMENT * count[part]
    own = (alike & covered) | (fragment & (alike | (said.doubt > 0)))
    return _components(np.stack([part[own], near[own]]), len(first))[labels]


def _alike(said: Prototypes) -> Bool[np.ndarray, "p p"]:
    """Which prototypes say the same of an object."""
    return said.vectors @ said.vectors.T > 1 - said.alike


def _near_pairs(
    lower: Int32[np.ndarray, "p 3"], upper: Int32[np.ndarray, "p 3"]
) -> tuple[Int64[np.ndarray, " e"], Int64[np.ndarray, " e"]]:
    """Pairs of boxes with at most `GAP` cells between them, each in both orders.

    Most parts of a noisy map are specks: small ones are found by their middles, large ones compared with all.
    """
    large = np.flatnonzero((upper - lower).max(axis=1) > LARGE)
    small = np.flatnonzero((upper - lower).max(axis=1) <= LARGE)
    one, other = [np.repeat(large, len(lower))], [np.tile(np.arange(len(lower)), len(large))]
    if len(small) > 1:
        middles = cKDTree((lower[small] + upper[small]) / 2)
        pairs = middles.query_pairs(LARGE + GAP, p=np.inf, output_type="ndarray")
        one.append(small[pairs[:, 0]])
        other.append(small[pairs[:, 1]])
    a, b = np.concatenate(one), np.concatenate(other)
    near = (a != b) & (np.maximum(lower[a] - upper[b], lower[b] - upper[a]).max(axis=1) <= GAP)
    a, b = a[near], b[near]
    return np.concatenate([a, b]).astype(np.int64), np.concatenate([b, a]).astype(np.int64)


def _components(edges: Int64[np.ndarray, "2 e"], count: int) -> Int32[np.ndarray, " n"]:
    graph = coo_array((np.ones(edges.shape[1], bool), tuple(edges)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _object(
    vmap: VoxelMap,
    text: str,
    scores: Float32[np.ndarray, " n"],
    members: Int64[np.ndarray, " m"],
    doubt: float,
) -> MapObject:
    cells, whole = vmap.cells[members], members
    if len(members) >= SIZEABLE:
        whole = np.concatenate([members, hung_by(vmap, cells.min(axis=0), cells.max(axis=0) + 1)])
    lower, upper = _box(vmap, whole)
    return MapObject(
        score=float(scores[members].sum(dtype=np.float64)) / (len(members) + doubt),
        center_xyz_m=_xyz((lower + upper) / 2 + vmap.origin_xyz_m),
        size_xyz_m=_xyz(upper - lower),
        cell_count=len(members),
        text=text,
    )


def _is_patch(vmap: VoxelMap, members: Int64[np.ndarray, " m"]) -> bool:
    """Whether these voxels lie in the midst of others."""
    if len(members) > LARGEST_PATCH:
        return False
    offsets = np.concatenate([OFFSETS, -OFFSETS])
    around = np.unique(vmap.row_of(vmap.cells[members][:, None] + offsets))
    beside = np.count_nonzero((around >= 0) & np.isin(around, members, invert=True))
    return bool(beside > PATCH * len(members))


def _box(
    vmap: VoxelMap, members: Int64[np.ndarray, " m"]
) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
    """Lower and upper corner of the box around all but stray pixels, metres from the map's origin."""
    cells, pixels = vmap.cells[members], vmap.pixels[members]
    first = cells.min(axis=0)
    corners = []
    for axis in range(3):
        below = np.cumsum(np.bincount(cells[:, axis] - first[axis], weights=pixels))
        inside = np.searchsorted(below, below[-1] * np.array([STRAY, 1 - STRAY]))
        corners.append(first[axis] + inside + np.array([0, 1]))
    lower, upper = np.array(corners).T * vmap.cell_size_m
    return lower, upper


def _xyz(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
