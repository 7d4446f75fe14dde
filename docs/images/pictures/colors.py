"""Data channels as colours."""

from __future__ import annotations

import colorsys

import numpy as np
from jaxtyping import Float, Integer, UInt8

_VIRIDIS = np.array(
    [
        [68, 1, 84],
        [72, 40, 120],
        [62, 74, 137],
        [49, 104, 142],
        [38, 130, 142],
        [31, 158, 137],
        [53, 183, 121],
        [109, 205, 89],
        [180, 222, 44],
        [253, 231, 37],
    ],
    dtype=np.float64,
)
"""matplotlib's map of even steps in lightness (van der Walt and Smith 2015)."""
_WHEEL = ((15, 1), (6, 0), (4, 2), (11, 1), (13, 0), (6, 2))
"""Baker et al. 2011, "A Database and Evaluation Methodology for Optical Flow": from red to yellow in 15
steps, to green in 6, cyan 4, blue 11, magenta 13 and back in 6; with each the channel that changes."""


def depth_colors(
    depth: Float[np.ndarray, "h w"], near: float, far: float, *, missing: tuple[int, int, int] = (0, 0, 0)
) -> UInt8[np.ndarray, "h w 3"]:
    """From yellow, near, to violet, far; `missing` where depth is 0."""
    place = (1 - np.clip((depth.astype(np.float64) - near) / (far - near), 0, 1)) * (len(_VIRIDIS) - 1)
    colors = np.stack([np.interp(place, np.arange(len(_VIRIDIS)), line) for line in _VIRIDIS.T], axis=-1)
    colors[depth == 0] = missing
    return np.rint(colors).astype(np.uint8)


def id_colors(
    ids: Integer[np.ndarray, "h w"], *, nothing: tuple[int, int, int] = (255, 255, 255)
) -> UInt8[np.ndarray, "h w 3"]:
    """Every number another colour, those of neighbouring numbers far apart; `nothing` for 0."""
    numbers, places = np.unique(ids, return_inverse=True)
    palette = [nothing if number == 0 else _id_color(int(number)) for number in numbers]
    return np.array(palette, dtype=np.uint8)[places.reshape(ids.shape)]


def _id_color(number: int) -> tuple[int, int, int]:
    hue = number * 0.61803398875 % 1.0  # the golden ratio spreads any run of numbers evenly
    lightness, saturation = (0.62, 0.45, 0.75)[number % 3], (0.65, 0.55, 0.75)[number // 3 % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return round(255 * red), round(255 * green), round(255 * blue)


def normal_colors(
    normal: Float[np.ndarray, "h w 3"], *, nothing: tuple[int, int, int] = (255, 255, 255)
) -> UInt8[np.ndarray, "h w 3"]:
    """(-1..1) as (0..255) for x, y, z; `nothing` where there is no normal."""
    colors = np.rint((normal.astype(np.float64) + 1) * 127.5)
    colors[~normal.any(axis=-1)] = nothing
    return colors.astype(np.uint8)


def flow_colors(flow: Float[np.ndarray, "h w 2"], most_px: float) -> UInt8[np.ndarray, "h w 3"]:
    """Hue for direction, saturation for length up to `most_px`; white stands still, NaN is black."""
    wheel = _wheel()
    known = np.isfinite(flow).all(axis=-1)
    u, v = np.moveaxis(np.where(known[..., None], flow, 0).astype(np.float64), -1, 0)
    place = (np.arctan2(-v, -u) / np.pi + 1) / 2 * (len(wheel) - 1)
    around = np.arange(len(wheel))
    full = np.stack([np.interp(place, around, channel) for channel in wheel.T], axis=-1)
    length = np.minimum(np.hypot(u, v) / most_px, 1)[..., None]
    return np.rint(255 * np.where(known[..., None], 1 - length * (1 - full), 0)).astype(np.uint8)


def flow_wheel(width: int) -> UInt8[np.ndarray, "w w 3"]:
    """The key to `flow_colors`: what a motion from the middle to each place looks like."""
    line = (np.arange(width) + 0.5) / width * 2 - 1
    flow = np.stack(np.meshgrid(line, line), axis=-1)
    colors = flow_colors(flow, 1.0)
    colors[np.hypot(*np.moveaxis(flow, -1, 0)) > 1] = 255
    return colors


def _wheel() -> np.ndarray:
    """Colours around the wheel, (n, 3), 0 to 1."""
    color, rows = np.array([1.0, 0.0, 0.0]), []
    for steps, changing in _WHEEL:
        start, end = color[changing], 1 - color[changing]
        for step in range(steps):
            row = color.copy()
            row[changing] = start + (end - start) * step / steps
            rows.append(row)
        color[changing] = end
    return np.array([*rows, rows[0]])
