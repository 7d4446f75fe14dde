"""From linear light to the bytes of a picture: transfer function, exposure and film curve."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float, Float32, UInt8

from ..._numba import njit, prange
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


def develop(light: Float[np.ndarray, "p 3"], film: Film) -> Float32[np.ndarray, "p 3"]:
    """Screen brightness of linear light: what samples of a pixel are averaged in."""
    return _read(film.developed, light, 1.0 / BRIGHTEST)


def encode(brightness: Float[np.ndarray, "p 3"], film: Film) -> UInt8[np.ndarray, "p 3"]:
    """sRGB bytes of screen brightness."""
    return _read(film.code, brightness, 1.0)


def expose(light: Float[np.ndarray, "p 3"], film: Film) -> UInt8[np.ndarray, "p 3"]:
    """sRGB bytes of linear light: `develop` and `encode` at once."""
    return _read(film.exposed, light, 1.0 / BRIGHTEST)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _read(curve, values, scale):
    """Each value's entry in a curve (s) whose entry i stands for (i / (s - 1))^2 / scale."""
    out = np.empty((values.shape[0], 3), dtype=curve.dtype)
    last = curve.shape[0] - 1
    for p in prange(values.shape[0]):
        for k in range(3):
            share = np.float32(min(max(values[p, k] * scale, 0.0), 1.0))
            out[p, k] = curve[int(np.sqrt(share) * last + 0.5)]
    return out
