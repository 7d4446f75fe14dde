"""Tables with drawers: desks, nightstands, console tables."""

from __future__ import annotations

import numpy as np

from ..asset import SupportSurface
from ..category import Built, Category, Parts, Style, at_corners, between, mirrored_y, one_of
from ..joinery import HANDLES, carcass, fronts, handle, legs, recess
from ..shapes import Shape, box, joined, tube
from .tables import TABLE_COLORS, TABLE_MATERIALS


def build_desk(rng: np.random.Generator, style: Style) -> Built:
    """A writing desk: a drawer pedestal on one side, on both, or a plain metal frame. The sitter is at +x."""
    kind = one_of(rng, ("pedestal", "double", "frame"))
    depth, width, height, thick = (
        between(rng, 0.60, 0.75),
        between(rng, 1.15, 1.6),
        between(rng, 0.72, 0.76),
        0.028,
    )
    top = box(depth, width, thick, bevel=0.005).moved(z=height - thick)
    under = height - thick
    steel = style.make("metal", one_of(rng, ("black", "grey", "white")))
    surface = SupportSurface((0.0, 0.0, height), (depth - 0.06, width - 0.06))
    if kind == "frame":
        post = box(0.05, 0.035, under, bevel=0.004)
        side = joined(
            post.moved(depth / 2 - 0.05), post.moved(-depth / 2 + 0.05), box(depth - 0.05, 0.035, 0.03)
        )
        screen = box(0.018, width - 0.2, 0.3, bevel=0.003).moved(-depth / 2 + 0.08, z=under - 0.3)
        frame = mirrored_y(side.moved(y=width / 2 - 0.06))
        parts = ((joined(top, screen), style.main), (frame, steel))
        return Built(parts, f"{style.look} desk on a metal frame", (surface,), tags=("plain",))
    chest, pulls = _desk_chest(rng, depth - 0.04, under)
    y = width / 2 - 0.21
    left = chest.moved(y=y)
    modesty = box(0.018, width - 0.04, 0.35).moved(-depth / 2 + 0.06, z=under - 0.35)
    if kind == "double":
        parts = ((joined(top, mirrored_y(left), modesty), style.main), (mirrored_y(pulls.moved(y=y)), steel))
        return Built(parts, f"{style.look} desk with drawers on both sides", (surface,), tags=("drawers",))
    post = box(0.05, 0.05, under, bevel=0.004)
    posts = joined(post.moved(depth / 2 - 0.05), post.moved(-depth / 2 + 0.05)).moved(y=-width / 2 + 0.05)
    parts = ((joined(top, left, modesty, posts), style.main), (pulls.moved(y=y), steel))
    return Built(parts, f"{style.look} desk with drawers on one side", (surface,), tags=("drawers",))


def _desk_chest(rng: np.random.Generator, depth: float, height: float) -> tuple[Shape, Shape]:
    """Three drawers that carry a desk top, and their handles."""
    kind = one_of(rng, HANDLES)
    body = box(depth - 0.02, 0.38, height, bevel=0.003).moved(-0.01)
    usable = height - 0.06
    boards, places = fronts([0.38], [usable * f for f in (0.46, 0.27, 0.27)], x=depth / 2 - 0.02, z=0.05)
    pulls = joined(*(handle(kind).moved(depth / 2 - 0.002, y, z) for y, z, _, _ in places))
    return joined(body, boards), pulls


