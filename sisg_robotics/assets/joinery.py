"""What a joiner uses again and again: legs, carcasses, drawer fronts, doors, handles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .category import at_corners
from .shapes import Shape, box, cylinder, joined, lathe, tube


def legs(kind: str, x: float, y: float, height: float, *, thickness: float = 0.045) -> Shape:
    """Four legs whose tops are centred at (±x, ±y): "tapered", "square", "splayed" or "turned"."""
    if kind == "square":
        return at_corners(box(thickness, thickness, height, bevel=0.004), x, y)
    if kind == "turned":
        r = thickness / 2
        rings = [(0.0, 0.0), (0.6, 0.0), (0.5, 0.12), (0.75, 0.35), (1.0, 0.55), (0.6, 0.66), (0.9, 0.72)]
        profile = [(r * a, height * b) for a, b in (*rings, (0.9, 1.0), (0.0, 1.0))]
        return at_corners(lathe(profile, sides=12, crease_deg=50.0), x, y)
    leg = cylinder(thickness * 0.3, height, top_radius=thickness * 0.5, sides=12)
    if kind == "splayed":
        lean = min(0.22 * height, 0.09)
        leg = leg.warped(
            lambda p: p + np.outer(1 - p[:, 2] / height, [lean, lean, 0.0])  # the foot stands further out
        )
    return at_corners(leg, x, y)


def carcass(
    depth: float, width: float, height: float, *, thickness: float = 0.02, shelves: Sequence[float] = ()
) -> Shape:
    """A cupboard open to +x: sides, top, bottom, back, and shelves with their tops at these heights."""
    inner = width - 2 * thickness
    side = box(depth, thickness, height, bevel=0.002)
    board = box(depth - 0.004, inner, thickness)
    back = box(0.008, inner, height - 2 * thickness).moved(-depth / 2 + 0.006, z=thickness)
    boards = [board, board.moved(z=height - thickness), *(board.moved(z=z - thickness) for z in shelves)]
    shift = (width - thickness) / 2
    return joined(side.moved(y=shift), side.moved(y=-shift), back, *boards)


def handle(kind: str, length: float = 0.12) -> Shape:
    """A handle in front of x = 0, centred on the origin: "knob", "bar" (along y) or "cup"."""
    if kind == "knob":
        stem = [
            (0.0, 0.0),
            (0.007, 0.0),
            (0.006, 0.012),
            (0.014, 0.018),
            (0.015, 0.024),
            (0.009, 0.03),
            (0.0, 0.031),
        ]
        return lathe(stem, sides=10, crease_deg=60.0).turned(np.pi / 2, "y")
    if kind == "cup":
        return box(0.022, length * 0.7, 0.022, bevel=0.009).moved(0.011, z=-0.011)
    h = length / 2
    return tube([(0.0, -h, 0.0), (0.028, -h, 0.0), (0.028, h, 0.0), (0.0, h, 0.0)], 0.006, sides=6)


HANDLES = ("knob", "bar", "cup")


def fronts(
    widths: Sequence[float],
    heights: Sequence[float],
    *,
    x: float,
    z: float,
    gap: float = 0.010,
    thickness: float = 0.018,
) -> tuple[Shape, list[tuple[float, float, float, float]]]:
    """A grid of drawer fronts or doors on the plane x, centred on y = 0, its lower edge at z.

    Returns the boards (their backs at x) and for each, column by column from -y and from below, its
    (y, z) centre and (width, height): places for handles.
    """
    boards, places = [], []
    y = -sum(widths) / 2
    for width in widths:
        level = z
        for height in heights:
            board = box(thickness, width - gap, height - gap, bevel=0.003)
            boards.append(board.moved(x + thickness / 2, y + width / 2, level + gap / 2))
            places.append((y + width / 2, level + height / 2, width, height))
            level += height
        y += width
    return joined(*boards), places


def recess(widths: Sequence[float], heights: Sequence[float], *, x: float, z: float) -> Shape:
    """The dark ground that shows in the gaps of `fronts` called with the same numbers."""
    return box(0.004, sum(widths) - 0.002, sum(heights) - 0.002).moved(x, z=z + 0.001)
