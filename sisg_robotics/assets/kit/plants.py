"""Plants: leaves on stems in pots. The colour and the material are the pot's; leaves are green."""

from __future__ import annotations

import numpy as np

from ..category import Built, Category, Style, between, one_of
from ..outlines import blade
from ..shape import Shape, joined
from ..shapes import box, cylinder, ellipsoid, lathe, tube
from .details import NUMBER_WORDS, Parts, hollow

POT_COLORS = ("white", "black", "grey", "red", "blue", "yellow", "turquoise", "orange")
GOLDEN_RAD = 2.399963
"""The angle between one leaf and the next that most plants use."""


def pot(rng: np.random.Generator, radius: float, height: float) -> tuple[Shape, Shape, str]:
    """A plant pot, the soil in it, and what the pot's shape is called."""
    kind = one_of(rng, ("tapered", "cylindrical", "square", "round"))
    if kind == "square":
        side = radius * 1.8
        body = hollow([(side * 0.85, side * 0.85, 0.01, 0.0), (side, side, 0.01, height)], 0.012)
        soil = box(side - 0.03, side - 0.03, height * 0.06)
    else:
        foot, belly = {"tapered": (0.68, 0.85), "cylindrical": (0.97, 1.0), "round": (0.6, 1.12)}[kind]
        outside = [(0, 0), (foot, 0), (belly, 0.5), (1.0, 0.92), (1.04, 0.92), (1.04, 1.0)]
        inside = [(0.92, 1.0), (0.9, 0.78)]
        body = lathe(np.array([*outside, *inside]) * [radius, height], sides=22)
        soil = cylinder(radius * 0.91, height * 0.06, sides=22)
    soil = soil.moved(z=height * 0.8)
    return body, soil, kind


def _palm(rng: np.random.Generator, height: float) -> tuple[Shape, Shape]:
    """Leaves that arch from the top of a bare stem, and the stem."""
    stem = height * between(rng, 0.42, 0.55)
    count = int(rng.integers(13, 18))
    leaves = []
    for i in range(count):
        rise = 1.35 - 1.1 * i / count
        leaf = blade(height * 0.45, 0.08, lift_rad=rise + 0.1, droop_rad=1.7, fold=0.4, rows=6)
        leaves.append(leaf.turned(GOLDEN_RAD * i).moved(z=stem))
    trunk = tube(
        [(0, 0, 0), (0.015, 0.01, stem * 0.6), (0.0, 0.0, stem + 0.02)], [0.03, 0.024, 0.02], sides=8
    )
    return joined(*leaves), trunk


def _snake_plant(rng: np.random.Generator, height: float) -> tuple[Shape, Shape]:
    """Stiff upright swords."""
    leaves = []
    for i in range(int(rng.integers(10, 15))):
        length = height * between(rng, 0.65, 1.0)
        leaf = blade(
            length, 0.085, lift_rad=1.5 - 0.02 * i, droop_rad=between(rng, -0.05, 0.1), fold=0.25, rows=5
        )
        leaves.append(leaf.moved(0.008 * i).turned(GOLDEN_RAD * i))
    return joined(*leaves), cylinder(0.05, 0.01, sides=8)


def _broadleaf(rng: np.random.Generator, height: float) -> tuple[Shape, Shape]:
    """Big oval leaves on short stalks up a few stems."""
    leaves, stems = [], []
    for k in range(3):
        lean = np.array([np.cos(2.1 * k), np.sin(2.1 * k), 0.0]) * between(rng, 0.06, 0.12)
        top = height * between(rng, 0.75, 0.95)
        path = np.array([lean * t * 1.2 + [0.0, 0.0, top * t] for t in (0.0, 0.5, 1.0)])
        stems.append(tube(path, [0.014, 0.011, 0.007], sides=6))
        for i in range(7):
            t = 0.3 + 0.7 * i / 6
            turn = GOLDEN_RAD * i + 2.1 * k
            size = height * between(rng, 0.24, 0.3) * (1.15 - 0.35 * t)
            leaf = blade(size, size * 0.6, lift_rad=0.95, droop_rad=1.3, fold=0.2, rows=4)
            x, y, z = (float(v) for v in lean * t * 1.2 + [0.0, 0.0, top * t])
            leaves.append(leaf.turned(turn).moved(x, y, z))
    return joined(*leaves), joined(*stems)


def _fern(rng: np.random.Generator, height: float) -> tuple[Shape, Shape]:
    """Many narrow fronds that spring from the soil and hang over."""
    leaves = []
    for i in range(34):
        rise = 1.45 - 0.7 * i / 34
        length = height * between(rng, 0.95, 1.15)
        leaf = blade(length, 0.07, lift_rad=rise, droop_rad=between(rng, 1.6, 2.2), fold=0.3, rows=5)
        leaves.append(leaf.turned(GOLDEN_RAD * i))
    return joined(*leaves), cylinder(0.05, 0.02, sides=8)


