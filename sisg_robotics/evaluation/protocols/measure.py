"""A map measured against a labelled scan by a protocol."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64
from scipy.spatial import cKDTree

from ...encoders import make_text_encoder
from ...errors import RequestError
from ...geometry import transform
from ...maps import VoxelMap
from ...maps.query import check_has_features
from ..labelled import LabelledPoints, Truth
from .protocol import Protocol, SceneResult

LEAST_NEAR = 0.5
"""Share of a map's cells that have a point of the truth within `NEAR_M`; less, and it is of another place."""
NEAR_M = 0.25


def measure_scene(protocol: Protocol, vmap: VoxelMap, scan: Truth) -> SceneResult:
    """The confusion matrix of one map against its scan, whose points are in the map's world frame."""
    check_has_features(vmap)
    truth = protocol.truth(scan)
    predicted = predicted_points(protocol, vmap, truth)
    check_same_place(vmap, truth)
    return SceneResult(truth.names, protocol.compare(predicted, truth, vmap.cell_size_m))


def predicted_points(protocol: Protocol, vmap: VoxelMap, truth: Truth) -> LabelledPoints:
    """The map's cells with the class that each chooses among the protocol's candidates."""
    chosen = np.array(protocol.candidates(truth), np.int64)
    if not len(chosen):
        raise RequestError(f"The truth has no class that {protocol.name} counts: {', '.join(truth.names)}.")
    words = [spoken(truth.names[i]) for i in chosen]
    if protocol.predict is None:
        best = vmap.classify(words)
    else:
        cosines = vmap.unit_features() @ make_text_encoder(vmap.text_encoder).encode(words).T
        best = np.where(vmap.weights > 0, protocol.predict(cosines), -1)
    return LabelledPoints(vmap.centers_xyz_m, np.append(chosen, -1)[best])


def spoken(name: str) -> str:
    """A class name as people say it: "tv-screen" is a tv screen."""
    return name.replace("-", " ").replace("_", " ")


def check_same_place(vmap: VoxelMap, truth: Truth) -> None:
    """Refuse a map that lies elsewhere than the truth, such as one of another scene or frame."""
    sample = vmap.centers_xyz_m[:: 1 + len(vmap) // 2000]
    near = np.isfinite(cKDTree(truth.points.xyz_m).query(sample, distance_upper_bound=NEAR_M)[0])
    if near.mean() < LEAST_NEAR:
        raise RequestError(
            f"Only {near.mean():.0%} of the map's cells lie near the truth: it is the map of another scene "
            f"or world frame. Give the truth of the recording that the map is of."
        )


def moved(scan: Truth, T_world_source: Float64[np.ndarray, "4 4"]) -> Truth:
    """The scan in the world frame of an imported recording."""
    xyz = transform(T_world_source, scan.points.xyz_m.astype(np.float64))
    return Truth(LabelledPoints(xyz, scan.points.classes), scan.names)
