"""Parts that many things share: lofts, prisms, handles, knobs, taps, cabinets, leaves of paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..asset import Material
from ..category import Style, one_of
from ..outlines import extrude, panel, rounded_rectangle
from ..shape import REPEAT_M, Shape, joined, make_shape
from ..shapes import box, cylinder, grid_triangles, tube

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PALE_GLASS = Material("clear glass", (0.80, 0.88, 0.88), None, 0.05)
DARK_GLASS = Material("black glass", (0.035, 0.04, 0.045), None, 0.05)
PAPER = Material("white paper", (0.95, 0.94, 0.90), None, 0.9)
WATER = Material("water", (0.66, 0.80, 0.84), None, 0.05)
HEADROOM_M = 0.45
"""Free above a worktop, up to what hangs over it."""

Section = tuple[np.ndarray, float]
Parts = list[tuple[Shape, Material]]


def loft(sections: Sequence[Section], *, crease_deg: float = 40.0) -> Shape:
    """A skin over outlines (n, 2) at heights, all with the same n; the first and last are closed.

    The sections run up the outside and down the inside, as a profile of `lathe` does.
    """
    rings = np.stack([np.column_stack([outline, np.full(len(outline), z)]) for outline, z in sections])
    around = np.roll(rings, -1, axis=1) - np.roll(rings, 1, axis=1)
    rise = np.diff(rings, axis=0)  # (bands, n, 3)
    outward = np.cross((around[:-1] + around[1:]) / 2, rise)
    outward /= np.maximum(np.linalg.norm(outward, axis=2, keepdims=True), 1e-12)
    ends = np.stack([outward, outward], axis=1)  # (bands, 2, n, 3)
    gentle = np.einsum("bni,bni->b", outward[:-1], outward[1:]) / rings.shape[1] > np.cos(
        np.radians(crease_deg)
    )
    for band in np.flatnonzero(gentle).tolist():
        ends[band, 1] = ends[band + 1, 0] = outward[band] + outward[band + 1]
    widest = rings[int(np.argmax(np.ptp(rings[:, :, 1], axis=1) + np.ptp(rings[:, :, 0], axis=1)))]
    steps = np.linalg.norm(np.diff(np.concatenate([widest, widest[:1]]), axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    up = np.concatenate([[0.0], np.cumsum(np.linalg.norm(rise, axis=2).mean(axis=1))])
    skins = []
    for band in range(len(rise)):
        pair = np.concatenate([rings[band : band + 2], rings[band : band + 2, :1]], axis=1)
        normals = np.concatenate([ends[band], ends[band][:, :1]], axis=1)
        uv = np.stack(np.broadcast_arrays(along[None], up[band : band + 2, None]), axis=-1) / REPEAT_M
        skins.append(
            make_shape(
                pair.reshape(-1, 3),
                grid_triangles(*pair.shape[:2]),
                normals.reshape(-1, 3),
                uv.reshape(-1, 2),
            )
        )
    return joined(_lid(rings[0], -1.0), *skins, _lid(rings[-1], 1.0))


def _lid(ring: np.ndarray, facing: float) -> Shape:
    count = len(ring)
    vertices = np.concatenate([ring, ring.mean(axis=0, keepdims=True)])
    index = np.arange(count, dtype=np.int32)
    triangles = np.column_stack([index, (index + 1) % count, np.full(count, count)])
    return make_shape(
        vertices, triangles, np.tile([0.0, 0.0, facing], (count + 1, 1)), vertices[:, :2] / REPEAT_M
    )


def rounded(size_x: float, size_y: float, radius: float, z: float, *, x: float = 0.0) -> Section:
    """A rounded rectangle as a section of a loft."""
    return rounded_rectangle(size_x, size_y, radius, segments=4) + np.array([x, 0.0]), z


def hollow(
    sections: Sequence[tuple[float, float, float, float]], wall: float, *, floor: float = 0.02
) -> Shape:
    """An open vessel: sections (size_x, size_y, radius, z) from the bottom to the rim, and its inside."""
    outside = [rounded(*section) for section in sections]
    inside = [
        rounded(x - 2 * wall, y - 2 * wall, max(r - wall, 0.005), max(z, sections[0][3] + floor))
        for x, y, r, z in reversed(sections)
    ]
    return loft([*outside, *inside])


def prism(outline_xz: Sequence[Sequence[float]] | np.ndarray, width: float) -> Shape:
    """A side view (n, 2) in x and z, `width` wide along y and centred on y = 0."""
    return extrude(outline_xz, width).turned(np.pi / 2, "x").moved(y=width / 2)


def forward(shape: Shape) -> Shape:
    """Lay down what stands along z, so that its top looks along +x."""
    return shape.turned(np.pi / 2, "y")


def plate(depth: float, width: float, height: float, *, radius: float = 0.02, bevel: float = 0.0) -> Shape:
    """An upright plate with round corners: back at x = 0, standing on z = 0."""
    flat = extrude(rounded_rectangle(height, width, radius), depth, bevel=bevel)
    return forward(flat).moved(z=height / 2)


def arc(
    radius: float,
    start_rad: float,
    end_rad: float,
    *,
    count: int = 8,
    center: Sequence[float] = (0.0, 0.0, 0.0),
) -> np.ndarray:
    """Points (n, 3) on a circle in the plane y = 0; angle 0 is +x, a quarter turn is +z."""
    angle = np.linspace(start_rad, end_rad, count)
    flat = np.column_stack([np.cos(angle), np.zeros(count), np.sin(angle)])
    return np.asarray(center, dtype=np.float64) + radius * flat


def arch(radius: float, start_rad: float, end_rad: float, *, count: int) -> np.ndarray:
    """Points (n, 3) on a circle in the plane x = 0; angle 0 is +y, a quarter turn is +z."""
    return arc(radius, start_rad, end_rad, count=count) @ np.array([[0, 1, 0], [0, 0, 0], [0, 0, 1]])


def ring(radius: float, thickness: float, *, points: int = 24, sides: int = 6) -> Shape:
    """A torus around z at z = 0; `thickness` is the bar's radius."""
    angle = np.linspace(0.0, 2 * np.pi, points, endpoint=False)
    circle = radius * np.column_stack([np.cos(angle), np.sin(angle), np.zeros(points)])
    return tube(circle, thickness, sides=sides, closed=True)


