"""Where a pixel needs more rays than one, and where in the pixel they go."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64

from ..._numba import njit, prange
from ..casting.embree import FirstHits
from ..vectors import dot, row3
from .surfaces import Surfaces

CONTRAST = 0.06
"""Neighbours whose screen brightness (square root, as eyes see) differs more have an edge between them."""
BEND = 0.93
"""Cosine between face normals below which there is an edge."""


def offsets(samples: int) -> Float64[np.ndarray, "s 2"]:
    """Where rays cross the unit pixel: no two in one row or column, evenly in each quarter (a (0, 2)-net).

    Sobol's first two dimensions, at the middles of their strata; 4 of them are the rotated grid.
    """
    bits = int(np.log2(samples))
    across, down = np.zeros(samples), np.zeros(samples)
    for i in range(samples):
        x = int(f"{i:0{bits}b}"[::-1], 2)
        y, direction, rest = 0, 1 << (bits - 1), i
        while rest:
            if rest & 1:
                y ^= direction
            direction ^= direction >> 1
            rest >>= 1
        across[i], down[i] = (x + 0.5) / samples, (y + 0.5) / samples
    return np.stack([across, down], axis=-1)


def edges(
    first: FirstHits, brightness: Float32[np.ndarray, "h w 3"], surfaces: Surfaces, things: np.ndarray
) -> Bool[np.ndarray, "h w"]:
    """Pixels at the edge of a thing, a material or a fold, or beside a contrast.

    `things` numbers the triangles' instances.
    """
    height, width = brightness.shape[:2]
    return _edges(
        np.isfinite(first.t).reshape(height, width),
        first.triangle.reshape(height, width),
        brightness,
        surfaces.faces,
        surfaces.material_of,
        things,
    )


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _edges(hit, triangle, brightness, faces, material_of, things):
    height, width = hit.shape
    out = np.zeros((height, width), dtype=np.bool_)
    for y in prange(height):
        for x in range(width):
            for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                i, j = y + dy, x + dx
                if not (0 <= i < height and 0 <= j < width):
                    continue
                if hit[y, x] != hit[i, j]:
                    out[y, x] = True
                    break
                difference = 0.0
                for k in range(3):
                    step = np.sqrt(brightness[y, x, k]) - np.sqrt(brightness[i, j, k])
                    difference = max(difference, abs(step))
                if difference > CONTRAST:
                    out[y, x] = True
                    break
                a, b = triangle[y, x], triangle[i, j]
                if hit[y, x] and a != b:
                    if things[a] != things[b] or material_of[a] != material_of[b]:
                        out[y, x] = True
                        break
                    if abs(dot(row3(faces, a), row3(faces, b))) < BEND:
                        out[y, x] = True
                        break
    return out
