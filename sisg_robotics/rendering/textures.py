"""Materials as flat arrays that compiled code can read, and how it looks their textures up."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int32, Int64, UInt8

from .._numba import njit
from .kernels import PER_RAY

NO_TEXTURE = -1
BASE, ALPHA, METAL_ROUGH, NORMAL, GLOW = range(5)
"""What a texture says; the columns of `MaterialTable.start`."""
OPAQUE, MASK, BLEND = range(3)
SRGB, NUMBER = 0, 1
"""How texels are coded; the rows of `MaterialTable.decode`."""
HOLE_ALPHA = 0.5
"""Blended surfaces fainter than this are holes to every channel but colour (Cycles' pass_alpha_threshold)."""


class MaterialTable(NamedTuple):
    """k materials. Colours are linear; texels are bytes, all textures and levels one after another."""

    color: Float32[np.ndarray, "k 3"]
    mean_color: Float32[np.ndarray, "k 3"]
    """The colour from far away: the texture's mean, or `color`."""
    mean_glow: Float32[np.ndarray, "k 3"]
    """The light given off, seen from far away."""
    mean_through: Float32[np.ndarray, "k"]
    """Share of light that passes, seen from far away: holes, thinness, transmission."""
    roughness: Float32[np.ndarray, "k"]
    metallic: Float32[np.ndarray, "k"]
    emission: Float32[np.ndarray, "k"]
    alpha: Float32[np.ndarray, "k"]
    alpha_mode: UInt8[np.ndarray, "k"]
    alpha_cutoff: Float32[np.ndarray, "k"]
    normal_scale: Float32[np.ndarray, "k"]
    transmission: Float32[np.ndarray, "k"]
    start: Int64[np.ndarray, "k 5"]
    """Where the finest level of each texture begins in `texels`, or NO_TEXTURE."""
    size: Int32[np.ndarray, "k 5 2"]
    """Height and width of the finest level."""
    texels: UInt8[np.ndarray, "t 3"]
    decode: Float32[np.ndarray, "2 256"]
    """The value of each byte: linear light of sRGB, and plain share of 255."""


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def texture_at(materials, kind, code, row, u, v, across):
    """Three values of a material's texture at (u, v), for a ray `across` texture repeats wide."""
    return texture_along(materials, kind, code, row, u, v, 0.0, 0.0, across, 1)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def texture_along(materials, kind, code, row, u, v, du, dv, across, looks):
    """The mean of several looks at a texture, (du, dv) apart, (u, v) in their middle."""
    size = materials.size
    return filtered(
        materials.texels, materials.decode, code, materials.start[row, kind],
        int(size[row, kind, 0]), int(size[row, kind, 1]), u, v, du, dv, across, looks,
    )  # fmt: skip


@njit(**PER_RAY)
@no_type_check
def filtered(texels, decode, code, start, height, width, u, v, du, dv, across, looks):
    """Between the texels of the two levels whose texels are about as wide as the ray.

    As in glTF, v = 0 is the top row. Between levels the weight is linear in the width, which is the
    logarithm's value at both ends. One look is at both levels; several are shared out between them.
    """
    wide = across * max(height, width)
    while wide >= 2.0 and (height > 1 or width > 1):
        start += height * width
        height, width = max(height >> 1, 1), max(width >> 1, 1)
        wide *= 0.5
    share = min(wide - 1.0, 1.0) if height > 1 or width > 1 else 0.0
    if share <= 0.0 and looks == 1:
        return _bilinear(texels, decode, code, start, height, width, u, v)
    next_start, next_height, next_width = start + height * width, max(height >> 1, 1), max(width >> 1, 1)
    if looks == 1:
        a, b, c = _bilinear(texels, decode, code, start, height, width, u, v)
        d, e, f = _bilinear(texels, decode, code, next_start, next_height, next_width, u, v)
        return a + share * (d - a), b + share * (e - b), c + share * (f - c)
    red, green, blue = 0.0, 0.0, 0.0
    for k in range(looks):
        step = k + 0.5 - 0.5 * looks
        x, y = u + step * du, v + step * dv
        if k + 0.5 < share * looks:
            a, b, c = _bilinear(texels, decode, code, next_start, next_height, next_width, x, y)
        else:
            a, b, c = _bilinear(texels, decode, code, start, height, width, x, y)
        red, green, blue = red + a, green + b, blue + c
    return red / looks, green / looks, blue / looks


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _bilinear(texels, decode, code, start, height, width, u, v):
    """Between four texels; beyond the rim the texture goes on with its other side.

    In single precision, which is what decoded texels are.
    """
    u, v = u - np.floor(u), v - np.floor(v)
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = int(np.floor(x)), int(np.floor(y))
    fx, fy = np.float32(x - x0), np.float32(y - y0)
    x1, y1 = x0 + 1, y0 + 1
    x0, y0 = (x0 + width if x0 < 0 else x0), (y0 + height if y0 < 0 else y0)
    x1, y1 = (x1 - width if x1 >= width else x1), (y1 - height if y1 >= height else y1)
    p, q = np.uint64(start + y0 * width + x0), np.uint64(start + y0 * width + x1)
    r, s = np.uint64(start + y1 * width + x0), np.uint64(start + y1 * width + x1)
    return (
        _between(texels, decode, code, p, q, r, s, 0, fx, fy),
        _between(texels, decode, code, p, q, r, s, 1, fx, fy),
        _between(texels, decode, code, p, q, r, s, 2, fx, fy),
    )


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _between(texels, decode, code, p, q, r, s, k, fx, fy):
    """One channel between the texels p, q and, below them, r, s; where all are equal, exactly that."""
    a, b = decode[code, texels[p, k]], decode[code, texels[q, k]]
    c, d = decode[code, texels[r, k]], decode[code, texels[s, k]]
    above = a + fx * (b - a)
    return above + fy * (c + fx * (d - c) - above)


@njit(**PER_RAY)
@no_type_check
def alpha_at(materials, row, u, v):
    """How much of a surface is there at (u, v), before vertex colours; 1 for opaque materials."""
    if materials.alpha_mode[row] == OPAQUE:
        return 1.0
    if materials.start[row, ALPHA] < 0:
        return float(materials.alpha[row])
    return materials.alpha[row] * texture_at(materials, ALPHA, NUMBER, row, u, v, 0.0)[0]


@njit(**PER_RAY)
@no_type_check
def is_hole(materials, row, alpha):
    """Whether rays of the data channels pass a surface of this alpha."""
    mode = materials.alpha_mode[row]
    if mode == MASK:
        return alpha < materials.alpha_cutoff[row]
    return mode == BLEND and alpha < HOLE_ALPHA
