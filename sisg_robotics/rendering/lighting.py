"""Light that falls on surfaces, computed once per place and remembered.

Every triangle carries a grid of places about `SPACING_M` apart along its two first edges; between them
light is interpolated linearly. A place is lit when a picture first needs it. Its light depends on nothing
but the scene, so frames can be drawn in any order, and what was seen twice looks the same twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64, UInt8, UInt64
from numba import njit, prange

from .._open3d import import_open3d
from ..scenes.scene import Light
from .light_rays import AMBIENT_DIRECTIONS, LIGHT_POINTS, ambient_rays, gathered, shadow_rays, unshaded
from .mesh import WorldMesh
from .textures import MaterialTable
from .vectors import blend, cross, dot, minus, plus, row3, times, unit

SPACING_M = 0.035
AMBIENT = np.array([0.56, 0.525, 0.475], dtype=np.float32)
"""What comes from other surfaces, before their own colour and nearness dim it."""
SKY = np.array([1.1, 1.25, 1.5], dtype=np.float32)
"""What comes in where a ray leaves the scene: daylight."""
GLOW = 1.3
"""What comes from glowing surfaces, windows above all, as a multiple of how bright they look."""
OFFSET_M = 0.002
MAX_HIGHLIGHTS = 64
"""All lights light; the first of them also shine in glossy things."""
CHUNK = 1 << 15

UNSEEN, WANTED, LIT = 0, 1, 2


class LightGrid(NamedTuple):
    """The places and their light, as arrays for compiled code. Axis 1 of size 2 is the triangle's side."""

    cells: Int32[np.ndarray, "m 2"]
    """How many steps each triangle's grid has along its first edge and its second."""
    start: Int64[np.ndarray, "m"]
    """Row of each triangle's first place."""
    state: UInt8[np.ndarray, "s 2"]
    irradiance: Float32[np.ndarray, "s 2 3"]
    lights: UInt64[np.ndarray, "s 2"]
    """Bit l is set where light l is seen, for the first MAX_HIGHLIGHTS lights."""


class LightTable(NamedTuple):
    """The lights as arrays, in the scene's order."""

    position_m: Float64[np.ndarray, "l 3"]
    color: Float64[np.ndarray, "l 3"]


def light_table(lights: Sequence[Light]) -> LightTable:
    """Positions, and colours times intensities."""
    position = np.array([light.position_xyz_m for light in lights], dtype=np.float64).reshape(-1, 3)
    color = np.array([np.array(light.color_rgb) * light.intensity for light in lights], dtype=np.float64)
    return LightTable(position, color.reshape(-1, 3))


