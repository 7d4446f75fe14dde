"""The light that a ray brings from the point it meets, and what must be asked of further rays."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from ..._numba import njit, prange
from ..kernels import PER_RAY
from ..textures import METAL_ROUGH, NORMAL, OPAQUE
from ..vectors import dot, minus, plus, times, unit
from .gloss import highlights, mirrored, reflectance
from .materials_at import bumped, color_at, cover_at, glow_at, roughness_and_metal
from .places import grid_corner
from .surfaces import seen_normal

BLOCK = 512
SPREAD = 379
"""A prime: each thread gets a run of turns, whose blocks should be from all over the picture."""
BEHIND, MIRROR, OPEN, UNLIT = 1, 2, 4, 8
"""What a ray's light still lacks: what is behind the surface, what it mirrors; there is no surface; or the
places around the point have no light yet, and the rest is not known.
"""
SMOOTH, ROUGH = 0.1, 0.25
"""Roughness up to which a mirror's image is sharp, and from which there is none."""
FAINT_MIRROR, CLEAR_MIRROR = 0.02, 0.04
"""Reflections below the first are not worth a ray; above the second they are shown in full."""
GLINTS = 0.65
"""Lamps do not shine in surfaces as rough as this."""
ROOM_SHARE = 0.55
"""How bright the room is that rough gloss mirrors, beside the light on the surface."""


class Shaded(NamedTuple):
    """p rays. `behind` and `mirror` count where `lacks` says so."""

    light: Float32[np.ndarray, "p 3"]
    behind: Float32[np.ndarray, "p 3"]
    """Share of the light from behind that passes."""
    mirror: Float32[np.ndarray, "p 3"]
    """Share of the light from the mirror's direction that is reflected."""
    cover: Float32[np.ndarray, "p"]
    """Alpha of what was met; a pane's is 1."""
    lacks: UInt8[np.ndarray, "p"]


def shade(rays, hits, cone, surfaces, materials, grid, sources, gloss, mirrors) -> Shaded:
    """The light of p rays. `cone` is their width in metres at their origin and its growth per metre.

    `gloss` is 0 where only metal reflects, else 1. Without `mirrors`, these too show the room's mean light.
    """
    return Shaded(*_shade(rays, hits, cone, surfaces, materials, grid, sources, gloss, mirrors))


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _shade(rays, hits, cone, surfaces, materials, grid, sources, gloss, mirrors):
    count = rays.shape[0]
    light = np.empty((count, 3), dtype=np.float32)
    behind = np.empty((count, 3), dtype=np.float32)
    mirror = np.empty((count, 3), dtype=np.float32)
    cover = np.empty(count, dtype=np.float32)
    lacks = np.empty(count, dtype=np.uint8)
    blocks = (count + BLOCK - 1) // BLOCK
    for turn in prange(blocks):
        block = SPREAD * turn % blocks if blocks % SPREAD else turn
        _shade_block(
            block * BLOCK, min((block + 1) * BLOCK, count), rays, hits, cone,
            surfaces, materials, grid, sources, gloss, mirrors, light, behind, mirror, cover, lacks,
        )  # fmt: skip
    return light, behind, mirror, cover, lacks


