"""Chairs, stools and benches."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..category import Built, Category, Style, between, mirrored_y, one_of
from ..joinery import legs
from ..materials import SOFT, WOODS
from ..outlines import extrude_y, ribbon
from ..shapes import Shape, box, cushion, cylinder, joined, lathe, tube


def build_chair(rng: np.random.Generator, style: Style) -> Built:
    """A dining chair: wooden with slats, upholstered, or a moulded shell, as the material asks."""
    if style.material in WOODS:
        return _wooden_chair(rng, style)
    if style.material in SOFT:
        return _padded_chair(rng, style)
    return _shell_chair(rng, style)


def _wooden_chair(rng: np.random.Generator, style: Style) -> Built:
    w, d, seat_z, top = between(rng, 0.40, 0.46), between(rng, 0.40, 0.45), 0.45, between(rng, 0.82, 0.98)
    upright = bool(rng.integers(2))
    seat = box(d, w, 0.028, bevel=0.01).moved(z=seat_z - 0.028)
    front = mirrored_y(box(0.036, 0.036, seat_z - 0.028, bevel=0.006).moved(d / 2 - 0.03, w / 2 - 0.03))
    lean = 0.10 * (top - seat_z) / 0.45
    spine = [(-d / 2 + 0.03, 0.0), (-d / 2 + 0.02, seat_z), (-d / 2 + 0.02 - lean, top)]
    posts = mirrored_y(extrude_y(ribbon(spine, 0.036), 0.034).moved(y=w / 2 - 0.022))
    rails = [box(d - 0.09, 0.018, 0.03, bevel=0.004).moved(y=s * (w / 2 - 0.03), z=0.18) for s in (1, -1)]
    apron = box(d - 0.05, w - 0.05, 0.055, bevel=0.003).moved(z=seat_z - 0.083)

    def back(z: float, height: float, width: float) -> Shape:
        x = -d / 2 + 0.02 - lean * (z + height / 2 - seat_z) / (top - seat_z)
        tilt = -np.arctan2(lean, top - seat_z)
        return box(0.016, width, height, bevel=0.005).turned(tilt, "y").moved(x, 0.0, z)

    if upright:
        count = int(rng.integers(3, 6))
        pitch = (w - 0.09) / count
        slats = [
            _slanted(
                0.022,
                seat_z - 0.01,
                top - 0.05,
                -d / 2 + 0.02,
                lean,
                top - seat_z,
                (i - (count - 1) / 2) * pitch,
            )
            for i in range(count)
        ]
        slats.append(back(top - 0.075, 0.075, w - 0.05))
        words = f"{count} upright slats"
    else:
        count = int(rng.integers(2, 4))
        step = (top - seat_z - 0.10) / count
        slats = [back(seat_z + 0.10 + i * step, min(0.06, step - 0.04), w - 0.05) for i in range(count)]
        words = f"{count} cross slats"
    body = joined(seat, front, posts, apron, *rails, *slats)
    return Built(((body, style.main),), f"{style.look} chair with {words} in its back", tags=("slatted",))


def _slanted(width: float, low: float, high: float, x: float, lean: float, rise: float, y: float) -> Shape:
    """An upright slat that follows the lean of a chair's back."""
    seat_z = low + 0.01
    ends = [(x - lean * (z - seat_z) / rise, z) for z in (low, high)]
    return extrude_y(ribbon(ends, 0.014), width).moved(y=y)


def _padded_chair(rng: np.random.Generator, style: Style) -> Built:
    w, d, top = between(rng, 0.44, 0.50), between(rng, 0.44, 0.50), between(rng, 0.84, 1.0)
    seat = cushion(d, w, 0.10, puff=0.2).moved(z=0.39)
    rest = cushion(0.085, w - 0.02, top - 0.46, puff=0.25).turned(-0.12, "y").moved(-d / 2 + 0.05, z=0.45)
    spine = box(0.03, w * 0.7, 0.12, bevel=0.01).moved(-d / 2 + 0.045, z=0.39)
    wood = one_of(rng, ("oak", "walnut"))
    feet = legs(
        one_of(rng, ("tapered", "splayed", "square")), d / 2 - 0.06, w / 2 - 0.06, 0.41, thickness=0.04
    )
    description = f"{style.look} upholstered chair with {wood} legs"
    return Built(
        ((joined(seat, rest, spine), style.main), (feet, style.make(wood))),
        description,
        tags=("upholstered",),
    )


