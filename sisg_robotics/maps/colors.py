"""Scores as colours."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8

_HEAT = np.array(  # dark to bright in even steps of lightness: readable in grey and to the colour-blind
    [
        [0, 0, 4],
        [40, 11, 84],
        [101, 21, 110],
        [159, 42, 99],
        [212, 72, 66],
        [245, 125, 21],
        [250, 193, 39],
        [252, 255, 164],
    ],
    dtype=np.float64,
)


def heat_colors(heat: Float[np.ndarray, "*shape"]) -> UInt8[np.ndarray, "*shape 3"]:
    """From black over purple and orange to light yellow, for values from 0 to 1; others are clipped."""
    place = np.clip(heat.astype(np.float64), 0, 1) * (len(_HEAT) - 1)
    channels = [np.interp(place, np.arange(len(_HEAT)), channel) for channel in _HEAT.T]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


def overlay_heat(
    rgb: UInt8[np.ndarray, "*shape 3"], heat: Float[np.ndarray, "*shape"]
) -> UInt8[np.ndarray, "*shape 3"]:
    """Colours faded to grey where heat is low, and replaced by its heat colour where it is 1."""
    heat = np.clip(heat.astype(np.float64), 0, 1)
    share = heat[..., None] ** 2
    grey = 80 + 0.6 * (rgb @ np.array([0.3, 0.59, 0.11]))[..., None]
    return np.round(grey * (1 - share) + heat_colors(0.25 + 0.65 * heat) * share).astype(np.uint8)
