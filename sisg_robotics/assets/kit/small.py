"""Small things that lie about: books, soft things, bags, shoes, a clock to wake up by."""

from __future__ import annotations

import numpy as np

from ..asset import SupportSurface
from ..category import Built, Category, Style, at_corners, between, mirrored_y
from ..shape import Shape, joined
from ..shapes import box, cushion, cylinder, tube
from .alarm_clock import build_alarm_clock
from .details import (
    NUMBER_WORDS,
    PAPER,
    Parts,
    arch,
    bar_handle,
    loft,
    plate,
    rounded,
)


def build_book(rng: np.random.Generator, style: Style) -> Built:
    """A stack of two to six books; every other one, and the one on top, in the main colour."""
    count = int(rng.integers(2, 7))
    others = [
        word for word in ("red", "blue", "green", "yellow", "white", "black", "orange") if word != style.color
    ]
    covers: list[Shape] = []
    pages: list[Shape] = []
    parts: Parts = []
    level, depth, width = 0.0, 0.0, 0.0
    for i in range(count):
        shrink = 1 - 0.05 * i
        depth, width, thick = (
            shrink * between(rng, 0.2, 0.23),
            shrink * between(rng, 0.28, 0.31),
            between(rng, 0.025, 0.045),
        )
        turn = between(rng, -0.22, 0.22)
        board = box(depth, width, 0.004)
        spine = box(0.005, width, thick).moved(-depth / 2 + 0.0025)
        cover = joined(board, board.moved(z=thick - 0.004), spine).turned(turn).moved(z=level)
        block = box(depth - 0.012, width - 0.014, thick - 0.008).moved(0.0, z=0.004)
        pages.append(block.turned(turn).moved(z=level))
        if (count - 1 - i) % 2 == 0:
            covers.append(cover)
        else:
            parts.append((cover, style.make(style.material, others[int(rng.integers(len(others)))])))
        level += thick
    parts = [(joined(*covers), style.main), (joined(*pages), PAPER), *parts]
    surface = SupportSurface((0.0, 0.0, level), (depth * 0.7, width * 0.7))
    description = f"stack of {NUMBER_WORDS[count]} books, {style.look} on top"
    return Built(tuple(parts), description, (surface,), ("stack", f"{count} books"))


def build_pillow(rng: np.random.Generator, style: Style) -> Built:
    """A square or long pillow that lies flat."""
    long = bool(rng.random() < 0.4)
    depth = between(rng, 0.38, 0.46)
    width, height = (depth * 1.5 if long else depth), between(rng, 0.13, 0.17)
    body = cushion(depth, width, height, puff=0.5, grid=7)
    shape = "long" if long else "square"
    return Built(((body, style.main),), f"{shape} {style.look} pillow", tags=(shape, "soft"))


def build_blanket(rng: np.random.Generator, style: Style) -> Built:
    """A folded blanket with stripes on one side."""
    depth, width = between(rng, 0.34, 0.42), between(rng, 0.42, 0.55)
    layers, thick = int(rng.integers(3, 5)), 0.032
    folds = [
        cushion(
            depth * between(rng, 0.97, 1.0), width * between(rng, 0.97, 1.0), thick + 0.006, puff=0.0, grid=4
        ).moved(z=i * thick)
        for i in range(layers)
    ]
    stripe = box(depth * 0.9, 0.028, 0.004)
    band = joined(*(stripe.moved(y=y * width, z=layers * thick + 0.004) for y in (-0.34, -0.22, 0.22, 0.34)))
    trim = style.make("wool", "white" if style.color not in ("white", "beige") else "grey")
    parts = ((joined(*folds), style.main), (band, trim))
    return Built(parts, f"folded {style.look} blanket with stripes", tags=("folded", "soft"))


