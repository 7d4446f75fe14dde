"""Bathroom fixtures: toilet, bathtub, shower, washbasin."""

from __future__ import annotations

import numpy as np

from ..category import Built, Category, Style, at_corners, between, mirrored_y
from ..outlines import ellipse, extrude
from ..shape import Shape, joined
from ..shapes import box, cylinder, ellipsoid, lathe, tube
from .details import PALE_GLASS, WATER, Parts, Section, arc, disk, either, loft, plate, rounded, tap

SANITARY = ("white", "beige", "grey")


def build_toilet(rng: np.random.Generator, style: Style) -> Built:
    """A toilet with its cistern behind and its lid up or down."""
    width, length, seat = between(rng, 0.36, 0.39), between(rng, 0.44, 0.48), between(rng, 0.4, 0.43)
    lid_up = bool(rng.random() < 0.5)
    pan = loft(
        [
            oval(0.34, 0.22, 0.0, x=-0.03),
            oval(0.31, 0.2, 0.05, x=-0.03),
            oval(0.32, 0.21, seat * 0.5, x=-0.02),
            oval(length * 0.95, width * 0.93, seat * 0.86),
            oval(length, width, seat - 0.02),
            oval(length, width, seat),
            oval(length * 0.68, width * 0.64, seat),
            oval(length * 0.55, width * 0.5, seat * 0.75),
            oval(0.1, 0.08, seat * 0.55),
        ]
    )
    back = -length / 2
    shelf = box(0.22, width * 0.62, seat * 0.62, bevel=0.02).moved(back - 0.03, z=seat * 0.38)
    cistern = box(0.17, width, 0.35, bevel=0.025).tapered(1.06, 1.04).moved(back - 0.06, z=seat)
    top = box(0.19, width + 0.03, 0.03, bevel=0.01).moved(back - 0.06, z=seat + 0.345)
    water = extrude(ellipse(length * 0.46, width * 0.42, sides=20), 0.004).moved(z=seat * 0.66)
    cover = extrude(ellipse(length, width, sides=24), 0.02, bevel=0.006)
    hoop = lathe([(0.35, 0.0), (0.5, 0.0), (0.5, 0.016), (0.47, 0.02), (0.35, 0.02), (0.35, 0.0)], sides=24)
    seat_ring = hoop.scaled(length, width).moved(z=seat + 0.002)
    if lid_up:
        cover = (
            cover.moved(length / 2, z=0.0).turned(-np.pi / 2 + 0.12, "y").moved(back + 0.035, z=seat + 0.03)
        )
        lid, seat_parts = "its lid up", joined(cover, seat_ring)
    else:
        lid, seat_parts = "its lid down", cover.moved(z=seat + 0.012)
    button = disk(0.022, 0.006, sides=14).moved(back - 0.06, z=seat + 0.374)
    parts: Parts = [(joined(pan, shelf, cistern, top), style.main), (button, style.make("chrome"))]
    parts += [(seat_parts, style.make("plastic", style.color))]
    if lid_up:
        parts.append((water, WATER))
    return Built(
        tuple(parts), f"{style.look} toilet with {lid}", tags=("cistern", "lid up" if lid_up else "lid down")
    )


