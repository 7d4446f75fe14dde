"""Voxels that answer a text, put together into objects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .prototypes import Prototypes
from .voxel_map import VoxelMap

ALIKE = 0.95
"""Neighbouring voxels whose prototypes have a cosine above this belong to one object."""

FEWEST_CELLS = 3
"""Fewer cells than this are a speck, not an object."""

# Half of the 26 neighbours: the other half are these seen from the other side.
_OFFSETS = np.array([o for o in np.ndindex(3, 3, 3) if o > (1, 1, 1)], dtype=np.int32) - 1


@dataclass(frozen=True)
class MapObject:
    """One thing in the map: how well it answers `text`, and the box around its cells, world frame."""

    score: float
    center_xyz_m: tuple[float, float, float]
    size_xyz_m: tuple[float, float, float]
    cell_count: int
    text: str


def find_objects(
    vmap: VoxelMap, text: str, scores: Float32[np.ndarray, " n"], said: Prototypes, *, lowest: float
) -> tuple[MapObject, ...]:
    """Connected voxels with scores of `lowest` or more, the best first; specks are left out."""
    rows = np.flatnonzero(scores >= lowest)
    labels = connect(vmap, rows, said)
    objects = []
    for label in range(labels.max(initial=-1) + 1):
        members = rows[labels == label]
        if len(members) >= FEWEST_CELLS:
            objects.append(_object(vmap, text, scores, members))
    return tuple(sorted(objects, key=lambda o: (-round(o.score, 3), -o.cell_count, o.center_xyz_m)))


def connect(vmap: VoxelMap, rows: Int64[np.ndarray, " m"], said: Prototypes) -> Int32[np.ndarray, " m"]:
    """A component number for each of these voxels: neighbours by face, edge or corner that say the same."""
    place = np.full(len(vmap) + 1, -1, dtype=np.int64)  # the last entry stands for "not in the map"
    place[rows] = np.arange(len(rows))
    alike = said.vectors @ said.vectors.T > ALIKE
    edges = []
    for offset in _OFFSETS:
        other = vmap.row_of(vmap.cells[rows] + offset)
        other_place = place[other]
        ok = other_place >= 0
        ok[ok] = alike[said.of_voxel[rows[ok]], said.of_voxel[other[ok]]]
        edges.append(np.stack([np.flatnonzero(ok), other_place[ok]]))
    start, end = np.concatenate(edges, axis=1)
    graph = coo_array((np.ones(len(start), bool), (start, end)), shape=(len(rows), len(rows)))
    return connected_components(graph, directed=False)[1]


def _object(
    vmap: VoxelMap, text: str, scores: Float32[np.ndarray, " n"], members: Int64[np.ndarray, " m"]
) -> MapObject:
    centers = vmap.centers_xyz_m[members]
    lower, upper = centers.min(axis=0), centers.max(axis=0)
    return MapObject(
        score=float(scores[members].mean()),
        center_xyz_m=_xyz((lower + upper) / 2),
        size_xyz_m=_xyz(upper - lower + vmap.cell_size_m),
        cell_count=len(members),
        text=text,
    )


def _xyz(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
