"""Holes in surfaces: where a cut-out or a faint blended surface lets rays of the data channels through."""

from __future__ import annotations

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32

from ..._numba import njit, prange
from ...assets.asset import Material
from ..textures import HOLE_ALPHA, MaterialTable, alpha_at, is_hole
from .embree import FirstHits, cast_rays
from .mesh import WorldMesh

MOST_LAYERS = 256
"""A ray through this many holes meets nothing."""
STEP = 1e-5
"""How far behind a hole a ray starts again, relative to its coordinates: more than they are rounded by."""


def holed_triangles(mesh: WorldMesh) -> Bool[np.ndarray, "m"] | None:
    """Which triangles may have a hole; None where no material has any."""
    faint_vertices = mesh.colors is not None and bool((mesh.colors[:, 3] < 1).any())
    holed = np.array([_may_have_hole(material, faint_vertices) for material in mesh.materials])
    return holed[mesh.material_of] if holed.any() else None


def _may_have_hole(material: Material, faint_vertices: bool) -> bool:
    if material.alpha_mode == "opaque":
        return False
    enough = material.alpha_cutoff if material.alpha_mode == "mask" else HOLE_ALPHA
    return material.alpha < enough or material.alpha_texture is not None or faint_vertices


def pass_holes(
    scene: Any,
    rays: Float32[np.ndarray, "p 6"],
    first: FirstHits,
    mesh: WorldMesh,
    holed: Bool[np.ndarray, "m"],
    materials: MaterialTable,
) -> None:
    """Let the rays in `first` that met a hole go on behind it, until they meet something solid."""
    arrays = mesh.triangles, mesh.uv, mesh.material_of, holed, materials
    colors = np.empty((0, 4), dtype=np.float32) if mesh.colors is None else mesh.colors
    left = np.arange(len(rays))
    for _ in range(MOST_LAYERS):
        left = left[_in_hole(left, first, *arrays, colors)]
        if not len(left):
            return
        on = rays[left]
        start = first.t[left] + STEP * _coordinates(on, first.t[left])
        on[:, :3] += start[:, None] * on[:, 3:]
        behind = cast_rays(scene, on)
        first.t[left] = start + behind.t
        first.triangle[left], first.uv[left] = behind.triangle, behind.uv
    first.t[left] = np.inf


def _coordinates(rays: Float32[np.ndarray, "q 6"], t: Float32[np.ndarray, "q"]) -> Float32[np.ndarray, "q"]:
    """The largest number that rounds a hit's place, in lengths of the ray's direction."""
    length = np.linalg.norm(rays[:, 3:], axis=1)
    largest: np.ndarray = np.abs(rays[:, :3]).max(axis=1) / length + t
    return largest.astype(np.float32)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _in_hole(rows, first, triangles, texture_uv, material_of, holed, materials, colors):
    """Which of these rays met a hole."""
    out = np.zeros(rows.shape[0], dtype=np.bool_)
    for q in prange(rows.shape[0]):
        p = rows[q]
        if np.isinf(first.t[p]) or not holed[first.triangle[p]]:
            continue
        k, u, v = first.triangle[p], float(first.uv[p, 0]), float(first.uv[p, 1])
        i, j, m, w = triangles[k, 0], triangles[k, 1], triangles[k, 2], 1.0 - u - v
        s = w * texture_uv[i, 0] + u * texture_uv[j, 0] + v * texture_uv[m, 0]
        r = w * texture_uv[i, 1] + u * texture_uv[j, 1] + v * texture_uv[m, 1]
        alpha = alpha_at(materials, material_of[k], s, r)
        if colors.shape[0]:
            alpha *= w * colors[i, 3] + u * colors[j, 3] + v * colors[m, 3]
        out[q] = is_hole(materials, material_of[k], alpha)
    return out
