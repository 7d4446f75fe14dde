"""What things are kept in, carried in and thrown into."""

from __future__ import annotations

import numpy as np

from ..asset import Material, SupportSurface
from ..category import Built, Category, Style, between, mirrored_y, one_of
from ..shape import Shape, joined
from ..shapes import box, cushion, cylinder, ellipsoid, lathe, tube
from .details import (
    NUMBER_WORDS,
    Parts,
    arc,
    either,
    hollow,
    loft,
    ring,
    rounded,
)


def build_trash_can(rng: np.random.Generator, style: Style) -> Built:
    """A bin: with a pedal and a domed lid, with a swing lid, or open with paper in it."""
    kind = one_of(rng, ("pedal", "swing", "open"))
    dark = style.make("plastic", "black" if style.color != "black" else "grey")
    if kind == "open":
        radius, height = between(rng, 0.13, 0.16), between(rng, 0.28, 0.36)
        profile = [
            (0, 0),
            (radius * 0.75, 0.0),
            (radius, height),
            (radius - 0.008, height),
            (radius * 0.75, 0.012),
            (0.0, 0.012),
        ]
        body = lathe(profile, sides=26)
        balls = [
            ellipsoid(0.1, 0.09, 0.09, sides=7, rings=4).moved(x, y, height - 0.1)
            for x, y in ((0.04, 0.03), (-0.05, 0.0), (0.02, -0.06))
        ]
        rim = ring(radius, 0.006, points=26).moved(z=height)
        parts: Parts = [(body, style.main), (rim, dark), (joined(*balls), style.make("cotton", "white"))]
        return Built(
            tuple(parts),
            f"open round {style.look} trash can with crumpled paper in it",
            tags=("open", "wastebasket"),
        )
    radius, height = between(rng, 0.14, 0.17), between(rng, 0.45, 0.62)
    if kind == "pedal":
        body = lathe([(0.0, 0.03), (radius, 0.03), (radius, height - 0.06), (0.0, height - 0.06)], sides=28)
        lid = lathe(
            [(radius + 0.005, 0.0), (radius + 0.005, 0.02), (radius * 0.7, 0.05), (0.0, 0.062)], sides=28
        )
        base = cylinder(radius + 0.006, 0.035, sides=28)
        pedal = box(0.09, 0.06, 0.012, bevel=0.004).moved(radius + 0.03, z=0.012)
        parts = [(joined(body, lid.moved(z=height - 0.06)), style.main), (joined(base, pedal), dark)]
        return Built(
            tuple(parts),
            f"round {style.look} trash can with a pedal and a domed lid",
            tags=("round", "pedal bin"),
        )
    body = loft(
        [
            rounded(radius * a, radius * 2.2 * b, 0.03, z)
            for a, b, z in ((1.5, 0.85, 0.0), (1.8, 1.0, height * 0.78))
        ]
    )
    top = loft(
        [
            rounded(radius * a, radius * 2.2 * b, 0.03, z)
            for a, b, z in ((1.85, 1.02, 0.76), (1.85, 1.02, 0.82), (0.8, 0.9, 1.0))
        ]
    )
    parts = [(body, style.main), (top.scaled(z=height), dark)]
    return Built(
        tuple(parts), f"rectangular {style.look} trash can with a sloping lid", tags=("rectangular", "lid")
    )