@njit(**PER_RAY)
@no_type_check
def _shade_block(
    first,
    last,
    rays,
    hits,
    cone,
    surfaces,
    materials,
    grid,
    sources,
    gloss,
    mirrors,
    light,
    behind,
    mirror,
    cover,
    lacks,
):
    """Many rays in one call, for handing over this many arrays takes longer than to shade a ray."""
    for p in range(first, last):
        c = p if cone.shape[0] > 1 else 0
        cover[p], lacks[p] = _shade_ray(
            p, rays, hits, cone[c, 0], cone[c, 1],
            surfaces, materials, grid, sources, gloss, mirrors, light, behind, mirror,
        )  # fmt: skip


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _shade_ray(
    p,
    rays,
    hits,
    width0,
    spread,
    surfaces,
    materials,
    grid,
    sources,
    gloss,
    mirrors,
    light,
    behind,
    mirror,
):
    """Fill one row of light, behind and mirror; give alpha and what the light lacks."""
    light[p, 0], light[p, 1], light[p, 2] = 0.0, 0.0, 0.0
    if np.isinf(hits.t[p]):
        return 0.0, OPEN
    t, u, v = hits.triangle[p], float(hits.uv[p, 0]), float(hits.uv[p, 1])
    row = surfaces.material_of[t]
    here = 1.0 if materials.alpha_mode[row] == OPAQUE else cover_at(surfaces, materials, t, u, v)
    if here <= 0.0:
        behind[p, 0], behind[p, 1], behind[p, 2] = 1.0, 1.0, 1.0
        return 0.0, BEHIND
    d = (float(rays[p, 3]), float(rays[p, 4]), float(rays[p, 5]))
    length = np.sqrt(dot(d, d))
    distance = hits.t[p] * length
    d = times(1.0 / length, d)
    width = width0 + spread * distance

    smooth, face, side = seen_normal(surfaces, t, u, v, d)
    corner = grid_corner(grid.cells, grid.start, t, u, v)
    if not (grid.lit[corner[0], side] and grid.lit[corner[1], side] and grid.lit[corner[2], side]):
        return 0.0, UNLIT
    normal = smooth
    if materials.start[row, NORMAL] >= 0:
        normal = bumped(surfaces, materials, t, u, v, width, smooth)
    facing = max(-dot(normal, d), 0.04)
    color = color_at(surfaces, materials, t, u, v, d, face, width)
    rough, metal = float(materials.roughness[row]), float(materials.metallic[row])
    if materials.start[row, METAL_ROUGH] >= 0:
        rough, metal = roughness_and_metal(surfaces, materials, t, u, v, width)
    red, green, blue, seen, shares = _light_on(grid, corner, side, smooth, normal)
    received = (red, green, blue)

    shiny = max(gloss, metal)
    f0 = plus(times(metal, color), times(0.04 * (1.0 - metal), (1.0, 1.0, 1.0)))
    gloss_share = times(shiny, reflectance(f0, rough, facing))
    strongest = max(gloss_share[0], max(gloss_share[1], gloss_share[2]))
    smoothness = 1.0 - _ramp(rough, SMOOTH, ROUGH)
    traced = smoothness * _ramp(smoothness * strongest, FAINT_MIRROR, CLEAR_MIRROR) if mirrors else 0.0
    through = materials.transmission[row] * (1.0 - metal)
    dull = (1.0 - metal) * (1.0 - through)
    room = (1.0 - traced) * (ROOM_SHARE if gloss > 0.0 else 1.0)
    glow = (0.0, 0.0, 0.0)
    if materials.emission[row] > 0.0:
        glow = glow_at(surfaces, materials, t, u, v, width, color)
    glint = (0.0, 0.0, 0.0)
    if shiny > 0.0 and rough < GLINTS and (seen[0] | seen[1] | seen[2]) != 0:
        at = plus((float(rays[p, 0]), float(rays[p, 1]), float(rays[p, 2])), times(distance, d))
        glint = highlights(
            at, times(-1.0, d), normal, facing, rough, seen, shares, sources.position_m, sources.color
        )
    fresnel = (1.0 - facing) ** 5
    for k in range(3):
        diffuse = color[k] * dull * (1.0 - gloss_share[k])
        shine = room * received[k] * gloss_share[k] + glint[k] * (f0[k] + (1.0 - f0[k]) * fresnel)
        light[p, k] = here * (received[k] * diffuse + shine + glow[k])

    lacks = 0
    if traced > 0.0:
        lacks |= MIRROR
        for k in range(3):
            mirror[p, k] = here * traced * gloss_share[k]
    if here < 1.0 or through > 0.0:
        lacks |= BEHIND
        for k in range(3):
            behind[p, k] = 1.0 - here + here * through * color[k] * (1.0 - gloss_share[k])
    return here, lacks


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _light_on(grid, corner, side, smooth, normal):
    """Irradiance at a point, the lamps seen from the places around it, and these places' weights.

    `corner` is `grid_corner`'s.
    A normal map tilts the surface against the light that the places remember.
    """
    i, j, k, wj, wk = corner
    wi = 1.0 - wj - wk
    e = grid.irradiance
    red = wi * e[i, side, 0] + wj * e[j, side, 0] + wk * e[k, side, 0]
    green = wi * e[i, side, 1] + wj * e[j, side, 1] + wk * e[k, side, 1]
    blue = wi * e[i, side, 2] + wj * e[j, side, 2] + wk * e[k, side, 2]
    if grid.flow.shape[0]:
        tilt = minus(normal, smooth)
        change = 0.0
        for x in range(3):
            f = grid.flow
            change += tilt[x] * (wi * f[i, side, x] + wj * f[j, side, x] + wk * f[k, side, x])
        factor = max(1.0 + change / max((red + green + blue) / 3.0, 1e-6), 0.0)
        red, green, blue = factor * red, factor * green, factor * blue
    seen = (grid.lights[i, side], grid.lights[j, side], grid.lights[k, side])
    return red, green, blue, seen, (wi, wj, wk)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _ramp(value, low, high):
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def mirror_rays(rays, hits, cone, rows, surfaces, materials):
    """Rays (q, 6) from the points that some of the rays met, as a mirror sends them on, and their cones."""
    out = np.empty((rows.shape[0], 6), dtype=np.float32)
    cones = np.empty((rows.shape[0], 2), dtype=np.float32)
    for q in prange(rows.shape[0]):
        p = rows[q]
        t, u, v = hits.triangle[p], float(hits.uv[p, 0]), float(hits.uv[p, 1])
        d = (float(rays[p, 3]), float(rays[p, 4]), float(rays[p, 5]))
        length = np.sqrt(dot(d, d))
        distance = hits.t[p] * length
        d = times(1.0 / length, d)
        c = p if cone.shape[0] > 1 else 0
        width = cone[c, 0] + cone[c, 1] * distance
        smooth, face, _ = seen_normal(surfaces, t, u, v, d)
        normal = bumped(surfaces, materials, t, u, v, width, smooth)
        rough, _ = roughness_and_metal(surfaces, materials, t, u, v, width)
        onwards = mirrored(d, normal)
        below = dot(onwards, face)
        if below < 0.02:  # a bent normal may send it into the surface
            onwards = unit(plus(onwards, times(0.02 - below, face)))
        for k in range(3):
            out[q, k] = rays[p, k] + distance * d[k] + 1e-3 * face[k]
            out[q, 3 + k] = onwards[k]
        cones[q, 0], cones[q, 1] = width, cone[c, 1] + rough * rough
    return out, cones


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def onward_rays(rays, hits, cone, rows):
    """Rays (q, 6) that go straight on behind the surfaces that some of the rays met, and their cones."""
    out = np.empty((rows.shape[0], 6), dtype=np.float32)
    cones = np.empty((rows.shape[0], 2), dtype=np.float32)
    for q in prange(rows.shape[0]):
        p = rows[q]
        length = np.sqrt(dot((rays[p, 3], rays[p, 4], rays[p, 5]), (rays[p, 3], rays[p, 4], rays[p, 5])))
        distance = hits.t[p] * length
        step, largest = 0.0, distance
        for k in range(3):
            largest = max(largest, abs(rays[p, k]))
        step = hits.t[p] + 1e-5 * largest / length
        c = p if cone.shape[0] > 1 else 0
        for k in range(3):
            out[q, k] = rays[p, k] + step * rays[p, 3 + k]
            out[q, 3 + k] = rays[p, 3 + k]
        cones[q, 0], cones[q, 1] = cone[c, 0] + cone[c, 1] * distance, cone[c, 1]
    return out, cones
