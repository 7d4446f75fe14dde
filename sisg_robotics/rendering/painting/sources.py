"""What shines: lamps, and windows with the sky behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64

from ..._numba import njit, prange
from ...scenes.scene import Light
from ..kernels import PER_RAY
from ..vectors import dot, minus, plus, row3, row3_of, times
from .sky import sky

LIGHT_RADIUS_M = 0.18
CLEARANCE_M = 0.45
"""Nothing this near to a lamp shades it: its own shade and bulb let the light out."""
NEAREST_M = 0.6
"""Nearer than this a lamp does not get brighter: none is a point."""
LIGHT_RANGE_M = 9.0
FAINTEST = 2e-4
"""Lamps that bring less than this are left out; 1 shows a white surface as white."""
MAX_HIGHLIGHTS = 64
"""All lamps light; the first of them also shine in glossy things."""
SKY_LOOKS = 6
"""Of a pane's points, those whose piece of sky is looked at."""
PROBES, SHADOW_RAYS = 4, 12
"""Where the first PROBES rays to a source agree, the others are not sent."""


class Sources(NamedTuple):
    """l lamps and w windows, numbered one after the other."""

    position_m: Float64[np.ndarray, "l 3"]
    color: Float64[np.ndarray, "l 3"]
    corner_m: Float64[np.ndarray, "w 3"]
    edges_m: Float64[np.ndarray, "w 2 3"]
    inwards: Float64[np.ndarray, "w 3"]
    """Unit normal, into the room."""
    window_color: Float64[np.ndarray, "w 3"]
    """Share of the sky's light that passes."""


def lamps(lights: Sequence[Light]) -> Sources:
    """Lamps alone; their colours are times their intensities."""
    position = np.array([light.position_xyz_m for light in lights], dtype=np.float64).reshape(-1, 3)
    color = np.array([np.array(light.color_rgb) * light.intensity for light in lights], dtype=np.float64)
    none = np.empty((0, 3))
    return Sources(position, color.reshape(-1, 3), none, np.empty((0, 2, 3)), none, none)


def _ball_points() -> Float64[np.ndarray, "r 3"]:
    """Points spread over a sphere of LIGHT_RADIUS_M; the first PROBES of them too."""
    step = (np.arange(SHADOW_RAYS) * 5 % SHADOW_RAYS) + 0.5
    z = 1.0 - 2.0 * step / SHADOW_RAYS
    r, angle = np.sqrt(1.0 - z * z), np.pi * (3.0 - np.sqrt(5.0)) * step
    return LIGHT_RADIUS_M * np.stack([r * np.cos(angle), r * np.sin(angle), z], axis=-1)


def _pane_points() -> Float64[np.ndarray, "r 2"]:
    """Points spread over the unit square, one in each of 4 x 3 fields; the first PROBES near its corners."""
    fields = [(0, 0), (3, 2), (0, 2), (3, 0), (1, 1), (2, 1), (0, 1), (3, 1), (1, 0), (2, 2), (2, 0), (1, 2)]
    return (np.array(fields) + 0.5) / [4, 3]


BALL, PANE = _ball_points(), _pane_points()


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def may_reach(point, normal, sources):
    """Which sources, bool (p, l + w), may light places if nothing stands between."""
    lamps, windows = sources.position_m.shape[0], sources.corner_m.shape[0]
    out = np.empty((point.shape[0], lamps + windows), dtype=np.bool_)
    for p in prange(point.shape[0]):
        _may_reach(row3(point, p), row3(normal, p), sources, out[p])
    return out


@njit(**PER_RAY)
@no_type_check
def _may_reach(at, normal, sources, out):
    lamps, windows = sources.position_m.shape[0], sources.corner_m.shape[0]
    for s in range(lamps):
        brightest = max(sources.color[s, 0], max(sources.color[s, 1], sources.color[s, 2]))
        out[s] = brightest * lamp_strength(at, normal, row3(sources.position_m, s)) > FAINTEST
    for w in range(windows):
        corner = row3(sources.corner_m, w)
        e, f = row3_of(sources.edges_m, w, 0), row3_of(sources.edges_m, w, 1)
        nearest = dot(minus(corner, at), normal)  # of the pane's corners, along the normal
        highest = nearest + max(dot(e, normal), 0.0) + max(dot(f, normal), 0.0)
        inside = dot(minus(at, corner), row3(sources.inwards, w)) > 0.0
        out[lamps + w] = inside and highest > 0.0


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def unshaded(point, normal, place, source, sources, pane):
    """Irradiance, float32 (q, 3), of q places by a source each, if nothing stands between."""
    out = np.empty((place.shape[0], 3), dtype=np.float32)
    for q in prange(place.shape[0]):
        _unshaded(row3(point, place[q]), row3(normal, place[q]), source[q], sources, pane, out[q])
    return out


