"""Things to keep things in: wardrobes, dressers, cabinets, TV stands."""

from __future__ import annotations

import numpy as np

from ..asset import Material, SupportSurface
from ..category import Built, Category, Parts, Style, between, mirrored_y, one_of
from ..joinery import HANDLES, carcass, fronts, handle, legs, recess
from ..shapes import Shape, box, joined, lathe

WOODEN = ("oak", "walnut", "pine", "lacquer")
PAINT = ("white", "grey", "black", "blue", "green", "red")


def _handles(
    kind: str, places: list[tuple[float, float, float, float]], x: float, *, length: float = 0.12
) -> Shape:
    return joined(*(handle(kind, length).moved(x, y, z) for y, z, _, _ in places))


def build_wardrobe(rng: np.random.Generator, style: Style) -> Built:
    """A tall closet with hinged doors, with drawers below, or with sliding doors."""
    kind = one_of(rng, ("hinged", "drawers", "sliding", "mirror"))
    doors = int(rng.integers(2, 4)) if kind in ("hinged", "drawers") else 2
    depth, height = between(rng, 0.56, 0.64), between(rng, 1.85, 2.2)
    width = doors * between(rng, 0.45, 0.55) if kind in ("hinged", "drawers") else between(rng, 1.4, 1.8)
    body = box(depth - 0.02, width, height - 0.08, bevel=0.004).moved(-0.01, z=0.06)
    plinth = box(depth - 0.06, width - 0.04, 0.07).moved(-0.01)
    crown = box(depth + 0.015, width + 0.02, 0.025, bevel=0.006).moved(z=height - 0.025)
    metal = style.make("steel")
    x = depth / 2 - 0.021
    pieces, pulls, extra = [body, plinth, crown], [], []
    gaps = recess([width - 0.012], [height - 0.10], x=x, z=0.06)
    low = 0.06
    if kind == "drawers":
        boards, places = fronts([width / 2 - 0.006] * 2, [0.24], x=x, z=0.065)
        pieces.append(boards)
        pulls.append(_handles("bar", places, x + 0.016))
        low = 0.31
    boards, places = fronts([(width - 0.012) / doors] * doors, [height - 0.04 - low], x=x, z=low)
    pieces.append(boards)
    bar = handle("bar", 0.18).turned(np.pi / 2, "x")
    for i, (y, _, w, _) in enumerate(places):
        inward = 1 if i % 2 == 0 else -1
        shift = 0.05 if kind != "sliding" else w - 0.05
        pulls.append(bar.moved(x + 0.016, y + inward * (w / 2 - shift), 1.0))
    words = {
        "hinged": f"{doors} doors",
        "drawers": f"{doors} doors and two drawers",
        "sliding": "two sliding doors",
    }
    if kind == "mirror":
        y, z, w, h = places[0]
        glass = Material("mirror glass", (0.72, 0.80, 0.84), None, roughness=0.02, metallic=0.9)
        extra.append((box(0.006, w - 0.1, h - 0.12).moved(x + 0.018, y, z - (h - 0.12) / 2), glass))
    words["mirror"] = "two doors, one with a mirror"
    parts = ((joined(*pieces), style.main), (joined(*pulls), metal), (gaps, style.shadow), *extra)
    top = SupportSurface((0.0, 0.0, height), (depth - 0.1, width - 0.1))
    return Built(parts, f"tall {style.look} wardrobe with {words[kind]}", (top,), tags=("tall", "closet"))


def build_dresser(rng: np.random.Generator, style: Style) -> Built:
    """A chest of drawers: two columns or one tall column, on legs or a plinth."""
    wide = bool(rng.integers(2))
    rows, columns = (int(rng.integers(3, 5)), 2) if wide else (int(rng.integers(4, 7)), 1)
    depth, width = between(rng, 0.42, 0.50), between(rng, 1.15, 1.5) if wide else between(rng, 0.55, 0.75)
    height = between(rng, 0.74, 0.85) if wide else between(rng, 0.95, 1.2)
    leg = one_of(rng, ("legs", "plinth"))
    base = 0.14 if leg == "legs" else 0.05
    body = box(depth - 0.02, width - 0.01, height - base - 0.02, bevel=0.003).moved(-0.01, z=base)
    top = box(depth + 0.01, width, 0.026, bevel=0.006).moved(z=height - 0.026)
    pitch = (height - base - 0.06) / rows
    x = depth / 2 - 0.021
    grid = ([(width - 0.05) / columns] * columns, [pitch] * rows)
    boards, places = fronts(*grid, x=x, z=base + 0.015)
    gaps = recess(*grid, x=x, z=base + 0.015)
    kind = one_of(rng, HANDLES)
    pulls = _handles(kind, places, x + 0.017, length=0.14)
    if leg == "legs":
        foot = legs("tapered", depth / 2 - 0.06, width / 2 - 0.06, base + 0.005, thickness=0.05)
    else:
        foot = box(depth - 0.06, width - 0.05, base + 0.005).moved(-0.01)
    finish = style.make(one_of(rng, ("brass", "steel"))) if kind != "cup" else style.make("metal", "black")
    words = "wide" if wide else "tall"
    tail = " on legs" if leg == "legs" else ""
    surface = SupportSurface((0.0, 0.0, height), (depth - 0.05, width - 0.06))
    parts = ((joined(body, top, boards, foot), style.main), (pulls, finish), (gaps, style.shadow))
    return Built(
        parts,
        f"{words} {style.look} dresser with {rows * columns} drawers{tail}",
        (surface,),
        tags=(words, "drawers"),
    )


