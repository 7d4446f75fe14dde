"""Light that a surface's gloss sends to the eye: of lamps, and of the room at large."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ..._numba import njit
from ..kernels import PER_RAY
from ..vectors import dot, minus, plus, row3, times, unit
from .sources import MAX_HIGHLIGHTS

BRIGHTEST_GLINT = 6.0


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def reflectance(f0, roughness, facing):
    """Share of even light from everywhere that gloss reflects, after one bounce or more, in each colour.

    The first bounce is Lazarov's fit (Karis 2014), its exponential a sixth power; what rough metal sends into
    itself comes out after more of them (Turquin 2019), so that nothing of white metal's light is lost.
    """
    x, y = 1.0 - roughness, 0.0425 - 0.0275 * roughness
    z, w = 1.04 - 0.572 * roughness, 0.022 * roughness - 0.04
    grazing = 1.0 - facing
    grazing *= grazing
    mean = min(x * x, grazing * grazing * grazing) * x + y
    part, rest = z - 1.04 * mean, w + 1.04 * mean
    more = 1.0 / (part + rest) - 1.0
    return (
        (f0[0] * part + rest) * (1.0 + f0[0] * more),
        (f0[1] * part + rest) * (1.0 + f0[1] * more),
        (f0[2] * part + rest) * (1.0 + f0[2] * more),
    )


@njit(**PER_RAY)
@no_type_check
def highlights(point, view, normal, facing, rough, seen, shares, position_m, color):
    """Gloss of the visible lamps, before Fresnel's colour (GGX, Walter et al. 2007).

    `seen` are the lamps visible from the three places around the point, `shares` the places' weights.
    """
    red, green, blue = 0.0, 0.0, 0.0
    any_seen = seen[0] | seen[1] | seen[2]
    alpha2 = max(rough * rough, 0.03) ** 2
    for index in range(min(position_m.shape[0], MAX_HIGHLIGHTS)):
        bit = np.uint64(1) << np.uint64(index)
        if not any_seen & bit:
            continue
        to = minus(row3(position_m, index), point)
        square = max(dot(to, to), 0.04)
        to = unit(to)
        cosine = dot(to, normal)
        if cosine <= 0.0:
            continue
        half = max(dot(unit(plus(to, view)), normal), 0.0)
        lobe = half * half * (alpha2 - 1.0) + 1.0
        masking = (cosine * (1.0 - rough * 0.5) + rough * 0.5) * (facing * (1.0 - rough * 0.5) + rough * 0.5)
        share = 0.0
        for k in range(3):
            if seen[k] & bit:
                share += shares[k]
        amount = min(share * cosine / square * alpha2 / (4.0 * lobe * lobe * masking), BRIGHTEST_GLINT)
        red += amount * color[index, 0]
        green += amount * color[index, 1]
        blue += amount * color[index, 2]
    return red, green, blue


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def mirrored(d, normal):
    """The direction `d` after a mirror."""
    return minus(d, times(2.0 * dot(d, normal), normal))