def _shell_chair(rng: np.random.Generator, style: Style) -> Built:
    w, top = between(rng, 0.44, 0.49), between(rng, 0.78, 0.86)
    path = [
        (0.22, 0.425),
        (0.18, 0.445),
        (0.0, 0.435),
        (-0.12, 0.435),
        (-0.18, 0.47),
        (-0.22, 0.58),
        (-0.265, top),
    ]
    shell = extrude_y(ribbon(path, 0.016), w, crease_deg=60.0)

    def mould(p: np.ndarray) -> np.ndarray:
        narrow = 1 - 0.22 * np.clip((p[:, 2] - 0.5) / (top - 0.5), 0, 1)
        return np.column_stack([p[:, 0], p[:, 1] * narrow, p[:, 2]])

    lip = mirrored_y(tube([(0.21, w / 2, 0.43), (0.0, w / 2, 0.44), (-0.14, w / 2, 0.445)], 0.011, sides=8))
    body = joined(shell.warped(mould), lip.warped(mould))
    wood = bool(rng.integers(2))
    leg = "oak" if wood else "metal"
    feet = legs("splayed", 0.13, 0.14, 0.43, thickness=0.032 if wood else 0.022)
    parts = ((body, style.main), (feet, style.make("oak") if wood else style.make("metal", "black")))
    return Built(parts, f"{style.look} shell chair with slanted {leg} legs", tags=("shell",))


def build_office_chair(rng: np.random.Generator, style: Style) -> Built:
    """A swivel chair on a five-armed base with castors."""
    w, seat_z, top = between(rng, 0.46, 0.52), between(rng, 0.46, 0.52), between(rng, 0.98, 1.22)
    arms = bool(rng.integers(2))
    seat = cushion(0.48, w, 0.09, puff=0.15).moved(z=seat_z - 0.09)
    rest = (
        cushion(0.08, w - 0.03, top - seat_z - 0.14, puff=0.3).turned(-0.1, "y").moved(-0.21, z=seat_z + 0.14)
    )
    soft = [seat, rest]
    spine = tube(
        [(-0.05, 0, seat_z - 0.1), (-0.27, 0, seat_z - 0.06), (-0.29, 0, seat_z + 0.3)], 0.02, sides=8
    )
    hub = lathe(
        [(0, 0.07), (0.05, 0.07), (0.05, 0.13), (0.028, 0.15), (0.028, seat_z - 0.09), (0, seat_z - 0.09)],
        sides=14,
    )
    plate = box(0.22, 0.2, 0.03, bevel=0.008).moved(z=seat_z - 0.115)
    hard = [spine, hub, plate]
    for k in range(5):
        spoke = tube([(0.03, 0, 0.11), (0.28, 0, 0.075)], [0.024, 0.015], sides=8)
        castor = cylinder(0.03, 0.045, bevel=0.006, sides=14).turned(np.pi / 2, "x").moved(0.28, 0.0225, 0.03)
        hard.append(joined(spoke, castor).turned(k * 2 * np.pi / 5))
    if arms:
        rest_z = seat_z + 0.2
        y = w / 2 + 0.04
        post = tube(
            [(0.0, w / 2 - 0.06, seat_z - 0.1), (0.0, y, seat_z - 0.08), (0.0, y, rest_z)], 0.014, sides=8
        )
        pad = box(0.26, 0.06, 0.03, bevel=0.012).moved(y=y, z=rest_z)
        hard.append(mirrored_y(joined(post, pad)))
    words = "with armrests" if arms else "without armrests"
    high = "high-backed " if top > 1.12 else ""
    parts = ((joined(*soft), style.main), (joined(*hard), style.make("plastic", "black")))
    return Built(parts, f"{high}{style.look} office chair on castors {words}", tags=("swivel",))