def _tree(rng: np.random.Generator, height: float) -> tuple[Shape, Shape]:
    """A small tree: a trunk and a round crown of small leaves."""
    crown = height * between(rng, 0.24, 0.3)
    center = height - crown
    trunk = tube([(0, 0, 0), (0.02, -0.01, center * 0.5), (0, 0, center)], [0.028, 0.022, 0.016], sides=8)
    leaves = [
        ellipsoid(crown * 1.5, crown * 1.5, crown * 1.5, sides=12, rings=8).moved(z=center - crown * 0.75)
    ]
    for i in range(58):
        up = 1 - 2 * (i + 0.5) / 58
        leaf = blade(crown * 0.52, crown * 0.34, lift_rad=0.3 + 0.9 * up, droop_rad=1.2, fold=0.2, rows=2)
        out = np.sqrt(1 - up**2) * crown * 0.66
        leaves.append(leaf.moved(out, 0.0, center + up * crown * 0.7).turned(GOLDEN_RAD * i))
    return joined(*leaves), trunk


SPECIES = {
    "palm": (_palm, (1.1, 1.6), "tall palm with arching leaves"),
    "snake plant": (_snake_plant, (0.5, 0.8), "snake plant with upright leaves"),
    "rubber plant": (_broadleaf, (0.8, 1.3), "rubber plant with broad leaves"),
    "fern": (_fern, (0.3, 0.4), "bushy fern"),
    "ficus tree": (_tree, (1.1, 1.5), "small ficus tree with a round crown"),
}


def build_potted_plant(rng: np.random.Generator, style: Style) -> Built:
    """A house plant of one of five kinds that stands on the floor."""
    name = one_of(rng, tuple(SPECIES))
    grow, (low, high), words = SPECIES[name]
    radius, pot_height = between(rng, 0.14, 0.19), between(rng, 0.24, 0.34)
    body, soil, kind = pot(rng, radius, pot_height)
    leaves, stems = grow(rng, between(rng, low, high))
    base = pot_height * 0.84
    parts = (
        (body, style.main),
        (soil, style.make("soil")),
        (stems.moved(z=base), style.make("wood", "brown")),
        (leaves.moved(z=base), style.make("leaf")),
    )
    return Built(
        parts,
        f"green potted plant, a {words} in a {kind} {style.look} pot",
        tags=(name, "green", f"{kind} pot"),
    )


def build_cactus(rng: np.random.Generator, style: Style) -> Built:
    """A ribbed cactus in a pot, with arms or round, at times in bloom."""
    radius, pot_height = between(rng, 0.06, 0.08), between(rng, 0.09, 0.12)
    body, soil, kind = pot(rng, radius, pot_height)
    base = pot_height * 0.84
    if rng.random() < 0.6:
        height, girth = between(rng, 0.2, 0.3), between(rng, 0.028, 0.036)
        green = [_ribbed(girth, height)]
        for side, level in ((1.0, 0.35), (-1.0, 0.5))[: int(rng.integers(1, 3))]:
            z = height * level
            bend = np.array(
                [(0, 0, z), (0.0, 0.06, z), (0.0, 0.075, z + 0.02), (0.0, 0.075, z + height * 0.34)]
            )
            green.append(tube(bend * [1, side, 1], [0.017, 0.018, 0.019, 0.018], sides=10))
            green.append(
                ellipsoid(0.036, 0.036, 0.03, sides=10, rings=6).moved(
                    0.0, 0.075 * side, z + height * 0.34 - 0.015
                )
            )
        what, build = f"with {NUMBER_WORDS[(len(green) - 1) // 2]} arm{'s' * (len(green) > 3)}", "tall "
    else:
        height = between(rng, 0.1, 0.14)
        green, what, build = [_ribbed(radius * 0.85, height)], "", "round "
    parts: Parts = [
        (body, style.main),
        (soil, style.make("soil")),
        (joined(*green).moved(z=base), style.make("leaf")),
    ]
    if rng.random() < 0.5:
        petals = [
            blade(0.024, 0.016, lift_rad=0.8, droop_rad=0.5, rows=2).turned(i * np.pi / 3) for i in range(6)
        ]
        parts.append((joined(*petals).moved(z=base + height - 0.003), style.make("wax", "pink")))
        what = f"{what} and a pink flower" if what else "with a pink flower"
    description = f"{build}green cactus {what}".strip() + f" in a {kind} {style.look} pot"
    return Built(tuple(parts), description, tags=("succulent", build.strip()))


