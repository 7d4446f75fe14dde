"""Play and leisure: a ball, a guitar, a bear, a bicycle, a globe."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, between, mirrored_y, one_of
from ..colors import COLORS
from ..outlines import extrude
from ..shape import Shape, joined
from ..shapes import box, ellipsoid, lathe, tube
from .bicycle import build_bicycle
from .details import arch, disk, forward, ring
from .sphere_pieces import gore, patch, pentagon, towards

GOLDEN = (1 + 5**0.5) / 2


def build_ball(rng: np.random.Generator, style: Style) -> Built:
    """A ball: football with dark patches, basketball with seams, or beach ball with stripes."""
    kind = one_of(rng, ("football", "basketball", "beach ball"))
    radius = between(rng, 0.11, 0.13) if kind != "beach ball" else between(rng, 0.15, 0.19)
    word = "black" if style.color != "black" else "white"
    if kind == "football":
        corners = np.array([(0.0, a, b * GOLDEN) for a in (1, -1) for b in (1, -1)], dtype=np.float64)
        corners = np.concatenate([np.roll(corners, i, axis=1) for i in range(3)])
        marks = joined(*(towards(pentagon(radius * 1.008), corner) for corner in corners))
        what = f"{word} patches"
    elif kind == "basketball":
        hoop = ring(radius, 0.0035, points=28, sides=4)
        small = [ring(radius * 0.8, 0.0035, points=24, sides=4).moved(z=s * radius * 0.6) for s in (-1, 1)]
        marks = joined(hoop, forward(hoop), *(s.turned(np.pi / 2, "x") for s in small))
        what = f"{word} seams"
    else:
        word = "white" if style.color != "white" else "blue"
        marks = joined(*(gore(radius * 1.004).turned(i * np.pi / 3) for i in range(3)))
        marks = joined(marks, marks.turned(np.pi))
        what = f"{word} stripes"
    sphere = ellipsoid(2 * radius, 2 * radius, 2 * radius, sides=24, rings=14)
    tilt = between(rng, 0.3, 0.8)
    sphere, marks = (s.turned(tilt, "x").moved(z=radius) for s in (sphere.moved(z=-radius), marks))
    parts = ((sphere, style.main), (marks, style.make("rubber", word)))
    return Built(parts, f"round {style.look} ball with {what}", tags=(kind,))


BOUTS = np.array(
    (
        *(
            (0, 0),
            (0.1, 0.42),
            (0.2, 0.76),
            (0.3, 0.95),
            (0.38, 1.0),
            (0.46, 0.93),
            (0.54, 0.76),
            (0.6, 0.68),
        ),
        *((0.66, 0.68), (0.74, 0.75), (0.8, 0.75), (0.86, 0.64), (0.93, 0.36), (1, 0)),
    )
)
"""Half the width of a guitar's body on its way from the bottom to the neck."""


def build_guitar(rng: np.random.Generator, style: Style) -> Built:
    """A guitar that leans back in a stand, strings towards +x."""
    scale = between(rng, 0.92, 1.05)
    depth = 0.1 * scale
    half = np.interp(np.linspace(0, 1, 25), BOUTS[:, 0], BOUTS[:, 1]) * 0.19 * scale
    up = 0.5 * (1 - np.cos(np.linspace(0, np.pi, 25))) * 0.49 * scale
    outline = np.concatenate([np.column_stack([half, up]), np.column_stack([-half, up])[-2:0:-1]])
    body = _upright(extrude(outline, depth)).moved(-depth)
    top = _upright(extrude(outline * np.array([0.985, 0.992]), 0.004))
    hole = forward(disk(0.052 * scale, 0.006, sides=20)).moved(z=0.32 * scale)
    rosette = forward(ring(0.06 * scale, 0.004, points=20, sides=4)).moved(0.005, z=0.32 * scale)
    bridge = box(0.014, 0.16, 0.03, bevel=0.004).moved(0.008, z=0.14 * scale)
    neck = box(0.022, 0.055, 0.5 * scale, bevel=0.004).moved(0.004, z=0.4 * scale)
    head = box(0.018, 0.075, 0.15 * scale, bevel=0.005).moved(0.0, z=0.89 * scale)
    pegs = [box(0.012, 0.11, 0.014, bevel=0.003).moved(-0.002, 0.0, z * scale) for z in (0.92, 0.96, 1.0)]
    strings = [
        box(0.002, 0.0018, 0.76 * scale).moved(0.018, y, 0.15 * scale) for y in np.linspace(-0.018, 0.018, 6)
    ]
    dark, steel = style.make("wood", "brown"), style.make("steel")

    def leaned(shape: Shape) -> Shape:
        return shape.turned(-0.2, "y").moved(0.03, z=0.07)

    foot = tube([(-0.2, 0.0, 0.01), (-0.11, 0.0, 0.12), (-0.1, 0.0, 0.42)], 0.011, sides=6)
    arm = tube([(-0.12, 0.0, 0.1), (-0.08, 0.13, 0.05), (0.08, 0.15, 0.012)], 0.011, sides=6)
    prong = tube([(-0.08, 0.1, 0.06), (0.05, 0.1, 0.06), (0.055, 0.1, 0.1)], 0.009, sides=6)
    stand = joined(foot, mirrored_y(joined(arm, prong)))
    parts = (
        (leaned(joined(body, top)), style.main),
        (leaned(joined(neck, head, bridge)), dark),
        (leaned(joined(hole, rosette)), Material("black", COLORS["black"], None, 0.6)),
        (joined(leaned(joined(*strings, *pegs)), stand), steel),
    )
    return Built(parts, f"{style.look} guitar on a stand", tags=("acoustic", "instrument"))