def build_bucket(rng: np.random.Generator, style: Style) -> Built:
    """A bucket with a wire handle, at times with a mop in it."""
    radius, height = between(rng, 0.14, 0.17), between(rng, 0.26, 0.32)
    profile = [
        (0, 0),
        (0.72, 0.0),
        (0.98, 0.9),
        (1.04, 0.9),
        (1.04, 1.0),
        (0.97, 1.0),
        (0.7, 0.04),
        (0.0, 0.04),
    ]
    body = lathe(np.array(profile) * [radius, height], sides=26)
    mop = bool(rng.random() < 0.5)
    bow = arc(radius * 1.04, 0.0, np.pi, count=11)
    bail = tube(
        bow @ np.array([[0, 1, 0], [0, 0, 0], [1.0, 0.0, 0.25]]) + np.array([0.0, 0.0, height * 0.95]),
        0.005,
        sides=5,
    )
    parts: Parts = [(body, style.main), (bail, style.make("steel"))]
    if mop:
        stick = tube([(-0.03, 0.02, 0.1), (-radius * 1.15, 0.05, 1.25)], 0.012, sides=8)
        fringe = cylinder(0.07, 0.16, top_radius=0.035, sides=9).moved(-0.03, 0.02, 0.02)
        parts += [(stick, style.make("pine")), (fringe, style.make("cotton", "white"))]
    return Built(
        tuple(parts), f"{style.look} bucket with a handle{' and a mop in it' * mop}", tags=("mop",) * mop
    )


def build_basket(rng: np.random.Generator, style: Style) -> Built:
    """A low open basket with a blanket in it or an arched handle over it."""
    width, height = between(rng, 0.34, 0.46), between(rng, 0.2, 0.28)
    depth = width * either(rng, 0.7, 1.0)
    corner = depth * either(rng, 0.2, 0.46)
    steps = [(0.82, 0.0), (0.95, height * 0.35), (1.0, height * 0.8), (0.97, height)]
    body = hollow([(depth * a, width * a, corner * a, z) for a, z in steps], 0.014)
    outline = rounded(depth * 0.97, width * 0.97, corner, height)[0]
    rim = tube(np.column_stack([outline, np.full(len(outline), height)]), 0.012, sides=6, closed=True)
    if rng.random() < 0.5:
        bow = arc(width * 0.48, 0.0, np.pi, count=13) * [0.0, 0.0, 0.8] + arc(
            width * 0.48, 0.0, np.pi, count=13
        )[:, [1, 0, 1]] * [1, 1, 0]
        handle = tube(bow + np.array([0.0, 0.0, height - 0.02]), 0.012, sides=8)
        return Built(
            ((joined(body, rim, handle), style.main),),
            f"{style.look} basket with an arched handle",
            tags=("handle",),
        )
    word = one_of(rng, ("white", "red", "blue", "green"))
    if corner > depth * 0.3:
        heap = ellipsoid(depth * 0.96, width * 0.96, 0.18).moved(z=height - 0.12)
    else:
        heap = cushion(depth * 0.92, width * 0.92, 0.18, grid=5).moved(z=height - 0.12)
    parts = ((joined(body, rim), style.main), (heap, style.make("wool", word)))
    return Built(parts, f"{style.look} basket with a {word} blanket in it", tags=("blanket",))


def build_cardboard_box(rng: np.random.Generator, style: Style) -> Built:
    """A moving box: taped shut, or open with its four flaps out."""
    depth, width, height = between(rng, 0.3, 0.45), between(rng, 0.4, 0.6), between(rng, 0.28, 0.45)
    if rng.random() < 0.5:
        body = box(depth, width, height)
        tape = box(0.05, width + 0.002, 0.0015).moved(z=height)
        ends = mirrored_y(box(0.05, 0.0015, 0.08).moved(0.0, width / 2 + 0.0005, height - 0.08))
        label = box(0.0015, 0.14, 0.09).moved(depth / 2, width * 0.2, height * 0.45)
        beige = Material("tape", (0.80, 0.72, 0.55), None, 0.4)
        parts: Parts = [
            (body, style.main),
            (joined(tape, ends), beige),
            (label, style.make("paper", "white")),
        ]
        surface = (SupportSurface((0.0, 0.0, height), (depth - 0.06, width - 0.06)),)
        return Built(tuple(parts), f"closed {style.look} box with tape", surface, ("closed", "moving box"))
    body = hollow([(depth, width, 0.004, 0.0), (depth, width, 0.004, height)], 0.006, floor=0.006)
    long_flap = box(depth * 0.5, width, 0.005).moved(depth * 0.25).turned(-0.6, "y").turned(np.pi)
    short_flap = box(depth - 0.01, depth * 0.5, 0.005).moved(y=depth * 0.25).turned(-0.5, "x")
    flaps = joined(
        box(depth * 0.45, width, 0.005)
        .moved(depth * 0.225)
        .turned(0.7, "y")
        .moved(depth / 2 - 0.004, z=height - 0.004),
        long_flap.moved(-depth / 2 + 0.004, z=height - 0.004),
        mirrored_y(short_flap.moved(y=width / 2 - 0.004, z=height - 0.004)),
    )
    return Built(
        ((joined(body, flaps), style.main),),
        f"open {style.look} box with its flaps out",
        tags=("open", "moving box"),
    )


