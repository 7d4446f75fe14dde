"""Light that surfaces send to each other, solved once for the whole scene on coarse patches.

A patch is all that lies in one cube of `PATCH_M` and faces the same of six ways. It gets the light of the
sources and, bounce by bounce, that of the patches its rays meet: radiosity (Goral et al. 1984) by gathering.
The fine places read it where their own rays end (final gathering, Reichert 1992).
"""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from ..._numba import njit, prange
from ..textures import MaterialTable
from ..vectors import dot, row3
from .light_rays import LightScene, MetLight, ambient_rays, cosine_directions, direct_light
from .places import grid_cells, lifted
from .sky import surrounding
from .sources import Sources, leaves_by_window
from .surfaces import Surfaces

PATCH_M = 0.3
POINTS, RAYS = 4, 16
"""Points of a patch, and rays from each."""
BOUNCES = 8
CHUNK = 1 << 14
UNKNOWN = -1


class Patches(NamedTuple):
    """Each triangle's cells, the patch of each cell's front and back, and the light on n patches."""

    cells: Int32[np.ndarray, "m 2"]
    start: Int64[np.ndarray, "m"]
    patch: Int32[np.ndarray, "c 2"]
    irradiance: Float32[np.ndarray, "n 3"]
    reached: Bool[np.ndarray, "n s"]
    """Which sources are seen from some patch in the same cube or in one beside it."""


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def patch_at(patches, triangle, u, v, side):
    """The patch at a point of a triangle's side."""
    nu, nv = patches.cells[triangle, 0], patches.cells[triangle, 1]
    i, j = min(int(u * nu), nu - 1), min(int(v * nv), nv - 1)
    return patches.patch[patches.start[triangle] + i * nv + j, side]


def solve_patches(
    surfaces: Surfaces, materials: MaterialTable, light_scene: LightScene, sources: Sources, white: bool
) -> Patches:
    """The light on every patch of the scene."""
    patches, cube, sample_triangle, sample_uv, sample_side = _divide(surfaces)
    count = len(cube)
    light = np.zeros((count, 3))
    reached = np.zeros((count, len(sources.position_m) + len(sources.corner_m)), dtype=np.bool_)
    rays = POINTS * RAYS
    met_patch, met_row = np.empty((count, rays), dtype=np.int32), np.empty((count, rays), dtype=np.int32)
    directions = cosine_directions(rays)
    for first in range(0, count, CHUNK):
        chunk = slice(first, first + CHUNK)
        for k in range(POINTS):
            point, normal = lifted(
                surfaces, sample_triangle[chunk, k], sample_uv[chunk, k], sample_side[chunk, k]
            )
            direct = direct_light(light_scene, sources, point, normal)
            light[chunk] += direct.irradiance / POINTS
            reached[chunk] |= direct.reached
            met = light_scene.cast(ambient_rays(point, normal, directions[k::POINTS]))
            met_patch[chunk, k::POINTS], met_row[chunk, k::POINTS] = _met_patches(met, surfaces, patches)
            light[chunk] += _own_light(met, surfaces, materials, sources, white) / POINTS
    bounced = light.astype(np.float32)
    for _ in range(BOUNCES):
        bounced = _bounce(light, bounced, met_patch, met_row, materials.mean_color)
    return patches._replace(irradiance=bounced, reached=_as_seen_around(reached, cube))


def _as_seen_around(
    reached: Bool[np.ndarray, "n s"], cube: Int64[np.ndarray, "n"]
) -> Bool[np.ndarray, "n s"]:
    """What is seen from any patch in the 27 cubes around each patch."""
    cubes, row = np.unique(cube, return_inverse=True)
    here = np.zeros((len(cubes), reached.shape[1]), dtype=np.bool_)
    np.logical_or.at(here, row, reached)
    around = np.zeros_like(here)
    for step in np.ndindex(3, 3, 3):
        beside = cubes + _cube_key(np.array([step]) - 1)
        at = np.minimum(np.searchsorted(cubes, beside), len(cubes) - 1)
        around |= here[at] & (cubes[at] == beside)[:, None]
    return around[row]


def _cube_key(cube: Int64[np.ndarray, "n 3"]) -> Int64[np.ndarray, "n"]:
    """One number for three that are small beside 2^20; keys add up as cubes do."""
    key: np.ndarray = cube @ np.array([1 << 42, 1 << 21, 1])
    return key


def reached_from(
    patches: Patches,
    triangle: Int64[np.ndarray, "q"],
    uv: Float64[np.ndarray, "q 2"],
    side: Int64[np.ndarray, "q"],
) -> Bool[np.ndarray, "q s"]:
    """Which sources may be seen from points of triangles, on the given sides."""
    return patches.reached[_patches_at(patches, triangle, uv, side)]


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _patches_at(patches, triangle, uv, side):
    out = np.empty(triangle.shape[0], dtype=np.int64)
    for q in prange(triangle.shape[0]):
        out[q] = patch_at(patches, triangle[q], uv[q, 0], uv[q, 1], side[q])
    return out


def gathered(
    met: MetLight,
    surfaces: Surfaces,
    materials: MaterialTable,
    sources: Sources,
    patches: Patches,
    white: bool,
) -> Float32[np.ndarray, "p 3"]:
    """The mean light that rays bring from what they met: glow, sky, and what patches send back."""
    patch, row = _met_patches(met, surfaces, patches)
    own = _own_light(met, surfaces, materials, sources, white)
    return _bounce(own, patches.irradiance, patch, row, materials.mean_color)


