"""Confusion matrices: how often each true class was called each name, and what is read off them.

With c classes a matrix is (c + 1, c + 1), rows the truth, columns the prediction; the last row and column are
of -1, unlabelled. Of class i: tp = m[i, i], fn = the rest of its row, fp = the rest of its column;
IoU = tp / (tp + fp + fn), recall = tp / (tp + fn).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Int64, Integer

from ..errors import BadValue

Confusion = Int64[np.ndarray, "rows columns"]


def confusion_matrix(
    truth: Integer[np.ndarray, " n"], predicted: Integer[np.ndarray, " n"], count: int
) -> Int64[np.ndarray, "rows columns"]:
    """Count the pairs of true and predicted classes, each in [-1, count)."""
    for name, ids in (("truth", truth), ("predicted", predicted)):
        if len(ids) and not -1 <= ids.min() <= ids.max() < count:
            raise BadValue(name, f"classes {ids.min()} to {ids.max()}", f"-1 or one of {count} classes")
    side = count + 1
    pairs = (truth.astype(np.int64) % side) * side + predicted.astype(np.int64) % side  # -1 becomes count
    return np.bincount(pairs, minlength=side * side).reshape(side, side).astype(np.int64)


def support(matrix: Confusion) -> Int64[np.ndarray, " c"]:
    """How often each class is the truth."""
    return matrix[:-1].sum(axis=1)


def iou(matrix: Confusion) -> Float64[np.ndarray, " c"]:
    """IoU of each class; NaN of one that neither is nor was called."""
    hits = matrix.diagonal()[:-1]
    return _share(hits, support(matrix) + matrix[:, :-1].sum(axis=0) - hits)


def recall(matrix: Confusion) -> Float64[np.ndarray, " c"]:
    """Share of each class that was called by its name; NaN of one that does not occur."""
    return _share(matrix.diagonal()[:-1], support(matrix))


def _share(part: Int64[np.ndarray, " c"], whole: Int64[np.ndarray, " c"]) -> Float64[np.ndarray, " c"]:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
