"""HOV-SG (Werby et al., RSS 2024): `application/eval/evaluate_sem_seg.py`, `hovsg/utils/metric.py`.

A map chooses among all classes of the scan and "background". Every point of the truth gets the class that
most of its five nearest labelled points have. Classes whose name contains wall, floor, ceiling, door, window
or background do not count, a wall-cabinet being one of them; but what is called by another name on their
points, and on points without a class, is still a false positive of that name. Figures are of each scene, then
averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Int64

from ..confusion import confusion_matrix, support
from ..labelled import LabelledPoints, Truth, of_most
from .protocol import STRUCTURE, Protocol, ProtocolScores, SceneResult, averaged, mean_of

BACKGROUND = "background"
IGNORED = (*STRUCTURE, BACKGROUND)


def with_background(truth: Truth) -> Truth:
    """The scan's own classes and one more."""
    return truth if BACKGROUND in truth.names else replace(truth, names=(*truth.names, BACKGROUND))


def candidates(truth: Truth) -> list[int]:
    """All of them."""
    return list(range(len(truth.names)))


def compare(predicted: LabelledPoints, truth: Truth, cell_size_m: float) -> Int64[np.ndarray, "r c"]:
    """Count at the truth's points."""
    named = of_most(predicted.labelled, truth.points.xyz_m)
    return confusion_matrix(truth.points.classes, named, len(truth.names))


def score(scenes: Sequence[SceneResult]) -> ProtocolScores:
    """The mean of the scenes' figures, each over the classes of its truth."""
    return mean_of([averaged(scene, _counts(scene)) for scene in scenes])


def _counts(scene: SceneResult) -> np.ndarray:
    ignored = np.array([any(word in name for word in IGNORED) for name in scene.names])
    return (support(scene.matrix) > 0) & ~ignored


HOV_SG = Protocol("hov_sg", "HOV-SG, RSS 2024", with_background, candidates, compare, score)