def build_bathtub(rng: np.random.Generator, style: Style) -> Built:
    """A bathtub, long side in front: built in with a flat apron, or oval on feet."""
    length, width, height = between(rng, 1.55, 1.8), between(rng, 0.72, 0.82), between(rng, 0.54, 0.62)
    free = bool(rng.random() < 0.5)
    chrome = style.make("chrome")
    if free:
        steps = ((0.62, 0.72, 0.14), (0.78, 0.84, 0.22), (0.92, 0.94, 0.42), (1.0, 1.0, height))
        outside = [oval(width * a, length * b, z) for a, b, z in steps]
        rim = [
            oval(width * 1.02, length * 1.01, height + 0.012),
            oval(width * 0.9, length * 0.95, height + 0.01),
        ]
        inside = [
            oval(width * a * 0.88, length * b * 0.94, z)
            for a, b, z in ((0.9, 0.93, 0.42), (0.75, 0.82, 0.24))
        ]
        tub = loft([*outside, *rim, *inside, oval(width * 0.4, length * 0.55, 0.2)])
        foot = tube([(0.0, 0.0, 0.17), (0.03, 0.03, 0.08), (0.05, 0.05, 0.0)], [0.03, 0.018, 0.028], sides=8)
        stand: Parts = [(at_corners(foot, width * 0.24, length * 0.27), chrome)]
        what, mixer_y = "oval {} bathtub on four feet", 0.0
        mixer = tap(0.24, 0.16).moved(-width / 2 + 0.03, mixer_y, height)
    else:
        shell = [rounded(width, length, 0.02, 0.0), rounded(width, length, 0.03, height - 0.015)]
        rim = [
            rounded(width - 0.02, length - 0.02, 0.03, height),
            rounded(width - 0.13, length - 0.16, 0.2, height),
        ]
        inside = [
            rounded(width - 0.17, length - 0.2, 0.19, height - 0.05),
            rounded(width - 0.28, length - 0.4, 0.15, 0.2),
        ]
        tub = loft([*shell, *rim, *inside, rounded(width - 0.4, length - 0.6, 0.1, 0.16)])
        stand, what = [], "built-in {} bathtub with a flat apron"
        mixer = tap(0.2, 0.14).turned(-np.pi / 2).moved(0.0, length / 2 - 0.045, height - 0.002)
    drain = disk(0.03, 0.004, sides=14).moved(z=0.2 if free else 0.16)
    parts = ((tub, style.main), *stand, (joined(mixer, drain), chrome))
    return Built(parts, what.format(style.look), tags=("freestanding" if free else "built-in",))


def build_shower(rng: np.random.Generator, style: Style) -> Built:
    """A shower open in front: tray, back wall, one glass side, rail with an overhead rose."""
    size, height = between(rng, 0.85, 1.0), between(rng, 2.0, 2.15)
    side = either(rng, -1.0, 1.0)
    tray = loft(
        [
            rounded(size, size, 0.03, 0.0),
            rounded(size, size, 0.03, 0.09),
            rounded(size - 0.08, size - 0.08, 0.05, 0.09),
            rounded(size - 0.12, size - 0.12, 0.05, 0.045),
        ]
    )
    wall = box(0.03, size, height - 0.09, bevel=0.003).moved(-size / 2 + 0.015, z=0.09)
    glass = box(size - 0.04, 0.008, height - 0.2).moved(0.01, side * (size / 2 - 0.02), 0.09)
    post = box(0.025, 0.025, height - 0.19).moved(size / 2 - 0.02, side * (size / 2 - 0.02), 0.09)
    beam = box(size - 0.02, 0.02, 0.02).moved(0.0, side * (size / 2 - 0.02), height - 0.11)
    back = -size / 2 + 0.03
    neck = arc(0.17, np.pi, np.pi / 2, count=6, center=(back + 0.23, 0.0, height - 0.3))
    pipe = np.concatenate([[(back + 0.06, 0.0, 0.95)], neck, [(back + 0.33, 0.0, height - 0.13)]])
    rose = cylinder(0.11, 0.014, sides=22).moved(back + 0.36, z=height - 0.16)
    stem = cylinder(0.012, 0.03, sides=8).moved(back + 0.33, z=height - 0.15)
    mixer = tube([(back + 0.06, -0.13, 1.0), (back + 0.06, 0.13, 1.0)], 0.024, sides=10)
    mounts = [tube([(back, 0, z), (back + 0.06, 0.0, z)], 0.012, sides=6) for z in (1.0, height - 0.35)]
    drain = disk(0.045, 0.004).moved(z=0.045)
    metal = joined(tube(pipe, 0.012, sides=8), rose, stem, mixer, *mounts, drain, post, beam)
    parts = ((joined(tray, wall), style.main), (glass, PALE_GLASS), (metal, style.make("chrome")))
    description = f"{style.look} shower with a glass side panel and an overhead shower head"
    return Built(parts, description, tags=("glass", "walk-in"))


