"""Things on walls: paintings, mirrors, clocks, curtains."""

from __future__ import annotations

import numpy as np

from ..asset import Material
from ..category import Built, Category, Style, between, mirrored_y, one_of, with_article
from ..colors import COLORS
from ..materials import WOODS
from ..outlines import ellipse, extrude_x, frame, panel, rounded_rectangle, sheet
from ..shapes import Shape, box, cylinder, ellipsoid, joined, tube
from .pictures import abstract

_BRIGHT = ("red", "blue", "green", "yellow", "orange", "turquoise", "purple", "pink")


def build_painting(rng: np.random.Generator, style: Style) -> Built:
    """A framed abstract picture in which one colour leads."""
    kind = one_of(rng, ("stripes", "circles", "blocks", "hills"))
    width, height = between(rng, 0.45, 1.1), between(rng, 0.45, 0.8)
    border = between(rng, 0.025, 0.05)
    canvas = Material(
        f"{style.color} picture", COLORS[style.color], abstract(rng, kind, style.color), roughness=0.8
    )
    picture = panel(width - 2 * border + 0.006, height - 2 * border + 0.006).moved(0.014, z=border - 0.003)
    back = box(0.012, width - 0.02, height - 0.02).moved(0.006, z=0.01)
    edge = frame(width, height, border=border, depth=0.03)
    wood = style.material if style.material in WOODS else one_of(rng, ("oak", "walnut", "lacquer"))
    wood_color = "black" if wood == "lacquer" else None
    content = "of hills and a sun" if kind == "hills" else f"with {kind}"
    rim = "black" if wood == "lacquer" else wood
    description = f"{style.color} abstract painting {content} in {with_article(rim)} frame"
    shape = "wide" if width > 1.25 * height else "square" if width > 0.8 * height else "upright"
    parts = ((picture, canvas), (joined(edge, back), style.make(wood, wood_color)))
    return Built(parts, description, tags=("abstract", kind, shape))


def build_mirror(rng: np.random.Generator, style: Style) -> Built:
    """A wall mirror, rectangular, round or oval, in a frame."""
    kind = one_of(rng, ("rectangular", "round", "oval"))
    width, height = between(rng, 0.45, 0.7), between(rng, 0.7, 1.1)
    glass = Material("mirror glass", (0.74, 0.82, 0.86), _reflection(rng), roughness=0.02, metallic=0.9)
    if kind == "rectangular":
        edge = joined(
            frame(width, height, border=0.04, depth=0.03),
            box(0.01, width - 0.02, height - 0.02).moved(0.005, z=0.01),
        )
        pane = panel(width - 0.07, height - 0.07).moved(0.014, z=0.035)
    else:
        height = width if kind == "round" else height
        outline = ellipse(width, height, sides=40)
        plate = extrude_x(outline, 0.012, bevel=0.003).moved(z=height / 2)
        t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        ring = np.column_stack(
            [
                np.full(40, 0.014),
                (width / 2 - 0.014) * np.cos(t),
                height / 2 + (height / 2 - 0.014) * np.sin(t),
            ]
        )
        edge = joined(plate, tube(ring, 0.014, sides=8, closed=True))
        pane = _disk(width - 0.04, height - 0.04).moved(0.016, z=height / 2)
    parts = ((edge, style.main), (pane, glass))
    return Built(parts, f"{kind} wall mirror with {with_article(style.look)} frame", tags=(kind,))


def _disk(width: float, height: float) -> Shape:
    """A flat ellipse facing +x that its texture fills once."""
    disk = extrude_x(ellipse(width, height, sides=40), 0.002)
    y, z = disk.vertices[:, 1] / width, disk.vertices[:, 2] / height
    return disk._replace(uv=np.column_stack([y + 0.5, 0.5 - z]))


def _reflection(rng: np.random.Generator) -> np.ndarray:
    """What a mirror seems to show: a bright room with slanted streaks of light."""
    v, u = np.meshgrid(*(np.linspace(0, 1, 96),) * 2, indexing="ij")
    sweep = 0.06 * np.tanh(14 * np.sin(2 * np.pi * (u + v) * 1.1 + rng.uniform(0, 6)))
    base = np.array([0.66, 0.76, 0.82]) + 0.08 * (0.5 - v[..., None])
    return np.round(np.clip(base + sweep[..., None], 0, 1) * 255).astype(np.uint8)


