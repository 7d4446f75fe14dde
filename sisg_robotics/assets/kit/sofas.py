"""Upholstered seats: sofas, armchairs, ottomans."""

from __future__ import annotations

import numpy as np

from ..category import Built, Category, Style, between, mirrored_y, one_of
from ..joinery import legs
from ..outlines import extrude, ribbon
from ..shapes import Shape, box, cushion, cylinder, joined, lathe, tube

UPHOLSTERY_COLORS = (
    "red",
    "blue",
    "green",
    "grey",
    "beige",
    "yellow",
    "turquoise",
    "orange",
    "purple",
    "pink",
    "black",
)
UPHOLSTERY = ("fabric", "velvet", "leather")
_COUNT = {1: "one seat", 2: "two seats", 3: "three seats", 4: "four seats"}


def _row(shape: Shape, count: int, pitch: float) -> Shape:
    return joined(*(shape.moved(y=(i - (count - 1) / 2) * pitch) for i in range(count)))


def _upholstered(
    rng: np.random.Generator, *, seats: int, pitch: float, arms: str, low: bool, depth: float
) -> tuple[Shape, Shape, float]:
    """Body, legs and width of a sofa or armchair."""
    seat_z, back_z = (
        (0.36, between(rng, 0.64, 0.70)) if low else (between(rng, 0.41, 0.46), between(rng, 0.80, 0.92))
    )
    leg = 0.06 if low else between(rng, 0.10, 0.15)
    arm = {"box": between(rng, 0.14, 0.20), "rolled": 0.20, "slim": 0.08}[arms]
    inner = seats * pitch
    width = inner + 2 * arm
    base = box(depth, width - 0.02, 0.16, bevel=0.02).moved(z=leg)
    thick = seat_z - leg - 0.13
    pads = _row(cushion(depth - 0.20, pitch - 0.005, thick, puff=0.18, grid=5), seats, pitch).moved(
        0.09, z=seat_z - thick
    )
    spine = box(0.16, width - 0.03, back_z - leg - 0.06, bevel=0.05, segments=2).moved(
        -depth / 2 + 0.08, z=leg
    )
    back_height = back_z - seat_z + 0.02
    rest = cushion(0.20, pitch - 0.01, back_height, puff=0.3, grid=5).turned(-0.16, "y")
    rests = _row(rest, seats, pitch).moved(-depth / 2 + 0.25, z=seat_z - 0.03)
    side = _arm(arms, arm, depth, leg, seat_z).moved(y=inner / 2 + arm / 2)
    feet = legs(
        one_of(rng, ("tapered", "square")), depth / 2 - 0.07, width / 2 - 0.07, leg + 0.01, thickness=0.04
    )
    return joined(base, pads, spine, rests, mirrored_y(side)), feet, width


def _arm(kind: str, width: float, depth: float, leg: float, seat_z: float) -> Shape:
    if kind == "rolled":
        roll = cylinder(width / 2 + 0.01, depth - 0.04, bevel=0.015, sides=20).turned(np.pi / 2, "y")
        post = box(depth - 0.05, width - 0.05, seat_z + 0.08 - leg, bevel=0.02).moved(z=leg)
        return joined(post, roll.moved(-(depth - 0.04) / 2, z=seat_z + 0.12))
    top = {"box": 0.17, "slim": 0.20}[kind]
    bevel = {"box": 0.045, "slim": 0.03}[kind]
    return box(depth - 0.02, width, seat_z + top - leg, bevel=bevel, segments=2).moved(z=leg)


def build_sofa(rng: np.random.Generator, style: Style) -> Built:
    """A sofa of two to four seats, or a corner sofa."""
    kind = one_of(rng, ("classic", "low", "rolled", "corner"))
    seats = int(rng.integers(2, 5)) if kind in ("classic", "low") else 3
    pitch, depth = between(rng, 0.56, 0.68), between(rng, 0.84, 0.96)
    arms = {"classic": one_of(rng, ("box", "slim")), "low": "box", "rolled": "rolled", "corner": "slim"}[kind]
    body, feet, width = _upholstered(rng, seats=seats, pitch=pitch, arms=arms, low=kind == "low", depth=depth)
    wood = style.make(one_of(rng, ("oak", "walnut")))
    low, corner = ("low " if kind == "low" else ""), ("corner " if kind == "corner" else "")
    tail = {"rolled": " and rolled arms", "corner": " and a chaise"}.get(kind, "")
    if kind == "corner":
        body, feet = _with_chaise(body, feet, pitch, depth, width)
    description = f"{low}{style.look} {corner}sofa with {_COUNT[seats]}{tail}"
    tags = tuple(w for w in (low.strip(), corner.strip(), f"{seats}-seat") if w)
    return Built(((body, style.main), (feet, wood)), description, tags=tags)


def _with_chaise(body: Shape, feet: Shape, pitch: float, depth: float, width: float) -> tuple[Shape, Shape]:
    reach = 0.65
    place = (depth / 2 + reach / 2 - 0.02, width / 2 - pitch / 2 - 0.09)
    foot = box(reach + 0.04, pitch + 0.10, 0.20, bevel=0.02).moved(*place, z=0.11)
    pad = cushion(reach + 0.10, pitch + 0.02, 0.17, puff=0.18).moved(place[0] - 0.03, place[1], 0.28)
    post = cylinder(0.02, 0.13, sides=10)
    posts = [post.moved(depth / 2 + reach - 0.1, place[1] + s * (pitch / 2 - 0.04)) for s in (1, -1)]
    return joined(body, foot, pad), joined(feet, *posts)


