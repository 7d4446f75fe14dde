"""What a surface is made of at one point: colour, gloss, metal, glow and the bumps of its normal map."""

from __future__ import annotations

from typing import no_type_check

from ..._numba import njit
from ..kernels import PER_RAY
from ..textures import (
    ALPHA,
    BASE,
    GLOW,
    METAL_ROUGH,
    NORMAL,
    NUMBER,
    OPAQUE,
    SRGB,
    alpha_at,
    texture_along,
    texture_at,
)
from ..vectors import cross, dot, minus, plus, row3, row3_of, times, unit
from .surfaces import texture_place, vertex_color

MOST_PROBES = 4
"""Looks at the texture along the length of a slanted ray's footprint."""


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def color_at(surfaces, materials, t, u, v, d, face, width):
    """Linear colour of triangle t, seen along the unit direction `d` by a ray `width` metres wide.

    On a slanted surface the ray's footprint is long: up to MOST_PROBES looks along it keep the texture sharp.
    """
    row = surfaces.material_of[t]
    if materials.start[row, BASE] < 0:
        color = row3(materials.color, row)
    else:
        s, r = texture_place(surfaces, t, u, v)
        density = float(surfaces.repeats_per_m[t])
        facing = max(-dot(d, face), 0.05)
        texels = width * density * max(materials.size[row, BASE, 0], materials.size[row, BASE, 1])
        probes = 1
        if texels > 0.5 * facing and facing < 0.7:
            probes = 2 if facing > 0.4 else MOST_PROBES
        if probes == 1:
            color = texture_at(materials, BASE, SRGB, row, s, r, width * density)
        else:
            grow_u, grow_v = row3_of(surfaces.uv_per_m, t, 0), row3_of(surfaces.uv_per_m, t, 1)
            along = times(width / facing, unit(plus(d, times(-dot(d, face), face))))
            du, dv = dot(along, grow_u) / probes, dot(along, grow_v) / probes
            across = max(width, width / (facing * probes)) * density
            color = texture_along(materials, BASE, SRGB, row, s, r, du, dv, across, probes)
    if surfaces.colors.shape[0]:
        red, green, blue, _ = vertex_color(surfaces, t, u, v)
        return color[0] * red, color[1] * green, color[2] * blue
    return color


@njit(**PER_RAY)
@no_type_check
def roughness_and_metal(surfaces, materials, t, u, v, width):
    """As numbers times texture, red for metal and green for roughness."""
    row = surfaces.material_of[t]
    rough, metal = float(materials.roughness[row]), float(materials.metallic[row])
    if materials.start[row, METAL_ROUGH] >= 0:
        s, r = texture_place(surfaces, t, u, v)
        across = width * surfaces.repeats_per_m[t]
        more_metal, more_rough, _ = texture_at(materials, METAL_ROUGH, NUMBER, row, s, r, across)
        rough, metal = rough * more_rough, metal * more_metal
    return rough, metal


@njit(**PER_RAY)
@no_type_check
def glow_at(surfaces, materials, t, u, v, width, color):
    """Light given off; `color` is the surface's own."""
    row = surfaces.material_of[t]
    strength = float(materials.emission[row])
    if strength == 0.0 or materials.start[row, GLOW] < 0:
        return times(strength, color)
    s, r = texture_place(surfaces, t, u, v)
    return times(strength, texture_at(materials, GLOW, SRGB, row, s, r, width * surfaces.repeats_per_m[t]))


@njit(**PER_RAY)
@no_type_check
def cover_at(surfaces, materials, t, u, v):
    """How much of the surface is there: 0 in a hole, 1 where opaque, between where it blends."""
    row = surfaces.material_of[t]
    mode = materials.alpha_mode[row]
    if mode == OPAQUE:
        return 1.0
    alpha = float(materials.alpha[row])
    if materials.start[row, ALPHA] >= 0:
        s, r = texture_place(surfaces, t, u, v)
        alpha = alpha_at(materials, row, s, r)
    if surfaces.colors.shape[0]:
        alpha *= vertex_color(surfaces, t, u, v)[3]
    if mode == 1:  # cut out
        return 1.0 if alpha >= materials.alpha_cutoff[row] else 0.0
    return min(max(alpha, 0.0), 1.0)


@njit(**PER_RAY)
@no_type_check
def bumped(surfaces, materials, t, u, v, width, normal):
    """The unit normal tilted by the normal map, if there is one.

    Tangents run along growing u and against growing v, as glTF's do.
    """
    row = surfaces.material_of[t]
    if materials.start[row, NORMAL] < 0:
        return normal
    s, r = texture_place(surfaces, t, u, v)
    x, y, z = texture_at(materials, NORMAL, NUMBER, row, s, r, width * surfaces.repeats_per_m[t])
    scale = float(materials.normal_scale[row])
    x, y, z = scale * (2.0 * x - 1.0), scale * (2.0 * y - 1.0), 2.0 * z - 1.0
    grow_u, grow_v = row3_of(surfaces.uv_per_m, t, 0), row3_of(surfaces.uv_per_m, t, 1)
    tangent = cross(grow_v, normal)
    if dot(tangent, grow_u) < 0.0:
        tangent = times(-1.0, tangent)
    tangent = unit(minus(tangent, times(dot(tangent, normal), normal)))
    up = cross(normal, tangent)
    if dot(up, grow_v) > 0.0:
        up = times(-1.0, up)
    tilted = plus(plus(times(x, tangent), times(y, up)), times(max(z, 0.05), normal))
    return unit(tilted)
