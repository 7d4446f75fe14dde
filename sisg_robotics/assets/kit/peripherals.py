"""Computer peripherals: keyboard and printer."""

from __future__ import annotations

import numpy as np

from ..category import Built, Category, Style, between
from ..shape import Shape, joined
from ..shapes import box
from .details import PAPER, disk, loft, plate, rounded


def build_keyboard(rng: np.random.Generator, style: Style) -> Built:
    """A computer keyboard with five rows of keys, its space bar towards +x."""
    columns = int(rng.integers(11, 14))
    pitch = between(rng, 0.028, 0.031)
    width, depth = columns * pitch + 0.03, 5 * pitch + 0.03
    slope = box(depth, width, 0.024, bevel=0.005).warped(
        lambda p: p * [1, 1, 1] + np.outer(p[:, 2] * (0.5 - p[:, 0] / depth) * 0.8, [0, 0, 1])
    )
    caps = []
    for row in range(5):
        for column in range(columns):
            if row == 4 and 2 <= column < columns - 3:
                continue
            x = (row - 2) * pitch
            caps.append(
                _key(pitch * 0.86, pitch * 0.86).moved(
                    x, (column - (columns - 1) / 2) * pitch, _deck(x, depth)
                )
            )
    bar = (columns - 5) * pitch
    caps.append(_key(pitch * 0.86, bar - 0.004).moved(2 * pitch, -0.5 * pitch, _deck(2 * pitch, depth)))
    pale = style.make("plastic", "white" if style.color != "white" else "grey")
    parts = ((slope, style.main), (joined(*caps), pale))
    return Built(parts, f"{style.look} computer keyboard with light keys", tags=("keys",))


def _key(depth: float, width: float) -> Shape:
    return box(depth, width, 0.011).tapered(0.8, 1 - 0.2 * depth / width)


def _deck(x: float, depth: float) -> float:
    return 0.024 * (1 + (0.5 - x / depth) * 0.8) - 0.003


def build_printer(rng: np.random.Generator, style: Style) -> Built:
    """A desktop printer: paper in at the back, a page out in front, a small panel."""
    width, depth, height = between(rng, 0.4, 0.48), between(rng, 0.3, 0.36), between(rng, 0.17, 0.24)
    dark = style.make("plastic", "grey" if style.color == "black" else "black")
    body = loft(
        [
            rounded(depth, width, 0.03, 0.0),
            rounded(depth, width, 0.03, height * 0.8),
            rounded(depth - 0.03, width - 0.02, 0.03, height),
        ]
    )
    slot = plate(0.004, width * 0.72, height * 0.34, radius=0.01).moved(depth / 2 - 0.002, z=height * 0.16)
    tray = box(0.14, width * 0.6, 0.012).moved(depth / 2 + 0.06, z=height * 0.17)
    page = box(0.17, 0.21, 0.004).moved(depth / 2 + 0.055, z=height * 0.17 + 0.012)
    feed = plate(0.008, 0.26, 0.17, radius=0.02).turned(-0.35, "y").moved(-depth / 2 + 0.045, z=height - 0.03)
    stock = (
        plate(0.012, 0.21, 0.2, radius=0.002).turned(-0.35, "y").moved(-depth / 2 + 0.055, z=height - 0.03)
    )
    panel = box(0.07, width * 0.4, 0.004).moved(depth / 2 - 0.075, -width * 0.2, height - 0.001)
    keys = joined(
        *(disk(0.008, 0.005, sides=8).moved(depth / 2 - 0.075, y, height) for y in (0.08, 0.11, 0.14))
    )
    parts = (
        (body, style.main),
        (joined(slot, tray, feed, panel, keys), dark),
        (joined(page, stock), PAPER),
    )
    return Built(parts, f"{style.look} printer with white paper in its trays", tags=("paper",))


CATEGORIES = (
    Category(
        "keyboard",
        "keyboards",
        ("computer keyboard",),
        "surface",
        ("black", "grey", "blue", "red"),
        ("plastic",),
        build_keyboard,
    ),
    Category(
        "printer",
        "printers",
        ("inkjet printer",),
        "surface",
        ("white", "black", "grey"),
        ("plastic",),
        build_printer,
    ),
)
