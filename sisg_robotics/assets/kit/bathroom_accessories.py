"""Bathroom accessories: towels, toilet paper, laundry."""

from __future__ import annotations

import numpy as np

from ..category import Built, Category, Style, between, mirrored_y, with_article
from ..shape import Shape, joined
from ..shapes import box, cushion, cylinder, lathe, tube
from .details import PAPER, Parts, arc, either, forward, hollow, loft, plate, prism, rounded


def build_towel_rack(rng: np.random.Generator, style: Style) -> Built:
    """A bar on the wall with one or two towels over it."""
    count = int(rng.integers(1, 3))
    width, drop = 0.32 * count + 0.18, between(rng, 0.45, 0.62)
    reach = 0.085
    bar = tube([(reach, -width / 2, 0.0), (reach, width / 2, 0.0)], 0.009, sides=8)
    mounts = joined(
        tube([(0, 0, 0), (reach, 0, 0)], 0.008, sides=6), forward(cylinder(0.022, 0.008, sides=12))
    )
    chrome = joined(bar, mirrored_y(mounts.moved(y=width / 2 - 0.02)))
    towel = _draped(0.3, drop, reach)
    shift = [0.0] if count == 1 else [-0.16, 0.16]
    stripe = box(0.004, 0.3, 0.03).moved(reach + 0.022, z=-drop + 0.07)
    trim = style.make("cotton", "white" if style.color != "white" else "grey")
    parts = (
        (joined(*(towel.moved(y=y) for y in shift)), style.main),
        (joined(*(stripe.moved(y=y) for y in shift)), trim),
        (chrome, style.make("chrome")),
    )
    what = f"{with_article(style.look)} towel" if count == 1 else f"two {style.look} towels"
    return Built(parts, f"towel rack with {what}", tags=("towel",))


def _draped(width: float, drop: float, x: float) -> Shape:
    """Cloth 1 cm thick over a bar at (x, z = 0): long in front, shorter behind."""
    outer, inner = 0.022, 0.011
    over = [(x + outer * np.cos(a), outer * np.sin(a)) for a in np.linspace(0, np.pi, 7)]
    under = [(x + inner * np.cos(a), inner * np.sin(a)) for a in np.linspace(np.pi, 0, 5)]
    behind = -0.75 * drop
    outline = [
        *over,
        (x - outer, behind),
        (x - inner, behind),
        *under,
        (x + inner, -drop),
        (x + outer, -drop),
    ]
    return prism(outline, width)


def build_toilet_paper(rng: np.random.Generator, style: Style) -> Built:
    """A roll on a bracket, a sheet hanging down."""
    radius, length = between(rng, 0.055, 0.065), 0.105
    roll = lathe([(0.02, 0.0), (radius, 0), (radius, length), (0.02, length), (0.02, 0.0)], sides=22)
    roll = roll.turned(np.pi / 2, "x").moved(0.085, length / 2)
    sheet = box(0.003, length, 0.13).moved(0.085 + radius - 0.003, z=-0.13)
    rod = tube([(0.085, -0.075, 0.0), (0.085, 0.075, 0.0)], 0.008, sides=8)
    arms = mirrored_y(tube([(0.01, 0.07, 0.0), (0.085, 0.07, 0.0)], 0.008, sides=6))
    backing = plate(0.012, 0.2, 0.14, radius=0.03).moved(z=-0.055)
    cover = prism([(x + 0.085, z) for x, z in _half_ring(radius + 0.012, radius + 0.006)], length + 0.03)
    parts = (
        (joined(backing, cover), style.main),
        (joined(rod, arms), style.make("chrome")),
        (joined(roll, sheet), PAPER),
    )
    return Built(parts, f"{style.look} toilet paper holder with a white roll", tags=("toilet roll",))


def _half_ring(outer: float, inner: float) -> list[tuple[float, float]]:
    angles = np.linspace(0.1, np.pi, 9)
    rim = [(outer * float(np.cos(a)), outer * float(np.sin(a))) for a in angles]
    return rim + [(inner * float(np.cos(a)), inner * float(np.sin(a))) for a in angles[::-1]]


def build_laundry_basket(rng: np.random.Generator, style: Style) -> Built:
    """A tall basket with a lid, or open and full of clothes."""
    width, height = between(rng, 0.36, 0.46), between(rng, 0.45, 0.6)
    depth = width * either(rng, 0.75, 1.0)
    corner = either(rng, 0.06, 0.17)
    steps = [(0.84, 0.0), (0.9, height * 0.3), (0.97, height * 0.75), (1.0, height)]
    body = hollow([(depth * a, width * a, corner * a, z) for a, z in steps], 0.015)
    band = loft([rounded(depth + 0.02, width + 0.02, corner, z) for z in (height - 0.03, height + 0.002)])
    grip = (
        tube(arc(0.045, np.pi, 0.0, count=7), 0.01, sides=6).turned(np.pi / 2).moved(0.0, 0.0, height * 0.7)
    )
    grips = mirrored_y(grip.turned(np.pi / 2).moved(y=width * 0.48 + 0.006))
    parts: Parts = []
    if rng.random() < 0.5:
        lid = loft([rounded(depth + 0.03, width + 0.03, corner, z) for z in (height, height + 0.03)])
        lid = joined(
            lid, tube(arc(0.04, 0.0, np.pi, count=7, center=(0.0, 0.0, height + 0.03)), 0.008, sides=6)
        )
        parts, what = [(joined(body, lid, grips), style.main)], "a lid"
    else:
        words = ("blue", "red", "white", "yellow")
        heap = [
            cushion(depth * 0.62, width * 0.55, 0.16, grid=4)
            .turned(i * 1.3)
            .moved(x * depth, y * width, height - z)
            for i, (x, y, z) in enumerate(((0.08, 0.17, 0.1), (-0.06, -0.18, 0.09), (0.03, 0.0, 0.05)))
        ]
        tops = rng.permutation(len(words))[: len(heap)]
        parts = [(joined(body, grips), style.main)]
        parts += [(cloth, style.make("cotton", words[i])) for cloth, i in zip(heap, tops, strict=True)]
        what = "clothes in it"
    if what == "a lid":
        parts.append((band, style.make("fabric", "white" if style.color != "white" else "beige")))
    return Built(tuple(parts), f"{style.look} laundry basket with {what}", tags=(what,))


CATEGORIES = (
    Category(
        "towel rack",
        "towel racks",
        ("towel", "towel rail", "towel holder", "towel bar"),
        "wall",
        ("white", "blue", "red", "green", "yellow", "pink", "turquoise", "grey"),
        ("cotton",),
        build_towel_rack,
    ),
    Category(
        "toilet paper holder",
        "toilet paper holders",
        ("toilet paper", "toilet roll", "loo roll"),
        "wall",
        ("white", "black", "turquoise"),
        ("steel", "plastic"),
        build_toilet_paper,
    ),
    Category(
        "laundry basket",
        "laundry baskets",
        ("hamper", "laundry hamper", "clothes basket"),
        "floor",
        ("light brown", "white", "grey", "blue", "brown"),
        ("wicker", "plastic"),
        build_laundry_basket,
    ),
)
