"""Features that keep to the edges of the picture.

A grid of features is coarser than the picture, and blurred where two things meet: pixels beside a door say
"door" on the wall, too. The picture's own colours know better. First each cell takes the mean of those around
that look like it (a joint bilateral filter: Petschnigg et al., "Digital Photography with Flash and No-Flash
Image Pairs", 2004), then each pixel takes, of the four cells around it, the one that looks like it (after
Kopf et al., "Joint Bilateral Upsampling", 2007, with one cell for their mean). Where features agree nothing
is done, since nothing would change.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float32, Int32, UInt8
from numba import njit

LIGHTNESS, HUE = 8.0, 5.0
"""Levels of 255 by which the mean of red, green and blue, and what they differ by, vary within a thing."""

STEP, REACH = 2, 2
"""Cells between those that are averaged, and how many of them either way."""

NEAR = 4.0
"""Standard deviation of their distance's weight, in cells."""

PLACE = 0.35
"""What a pixel's distance to a cell counts beside their colours, by the square of cells."""

AGREE = 0.05
"""Neighbouring cells agree whose squared difference is less than this share of their squared length."""

FARTHEST = 9.0
"""What is less alike than three standard deviations has no weight."""


def keep_edges(
    features: Float32[np.ndarray, "rows columns k"], rgb: UInt8[np.ndarray, "h w 3"]
) -> tuple[Float32[np.ndarray, "rows columns k"], Int32[np.ndarray, "h w"]]:
    """Features of a grid of cells that tiles a picture, along its edges, and the cell that each pixel takes.

    Cells count along rows. Features may be any numbers of which a mean makes sense, of about equal length.
    """
    rgb, features = (np.require(given, requirements=["C", "W"]) for given in (rgb, features))
    colors = _cell_colors(rgb, *features.shape[:2])
    differs = _differences(features)
    with ThreadPoolExecutor(1) as beside:
        cell_of_pixel = beside.submit(_cell_of_pixel, rgb, colors, differs)
        return _averaged(features, colors, differs), cell_of_pixel.result()


_compiled: Any = njit(cache=True, nogil=True, fastmath=True)


@_compiled
@no_type_check
def _color(red, green, blue):
    """Lightness and two differences of colours, in deviations within a thing."""
    return (
        (red + green + blue) * np.float32(1 / (3 * LIGHTNESS)),
        (red - green) * np.float32(1 / HUE),
        ((red + green) * np.float32(0.5) - blue) * np.float32(1 / HUE),
    )


@_compiled
@no_type_check
def _cell_colors(rgb, rows, columns):
    """Colour at each cell's centre, between the pixels around it."""
    height, width = rgb.shape[:2]
    colors = np.empty((rows, columns, 3), np.float32)
    for r in range(rows):
        y = min(max((r + 0.5) * height / rows - 0.5, 0), height - 1)
        top = min(int(y), max(height - 2, 0))
        below, low = min(top + 1, height - 1), np.float32(y - top)
        for c in range(columns):
            x = min(max((c + 0.5) * width / columns - 0.5, 0), width - 1)
            left = min(int(x), max(width - 2, 0))
            beside, far = min(left + 1, width - 1), np.float32(x - left)
            for i in range(3):
                upper = (1 - far) * rgb[top, left, i] + far * rgb[top, beside, i]
                lower = (1 - far) * rgb[below, left, i] + far * rgb[below, beside, i]
                colors[r, c, i] = (1 - low) * upper + low * lower
            colors[r, c] = _color(colors[r, c, 0], colors[r, c, 1], colors[r, c, 2])
    return colors


@_compiled
@no_type_check
def _differences(features):
    """Which cells differ from their neighbour to the right or below, (rows, columns)."""
    rows, columns, size = features.shape
    differs = np.zeros((rows, columns), np.bool_)
    for r in range(rows):
        for c in range(columns):
            for down in range(2):
                other_row, other_column = min(r + down, rows - 1), min(c + 1 - down, columns - 1)
                apart, length = np.float32(0), np.float32(0)
                for i in range(size):
                    a, b = features[r, c, i], features[other_row, other_column, i]
                    apart += (a - b) * (a - b)
                    length += a * a + b * b
                if 2 * apart > AGREE * length:
                    differs[r, c] = True
                    break
    return differs


