"""An alarm clock: round with two bells, or a block with lit figures."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Style, between, mirrored_y
from ..colors import COLORS
from ..shape import Shape, joined
from ..shapes import box, cylinder, lathe, tube
from .details import DARK_GLASS, arch, forward, plate

WHITE_FACE = Material("white face", (0.95, 0.95, 0.92), None, 0.6)
LIT_RED = Material("red figures", (0.95, 0.15, 0.1), None, 0.9, 0.0, 1.0)
SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
"""Of a seven-segment display, those that each digit lights: a on top, then clockwise, g in the middle."""


def build_alarm_clock(rng: np.random.Generator, style: Style) -> Built:
    """An alarm clock to wake up by."""
    return _with_bells(rng, style) if rng.random() < 0.65 else _digital(rng, style)


def _with_bells(rng: np.random.Generator, style: Style) -> Built:
    radius = between(rng, 0.055, 0.068)
    profile = [
        (0, 0),
        (0.9, 0.0),
        (1.0, 0.1),
        (1.0, 0.8),
        (0.93, 0.9),
        (0.86, 0.85),
        (0.86, 0.76),
        (0.0, 0.76),
    ]
    case = forward(lathe(np.array(profile) * [radius, 0.06], sides=26)).moved(-0.03)
    face = forward(cylinder(radius * 0.87, 0.002, sides=26)).moved(0.0165)
    ticks = [
        box(0.002, 0.004, 0.011).moved(0.02, 0.0, radius * 0.66).turned(a, "x")
        for a in np.arange(12) * np.pi / 6
    ]
    hands = [
        box(0.002, 0.006, radius * size).moved(0.022).turned(between(rng, 0.0, 2 * np.pi), "x")
        for size in (0.7, 0.5)
    ]
    bell = lathe([(0, 0), (0.026, 0.0), (0.024, 0.012), (0.012, 0.021), (0.0, 0.024)], sides=14)
    bells = mirrored_y(bell.moved(z=radius * 1.02).turned(-0.55, "x"))
    feet = mirrored_y(tube([(0.0, 0.025, -radius * 0.9), (0.0, 0.04, -radius * 1.22)], 0.006, sides=6))
    bow = arch(0.03, 0.0, np.pi, count=7)
    handle = tube(bow + np.array([0.0, 0.0, radius * 1.25]), 0.004, sides=5)
    parts = (
        (case, style.main),
        (joined(bells, feet, handle), style.make("brass")),
        (face, WHITE_FACE),
        (joined(*ticks, *hands), Material("black", COLORS["black"], None, 0.6)),
    )
    return Built(parts, f"round {style.look} alarm clock with two bells", tags=("round", "bells"))


def _digital(rng: np.random.Generator, style: Style) -> Built:
    width, height = between(rng, 0.17, 0.21), between(rng, 0.09, 0.11)
    case = box(0.08, width, height, bevel=0.012)
    face = plate(0.002, width * 0.86, height * 0.6, radius=0.006).moved(0.04, z=height * 0.2)
    time = f"{int(rng.integers(24)):02d}{int(rng.integers(60)):02d}"
    figures = [
        _figure(int(digit), height * 0.4).moved(0.0425, y * width, height * 0.3)
        for digit, y in zip(time, (-0.3, -0.12, 0.12, 0.3), strict=True)
    ]
    colon = [box(0.001, 0.006, 0.006).moved(0.0425, 0.0, height * z) for z in (0.4, 0.58)]
    parts = ((case, style.main), (face, DARK_GLASS), (joined(*figures, *colon), LIT_RED))
    return Built(parts, f"{style.look} alarm clock with red figures", tags=("digital",))


def _figure(digit: int, height: float) -> Shape:
    """A seven-segment figure in the plane x = 0, standing on z = 0."""
    wide, half = height * 0.5, height / 2
    level, upright = box(0.001, wide, 0.006), box(0.001, 0.006, half)
    places = {
        "a": level.moved(z=height - 0.006),
        "g": level.moved(z=half - 0.003),
        "d": level,
        "b": upright.moved(y=wide / 2, z=half),
        "c": upright.moved(y=wide / 2),
        "e": upright.moved(y=-wide / 2),
        "f": upright.moved(y=-wide / 2, z=half),
    }
    return joined(*(places[name] for name in SEGMENTS[digit]))