def build_cabinet(rng: np.random.Generator, style: Style) -> Built:
    """A cupboard at hip or shoulder height: plain doors, glass doors, or doors and drawers."""
    kind = one_of(rng, ("plain", "glass", "sideboard"))
    depth = between(rng, 0.36, 0.45)
    width = between(rng, 1.3, 1.7) if kind == "sideboard" else between(rng, 0.75, 1.0)
    height = {
        "plain": between(rng, 0.85, 1.15),
        "glass": between(rng, 1.3, 1.6),
        "sideboard": between(rng, 0.7, 0.82),
    }[kind]
    base = 0.12
    x = depth / 2 - 0.021
    foot = legs("tapered", depth / 2 - 0.06, width / 2 - 0.06, base + 0.005, thickness=0.045)
    top = box(depth + 0.01, width, 0.024, bevel=0.005).moved(z=height - 0.024)
    surface = SupportSurface((0.0, 0.0, height), (depth - 0.05, width - 0.06))
    inner = height - base - 0.034
    metal = style.make(one_of(rng, ("brass", "steel")))
    if kind == "glass":
        return _glass_cabinet(style, depth, width, height, base, joined(foot, top), metal, surface)
    body = box(depth - 0.02, width - 0.01, height - base - 0.02, bevel=0.003).moved(-0.01, z=base)
    if kind == "plain":
        boards, _ = fronts([(width - 0.03) / 2] * 2, [inner], x=x, z=base + 0.005)
        pulls = [handle("knob").moved(x + 0.016, s * 0.045, base + inner * 0.6) for s in (-1, 1)]
        words = "cabinet with two doors"
    else:
        third = (width - 0.03) / 3
        drawers, drawer_places = fronts([third], [inner / 3] * 3, x=x, z=base + 0.005)
        sides, _ = fronts([third], [inner], x=x, z=base + 0.005)
        boards = joined(drawers, sides.moved(y=-third), sides.moved(y=third))
        pulls = [handle("knob").moved(x + 0.016, 0.0, z) for _, z, _, _ in drawer_places]
        pulls += [
            handle("knob").moved(x + 0.016, s * (third / 2 + 0.05), base + inner * 0.6) for s in (-1, 1)
        ]
        words = "sideboard cabinet with two doors and three drawers"
    gaps = recess([width - 0.03], [inner], x=x, z=base + 0.005)
    parts = ((joined(body, top, boards, foot), style.main), (joined(*pulls), metal), (gaps, style.shadow))
    return Built(
        parts, f"{'low ' if kind == 'sideboard' else ''}{style.look} {words}", (surface,), tags=(kind,)
    )


def _glass_cabinet(
    style: Style,
    depth: float,
    width: float,
    height: float,
    base: float,
    ends: Shape,
    metal: Material,
    top: SupportSurface,
) -> Built:
    levels = [height * f for f in (0.33, 0.56, 0.78)]
    body = carcass(
        depth - 0.03, width - 0.01, height - base - 0.02, shelves=[z - base for z in levels]
    ).moved(-0.01, z=base)
    x = depth / 2 - 0.024
    leaf, h = (width - 0.02) / 2, height - base - 0.03
    rail, post = box(0.02, leaf - 0.004, 0.06, bevel=0.003), box(0.02, 0.05, h, bevel=0.003)
    door = joined(
        rail, rail.moved(z=h - 0.06), post.moved(y=leaf / 2 - 0.027), post.moved(y=-leaf / 2 + 0.027)
    )
    doors = joined(door.moved(x, leaf / 2, base), door.moved(x, -leaf / 2, base))
    cups = []
    for z in levels:
        for k in range(4):
            jar = lathe(
                [(0, 0), (0.03, 0), (0.04, 0.05), (0.032, 0.10), (0, 0.10)], sides=12, crease_deg=60.0
            )
            cups.append(jar.moved(-0.02, (k - 1.5) * width * 0.2, z))
    pulls = joined(*(handle("knob").moved(x + 0.008, s * 0.03, base + h * 0.5) for s in (-1, 1)))
    parts = (
        (joined(body, ends, doors), style.main),
        (joined(*cups), style.make("ceramic", "white" if style.color != "white" else "blue")),
        (pulls, metal),
    )
    return Built(
        parts, f"tall {style.look} display cabinet with crockery inside", (top,), tags=("tall", "display")
    )


