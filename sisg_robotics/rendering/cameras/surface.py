"""What there is to see: points spread evenly over every surface, and from where each of them is seen.

A point is seen from an eye when nothing stands between them and the eye is before its surface, however far
away. Every point stands for the same area, so shares of points are shares of area. The rays take every
surface for solid, cut-out leaves too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt16

from ..._numba import njit, prange
from ..._open3d import import_open3d
from ...geometry import Intrinsics, as_se3
from ...scenes.scene import Instance
from ..casting.mesh import WorldMesh, world_mesh
from ..vectors import dot, minus, row3

PATCH_M2 = 0.01
"""Area of surface that one point stands for, where MOST_POINTS suffice."""
MOST_POINTS = 150_000
_LEAST_COSINE = 0.005
"""Between the line of sight and the surface's normal: 0.3 degrees from lying in the surface, where rounding
would decide."""
_LIFT_M = 1e-3
"""Points stand this far off their surface, so that it does not hide them."""
_PAIRS_AT_ONCE = 1_000_000
_NOTHING = np.uint32(0xFFFFFFFF)


class Views(NamedTuple):
    """Coarse pictures for planning: where nothing is hit, depth and instance are 0."""

    depth_m: Float32[np.ndarray, "n h w"]
    instance: UInt16[np.ndarray, "n h w"]
    back: Bool[np.ndarray, "n h w"]
    """Whether the ray meets a triangle from behind, as it does inside of things."""


@dataclass(frozen=True, eq=False)
class Surface:
    """p points over the surfaces of some instances, and rays among them."""

    points_m: Float64[np.ndarray, "p 3"]
    normals: Float64[np.ndarray, "p 3"]
    instance_of: UInt16[np.ndarray, "p"]
    patch_m2: float
    """Area of surface that each point stands for."""
    mesh: WorldMesh
    rays: Any
    """Open3D's RaycastingScene of the mesh."""

    @classmethod
    def of(cls, instances: Sequence[Instance], patch_m2: float = PATCH_M2) -> Surface:
        """The surfaces of instances. Raises BadValue when they have no triangle."""
        mesh = world_mesh(instances, {thing.class_name: 1 for thing in instances})
        o3d = import_open3d()
        rays = o3d.t.geometry.RaycastingScene()
        vertices = o3d.core.Tensor.from_numpy(mesh.vertices_m.astype(np.float32))
        rays.add_triangles(vertices, o3d.core.Tensor.from_numpy(mesh.triangles.astype(np.uint32)))
        points, normals, of, patch_m2 = _spread(mesh, patch_m2)
        return cls(points, normals, mesh.instance_of[of], patch_m2, mesh, rays)

    def __len__(self) -> int:
        return len(self.points_m)

    def part(self, points: Bool[np.ndarray, "p"]) -> Surface:
        """Only these points, among everything that stood between them."""
        some = {"points_m": self.points_m[points], "normals": self.normals[points]}
        return replace(self, **some, instance_of=self.instance_of[points])

    def seen_from(self, eyes_m: Float64[np.ndarray, "e 3"]) -> Bool[np.ndarray, "e p"]:
        """Which points each eye sees when it looks everywhere."""
        seen = np.zeros((len(eyes_m), len(self)), dtype=bool)
        _facing(self.points_m, self.normals, eyes_m, seen)
        at_once = max(1, _PAIRS_AT_ONCE // max(len(self), 1))
        for start in range(0, len(eyes_m), at_once):
            rows = seen[start : start + at_once]  # a view
            eye, point = np.nonzero(rows)
            rays = _lines(self.points_m, self.normals, eyes_m[start : start + at_once], eye, point)
            rows[eye, point] = ~self._hidden(rays)
        return seen

    def seen_by(
        self, intrinsics: Intrinsics, T_world_cam: Float64[np.ndarray, "4 4"]
    ) -> Bool[np.ndarray, "p"]:
        """Which points are in a picture."""
        inside = self.in_frame(intrinsics, T_world_cam)
        eye = T_world_cam[None, :3, 3]
        rays = _lines(self.points_m, self.normals, eye, np.zeros(len(inside), dtype=np.int64), inside)
        seen = np.zeros(len(self), dtype=bool)
        seen[inside] = ~self._hidden(rays)
        return seen

    def in_frame(self, intrinsics: Intrinsics, T_world_cam: Float64[np.ndarray, "4 4"]) -> np.ndarray:
        """Numbers of the points that would be in a picture if nothing hid another."""
        facing = np.zeros((1, len(self)), dtype=bool)
        _facing(self.points_m, self.normals, T_world_cam[None, :3, 3].copy(), facing)
        T = as_se3("T_world_cam", T_world_cam)
        near = np.flatnonzero(facing[0])
        uv = intrinsics.project((self.points_m[near] - T[:3, 3]) @ T[:3, :3])
        inside = (uv >= 0) & (uv < [intrinsics.width, intrinsics.height])  # NaN, behind, is not
        return near[inside.all(axis=1)]

    def look(self, intrinsics: Intrinsics, T_world_cam: Float64[np.ndarray, "n 4 4"]) -> Views:
        """Pictures of one ray a pixel, in single precision."""
        rays = np.empty((len(T_world_cam), intrinsics.height, intrinsics.width, 6), dtype=np.float32)
        for view, T in zip(rays, T_world_cam, strict=True):
            view[..., :3] = T[:3, 3]
            view[..., 3:] = intrinsics.pixel_rays() @ T[:3, :3].T
        found = self.rays.cast_rays(import_open3d().core.Tensor.from_numpy(rays))
        triangle = found["primitive_ids"].numpy()
        hit = triangle != _NOTHING
        facing = np.einsum("nhwi,nhwi->nhw", found["primitive_normals"].numpy(), rays[..., 3:])
        instance = np.where(hit, self.mesh.instance_of[np.where(hit, triangle, 0)], np.uint16(0))
        depth_m = np.where(hit, found["t_hit"].numpy(), np.float32(0))
        return Views(depth_m, instance, hit & (facing > 0))

    def sees(self, eye_m: Float64[np.ndarray, "3"], point_m: Float64[np.ndarray, "3"]) -> bool:
        """Whether nothing stands between two points."""
        ray = np.concatenate([eye_m, point_m - eye_m]).astype(np.float32)
        return not self._hidden(ray[None])[0]

    def clearance_m(self, points_m: Float64[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n"]:
        """How far each point is from the nearest surface."""
        tensor = import_open3d().core.Tensor.from_numpy(points_m.astype(np.float32))
        distance: np.ndarray = self.rays.compute_distance(tensor).numpy()
        return distance

    def _hidden(self, rays: Float32[np.ndarray, "n 6"]) -> Bool[np.ndarray, "n"]:
        if not len(rays):
            return np.zeros(0, dtype=bool)
        tensor = import_open3d().core.Tensor.from_numpy(rays)
        hidden: np.ndarray = self.rays.test_occlusions(tensor, 0.0, 1.0).numpy()
        return hidden


def _spread(
    mesh: WorldMesh, patch_m2: float
) -> tuple[Float64[np.ndarray, "p 3"], Float64[np.ndarray, "p 3"], Int64[np.ndarray, "p"], float]:
    """Points, their normals and triangles, and the area each stands for.

    One point for each patch: even steps through the triangles' areas, spread within them by a sequence.

    Roberts' additive recurrence ("The unreasonable effectiveness of quasirandom sequences", 2018).
    """
    corner, b, c = np.moveaxis(mesh.vertices_m[mesh.triangles], 1, 0)
    e, f = b - corner, c - corner
    normal = np.cross(e, f)
    doubled = np.sqrt((normal * normal).sum(axis=1))
    upto = np.cumsum(doubled / 2)
    patch_m2 = max(patch_m2, float(upto[-1]) / MOST_POINTS)
    index = np.arange(int(upto[-1] / patch_m2))
    of = np.minimum(np.searchsorted(upto, (index + 0.5) * patch_m2), len(upto) - 1)
    uv = (0.5 + index[:, None] * [0.7548776662466927, 0.5698402909980532]) % 1.0
    uv = np.where(uv.sum(axis=1, keepdims=True) > 1, 1 - uv, uv)
    points = corner[of] + uv[:, :1] * e[of] + uv[:, 1:] * f[of]
    return points, normal[of] / np.maximum(doubled[of], 1e-30)[:, None], of, patch_m2


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _facing(points, normals, eyes, out):
    """Whether each point turns its front to each eye."""
    for e in prange(eyes.shape[0]):
        eye = row3(eyes, e)
        for p in range(points.shape[0]):
            away = minus(eye, row3(points, p))
            cosine = dot(away, row3(normals, p))
            out[e, p] = cosine > 0.0 and cosine * cosine >= _LEAST_COSINE * _LEAST_COSINE * dot(away, away)


@njit(cache=True, nogil=True)
@no_type_check
def _lines(points, normals, eyes, eye, point):
    """Rays from eyes to points lifted off their surface, which they reach at 1."""
    rays = np.empty((point.shape[0], 6), dtype=np.float32)
    for r in range(point.shape[0]):
        for i in range(3):
            start = eyes[eye[r], i]
            rays[r, i] = start
            rays[r, 3 + i] = points[point[r], i] + _LIFT_M * normals[point[r], i] - start
    return rays
