"""RGB, planar depth, class, instance and normal of one ray through every pixel's centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float, Float16, Float32, Float64, Int32, UInt8, UInt16
from numba import njit, prange

from .._open3d import import_open3d
from ..assets import class_ids as default_class_ids
from ..geometry import Intrinsics, as_se3
from ..scenes.scene import Instance, Light
from .lighting import LightCache, light_table
from .mesh import WorldMesh, world_mesh
from .shading import BACKGROUND, FILM, shade
from .textures import material_table
from .vectors import cross, dot, minus, plus, row3, times

NOTHING = -1
"""The triangle of a ray that hits none."""


class RenderedChannels(NamedTuple):
    """All that one picture holds, pixel for pixel from the same rays. Where nothing is hit all data are 0."""

    rgb: UInt8[np.ndarray, "h w 3"]
    depth_m: Float32[np.ndarray, "h w"]
    """Along the camera's z, metres."""
    semantic: Int32[np.ndarray, "h w"]
    """Class ids."""
    instance: UInt16[np.ndarray, "h w"]
    normal: Float16[np.ndarray, "h w 3"]
    """Of the triangle, in the world, towards the camera."""


class _Hits(NamedTuple):
    """p surface points. `triangle` is NOTHING where nothing is hit; `side` is 1 on a triangle's back."""

    triangle: Int32[np.ndarray, "p"]
    uv: Float64[np.ndarray, "p 2"]
    side: UInt8[np.ndarray, "p"]
    depth_m: Float64[np.ndarray, "p"]
    points: Float64[np.ndarray, "p 4"]
    """In the world, and the distance from the camera."""


class Raycaster:
    """Draws a set of instances, lit by point lights, from any camera.

    `class_ids` gives each instance's class its number; by default those of the asset catalogue. The same
    view gives the same bytes, in whatever order views are drawn and with any number of threads.
    """

    def __init__(
        self,
        instances: Sequence[Instance],
        lights: Sequence[Light] = (),
        *,
        class_ids: Mapping[str, int] | None = None,
    ) -> None:
        self._mesh = world_mesh(instances, default_class_ids() if class_ids is None else class_ids)
        self._materials = material_table(self._mesh.materials)
        self._scene = _embree_scene(self._mesh)
        self._lights = light_table(lights)
        self._light = LightCache(self._mesh, self._scene, self._lights, self._materials)
        self._uv_per_m = _uv_per_m(self._mesh)
        self._normals = _face_normals(self._mesh)

    def render(self, intrinsics: Intrinsics, T_world_cam: Float[np.ndarray, "4 4"]) -> RenderedChannels:
        """Everything that a camera sees: T_world_cam is its pose in OpenCV axes."""
        T = as_se3("T_world_cam", T_world_cam)
        directions = _directions(intrinsics, T)
        hits = self._cast(T[:3, 3], directions)
        self._light.light_up(hits.triangle, hits.uv, hits.side)
        mesh = self._mesh
        rgb = shade(
            hits.triangle,
            hits.uv,
            hits.side,
            directions,
            hits.points,
            1.0 / max(intrinsics.fx, intrinsics.fy),
            (mesh.normals, mesh.uv, mesh.triangles, mesh.material_of, self._uv_per_m),
            self._materials,
            self._light.grid,
            self._lights,
            FILM,
            BACKGROUND,
        )
        shape = (intrinsics.height, intrinsics.width)
        return RenderedChannels(
            rgb=rgb.reshape(*shape, 3),
            depth_m=hits.depth_m.astype(np.float32).reshape(shape),
            semantic=_ids(mesh.class_of, hits.triangle).reshape(shape),
            instance=_ids(mesh.instance_of, hits.triangle).reshape(shape),
            normal=self._normals_seen(hits).reshape(*shape, 3),
        )

    def probe(
        self, intrinsics: Intrinsics, T_world_cam: Float[np.ndarray, "n 4 4"]
    ) -> tuple[Float32[np.ndarray, "n h w"], UInt16[np.ndarray, "n h w"]]:
        """Only depth and instances of many views at once, in single precision: for planning viewpoints."""
        T = as_se3("T_world_cam", T_world_cam)
        shape = (len(T), intrinsics.height, intrinsics.width)
        rays = np.empty((*shape, 6), dtype=np.float32)
        for view, T_view in zip(rays, T, strict=True):
            view[..., :3] = T_view[:3, 3]
            view[..., 3:] = _directions(intrinsics, T_view).reshape(*shape[1:], 3)
        found = self._scene.cast_rays(import_open3d().core.Tensor.from_numpy(rays))
        depth_m, triangle = found["t_hit"].numpy(), found["primitive_ids"].numpy().astype(np.int64)
        hit = np.isfinite(depth_m)
        ids = _ids(self._mesh.instance_of, np.where(hit, triangle, NOTHING).astype(np.int32))
        return np.where(hit, depth_m, np.float32(0)), ids

    def _normals_seen(self, hits: _Hits) -> Float16[np.ndarray, "p 3"]:
        normal = self._normals[hits.triangle, hits.side]
        normal[hits.triangle == NOTHING] = 0
        return normal

    def _cast(self, origin: Float64[np.ndarray, "3"], directions: Float64[np.ndarray, "p 3"]) -> _Hits:
        rays = np.empty((len(directions), 6), dtype=np.float32)
        rays[:, :3], rays[:, 3:] = origin, directions
        found = self._scene.cast_rays(import_open3d().core.Tensor.from_numpy(rays))
        return _Hits(
            *_exact_hits(
                origin,
                directions,
                found["t_hit"].numpy(),
                found["primitive_ids"].numpy(),
                found["primitive_uvs"].numpy(),
                self._mesh.vertices_m,
                self._mesh.triangles,
            )
        )