def build_tv_stand(rng: np.random.Generator, style: Style) -> Built:
    """A long, low cabinet: open compartments with doors at both ends, drawers, or a floating slab on legs."""
    kind = one_of(rng, ("open", "drawers", "legs"))
    depth, width, height = between(rng, 0.38, 0.46), between(rng, 1.25, 1.8), between(rng, 0.40, 0.55)
    base = 0.14 if kind == "legs" else 0.05
    x = depth / 2 - 0.021
    top = box(depth, width, 0.024, bevel=0.004).moved(z=height - 0.024)
    inner = height - base - 0.024
    surfaces = [SupportSurface((0.0, 0.0, height), (depth - 0.05, width - 0.08))]
    metal = style.make("metal", "black")
    foot = legs("splayed", depth / 2 - 0.09, width / 2 - 0.13, base + 0.004, thickness=0.045)
    if kind != "legs":
        foot = box(depth - 0.06, width - 0.05, base + 0.004).moved(-0.01)
    if kind == "drawers":
        body = box(depth - 0.022, width - 0.01, inner + 0.002).moved(-0.011, z=base)
        boards, places = fronts([(width - 0.02) / 3] * 3, [inner / 2] * 2, x=x, z=base)
        gaps = recess([width - 0.02], [inner], x=x, z=base)
        pulls = _handles("bar", places, x + 0.016)
        parts: Parts = ((joined(body, boards, foot, top), style.main), (pulls, metal), (gaps, style.shadow))
        return Built(parts, f"low {style.look} TV stand with six drawers", tuple(surfaces), tags=("low",))
    side = width * 0.28
    shell = carcass(depth - 0.004, width - 0.004, inner + 0.004).moved(z=base)
    block = box(depth - 0.03, side, inner - 0.03).moved(-0.01, width / 2 - side / 2 - 0.022, base + 0.018)
    door = box(0.018, side - 0.008, inner - 0.046, bevel=0.003).moved(
        x + 0.006, width / 2 - side / 2 - 0.022, base + 0.022
    )
    knob = handle("knob").moved(x + 0.014, width / 2 - side - 0.0, base + inner / 2)
    middle = width - 2 * side - 0.06
    board = box(depth - 0.05, middle + 0.02, 0.016).moved(-0.01, z=base + inner / 2)
    shelf, headroom = base + inner / 2 + 0.016, inner / 2 - 0.045
    if headroom > 0.1:
        surfaces.append(SupportSurface((0.0, 0.0, shelf), (depth - 0.1, middle - 0.05), headroom))
    body = joined(shell, mirrored_y(joined(block, door)), board, foot, top)
    parts = ((body, style.main), (mirrored_y(knob), metal))
    tail = "on slanted legs" if kind == "legs" else "with two doors and an open shelf"
    return Built(parts, f"low {style.look} TV stand {tail}", tuple(surfaces), tags=("low",))


def build_filing_cabinet(rng: np.random.Generator, style: Style) -> Built:
    """Sheet-metal drawers for files, two to four high, with label holders."""
    drawers = int(rng.integers(2, 5))
    depth, width = between(rng, 0.50, 0.62), between(rng, 0.40, 0.47)
    height = 0.06 + drawers * between(rng, 0.29, 0.33)
    body = box(depth - 0.02, width, height, bevel=0.006).moved(-0.01)
    pitch = (height - 0.06) / drawers
    x = depth / 2 - 0.021
    boards, places = fronts([width - 0.02], [pitch] * drawers, x=x, z=0.035)
    pulls = [handle("cup", 0.2).moved(x + 0.016, y, z - 0.02) for y, z, _, _ in places]
    gaps = recess([width - 0.02], [pitch] * drawers, x=x, z=0.035)
    labels = joined(*(box(0.004, 0.09, 0.05).moved(x + 0.018, y, z + 0.045) for y, z, _, _ in places))
    top = SupportSurface((0.0, 0.0, height), (depth - 0.06, width - 0.05))
    parts = (
        (joined(body, boards), style.main),
        (joined(*pulls), style.make("steel")),
        (labels, Material("label", (0.93, 0.92, 0.86))),
        (gaps, style.shadow),
    )
    return Built(parts, f"{style.look} filing cabinet with {drawers} drawers", (top,), tags=("office",))


CATEGORIES = (
    Category("wardrobe", "wardrobes", ("closet", "armoire"), "floor", PAINT, WOODEN, build_wardrobe),
    Category(
        "dresser",
        "dressers",
        ("chest of drawers", "drawers", "commode"),
        "floor",
        (*PAINT, "pink", "yellow"),
        WOODEN,
        build_dresser,
    ),
    Category(
        "cabinet",
        "cabinets",
        ("cupboard", "sideboard", "buffet", "display cabinet"),
        "floor",
        PAINT,
        WOODEN,
        build_cabinet,
    ),
    Category(
        "tv stand",
        "tv stands",
        ("tv bench", "tv cabinet", "media console", "television stand", "tv table"),
        "floor",
        ("white", "black", "grey", "blue"),
        WOODEN,
        build_tv_stand,
    ),
    Category(
        "filing cabinet",
        "filing cabinets",
        ("file cabinet", "drawer cabinet"),
        "floor",
        ("grey", "black", "white", "red", "blue", "green", "yellow"),
        ("metal",),
        build_filing_cabinet,
    ),
)
