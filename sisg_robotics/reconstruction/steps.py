"""How far each frame's pose is off against the frame before it, by point-to-plane ICP.

Chen and Medioni, "Object modeling by registration of multiple range images", 1992, by Open3D, starting where
the poses say. Two views of one plane can slide along it without any residual; of what ICP did, only what the
normals pin down is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Float64

from .._open3d import import_open3d
from ..geometry import transform
from .looks import Look

REACH_M = 0.1
"""Farthest that two points may be apart to be taken for one place."""
TUKEY_M = 0.05
ITERATIONS = 30
POINTS = 2500
"""Of each frame."""
LEAST_OVERLAP = 0.3
"""Share of a frame's points that must be near a point of the other."""
LEAST_PINNED = 0.02
"""Mean square of the normals along a direction, of 1, below which ICP may slide along it."""


@dataclass(frozen=True)
class Step:
    """What would bring a frame onto the one before it. NaN where they see too little in common."""

    move_m: float
    turn_rad: float
    overlap: float
    """Share of the frame's points that lie near the other's."""
    pinned: int
    """Of the six ways to move, those in which the surfaces hold the frame."""


NO_STEP = Step(np.nan, np.nan, 0.0, 0)


def icp_steps(looks: Iterable[Look]) -> list[Step]:
    """The step of every frame but the first."""
    o3d = import_open3d()
    clouds = ((look, _cloud(o3d, look)) for look in looks)
    return [_step(o3d, before, after) for before, after in pairwise(clouds)]


def _step(o3d: Any, before: tuple[Look, Any], after: tuple[Look, Any]) -> Step:
    (_, target), (_, source) = before, after
    if min(len(target.points), len(source.points)) < 100:
        return NO_STEP
    registration = o3d.pipelines.registration
    overlap = registration.evaluate_registration(source, target, REACH_M).fitness
    if overlap < LEAST_OVERLAP:
        return Step(np.nan, np.nan, float(overlap), 0)
    method = registration.TransformationEstimationPointToPlane(registration.TukeyLoss(TUKEY_M))
    enough = registration.ICPConvergenceCriteria(1e-7, 1e-7, ITERATIONS)
    T = registration.registration_icp(source, target, REACH_M, np.eye(4), method, enough).transformation
    points, normals = np.asarray(source.points), np.asarray(source.normals)
    move_m, turn_rad, pinned = pinned_motion(T, points, normals)
    return Step(move_m, turn_rad, float(overlap), pinned)


def pinned_motion(
    T: Float64[np.ndarray, "4 4"], points_m: Float64[np.ndarray, "p 3"], normals: Float64[np.ndarray, "p 3"]
) -> tuple[float, float, int]:
    """Of a small motion: metres at the points' middle, radians, in so many directions that normals pin down.

    Gelfand et al., "Geometrically stable sampling for the ICP algorithm", 3DIM 2003, section 3.
    """
    from scipy.spatial.transform import Rotation

    middle = points_m.mean(axis=0)
    arm = points_m - middle
    size = max(float(np.sqrt((arm**2).sum(axis=1).mean())), 1e-6)
    turn = Rotation.from_matrix(T[:3, :3]).as_rotvec()
    motion = np.concatenate([transform(T, middle) - middle, size * turn])
    rows = np.concatenate([normals, np.cross(arm, normals) / size], axis=1)
    pinned, ways = np.linalg.eigh(rows.T @ rows / len(rows))
    ways = ways[:, pinned > LEAST_PINNED]
    motion = ways @ (ways.T @ motion)
    return float(np.linalg.norm(motion[:3])), float(np.linalg.norm(motion[3:])) / size, ways.shape[1]


def _cloud(o3d: Any, look: Look) -> Any:
    some: Sequence[int] | np.ndarray = np.random.default_rng(look.index).permutation(len(look.points_m))
    some = np.sort(some[:POINTS])
    points = transform(look.T_world_cam, look.points_m[some].astype(np.float64))
    normals = look.normals[some].astype(np.float64) @ look.T_world_cam[:3, :3].T
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.normals = o3d.utility.Vector3dVector(normals)
    return cloud
