"""What a protocol is made of, and how figures are read off its confusion matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int64

from ..confusion import Confusion, iou, recall, support
from ..labelled import LabelledPoints, Truth

STRUCTURE = ("wall", "floor", "ceiling", "door", "window")
"""What most papers leave out, or once said background."""


class SceneResult(NamedTuple):
    """The confusion matrix of one scene over the classes of these names."""

    names: tuple[str, ...]
    matrix: Confusion


class ProtocolScores(NamedTuple):
    """Each in [0, 1]; NaN where no class counts."""

    miou: float
    macc: float
    """Mean recall."""
    fmiou: float
    """IoU weighted by how many points of truth each class has."""
    acc: float
    """Share of points of the classes that count which are named rightly."""
    iou_by_class: dict[str, float]


@dataclass(frozen=True)
class Protocol:
    """One way to measure, as pure functions of points.

    `truth` puts a scan into the protocol's classes; `candidates` are those that a map may choose from;
    `compare` transfers predicted classes to where they are compared and counts; `score` pools or averages
    scenes. `predict` chooses from cosines (n, c) where the protocol says how; None: the map's own way.
    """

    name: str
    paper: str
    truth: Callable[[Truth], Truth]
    candidates: Callable[[Truth], list[int]]
    compare: Callable[[LabelledPoints, Truth, float], Confusion]
    """Of predicted points, the truth, and the size of the map's cells in metres."""
    score: Callable[[Sequence[SceneResult]], ProtocolScores]
    predict: Callable[[Float[np.ndarray, "n c"]], Int64[np.ndarray, " n"]] | None = None


def pooled(scenes: Sequence[SceneResult]) -> SceneResult:
    """The sum of the matrices, class by class of the same name."""
    names = tuple(dict.fromkeys(name for scene in scenes for name in scene.names))
    total = np.zeros((len(names) + 1, len(names) + 1), np.int64)
    for scene in scenes:
        at = np.array([names.index(name) for name in scene.names] + [len(names)])
        total[np.ix_(at, at)] += scene.matrix
    return SceneResult(names, total)


def averaged(
    scene: SceneResult,
    counts: Bool[np.ndarray, " c"],
    *,
    divisor: int | None = None,
    of_iou: Confusion | None = None,
) -> ProtocolScores:
    """Means over the classes that count; a NaN of theirs is 0. `divisor` stands for how many they are, and
    `of_iou` for the matrix that IoU is read off, where a paper has others.
    """
    matrix = scene.matrix
    ious = np.nan_to_num(iou(matrix if of_iou is None else of_iou))[counts]
    recalls, weights = np.nan_to_num(recall(matrix))[counts], support(matrix)[counts]
    count, total = divisor or len(ious), weights.sum()
    nothing = float("nan")
    return ProtocolScores(
        miou=float(ious.sum() / count) if count else nothing,
        macc=float(recalls.sum() / count) if count else nothing,
        fmiou=float((ious * weights).sum() / total) if total else nothing,
        acc=float((recalls * weights).sum() / total) if total else nothing,
        iou_by_class={name: float(value) for name, value in zip(_named(scene, counts), ious, strict=True)},
    )


def mean_of(scores: Sequence[ProtocolScores]) -> ProtocolScores:
    """The mean over scenes; that of a class, over the scenes that have it."""
    by_class: dict[str, list[float]] = {}
    for one in scores:
        for name, value in one.iou_by_class.items():
            by_class.setdefault(name, []).append(value)
    miou, macc, fmiou, acc = (
        float(np.mean(values)) for values in zip(*(one[:4] for one in scores), strict=True)
    )
    by_name = {name: float(np.mean(values)) for name, values in by_class.items()}
    return ProtocolScores(miou, macc, fmiou, acc, by_name)


def _named(scene: SceneResult, counts: Bool[np.ndarray, " c"]) -> list[str]:
    return [name for name, is_in in zip(scene.names, counts, strict=True) if is_in]