@_compiled
@no_type_check
def _averaged(features, colors, differs):
    """Each cell's mean over those around that look like it, where any of these differ."""
    rows, columns, size = features.shape
    out, sums = features.copy(), np.empty(size, np.float32)
    for r in range(rows):
        for c in range(columns):
            if not _any_near(differs, r, c, STEP * REACH // 2):
                continue
            total = np.float32(0)
            sums[:] = 0
            for down in range(-REACH, REACH + 1):
                for right in range(-REACH, REACH + 1):
                    y, x = r + STEP * down, c + STEP * right
                    if y < 0 or y >= rows or x < 0 or x >= columns:
                        continue
                    unlike = np.float32((STEP / NEAR) ** 2 * (down * down + right * right))
                    for i in range(3):
                        unlike += (colors[y, x, i] - colors[r, c, i]) ** 2
                    if unlike > FARTHEST:
                        continue
                    weight = np.exp(np.float32(-0.5) * unlike)
                    total += weight
                    for i in range(size):
                        sums[i] += weight * features[y, x, i]
            for i in range(size):
                out[r, c, i] = sums[i] / total
    return out


@_compiled
@no_type_check
def _any_near(flags, row, column, reach):
    rows, columns = flags.shape
    for r in range(max(row - reach, 0), min(row + reach, rows - 1) + 1):
        for c in range(max(column - reach, 0), min(column + reach, columns - 1) + 1):
            if flags[r, c]:
                return True
    return False


@_compiled
@no_type_check
def _cell_of_pixel(rgb, colors, differs):
    """The cell that each pixel takes: the nearest, or where cells differ that of its colour, of four."""
    height, width = rgb.shape[:2]
    rows, columns = colors.shape[:2]
    left, right, beyond = _between(width, columns)
    top, below, under = _between(height, rows)
    nearest = np.where(beyond < 0.5, left, right)
    differ = np.empty(columns, np.bool_)  # any of the four cells from this column to the next
    cell = np.empty((height, width), np.int32)
    for v in range(height):
        a, b, y = top[v], below[v], under[v]
        for c in range(columns):
            differ[c] = differs[a, c] or differs[b, c] or differs[a, min(c + 1, columns - 1)]
        start = (a if y < 0.5 else b) * columns
        for u in range(width):
            c, d, x = left[u], right[u], beyond[u]
            if not differ[c]:
                cell[v, u] = start + nearest[u]
                continue
            one, two, three = _color(
                np.float32(rgb[v, u, 0]), np.float32(rgb[v, u, 1]), np.float32(rgb[v, u, 2])
            )
            least = np.float32(1e30)
            for corner in range(4):
                row, column = (a if corner < 2 else b), (c if corner % 2 == 0 else d)
                down, aside = (y if corner < 2 else 1 - y), (x if corner % 2 == 0 else 1 - x)
                unlike = np.float32(PLACE) * (down * down + aside * aside)
                unlike += (colors[row, column, 0] - one) ** 2
                unlike += (colors[row, column, 1] - two) ** 2
                unlike += (colors[row, column, 2] - three) ** 2
                if unlike < least:
                    least = unlike
                    cell[v, u] = row * columns + column
    return cell


@_compiled
@no_type_check
def _between(pixels, cells):
    """Along one axis, the cells that each pixel lies between, and how far it is beyond the first."""
    first, second = np.empty(pixels, np.int32), np.empty(pixels, np.int32)
    beyond = np.empty(pixels, np.float32)
    for i in range(pixels):
        place = (i + 0.5) * cells / pixels - 0.5
        before = int(np.floor(place))
        first[i] = max(before, 0)
        second[i] = min(before + 1, cells - 1)
        beyond[i] = place - before
    return first, second, beyond
