"""What rays meet first, behind holes; and its place made exact in double precision."""

from __future__ import annotations

import functools
from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from ..._numba import njit
from ..material_table import material_table
from ..textures import MaterialTable
from ..vectors import cross, dot, minus
from .embree import FirstHits, cast_rays, embree_scene
from .holes import holed_triangles, pass_holes
from .mesh import WorldMesh

NOTHING = -1
"""The triangle of a ray that hits none."""


class Caster:
    """A mesh, its materials and Embree's search tree over its triangles."""

    def __init__(self, mesh: WorldMesh) -> None:
        self.mesh = mesh
        self.scene = embree_scene(mesh)
        self._holed = holed_triangles(mesh)

    @functools.cached_property
    def materials(self) -> MaterialTable:
        """Made when first needed: a scene without holes has depth and ids without it."""
        return material_table(self.mesh.materials)

    def first(self, rays: Float32[np.ndarray, "p 6"]) -> FirstHits:
        """The first surface that each ray meets, looking through holes."""
        first = cast_rays(self.scene, rays)
        if self._holed is not None:
            pass_holes(self.scene, rays, first, self.mesh, self._holed, self.materials)
        return first


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def meet(a, e, f, n, eye, d, t, u, v):
    """A ray's hit (t, u, v) of the triangle a, a + e, a + f with normal n, made exact; and n . d.

    Moeller and Trumbore 1997. Where a triangle is so thin or so oblique that the two disagree, the first
    answer stands.
    """
    s = minus(a, eye)
    along = dot(n, d)
    exact = dot(n, s) / along if along != 0.0 else np.inf
    if abs(exact - t) <= 1e-4 * t:
        t, r = exact, cross(s, d)
        u = min(max(dot(r, f) / along, 0.0), 1.0)
        v = min(max(-dot(r, e) / along, 0.0), 1.0 - u)
    return t, u, v, along
