"""ConceptGraphs (Gu et al., ICRA 2024): `scripts/eval_replica_semseg.py` with n_exclude=6.

Classes: those of the scene's truth, without other, floor, wall, ceiling, door and window; a map chooses among
no others. Every point of the map, first given the class of its nearest labelled point, is compared with the
nearest point of the truth, where that counts. Scenes are pooled; the classes that then occur are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from ..confusion import confusion_matrix, support
from ..labelled import LabelledPoints, Truth, of_nearest
from .protocol import STRUCTURE, Protocol, ProtocolScores, SceneResult, averaged, pooled

EXCLUDED = ("other", *STRUCTURE)


def candidates(truth: Truth) -> list[int]:
    """The classes of this scene that count."""
    return [i for i in truth.present if truth.names[i] not in EXCLUDED]


def compare(predicted: LabelledPoints, truth: Truth, cell_size_m: float) -> Int64[np.ndarray, "r c"]:
    """Count at the map's points."""
    named = of_nearest(predicted.labelled, predicted.xyz_m)
    true = of_nearest(truth.points, predicted.xyz_m)
    kept = np.isin(true, candidates(truth))
    return confusion_matrix(true[kept], named[kept], len(truth.names))


def score(scenes: Sequence[SceneResult]) -> ProtocolScores:
    """All scenes as one."""
    everything = pooled(scenes)
    return averaged(everything, support(everything.matrix) > 0)


CONCEPTGRAPHS = Protocol(
    "conceptgraphs", "ConceptGraphs, ICRA 2024", lambda truth: truth, candidates, compare, score
)