def build_nightstand(rng: np.random.Generator, style: Style) -> Built:
    """A bedside table with one or two drawers, with or without an open compartment."""
    kind = one_of(rng, ("two drawers", "a drawer and an open shelf", "a single drawer"))
    depth, width, height = between(rng, 0.36, 0.42), between(rng, 0.40, 0.52), between(rng, 0.46, 0.60)
    leg = 0.05 if kind == "two drawers" else between(rng, 0.12, 0.2)
    surfaces = [SupportSurface((0.0, 0.0, height), (depth - 0.04, width - 0.04))]
    pull = one_of(rng, HANDLES)
    drawer = 0.16 if kind != "two drawers" else (height - leg - 0.05) / 2
    rows = 2 if kind == "two drawers" else 1
    z = height - 0.025 - rows * drawer
    top = box(depth, width, 0.025, bevel=0.005).moved(z=height - 0.025)
    block = box(depth - 0.03, width - 0.02, rows * drawer + 0.012, bevel=0.003).moved(-0.012, z=z - 0.01)
    boards, places = fronts([width - 0.03], [drawer] * rows, x=depth / 2 - 0.03, z=z)
    pulls = joined(*(handle(pull, 0.1).moved(depth / 2 - 0.012, y, level) for y, level, _, _ in places))
    pieces = [top, block, boards]
    if kind == "two drawers":
        pieces.append(legs("tapered", depth / 2 - 0.05, width / 2 - 0.05, leg + 0.03, thickness=0.035))
    elif kind == "a single drawer":
        pieces.append(legs("tapered", depth / 2 - 0.04, width / 2 - 0.04, z, thickness=0.036))
    else:
        low = carcass(depth - 0.03, width - 0.02, z - leg + 0.01).moved(-0.012, z=leg)
        pieces += [low, legs("tapered", depth / 2 - 0.06, width / 2 - 0.05, leg + 0.005, thickness=0.035)]
        surfaces.append(SupportSurface((0.0, 0.0, leg + 0.02), (depth - 0.1, width - 0.1), z - leg - 0.04))
    gaps = recess([width - 0.03], [drawer] * rows, x=depth / 2 - 0.03, z=z)
    metal = style.make(one_of(rng, ("steel", "brass")))
    parts = ((joined(*pieces), style.main), (pulls, metal), (gaps, style.shadow))
    return Built(parts, f"{style.look} nightstand with {kind}", tuple(surfaces), tags=("bedside",))


def build_console_table(rng: np.random.Generator, style: Style) -> Built:
    """A long, narrow table for a wall: with a low shelf, two drawers, or hairpin legs."""
    kind = one_of(rng, ("shelf", "drawers", "hairpin"))
    depth, width, height = between(rng, 0.30, 0.38), between(rng, 0.95, 1.35), between(rng, 0.76, 0.86)
    top = box(depth, width, 0.03, bevel=0.005).moved(z=height - 0.03)
    surfaces = [SupportSurface((0.0, 0.0, height), (depth - 0.04, width - 0.06))]
    steel = style.make("metal", "black")
    if kind == "hairpin":
        h = height - 0.03
        pin = tube([(0.0, -0.05, h), (0.035, 0.0, 0.007), (0.0, 0.05, h)], 0.007, sides=8)
        feet = at_corners(pin.moved(0.0, 0.0), depth / 2 - 0.06, width / 2 - 0.10)
        parts: Parts = ((top, style.main), (feet, steel))
        return Built(
            parts, f"narrow {style.look} console table on thin metal legs", tuple(surfaces), tags=("narrow",)
        )
    post = legs("square", depth / 2 - 0.03, width / 2 - 0.03, height - 0.03, thickness=0.04)
    if kind == "shelf":
        shelf = box(depth - 0.03, width - 0.03, 0.022, bevel=0.003).moved(z=0.2)
        surfaces.append(SupportSurface((0.0, 0.0, 0.222), (depth - 0.1, width - 0.2), height - 0.26))
        parts = ((joined(top, post, shelf), style.main),)
        return Built(
            parts, f"narrow {style.look} console table with a low shelf", tuple(surfaces), tags=("narrow",)
        )
    block = box(depth - 0.05, width - 0.06, 0.14).moved(z=height - 0.17)
    boards, places = fronts([(width - 0.10) / 2] * 2, [0.13], x=depth / 2 - 0.026, z=height - 0.165)
    pulls = joined(*(handle("knob").moved(depth / 2 - 0.008, y, z) for y, z, _, _ in places))
    parts = ((joined(top, post, block, boards), style.main), (pulls, style.make("brass")))
    return Built(
        parts, f"narrow {style.look} console table with two drawers", tuple(surfaces), tags=("narrow",)
    )


CATEGORIES = (
    Category(
        "desk",
        "desks",
        ("writing desk", "office desk", "work table", "computer desk"),
        "floor",
        ("white", "grey", "black", "blue", "green"),
        TABLE_MATERIALS,
        build_desk,
    ),
    Category(
        "nightstand",
        "nightstands",
        ("bedside table", "night table", "night stand"),
        "floor",
        ("white", "grey", "blue", "green", "pink"),
        TABLE_MATERIALS,
        build_nightstand,
    ),
    Category(
        "console table",
        "console tables",
        ("hall table", "entry table", "sideboard table"),
        "floor",
        TABLE_COLORS,
        TABLE_MATERIALS,
        build_console_table,
    ),
)
