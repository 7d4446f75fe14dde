"""Points with classes, and how classes get from one set of points to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int64
from scipy.spatial import cKDTree

from ..errors import RequestError


class LabelledPoints(NamedTuple):
    """Points in the world and the class of each, an index into a list of names; -1 = none."""

    xyz_m: Float[np.ndarray, "n 3"]
    classes: Int64[np.ndarray, " n"]

    @property
    def labelled(self) -> LabelledPoints:
        """Those that have a class. Raises RequestError when there is none."""
        known = self.classes >= 0
        if not known.any():
            raise RequestError("No point has a class, so there is nothing to compare.")
        return LabelledPoints(self.xyz_m[known], self.classes[known])


@dataclass(frozen=True, eq=False)
class Truth:
    """A labelled scan: its points and the names of its classes."""

    points: LabelledPoints
    names: tuple[str, ...]

    @property
    def present(self) -> list[int]:
        """The classes that occur."""
        found = np.unique(self.points.classes)
        return found[found >= 0].tolist()


def in_classes(truth: Truth, names: tuple[str, ...]) -> Truth:
    """The same points in other classes: those of the same name; the rest have none."""
    number = {name: i for i, name in enumerate(names)}
    other = np.array([number.get(name, -1) for name in truth.names] + [-1], np.int64)  # -1 stays -1
    return Truth(LabelledPoints(truth.points.xyz_m, other[truth.points.classes]), names)


def of_nearest(
    points: LabelledPoints, at_m: Float[np.ndarray, "m 3"], *, reach_m: float = np.inf
) -> Int64[np.ndarray, " m"]:
    """The class of the nearest point to each place; -1 where none is within reach."""
    distance, row = cKDTree(points.xyz_m).query(at_m, distance_upper_bound=reach_m)
    return np.append(points.classes, -1)[np.where(np.isfinite(distance), row, len(points.classes))]


def of_most(points: LabelledPoints, at_m: Float[np.ndarray, "m 3"], k: int = 5) -> Int64[np.ndarray, " m"]:
    """The class that most of the k nearest points have; of classes as frequent, the smallest."""
    k = min(k, len(points.classes))
    rows = cKDTree(points.xyz_m).query(at_m, k=[*range(1, k + 1)])[1]  # (m, k)
    classes = np.sort(points.classes[rows], axis=1)
    same = classes[:, :, None] == classes[:, None, :]  # (m, k, k)
    votes = same.sum(axis=2)
    return classes[np.arange(len(classes)), votes.argmax(axis=1)]  # the first of the most is the smallest


def in_voxels(points: LabelledPoints, size_m: float) -> LabelledPoints:
    """The centres of the voxels that hold points, each of the class that most of its points have, -1 too; of
    classes as frequent, the smallest.
    """
    cells = np.floor(points.xyz_m / size_m).astype(np.int64)
    voxels, at = np.unique(cells, axis=0, return_inverse=True)
    pairs, votes = np.unique(np.stack([at.ravel(), points.classes]), axis=1, return_counts=True)
    order = np.lexsort((pairs[1], -votes, pairs[0]))  # most votes first, then the smallest class
    first = order[np.unique(pairs[0][order], return_index=True)[1]]
    return LabelledPoints((voxels + 0.5) * size_m, pairs[1][first])
