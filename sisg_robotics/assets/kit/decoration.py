"""Things that make a flat a home: rugs, vases, candles."""

from __future__ import annotations

import numpy as np

from ..category import Built, Category, Style, between, one_of
from ..outlines import ellipse, extrude, rounded_rectangle, smoothed
from ..shapes import Shape, cylinder, joined, lathe

_BRIGHT = ("red", "blue", "green", "yellow", "orange", "turquoise", "purple", "pink")
_VASES = {
    "slim": [(0.45, 0.0), (0.5, 0.04), (0.55, 0.3), (0.62, 0.55), (0.42, 0.8), (0.30, 0.92), (0.38, 1.0)],
    "round": [(0.45, 0.0), (0.7, 0.08), (1.0, 0.4), (0.85, 0.68), (0.42, 0.88), (0.40, 0.95), (0.5, 1.0)],
    "conical": [(0.42, 0.0), (0.45, 0.03), (0.6, 0.35), (0.78, 0.7), (0.98, 0.97), (1.0, 1.0)],
    "necked": [
        (0.6, 0.0),
        (0.72, 0.05),
        (0.75, 0.35),
        (0.55, 0.52),
        (0.2, 0.62),
        (0.18, 0.9),
        (0.26, 1.0),
    ],
}


def build_rug(rng: np.random.Generator, style: Style) -> Built:
    """A carpet on the floor: rectangular with a border, round, or a runner, 1.5 cm thick."""
    kind = one_of(rng, ("rectangular", "round", "oval", "long"))
    depth, width = between(rng, 1.3, 1.7), between(rng, 1.9, 2.4)
    if kind == "long":
        depth, width = between(rng, 0.65, 0.8), between(rng, 1.8, 2.4)
    if kind == "round":
        depth = width = between(rng, 1.3, 1.9)
    other = one_of(rng, tuple(c for c in ("white", "beige", "grey", "blue", "red") if c != style.color))

    def plate(scale: float, thickness: float) -> Shape:
        if kind in ("round", "oval"):
            return extrude(ellipse(depth * scale, width * scale, sides=48), thickness, bevel=0.003)
        inset = (1 - scale) * depth
        return extrude(rounded_rectangle(depth - inset, width - inset, 0.02), thickness, bevel=0.003)

    bands = joined(plate(0.94, 0.0135), plate(0.80, 0.0150))
    field, ring = plate(1.0, 0.012), joined(plate(0.88, 0.0142), plate(0.76, 0.0158))
    words = f"{kind} {style.look} rug with {other} borders"
    parts = ((joined(field, ring), style.main), (bands, style.make("wool", other)))
    return Built(parts, words, tags=(kind,))


def build_vase(rng: np.random.Generator, style: Style) -> Built:
    """An empty vase in one of four forms."""
    form = one_of(rng, tuple(_VASES))
    height = between(rng, 0.22, 0.38)
    radius = {"slim": 0.075, "round": 0.12, "conical": 0.085, "necked": 0.11}[form] * between(rng, 0.9, 1.15)
    raw = np.array(_VASES[form]) * [radius, height]
    outer = smoothed(raw)
    wall = 0.006
    inner = np.column_stack([np.maximum(outer[:, 0] - wall, 0.004), outer[:, 1]])[::-1]
    inner = inner[inner[:, 1] > 0.012]
    profile = np.concatenate([[[0.0, 0.0]], outer, inner, [[0.0, inner[-1, 1]]]])
    return Built(
        ((lathe(profile, sides=22, crease_deg=55.0), style.main),), f"{form} {style.look} vase", tags=(form,)
    )


def build_candle(rng: np.random.Generator, style: Style) -> Built:
    """A candle: a thick pillar, a taper in a holder, or three of different heights on a tray."""
    kind = one_of(rng, ("pillar", "taper", "group"))
    flame = style.make("light", "orange", emission=1.0)
    if kind == "group":
        heights, spots = (0.16, 0.11, 0.07), ((-0.045, -0.04), (0.045, -0.015), (-0.01, 0.055))
        tray = cylinder(0.12, 0.012, bevel=0.004, sides=32)
        waxes = joined(
            *(_pillar(0.033, h).moved(x, y, 0.012) for h, (x, y) in zip(heights, spots, strict=True))
        )
        fires = joined(*(_flame(h + 0.012).moved(x, y) for h, (x, y) in zip(heights, spots, strict=True)))
        parts = ((waxes, style.main), (tray, style.make("oak")), (fires, flame))
        return Built(parts, f"trio of {style.look} candles on a round wooden tray", tags=("group",))
    if kind == "pillar":
        height = between(rng, 0.09, 0.16)
        dish = cylinder(0.065, 0.01, bevel=0.003, sides=28)
        parts = (
            (_pillar(0.042, height).moved(z=0.01), style.main),
            (dish, style.make("ceramic", "grey")),
            (_flame(height + 0.01), flame),
        )
        return Built(parts, f"thick {style.look} candle on a dish", tags=("pillar",))
    holder = lathe(
        [
            (0, 0),
            (0.055, 0),
            (0.055, 0.008),
            (0.018, 0.02),
            (0.014, 0.06),
            (0.024, 0.08),
            (0.024, 0.1),
            (0, 0.1),
        ],
        sides=22,
    )
    height = between(rng, 0.18, 0.25)
    wax = cylinder(0.0115, height, top_radius=0.009, sides=14).moved(z=0.095)
    parts = ((wax, style.main), (holder, style.make("brass")), (_flame(height + 0.095), flame))
    return Built(parts, f"tall {style.look} candle in a brass holder", tags=("taper",))


def _pillar(radius: float, height: float) -> Shape:
    return cylinder(radius, height, bevel=0.006, sides=24)


def _flame(z: float) -> Shape:
    drop = [(0.0, 0.004), (0.005, 0.008), (0.0065, 0.014), (0.0035, 0.025), (0.0, 0.034)]
    wick = cylinder(0.0012, 0.008, sides=6)
    return joined(lathe(drop, sides=10, crease_deg=70.0), wick).moved(z=z)


CATEGORIES = (
    Category(
        "rug",
        "rugs",
        ("carpet", "mat", "area rug"),
        "floor",
        (*_BRIGHT, "grey", "beige"),
        ("wool",),
        build_rug,
    ),
    Category(
        "vase",
        "vases",
        ("flower vase", "urn"),
        "surface",
        (*_BRIGHT, "white", "black"),
        ("ceramic", "clay"),
        build_vase,
    ),
    Category(
        "candle",
        "candles",
        ("candlestick", "candles on a tray"),
        "surface",
        ("white", "red", "green", "blue", "purple", "orange"),
        ("wax",),
        build_candle,
    ),
)