def _embree_scene(mesh: WorldMesh) -> Any:
    o3d = import_open3d()
    scene = o3d.t.geometry.RaycastingScene()
    vertices = o3d.core.Tensor.from_numpy(mesh.vertices_m.astype(np.float32))
    scene.add_triangles(vertices, o3d.core.Tensor.from_numpy(mesh.triangles.astype(np.uint32)))
    return scene


def _directions(intrinsics: Intrinsics, T_world_cam: np.ndarray) -> Float64[np.ndarray, "p 3"]:
    """World directions through all pixel centres, 1 along the camera's z: the ray's parameter is depth."""
    return intrinsics.pixel_rays().reshape(-1, 3) @ T_world_cam[:3, :3].T


def _ids(of_triangle: np.ndarray, triangle: Int32[np.ndarray, "*p"]) -> np.ndarray:
    return np.where(triangle >= 0, of_triangle[triangle], of_triangle.dtype.type(0))


def _face_normals(mesh: WorldMesh) -> Float16[np.ndarray, "m 2 3"]:
    """The unit normal of each triangle, towards either side."""
    a, b, c = np.moveaxis(mesh.vertices_m[mesh.triangles], 1, 0)
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-30)
    return np.stack([normal, -normal], axis=1).astype(np.float16)


def _uv_per_m(mesh: WorldMesh) -> Float32[np.ndarray, "m"]:
    """How many texture repeats a metre of each triangle holds: the root of the ratio of areas."""
    corners, uv = mesh.vertices_m[mesh.triangles], mesh.uv[mesh.triangles].astype(np.float64)
    e, f = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    g, h = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    area = np.linalg.norm(np.cross(e, f), axis=-1)
    area_uv = np.abs(g[:, 0] * h[:, 1] - g[:, 1] * h[:, 0])
    return np.sqrt(area_uv / np.maximum(area, 1e-12)).astype(np.float32)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _exact_hits(origin, directions, t_hit, primitive, primitive_uv, vertices, triangles):
    """Single-precision hits made exact: each ray is met again with its triangle's plane in double precision.

    Moeller and Trumbore 1997. Where a triangle is so thin or so oblique that the two disagree, the first
    answer stands.
    """
    count = directions.shape[0]
    triangle = np.full(count, NOTHING, dtype=np.int32)
    uv = np.zeros((count, 2))
    side = np.zeros(count, dtype=np.uint8)
    depth = np.zeros(count)
    points = np.zeros((count, 4))
    eye = (origin[0], origin[1], origin[2])
    for p in prange(count):
        if np.isinf(t_hit[p]):
            continue
        k = primitive[p]
        a = row3(vertices, triangles[k, 0])
        e = minus(row3(vertices, triangles[k, 1]), a)
        f = minus(row3(vertices, triangles[k, 2]), a)
        n, d, s = cross(e, f), row3(directions, p), minus(a, eye)
        along = dot(n, d)
        t, u, v = float(t_hit[p]), float(primitive_uv[p, 0]), float(primitive_uv[p, 1])
        exact = dot(n, s) / along if along != 0.0 else np.inf
        if abs(exact - t) <= 1e-4 * t:
            t, r = exact, cross(s, d)
            u = min(max(dot(r, f) / along, 0.0), 1.0)
            v = min(max(-dot(r, e) / along, 0.0), 1.0 - u)
        triangle[p] = k
        uv[p, 0], uv[p, 1] = u, v
        side[p] = 1 if along > 0.0 else 0
        depth[p] = t
        at = plus(eye, times(t, d))
        for i in range(3):
            points[p, i] = at[i]
        points[p, 3] = t * np.sqrt(dot(d, d))
    return triangle, uv, side, depth, points
