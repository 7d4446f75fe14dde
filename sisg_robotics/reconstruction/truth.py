"""What a known scene says of a reconstruction: how far it is from the surfaces, and what it misses.

Accuracy and completeness as in Seitz et al., "A comparison and evaluation of multi-view stereo
reconstruction algorithms", CVPR 2006; precision, recall and F-score as in Knapitsch et al., "Tanks and
Temples", 2017. What should be there is asked of the scene and the cameras alone: points spread evenly over
all surfaces, those that some frame has in its picture, in range, with nothing before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from .._open3d import import_open3d
from ..geometry import Intrinsics
from ..rendering.cameras.surface import Surface
from ..rendering.casting.hits import Caster
from ..scenes import Instance
from .cloud import PointCloud
from .mesh import Mesh

WITHIN_M = (0.02, 0.05)
MOST_SCORED = 500_000
"""Points of a reconstruction whose distance is measured; of more, so many are drawn evenly by lot."""
LEAST_COSINE = 0.05
"""Between the line of sight and a surface, 3 degrees: flatter, a pixel covers metres of it."""
_SAME_M = 2e-3


@dataclass(frozen=True)
class Within:
    """Shares at one distance."""

    precision: float
    """Of the reconstruction, that is so near to the scene."""
    recall: float
    """Of the surface that was seen, that is so near to the reconstruction."""

    @property
    def f_score(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Score:
    """Accuracy is from the reconstruction to the scene, completeness from what was seen of it back."""

    accuracy_median_m: float
    accuracy_mean_m: float
    accuracy_p95_m: float
    completeness_median_m: float
    completeness_mean_m: float
    completeness_p95_m: float
    within: Mapping[float, Within]
    """By distance in metres."""


class TrueSurface:
    """The surfaces of things, and what has been seen of them."""

    def __init__(self, instances: Sequence[Instance]) -> None:
        self._surface = Surface.of(instances)
        self._caster = Caster(self._surface.mesh)
        self._seen = np.zeros(len(self._surface), dtype=bool)

    @property
    def seen_points_m(self) -> Float64[np.ndarray, "s 3"]:
        """Points of the surface that some frame saw, each for the same area."""
        return self._surface.points_m[self._seen]

    def look(
        self, camera: Intrinsics, T_world_cam: Float64[np.ndarray, "4 4"], near_m: float, far_m: float
    ) -> None:
        """Note what one frame sees between two depths."""
        rows = self._surface.in_frame(camera, T_world_cam)
        rows = rows[~self._seen[rows]]
        eye = T_world_cam[:3, 3]
        sight = self._surface.points_m[rows] - eye
        depth = sight @ T_world_cam[:3, 2]
        steep = -(sight * self._surface.normals[rows]).sum(axis=1) > LEAST_COSINE * np.linalg.norm(
            sight, axis=1
        )
        good = (depth >= near_m) & (depth <= far_m) & steep
        rows, sight = rows[good], sight[good]
        if not len(rows):
            return
        rays = np.concatenate([np.broadcast_to(eye, sight.shape), sight], axis=1).astype(np.float32)
        first = self._caster.first(rays).t
        self._seen[rows[np.abs(first - 1) * np.linalg.norm(sight, axis=1) < _SAME_M]] = True

    def distance_m(self, points_m: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n"]:
        """How far each point is from the nearest surface."""
        return self._surface.clearance_m(points_m.astype(np.float64)).astype(np.float64)


def score_cloud(cloud: PointCloud, truth: TrueSurface) -> Score:
    """The points' distance from the scene, and of what was seen from the nearest point."""
    from scipy.spatial import cKDTree

    to_cloud = cKDTree(cloud.points_m).query(truth.seen_points_m)[0]
    return score(truth.distance_m(_drawn(cloud.points_m)), to_cloud)


def score_mesh(mesh: Mesh, truth: TrueSurface) -> Score:
    """The same of points spread evenly over the triangles, and of what was seen from the nearest triangle."""
    if not len(mesh):
        return score(np.zeros(0), np.full(len(truth.seen_points_m), np.inf))
    o3d = import_open3d()
    rays = o3d.t.geometry.RaycastingScene()
    rays.add_triangles(*(o3d.core.Tensor(a) for a in (mesh.vertices_m, mesh.triangles.astype(np.uint32))))
    to_mesh = rays.compute_distance(o3d.core.Tensor(truth.seen_points_m.astype(np.float32))).numpy()
    return score(truth.distance_m(_spread(mesh)), to_mesh.astype(np.float64))


def score(
    to_scene_m: Float64[np.ndarray, "n"],
    to_reconstruction_m: Float64[np.ndarray, "s"],
    within_m: Sequence[float] = WITHIN_M,
) -> Score:
    """A score of distances both ways; all shares are 0 where there is nothing to measure."""
    there = to_scene_m if len(to_scene_m) else np.array([np.inf])
    back = to_reconstruction_m if len(to_reconstruction_m) else np.array([np.inf])
    return Score(
        accuracy_median_m=float(np.median(there)),
        accuracy_mean_m=float(np.mean(there)),
        accuracy_p95_m=_p95(there),
        completeness_median_m=float(np.median(back)),
        completeness_mean_m=float(np.mean(back)),
        completeness_p95_m=_p95(back),
        within={d: Within(float((there < d).mean()), float((back < d).mean())) for d in within_m},
    )


def _p95(values: np.ndarray) -> float:
    return float(np.quantile(values, 0.95, method="higher"))


def _drawn(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "_ 3"]:
    if len(points) <= MOST_SCORED:
        return points
    return points[np.random.default_rng(0).permutation(len(points))[:MOST_SCORED]]


def _spread(mesh: Mesh) -> Float64[np.ndarray, "n 3"]:
    """Points over the triangles, by area."""
    a, b, c = np.moveaxis(mesh.vertices_m[mesh.triangles].astype(np.float64), 1, 0)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    if not area.sum() > 0:
        return np.zeros((0, 3))
    rng = np.random.default_rng(0)
    count = min(MOST_SCORED, len(mesh))
    places = (np.arange(count) + 0.5) / count * area.sum()
    of = np.minimum(np.searchsorted(np.cumsum(area), places), len(area) - 1)
    u, v = np.sort(rng.random((2, count)), axis=0)[..., None]
    return u * a[of] + (v - u) * b[of] + (1 - v) * c[of]
