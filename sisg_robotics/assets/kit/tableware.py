"""What stands on a kitchen worktop or a laid table: crockery, pots, and small machines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, between, mirrored_y, one_of
from ..shape import Shape, joined
from ..shapes import box, cylinder, lathe, tube
from .details import DARK_GLASS, NUMBER_WORDS, Parts, arc, disk, knob, loft, plate, rounded

CROCKERY = ("white", "red", "blue", "green", "yellow", "turquoise", "black", "orange")


def vessel(profile: Sequence[tuple[float, float]], wall: float, *, sides: int = 22) -> Shape:
    """A thin pot turned about z: its outside (radius, height) from foot to rim, and the inside at `wall`."""
    inside = [(max(r - wall, 0.0), max(z, wall)) for r, z in reversed(profile)]
    return lathe(
        [(0.0, profile[0][1]), *profile, *inside, (0.0, inside[-1][1])], sides=sides, crease_deg=50.0
    )


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
    inner = style.make("ceramic", "white" if style.color != "white" else "beige")
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
