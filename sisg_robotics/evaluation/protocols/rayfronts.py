"""RayFronts (Alama et al., 2025): `scripts/semseg_eval.py`, `experiments/semseg_configs`.

Classes: those of the scene's truth, without wall, floor, ceiling, door, window and background.
Probabilities are softmax(100 cosine); a class that reaches 0.5 nowhere in the map is dropped, over the whole
map and not chunk by chunk as in their code, and a voxel whose best is below 0.1 is not named. The truth is
put into voxels of 5 cm, of which those that are mostly of other classes do not count, and each gets what most
of the five nearest voxels of the map are, unnamed being one of the votes. Figures are of each scene over the
classes of its truth, then averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64
from scipy.special import softmax

from ..confusion import confusion_matrix, support
from ..labelled import LabelledPoints, Truth, in_voxels, of_most
from .protocol import STRUCTURE, Protocol, ProtocolScores, SceneResult, averaged, mean_of

EXCLUDED = (*STRUCTURE, "background")
VOXEL_M = 0.05
SHARPNESS = 100.0
LEAST_ANYWHERE = 0.5
LEAST_HERE = 0.1


def candidates(truth: Truth) -> list[int]:
    """The classes of this scene that count."""
    return [i for i in truth.present if truth.names[i] not in EXCLUDED]


def predict(cosines: Float[np.ndarray, "n c"]) -> Int64[np.ndarray, " n"]:
    """The column that each row chooses, -1 where it chooses none."""
    likely = softmax(SHARPNESS * cosines.astype(np.float64), axis=1)
    likely[:, likely.max(axis=0, initial=0) < LEAST_ANYWHERE] = -np.inf
    best = likely.argmax(axis=1)
    return np.where(likely[np.arange(len(best)), best] < LEAST_HERE, -1, best).astype(np.int64)


def compare(predicted: LabelledPoints, truth: Truth, cell_size_m: float) -> Int64[np.ndarray, "r c"]:
    """Count at the truth's voxels that count."""
    counts = np.isin(truth.points.classes, candidates(truth))
    points = LabelledPoints(truth.points.xyz_m, np.where(counts, truth.points.classes, -1))
    voxels = in_voxels(points, VOXEL_M).labelled
    return confusion_matrix(voxels.classes, of_most(predicted, voxels.xyz_m), len(truth.names))


def score(scenes: Sequence[SceneResult]) -> ProtocolScores:
    """The mean of the scenes' figures."""
    return mean_of([averaged(scene, support(scene.matrix) > 0) for scene in scenes])


RAYFRONTS = Protocol("rayfronts", "RayFronts, 2025", lambda truth: truth, candidates, compare, score, predict)