def build_washbasin(rng: np.random.Generator, style: Style) -> Built:
    """A washbasin on a pedestal, or on a small cabinet of the same colour."""
    width, depth, rim = between(rng, 0.52, 0.7), between(rng, 0.42, 0.48), between(rng, 0.82, 0.88)
    on_cabinet = bool(rng.random() < 0.5)
    chrome = style.make("chrome")
    if on_cabinet:
        body, fittings = _cabinet_basin(depth, width, rim)
        tap_x, what = 0.05 - depth / 2, "on a cabinet with two doors"
    else:
        body, fittings = _pedestal_basin(depth, width, rim)
        tap_x, what = 0.035 - depth / 2, "on a pedestal"
    mixer = tap(0.17, 0.13).moved(tap_x, z=rim + 0.01)
    parts = ((body, style.main), (joined(fittings, mixer), chrome))
    tags = ("cabinet",) if on_cabinet else ("pedestal",)
    return Built(parts, f"{style.look} washbasin {what} with a tap", tags=tags)


HOLLOW = ((0.76, 0.84, 0.012), (0.7, 0.78, -0.03), (0.45, 0.5, -0.09))
"""The inside of a basin: shares of depth and width, and height over the rim."""


def _cabinet_basin(depth: float, width: float, rim: float) -> tuple[Shape, Shape]:
    """A rectangular basin on a cabinet, and the cabinet's knobs and feet with the drain."""
    block = ((0.98, 0.98, -0.1), (1.0, 1.0, -0.02), (1.0, 1.0, 0.0), (0.98, 0.98, 0.012))
    outside = [rounded(depth * a, width * b, 0.04, rim + z) for a, b, z in block]
    inside = [rounded(depth * a, width * b, 0.09, rim + z, x=0.02) for a, b, z in HOLLOW]
    body = box(depth - 0.03, width - 0.03, rim - 0.2, bevel=0.004).moved(-0.01, z=0.1)
    door = plate(0.018, (width - 0.04) / 2 - 0.004, rim - 0.23, radius=0.006)
    doors = mirrored_y(door.moved(depth / 2 - 0.026, (width - 0.04) / 4, 0.115))
    knobs = mirrored_y(ellipsoid(0.02, 0.025, 0.025, sides=8, rings=5).moved(depth / 2, 0.035, rim * 0.6))
    feet = at_corners(cylinder(0.018, 0.1, sides=10), depth / 2 - 0.06, width / 2 - 0.06)
    drain = disk(0.022, 0.004, sides=12).moved(0.02, z=rim - 0.09)
    return joined(loft([*outside, *inside]), body, doors), joined(knobs, feet, drain)


def _pedestal_basin(depth: float, width: float, rim: float) -> tuple[Shape, Shape]:
    """An oval basin on a column, and its drain."""
    bell = (
        (0.4, 0.35, -0.17),
        (0.75, 0.75, -0.12),
        (0.95, 0.95, -0.05),
        (1.0, 1.0, 0.0),
        (0.97, 0.97, 0.012),
    )
    outside = [oval(depth * a, width * b, rim + z) for a, b, z in bell]
    inside = [oval(depth * a * 0.92, width * b * 0.95, rim + z, x=0.02) for a, b, z in HOLLOW]
    column = lathe(
        [(0, 0), (0.11, 0), (0.1, 0.03), (0.075, 0.25), (0.075, 0.5), (0.1, rim - 0.12), (0, rim - 0.12)]
    )
    drain = disk(0.022, 0.004, sides=12).moved(0.02, z=rim - 0.09)
    return joined(loft([*outside, *inside]), column.scaled(x=0.85).moved(-0.04)), drain


def oval(size_x: float, size_y: float, z: float, *, x: float = 0.0) -> Section:
    """An ellipse as a section of a loft."""
    return ellipse(size_x, size_y, sides=24) + np.array([x, 0.0]), z


CATEGORIES = (
    Category(
        "toilet",
        "toilets",
        ("wc", "lavatory", "loo"),
        "floor",
        SANITARY,
        ("porcelain",),
        build_toilet,
    ),
    Category(
        "bathtub",
        "bathtubs",
        ("bath", "tub", "bath tub"),
        "floor",
        SANITARY,
        ("porcelain",),
        build_bathtub,
    ),
    Category(
        "shower",
        "showers",
        ("shower cabin", "shower cubicle", "shower stall"),
        "floor",
        ("white", "grey", "beige", "blue"),
        ("porcelain", "stone"),
        build_shower,
    ),
    Category(
        "washbasin",
        "washbasins",
        ("bathroom sink", "basin", "wash basin", "hand basin"),
        "floor",
        SANITARY,
        ("porcelain",),
        build_washbasin,
    ),
)
