"""Consumer electronics: what sounds, rings and plays."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, at_corners, between, mirrored_y
from ..colors import COLORS
from ..shape import Shape, joined
from ..shapes import box, cushion, cylinder, lathe, tube
from .details import Parts, disk, forward, knob, loft, plate, rounded


def build_speaker(rng: np.random.Generator, style: Style) -> Built:
    """A floor-standing loudspeaker with two or three round drivers."""
    width, depth, height = between(rng, 0.2, 0.27), between(rng, 0.25, 0.33), between(rng, 0.85, 1.15)
    count = int(rng.integers(2, 4))
    cabinet = box(depth, width, height - 0.02, bevel=0.008).moved(z=0.02)
    dark, grey = style.make("rubber", "black"), style.make("metal", "grey")
    radius = width * 0.38
    rims, cones = [], []
    for i in range(count):
        size = radius if i < count - 1 else radius * 0.55
        z = height - width * 0.3 - (count - 1 - i) * (radius * 2.25) - (0.0 if i == count - 1 else 0.02)
        rims.append(_driver_rim(size).moved(depth / 2, z=z))
        cones.append(_driver_cone(size).moved(depth / 2, z=z))
    port = forward(disk(width * 0.13, 0.003)).moved(depth / 2, z=0.14)
    feet = at_corners(cylinder(0.018, 0.03, sides=8), depth * 0.4, width * 0.38)
    parts = ((cabinet, style.main), (joined(*rims), grey), (joined(*cones, port, feet), dark))
    what = ("two", "three")[count - 2]
    return Built(parts, f"tall {style.look} speaker with {what} round drivers", tags=("loudspeaker", "tall"))


def _driver_rim(radius: float) -> Shape:
    profile = [
        (radius * 0.85, 0.0),
        (radius, 0),
        (radius, 0.008),
        (radius * 0.85, 0.01),
        (radius * 0.85, 0.0),
    ]
    return forward(lathe(profile, sides=20))


def _driver_cone(radius: float) -> Shape:
    """The rubber surround and the bulging middle of a loudspeaker."""
    profile = [(0.85, 0.003), (0.72, 0.05), (0.3, 0.01), (0.28, 0.04), (0.0, 0.13)]
    return forward(lathe([(r * radius, z * radius + 0.001) for r, z in profile], sides=18))


def build_telephone(rng: np.random.Generator, style: Style) -> Built:
    """A desk telephone, its receiver on the cradle, with a dial or with keys."""
    dial = bool(rng.random() < 0.5)
    depth, width, height = between(rng, 0.19, 0.22), between(rng, 0.2, 0.23), between(rng, 0.09, 0.11)
    slope = float(np.arctan2(height * 0.8 - 0.02, depth * 0.495))
    body = loft(
        [
            rounded(depth, width, 0.03, 0.0),
            rounded(depth, width, 0.03, 0.02),
            rounded(depth * 0.45, width * 0.72, 0.02, height * 0.8, x=-depth * 0.22),
            rounded(depth * 0.36, width * 0.66, 0.02, height * 0.85, x=-depth * 0.22),
        ]
    )
    grip = np.array([(0, -0.1, 0), (0.0, -0.07, 0.03), (0.0, 0.0, 0.04), (0.0, 0.07, 0.03), (0.0, 0.1, 0.0)])
    caps = mirrored_y(cylinder(0.028, 0.026, top_radius=0.022, sides=14).moved(y=0.095, z=-0.014))
    receiver = joined(tube(grip, 0.013, sides=8), caps).moved(-depth * 0.22, z=height * 0.85 + 0.015)
    white = style.make("plastic", "white" if style.color != "white" else "grey")
    if dial:
        face = lathe([(0.055, 0.0), (0.055, 0.008), (0.022, 0.008), (0.022, 0.0)], sides=22)
        face = joined(
            face,
            disk(0.05, 0.004),
            *(disk(0.008, 0.011, sides=8).moved(0.038, 0.0).turned(a) for a in _hours()),
        )
        what = "a round dial"
    else:
        spots = [(x, y) for x in (-0.036, -0.012, 0.012, 0.036) for y in (-0.03, 0.0, 0.03)]
        face, what = joined(*(box(0.017, 0.022, 0.01).moved(x, y) for x, y in spots)), "keys"
    face = face.turned(slope, "y").moved(depth * 0.25, z=height * 0.4 + 0.008)
    parts = ((joined(body, receiver), style.main), (face, white))
    return Built(parts, f"{style.look} telephone with a receiver and {what}", tags=("desk phone",))


def _hours() -> np.ndarray:
    return np.linspace(0.3, 5.5, 10)


def build_radio(rng: np.random.Generator, style: Style) -> Built:
    """A portable radio with a grille, two knobs, a scale and a handle."""
    width, depth, height = between(rng, 0.26, 0.34), between(rng, 0.09, 0.12), between(rng, 0.16, 0.2)
    body = box(depth, width, height, bevel=0.02, segments=2)
    grille = plate(0.004, width * 0.46, height * 0.66, radius=0.02).moved(
        depth / 2, -width * 0.2, height * 0.15
    )
    slats = [
        box(0.004, width * 0.4, 0.006).moved(depth / 2 + 0.005, -width * 0.2, height * z)
        for z in (0.25, 0.4, 0.55, 0.7)
    ]
    scale = plate(0.004, width * 0.34, height * 0.24, radius=0.008).moved(
        depth / 2, width * 0.24, height * 0.58
    )
    knobs = joined(*(knob(0.021).moved(depth / 2, width * y, height * 0.3) for y in (0.14, 0.34)))
    bow = [(0, -1, 0), (0, -1, 1), (0, 1, 1), (0, 1, 0)] * np.array([1.0, width * 0.4, 0.045])
    handle = tube(bow, 0.007, sides=6).moved(z=height - 0.008)
    aerial = tube(
        [(-depth * 0.3, width * 0.42, height - 0.01), (-depth * 0.3, width * 0.62, height + 0.2)],
        0.003,
        sides=5,
    )
    chrome, dark = style.make("chrome"), style.make("plastic", "black" if style.color != "black" else "grey")
    parts = (
        (body, style.main),
        (grille, dark),
        (joined(*slats, knobs, handle, aerial), chrome),
        (scale, style.make("paper", "yellow")),
    )
    return Built(parts, f"{style.look} radio with a grille, two knobs and a handle", tags=("portable",))


def build_controller(rng: np.random.Generator, style: Style) -> Built:
    """A game controller lying flat: two grips, two sticks, a cross and four buttons."""
    width = between(rng, 0.17, 0.19)
    middle = cushion(0.085, width * 0.8, 0.04, puff=0.2, grid=4).moved(-0.015)
    grip = tube(
        [(-0.02, 0.0, 0.022), (0.03, 0.008, 0.02), (0.075, 0.02, 0.015)], [0.026, 0.022, 0.013], sides=10
    )
    grips = mirrored_y(grip.moved(y=width * 0.38))
    dark = style.make("plastic", "black" if style.color != "black" else "grey")
    stick = joined(cylinder(0.007, 0.016, sides=8), cylinder(0.013, 0.006, sides=12).moved(z=0.014))
    sticks = mirrored_y(stick.moved(0.012, width * 0.17, 0.033))
    cross = joined(box(0.032, 0.011, 0.008), box(0.011, 0.032, 0.008)).moved(-0.028, -width * 0.28, 0.034)
    dots = [(0.016, 0.0, "green"), (-0.016, 0.0, "yellow"), (0.0, 0.016, "red"), (0.0, -0.016, "blue")]
    parts: Parts = [(joined(middle, grips), style.main), (joined(sticks, cross), dark)]
    for x, y, word in dots:
        button = disk(0.007, 0.008, sides=8).moved(x - 0.028, y + width * 0.28, 0.034)
        parts.append((button, Material(word, COLORS[word], None, 0.4)))
    return Built(tuple(parts), f"{style.look} game controller with two sticks", tags=("gamepad",))


CATEGORIES = (
    Category(
        "speaker",
        "speakers",
        ("loudspeaker", "floor speaker", "hi-fi speaker"),
        "floor",
        ("black", "white", "red"),
        ("walnut", "oak", "lacquer"),
        build_speaker,
    ),
    Category(
        "telephone",
        "telephones",
        ("phone", "landline", "desk phone"),
        "surface",
        ("red", "black", "green", "beige", "white"),
        ("plastic",),
        build_telephone,
    ),
    Category(
        "radio",
        "radios",
        ("transistor radio", "portable radio"),
        "surface",
        ("red", "turquoise", "beige", "black", "orange"),
        ("plastic", "leather", "walnut"),
        build_radio,
    ),
    Category(
        "game controller",
        "game controllers",
        ("gamepad", "controller", "joypad"),
        "surface",
        ("black", "white", "red", "blue"),
        ("plastic",),
        build_controller,
    ),
)
