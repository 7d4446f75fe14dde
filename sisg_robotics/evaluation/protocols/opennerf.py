"""OpenNeRF (Engelmann et al., ICLR 2024) and OVO (Martins et al., 2024): `ovo/utils/eval_utils.py`.

On Replica 51 classes, walls and floors among them, on ScanNet 20; other points of the truth do not count.
Every point of the truth gets the class that most of its five nearest labelled points have. Confusion is
summed over all scenes; a class counts that occurs or was called anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from ..confusion import confusion_matrix, support
from ..ground_truth.classes import REPLICA_51, SCANNET_20
from ..labelled import LabelledPoints, Truth, in_classes, of_most
from .protocol import Protocol, ProtocolScores, SceneResult, averaged, pooled

THIRDS = ("head", "common", "tail")
"""Of Replica's 51 classes, which stand in the order of their frequency: 17 each."""


def benchmark_classes(truth: Truth) -> Truth:
    """The scan in the benchmark's classes: ScanNet's 20 where its names are those, else Replica's 51."""
    is_scannet = set(truth.names) <= set(SCANNET_20.values())
    return in_classes(truth, tuple((SCANNET_20 if is_scannet else REPLICA_51).values()))


def candidates(truth: Truth) -> list[int]:
    """All of them, here or not."""
    return list(range(len(truth.names)))


def compare(predicted: LabelledPoints, truth: Truth, cell_size_m: float) -> Int64[np.ndarray, "r c"]:
    """Count at the truth's points that have a class."""
    known = truth.points.labelled
    return confusion_matrix(known.classes, of_most(predicted.labelled, known.xyz_m), len(truth.names))


def score(scenes: Sequence[SceneResult]) -> ProtocolScores:
    """All scenes as one."""
    everything = pooled(scenes)
    called = everything.matrix[:, :-1].sum(axis=0) > 0
    return averaged(everything, called | (support(everything.matrix) > 0))


def by_thirds(scores: ProtocolScores) -> dict[str, float]:
    """mIoU of Replica's frequent, middling and rare classes; NaN where none of them counts."""
    names = list(REPLICA_51.values())
    size = len(names) // len(THIRDS)
    means = {}
    for i, third in enumerate(THIRDS):
        group = names[i * size : (i + 1) * size]
        values = [scores.iou_by_class[name] for name in group if name in scores.iou_by_class]
        means[third] = float(np.mean(values)) if values else float("nan")
    return means


OPENNERF = Protocol(
    "opennerf", "OpenNeRF, ICLR 2024; OVO, 2024", benchmark_classes, candidates, compare, score
)
