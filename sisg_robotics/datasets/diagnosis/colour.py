"""Whether colour pictures are of the same view as the depth: mirrored, turned, or beside it.

Points that two frames agree on have the same colour in both, whatever it is. So brightness is read at both
places, and how well the two go together (their correlation) is compared for every way in which the colour
pictures might lie over the depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

MATCHES = 60_000
LEAST_MATCHES = 500
MOST_LATE = 3
GOES_WITH = 0.93
"""From this correlation on, colours of other moments are not looked at."""
BETTER_MOMENT = 0.03
LEAST_CONTRAST = 4.0
"""Standard deviation of brightness, of 255, below which nothing can be told."""


@dataclass(frozen=True)
class Lay:
    """How colour lies over depth.

    The colour of depth's pixel at (x, y), shares of the picture from its middle, is at (x, y) * zoom + shift,
    x or y of opposite sign where mirrored or upside down.
    """

    mirrored: bool = False
    upside_down: bool = False
    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0


@dataclass(frozen=True)
class ColourVerdict:
    """The best lay, or moment, its correlation and that of the stated one; `told` when there was enough."""

    best: Lay
    best_correlation: float
    stated_correlation: float
    told: bool
    later: int = 0
    """Frames by which the colours of later ones go with this depth instead."""


def find_lay(
    brightness: Float32[np.ndarray, "n h w"], matches: Int64[np.ndarray, "m 6"], size: tuple[int, int]
) -> ColourVerdict:
    """The lay with the best correlation; `matches` are view, column, row in two pictures of `size`."""
    stated = Lay()
    if len(matches) < LEAST_MATCHES or float(brightness.std()) < LEAST_CONTRAST:
        return ColourVerdict(stated, 0.0, 0.0, False)
    at_first = correlation(brightness, matches, size, stated)
    best, most = stated, at_first
    for lay in _turned():
        found = correlation(brightness, matches, size, lay)
        if found > most:
            best, most = lay, found
    for step in (0.04, 0.02, 0.01, 0.005, 0.0025):
        moved = True
        while moved:
            moved = False
            for lay in _beside(best, step):
                found = correlation(brightness, matches, size, lay)
                if found > most + 1e-6:
                    best, most, moved = lay, found, True
    return ColourVerdict(best, most, at_first, True)


def find_moment(
    brightness: Callable[[int], Float32[np.ndarray, "n h w"]],
    matches: Int64[np.ndarray, "m 6"],
    size: tuple[int, int],
    lay: ColourVerdict,
) -> ColourVerdict:
    """`lay`, or how many frames later the colours are that go with the depth clearly better."""
    if not lay.told or lay.best_correlation >= GOES_WITH:
        return lay
    later = [frames for step in range(1, MOST_LATE + 1) for frames in (step, -step)]
    found = {frames: correlation(brightness(frames), matches, size, Lay()) for frames in later}
    best = max(later, key=lambda frames: found[frames])
    if found[best] < lay.best_correlation + BETTER_MOMENT:
        return lay
    return ColourVerdict(Lay(), found[best], lay.stated_correlation, True, best)


def correlation(
    brightness: Float32[np.ndarray, "n h w"],
    matches: Int64[np.ndarray, "m 6"],
    size: tuple[int, int],
    lay: Lay,
) -> float:
    """Of the brightness at both ends of the matches, by this lay, where both are in their pictures."""
    one, inside_one = _read(brightness, matches[:, :3], size, lay)
    other, inside_other = _read(brightness, matches[:, 3:], size, lay)
    both = inside_one & inside_other
    if both.sum() < LEAST_MATCHES:
        return 0.0
    one, other = one[both] - one[both].mean(), other[both] - other[both].mean()
    spread = float(np.sqrt((one * one).mean() * (other * other).mean()))
    return float((one * other).mean()) / spread if spread > 0 else 0.0


def _read(
    brightness: np.ndarray, places: np.ndarray, size: tuple[int, int], lay: Lay
) -> tuple[np.ndarray, np.ndarray]:
    height, width = brightness.shape[1:]
    x = ((places[:, 1] + 0.5) / size[0] - 0.5) * lay.zoom * (-1 if lay.mirrored else 1) + lay.shift[0] + 0.5
    y = (
        ((places[:, 2] + 0.5) / size[1] - 0.5) * lay.zoom * (-1 if lay.upside_down else 1)
        + lay.shift[1]
        + 0.5
    )
    column, row = np.floor(x * width).astype(np.int64), np.floor(y * height).astype(np.int64)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    found = brightness[places[:, 0], np.where(inside, row, 0), np.where(inside, column, 0)]
    return found.astype(np.float64), inside & (found > 0)  # black is where registration found no colour


def _turned() -> Iterator[Lay]:
    yield Lay(mirrored=True)
    yield Lay(upside_down=True)
    yield Lay(mirrored=True, upside_down=True)


def _beside(lay: Lay, step: float) -> Iterator[Lay]:
    for right, down, larger in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)):
        shift = lay.shift[0] + right * step, lay.shift[1] + down * step
        yield Lay(lay.mirrored, lay.upside_down, shift, lay.zoom * (1 + larger * step))
