"""From linear light to the bytes of a picture: transfer function, exposure and film curve."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8
from numba import njit, prange

from ..._srgb import srgb_from_linear

SHOULDER = 0.6
"""Below this the film curve is a straight line; above it bends towards white."""
BRIGHTEST = 16.0
"""Linear light beyond this is white."""
STEPS = 1 << 14


class Film(NamedTuple):
    """Curves for compiled code, finer where it is dark, as eyes are."""

    developed: Float32[np.ndarray, "s"]
    """Linear brightness on the screen of light BRIGHTEST (i / (s - 1))^2."""
    code: UInt8[np.ndarray, "s"]
    """sRGB's byte of screen brightness (i / (s - 1))^2."""
    exposed: UInt8[np.ndarray, "s"]
    """Both in one: sRGB's byte of light BRIGHTEST (i / (s - 1))^2."""


def daylight_film(exposure: float) -> Film:
    """True colours up to SHOULDER, and highlights that never clip."""
    light = exposure * BRIGHTEST * _squares()
    room = 1.0 - SHOULDER
    over = np.maximum(light - SHOULDER, 0.0) / room
    return _film(np.where(light < SHOULDER, light, SHOULDER + room * over / (1.0 + over)))


def neutral_film(exposure: float) -> Film:
    """Changes nothing: light of 0.5 becomes sRGB's code for 0.5."""
    return _film(np.minimum(exposure * BRIGHTEST * _squares(), 1.0))


def _squares() -> np.ndarray:
    return (np.arange(STEPS) / (STEPS - 1)) ** 2


def _film(developed: np.ndarray) -> Film:
    code = np.rint(srgb_from_linear(_squares()) * 255).astype(np.uint8)
    brightness = developed.astype(np.float32)
    return Film(brightness, code, code[(np.sqrt(brightness) * (STEPS - 1) + 0.5).astype(int)])


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def develop(light, film):
    """Screen brightness, float32 (p, 3), of linear light: what samples of a pixel are averaged in."""
    out = np.empty((light.shape[0], 3), dtype=np.float32)
    last = film.developed.shape[0] - 1
    for p in prange(light.shape[0]):
        for k in range(3):
            share = min(max(light[p, k], 0.0) * (1.0 / BRIGHTEST), 1.0)
            out[p, k] = film.developed[int(np.sqrt(share) * last + 0.5)]
    return out


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def encode(brightness, film):
    """sRGB bytes (p, 3) of screen brightness."""
    out = np.empty((brightness.shape[0], 3), dtype=np.uint8)
    last = film.code.shape[0] - 1
    for p in prange(brightness.shape[0]):
        for k in range(3):
            out[p, k] = film.code[int(np.sqrt(min(max(brightness[p, k], 0.0), 1.0)) * last + 0.5)]
    return out


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def expose(light, film):
    """sRGB bytes (p, 3) of linear light: `develop` and `encode` at once."""
    out = np.empty((light.shape[0], 3), dtype=np.uint8)
    last = film.exposed.shape[0] - 1
    for p in prange(light.shape[0]):
        for k in range(3):
            share = min(max(light[p, k], 0.0) * (1.0 / BRIGHTEST), 1.0)
            out[p, k] = film.exposed[int(np.sqrt(share) * last + 0.5)]
    return out
