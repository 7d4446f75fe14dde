"""Lamps, lit. What glows carries emission; the scene generator puts its lights where lamps stand or hang."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..asset import Material
from ..category import Built, Category, Parts, Style, between, one_of, with_article
from ..materials import SOFT
from ..outlines import smoothed
from ..shapes import Shape, box, cylinder, ellipsoid, joined, lathe, tube

SHADE_COLORS = ("white", "beige", "yellow", "red", "blue", "green", "orange", "turquoise", "grey", "pink")


SHINES_THROUGH = 0.45
"""Emission of cloth with a bulb behind it, times its own colour. Sheet metal lets no light through."""


def _lit(style: Style) -> Material:
    """What a shade is made of: cloth glows in its colour, metal is dark beside its bulb."""
    if style.material not in SOFT:
        return style.main
    return replace(style.main, emission=SHINES_THROUGH)


def _shade(bottom: float, top: float, height: float) -> Shape:
    """An open cone with a wall."""
    wall = 0.004
    return lathe(
        [(bottom - wall, 0), (bottom, 0), (top, height), (top - wall, height), (bottom - wall, 0)],
        sides=32,
        crease_deg=50.0,
    )


def _bulb(z: float, size: float = 0.07) -> Shape:
    return ellipsoid(size, size, size * 1.2, sides=14, rings=8).moved(z=z)


def _base(radius: float, thickness: float = 0.025) -> Shape:
    return cylinder(radius, thickness, bevel=thickness * 0.35, sides=32)


def build_floor_lamp(rng: np.random.Generator, style: Style) -> Built:
    """A standing lamp: straight with a shade, on three legs, or with an arc."""
    kind = one_of(rng, ("straight", "tripod", "arc"))
    height = between(rng, 1.45, 1.75)
    glow, black = style.make("light", emission=1.2), style.make("metal", "black")
    if kind == "arc":
        t = np.linspace(0.0, 1.0, 12)
        reach = between(rng, 0.55, 0.75)
        spine = np.column_stack(
            [reach * t**2.6, np.zeros(12), height * np.sin(np.pi / 2 * np.minimum(1.15 * t, 1.08))]
        )
        arc = joined(tube(spine, 0.014, sides=8), _base(0.17, 0.04))
        x, z = float(spine[-1, 0]), float(spine[-1, 2])
        head = lathe(
            [(0, 0.16), (0.05, 0.15), (0.11, 0.1), (0.15, 0), (0.145, 0), (0.1, 0.095), (0, 0.15)][::-1],
            sides=28,
        )
        parts = ((head.moved(x, z=z - 0.16), _lit(style)), (arc, black), (_bulb(z - 0.13).moved(x), glow))
        return Built(parts, f"arc floor lamp with {with_article(style.look)} shade", tags=("arc",))
    top, bottom, tall = between(rng, 0.13, 0.18), between(rng, 0.20, 0.25), between(rng, 0.24, 0.32)
    shade = _shade(bottom, top, tall).moved(z=height - tall)
    if kind == "straight":
        stand = joined(_base(0.16, 0.03), cylinder(0.014, height - tall * 0.4, sides=12))
        frame, words = black, "on a straight metal stem"
    else:
        leg = tube([(0.27, 0, 0.012), (0.03, 0, height - tall - 0.05)], [0.014, 0.018], sides=8)
        stem = cylinder(0.016, tall * 0.6 + 0.1, sides=10).moved(z=height - tall - 0.1)
        stand = joined(*(leg.turned(2 * np.pi * k / 3) for k in range(3)), stem)
        stand = stand._replace(vertices=np.maximum(stand.vertices, [-9.0, -9.0, 0.0]))
        frame, words = style.make(one_of(rng, ("oak", "walnut"))), "on three wooden legs"
    parts = ((shade, _lit(style)), (stand, frame), (_bulb(height - tall * 0.7, 0.09), glow))
    return Built(parts, f"floor lamp with {with_article(style.look)} shade {words}", tags=(kind,))


def build_table_lamp(rng: np.random.Generator, style: Style) -> Built:
    """A lamp for tables: ceramic body with a shade, a mushroom, or a jointed desk lamp."""
    kind = one_of(rng, ("body", "mushroom", "desk"))
    glow = style.make("light", emission=1.2)
    if kind == "desk":
        black = style.make("metal", "black")
        elbow, head = (-0.10, 0.0, 0.24), (0.10, 0.0, 0.40)
        stand = joined(
            _base(0.085, 0.025),
            tube([(0, 0, 0.02), elbow], 0.009, sides=8),
            tube([elbow, head], 0.009, sides=8),
            ellipsoid(0.028, 0.028, 0.028, sides=10, rings=6).moved(elbow[0], 0.0, elbow[2] - 0.014),
        )
        cone = lathe(
            [(0, 0.115), (0.022, 0.115), (0.03, 0.09), (0.075, 0), (0.072, 0), (0.026, 0.088), (0, 0.1)][
                ::-1
            ],
            sides=24,
        )
        hood = cone.turned(-0.35, "y").moved(head[0] + 0.02, z=head[2] - 0.075)
        bulb = _bulb(0.01, 0.05).turned(-0.35, "y").moved(head[0] + 0.02, z=head[2] - 0.075)
        parts: Parts = ((hood, _lit(style)), (stand, black), (bulb, glow))
        return Built(parts, f"jointed desk lamp with {with_article(style.look)} shade", tags=("jointed",))
    if kind == "mushroom":
        r = between(rng, 0.12, 0.16)
        stem = lathe(
            [(0, 0), (0.07, 0), (0.06, 0.02), (0.03, 0.08), (0.028, 0.2), (0, 0.2)], sides=24, crease_deg=60.0
        )
        angle = np.linspace(0, np.pi / 2, 9)
        dome = [(0.0, 0.0), *((r * np.cos(a), 0.75 * r * np.sin(a)) for a in angle[:-1]), (0.0, 0.75 * r)]
        cap = lathe(dome, sides=32, crease_deg=50.0).moved(z=0.19)
        disk = cylinder(r * 0.8, 0.004).moved(z=0.184)
        parts = ((cap, _lit(style)), (stem, style.main), (disk, glow))
        return Built(parts, f"{style.look} mushroom table lamp", tags=("mushroom",))
    height = between(rng, 0.42, 0.56)
    body_h = height * 0.52
    bulge = between(rng, 0.065, 0.10)
    curve = smoothed(
        [(0.055, 0), (0.06, 0.012), (bulge, body_h * 0.35), (bulge * 0.8, body_h * 0.65), (0.022, body_h)]
    )
    body = joined(
        lathe([(0, 0), *curve.tolist(), (0, body_h)], sides=28, crease_deg=50.0),
        cylinder(0.009, 0.12, sides=10).moved(z=body_h - 0.01),
    )
    tall = height * 0.46
    shade = _shade(between(rng, 0.14, 0.18), between(rng, 0.09, 0.12), tall).moved(z=height - tall)
    body_color = one_of(
        rng, tuple(c for c in ("white", "blue", "turquoise", "grey", "black") if c != style.color)
    )
    parts = (
        (shade, _lit(style)),
        (body, style.make("ceramic", body_color)),
        (_bulb(height - tall * 0.75), glow),
    )
    return Built(
        parts,
        f"table lamp with {with_article(style.look)} shade and a {body_color} ceramic body",
        tags=("shade",),
    )


def build_ceiling_lamp(rng: np.random.Generator, style: Style) -> Built:
    """A lamp that hangs: a pendant dome, a drum shade, a glowing globe, or a bar with three cups."""
    kind = one_of(rng, ("dome", "drum", "globe", "bar"))
    glow, black = style.make("light", emission=1.5), style.make("metal", "black")
    drop = between(rng, 0.35, 0.65)
    rose = cylinder(0.05, 0.03, bevel=0.008).moved(z=-0.03)
    cord = cylinder(0.006, drop, sides=8).moved(z=-drop)
    if kind == "dome":
        r = between(rng, 0.17, 0.24)
        outer = [(r * np.cos(a), 0.8 * r * np.sin(a)) for a in np.linspace(0, np.pi / 2 * 0.92, 9)]
        inner = [(x - 0.004 if x > 0.02 else x, max(z - 0.005, 0.0)) for x, z in outer]
        dome = lathe([*outer, *inner[::-1], outer[0]], sides=32, crease_deg=50.0)
        parts: Parts = (
            (dome.moved(z=-drop - 0.75 * r), _lit(style)),
            (joined(rose, cord), black),
            (_bulb(-drop - 0.55 * r, 0.09), glow),
        )
        return Built(parts, f"dome-shaped {style.look} ceiling lamp on a cord", tags=("pendant",))
    if kind == "drum":
        r, tall = between(rng, 0.20, 0.28), between(rng, 0.18, 0.25)
        shade = _shade(r, r, tall).moved(z=-drop - tall)
        disk = cylinder(r - 0.006, 0.004, sides=32).moved(z=-drop - tall + 0.012)
        star = joined(*(box(0.008, 2 * r - 0.006, 0.008).turned(k * np.pi / 3) for k in range(3))).moved(
            z=-drop - 0.012
        )
        parts = ((shade, _lit(style)), (joined(rose, cord, star), black), (disk, glow))
        return Built(parts, f"{style.look} ceiling lamp with a drum shade", tags=("drum",))
    if kind == "globe":
        size = between(rng, 0.24, 0.34)
        ball = ellipsoid(size, size, size, sides=28, rings=14).moved(z=-drop - size)
        r = size / 2 + 0.006
        arc = [(r * np.cos(a), r * np.sin(a)) for a in np.linspace(-0.1, np.pi / 2, 9)]
        cap = lathe([(arc[0][0] - 0.01, arc[0][1]), *arc[:-1], (0.0, r)], sides=28, crease_deg=50.0)
        parts = (
            (cap.moved(z=-drop - size / 2), _lit(style)),
            (joined(rose, cord), style.main),
            (ball, glow),
        )
        return Built(parts, f"globe ceiling lamp under {with_article(style.look)} cap", tags=("globe",))
    width = between(rng, 0.7, 1.0)
    bar = box(0.03, width, 0.03, bevel=0.006).moved(z=-drop)
    wires = joined(*(cylinder(0.005, drop, sides=6).moved(y=s * width * 0.35, z=-drop) for s in (-1, 1)))
    mount = box(0.06, width * 0.8, 0.03, bevel=0.006).moved(z=-0.03)
    cup = lathe(
        [(0, 0.13), (0.03, 0.12), (0.07, 0.05), (0.08, 0), (0.076, 0), (0.066, 0.046), (0, 0.1)][::-1],
        sides=22,
    )
    cups = joined(*(cup.moved(y=s * width * 0.36, z=-drop - 0.13) for s in (-1, 0, 1)))
    bulbs = joined(*(_bulb(-drop - 0.12, 0.06).moved(y=s * width * 0.36) for s in (-1, 0, 1)))
    parts = ((cups, _lit(style)), (joined(bar, wires, mount), black), (bulbs, glow))
    return Built(parts, f"ceiling lamp with three {style.look} shades on a bar", tags=("bar",))


CATEGORIES = (
    Category(
        "floor lamp",
        "floor lamps",
        ("standing lamp", "standard lamp", "torchiere"),
        "floor",
        SHADE_COLORS,
        ("fabric", "metal"),
        build_floor_lamp,
    ),
    Category(
        "table lamp",
        "table lamps",
        ("desk lamp", "bedside lamp", "lamp", "reading lamp"),
        "surface",
        SHADE_COLORS,
        ("fabric", "metal"),
        build_table_lamp,
    ),
    Category(
        "ceiling lamp",
        "ceiling lamps",
        ("ceiling light", "pendant lamp", "pendant light", "chandelier", "hanging lamp"),
        "ceiling",
        SHADE_COLORS,
        ("metal", "fabric"),
        build_ceiling_lamp,
    ),
)
