"""Tableware: cup, bowl, plate, bottle, fruit bowl."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, between, one_of
from ..shape import Shape, joined
from ..shapes import cylinder, lathe, tube
from .details import NUMBER_WORDS, Parts, arc

CROCKERY = ("white", "red", "blue", "green", "yellow", "turquoise", "black", "orange")


def build_cup(rng: np.random.Generator, style: Style) -> Built:
    """A mug with a handle, full of coffee."""
    radius, height = between(rng, 0.042, 0.05), between(rng, 0.1, 0.12)
    build = one_of(rng, ("straight", "tapered", "round"))
    waist = {"straight": 1.0, "tapered": 0.78, "round": 0.8}[build]
    belly = 1.08 if build == "round" else (1 + waist) / 2
    profile = [
        (radius * waist * 0.95, 0.0),
        (radius * waist, 0.006),
        (radius * belly, height * 0.45),
        (radius, height),
    ]
    body = vessel(profile, 0.005)
    loop = arc(0.03, -1.35, 1.35, count=8, center=(radius * belly - 0.004, 0.0, height * 0.5))
    handle = tube(loop, 0.0065, sides=6).turned(np.pi / 2)
    drink = lathe([(radius * belly - 0.004, 0.0), (0.0, 0.0)], sides=22).moved(z=height * 0.72)
    dark = Material("coffee", (0.16, 0.09, 0.05), None, 0.1)
    parts = ((joined(body, handle), style.main), (drink, dark))
    return Built(parts, f"{build} {style.look} cup with a handle", tags=(build, "mug"))


def build_bowl(rng: np.random.Generator, style: Style) -> Built:
    """A bowl, its inside in another colour."""
    radius, height = between(rng, 0.1, 0.14), between(rng, 0.08, 0.11)
    inner = style.make(style.material, "white" if style.color != "white" else "beige")
    angle = np.linspace(0.35, 1.45, 6)
    curve = [(radius * float(np.sin(a)), height * float(1 - np.cos(a))) for a in angle]
    top = curve[-1][1]
    outside = lathe([(0, 0), (0.045, 0.0), (0.045, curve[0][1] + 0.004), *curve], sides=28)
    inside = [(r - 0.005, z + 0.002) for r, z in reversed(curve)]
    lining = lathe([curve[-1], (curve[-1][0] - 0.003, top + 0.003), *inside, (0, inside[-1][1])], sides=28)
    return Built(
        ((outside, style.main), (lining, inner)), f"round {style.look} bowl", tags=("round", "salad bowl")
    )


def build_plate(rng: np.random.Generator, style: Style) -> Built:
    """A stack of plates."""
    radius, count = between(rng, 0.12, 0.15), int(rng.integers(3, 7))
    rim = [(0.62, 0.03), (1.0, 0.14), (1.0, 0.155), (0.63, 0.055)]
    top = lathe(radius * np.array([(0, 0), (0.55, 0.0), *rim, (0.55, 0.035), (0.0, 0.035)]), sides=20)
    edge = lathe(radius * np.array(rim), sides=20)  # all that is seen of the others
    pile = joined(
        top.moved(z=0.009 * (count - 1)), lathe(radius * np.array([(0, 0), (0.55, 0.0), rim[0]]), sides=20)
    )
    pile = joined(pile, *(edge.moved(z=0.009 * i) for i in range(count - 1)))
    description = f"stack of {NUMBER_WORDS[count]} round {style.look} plates"
    return Built(((pile, style.main),), description, tags=("stack", "dish"))


def build_bottle(rng: np.random.Generator, style: Style) -> Built:
    """A bottle with a cap and a label."""
    kind = one_of(rng, ("wine", "water", "squat"))
    radius = {"wine": 0.04, "water": 0.042, "squat": 0.055}[kind] * between(rng, 0.95, 1.1)
    height = {"wine": 0.32, "water": 0.27, "squat": 0.23}[kind] * between(rng, 0.95, 1.1)
    shoulder = {"wine": 0.6, "water": 0.72, "squat": 0.58}[kind] * height
    neck = {"wine": 0.015, "water": 0.018, "squat": 0.017}[kind]
    slope = [
        (radius, shoulder),
        (radius * 0.92, shoulder + 0.02),
        (neck * 1.5, shoulder + 0.05),
        (neck, shoulder + 0.065),
    ]
    body = lathe(
        [(0, 0), (radius - 0.004, 0.0), (radius, 0.006), *slope, (neck, height - 0.02), (0.0, height - 0.02)]
    )
    cap = cylinder(neck * 1.15, 0.028, sides=14).moved(z=height - 0.026)
    band = lathe(
        [(radius, 0), (radius + 0.001, 0.0), (radius + 0.001, 0.28 * height), (radius, 0.28 * height)]
    )
    paper = style.make("paper", "white" if style.color != "white" else "blue")
    parts = ((body, style.main), (cap, style.make("metal", "black")), (band.moved(z=0.2 * height), paper))
    shape = {"wine": "tall", "water": "straight", "squat": "round-bellied"}[kind]
    return Built(parts, f"{shape} {style.look} bottle with a label", tags=(shape, kind))


def build_fruit_bowl(rng: np.random.Generator, style: Style) -> Built:
    """A bowl with apples and two bananas."""
    radius, height = between(rng, 0.14, 0.17), 0.075
    profile = [(radius * a, height * b) for a, b in ((0.4, 0.0), (0.45, 0.1), (0.8, 0.45), (1.0, 1.0))]
    bowl = vessel(profile, 0.008)
    apple = lathe(
        [(0.0, 0.008), (0.018, 0.0), (0.034, 0.02), (0.038, 0.042), (0.028, 0.064), (0.0, 0.058)], sides=12
    )
    apples = {word: style.make("wax", word) for word in ("red", "green", "orange")}
    parts: Parts = [(bowl, style.main)]
    spin = between(rng, 0.0, 2 * np.pi)
    groups: dict[str, list[Shape]] = {word: [] for word in apples}
    for i in range(6):
        a = spin + i * np.pi / 3
        word = str(rng.choice(list(groups)))
        groups[word].append(apple.moved(0.56 * radius * np.cos(a), 0.56 * radius * np.sin(a), 0.02))
    groups["red"].append(apple.moved(z=0.055))
    parts += [(joined(*shapes), apples[word]) for word, shapes in groups.items() if shapes]
    curve = arc(0.1, 0.5, np.pi - 0.5, count=8, center=(0.0, 0.0, 0.03))
    banana = tube(curve, [0.006, 0.015, 0.019, 0.02, 0.02, 0.019, 0.015, 0.006], sides=8)
    pair = joined(banana.moved(y=0.03), banana.moved(y=0.066, z=-0.01)).turned(spin)
    parts.append((pair.moved(z=-0.008), style.make("wax", "yellow")))
    return Built(
        tuple(parts), f"{style.look} bowl of apples and bananas", tags=("fruit", "apples", "bananas")
    )


def vessel(profile: Sequence[tuple[float, float]], wall: float, *, sides: int = 22) -> Shape:
    """A thin pot turned about z: its outside (radius, height) from foot to rim, and the inside at `wall`."""
    inside = [(max(r - wall, 0.0), max(z, wall)) for r, z in reversed(profile)]
    return lathe(
        [(0.0, profile[0][1]), *profile, *inside, (0.0, inside[-1][1])], sides=sides, crease_deg=50.0
    )


CATEGORIES = (
    Category(
        "cup",
        "cups",
        ("mug", "coffee cup", "teacup"),
        "surface",
        CROCKERY,
        ("ceramic", "porcelain"),
        build_cup,
    ),
    Category(
        "bowl", "bowls", ("salad bowl",), "surface", CROCKERY, ("ceramic", "porcelain", "wood"), build_bowl
    ),
    Category(
        "plate",
        "plates",
        ("dish", "stack of plates", "crockery"),
        "surface",
        CROCKERY,
        ("ceramic", "porcelain"),
        build_plate,
    ),
    Category(
        "bottle",
        "bottles",
        ("wine bottle", "water bottle"),
        "surface",
        ("green", "brown", "blue", "white"),
        ("glass", "plastic"),
        build_bottle,
    ),
    Category(
        "fruit bowl",
        "fruit bowls",
        ("bowl of fruit", "fruit", "fruit basket"),
        "surface",
        ("white", "blue", "black", "green", "brown"),
        ("ceramic", "wood", "porcelain"),
        build_fruit_bowl,
    ),
)
