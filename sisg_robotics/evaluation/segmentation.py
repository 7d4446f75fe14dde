"""How well the cells of a map are named, against the ids that the renderer wrote.

Truth of a cell is the class most of its pixels belong to. Scores follow the usual definitions:
IoU = tp / (tp + fp + fn) and recall = tp / (tp + fn) for each class, over the classes that occur.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Int32, Int64
from scipy import sparse

from ..datasets import RgbdFrame
from ..geometry import transform
from ..maps import VoxelMap
from .confusion import confusion_matrix, iou, recall, support


class SegmentationScores(NamedTuple):
    """Means over the classes that occur in the truth, each in [0, 1]."""

    miou: float
    macc: float
    """Mean recall."""
    fmiou: float
    """IoU weighted by how many cells of truth each class has."""
    iou_by_class: dict[str, float]


def commonest_classes(scores: Sequence[SegmentationScores], count: int) -> list[str]:
    """Classes that occur in most of the scenes, by name where as many."""
    scenes = Counter(name for one in scores for name in one.iou_by_class)
    return sorted(scenes, key=lambda name: (-scenes[name], name))[:count]


def mean_iou(scores: Sequence[SegmentationScores], names: Iterable[str]) -> float:
    """Mean over classes of their mean over the scenes where they occur."""
    of_class = [[one.iou_by_class[name] for one in scores if name in one.iou_by_class] for name in names]
    return float(np.mean([np.mean(values) for values in of_class]))


def majority_ids(
    frames: Iterable[RgbdFrame], vmap: VoxelMap, channel: Literal["semantic", "instance"] = "semantic"
) -> Int32[np.ndarray, " n"]:
    """The id most pixels of each cell carry, (n,); 0 where no pixel with an id fell in the cell.

    Of two ids with the same number of pixels the smaller wins.
    """
    votes: sparse.csr_matrix | None = None
    for frame in frames:
        ids = getattr(frame, channel)
        seen = (frame.depth_m > 0) & (ids > 0)
        points_world = transform(frame.T_world_cam, frame.depth_intrinsics.points(frame.depth_m)[seen])
        rows = vmap.row_of(vmap.cell_of(points_world))
        inside = rows >= 0
        pairs = (rows[inside], ids[seen][inside].astype(np.int64))
        shape = (len(vmap), 1 + np.iinfo(np.uint16).max)
        frame_votes = sparse.coo_matrix((np.ones(inside.sum(), np.int64), pairs), shape=shape).tocsr()
        votes = frame_votes if votes is None else votes + frame_votes
    if votes is None:
        return np.zeros(len(vmap), np.int32)
    return np.asarray(votes.argmax(axis=1)).ravel().astype(np.int32)


def score_segmentation(
    predicted: Int32[np.ndarray, " n"] | Int64[np.ndarray, " n"],
    truth: Int32[np.ndarray, " n"] | Int64[np.ndarray, " n"],
    names: dict[int, str],
) -> SegmentationScores:
    """Compare class ids cell by cell. Cells whose truth is 0 do not count."""
    known = truth > 0
    present = np.unique(truth[known])
    as_index = np.full(int(max(predicted.max(initial=0), truth.max(initial=0))) + 1, -1)
    as_index[present] = np.arange(len(present))
    matrix = confusion_matrix(
        as_index[truth[known]], as_index[np.maximum(predicted[known], 0)], len(present)
    )  # what is not there, 0 among it, is called in vain
    values = iou(matrix)
    return SegmentationScores(
        miou=float(values.mean()),
        macc=float(recall(matrix).mean()),
        fmiou=float(np.average(values, weights=support(matrix))),
        iou_by_class=dict(zip((names[i] for i in present.tolist()), values.tolist(), strict=True)),
    )