def _divide(surfaces: Surfaces) -> tuple[Patches, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All patches without light, the keys of their cubes, and POINTS points on each: triangle, uv, side."""
    corners = surfaces.vertices_m[surfaces.triangles]
    cells = grid_cells(corners, PATCH_M)
    sizes = cells.astype(np.int64).prod(axis=1)
    start = np.concatenate([[0], np.cumsum(sizes)])
    triangle = np.repeat(np.arange(len(cells), dtype=np.int32), sizes)
    local, nv = np.arange(start[-1]) - start[triangle], cells[triangle, 1]
    corner = np.stack([local // nv, local % nv], axis=-1)  # of the cell, in steps
    uv = _inside((corner + 0.5) / cells[triangle])
    a, b, c = np.moveaxis(corners[triangle], 1, 0)
    at = a + uv[:, :1] * (b - a) + uv[:, 1:] * (c - a)
    cube = _cube_key(np.floor(at / PATCH_M).astype(np.int64))
    face = surfaces.faces[triangle]
    axis = np.abs(face).argmax(axis=1)
    way = 2 * axis + (np.take_along_axis(face, axis[:, None], axis=1)[:, 0] < 0)
    keys = np.stack([cube * 6 + way, cube * 6 + (way ^ 1)], axis=-1)  # the back faces the other way
    unique, patch = np.unique(keys, return_inverse=True)
    patch = patch.reshape(keys.shape).astype(np.int32)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=-1) / (cells[triangle].prod(axis=1))
    chosen = _spread(patch.reshape(-1), np.repeat(area, 2), len(unique))  # (n, POINTS) of cell sides
    shift = np.array([[0.5, 0.25], [0.2, 0.7], [0.75, 0.55], [0.4, 0.9]])[None]  # in the cell
    sample = chosen >> 1
    sample_uv = _inside((corner[sample] + shift) / cells[triangle[sample]])
    dark, unseen = np.zeros((len(unique), 3), dtype=np.float32), np.zeros((len(unique), 0), dtype=np.bool_)
    patches = Patches(cells, start[:-1], patch, dark, unseen)
    # all points of a patch look the same way, but as front of one triangle or back of another
    return patches, unique // 6, triangle[sample], sample_uv, chosen & 1


def _inside(uv: np.ndarray) -> np.ndarray:
    """Points beyond the long edge, put back by half a turn about its middle."""
    return np.where(uv.sum(axis=-1, keepdims=True) > 1.0, 1.0 - uv, uv)


def _spread(patch: np.ndarray, area: np.ndarray, count: int) -> np.ndarray:
    """For each patch POINTS of its members, at equal steps of area."""
    order = np.argsort(patch, kind="stable")
    total = np.cumsum(area[order])
    first = np.searchsorted(patch[order], np.arange(count))
    last = np.searchsorted(patch[order], np.arange(count), side="right") - 1
    before = np.where(first > 0, total[first - 1], 0.0)
    steps = (np.arange(POINTS) + 0.5) / POINTS
    wanted = before[:, None] + steps * (total[last] - before)[:, None]
    return order[np.clip(np.searchsorted(total, wanted), first[:, None], last[:, None])]


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _find(rays, hit, triangle, uv, faces, material_of, patches):
    count, rays_each = triangle.shape[0], triangle.shape[1]
    patch = np.empty((count, rays_each), dtype=np.int32)
    row = np.empty((count, rays_each), dtype=np.int32)
    for p in prange(count):
        for r in range(rays_each):
            patch[p, r], row[p, r] = UNKNOWN, 0
            if hit[p, r]:
                t = triangle[p, r]
                d = (rays[p, r, 3], rays[p, r, 4], rays[p, r, 5])
                side = 1 if dot(row3(faces, t), d) > 0.0 else 0
                patch[p, r] = patch_at(patches, t, uv[p, r, 0], uv[p, r, 1], side)
                row[p, r] = material_of[t]
    return patch, row


def _met_patches(met: MetLight, surfaces: Surfaces, patches: Patches) -> tuple[np.ndarray, np.ndarray]:
    """The patch that each ray met, UNKNOWN for none, and its material's row."""
    return _find(*met, surfaces.faces, surfaces.material_of, patches)


def _own_light(
    met: MetLight, surfaces: Surfaces, materials: MaterialTable, sources: Sources, white: bool
) -> np.ndarray:
    """The mean of the light that the met things give off themselves; the sky too."""
    return _shining(*met[:3], surfaces.material_of, materials.mean_glow, sources, white)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _shining(rays, hit, triangle, material_of, glow, sources, white):
    out = np.zeros((triangle.shape[0], 3))
    for p in prange(triangle.shape[0]):
        for r in range(triangle.shape[1]):
            if hit[p, r]:
                light = row3(glow, material_of[triangle[p, r]])
            else:
                at = (float(rays[p, r, 0]), float(rays[p, r, 1]), float(rays[p, r, 2]))
                d = (float(rays[p, r, 3]), float(rays[p, r, 4]), float(rays[p, r, 5]))
                light = (0.0, 0.0, 0.0)
                if not leaves_by_window(sources, at, d):
                    light = surrounding(d, white)
            for k in range(3):
                out[p, k] += light[k] / triangle.shape[1]
    return out


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _bounce(own, irradiance, patch, row, color):
    """Own light, and the mean of what the met patches send back."""
    out = np.empty((patch.shape[0], 3), dtype=np.float32)
    for p in prange(patch.shape[0]):
        red, green, blue = 0.0, 0.0, 0.0
        for r in range(patch.shape[1]):
            k, m = patch[p, r], row[p, r]
            if k >= 0:
                red += irradiance[k, 0] * color[m, 0]
                green += irradiance[k, 1] * color[m, 1]
                blue += irradiance[k, 2] * color[m, 2]
        out[p, 0] = own[p, 0] + red / patch.shape[1]
        out[p, 1] = own[p, 1] + green / patch.shape[1]
        out[p, 2] = own[p, 2] + blue / patch.shape[1]
    return out