class LightCache:
    """Fills a LightGrid on demand by casting shadow and ambient rays."""

    def __init__(self, mesh: WorldMesh, scene: Any, lights: LightTable, materials: MaterialTable) -> None:
        self._mesh, self._scene, self._lights = mesh, scene, lights
        tint = AMBIENT * (0.45 + 0.55 * materials.mean_color)
        glow = GLOW * materials.emission[:, None] * materials.mean_color
        self._tint, self._glow = tint[mesh.material_of], glow[mesh.material_of]  # (m, 3)
        corners = mesh.vertices_m[mesh.triangles]
        edges = np.linalg.norm(corners[:, 1:] - corners[:, :1], axis=-1)  # (m, 2)
        cells = np.maximum(np.ceil(edges / SPACING_M), 1).astype(np.int32)
        sizes = (cells.astype(np.int64) + 1).prod(axis=1)
        start = np.concatenate([[0], np.cumsum(sizes)])
        count = int(start[-1])
        self.grid = LightGrid(
            cells=cells,
            start=start[:-1],
            state=np.zeros((count, 2), dtype=np.uint8),
            irradiance=np.zeros((count, 2, 3), dtype=np.float32),
            lights=np.zeros((count, 2), dtype=np.uint64),
        )

    def light_up(
        self,
        triangle: Int32[np.ndarray, "p"],
        uv: Float64[np.ndarray, "p 2"],
        side: UInt8[np.ndarray, "p"],
    ) -> None:
        """Make sure that every place around the given surface points is lit; triangle -1 is no point."""
        _want(triangle, uv, side, self.grid.cells, self.grid.start, self.grid.state)
        wanted = np.flatnonzero(self.grid.state.reshape(-1) == WANTED)
        for first in range(0, len(wanted), CHUNK):
            self._light(wanted[first : first + CHUNK])

    def _light(self, places: Int64[np.ndarray, "p"]) -> None:
        row, side = places >> 1, places & 1
        triangle = np.searchsorted(self.grid.start, row, side="right") - 1
        mesh, grid = self._mesh, self.grid
        point, normal = _places(
            row, side, triangle, mesh.vertices_m, mesh.normals, mesh.triangles, grid.cells, grid.start
        )
        ambient = self._ambient(point, normal)
        direct, seen = self._direct(point, normal)
        grid.irradiance.reshape(-1, 3)[places] = ambient + direct
        grid.lights.reshape(-1)[places] = seen
        grid.state.reshape(-1)[places] = LIT

    def _direct(self, point: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        light_sum = np.zeros((len(point), 3))
        seen = np.zeros(len(point), dtype=np.uint64)
        for index, (position, color) in enumerate(zip(*self._lights, strict=True)):
            strength = unshaded(point, normal, position)
            lit = np.flatnonzero(strength > 1e-4)
            if not len(lit):
                continue
            visible = 1.0 - self._occluded(shadow_rays(point[lit], position, LIGHT_POINTS)).mean(axis=1)
            light_sum[lit] += (strength[lit] * visible)[:, None] * color
            if index < MAX_HIGHLIGHTS:
                seen[lit] |= (visible >= 0.5).astype(np.uint64) << np.uint64(index)
        return light_sum, seen

    def _ambient(self, point: np.ndarray, normal: np.ndarray) -> np.ndarray:
        hits = self._scene.cast_rays(_tensor(ambient_rays(point, normal, AMBIENT_DIRECTIONS)))
        return gathered(hits["t_hit"].numpy(), hits["primitive_ids"].numpy(), self._tint, self._glow, SKY)

    def _occluded(self, rays: Float32[np.ndarray, "p r 6"]) -> np.ndarray:
        return self._scene.test_occlusions(_tensor(rays), tnear=0.0, tfar=1.0).numpy()


def _tensor(array: np.ndarray) -> Any:
    return import_open3d().core.Tensor.from_numpy(array)


@njit(cache=True, nogil=True)
@no_type_check
def grid_corner(cells, start, triangle, u, v):
    """The three places around a point of a triangle, and the weights of the second and the third."""
    nu, nv = cells[triangle, 0], cells[triangle, 1]
    x, y = u * nu, v * nv
    i, j = min(int(x), nu - 1), min(int(y), nv - 1)
    x, y = x - i, y - j
    row = start[triangle] + i * (nv + 1) + j
    if x + y <= 1.0:
        return row, row + nv + 1, row + 1, x, y
    return row + nv + 2, row + 1, row + nv + 1, 1.0 - x, 1.0 - y


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _want(triangle, uv, side, cells, start, state):
    for p in prange(triangle.shape[0]):
        if triangle[p] < 0:
            continue
        a, b, c, _, _ = grid_corner(cells, start, triangle[p], uv[p, 0], uv[p, 1])
        for place in (a, b, c):
            if state[place, side[p]] == 0:
                state[place, side[p]] = 1


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _places(row, side, triangle, vertices, normals, triangles, cells, start):
    """Where the places are and which way they face, lifted off the surface and off its rim."""
    point = np.empty((row.shape[0], 3))
    normal = np.empty((row.shape[0], 3))
    for p in prange(row.shape[0]):
        t = triangle[p]
        local = row[p] - start[t]
        nv = cells[t, 1] + 1
        u, v = (local // nv) / cells[t, 0], (local % nv) / cells[t, 1]
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        a, b, c = row3(vertices, i), row3(vertices, j), row3(vertices, k)
        face = unit(cross(minus(b, a), minus(c, a)))
        n = unit(blend(row3(normals, i), row3(normals, j), row3(normals, k), u, v))
        if dot(n, face) < 0.05:
            n = face
        at = blend(a, b, c, u, v)
        inward = minus(blend(a, b, c, 1.0 / 3.0, 1.0 / 3.0), at)
        pull = min(0.02, 0.004 / max(np.sqrt(dot(inward, inward)), 1e-9))
        sign = 1.0 if side[p] == 0 else -1.0
        at = plus(plus(at, times(pull, inward)), times(sign * OFFSET_M, face))
        for x in range(3):
            point[p, x], normal[p, x] = at[x], sign * n[x]
    return point, normal
