"""Embree's search for the first triangle along a ray, by way of Open3D; in single precision."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, UInt32

from ..._open3d import import_open3d
from .mesh import WorldMesh


class FirstHits(NamedTuple):
    """What Embree says of p rays; `t` is infinite where a ray meets nothing."""

    t: Float32[np.ndarray, "p"]
    """In lengths of the ray's direction."""
    triangle: UInt32[np.ndarray, "p"]
    uv: Float32[np.ndarray, "p 2"]
    """Barycentric: the shares of the triangle's second corner and of its third."""


def embree_scene(mesh: WorldMesh) -> Any:
    """Open3D's RaycastingScene of the mesh."""
    o3d = import_open3d()
    scene = o3d.t.geometry.RaycastingScene()
    vertices = o3d.core.Tensor.from_numpy(mesh.vertices_m.astype(np.float32))
    scene.add_triangles(vertices, o3d.core.Tensor.from_numpy(mesh.triangles.astype(np.uint32)))
    return scene


def cast_rays(scene: Any, rays: Float32[np.ndarray, "p 6"]) -> FirstHits:
    """The first triangle that each ray (origin, direction) meets."""
    found = scene.cast_rays(import_open3d().core.Tensor.from_numpy(rays))
    return FirstHits(found["t_hit"].numpy(), found["primitive_ids"].numpy(), found["primitive_uvs"].numpy())
