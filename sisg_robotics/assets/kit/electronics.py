"""Electronics: screens, computers, what prints, rings and plays."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, at_corners, between, mirrored_y, one_of
from ..colors import COLORS
from ..shape import Shape, joined
from ..shapes import box, cushion, cylinder, lathe, tube
from .details import (
    DARK_GLASS,
    PAPER,
    Parts,
    disk,
    forward,
    knob,
    loft,
    picture,
    plate,
    rounded,
)

SCREEN_ASPECT = 9 / 16


def desktop_pixels(rng: np.random.Generator) -> np.ndarray:
    """What a computer shows (h, w, 3): a plain background, a bar, two windows with lines of text."""
    height, width = 72, 128
    sky = np.array(COLORS[one_of(rng, ("blue", "turquoise", "purple"))])
    pixels = np.linspace(0.75, 1.15, height)[:, None, None] * sky + np.zeros((height, width, 3))
    pixels[-5:] = 0.12
    for left, top, wide, high in ((12, 8, 62, 44), (64, 20, 52, 40)):
        pixels[top : top + high, left : left + wide] = 0.96
        pixels[top : top + 4, left : left + wide] = (0.3, 0.34, 0.4)
        for row in range(top + 8, top + high - 3, 4):
            pixels[row : row + 2, left + 4 : left + 4 + int(rng.integers(wide // 3, wide - 8))] = 0.35
    return pixels


def landscape_pixels(rng: np.random.Generator) -> np.ndarray:
    """What a television shows (h, w, 3): sky, hills and a sun."""
    height, width = 72, 128
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width])[:, None, None]
    pixels = np.stack([0.45 + 0.4 * y, 0.65 + 0.25 * y, 0.95 - 0.1 * y], axis=-1)
    sun = (x - between(rng, 0.2, 0.8)) ** 2 * 3 + (y - 0.25) ** 2 < 0.012
    pixels[sun] = (1.0, 0.93, 0.55)
    for level, color in ((0.5, (0.35, 0.5, 0.55)), (0.66, (0.25, 0.5, 0.25)), (0.82, (0.16, 0.36, 0.15))):
        ridge = level + 0.07 * np.sin(2 * np.pi * (x * between(rng, 0.8, 2.0) + between(rng, 0.0, 1.0)))
        pixels[y > ridge] = color
    return pixels


def screen(width: float, *, pixels: np.ndarray | None) -> tuple[Shape, Material]:
    """A 16:9 screen in the plane x = 0, standing on z = 0: dark, or showing these pixels."""
    height = width * SCREEN_ASPECT
    if pixels is None:
        return plate(0.002, width, height, radius=0.004), DARK_GLASS
    return picture(width, height, pixels, emission=0.85)


def build_television(rng: np.random.Generator, style: Style) -> Built:
    """A flat television on a foot or on two legs, on or off."""
    width = between(rng, 0.85, 1.25)
    height, lift = width * SCREEN_ASPECT + 0.035, between(rng, 0.05, 0.08)
    on = bool(rng.random() < 0.4)
    case = plate(0.035, width + 0.03, height, radius=0.012, bevel=0.006).moved(-0.015, z=lift)
    hump = box(0.05, width * 0.55, height * 0.5, bevel=0.012).moved(-0.035, z=lift + 0.03)
    face, face_material = screen(width, pixels=landscape_pixels(rng) if on else None)
    face = face.moved(0.0205, z=lift + 0.022)
    if rng.random() < 0.5:
        foot = box(0.24, width * 0.42, 0.014, bevel=0.005)
        stand, what = joined(foot, box(0.05, width * 0.16, lift + 0.06).moved(-0.03, z=0.008)), "a foot"
    else:
        leg = tube([(0.11, 0.0, 0.008), (-0.005, 0.0, lift + 0.02), (-0.12, 0.0, 0.008)], 0.008, sides=6)
        stand, what = mirrored_y(leg.moved(y=width * 0.36)), "two legs"
    light = style.make("metal", "grey" if style.color == "black" else "black")
    parts = ((joined(case, hump), style.main), (stand, light), (face, face_material))
    state = "showing a landscape" if on else "with a dark screen"
    return Built(
        parts, f"flat {style.look} television on {what} {state}", tags=("flat screen", "on" if on else "off")
    )


def build_monitor(rng: np.random.Generator, style: Style) -> Built:
    """A computer monitor on a stand, showing a desktop."""
    width, lift = between(rng, 0.5, 0.68), between(rng, 0.12, 0.18)
    height = width * SCREEN_ASPECT + 0.04
    case = plate(0.03, width + 0.024, height, radius=0.01, bevel=0.005).moved(-0.01, z=lift)
    face, face_material = screen(width, pixels=desktop_pixels(rng))
    neck = box(0.03, 0.06, lift + height * 0.4, bevel=0.008).moved(-0.03)
    if rng.random() < 0.5:
        foot, what = cylinder(0.12, 0.014, bevel=0.005), "a round foot"
    else:
        foot, what = box(0.2, 0.26, 0.014, bevel=0.005), "a square foot"
    back = plate(0.014, width * 0.7, height * 0.6, radius=0.03).moved(-0.024, z=lift + height * 0.2)
    parts = (
        (joined(case, back), style.main),
        (face.moved(0.0205, z=lift + 0.028), face_material),
        (joined(neck, foot.moved(-0.01)), style.make("metal", "grey" if style.color != "grey" else "black")),
    )
    return Built(
        parts, f"{style.look} computer monitor on {what} with a lit screen", tags=("screen", "display")
    )


def build_laptop(rng: np.random.Generator, style: Style) -> Built:
    """An open laptop, its screen on."""
    width = between(rng, 0.31, 0.39)
    depth, lean = width * 0.68, between(rng, 0.2, 0.4)
    dark = style.make("plastic", "black" if style.color != "black" else "grey")
    base = loft([rounded(depth, width, 0.015, z) for z in (0.0, 0.016)])
    keys = [
        box(0.014, width * 0.062, 0.003).moved(
            -depth * 0.34 + row * 0.0185, (column - 5.5) * width * 0.074, 0.0155
        )
        for row in range(5)
        for column in range(12)
    ]
    pad = box(depth * 0.28, width * 0.32, 0.001).moved(depth * 0.29, z=0.016)
    lid = plate(0.008, width, depth * 0.98, radius=0.015).moved(-0.008)
    face, face_material = screen(width * 0.92, pixels=desktop_pixels(rng))
    bezel = plate(0.0015, width * 0.97, depth * 0.93, radius=0.01).moved(z=depth * 0.025)
    face = face.moved(0.003, z=(depth * 0.98 - width * 0.92 * SCREEN_ASPECT) / 2)

    def hinged(shape: Shape) -> Shape:
        return shape.turned(-lean, "y").moved(-depth / 2 + 0.005, z=0.012)

    parts = (
        (joined(base, hinged(lid)), style.main),
        (joined(*keys, pad, hinged(bezel)), dark),
        (hinged(face), face_material),
    )
    return Built(parts, f"open {style.look} laptop with a lit screen", tags=("open", "notebook"))


def build_keyboard(rng: np.random.Generator, style: Style) -> Built:
    """A computer keyboard with five rows of keys, its space bar towards +x."""
    columns = int(rng.integers(11, 14))
    pitch = between(rng, 0.028, 0.031)
    width, depth = columns * pitch + 0.03, 5 * pitch + 0.03
    slope = box(depth, width, 0.024, bevel=0.005).warped(
        lambda p: p * [1, 1, 1] + np.outer(p[:, 2] * (0.5 - p[:, 0] / depth) * 0.8, [0, 0, 1])
    )
    caps = []
    for row in range(5):
        for column in range(columns):
            if row == 4 and 2 <= column < columns - 3:
                continue
            x = (row - 2) * pitch
            caps.append(
                _key(pitch * 0.86, pitch * 0.86).moved(
                    x, (column - (columns - 1) / 2) * pitch, _deck(x, depth)
                )
            )
    bar = (columns - 5) * pitch
    caps.append(_key(pitch * 0.86, bar - 0.004).moved(2 * pitch, -0.5 * pitch, _deck(2 * pitch, depth)))
    pale = style.make("plastic", "white" if style.color != "white" else "grey")
    parts = ((slope, style.main), (joined(*caps), pale))
    return Built(parts, f"{style.look} computer keyboard with light keys", tags=("keys",))


def _key(depth: float, width: float) -> Shape:
    return box(depth, width, 0.011).tapered(0.8, 1 - 0.2 * depth / width)


def _deck(x: float, depth: float) -> float:
    return 0.024 * (1 + (0.5 - x / depth) * 0.8) - 0.003


def build_printer(rng: np.random.Generator, style: Style) -> Built:
    """A desktop printer: paper in at the back, a page out in front, a small panel."""
    width, depth, height = between(rng, 0.4, 0.48), between(rng, 0.3, 0.36), between(rng, 0.17, 0.24)
    dark = style.make("plastic", "grey" if style.color == "black" else "black")
    body = loft(
        [
            rounded(depth, width, 0.03, 0.0),
            rounded(depth, width, 0.03, height * 0.8),
            rounded(depth - 0.03, width - 0.02, 0.03, height),
        ]
    )
    slot = plate(0.004, width * 0.72, height * 0.34, radius=0.01).moved(depth / 2 - 0.002, z=height * 0.16)
    tray = box(0.14, width * 0.6, 0.012).moved(depth / 2 + 0.06, z=height * 0.17)
    page = box(0.17, 0.21, 0.004).moved(depth / 2 + 0.055, z=height * 0.17 + 0.012)
    feed = plate(0.008, 0.26, 0.17, radius=0.02).turned(-0.35, "y").moved(-depth / 2 + 0.045, z=height - 0.03)
    stock = (
        plate(0.012, 0.21, 0.2, radius=0.002).turned(-0.35, "y").moved(-depth / 2 + 0.055, z=height - 0.03)
    )
    panel = box(0.07, width * 0.4, 0.004).moved(depth / 2 - 0.075, -width * 0.2, height - 0.001)
    keys = joined(
        *(disk(0.008, 0.005, sides=8).moved(depth / 2 - 0.075, y, height) for y in (0.08, 0.11, 0.14))
    )
    parts = (
        (body, style.main),
        (joined(slot, tray, feed, panel, keys), dark),
        (joined(page, stock), PAPER),
    )
    return Built(parts, f"{style.look} printer with white paper in its trays", tags=("paper",))


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
        "television",
        "televisions",
        ("tv", "tv set", "telly", "flat screen"),
        "surface",
        ("black", "grey", "white"),
        ("plastic", "metal"),
        build_television,
    ),
    Category(
        "computer monitor",
        "computer monitors",
        ("monitor", "computer screen", "display", "screen"),
        "surface",
        ("black", "white", "grey"),
        ("plastic",),
        build_monitor,
    ),
    Category(
        "laptop",
        "laptops",
        ("notebook computer", "laptop computer", "computer"),
        "surface",
        ("grey", "black", "white", "pink", "blue"),
        ("metal", "plastic"),
        build_laptop,
    ),
    Category(
        "keyboard",
        "keyboards",
        ("computer keyboard",),
        "surface",
        ("black", "grey", "blue", "red"),
        ("plastic",),
        build_keyboard,
    ),
    Category(
        "printer",
        "printers",
        ("inkjet printer",),
        "surface",
        ("white", "black", "grey"),
        ("plastic",),
        build_printer,
    ),
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