def build_stool(rng: np.random.Generator, style: Style) -> Built:
    """A stool: round or square, low or bar height."""
    bar, square = bool(rng.integers(2)), bool(rng.integers(2))
    height = between(rng, 0.62, 0.76) if bar else between(rng, 0.42, 0.48)
    size = between(rng, 0.30, 0.38)
    soft = style.material in SOFT
    thick = 0.06 if soft else 0.035
    if square:
        top = cushion(size, size, thick, puff=0.2) if soft else box(size, size, thick, bevel=0.01)
    else:
        top = cylinder(size / 2, thick, bevel=thick * 0.4, sides=28)
    spread = size / 2 * (0.72 if square else 0.6)
    feet = legs("splayed", spread, spread, height - thick + 0.005, thickness=0.036)
    ring_z = 0.28 if bar else 0.16
    out = spread + min(0.22 * height, 0.09) * (1 - ring_z / height)
    corners = np.array([(out, out), (-out, out), (-out, -out), (out, -out), (out, out)])
    rails = joined(*(tube([(*a, ring_z), (*b, ring_z)], 0.009, sides=8) for a, b in pairwise(corners)))
    woody = style.material in WOODS
    frame = style.main if woody else style.make("metal", "black")
    words = f"{'tall' if bar else 'low'} {'square' if square else 'round'}"
    tail = "bar stool" if bar else "stool"
    parts = ((top.moved(z=height - thick), style.main), (joined(feet, rails), frame))
    return Built(parts, f"{words} {style.look} {tail}", tags=tuple(words.split()))


def build_bench(rng: np.random.Generator, style: Style) -> Built:
    """A long seat: plank on frames, slatted, or upholstered."""
    width, depth, height = between(rng, 0.95, 1.5), between(rng, 0.32, 0.40), between(rng, 0.43, 0.48)
    if style.material in SOFT:
        pad = cushion(depth, width, 0.12, puff=0.12).moved(z=height - 0.12)
        base = box(depth - 0.03, width - 0.03, 0.05, bevel=0.01).moved(z=height - 0.16)
        feet = legs("tapered", depth / 2 - 0.06, width / 2 - 0.08, height - 0.15, thickness=0.04)
        parts = ((pad, style.main), (joined(base, feet), style.make("walnut")))
        return Built(parts, f"long {style.look} bench with wooden legs", tags=("upholstered",))
    slatted = bool(rng.integers(2))
    if slatted:
        slat = box(depth / 4 - 0.014, width, 0.028, bevel=0.006)
        top = joined(*(slat.moved((i - 1.5) * depth / 4) for i in range(4))).moved(z=height - 0.028)
    else:
        top = box(depth, width, 0.035, bevel=0.008).moved(z=height - 0.035)
    thick = 0.028 if slatted else 0.035
    frame = _bench_frame(depth, height - thick).moved(y=width / 2 - 0.12)
    rail = box(0.03, width - 0.24, 0.06, bevel=0.005).moved(z=height - thick - 0.06)
    body = joined(top, mirrored_y(frame), rail)
    return Built(
        ((body, style.main),), f"{'slatted' if slatted else 'plain'} {style.look} bench", tags=("long",)
    )


def _bench_frame(depth: float, height: float) -> Shape:
    post = box(0.05, 0.06, height, bevel=0.006)
    bar = box(depth - 0.06, 0.05, 0.05, bevel=0.006)
    return joined(post.moved(depth / 2 - 0.04), post.moved(-depth / 2 + 0.04), bar.moved(z=height - 0.05))


CATEGORIES = (
    Category(
        "chair",
        "chairs",
        ("dining chair", "kitchen chair", "side chair"),
        "floor",
        ("white", "black", "red", "blue", "green", "yellow", "grey", "turquoise", "orange"),
        ("oak", "walnut", "pine", "wood", "fabric", "plastic"),
        build_chair,
    ),
    Category(
        "office chair",
        "office chairs",
        ("desk chair", "swivel chair", "task chair", "computer chair"),
        "floor",
        ("black", "grey", "blue", "red", "green", "white"),
        ("fabric", "leather"),
        build_office_chair,
    ),
    Category(
        "stool",
        "stools",
        ("bar stool", "barstool", "step stool"),
        "floor",
        ("red", "blue", "black", "yellow", "white", "green"),
        ("oak", "walnut", "metal", "leather"),
        build_stool,
    ),
    Category(
        "bench",
        "benches",
        ("long seat",),
        "floor",
        ("blue", "green", "beige", "red", "grey"),
        ("oak", "walnut", "pine", "fabric"),
        build_bench,
    ),
)