def build_armchair(rng: np.random.Generator, style: Style) -> Built:
    """A single upholstered seat: club chair, wing chair or tub chair."""
    kind = one_of(rng, ("club", "wing", "tub"))
    wood = style.make(one_of(rng, ("oak", "walnut")))
    if kind == "tub":
        return _tub_chair(rng, style)
    pitch, depth = between(rng, 0.56, 0.64), between(rng, 0.78, 0.88)
    arms = one_of(rng, ("box", "rolled")) if kind == "club" else "box"
    body, feet, width = _upholstered(rng, seats=1, pitch=pitch, arms=arms, low=False, depth=depth)
    if kind == "wing":
        high = box(0.15, width - 0.06, 0.62, bevel=0.05, segments=2).moved(-depth / 2 + 0.08, z=0.42)
        wing = box(0.30, 0.07, 0.44, bevel=0.03, segments=2).moved(-depth / 2 + 0.20, width / 2 - 0.065, 0.60)
        body = joined(body, high, mirrored_y(wing))
    words = "high-backed " if kind == "wing" else ""
    tail = {"wing": " with wings", "club": " with wooden legs"}[kind]
    return Built(((body, style.main), (feet, wood)), f"{words}{style.look} armchair{tail}", tags=(kind,))


def _tub_chair(rng: np.random.Generator, style: Style) -> Built:
    radius, top = between(rng, 0.36, 0.41), between(rng, 0.70, 0.78)
    angles = np.linspace(np.radians(52), np.radians(308), 19)
    spine = np.column_stack([(radius - 0.05) * np.cos(angles), (radius - 0.05) * np.sin(angles)])
    wall = extrude(ribbon(spine, 0.10), top - 0.12, crease_deg=50.0)
    ends = cylinder(0.05, top - 0.12, sides=14).moved(*spine[0])

    def slope(p: np.ndarray) -> np.ndarray:
        fall = np.clip((p[:, 0] + 0.1) / radius, 0, 1) * 0.16  # arms are lower than the back
        return np.column_stack([p[:, 0], p[:, 1], p[:, 2] * (1 - fall / (top - 0.12))])

    seat = cylinder(radius - 0.06, 0.30, bevel=0.04, sides=28).moved(0.03, z=0.14)
    body = joined(joined(wall, mirrored_y(ends)).warped(slope).moved(z=0.12), seat)
    feet = legs("tapered", radius * 0.62, radius * 0.62, 0.15, thickness=0.035)
    description = f"round {style.look} tub armchair with a curved back"
    return Built(((body, style.main), (feet, style.make("walnut"))), description, tags=("round",))


def build_ottoman(rng: np.random.Generator, style: Style) -> Built:
    """A padded footstool: round pouf, square, or a tufted box."""
    kind = one_of(rng, ("round", "square", "long"))
    height = between(rng, 0.36, 0.45)
    if kind == "round":
        r = between(rng, 0.24, 0.30)
        bulge = np.linspace(-1, 1, 9)
        profile = [
            (0.0, 0.0),
            *((r * (0.8 + 0.2 * np.sqrt(1 - t * t)), height * (t + 1) / 2) for t in bulge),
            (0.0, height),
        ]
        body = lathe(profile, sides=28, crease_deg=75.0)
        seam = tube(_circle(r * 1.0, height / 2, 28), 0.008, sides=6, closed=True)
        return Built(((joined(body, seam), style.main),), f"round {style.look} pouf ottoman", tags=("round",))
    d, w = (0.48, 0.48) if kind == "square" else (0.46, between(rng, 0.75, 0.95))
    body = box(d, w, height - 0.20, bevel=0.03, segments=2).moved(z=0.08)
    pad = cushion(d + 0.01, w + 0.01, 0.13, puff=0.2).moved(z=height - 0.13)
    feet = legs("tapered", d / 2 - 0.07, w / 2 - 0.07, 0.09, thickness=0.036)
    parts = ((joined(body, pad), style.main), (feet, style.make("oak")))
    return Built(parts, f"{kind} {style.look} ottoman with short legs", tags=(kind,))


def _circle(radius: float, z: float, sides: int) -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.column_stack([radius * np.cos(t), radius * np.sin(t), np.full(sides, z)])


CATEGORIES = (
    Category(
        "sofa", "sofas", ("couch", "settee", "loveseat"), "floor", UPHOLSTERY_COLORS, UPHOLSTERY, build_sofa
    ),
    Category(
        "armchair",
        "armchairs",
        ("easy chair", "lounge chair", "wing chair", "recliner"),
        "floor",
        UPHOLSTERY_COLORS,
        UPHOLSTERY,
        build_armchair,
    ),
    Category(
        "ottoman",
        "ottomans",
        ("pouf", "footstool", "hassock"),
        "floor",
        UPHOLSTERY_COLORS,
        UPHOLSTERY,
        build_ottoman,
    ),
)
