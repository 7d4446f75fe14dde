"""A bicycle: frame and fork, wheels, saddle, handlebar, pedals, kickstand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from ..category import Built, Style, between, mirrored_y
from ..shape import Shape, joined
from ..shapes import box, cylinder, tube
from .details import Parts, arc, loft, ring

Point = Float64[np.ndarray, "3"]

SADDLE_XY_M = np.array(
    [(0.14, 0.02), (-0.04, 0.08), (-0.12, 0.08), (-0.12, -0.08), (-0.04, -0.08), (0.14, -0.02)]
)


class Joints(NamedTuple):
    """Where the tubes of the frame meet, in metres; +x is ahead, the wheels' hubs are two of them."""

    rear: Point
    front: Point
    crank: Point
    seat: Point
    head_top: Point
    head_low: Point


def build_bicycle(rng: np.random.Generator, style: Style) -> Built:
    """A bicycle on its kickstand, its front wheel towards +x."""
    radius, base = between(rng, 0.31, 0.345), between(rng, 1.0, 1.08)
    low = bool(rng.random() < 0.5)
    joints = Joints(
        rear=np.array([-base / 2, 0.0, radius]),
        front=np.array([base / 2, 0.0, radius]),
        crank=np.array([-0.08, 0.0, radius - 0.05]),
        seat=np.array([-0.22, 0.0, 0.78]),
        head_top=np.array([0.34, 0.0, 0.82]),
        head_low=np.array([0.38, 0.0, 0.66]),
    )
    hubs = (joints.rear, joints.front)
    chrome, black = style.make("chrome"), style.make("rubber", "black")
    mudguards = [_mudguard(radius).moved(*hub) for hub in hubs]
    tires = joined(*(_tire(radius).moved(*hub) for hub in hubs))
    bar, grips = _handlebar(joints.head_top)
    spokes, axle = _spokes(radius), cylinder(0.02, 0.1, sides=10).turned(np.pi / 2, "x").moved(y=0.05)
    wheels = [shape.moved(*hub) for shape in (spokes, axle) for hub in hubs]
    post = tube(np.array([joints.seat, _beside(joints.seat, -0.045, 0.0, 0.16)]), 0.012, sides=6)
    parts: Parts = [
        (joined(*_frame(joints, low=low), _fork(joints), *mudguards), style.main),
        (joined(tires, _saddle(joints.seat), grips), black),
        (joined(*wheels, post, *bar, *_drive(joints.crank)), chrome),
    ]
    what = "a low frame" if low else "a crossbar"
    return Built(tuple(parts), f"{style.look} bicycle with {what}", tags=("bike", what))


def _frame(joints: Joints, *, low: bool) -> list[Shape]:
    """Seat tube, crossbar, down tube, head tube, and a pair of stays from the crank and from the seat."""
    _, _, crank, seat, head_top, head_low = joints
    top_rear = crank * 0.55 + seat * 0.45 if low else seat * 0.9 + crank * 0.1
    lines = [
        (crank, seat, 0.017),
        (top_rear, head_top, 0.017),
        (crank, head_low, 0.02),
        (head_low, head_top, 0.021),
    ]
    tubes = [tube(np.array([a, b]), r, sides=8) for a, b, r in lines]
    axle_end = _beside(joints.rear, 0.0, 0.05, 0.0)
    stays = [mirrored_y(tube(np.array([end, axle_end]), 0.009, sides=6)) for end in (crank, seat)]
    return [*tubes, *stays]


def _fork(joints: Joints) -> Shape:
    shoulder, bend = (
        _beside(joints.head_low, 0.0, 0.03, 0.0),
        _beside(joints.head_low, 0.03, 0.05, -0.1),
    )
    blade = np.array([shoulder, bend, _beside(joints.front, 0.0, 0.05, 0.0)])
    return mirrored_y(tube(blade, 0.012, sides=6))


def _mudguard(radius: float) -> Shape:
    path = arc(radius + 0.02, 0.5, np.pi - 0.1, count=12)
    return tube(path, 0.012, sides=5).scaled(y=2.2)


def _tire(radius: float) -> Shape:
    return ring(radius - 0.018, 0.018, points=30, sides=6).turned(np.pi / 2, "x")


def _spokes(radius: float) -> Shape:
    spoke = tube(np.array([(0.0, 0.012, 0.02), (0.0, 0.0, radius - 0.03)]), 0.002, sides=3)
    return joined(*(spoke.turned(i * np.pi / 7, "y") for i in range(14)))


def _saddle(seat: Point) -> Shape:
    sections = [(SADDLE_XY_M * size, z) for size, z in ((0.8, 0.0), (1.0, 0.03), (0.8, 0.055))]
    return loft(sections).moved(seat[0] - 0.05, z=0.93)


def _handlebar(head_top: Point) -> tuple[list[Shape], Shape]:
    """Stem and bar, and the two grips."""
    tip = _beside(head_top, -0.03, 0.0, 0.15)
    stem = tube(np.array([head_top, tip]), 0.014, sides=6)
    places = [(-0.12, 0.28, 0.03), (0.0, 0.2, 0.03), (0.0, 0.0, 0.0), (0.0, -0.2, 0.03), (-0.12, -0.28, 0.03)]
    bar = tube(np.array([_beside(tip, *place) for place in places]), 0.011, sides=6)
    grip = np.array([_beside(tip, -0.13, 0.287, 0.03), _beside(tip, -0.03, 0.22, 0.03)])
    return [stem, bar], mirrored_y(tube(grip, 0.016, sides=6))


def _drive(crank: Point) -> list[Shape]:
    """What turns about the crank: chainring, pedals, axle; and the kickstand that is mounted there."""
    chainring = cylinder(0.085, 0.006, sides=18).turned(np.pi / 2, "x").moved(crank[0], -0.035, crank[2])
    pedals = [
        joined(
            tube(np.array([(0, 0, 0), (s * 0.12, 0.0, s * 0.1)]), 0.009, sides=5),
            box(0.09, 0.08, 0.02).moved(s * 0.12, -0.05 * s, s * 0.1 - 0.01),
        ).moved(crank[0], -0.07 * s, crank[2])
        for s in (1.0, -1.0)
    ]
    axle = cylinder(0.018, 0.16, sides=8).turned(np.pi / 2, "x").moved(crank[0], 0.08, crank[2])
    foot = (crank[0] - 0.16, 0.18, 0.008)
    kickstand = tube(np.array([_beside(crank, -0.06, 0.02, -0.02), foot]), 0.009, sides=5)
    return [chainring, *pedals, axle, kickstand]


def _beside(point: Point, x: float, y: float, z: float) -> Point:
    """A point this far from another."""
    return point + np.array([x, y, z])