def _ribbed(radius: float, height: float) -> Shape:
    """A column with a domed top and ten ribs."""
    dome = [
        (radius * np.cos(a), height - radius * 0.9 * (1 - np.sin(a))) for a in np.linspace(0.0, np.pi / 2, 5)
    ]
    column = lathe([(0, 0), (radius * 0.8, 0.0), (radius, height * 0.25), *dome], sides=40, crease_deg=70.0)

    def ribs(p: np.ndarray) -> np.ndarray:
        swell = 1 + 0.1 * np.cos(10 * np.arctan2(p[:, 1], p[:, 0]))
        return p * np.column_stack([swell, swell, np.ones(len(p))])

    return column.warped(ribs)


def _flower(size: float, kind: str) -> tuple[Shape, Shape]:
    """Petals and heart of a flower that looks up, its heart at the origin."""
    if kind == "tulip":
        petals = [
            blade(size * 1.1, size * 0.75, lift_rad=1.1, droop_rad=-0.7, fold=0.5, rows=3).turned(
                i * 2 * np.pi / 5
            )
            for i in range(5)
        ]
        return joined(*petals), ellipsoid(size * 0.5, size * 0.5, size * 0.5, sides=6, rings=3)
    petals = [
        blade(size, size * 0.75, lift_rad=0.5, droop_rad=0.6, rows=2).turned(i * np.pi / 3) for i in range(6)
    ]
    return joined(*petals), ellipsoid(size * 0.6, size * 0.6, size * 0.35, sides=8, rings=3)


def build_flowers(rng: np.random.Generator, style: Style) -> Built:
    """A bunch of daisies or tulips in a vase; the colour is the petals'."""
    kind = one_of(rng, ("daisy", "tulip"))
    height, radius = between(rng, 0.19, 0.26), between(rng, 0.05, 0.065)
    profile = [(0.6, 0.0), (0.75, 0.05), (1.0, 0.4), (0.9, 0.65), (0.55, 0.88), (0.68, 1.0)]
    outside = [(0.0, 0.0), *((r * radius, z * height) for r, z in profile)]
    vase = lathe(
        [*outside, (0.6 * radius, height), (0.45 * radius, height * 0.85), (0.0, height * 0.8)], sides=18
    )
    size = between(rng, 0.05, 0.058)
    petals: list[Shape] = []
    hearts: list[Shape] = []
    stalks: list[Shape] = []
    for i in range(6):
        lean, turn = (0.0 if i == 0 else between(rng, 0.4, 0.6)), i * 2 * np.pi / 5
        length = between(rng, 0.17, 0.21) * (1.0 if i else 1.15)
        petal, heart = _flower(size, kind)
        for group, shape in ((petals, petal), (hearts, heart.moved(z=-0.004))):
            group.append(shape.moved(z=length).turned(lean, "y").turned(turn).moved(z=height * 0.88))
        tip = np.array([np.sin(lean) * np.cos(turn), np.sin(lean) * np.sin(turn), np.cos(lean)]) * length
        path = np.array([(0.0, 0.0, height * 0.8), (tip[0], tip[1], tip[2] + height * 0.88)])
        stalks.append(tube(path, 0.004, sides=4))
    leaves = [
        blade(0.15, 0.035, lift_rad=1.2, droop_rad=0.9, fold=0.3, rows=3).turned(a).moved(z=height * 0.93)
        for a in (0.5, 2.2, 3.6, 5.1)
    ]
    white = style.make("ceramic", "white" if style.color != "white" else "blue")
    parts = (
        (joined(*petals), style.main),
        (joined(*hearts), style.make("wax", "yellow" if style.color != "yellow" else "brown")),
        (joined(*stalks, *leaves), style.make("leaf")),
        (vase, white),
    )
    name = {"daisy": "daisies", "tulip": "tulips"}[kind]
    pot_color = "white" if style.color != "white" else "blue"
    description = f"bunch of {style.color} flowers, {name}, in a {pot_color} ceramic vase"
    return Built(parts, description, tags=(name, "flowers", "vase"))


CATEGORIES = (
    Category(
        "potted plant",
        "potted plants",
        ("plant", "houseplant", "house plant", "pot plant", "palm", "fern"),
        "floor",
        POT_COLORS,
        ("clay", "ceramic", "wicker", "plastic"),
        build_potted_plant,
    ),
    Category(
        "cactus", "cacti", ("succulent", "cactuses"), "surface", POT_COLORS, ("clay", "ceramic"), build_cactus
    ),
    Category(
        "flowers",
        "flowers",
        ("flower", "bouquet", "vase of flowers", "tulips"),
        "surface",
        ("red", "yellow", "pink", "white", "purple", "orange"),
        ("petal",),
        build_flowers,
    ),
)
