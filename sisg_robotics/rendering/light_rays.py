"""Rays that ask for light, and what they bring. The same pattern of rays at every place makes no noise."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float64
from numba import njit, prange

from .vectors import dot, minus, plus, row3, times

LIGHT_RADIUS_M = 0.18
CLEARANCE_M = 0.45
"""Nothing this near to a light shades it: a lamp's own shade and bulb let the light out."""
NEAREST_M = 0.7
"""Nearer than this a light does not get brighter: no lamp is a point."""
LIGHT_RANGE_M = 9.0
RAYS_PER_LIGHT = 12
AMBIENT_RAYS = 48
ENCLOSED_M = 0.35
"""The distance at which a neighbouring surface takes away half of the ambient light."""


def _spiral(count: int) -> np.ndarray:
    """Angles and heights of a Fibonacci spiral: evenly spread, the same for every place."""
    step = np.arange(count) + 0.5
    return np.stack([np.pi * (3.0 - np.sqrt(5.0)) * step, step / count], axis=-1)


def _ball_points(count: int) -> Float64[np.ndarray, "r 3"]:
    """Points spread over a sphere of LIGHT_RADIUS_M."""
    angle, height = _spiral(count).T
    z = 1.0 - 2.0 * height
    r = np.sqrt(1.0 - z * z)
    return LIGHT_RADIUS_M * np.stack([r * np.cos(angle), r * np.sin(angle), z], axis=-1)


def _cosine_directions(count: int) -> Float64[np.ndarray, "r 3"]:
    """Directions around +z, as dense as the cosine to it."""
    angle, height = _spiral(count).T
    r = np.sqrt(height)
    return np.stack([r * np.cos(angle), r * np.sin(angle), np.sqrt(1.0 - height)], axis=-1)


LIGHT_POINTS = _ball_points(RAYS_PER_LIGHT)
AMBIENT_DIRECTIONS = _cosine_directions(AMBIENT_RAYS)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def unshaded(point, normal, position):
    """Unshaded irradiance from a light of intensity 1: cosine over square distance, fading to its range."""
    out = np.empty(point.shape[0])
    at = (position[0], position[1], position[2])
    for p in prange(point.shape[0]):
        to = minus(at, row3(point, p))
        square = max(dot(to, to), NEAREST_M**2)
        cosine = max(dot(to, row3(normal, p)) / np.sqrt(square), 0.0)
        fade = max(1.0 - (square / LIGHT_RANGE_M**2) ** 2, 0.0)
        out[p] = cosine / square * fade * fade
    return out


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def shadow_rays(point, position, offsets):
    """Rays whose parameter 1 is CLEARANCE_M short of each point of the light."""
    rays = np.empty((point.shape[0], offsets.shape[0], 6), dtype=np.float32)
    at = (position[0], position[1], position[2])
    for p in prange(point.shape[0]):
        for r in range(offsets.shape[0]):
            to = minus(plus(at, row3(offsets, r)), row3(point, p))
            to = times(max(1.0 - CLEARANCE_M / max(np.sqrt(dot(to, to)), 1e-9), 1e-6), to)
            for x in range(3):
                rays[p, r, x], rays[p, r, 3 + x] = point[p, x], to[x]
    return rays


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def ambient_rays(point, normal, directions):
    """Rays into the half space that each place faces, in a frame made without branches (Duff et al. 2017)."""
    rays = np.empty((point.shape[0], directions.shape[0], 6), dtype=np.float32)
    for p in prange(point.shape[0]):
        x, y, z = row3(normal, p)
        sign = 1.0 if z >= 0.0 else -1.0
        a = -1.0 / (sign + z)
        b = x * y * a
        right, ahead = (1.0 + sign * x * x * a, sign * b, -sign * x), (b, sign + y * y * a, -y)
        for r in range(directions.shape[0]):
            d = row3(directions, r)
            d = plus(plus(times(d[0], right), times(d[1], ahead)), times(d[2], (x, y, z)))
            for i in range(3):
                rays[p, r, i], rays[p, r, 3 + i] = point[p, i], d[i]
    return rays


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def gathered(distance, triangle, tint, glow, sky):
    """The mean of what the ambient rays bring: sky, glow, or light off a surface, less the nearer it is."""
    out = np.zeros((distance.shape[0], 3), dtype=np.float64)
    for p in prange(distance.shape[0]):
        for r in range(distance.shape[1]):
            t = distance[p, r]
            if np.isinf(t):
                for k in range(3):
                    out[p, k] += sky[k]
            else:
                open_share = t / (t + ENCLOSED_M)
                for k in range(3):
                    out[p, k] += tint[triangle[p, r], k] * open_share + glow[triangle[p, r], k]
        for k in range(3):
            out[p, k] /= distance.shape[1]
    return out
