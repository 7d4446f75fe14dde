"""The scene's triangles as compiled code reads them: corners, normals, directions of textures."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32

from ..._numba import njit
from ..casting.mesh import WorldMesh
from ..kernels import PER_RAY
from ..vectors import blend, dot, row3, times


class Surfaces(NamedTuple):
    """n vertices and m triangles. What a scene has none of has no rows."""

    vertices_m: Float64[np.ndarray, "n 3"]
    normals: Float32[np.ndarray, "n 3"]
    uv: Float32[np.ndarray, "n 2"]
    colors: Float32[np.ndarray, "n 4"]
    """Linear, with alpha; no rows where no part has any."""
    triangles: Int32[np.ndarray, "m 3"]
    material_of: Int32[np.ndarray, "m"]
    faces: Float32[np.ndarray, "m 3"]
    """Unit normals."""
    flat: Bool[np.ndarray, "m"]
    """Whether the normals of all three corners are the face's."""
    uv_per_m: Float32[np.ndarray, "m 2 3"]
    """How u and v grow with a step in the world."""
    repeats_per_m: Float32[np.ndarray, "m"]
    """How much the faster of them grows."""


def surfaces(mesh: WorldMesh) -> Surfaces:
    """The mesh, with what can be known of its triangles beforehand."""
    corners = mesh.vertices_m[mesh.triangles]
    e, f = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(e, f)
    area2 = np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-30)
    faces = (normal / area2).astype(np.float32)
    uv_per_m = _uv_gradients(e, f, normal / area2**2, mesh.uv[mesh.triangles].astype(np.float64))
    colors = np.empty((0, 4), dtype=np.float32) if mesh.colors is None else mesh.colors
    return Surfaces(
        vertices_m=mesh.vertices_m,
        normals=mesh.normals,
        uv=mesh.uv,
        colors=colors,
        triangles=mesh.triangles,
        material_of=mesh.material_of,
        faces=faces,
        flat=(np.abs(mesh.normals[mesh.triangles] - faces[:, None]) < 1e-6).all(axis=(1, 2)),
        uv_per_m=uv_per_m,
        repeats_per_m=np.linalg.norm(uv_per_m, axis=-1).max(axis=-1),
    )


def _uv_gradients(e: np.ndarray, f: np.ndarray, n: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """With n = e x f / |e x f|^2, the gradients of the barycentric coordinates are f x n and n x e."""
    du, dv = np.cross(f, n), np.cross(n, e)  # (m, 3)
    g, h = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]  # (m, 2)
    return (g[:, :, None] * du[:, None] + h[:, :, None] * dv[:, None]).astype(np.float32)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def seen_normal(surfaces, t, u, v, d):
    """Unit smooth and face normals on the side that a ray along `d` comes from, and that side: 0 or 1."""
    face = row3(surfaces.faces, t)
    side = 1 if dot(face, d) > 0.0 else 0
    sign = -1.0 if side else 1.0
    if surfaces.flat[t]:
        face = times(sign, face)
        return face, face, side
    i, j, k = surfaces.triangles[t, 0], surfaces.triangles[t, 1], surfaces.triangles[t, 2]
    smooth = blend(row3(surfaces.normals, i), row3(surfaces.normals, j), row3(surfaces.normals, k), u, v)
    face = times(sign, face)
    size = dot(smooth, smooth)
    along = sign if dot(smooth, face) * sign > 0.0 else -sign
    if size < 1e-12:
        return face, face, side
    return times(along / np.sqrt(size), smooth), face, side


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def texture_place(surfaces, t, u, v):
    """Texture coordinates of a point of a triangle."""
    i, j, k = surfaces.triangles[t, 0], surfaces.triangles[t, 1], surfaces.triangles[t, 2]
    w = 1.0 - u - v
    return (
        w * surfaces.uv[i, 0] + u * surfaces.uv[j, 0] + v * surfaces.uv[k, 0],
        w * surfaces.uv[i, 1] + u * surfaces.uv[j, 1] + v * surfaces.uv[k, 1],
    )


@njit(**PER_RAY)
@no_type_check
def vertex_color(surfaces, t, u, v):
    """The vertices' colour and alpha at a point; ones where the scene has none."""
    if surfaces.colors.shape[0] == 0:
        return 1.0, 1.0, 1.0, 1.0
    i, j, k = surfaces.triangles[t, 0], surfaces.triangles[t, 1], surfaces.triangles[t, 2]
    w, c = 1.0 - u - v, surfaces.colors
    return (
        w * c[i, 0] + u * c[j, 0] + v * c[k, 0],
        w * c[i, 1] + u * c[j, 1] + v * c[k, 1],
        w * c[i, 2] + u * c[j, 2] + v * c[k, 2],
        w * c[i, 3] + u * c[j, 3] + v * c[k, 3],
    )