def _upright(shape: Shape) -> Shape:
    """Stand a plate up: its (x, y) become (y, z), its thickness +x."""
    return shape.turned(np.pi / 2, "x").turned(np.pi / 2)


def build_teddy_bear(rng: np.random.Generator, style: Style) -> Built:
    """A sitting teddy bear."""
    size = between(rng, 0.85, 1.25)

    def ball(x: float, y: float, z: float, sx: float, sy: float, sz: float, *, sides: int = 12) -> Shape:
        shape = ellipsoid(sx, sy, sz, sides=sides, rings=sides // 2)
        return shape.moved(x, y, z - sz / 2).scaled(size, size, size)

    body = ball(0.0, 0.0, 0.1, 0.16, 0.18, 0.2)
    head = ball(0.01, 0.0, 0.25, 0.15, 0.16, 0.14)
    ears = mirrored_y(ball(0.0, 0.065, 0.315, 0.03, 0.055, 0.055, sides=8))
    arm = ellipsoid(0.06, 0.06, 0.14, sides=10, rings=5).turned(-2.2, "x").turned(-0.5, "y")
    arms = mirrored_y(arm.moved(0.02, 0.06, 0.175).scaled(size, size, size))
    legs = mirrored_y(ball(0.1, 0.065, 0.035, 0.14, 0.075, 0.07))
    pads = mirrored_y(ball(0.163, 0.065, 0.037, 0.016, 0.056, 0.056, sides=8))
    muzzle = ball(0.08, 0.0, 0.232, 0.05, 0.065, 0.05, sides=8)
    nose = ball(0.105, 0.0, 0.243, 0.014, 0.024, 0.016, sides=6)
    eyes = mirrored_y(ball(0.075, 0.03, 0.272, 0.016, 0.016, 0.016, sides=6))
    inner = mirrored_y(ball(0.012, 0.065, 0.315, 0.018, 0.034, 0.034, sides=6))
    bow_word = "red" if style.color != "red" else "blue"
    bow = joined(
        mirrored_y(ball(0.07, 0.026, 0.183, 0.024, 0.05, 0.034, sides=6)),
        ball(0.078, 0.0, 0.183, 0.02, 0.018, 0.02, sides=6),
    )
    pale = style.make("wool", "beige" if style.color not in ("beige", "white") else "brown")
    parts = (
        (joined(body, head, ears, arms, legs), style.main),
        (joined(pads, muzzle, inner), pale),
        (joined(nose, eyes), Material("black", COLORS["black"], None, 0.2)),
        (bow, style.make("velvet", bow_word)),
    )
    return Built(parts, f"sitting {style.look} teddy bear with a {bow_word} bow", tags=("toy", "soft toy"))


def build_globe(rng: np.random.Generator, style: Style) -> Built:
    """A terrestrial globe with raised green land in a brass half-ring on a foot."""
    radius = between(rng, 0.12, 0.15)
    center = radius + 0.09
    sphere = ellipsoid(2 * radius, 2 * radius, 2 * radius, sides=24, rings=12).moved(z=-radius)
    land = []
    for longitude, latitude, wide, high in (
        (0.1, 0.1, 0.5, 0.8),
        (0.5, 0.75, 1.1, 0.5),
        (2.0, 0.7, 0.7, 0.55),
        (2.4, -0.25, 0.4, 0.75),
        (4.4, 0.75, 1.0, 0.5),
        (4.9, -0.4, 0.5, 0.35),
    ):
        t = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        coast = 1 + 0.22 * np.sin(3 * t + longitude) + 0.12 * np.sin(5 * t)
        land.append(
            patch(
                longitude + wide / 2 * coast * np.cos(t),
                latitude + high / 2 * coast * np.sin(t),
                radius * 1.006,
            )
        )
    turn = between(rng, 0.0, 2 * np.pi)
    tilted = joined(*land).turned(turn).turned(0.41, "x").moved(z=center)
    bow = arch(radius + 0.012, -np.pi / 2, np.pi / 2, count=14)
    half_ring = tube(bow, 0.007, sides=6).turned(0.41, "x").moved(z=center)
    foot = lathe(
        [(0, 0), (0.1, 0.0), (0.095, 0.012), (0.03, 0.03), (0.014, 0.05), (0.014, 0.085), (0.0, 0.085)],
        sides=20,
    )
    parts = (
        (sphere.moved(z=center), style.main),
        (tilted, style.make("lacquer", "green" if style.color != "green" else "yellow")),
        (joined(half_ring, foot), style.make("brass")),
    )
    return Built(parts, f"{style.look} globe with land on it and a brass foot", tags=("earth", "round"))


CATEGORIES = (
    Category(
        "ball",
        "balls",
        ("football", "soccer ball", "basketball", "beach ball"),
        "floor",
        ("orange", "white", "red", "blue", "yellow", "green"),
        ("rubber", "leather"),
        build_ball,
    ),
    Category(
        "guitar",
        "guitars",
        ("acoustic guitar",),
        "floor",
        ("red", "black", "blue"),
        ("oak", "pine", "wood"),
        build_guitar,
    ),
    Category(
        "teddy bear",
        "teddy bears",
        ("teddy", "soft toy", "stuffed animal", "plush bear"),
        "surface",
        ("brown", "light brown", "white", "pink", "grey"),
        ("wool", "velvet"),
        build_teddy_bear,
    ),
    Category(
        "bicycle",
        "bicycles",
        ("bike", "cycle"),
        "floor",
        ("red", "blue", "green", "black", "yellow", "turquoise"),
        ("metal",),
        build_bicycle,
    ),
    Category(
        "globe",
        "globes",
        ("world globe",),
        "surface",
        ("blue", "turquoise", "beige"),
        ("plastic", "lacquer"),
        build_globe,
    ),
)