def build_backpack(rng: np.random.Generator, style: Style) -> Built:
    """A backpack that stands on the floor: a pocket in front, straps behind."""
    width, depth, height = between(rng, 0.29, 0.34), between(rng, 0.17, 0.21), between(rng, 0.42, 0.5)
    steps = (
        (0.9, 0.94, 0.0),
        (1.0, 1.0, 0.05),
        (1.0, 1.0, 0.6),
        (0.92, 0.92, 0.8),
        (0.7, 0.72, 0.95),
        (0.4, 0.5, 1.0),
    )
    body = loft([rounded(depth * a, width * b, 0.055, height * z) for a, b, z in steps], crease_deg=75.0)
    pocket = loft(
        [
            rounded(0.1 * a, width * 0.78 * a, 0.04, height * z)
            for a, z in ((0.88, 0.06), (1.0, 0.1), (1.0, 0.38), (0.8, 0.46))
        ]
    ).moved(depth * 0.5)
    sides = mirrored_y(
        cylinder(0.035, height * 0.3, bevel=0.01, sides=10).moved(0.0, width * 0.5, height * 0.05)
    )
    dark = style.make("fabric", "black" if style.color != "black" else "grey")
    zip_path = arch(width * 0.4, 0.25, np.pi - 0.25, count=9)
    zipper = tube(
        zip_path * [1.0, 1.0, 0.75] + np.array([depth * 0.5 - 0.002, 0.0, height * 0.52]), 0.006, sides=5
    )
    flap = box(0.006, width * 0.6, 0.016).moved(depth * 0.5 + 0.048, z=height * 0.34)
    strap = [
        (0.0, 0.0, 0.92),
        (-0.05, 0.0, 0.85),
        (-0.075, 0.0, 0.6),
        (-0.055, 0.0, 0.3),
        (0.0, 0.0, 0.14),
    ] * np.array([1, 1, height])
    straps = mirrored_y(tube(strap, 0.018, sides=6).moved(-depth * 0.44, width * 0.24))
    loop = tube(arch(0.04, 0.0, np.pi, count=7), 0.008, sides=6)
    loop = loop.moved(-depth * 0.15, z=height * 0.98)
    parts = ((joined(body, pocket, sides), style.main), (joined(zipper, flap, straps, loop), dark))
    return Built(parts, f"{style.look} backpack with a front pocket and straps", tags=("rucksack",))


def build_suitcase(rng: np.random.Generator, style: Style) -> Built:
    """A trolley case that stands on wheels: ribs in front, handle pulled out or in."""
    width, depth, height = between(rng, 0.36, 0.48), between(rng, 0.22, 0.28), between(rng, 0.52, 0.7)
    shell = plate(depth, width, height, radius=0.06, bevel=0.03).moved(-depth / 2, z=0.05)
    ribs = [
        box(0.012, 0.018, height * 0.8, bevel=0.005).moved(depth / 2, y * width, 0.05 + height * 0.1)
        for y in (-0.33, -0.2, -0.07, 0.07, 0.2, 0.33)
    ]
    seam = plate(0.012, width + 0.004, height + 0.004, radius=0.06).moved(-0.006, z=0.048)
    wheel = cylinder(0.03, 0.022, sides=12).turned(np.pi / 2, "x").moved(y=0.011, z=0.03)
    wheels = at_corners(
        joined(wheel, cylinder(0.02, 0.04, sides=8).moved(z=0.03)), depth / 2 - 0.05, width / 2 - 0.06
    )
    out = bool(rng.random() < 0.5)
    pull = 0.3 if out else 0.06
    top = height + 0.04
    bow = [(0, -1, 0), (0, -1, 1), (0, 1, 1), (0, 1, 0)] * np.array([1.0, width * 0.2, pull])
    handle = tube(bow, 0.009, sides=6).moved(-depth * 0.3, z=top)
    grip = tube([(0, -0.05, 0), (0.0, 0.05, 0.0)], 0.014, sides=6).moved(-depth * 0.3, z=top + pull)
    side = bar_handle(0.14, standoff=0.03).turned(np.pi / 2).moved(0.0, width / 2 - 0.002, height * 0.55)
    dark = style.make("plastic", "black" if style.color != "black" else "grey")
    parts = (
        (joined(shell, *ribs), style.main),
        (joined(seam, wheels, grip, side), dark),
        (handle, style.make("chrome")),
    )
    what = "its handle pulled out" if out else "a short handle"
    return Built(
        parts, f"upright {style.look} suitcase on four wheels with {what}", tags=("trolley", "luggage")
    )