def build_umbrella_stand(rng: np.random.Generator, style: Style) -> Built:
    """A stand with one to three folded umbrellas."""
    radius, height = between(rng, 0.1, 0.13), between(rng, 0.45, 0.55)
    profile = [
        (0, 0),
        (1.05, 0.0),
        (1.05, 0.04),
        (0.9, 0.06),
        (1.0, 0.95),
        (1.06, 1.0),
        (0.98, 1.0),
        (0.84, 0.1),
        (0.0, 0.08),
    ]
    body = lathe(np.array(profile) * [radius, height], sides=24)
    words = [w for w in ("black", "red", "blue", "yellow", "green") if w != style.color]
    count = int(rng.integers(1, 4))
    chosen = rng.permutation(len(words))[:count]
    parts: Parts = [(body, style.main)]
    canes = []
    for i, pick in enumerate(chosen):
        turn = 2.2 * i + 0.4
        folded = lathe(
            [(0.0, 0.0), (0.006, 0.0), (0.03, 0.35), (0.042, 0.62), (0.012, 0.66), (0.0, 0.66)],
            sides=8,
            crease_deg=20.0,
        )
        hook = np.concatenate(
            [
                [(0.0, 0.0, 0.62), (0.0, 0.0, 0.8)],
                arc(0.035, np.pi, 0.0, count=7, center=(0.035, 0.0, 0.82)),
                [(0.07, 0.0, 0.79)],
            ]
        )

        def leaned(shape: Shape, turn: float = turn) -> Shape:
            return shape.turned(0.09, "y").moved(-0.02, z=0.06).turned(turn)

        parts.append((leaned(folded), style.make("fabric", words[pick])))
        canes.append(leaned(tube(hook, 0.01, sides=6)))
    parts.append((joined(*canes), style.make("wood", "brown")))
    number = f"{NUMBER_WORDS[count]} umbrella{'s' * (count > 1)}"
    return Built(tuple(parts), f"round {style.look} umbrella stand with {number} in it", tags=("umbrella",))


CATEGORIES = (
    Category(
        "trash can",
        "trash cans",
        (
            "bin",
            "waste bin",
            "garbage can",
            "dustbin",
            "wastebasket",
            "rubbish bin",
            "trash bin",
            "garbage bin",
        ),
        "floor",
        ("grey", "white", "black", "red", "green", "blue"),
        ("metal", "plastic", "steel"),
        build_trash_can,
    ),
    Category(
        "bucket",
        "buckets",
        ("pail", "mop bucket", "mop"),
        "floor",
        ("red", "blue", "yellow", "green", "grey"),
        ("plastic", "metal"),
        build_bucket,
    ),
    Category(
        "basket",
        "baskets",
        ("wicker basket", "storage basket"),
        "floor",
        ("light brown", "brown", "white", "grey"),
        ("wicker",),
        build_basket,
    ),
    Category(
        "cardboard box",
        "cardboard boxes",
        ("box", "moving box", "carton", "parcel"),
        "floor",
        ("light brown", "white"),
        ("cardboard",),
        build_cardboard_box,
    ),
    Category(
        "umbrella stand",
        "umbrella stands",
        ("umbrella holder", "umbrella"),
        "floor",
        ("black", "grey", "white", "brown", "blue"),
        ("metal", "ceramic", "wicker"),
        build_umbrella_stand,
    ),
)
