"""The places that carry light: a grid over every triangle, between whose places light is interpolated."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64, UInt64

from ..._numba import njit, prange
from ..casting.embree import FirstHits
from ..kernels import PER_RAY
from ..vectors import blend, cross, dot, minus, plus, row3, times, unit
from .surfaces import Surfaces

SPACING_M = 0.035
OFFSET_M = 0.002
RIM_M = 0.005


class LightGrid(NamedTuple):
    """The places and their light. Axis 1 of size 2 is the triangle's side."""

    cells: Int32[np.ndarray, "m 2"]
    """How many steps each triangle's grid has along its first edge and its second."""
    start: Int64[np.ndarray, "m"]
    """Row of each triangle's first place."""
    lit: Bool[np.ndarray, "s 2"]
    irradiance: Float32[np.ndarray, "s 2 3"]
    flow: Float32[np.ndarray, "s 2 3"]
    """How irradiance grows as the surface's normal tilts, for normal maps; no rows where there are none."""
    lights: UInt64[np.ndarray, "s 2"]
    """Bit l is set where light l is seen, for the first 64 lights."""


def light_grid(surfaces: Surfaces, spacing_m: float = SPACING_M, *, with_flow: bool = False) -> LightGrid:
    """A grid without light. Memory is taken from the system only where light is written."""
    corners = surfaces.vertices_m[surfaces.triangles]
    cells = grid_cells(corners, spacing_m)
    start = np.concatenate([[0], np.cumsum((cells.astype(np.int64) + 1).prod(axis=1))])
    count = int(start[-1])
    return LightGrid(
        cells=cells,
        start=start[:-1],
        lit=np.zeros((count, 2), dtype=np.bool_),
        irradiance=np.zeros((count, 2, 3), dtype=np.float32),
        flow=np.zeros((count if with_flow else 0, 2, 3), dtype=np.float32),
        lights=np.zeros((count, 2), dtype=np.uint64),
    )


def grid_cells(corners: np.ndarray, spacing_m: float) -> Int32[np.ndarray, "m 2"]:
    """Steps along the two first edges of triangles (m, 3, 3)."""
    edges = np.linalg.norm(corners[:, 1:] - corners[:, :1], axis=-1)
    return np.maximum(np.ceil(edges / spacing_m), 1).astype(np.int32)


@njit(cache=True, nogil=True, inline="always")
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


def unlit_places(
    grid: LightGrid, surfaces: Surfaces, rays: Float32[np.ndarray, "p 6"], hits: FirstHits
) -> Int64[np.ndarray, "q"]:
    """Numbers (2 row + side) of the places without light around the points that rays met; each met one."""
    numbers = np.unique(_places_around(grid.cells, grid.start, surfaces.faces, rays, hits))
    return numbers[~grid.lit.reshape(-1)[numbers]]


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _places_around(cells, start, faces, rays, hits):
    out = np.empty((rays.shape[0], 3), dtype=np.int64)
    for p in prange(rays.shape[0]):
        t = hits.triangle[p]
        a, b, c, _, _ = grid_corner(cells, start, t, hits.uv[p, 0], hits.uv[p, 1])
        side = 1 if dot(row3(faces, t), (rays[p, 3], rays[p, 4], rays[p, 5])) > 0.0 else 0
        out[p, 0], out[p, 1], out[p, 2] = 2 * a + side, 2 * b + side, 2 * c + side
    return out.reshape(-1)


def where_on_triangles(
    grid: LightGrid, numbers: Int64[np.ndarray, "q"]
) -> tuple[Int64[np.ndarray, "q"], Float64[np.ndarray, "q 2"], Int64[np.ndarray, "q"]]:
    """The triangle, the barycentric (u, v) and the side of places."""
    row, side = numbers >> 1, numbers & 1
    triangle = np.searchsorted(grid.start, row, side="right") - 1
    local, nv = row - grid.start[triangle], grid.cells[triangle, 1] + 1
    return triangle, np.stack([local // nv, local % nv], axis=-1) / grid.cells[triangle], side


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def lifted(surfaces, triangle, uv, side):
    """Points of triangles and their normals, float64 (q, 3) each, on the given sides, off surface and rim.

    Light rays can start there.
    """
    point = np.empty((triangle.shape[0], 3))
    normal = np.empty((triangle.shape[0], 3))
    for p in prange(triangle.shape[0]):
        t, u, v = triangle[p], uv[p, 0], uv[p, 1]
        i, j, k = surfaces.triangles[t, 0], surfaces.triangles[t, 1], surfaces.triangles[t, 2]
        a, b, c = row3(surfaces.vertices_m, i), row3(surfaces.vertices_m, j), row3(surfaces.vertices_m, k)
        face = row3(surfaces.faces, t)
        n = unit(blend(row3(surfaces.normals, i), row3(surfaces.normals, j), row3(surfaces.normals, k), u, v))
        if dot(n, face) < 0.05:
            n = face
        sign = 1.0 if side[p] == 0 else -1.0
        at = plus(_off_the_rim(a, b, c, u, v), times(sign * OFFSET_M, face))
        for x in range(3):
            point[p, x], normal[p, x] = at[x], sign * n[x]
    return point, normal


@njit(**PER_RAY)
@no_type_check
def _off_the_rim(a, b, c, u, v):
    """The point (u, v) of a triangle, moved to RIM_M from its edges as far as a step of 2.5 RIM_M brings it.

    At its rim a triangle may reach behind another, as walls do, where other light falls.
    """
    e, f, g = minus(b, a), minus(c, a), minus(c, b)
    n = cross(e, f)
    area2 = max(np.sqrt(dot(n, n)), 1e-30)
    # a corner's weight is the distance from the opposite edge, in heights
    at_a = max(1.0 - u - v, min(RIM_M * np.sqrt(dot(g, g)) / area2, 1.0 / 3.0))
    at_b = max(u, min(RIM_M * np.sqrt(dot(f, f)) / area2, 1.0 / 3.0))
    at_c = max(v, min(RIM_M * np.sqrt(dot(e, e)) / area2, 1.0 / 3.0))
    total = at_a + at_b + at_c
    at = blend(a, b, c, u, v)
    step = minus(blend(a, b, c, at_b / total, at_c / total), at)
    length = np.sqrt(dot(step, step))
    return plus(at, times(min(1.0, 2.5 * RIM_M / max(length, 1e-9)), step))
