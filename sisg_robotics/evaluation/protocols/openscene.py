"""OpenScene (Peng et al., CVPR 2023): `run/evaluate.py`, `util/metric.py`.

A map chooses among all classes of the benchmark. Every point of the truth that has a class gets that of the
nearest cell of the map, if the cell holds it or touches the one that would; else it was not seen. As in the
paper's code, points not seen lower recall but not IoU. Scenes are pooled; figures are summed over the classes
that occur and divided by how many the benchmark has, so one that does not occur counts as 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from ..confusion import confusion_matrix, support
from ..ground_truth.classes import SCANNET_20
from ..labelled import LabelledPoints, Truth, in_classes, of_nearest
from .protocol import Protocol, ProtocolScores, SceneResult, averaged, pooled

REACH_CELLS = 3**0.5
"""How far the centre of a touching cell can be, in cells: a corner's whole diagonal."""


def benchmark_classes(truth: Truth) -> Truth:
    """ScanNet's 20 where the scan's names are of those, else the scan's own."""
    is_scannet = set(truth.names) <= set(SCANNET_20.values())
    return in_classes(truth, tuple(SCANNET_20.values())) if is_scannet else truth


def candidates(truth: Truth) -> list[int]:
    """All of them, here or not."""
    return list(range(len(truth.names)))


def compare(predicted: LabelledPoints, truth: Truth, cell_size_m: float) -> Int64[np.ndarray, "r c"]:
    """Count at the truth's points that have a class; -1 is called what was not seen."""
    known = truth.points.labelled
    named = of_nearest(predicted.labelled, known.xyz_m, reach_m=REACH_CELLS * cell_size_m)
    return confusion_matrix(known.classes, named, len(truth.names))


def score(scenes: Sequence[SceneResult]) -> ProtocolScores:
    """All scenes as one, over all classes of the benchmark."""
    everything = pooled(scenes)
    of_seen = everything.matrix.copy()
    of_seen[:, -1] = 0
    present = support(everything.matrix) > 0
    return averaged(everything, present, divisor=len(everything.names), of_iou=of_seen)


OPENSCENE = Protocol("openscene", "OpenScene, CVPR 2023", benchmark_classes, candidates, compare, score)
