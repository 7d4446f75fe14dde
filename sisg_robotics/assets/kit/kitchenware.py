"""Kitchenware: kettle, toaster, coffee machine, pot, pan."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, between, mirrored_y
from ..shape import joined
from ..shapes import box, cylinder, lathe, tube
from .details import DARK_GLASS, Parts, arc, disk, knob, loft, plate, rounded
from .tableware import vessel


def build_kettle(rng: np.random.Generator, style: Style) -> Built:
    """An electric kettle on its base."""
    radius, height = between(rng, 0.085, 0.095), between(rng, 0.19, 0.23)
    dark = style.make("plastic", "black")
    base = cylinder(radius * 1.02, 0.022, bevel=0.006)
    body = lathe(
        [
            (0.0, 0.024),
            (radius, 0.024),
            (radius, 0.05),
            (radius * 0.7, height),
            (radius * 0.55, height + 0.008),
            (0.0, height + 0.01),
        ],
    )
    lid = cylinder(0.014, 0.022, bevel=0.006, sides=12).moved(z=height + 0.008)
    bow = np.array([(0.0, 0.68, 0.95), (0.0, 1.2, 0.98), (0.0, 1.5, 0.85), (0.0, 1.52, 0.5), (0.0, 1.0, 0.3)])
    handle = tube(bow * [0, radius, height], [0.011, 0.012, 0.013, 0.013, 0.01], sides=8)
    spout = tube(
        np.array([(0.0, -0.6, 0.72), (0.0, -1.0, 0.9), (0.0, -1.12, 0.97)]) * [0, radius, height],
        [0.03, 0.02, 0.014],
        sides=8,
    )
    parts = ((joined(body, spout), style.main), (joined(base, lid, handle), dark))
    return Built(parts, f"{style.look} kettle with a black handle", tags=("electric kettle",))


def build_toaster(rng: np.random.Generator, style: Style) -> Built:
    """A toaster for two slices, at times with toast."""
    width, depth, height = between(rng, 0.27, 0.31), between(rng, 0.16, 0.19), between(rng, 0.18, 0.2)
    dark = style.make("plastic", "black")
    body = loft(
        [
            rounded(depth, width, 0.05, 0.018),
            rounded(depth + 0.006, width + 0.006, 0.05, 0.06),
            rounded(depth, width, 0.05, height - 0.03),
            rounded(depth - 0.02, width - 0.02, 0.045, height - 0.006),
            rounded(depth - 0.04, width - 0.04, 0.04, height),
        ]
    )
    slots = joined(*(box(0.026, width * 0.62, 0.006).moved(x, z=height - 0.003) for x in (-0.03, 0.03)))
    foot = loft(
        [rounded(depth - 0.02, width - 0.02, 0.04, 0.0), rounded(depth - 0.02, width - 0.02, 0.04, 0.02)]
    )
    lever = box(0.05, 0.03, 0.016, bevel=0.004).moved(0.0, width / 2 + 0.012, height * 0.62)
    track = box(0.012, 0.004, height * 0.5).moved(0.0, width / 2 + 0.001, height * 0.3)
    bread = joined(
        *(box(0.016, width * 0.45, 0.045, bevel=0.006).moved(x, z=height - 0.012) for x in (-0.03, 0.03))
    )
    crust = Material("toast", (0.74, 0.52, 0.28), None, 0.9)
    dial = knob(0.018).moved(depth / 2, 0.0, 0.06)
    toasting = bool(rng.random() < 0.5)
    parts: Parts = [(body, style.main), (joined(slots, foot, lever, track, dial), dark)]
    if toasting:
        parts.append((bread, crust))
    return Built(tuple(parts), f"{style.look} toaster with two slots" + " and toast in them" * toasting)


def build_coffee_machine(rng: np.random.Generator, style: Style) -> Built:
    """A coffee machine with a glass pot or a cup under its nozzle."""
    width, depth, height = between(rng, 0.2, 0.26), between(rng, 0.27, 0.32), between(rng, 0.33, 0.38)
    back, chrome, dark = depth * 0.45, style.make("chrome"), style.make("plastic", "black")
    column = box(back, width, height - 0.06, bevel=0.012).moved(-depth / 2 + back / 2, z=0.04)
    foot = box(depth, width, 0.045, bevel=0.01)
    head = box(depth * 0.92, width, height * 0.3, bevel=0.015).moved(-depth * 0.04, z=height * 0.7)
    grate = box(depth * 0.4, width * 0.75, 0.006).moved(depth * 0.22, z=0.042)
    nozzle = cylinder(0.016, 0.05, sides=10).moved(depth * 0.2, z=height * 0.7 - 0.045)
    keys = mirrored_y(knob(0.014, 0.012).moved(depth * 0.42, width * 0.28, height * 0.86))
    screen = plate(0.003, width * 0.3, 0.035, radius=0.004).moved(depth * 0.42, 0.0, height * 0.83)
    if rng.random() < 0.5:
        glass = [(0.045, 0.0), (0.062, 0.02), (0.058, 0.08), (0.045, 0.105)]
        pot = lathe([(0, 0), *glass, (0.0, 0.105)], sides=18).moved(depth * 0.2, z=0.048)
        grip = arc(0.03, -1.3, 1.3, count=6, center=(depth * 0.2 + 0.055, 0.0, 0.1))
        extra: Parts = [(pot, DARK_GLASS), (tube(grip, 0.008, sides=6), chrome)]
        what = "a glass pot"
    else:
        cup = vessel([(0.024, 0.0), (0.03, 0.012), (0.036, 0.06)], 0.004, sides=16).moved(
            depth * 0.2, z=0.048
        )
        extra, what = [(cup, style.make("porcelain", "white"))], "a white cup under it"
    parts: Parts = [(joined(column, foot, head), style.main), (joined(grate, nozzle), dark), (keys, chrome)]
    parts += [(screen, DARK_GLASS), *extra]
    return Built(tuple(parts), f"{style.look} coffee machine with {what}", tags=("espresso",))


def build_pot(rng: np.random.Generator, style: Style) -> Built:
    """A cooking pot with its lid on."""
    radius, height = between(rng, 0.11, 0.14), between(rng, 0.11, 0.16)
    steel = style.make("steel")
    body = lathe([(0, 0), (radius - 0.01, 0.0), (radius, 0.01), (radius, height), (0, height)], sides=28)
    rim = lathe(
        [(radius, -0.005), (radius + 0.006, 0.0), (radius - 0.006, 0.005), (radius - 0.006, 0.0)], sides=28
    ).moved(z=height)
    lid = lathe([(radius * 0.99, 0.0), (radius * 0.7, 0.022), (0.02, 0.03), (0.0, 0.03)], sides=28).moved(
        z=height
    )
    button = lathe([(0.008, 0.0), (0.008, 0.014), (0.02, 0.02), (0.018, 0.03), (0.0, 0.032)], sides=12).moved(
        z=height + 0.026
    )
    ear = arc(0.035, 0.0, np.pi, count=7).dot([[1, 0, 0], [0, 0, 1], [0, 1, 0]])  # level, bulging along +y
    grip = tube(ear + np.array([0.0, radius - 0.008, height * 0.75]), 0.007, sides=6)
    parts = ((joined(body, lid), style.main), (joined(rim, button, mirrored_y(grip)), steel))
    return Built(parts, f"{style.look} cooking pot with a lid and two handles", tags=("lid",))


def build_pan(rng: np.random.Generator, style: Style) -> Built:
    """A frying pan, its handle along +y."""
    radius, height = between(rng, 0.13, 0.16), between(rng, 0.05, 0.07)
    body = vessel([(radius * 0.78, 0.0), (radius * 0.84, 0.006), (radius, height)], 0.005, sides=30)
    path = np.array(
        [
            (0.0, radius * 0.93, height * 0.8),
            (0.0, radius + 0.05, height + 0.005),
            (0.0, radius + 0.2, height + 0.03),
        ]
    )
    handle = tube(path, [0.009, 0.012, 0.015], sides=8)
    base = disk(radius * 0.76, 0.002, sides=30).moved(z=0.005)
    dark = style.make("metal", "black") if style.color != "black" else style.make("metal", "grey")
    parts = ((body, style.main), (handle, style.make("plastic", "black")), (base, dark))
    return Built(parts, f"round {style.look} frying pan with a long handle", tags=("round", "skillet"))


CATEGORIES = (
    Category(
        "kettle",
        "kettles",
        ("electric kettle", "tea kettle", "water boiler"),
        "surface",
        ("red", "white", "black", "turquoise", "blue"),
        ("steel", "metal", "plastic"),
        build_kettle,
    ),
    Category(
        "toaster",
        "toasters",
        (),
        "surface",
        ("red", "white", "turquoise", "black", "yellow"),
        ("steel", "metal", "plastic"),
        build_toaster,
    ),
    Category(
        "coffee machine",
        "coffee machines",
        ("coffee maker", "espresso machine", "coffeemaker"),
        "surface",
        ("black", "red", "white", "grey"),
        ("plastic", "metal", "steel"),
        build_coffee_machine,
    ),
    Category(
        "cooking pot",
        "cooking pots",
        ("pot", "saucepan", "casserole", "stockpot"),
        "surface",
        ("red", "blue", "green", "orange", "black"),
        ("steel", "metal"),
        build_pot,
    ),
    Category(
        "frying pan",
        "frying pans",
        ("pan", "skillet"),
        "surface",
        ("black", "grey", "red", "green"),
        ("metal",),
        build_pan,
    ),
)
