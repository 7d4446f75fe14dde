"""What a hit looks like: base colour, remembered light, highlights, glow, exposure and film curve."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import UInt8
from numba import njit, prange

from .lighting import MAX_HIGHLIGHTS, grid_corner
from .textures import base_color, srgb_from_linear
from .vectors import blend, dot, minus, plus, row3, times, unit

EXPOSURE = 0.95
SHOULDER = 0.5
"""Below this the film curve is a straight line; above it bends towards white."""
BRIGHTEST = 16.0
"""Linear light beyond this is white."""
BACKGROUND = np.array([0.75, 0.86, 1.0], dtype=np.float32)
"""What is seen where nothing is hit: a bright sky."""


def _film_curve(steps: int = 1 << 14) -> UInt8[np.ndarray, "s"]:
    """sRGB bytes for linear light BRIGHTEST * (i / (steps - 1))^2."""
    light = EXPOSURE * BRIGHTEST * (np.arange(steps) / (steps - 1)) ** 2
    room = 1.0 - SHOULDER
    over = np.maximum(light - SHOULDER, 0.0) / room
    bent = SHOULDER + room * over / (1.0 + over)
    linear = np.where(light < SHOULDER, light, bent)
    return np.rint(srgb_from_linear(linear) * 255).astype(np.uint8)


FILM = _film_curve()


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def shade(triangle, uv, side, directions, points, pixel_rad, mesh, materials, grid, lights, film, background):
    """The picture, uint8 (p, 3), of p surface points seen along `directions`; triangle -1 is background.

    `mesh` is (normals, uv, triangles, material_of, uv_per_m); `pixel_rad` the angle of a pixel.
    """
    normals, texture_uv, triangles, material_of, uv_per_m = mesh
    out = np.empty((triangle.shape[0], 3), dtype=np.uint8)
    for p in prange(triangle.shape[0]):
        t = triangle[p]
        if t < 0:
            _expose(out[p], background[0], background[1], background[2], film)
            continue
        u, v = uv[p, 0], uv[p, 1]
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        view = unit(times(-1.0, row3(directions, p)))
        normal = unit(blend(row3(normals, a), row3(normals, b), row3(normals, c), u, v))
        if side[p] == 1:
            normal = times(-1.0, normal)
        facing = max(dot(normal, view), 0.05)

        row = material_of[t]
        s = (1.0 - u - v) * texture_uv[a, 0] + u * texture_uv[b, 0] + v * texture_uv[c, 0]
        r = (1.0 - u - v) * texture_uv[a, 1] + u * texture_uv[b, 1] + v * texture_uv[c, 1]
        size = max(materials.texture_size[row, 0], materials.texture_size[row, 1])
        footprint = points[p, 3] * pixel_rad / np.sqrt(facing) * uv_per_m[t] * size
        level = np.log2(max(footprint, 1e-6))
        red, green, blue = base_color(materials, row, s, r, level)

        i, j, k, wj, wk = grid_corner(grid.cells, grid.start, t, u, v)
        q = side[p]
        wi = 1.0 - wj - wk
        light0 = wi * grid.irradiance[i, q, 0] + wj * grid.irradiance[j, q, 0] + wk * grid.irradiance[k, q, 0]
        light1 = wi * grid.irradiance[i, q, 1] + wj * grid.irradiance[j, q, 1] + wk * grid.irradiance[k, q, 1]
        light2 = wi * grid.irradiance[i, q, 2] + wj * grid.irradiance[j, q, 2] + wk * grid.irradiance[k, q, 2]

        rough, metal, glow = materials.roughness[row], materials.metallic[row], materials.emission[row]
        grazing = (1.0 - facing) ** 5
        f0, f1, f2 = 0.04 + metal * (red - 0.04), 0.04 + metal * (green - 0.04), 0.04 + metal * (blue - 0.04)
        seen_i, seen_j, seen_k = grid.lights[i, q], grid.lights[j, q], grid.lights[k, q]
        s0, s1, s2 = _highlights(
            row3(points, p), view, normal, facing, rough, seen_i, seen_j, seen_k, wi, wj, wk, lights
        )
        gloss = (1.0 - rough) ** 2  # what a dull mirror shows of the room: its mean light
        s0 += light0 * (0.25 + 0.75 * metal) * max(gloss, 0.35 * metal)
        s1 += light1 * (0.25 + 0.75 * metal) * max(gloss, 0.35 * metal)
        s2 += light2 * (0.25 + 0.75 * metal) * max(gloss, 0.35 * metal)
        dull = 1.0 - metal
        _expose(
            out[p],
            red * (light0 * dull + glow) + s0 * (f0 + (1.0 - f0) * grazing),
            green * (light1 * dull + glow) + s1 * (f1 + (1.0 - f1) * grazing),
            blue * (light2 * dull + glow) + s2 * (f2 + (1.0 - f2) * grazing),
            film,
        )
    return out


@njit(cache=True, nogil=True)
@no_type_check
def _highlights(point, view, normal, facing, rough, seen_i, seen_j, seen_k, wi, wj, wk, lights):
    """Specular light of the visible lights, before Fresnel's colour (GGX, Walter et al. 2007)."""
    red, green, blue = 0.0, 0.0, 0.0
    any_seen = seen_i | seen_j | seen_k
    alpha2 = max(rough * rough, 0.03) ** 2
    for index in range(min(lights.position_m.shape[0], MAX_HIGHLIGHTS)):
        bit = np.uint64(1) << np.uint64(index)
        if not any_seen & bit:
            continue
        to = minus(row3(lights.position_m, index), point)
        square = max(dot(to, to), 0.04)
        to = unit(to)
        cosine = dot(to, normal)
        if cosine <= 0.0:
            continue
        half = max(dot(unit(plus(to, view)), normal), 0.0)
        lobe = half * half * (alpha2 - 1.0) + 1.0
        shadowing = (cosine * (1.0 - rough * 0.5) + rough * 0.5) * (
            facing * (1.0 - rough * 0.5) + rough * 0.5
        )
        seen = 0.0
        if seen_i & bit:
            seen += wi
        if seen_j & bit:
            seen += wj
        if seen_k & bit:
            seen += wk
        amount = seen * cosine / square * alpha2 / (4.0 * lobe * lobe * shadowing)
        amount = min(amount, 6.0)
        red += amount * lights.color[index, 0]
        green += amount * lights.color[index, 1]
        blue += amount * lights.color[index, 2]
    return red, green, blue


@njit(cache=True, nogil=True)
@no_type_check
def _expose(out, red, green, blue, film):
    last = film.shape[0] - 1
    out[0] = film[int(min(np.sqrt(max(red, 0.0) / BRIGHTEST), 1.0) * last + 0.5)]
    out[1] = film[int(min(np.sqrt(max(green, 0.0) / BRIGHTEST), 1.0) * last + 0.5)]
    out[2] = film[int(min(np.sqrt(max(blue, 0.0) / BRIGHTEST), 1.0) * last + 0.5)]
