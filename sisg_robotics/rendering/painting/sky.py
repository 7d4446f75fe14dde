"""What is outside: a hazy summer sky above hills and meadows, as light from every direction."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ..._numba import njit
from ..kernels import PER_RAY

ZENITH = (0.42, 0.86, 1.90)
HORIZON = (1.45, 1.80, 2.15)
SUN_GLOW = (2.6, 2.1, 1.4)
"""Added around the sun, which itself is behind the haze."""
SUN = (0.48, 0.36, 0.80)
"""Unit direction."""
FAR_HILLS = (0.50, 0.72, 0.86)
TREES = (0.13, 0.24, 0.10)
MEADOW = (0.34, 0.50, 0.17)
LAND_RIM = 0.1
"""No land reaches this high."""
RIM = 0.004
"""Half the width of the hills' soft rim, in sines of elevation."""


@njit(**PER_RAY)
@no_type_check
def sky(d):
    """Linear light that comes from the unit direction `d`, z up."""
    x, y, z = d
    in_sky, above_trees, in_trees = 1.0, 1.0, 1.0
    if z < LAND_RIM:
        in_sky, above_trees, in_trees = _land(x, y, z)
    up = max(z, 0.0)
    haze = (1.0 - up) ** 6
    towards = max(x * SUN[0] + y * SUN[1] + z * SUN[2], 0.0)
    glow = 0.10 * towards**4 + 0.5 * towards**32
    shade = 1.0 - 0.35 * min(max(-z, 0.0) * 2.0, 1.0)
    return (
        _layers(
            ZENITH[0] + haze * (HORIZON[0] - ZENITH[0]) + glow * SUN_GLOW[0],
            0,
            shade,
            in_sky,
            above_trees,
            in_trees,
        ),
        _layers(
            ZENITH[1] + haze * (HORIZON[1] - ZENITH[1]) + glow * SUN_GLOW[1],
            1,
            shade,
            in_sky,
            above_trees,
            in_trees,
        ),
        _layers(
            ZENITH[2] + haze * (HORIZON[2] - ZENITH[2]) + glow * SUN_GLOW[2],
            2,
            shade,
            in_sky,
            above_trees,
            in_trees,
        ),
    )


@njit(**PER_RAY)
@no_type_check
def _land(x, y, z):
    """How far above the hills, the trees and the meadow a direction is: 0 or 1, between at their rims."""
    level = max(np.sqrt(x * x + y * y), 1e-6)
    east, north = x / level, y / level
    far = 0.060 + 0.020 * _waves(east, north, 3.0, 0.7) + 0.008 * _waves(east, north, 7.0, 2.1)
    near = 0.014 + 0.010 * _waves(east, north, 5.0, 4.0) + 0.005 * _waves(east, north, 23.0, 1.3)
    near += 0.003 * _waves(east, north, 67.0, 0.4)

    return _step(z, far), _step(z, near), _step(z, -0.022)


@njit(**PER_RAY)
@no_type_check
def _layers(air, k, shade, in_sky, above_trees, in_trees):
    """Meadow, before it trees, behind them hills, and the air above."""
    land = shade * MEADOW[k] + in_trees * (TREES[k] - shade * MEADOW[k])
    behind = FAR_HILLS[k] + in_sky * (air - FAR_HILLS[k])
    return land + above_trees * (behind - land)


@njit(**PER_RAY)
@no_type_check
def _waves(east, north, count, phase):
    """A wave with `count` crests around the horizon; whole counts close up."""
    return np.sin(count * np.arctan2(north, east) + phase)


@njit(**PER_RAY)
@no_type_check
def _step(value, edge):
    share = min(max((value - edge) / (2.0 * RIM) + 0.5, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def surrounding(d, white):
    """Light from outside the scene: uniform white, or the sky."""
    if white:
        return 1.0, 1.0, 1.0
    return sky(d)
