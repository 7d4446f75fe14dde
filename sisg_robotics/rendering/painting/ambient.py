"""Light from other surfaces and the sky, which changes slowly: computed on a coarser grid."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ..._numba import njit, prange
from ..textures import MaterialTable
from .light_rays import LightScene, ambient_rays, cosine_directions
from .patches import Patches, gathered
from .places import SPACING_M, grid_corner, lifted, light_grid, where_on_triangles
from .sources import Sources
from .surfaces import Surfaces

AMBIENT_SPACING_M = 0.08
AMBIENT_RAYS = 48
CHUNK = 1 << 14
_LEAST_WEIGHT = 0.05


class AmbientLight:
    """Ambient light at any point of the surfaces; a place of its grid is lit when it is first needed."""

    def __init__(
        self,
        surfaces: Surfaces,
        materials: MaterialTable,
        scene: LightScene,
        sources: Sources,
        patches: Patches,
        white: bool,
    ) -> None:
        self._surfaces, self._materials, self._scene = surfaces, materials, scene
        self._sources, self._patches, self._white = sources, patches, white
        self._directions = cosine_directions(AMBIENT_RAYS)
        # under white light there is no other, so all shadows are here
        self._grid = light_grid(surfaces, SPACING_M if white else AMBIENT_SPACING_M)

    def at(
        self,
        triangle: Int64[np.ndarray, "q"],
        uv: Float64[np.ndarray, "q 2"],
        side: Int64[np.ndarray, "q"],
        point: Float64[np.ndarray, "q 3"],
        normal: Float64[np.ndarray, "q 3"],
    ) -> Float32[np.ndarray, "q 3"]:
        """Irradiance at points of triangles, on the given sides; `point` and `normal` are theirs, lifted.

        Between those places around them that they see: others may lie behind a wall that cuts the triangle.
        """
        grid = self._grid
        numbers, weights = _around(grid.cells, grid.start, triangle, uv, side)
        places, which = np.unique(numbers, return_inverse=True)
        place_point, place_normal = lifted(self._surfaces, *where_on_triangles(grid, places))
        which = which.reshape(numbers.shape)
        hidden = self._scene.occluded(_links(point, place_point, which))
        weights[hidden] = 0.0
        total = weights.sum(axis=1)
        alone = np.flatnonzero(total < _LEAST_WEIGHT)
        weights /= np.maximum(total, _LEAST_WEIGHT)[:, None]
        lit, irradiance = grid.lit.reshape(-1), grid.irradiance.reshape(-1, 3)
        needed = np.zeros(len(places), dtype=np.bool_)
        needed[which[weights > 0.0]] = True
        unlit = np.flatnonzero(needed & ~lit[places])
        for first in range(0, len(unlit), CHUNK):
            some = unlit[first : first + CHUNK]
            irradiance[places[some]] = self._gather(place_point[some], place_normal[some])
            lit[places[some]] = True
        light = _interpolated(irradiance, numbers, weights)
        light[alone] = self._gather(point[alone], normal[alone])
        return light

    def _gather(
        self, point: Float64[np.ndarray, "p 3"], normal: Float64[np.ndarray, "p 3"]
    ) -> Float32[np.ndarray, "p 3"]:
        met = self._scene.cast(ambient_rays(point, normal, self._directions))
        return gathered(met, self._surfaces, self._materials, self._sources, self._patches, self._white)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _around(cells, start, triangle, uv, side):
    """Numbers (2 row + side), int64 (q, 3), of the places around points, and their weights."""
    numbers = np.empty((triangle.shape[0], 3), dtype=np.int64)
    weights = np.empty((triangle.shape[0], 3))
    for q in prange(triangle.shape[0]):
        i, j, k, wj, wk = grid_corner(cells, start, triangle[q], uv[q, 0], uv[q, 1])
        numbers[q, 0], numbers[q, 1], numbers[q, 2] = 2 * i + side[q], 2 * j + side[q], 2 * k + side[q]
        weights[q, 0], weights[q, 1], weights[q, 2] = 1.0 - wj - wk, wj, wk
    return numbers, weights


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _links(point, place, which):
    """Rays, float32 (q, 3, 6), from points to their places, which they do not quite reach at parameter 1."""
    rays = np.empty((point.shape[0], 3, 6), dtype=np.float32)
    for q in prange(point.shape[0]):
        for k in range(3):
            for x in range(3):
                rays[q, k, x] = point[q, x]
                rays[q, k, 3 + x] = 0.999 * (place[which[q, k], x] - point[q, x])
    return rays


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _interpolated(irradiance, numbers, weights):
    out = np.empty((numbers.shape[0], 3), dtype=np.float32)
    for q in prange(numbers.shape[0]):
        for x in range(3):
            total = 0.0
            for k in range(3):
                total += weights[q, k] * irradiance[numbers[q, k], x]
            out[q, x] = total
    return out