def build_shoes(rng: np.random.Generator, style: Style) -> Built:
    """A pair of trainers or boots, toes towards +x."""
    boots = bool(rng.random() < 0.4)
    length = between(rng, 0.27, 0.31)
    width, ankle = length * 0.37, between(rng, 0.2, 0.26) if boots else 0.1
    t = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    waist = 0.85 + 0.15 * np.cos(2 * t + 0.2)
    sole = np.column_stack([np.cos(t) * length / 2, np.sin(t) * width / 2 * waist])
    back = np.array([-length * 0.22, 0.0])
    opening = np.column_stack([np.cos(t) * length * 0.24, np.sin(t) * width * 0.36]) + back
    middle = 0.45 * sole * [0.95, 0.95] + 0.55 * opening
    upper = loft(
        [
            (sole * 0.96, 0.025),
            (sole * 0.95, 0.05),
            (middle, 0.085),
            (opening, ankle),
            (opening * 0.86 + 0.14 * back, ankle),
            (opening * 0.8 + 0.2 * back, 0.06),
        ],
        crease_deg=60.0,
    )
    base = loft([(sole * 0.97, 0.0), (sole, 0.004), (sole, 0.026), (sole * 0.95, 0.03)])
    laces = []
    for i in () if boots else range(4):
        u = i / 3
        x, z = length * (0.13 - 0.17 * u), 0.072 + 0.026 * u
        laces.append(
            tube([(x, -width * 0.2, z), (x - 0.006, 0.0, z + 0.014), (x, width * 0.2, z)], 0.005, sides=5)
        )
    shift = width * 0.5 + 0.012
    toe_out = 0.08
    pair = [mirrored_y(joined(*group).turned(toe_out).moved(y=shift)) for group in ([upper], [base, *laces])]
    word = "white" if style.color != "white" else "black"
    parts = ((pair[0], style.main), (pair[1], style.make("rubber", word)))
    what = "boots" if boots else "low shoes"
    return Built(parts, f"pair of {style.look} {what} with {word} soles", tags=(what, "footwear"))


SOFT_COLORS = (
    "red",
    "blue",
    "green",
    "yellow",
    "white",
    "grey",
    "pink",
    "orange",
    "turquoise",
    "beige",
    "purple",
)
CATEGORIES = (
    Category(
        "book",
        "books",
        ("stack of books", "pile of books", "novel"),
        "surface",
        ("red", "blue", "green", "brown", "orange", "black"),
        ("leather", "cotton"),
        build_book,
    ),
    Category(
        "pillow",
        "pillows",
        ("cushion", "throw pillow", "scatter cushion"),
        "surface",
        SOFT_COLORS,
        ("cotton", "velvet", "fabric"),
        build_pillow,
    ),
    Category(
        "blanket",
        "blankets",
        ("throw", "plaid", "folded blanket"),
        "surface",
        SOFT_COLORS,
        ("wool",),
        build_blanket,
    ),
    Category(
        "backpack",
        "backpacks",
        ("rucksack", "school bag", "bag", "knapsack"),
        "floor",
        ("blue", "red", "green", "black", "orange", "grey", "purple"),
        ("fabric", "leather"),
        build_backpack,
    ),
    Category(
        "suitcase",
        "suitcases",
        ("trolley case", "luggage", "travel bag"),
        "floor",
        ("red", "blue", "black", "grey", "orange", "turquoise", "pink"),
        ("plastic",),
        build_suitcase,
    ),
    Category(
        "shoes",
        "shoes",
        ("shoe", "pair of shoes", "sneakers", "trainers", "boots"),
        "floor",
        ("black", "brown", "red", "white", "blue", "green"),
        ("leather", "fabric"),
        build_shoes,
    ),
    Category(
        "alarm clock",
        "alarm clocks",
        ("bedside clock", "digital clock"),
        "surface",
        ("red", "black", "turquoise", "white", "yellow", "blue"),
        ("metal", "plastic"),
        build_alarm_clock,
    ),
)
