"""Screens: television, computer monitor, laptop, and what they show."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, between, mirrored_y, one_of
from ..colors import COLORS
from ..shape import Shape, joined
from ..shapes import box, cylinder, tube
from .details import DARK_GLASS, loft, picture, plate, rounded

SCREEN_ASPECT = 9 / 16


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


def screen(width: float, *, pixels: np.ndarray | None) -> tuple[Shape, Material]:
    """A 16:9 screen in the plane x = 0, standing on z = 0: dark, or showing these pixels."""
    height = width * SCREEN_ASPECT
    if pixels is None:
        return plate(0.002, width, height, radius=0.004), DARK_GLASS
    return picture(width, height, pixels, emission=0.85)


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
)