@njit(**PER_RAY)
@no_type_check
def _unshaded(at, normal, s, sources, pane, out):
    lamps = sources.position_m.shape[0]
    if s < lamps:
        strength = lamp_strength(at, normal, row3(sources.position_m, s))
        light = times(strength, row3(sources.color, s))
    else:
        light = _window_light(at, normal, sources, s - lamps, pane)
    out[0], out[1], out[2] = light


@njit(**PER_RAY)
@no_type_check
def lamp_strength(at, normal, position):
    """Irradiance by a lamp of intensity 1: cosine over square distance, fading to its range."""
    to = minus(position, at)
    square = max(dot(to, to), NEAREST_M**2)
    cosine = max(dot(to, normal) / np.sqrt(square), 0.0)
    fade = max(1.0 - (square / LIGHT_RANGE_M**2) ** 2, 0.0)
    return cosine / square * fade * fade


@njit(**PER_RAY)
@no_type_check
def _window_light(at, normal, sources, w, pane):
    """The pane as small discs, each with the form factor of a disc and a piece of sky behind it."""
    corner = row3(sources.corner_m, w)
    e, f, inwards = row3_of(sources.edges_m, w, 0), row3_of(sources.edges_m, w, 1), row3(sources.inwards, w)
    if dot(minus(at, corner), inwards) <= 0.0:
        return 0.0, 0.0, 0.0
    area = np.sqrt(dot(e, e) * dot(f, f)) / pane.shape[0]
    factor, sampled, color = 0.0, 0.0, (0.0, 0.0, 0.0)
    for r in range(pane.shape[0]):
        to = minus(plus(corner, plus(times(pane[r, 0], e), times(pane[r, 1], f))), at)
        square, cosine = dot(to, to), dot(to, normal)
        if cosine <= 0.0 or dot(to, inwards) >= 0.0:
            continue
        share = -cosine * dot(to, inwards) * area / (square * (np.pi * square + area))
        factor += share
        if r < SKY_LOOKS:
            sampled += share
            color = plus(color, times(share, sky(times(1.0 / np.sqrt(square), to))))
    if factor < 1e-5 or sampled <= 0.0:
        return 0.0, 0.0, 0.0
    through = row3(sources.window_color, w)
    factor /= sampled
    return factor * through[0] * color[0], factor * through[1] * color[1], factor * through[2] * color[2]


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def source_rays(point, place, source, sources, ball, pane):
    """Rays, float32 (q, r, 6), from the places of q pairs to points of their sources, at parameter 1.

    To lamps they end CLEARANCE_M short.
    """
    rays = np.empty((place.shape[0], ball.shape[0], 6), dtype=np.float32)
    lamps = sources.position_m.shape[0]
    for q in prange(place.shape[0]):
        at, s = row3(point, place[q]), source[q]
        for r in range(ball.shape[0]):
            if s < lamps:
                to = minus(plus(row3(sources.position_m, s), row3(ball, r)), at)
                to = times(max(1.0 - CLEARANCE_M / max(np.sqrt(dot(to, to)), 1e-9), 1e-6), to)
            else:
                to = times(0.999, minus(pane_point(sources, s - lamps, pane[r, 0], pane[r, 1]), at))
            for x in range(3):
                rays[q, r, x], rays[q, r, 3 + x] = at[x], to[x]
    return rays


@njit(**PER_RAY)
@no_type_check
def pane_point(sources, w, a, b):
    """The point of window w at shares a and b of its edges."""
    e, f = row3_of(sources.edges_m, w, 0), row3_of(sources.edges_m, w, 1)
    return plus(row3(sources.corner_m, w), plus(times(a, e), times(b, f)))


@njit(**PER_RAY)
@no_type_check
def leaves_by_window(sources, at, d):
    """Whether a ray that hits nothing goes out by a window, whose light is counted with the sources."""
    for w in range(sources.corner_m.shape[0]):
        along = dot(d, row3(sources.inwards, w))
        to = minus(row3(sources.corner_m, w), at)
        t = dot(to, row3(sources.inwards, w)) / along if along < 0.0 else -1.0
        if t > 0.0:
            rest = minus(times(t, d), to)
            e, f = row3_of(sources.edges_m, w, 0), row3_of(sources.edges_m, w, 1)
            if 0.0 <= dot(rest, e) <= dot(e, e) and 0.0 <= dot(rest, f) <= dot(f, f):
                return True
    return False
