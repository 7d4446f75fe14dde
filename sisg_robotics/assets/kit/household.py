"""What keeps a home warm, aired, smooth and clean."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, at_corners, between, mirrored_y
from ..outlines import rounded_rectangle
from ..shape import Shape, joined
from ..shapes import box, cylinder, lathe, tube
from .details import (
    NUMBER_WORDS,
    disk,
    forward,
    knob,
    loft,
    ring,
    rounded,
)


def build_fan(rng: np.random.Generator, style: Style) -> Built:
    """A pedestal fan: a round foot, a pole, five blades in a wire cage."""
    height, radius = between(rng, 1.0, 1.3), between(rng, 0.19, 0.24)
    center = height - radius
    foot = lathe([(0, 0), (0.19, 0.0), (0.185, 0.015), (0.05, 0.035), (0.03, 0.06), (0.0, 0.06)], sides=24)
    pole = tube([(0.0, 0.0, 0.04), (0, 0, center)], 0.014, sides=8)
    motor = forward(lathe([(0, 0), (0.045, 0.0), (0.055, 0.03), (0.055, 0.1), (0.0, 0.1)], sides=16))
    motor = motor.moved(-0.06, z=center)
    outline = [
        (0.02, -0.03),
        (radius * 0.55, -0.055),
        (radius * 0.86, -0.02),
        (radius * 0.86, 0.06),
        (0.02, 0.03),
    ]
    blade = _slab(outline).turned(0.35, "x").moved(z=0.0)
    blades = forward(joined(*(blade.turned(2 * np.pi * i / 5) for i in range(5)))).moved(0.075, z=center)
    hub = forward(cylinder(0.028, 0.04, sides=12)).moved(0.06, z=center)
    hoops = [forward(ring(radius, 0.006, points=26, sides=5)).moved(0.06, z=center)]
    hoops.append(forward(ring(radius * 0.6, 0.003, points=20, sides=3)).moved(0.115, z=center))
    hoops.append(forward(cylinder(0.04, 0.01, sides=14)).moved(0.12, z=center))
    rib = [
        (0.125, 0.0, 0.03),
        (0.115, 0.0, radius * 0.6),
        (0.06, 0.0, radius),
        (0.01, 0.0, radius * 0.75),
        (0.0, 0.0, 0.04),
    ]
    wires = [tube(rib, 0.0025, sides=3).turned(2 * np.pi * i / 18, "x").moved(z=center) for i in range(18)]
    dark = style.make("metal", "grey" if style.color != "grey" else "black")
    parts = ((joined(foot, pole, motor, blades), style.main), (joined(hub, *hoops, *wires), dark))
    return Built(parts, f"tall {style.look} fan on a round foot", tags=("pedestal fan", "tall"))


def _slab(outline: list[tuple[float, float]]) -> Shape:
    """A flat piece 4 mm thick."""
    points = np.array(outline)
    return loft([(points, -0.002), (points, 0.002)])


def build_radiator(rng: np.random.Generator, style: Style) -> Built:
    """A column radiator on feet, to stand along a wall."""
    count, height = int(rng.integers(8, 17)), between(rng, 0.55, 0.75)
    pitch, depth = 0.06, 0.11
    width = count * pitch
    profile = rounded_rectangle(depth, pitch * 0.72, 0.02, segments=2)
    low, high = 0.1, height
    column = loft(
        [
            (profile * [0.8, 0.6], low),
            (profile, low + 0.03),
            (profile * [1.0, 0.8], (low + high) / 2),
            (profile, high - 0.03),
            (profile * [0.8, 0.6], high),
        ]
    )
    columns = [column.moved(y=(i - (count - 1) / 2) * pitch) for i in range(count)]
    rails = [
        tube([(0.0, -width / 2, z), (0.0, width / 2, z)], 0.02, sides=8) for z in (low + 0.07, high - 0.07)
    ]
    feet = at_corners(cylinder(0.014, low + 0.06, sides=8), 0.035, width / 2 - pitch / 2)
    valve = joined(
        tube([(0.0, 0.0, 0.0), (0.0, 0.0, low + 0.07)], 0.01, sides=6),
        knob(0.022, 0.05).moved(0.0, z=low + 0.07),
    )
    valve = valve.moved(y=width / 2 + 0.02)
    steel = style.make("chrome")
    parts = ((joined(*columns, *rails, feet), style.main), (valve, steel))
    return Built(parts, f"{style.look} radiator with {count} columns", tags=("heater", "columns"))


def build_vacuum_cleaner(rng: np.random.Generator, style: Style) -> Built:
    """An upright vacuum cleaner: a wide head on the floor, a body with a dust bin, a long handle."""
    width, height = between(rng, 0.28, 0.33), between(rng, 1.02, 1.15)
    dark, clear = style.make("plastic", "black"), Material("clear plastic", (0.72, 0.78, 0.80), None, 0.1)
    head = loft(
        [
            rounded(0.28, width, 0.05, 0.012, x=0.06),
            rounded(0.29, width + 0.01, 0.05, 0.05, x=0.06),
            rounded(0.2, width - 0.05, 0.05, 0.1, x=0.03),
        ]
    )
    wheels = mirrored_y(
        cylinder(0.045, 0.03, sides=14).turned(np.pi / 2, "x").moved(-0.1, width * 0.36, 0.045)
    )
    bumper = box(0.03, width, 0.03, bevel=0.008).moved(0.2, z=0.012)
    body = loft(
        [
            rounded(a, b, 0.05, z)
            for a, b, z in ((0.12, 0.17, 0.1), (0.16, 0.23, 0.2), (0.15, 0.22, 0.5), (0.08, 0.1, 0.66))
        ]
    )
    bin_ = cylinder(0.07, 0.26, bevel=0.012, sides=18).moved(0.06, z=0.24)
    stem = tube([(-0.01, 0.0, 0.62), (-0.01, 0.0, height - 0.12)], 0.014, sides=8)
    loop = np.array([(0, 0, 0), (0.0, 0.0, 0.06), (-0.05, 0.0, 0.12), (-0.1, 0.0, 0.08), (-0.07, 0.0, 0.0)])
    handle = tube(loop, 0.014, sides=8).moved(-0.01, z=height - 0.13)
    lean = 0.12

    def leaned(shape: Shape) -> Shape:
        return shape.turned(-lean, "y")

    parts = (
        (joined(head, leaned(body)), style.main),
        (joined(wheels, bumper, leaned(joined(stem, handle))), dark),
        (leaned(bin_), clear),
    )
    return Built(parts, f"upright {style.look} vacuum cleaner with a long handle", tags=("upright", "hoover"))


def build_robot_vacuum(rng: np.random.Generator, style: Style) -> Built:
    """A round robot vacuum with a turret, a bumper and a button."""
    radius, height = between(rng, 0.165, 0.18), between(rng, 0.08, 0.095)
    dark = style.make("plastic", "black" if style.color != "black" else "grey")
    body = lathe(
        [(0.0, 0.012), (radius, 0.012), (radius, height - 0.012), (radius - 0.012, height), (0, height)],
        sides=36,
    )
    bumper = lathe(
        [(radius - 0.01, 0.02), (radius + 0.004, 0.02), (radius + 0.004, 0.055), (radius - 0.01, 0.055)],
        sides=36,
    )
    turret = cylinder(0.04, 0.022, bevel=0.005, sides=20).moved(-0.05, z=height)
    button = disk(0.02, 0.004, sides=16).moved(0.08, z=height)
    seam = lathe([(radius * 0.66, 0.0), (radius * 0.64, 0.0015), (radius * 0.62, 0.0)], sides=36).moved(
        z=height
    )
    wheels = mirrored_y(cylinder(0.03, 0.02, sides=12).turned(np.pi / 2, "x").moved(0.0, 0.12, 0.03))
    parts = ((body, style.main), (joined(bumper, turret, seam, wheels), dark), (button, style.make("chrome")))
    return Built(parts, f"round {style.look} robot vacuum", tags=("round", "robot"))


def build_ironing_board(rng: np.random.Generator, style: Style) -> Built:
    """An ironing board on crossed legs, an iron on it."""
    length, width, height = between(rng, 1.15, 1.35), between(rng, 0.33, 0.4), between(rng, 0.82, 0.92)
    half = length / 2
    side = [
        (half, 0.05 * width),
        (half * 0.85, 0.28 * width),
        (half * 0.4, 0.46 * width),
        (-half, 0.5 * width),
    ]
    outline = np.array([*side, *((x, -y) for x, y in reversed(side))]) @ np.array([[0, 1], [-1, 0]])
    board = loft(
        [
            (outline, height - 0.03),
            (outline * 1.01, height - 0.02),
            (outline * 1.01, height - 0.004),
            (outline, height),
        ]
    )
    legs = []
    for way, x in ((1.0, 0.1), (-1.0, 0.06)):
        foot, top = way * length * 0.34, -way * length * 0.3
        legs += [tube([(s * x, foot, 0.012), (s * x, top, height - 0.03)], 0.011, sides=6) for s in (-1, 1)]
        legs.append(tube([(-width * 0.45, foot, 0.012), (width * 0.45, foot, 0.012)], 0.012, sides=6))
    sole = [(0.13, 0.0), (0.05, 0.045), (-0.1, 0.055), (-0.1, -0.055), (0.05, -0.045)]
    shell = loft([(np.array(sole) * a, z) for a, z in ((1.0, 0.008), (0.95, 0.04), (0.6, 0.075))])
    plate = loft([(np.array(sole) * 1.04, z) for z in (0.0, 0.009)])
    grip = tube(
        [(-0.075, 0.0, 0.06), (-0.07, 0.0, 0.11), (0.03, 0.0, 0.115), (0.05, 0.0, 0.07)], 0.014, sides=8
    )
    spot = (0.0, length * 0.2, height)
    iron = joined(shell, grip).turned(0.6).moved(*spot)
    parts = (
        (board, style.main),
        (joined(*legs, plate.turned(0.6).moved(*spot)), style.make("steel")),
        (iron, style.make("plastic", "red" if style.color != "red" else "blue")),
    )
    return Built(
        parts, f"{style.look} ironing board on crossed legs with an iron on it", tags=("iron", "crossed legs")
    )


def build_step_ladder(rng: np.random.Generator, style: Style) -> Built:
    """A folding step ladder, open, its steps towards +x."""
    steps = int(rng.integers(3, 6))
    rise = between(rng, 0.22, 0.25)
    height, width = steps * rise, between(rng, 0.38, 0.46)
    run = height * 0.55
    tread = box(0.1, width - 0.03, 0.03, bevel=0.004)
    treads = []
    for i in range(steps):
        treads.append(tread.moved(run * (0.75 - 0.75 * i / steps) + 0.01, z=(i + 1) * rise - 0.03))
    top = run * 0.75 / steps
    rail = tube([(run * 0.95, width / 2, 0.0), (top, width / 2, height - 0.01)], 0.018, sides=6)
    rear = tube(
        [(-run * 0.55, width / 2 - 0.03, 0.0), (top - 0.06, width / 2 - 0.03, height - 0.03)], 0.014, sides=6
    )
    stay = tube(
        [(-run * 0.3, -width / 2 + 0.03, height * 0.34), (-run * 0.3, width / 2 - 0.03, height * 0.34)],
        0.011,
        sides=6,
    )
    bow = np.array(
        [(top - 0.03, -width / 2 + 0.03, height - 0.03), (top - 0.08, -width / 2 + 0.03, height + 0.3)]
    )
    hoop = tube(np.concatenate([bow, (bow * [1, -1, 1])[::-1]]), 0.012, sides=6)
    metal = style.make("steel" if style.material != "steel" else "metal")
    parts = ((joined(*treads, mirrored_y(rail)), style.main), (joined(mirrored_y(rear), stay, hoop), metal))
    return Built(
        parts, f"{style.look} step ladder with {NUMBER_WORDS[steps]} steps", tags=("folding", "steps")
    )


CATEGORIES = (
    Category(
        "fan",
        "fans",
        ("pedestal fan", "ventilator", "standing fan"),
        "floor",
        ("white", "black", "blue"),
        ("metal", "plastic"),
        build_fan,
    ),
    Category(
        "radiator",
        "radiators",
        ("heater", "heating"),
        "floor",
        ("white", "grey", "black"),
        ("metal",),
        build_radiator,
    ),
    Category(
        "vacuum cleaner",
        "vacuum cleaners",
        ("hoover", "vacuum", "upright vacuum"),
        "floor",
        ("red", "blue", "purple", "green", "orange"),
        ("plastic",),
        build_vacuum_cleaner,
    ),
    Category(
        "robot vacuum",
        "robot vacuums",
        ("robot vacuum cleaner", "robotic vacuum"),
        "floor",
        ("white", "black", "grey"),
        ("plastic",),
        build_robot_vacuum,
    ),
    Category(
        "ironing board",
        "ironing boards",
        ("iron",),
        "floor",
        ("blue", "green", "grey", "orange", "turquoise"),
        ("cotton",),
        build_ironing_board,
    ),
    Category(
        "step ladder",
        "step ladders",
        ("ladder", "stepladder", "steps"),
        "floor",
        ("red", "grey", "yellow", "blue"),
        ("metal", "pine", "oak"),
        build_step_ladder,
    ),
)
