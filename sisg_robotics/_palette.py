"""Pictures in 256 colours, as GIF needs and small PNGs like, that keep the colour of small vivid things."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Integer, UInt8
from PIL import Image

COLORS = 256
BITS = 5
"""Of each channel, by which colours are told apart when they are counted."""


def in_few_colors(pictures: Sequence[Image.Image], *, dithered: bool) -> list[Image.Image]:
    """RGB pictures in one palette for all, so that a thing keeps its colour from one to the next.

    A colour has weight in the palette by the square root of how often it is there: by how often alone, all
    places would go to walls and floors.
    """
    shades, counts = _shades(pictures)
    weighed = np.repeat(shades, np.round(np.sqrt(counts)).astype(np.int64), axis=0)  # (k, 3)
    palette = Image.fromarray(weighed[None]).quantize(COLORS, Image.Quantize.MEDIANCUT, kmeans=1)
    dither = Image.Dither.FLOYDSTEINBERG if dithered else Image.Dither.NONE
    return [picture.quantize(palette=palette, dither=dither) for picture in pictures]


def _shades(
    pictures: Sequence[Image.Image],
) -> tuple[UInt8[np.ndarray, "k 3"], Integer[np.ndarray, " k"]]:
    """The mean of each group of near colours, and how many pixels have one of it."""
    totals = np.zeros((1 << 3 * BITS, 4))
    for picture in pictures:
        rgb = np.asarray(picture).reshape(-1, 3)
        red, green, blue = (rgb >> (8 - BITS)).astype(np.int64).T
        group = (red << 2 * BITS) | (green << BITS) | blue
        for column, values in enumerate((*rgb.T, None)):
            totals[:, column] += np.bincount(group, values, minlength=len(totals))
    sums, counts = totals[:, :3], totals[:, 3].astype(np.int64)
    used = np.flatnonzero(counts)
    return np.round(sums[used] / counts[used, None]).astype(np.uint8), counts[used]
