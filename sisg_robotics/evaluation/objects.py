"""The things of a map, nobody having asked for any: are they told apart, and called by their names?

After HOV-SG (Werby et al., RSS 2024, `eval/hm3dsem_evaluator.py`): found and true objects are matched one
to one (Hungarian), precision and recall count matches that overlap by more than half, and each matched pair
ranks all category names by cosine. acc@k is the share of pairs whose true name is among the first k, and AUC
the area under acc@k over k / C, by trapezia. Here overlap is the IoU of cells, since map and truth share one
grid, and only pairs that overlap are ranked. HOV-SG's overlap, points within 2 cm of the other's as a share
of either, the greater of the two, lets one blob match anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64
from scipy import sparse
from scipy.integrate import trapezoid
from scipy.optimize import linear_sum_assignment

from ..assets import CATEGORIES
from ..assets.structure import STRUCTURE_CLASSES
from ..encoders import make_text_encoder
from ..maps import VoxelMap
from ..maps.objects import FEWEST_CELLS, parts_of
from ..maps.prototypes import prototypes

LEAST_OVERLAP = 0.5
"""IoU above which a found object counts as the true one."""

BEST_AUC = 1 - 0.5 / len(CATEGORIES)
"""What the true name first every time gives: the trapezium from acc@0 = 0 is half a step."""


class FoundObjects(NamedTuple):
    """What was found in one map, beside what is there. Those of several maps can be scored together."""

    found: int
    true: int
    hits: int
    """Pairs that overlap by more than half."""
    ranks: tuple[int, ...]
    """Where the true name stands among all names, 0 = first, of each pair that overlaps at all."""
    names: int
    """How many names were ranked."""


class ObjectScores(NamedTuple):
    """Each in [0, 1]; NaN where there is nothing to measure it with."""

    precision: float
    """Share of found objects that overlap a true one by more than half."""
    recall: float
    """Share of true objects that were found so."""
    top1: float
    """Share of pairs whose true name comes first."""
    top5: float
    auc: float
    """Area under acc@k over k / C; 0.5 is what names at random reach."""


def find_all(vmap: VoxelMap) -> list[Int64[np.ndarray, " _"]]:
    """The rows of every thing that the map seems to hold: cells named as things, in likely objects."""
    names = [*STRUCTURE_CLASSES, *CATEGORIES]
    things = np.flatnonzero(vmap.classify(names) >= len(STRUCTURE_CLASSES))
    return [rows for rows in parts_of(vmap, things, prototypes(vmap)) if len(rows) >= FEWEST_CELLS]


def compare_objects(
    vmap: VoxelMap, objects: Int32[np.ndarray, " n"], class_of: dict[int, str]
) -> FoundObjects:
    """Match what the map holds with what is there: `objects` is the true id of each cell, and `class_of` the
    category of those ids that count.
    """
    found, true = find_all(vmap), sorted(set(np.unique(objects).tolist()) & set(class_of))
    overlap = overlaps(found, objects, true)
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    matched = overlap[rows, columns]
    names = list(CATEGORIES)
    touching = [
        (found[r], class_of[true[c]]) for r, c in zip(rows, columns, strict=True) if overlap[r, c] > 0
    ]
    words = make_text_encoder(vmap.text_encoder).encode(names)
    features = np.array([vmap.features[cells].sum(axis=0) for cells, _ in touching], np.float32)
    ranks = ranks_of(
        features.reshape(-1, vmap.feature_dim),
        words,
        np.array([names.index(name) for _, name in touching], int),
    )
    return FoundObjects(
        len(found), len(true), int(np.sum(matched > LEAST_OVERLAP)), tuple(ranks.tolist()), len(names)
    )


def overlaps(
    found: Sequence[Int64[np.ndarray, " _"]], objects: Int32[np.ndarray, " n"], true: Sequence[int]
) -> Float64[np.ndarray, "f t"]:
    """IoU, in cells, of every group of rows with every true object."""
    column = np.full(int(objects.max(initial=0)) + 1, -1)
    column[list(true)] = np.arange(len(true))
    group = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
    of = column[objects[np.concatenate([*found, np.zeros(0, np.int64)])]]
    inside = of >= 0
    shared = sparse.coo_array(
        (np.ones(inside.sum()), (group[inside], of[inside])), shape=(len(found), len(true))
    ).toarray()
    sizes = np.bincount(column[objects][column[objects] >= 0], minlength=len(true))
    either = np.array([len(rows) for rows in found], float).reshape(-1, 1) + sizes - shared
    return np.asarray(shared / np.maximum(either, 1))


def ranks_of(
    features: Float32[np.ndarray, "m d"], words: Float32[np.ndarray, "c d"], right: Int64[np.ndarray, " m"]
) -> Int64[np.ndarray, " m"]:
    """How many names have a higher cosine with each feature than the right one; equal ones come after it."""
    cosines = features @ words.T  # their lengths do not change the order
    return np.sum(cosines > cosines[np.arange(len(right)), right][:, None], axis=1)


def accuracy_at(ranks: Sequence[int], names: int) -> Float64[np.ndarray, " k"]:
    """acc@k for k = 0 ... names."""
    counts = np.bincount(np.asarray(ranks, int), minlength=names)
    return np.concatenate([[0.0], np.cumsum(counts)]) / max(len(ranks), 1)


def score_objects(compared: Iterable[FoundObjects]) -> ObjectScores:
    """The figures over the objects of one map or of several."""
    compared = list(compared)
    found, true, hits = (sum(getattr(one, name) for one in compared) for name in ("found", "true", "hits"))
    ranks = [rank for one in compared for rank in one.ranks]
    at = accuracy_at(ranks, compared[0].names) if ranks else np.full(len(CATEGORIES) + 1, np.nan)
    return ObjectScores(
        precision=hits / found if found else float("nan"),
        recall=hits / true if true else float("nan"),
        top1=float(at[1]),
        top5=float(at[min(5, len(at) - 1)]),
        auc=float(trapezoid(at, np.linspace(0, 1, len(at)))),
    )
