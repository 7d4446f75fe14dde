"""Things to put things on: dining tables, coffee tables, side tables."""

from __future__ import annotations

import numpy as np

from ..asset import SupportSurface
from ..category import Built, Category, Parts, Style, between, mirrored_y, one_of
from ..joinery import fronts, handle, legs, recess
from ..materials import WOODS
from ..outlines import ellipse, extrude, rounded_rectangle
from ..shapes import Shape, box, cylinder, joined, lathe, tube

TABLE_COLORS = ("white", "black", "grey", "red", "blue", "green")
TABLE_MATERIALS = ("oak", "walnut", "pine", "lacquer")


def _top(shape: str, depth: float, width: float, thickness: float) -> Shape:
    if shape == "round":
        return extrude(ellipse(depth, depth, sides=40), thickness, bevel=0.006)
    if shape == "oval":
        return extrude(ellipse(depth, width, sides=40), thickness, bevel=0.006)
    return extrude(rounded_rectangle(depth, width, 0.03), thickness, bevel=0.005)


def _surface(shape: str, depth: float, width: float, height: float) -> SupportSurface:
    inset = {"round": 0.68, "oval": 0.68}.get(shape, 1.0)
    margin = 0.03 if inset == 1.0 else 0.0
    return SupportSurface((0.0, 0.0, height), (depth * inset - 2 * margin, width * inset - 2 * margin))


def _pedestal(radius: float, height: float) -> Shape:
    profile = [(0, 0), (radius, 0), (radius, 0.02), (radius * 0.5, 0.05), (0.05, 0.12), (0.045, height * 0.6)]
    return lathe([*profile, (0.07, height - 0.02), (0.12, height), (0, height)], sides=24, crease_deg=50.0)


def build_dining_table(rng: np.random.Generator, style: Style) -> Built:
    """Rectangular on four legs or trestles, round or oval on a pedestal."""
    shape = one_of(rng, ("rectangular", "rectangular", "round", "oval"))
    height, thick = between(rng, 0.72, 0.77), between(rng, 0.025, 0.04)
    depth, width = between(rng, 0.78, 0.95), between(rng, 1.25, 2.0)
    if shape == "round":
        depth = width = between(rng, 0.95, 1.25)
    top = _top(shape, depth, width, thick).moved(z=height - thick)
    if shape != "rectangular":
        feet = _pedestal(0.28 if shape == "round" else 0.32, height - thick)
        words = f"{shape} {style.look} dining table on a pedestal"
    elif rng.integers(3) == 0:
        frame = joined(
            box(depth - 0.12, 0.07, 0.05, bevel=0.008),
            box(0.09, 0.06, height - thick - 0.08, bevel=0.006).moved(z=0.04),
            box(depth - 0.2, 0.07, 0.05, bevel=0.008).moved(z=height - thick - 0.05),
        )
        beam = box(0.03, width - 0.5, 0.09, bevel=0.006).moved(z=0.22)
        feet = joined(mirrored_y(frame.moved(y=width / 2 - 0.26)), beam)
        words = f"rectangular {style.look} dining table on trestles"
    else:
        kind = one_of(rng, ("tapered", "square", "turned"))
        post = legs(kind, depth / 2 - 0.07, width / 2 - 0.07, height - thick, thickness=0.075)
        apron = _apron(depth - 0.14, width - 0.14, 0.08).moved(z=height - thick - 0.08)
        feet = joined(post, apron)
        words = f"rectangular {style.look} dining table with four {kind} legs"
    wood = style.main if style.material in WOODS else style.make(one_of(rng, ("oak", "walnut")))
    surface = _surface(shape, depth, width, height)
    return Built(((top, style.main), (feet, wood)), words, (surface,), tags=(shape,))


def _apron(depth: float, width: float, height: float) -> Shape:
    long = box(0.02, width, height).moved(depth / 2)
    short = box(depth, 0.02, height).moved(y=width / 2)
    return joined(long, long.moved(-depth), short, short.moved(y=-width))