def bar_handle(length: float, *, standoff: float = 0.045, radius: float = 0.009) -> Shape:
    """An upright bar on two posts, centred on z = 0, in front of the plane x = 0."""
    half = length / 2
    post = tube([(-0.002, 0, 0), (standoff, 0, 0)], radius * 0.8, sides=6)
    bar = tube([(standoff, 0, -half), (standoff, 0, half)], radius, sides=8)
    return joined(bar, post.moved(z=half * 0.85), post.moved(z=-half * 0.85))


def knob(radius: float, depth: float = 0.025) -> Shape:
    """A turning knob that looks along +x from x = 0, with a pointer on top."""
    pointer = box(depth * 0.3, radius * 0.3, radius * 0.8).moved(depth, z=radius * 0.1)
    return joined(forward(cylinder(radius, depth, top_radius=radius * 0.85, sides=14)), pointer)


def tap(height: float, reach: float) -> Shape:
    """A mixer tap with a curved neck that reaches along +x, and a lever, standing on z = 0."""
    bend = reach / 2
    neck = np.concatenate(
        [
            [(0, 0, 0)],
            arc(bend, np.pi, -0.15, count=9, center=(bend, 0.0, height - bend)),
            [(reach, 0.0, height - bend - 0.035)],
        ]
    )
    lever = tube([(0.0, 0.015, 0.045), (0.005, 0.06, 0.075)], 0.006, sides=6)
    return joined(cylinder(0.024, 0.05, sides=14), tube(neck, 0.0115, sides=8), lever)


def cabinet(depth: float, width: float, height: float) -> tuple[Shape, Shape, float]:
    """A kitchen carcass without front and top, open above: (body, plinth, x of the front plane)."""
    plinth, front = 0.09, depth / 2 - 0.02
    side = box(front + depth / 2, 0.018, height - plinth).moved((front - depth / 2) / 2, z=plinth)
    body = joined(
        side.moved(y=width / 2 - 0.009),
        side.moved(y=-width / 2 + 0.009),
        box(0.018, width - 0.03, height - plinth).moved(-depth / 2 + 0.009, z=plinth),
        box(front + depth / 2, width - 0.03, 0.018).moved((front - depth / 2) / 2, z=plinth),
    )
    foot = box(depth - 0.08, width - 0.01, plinth).moved(-0.03)
    return body, foot, front


def door_front(width: float, height: float, *, shaker: bool) -> Shape:
    """A cabinet front, framed if `shaker`: back at x = 0, 2 cm thick, standing on z = 0."""
    if not shaker or height < 0.2:
        return box(0.02, width, height, bevel=0.003).moved(0.01)
    border = 0.06
    post = box(0.02, border, height).moved(0.01)
    rail = box(0.02, width - 2 * border, border).moved(0.01)
    return joined(
        box(0.012, width, height).moved(0.006),
        post.moved(y=(width - border) / 2),
        post.moved(y=-(width - border) / 2),
        rail,
        rail.moved(z=height - border),
    )


def disk(radius: float, depth: float = 0.002, *, sides: int = 20) -> Shape:
    """A thin disk that lies on z = 0."""
    return cylinder(radius, depth, sides=sides)


def picture(
    width: float, height: float, pixels: np.ndarray, *, emission: float = 0.0
) -> tuple[Shape, Material]:
    """A panel in the plane x = 0 that shows these pixels (h, w, 3), standing on z = 0."""
    texture = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    red, green, blue = (float(c) for c in np.clip(pixels, 0, 1).mean(axis=(0, 1)))
    material = Material("picture", (red, green, blue), texture, 0.4, 0.0, emission)
    return panel(width, height), material


def either(rng: np.random.Generator, first: float, second: float) -> float:
    """One of two numbers."""
    return first if rng.random() < 0.5 else second


def worktop(rng: np.random.Generator, style: Style) -> tuple[Material, str]:
    """A worktop's material and what it is called."""
    words = {
        "marble": ("marble", "white"),
        "grey stone": ("stone", "grey"),
        "oak": ("oak", None),
        "walnut": ("walnut", None),
        "black stone": ("stone", "black"),
    }
    name = one_of(rng, tuple(words))
    return style.make(*words[name]), name
