"""Small faults that trying would miss: the true focal length, how the camera sits, how poses drift.

Some numbers are fitted so that the depth of every point agrees best with the depth where other frames see it:
Gauss-Newton on differences along the surface's normal, weighted after Tukey, of ever smaller width. Each
number comes with its uncertainty, so that a fault is said only where the recording can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .normal_equations import normal_equations
from .reading import Reading
from .unknowns import Unknown, applied
from .views import Views

_WIDTHS = ((2.0, 3), (1.5, 2), (1.0, 3), (0.7, 2), (0.5, 1), (0.35, 1), (0.25, 2))
"""What counts as the same depth, in terms of what does for trying, and for how many steps at most."""
_NARROW = 2
"""Widths from this one on are for where the truth is near."""
_AHEAD = (1.25, 1.5, 1.75, 2.0)
_BETTER = 0.97
_STILL = 1e-3
"""Steps smaller than this share of the largest are none."""
FRAMES, POINTS = 40, 50
"""As many are compared: enough for numbers far finer than any that matters."""
_MOST_FITS = 8
_PRIOR = 3e-3
"""Weight of the expectation that a number is off by no more than its largest step, against all points:
what the recording cannot tell stays where it is.
"""


@dataclass(frozen=True, eq=False)
class Fit:
    """How far a reading is off, how well that is known (a standard deviation), and the reading put right."""

    off: dict[str, float]
    sigma: dict[str, float]
    reading: Reading
    noise: float
    """Typical difference left, as a share of what counts as the same depth."""
    misfit: float
    """The same among all points that agree, be it roughly: what fits are compared by."""


def fit(views: Views, reading: Reading, unknowns: Sequence[Unknown]) -> Fit:
    """Fit these numbers, starting from none off; with none to fit, only say how large the misfit is.

    Points that are matched with a wrong surface may hold the fit back half-way, so places farther along are
    looked at too.
    """
    views = views.fewer(FRAMES, POINTS)
    best = _descended(views, reading, unknowns, np.zeros(len(unknowns)), _WIDTHS)
    if len(unknowns):
        off = np.array(list(best.off.values()))
        ahead = min(_AHEAD, key=lambda much: _misfit(views, applied(reading, unknowns, off * much)))
        if _misfit(views, applied(reading, unknowns, off * ahead)) < _BETTER * best.misfit:
            other = _descended(views, reading, unknowns, off * ahead, _WIDTHS[_NARROW:])
            best = min(best, other, key=lambda found: found.misfit)
    return best


def _descended(
    views: Views,
    reading: Reading,
    unknowns: Sequence[Unknown],
    off: np.ndarray,
    widths: Sequence[tuple[float, int]],
) -> Fit:
    """Gauss-Newton from where the numbers are off by so much."""
    largest = np.array([unknown.largest for unknown in unknowns])
    for width, steps in widths if len(unknowns) else widths[-1:]:
        for _ in range(steps):
            H, g, square, count = normal_equations(views, reading, unknowns, off, width)
            prior = np.diag(_PRIOR * max(count, 1) / largest**2)
            step = np.linalg.solve(H + prior, -g - prior @ off)
            step /= max(1.0, float(np.abs(step / largest).max(initial=0.0)))
            off = off + step
            if (np.abs(step) < _STILL * largest).all():
                break
    variance = square / max(count - len(off), 1)
    sigma = np.sqrt(np.diag(np.linalg.inv(H + prior)) * variance)
    names = [unknown.name for unknown in unknowns]
    put_right = applied(reading, unknowns, off)
    return Fit(
        dict(zip(names, off.tolist(), strict=True)),
        dict(zip(names, sigma.tolist(), strict=True)),
        put_right,
        float(np.sqrt(variance)),
        _misfit(views, put_right),
    )


def fit_from_afar(views: Views, reading: Reading, unknowns: Sequence[Unknown]) -> Reading:
    """Fit again from where the last fit came to, until it moves no more: what is far off takes several."""
    for _ in range(_MOST_FITS):
        found = fit(views, reading, unknowns)
        reading = found.reading
        if all(abs(found.off[unknown.name]) < unknown.small for unknown in unknowns):
            break
    return reading


def _misfit(views: Views, reading: Reading) -> float:
    _, _, square, count = normal_equations(views, reading, (), np.zeros(0), 1.0)
    return float(np.sqrt(square / max(count, 1)))