def build_coffee_table(rng: np.random.Generator, style: Style) -> Built:
    """A low table: with a shelf underneath, round on splayed legs, or a block with a gap."""
    kind = one_of(rng, ("shelf", "round", "oval", "block"))
    height, thick = between(rng, 0.34, 0.46), 0.03
    depth, width = between(rng, 0.48, 0.65), between(rng, 0.85, 1.25)
    surfaces = []
    if kind == "round":
        depth = width = between(rng, 0.65, 0.9)
    shape = kind if kind in ("round", "oval") else "rectangular"
    top = _top(shape, depth, width, thick).moved(z=height - thick)
    frame = style.main
    gaps: Parts = ()
    if kind in ("round", "oval"):
        reach_x, reach_y = depth * 0.27, width * 0.27
        feet = legs("splayed", reach_x, reach_y, height - thick + 0.002, thickness=0.045)
        frame = style.main if style.material in WOODS else style.make("oak")
        words = f"low {kind} {style.look} coffee table with splayed legs"
    elif kind == "shelf":
        post = legs("square", depth / 2 - 0.045, width / 2 - 0.045, height - thick, thickness=0.05)
        feet = joined(post, box(depth - 0.06, width - 0.06, 0.02, bevel=0.004).moved(z=0.12))
        words = f"low {style.look} coffee table with a shelf underneath"
        surfaces.append(SupportSurface((0.0, 0.0, 0.14), (depth - 0.2, width - 0.25), height - thick - 0.14))
    else:
        grid, x, z = ([width / 2 - 0.02] * 2, [0.15]), depth / 2 - 0.02, height - thick - 0.16
        drawer, places = fronts(*grid, x=x, z=z)
        gaps = ((recess(*grid, x=x + 0.006, z=z), style.shadow),)
        body = box(depth - 0.03, width - 0.03, 0.17, bevel=0.004).moved(z=height - thick - 0.17)
        if style.material not in WOODS:
            frame = style.make("oak")
        post = legs("tapered", depth / 2 - 0.07, width / 2 - 0.08, height - thick - 0.16, thickness=0.05)
        knobs = joined(*(handle("knob").moved(depth / 2 - 0.002, y, z) for y, z, _, _ in places))
        feet = joined(body, drawer, post, knobs)
        words = f"low {style.look} coffee table with two drawers"
    surfaces.insert(0, _surface(shape, depth, width, height))
    return Built(((top, style.main), (feet, frame), *gaps), words, tuple(surfaces), tags=("low", shape))


def build_side_table(rng: np.random.Generator, style: Style) -> Built:
    """A small table beside a seat: round on a pedestal, on three legs, or square with a shelf."""
    kind = one_of(rng, ("pedestal", "three", "square"))
    height, size = between(rng, 0.48, 0.62), between(rng, 0.38, 0.52)
    if kind == "square":
        top = box(size, size, 0.025, bevel=0.005).moved(z=height - 0.025)
        post = legs("square", size / 2 - 0.03, size / 2 - 0.03, height - 0.025, thickness=0.032)
        shelf = box(size - 0.05, size - 0.05, 0.018, bevel=0.003).moved(z=0.16)
        surfaces = (
            _surface("square", size, size, height),
            SupportSurface((0.0, 0.0, 0.178), (size - 0.14, size - 0.14), height - 0.21),
        )
        parts: Parts = ((joined(top, post, shelf), style.main),)
        return Built(parts, f"square {style.look} side table with a shelf", surfaces, tags=("square",))
    top = cylinder(size / 2, 0.022, bevel=0.006, sides=36).moved(z=height - 0.022)
    surface = _surface("round", size, size, height)
    if kind == "pedestal":
        foot = lathe(
            [
                (0, 0),
                (0.16, 0),
                (0.16, 0.012),
                (0.03, 0.035),
                (0.018, 0.06),
                (0.018, height - 0.022),
                (0, height - 0.022),
            ],
            sides=24,
        )
        parts = ((top, style.main), (foot, style.make("metal", "black")))
        return Built(parts, f"round {style.look} side table on a metal stem", (surface,), tags=("round",))
    h = height - 0.02
    leg = tube([(size * 0.44, 0, 0.0), (size * 0.28, 0, h)], [0.012, 0.02], sides=10)
    feet = joined(*(leg.turned(2 * np.pi * k / 3) for k in range(3)))
    flat = feet._replace(
        vertices=np.column_stack([feet.vertices[:, :2], np.maximum(feet.vertices[:, 2], 0.0)])
    )
    parts = ((joined(top, flat), style.main),)
    return Built(parts, f"round {style.look} side table on three legs", (surface,), tags=("round",))


CATEGORIES = (
    Category(
        "dining table",
        "dining tables",
        ("table", "kitchen table", "dinner table"),
        "floor",
        TABLE_COLORS,
        TABLE_MATERIALS,
        build_dining_table,
    ),
    Category(
        "coffee table",
        "coffee tables",
        ("sofa table", "cocktail table"),
        "floor",
        TABLE_COLORS,
        (*TABLE_MATERIALS, "marble"),
        build_coffee_table,
    ),
    Category(
        "side table",
        "side tables",
        ("end table", "occasional table"),
        "floor",
        (*TABLE_COLORS, "yellow", "pink"),
        (*TABLE_MATERIALS, "marble"),
        build_side_table,
    ),
)