def build_wall_clock(rng: np.random.Generator, style: Style) -> Built:
    """A clock with twelve marks and two hands, round or square."""
    square, size = bool(rng.integers(3) == 0), between(rng, 0.26, 0.42)
    outline = rounded_rectangle(size, size, 0.03) if square else ellipse(size, size, sides=40)
    rim = extrude_x(outline, 0.04, bevel=0.008)
    face = extrude_x(outline * 0.86, 0.004).moved(0.038)
    dark_face = style.color == "white"
    dial = Material("dial", (0.10, 0.10, 0.11) if dark_face else (0.95, 0.95, 0.93))
    ink = Material("ink", (0.92, 0.92, 0.90) if dark_face else (0.08, 0.08, 0.09))
    marks = []
    for hour in range(12):
        long = 0.045 if hour % 3 == 0 else 0.025
        mark = box(0.003, 0.010 if hour % 3 == 0 else 0.006, long * size / 0.3)
        marks.append(mark.moved(0.0425, z=size * 0.40 - long * size / 0.3).turned(-hour * np.pi / 6, "x"))
    hour_turn = rng.uniform(0, 2 * np.pi)
    short = box(0.003, 0.014, size * 0.24).moved(0.0445, z=-0.02).turned(-hour_turn, "x")
    long_hand = box(0.003, 0.009, size * 0.36).moved(0.047, z=-0.02).turned(-hour_turn * 12, "x")
    hub = cylinder(0.012, 0.012, sides=14).turned(np.pi / 2, "y").moved(0.04)
    parts = ((rim, style.main), (face, dial), (joined(*marks, short, long_hand, hub), ink))
    shape = "square" if square else "round"
    return Built(
        parts,
        f"{shape} {style.look} wall clock with a {'black' if dark_face else 'white'} dial",
        tags=(shape,),
    )


def build_curtain(rng: np.random.Generator, style: Style) -> Built:
    """A pair of curtains on a rod, open or drawn. It hangs so that a window fits behind."""
    width, height = between(rng, 1.5, 2.1), between(rng, 1.9, 2.25)
    closed = bool(rng.integers(3) == 0)
    share = 0.49 if closed else between(rng, 0.20, 0.28)
    cloth_width = width * share
    cloth = sheet(cloth_width, height - 0.02, depth=0.07, folds=max(4, round(cloth_width / 0.10)))
    cloths = mirrored_y(cloth.moved(0.06, width / 2 - cloth_width / 2))
    rod = tube(
        [(0.06, -width / 2 - 0.06, height - 0.02), (0.06, width / 2 + 0.06, height - 0.02)], 0.012, sides=10
    )
    knob = ellipsoid(0.045, 0.045, 0.045, sides=12, rings=8).moved(0.06, width / 2 + 0.07, height - 0.0425)
    bracket = box(0.07, 0.02, 0.03).moved(0.035, width / 2 - 0.01, height - 0.035)
    metal = style.make("metal", one_of(rng, ("black", "white")))
    parts = ((cloths, style.main), (joined(rod, mirrored_y(joined(knob, bracket))), metal))
    words = "drawn" if closed else "open"
    return Built(parts, f"pair of {words} {style.look} curtains on a rod", tags=(words,))


CATEGORIES = (
    Category(
        "painting",
        "paintings",
        ("picture", "artwork", "poster", "framed picture", "art print"),
        "wall",
        _BRIGHT,
        ("canvas",),
        build_painting,
    ),
    Category(
        "mirror",
        "mirrors",
        ("wall mirror", "looking glass"),
        "wall",
        ("black", "white", "red", "blue"),
        ("oak", "walnut", "brass", "metal"),
        build_mirror,
    ),
    Category(
        "wall clock",
        "wall clocks",
        ("clock",),
        "wall",
        (*_BRIGHT, "black", "white"),
        ("plastic", "oak", "walnut"),
        build_wall_clock,
    ),
    Category(
        "curtain",
        "curtains",
        ("drapes", "drape", "window curtain"),
        "wall",
        (*_BRIGHT, "beige", "grey", "white"),
        ("fabric", "cotton"),
        build_curtain,
    ),
)
