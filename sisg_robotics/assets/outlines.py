"""Shapes cut from flat outlines: extruded polygons, curtains, panels that carry a picture, leaves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .shape import REPEAT_M, Shape, joined, make_shape
from .shapes import Points, _corner_normals, box, grid_triangles


def rounded_rectangle(size_x: float, size_y: float, radius: float, *, segments: int = 5) -> np.ndarray:
    """Outline (n, 2), counter-clockwise, of a rectangle with round corners; for `extrude`."""
    radius = min(radius, 0.4999 * min(size_x, size_y))
    angles = np.linspace(0.0, np.pi / 2, segments + 1)
    corners = []
    for quarter, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        turn = angles + quarter * np.pi / 2
        center = np.array([sx * (size_x / 2 - radius), sy * (size_y / 2 - radius)])
        corners.append(center + radius * np.column_stack([np.cos(turn), np.sin(turn)]))
    return np.concatenate(corners)


def ellipse(size_x: float, size_y: float, *, sides: int = 28) -> np.ndarray:
    """Outline (n, 2), counter-clockwise, of an ellipse; for `extrude`."""
    angles = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    return np.column_stack([size_x / 2 * np.cos(angles), size_y / 2 * np.sin(angles)])


def extrude(outline: Points, height: float, *, bevel: float = 0.0, crease_deg: float = 40.0) -> Shape:
    """A plate with this outline (n, 2) in x and y, from z = 0 to `height`; `bevel` cuts both rims.

    The outline may be concave but not cross itself; `bevel` needs a convex one.
    """
    points = np.asarray(outline, dtype=np.float64)
    nxt = np.roll(points, -1, axis=0)
    if np.sum(points[:, 0] * nxt[:, 1] - nxt[:, 0] * points[:, 1]) < 0:
        points = points[::-1]
        nxt = np.roll(points, -1, axis=0)
    edge = nxt - points
    outward = np.column_stack([edge[:, 1], -edge[:, 0]]) / np.linalg.norm(edge, axis=1, keepdims=True)
    ends = _corner_normals(outward, crease_deg, closed=True)
    inner = points - bevel * _miter(outward)
    layers = [(points, bevel), (points, height - bevel)]
    if bevel > 0:
        layers = [(inner, 0.0), *layers, (inner, height)]
    walls = [_band(a, b, ends) for a, b in pairwise(layers)]
    cap = ear_clip(inner)
    uv = inner / REPEAT_M
    if np.ptp(inner[:, 1]) > np.ptp(inner[:, 0]):
        uv = uv[:, ::-1]
    lids = []
    for z, up in ((0.0, -1.0), (height, 1.0)):
        vertices = np.column_stack([inner, np.full(len(inner), z)])
        lids.append(make_shape(vertices, cap, np.tile([0.0, 0.0, up], (len(inner), 1)), uv))
    return joined(*walls, *lids)


def _miter(outward: np.ndarray) -> np.ndarray:
    """How far each corner moves for an inset of 1."""
    bisector = outward + np.roll(outward, 1, axis=0)
    return 2 * bisector / np.maximum(np.sum(bisector**2, axis=1, keepdims=True), 0.5)


def _band(lower: tuple[np.ndarray, float], upper: tuple[np.ndarray, float], ends: np.ndarray) -> Shape:
    """The wall between two copies of an outline at two heights."""
    (a, za), (b, zb) = lower, upper
    count = len(a)
    nxt = np.roll(np.arange(count), -1)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.roll(a, -1, axis=0) - a, axis=1))])
    rise, inset = zb - za, np.linalg.norm(b - a, axis=1).mean()
    tilt = inset if np.ptp(b[:, 0]) < np.ptp(a[:, 0]) else -inset
    corners = [(a, za), (a[nxt], za), (b, zb), (b[nxt], zb)]  # of one quad for each edge
    vertices = np.stack([np.column_stack([p, np.full(count, z)]) for p, z in corners], axis=1)
    flat = np.stack([ends[:, 0], ends[:, 1], ends[:, 0], ends[:, 1]], axis=1) * rise  # (n, 4, 2)
    normals = np.concatenate([flat, np.full((count, 4, 1), tilt)], axis=2)
    run = np.stack([along[:-1], along[1:], along[:-1], along[1:]], axis=1)
    uv = np.stack([run, np.broadcast_to([za, za, zb, zb], run.shape)], axis=2) / REPEAT_M
    first = np.arange(count, dtype=np.int32) * 4
    triangles = np.concatenate([np.column_stack([first, first + i, first + j]) for i, j in ((1, 3), (3, 2))])
    return make_shape(vertices.reshape(-1, 3), triangles, normals.reshape(-1, 3), uv.reshape(-1, 2))


def ear_clip(outline: np.ndarray) -> np.ndarray:
    """Triangles (m, 3) of a simple counter-clockwise polygon (n, 2)."""
    left = np.arange(len(outline))
    triangles: list[np.ndarray] = []
    while len(left) > 3:
        before, after = np.roll(left, 1), np.roll(left, -1)
        turn = _turn(outline[before], outline[left], outline[after])
        if (turn > 0).all():  # what is left is convex
            break
        for i in np.flatnonzero(turn > 1e-12).tolist():
            ear = np.array([before[i], left[i], after[i]])
            a, b, c = outline[ear]
            others = outline[np.setdiff1d(left, ear)]
            inside = (_turn(a, b, others) >= 0) & (_turn(b, c, others) >= 0) & (_turn(c, a, others) >= 0)
            if not inside.any():
                triangles.append(ear)
                break
        else:  # only corners without area are left
            i = 0
        left = np.delete(left, i)
    fan = np.column_stack([np.full(len(left) - 2, left[0]), left[1:-1], left[2:]])
    return np.concatenate([np.array(triangles, dtype=np.int32).reshape(-1, 3), fan]).astype(np.int32)


def _turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Twice the signed area of triangles a, b, c: positive for a left turn."""
    ab, ac = b - a, c - a
    return ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]


def sheet(
    width: float, height: float, *, depth: float = 0.06, folds: int = 8, thickness: float = 0.01
) -> Shape:
    """A hanging curtain across y, from z = 0 up, with vertical folds `depth` deep along x."""
    across = np.linspace(-width / 2, width / 2, folds * 6 + 1)
    wave = (depth - thickness) / 2 * np.cos(2 * np.pi * folds * (across / width + 0.5))
    front = np.column_stack([wave + thickness / 2, across])
    back = np.column_stack([wave - thickness / 2, across])
    return extrude(np.concatenate([back[::-1], front]), height, crease_deg=60.0)


def panel(width: float, height: float) -> Shape:
    """A flat picture in the plane x = 0 facing +x, standing on z = 0; the texture fills it once, upright."""
    y, z = np.array([-1, 1, 1, -1]) * width / 2, np.array([0, 0, 1, 1]) * height
    # seen from +x the viewer's right is +y
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], dtype=np.float64)
    vertices = np.column_stack([np.zeros(4), y, z])
    return make_shape(vertices, np.array([[0, 1, 2], [0, 2, 3]]), np.tile([1.0, 0.0, 0.0], (4, 1)), uv)


def frame(width: float, height: float, *, border: float, depth: float, bevel: float = 0.004) -> Shape:
    """A rectangular frame with these outer sizes, its back at x = 0, facing +x, standing on z = 0."""
    rail = box(depth, width, border, bevel=bevel).moved(depth / 2)
    post = box(depth, border, height - 2 * border + 2 * bevel, bevel=bevel).moved(depth / 2, z=border - bevel)
    shift = (width - border) / 2
    return joined(rail, rail.moved(z=height - border), post.moved(y=shift), post.moved(y=-shift))


def blade(
    length: float,
    width: float,
    *,
    lift_rad: float = 0.9,
    droop_rad: float = 1.2,
    fold: float = 0.15,
    rows: int = 5,
) -> Shape:
    """A leaf from the origin out along +x, rising at `lift_rad` and bending down by `droop_rad`.

    It is seen from both sides. `fold` lifts its edges against the middle rib.
    """
    t = np.linspace(0.0, 1.0, rows + 1)
    slope = lift_rad - droop_rad * t
    step = length / rows
    x = np.concatenate([[0.0], np.cumsum(np.cos(slope[:-1]) * step)])
    z = np.concatenate([[0.0], np.cumsum(np.sin(slope[:-1]) * step)])
    half = width / 2 * np.sin(np.pi * np.clip(0.06 + 0.94 * t, 0, 1) ** 0.8) + 0.02 * width
    across = np.array([-1.0, 0.0, 1.0])
    y = half[:, None] * across
    edge = np.abs(across) * fold * half[:, None]
    vertices = np.stack(
        [x[:, None] - np.sin(slope)[:, None] * edge, y, z[:, None] + np.cos(slope)[:, None] * edge], -1
    )
    normals = np.stack(
        np.broadcast_arrays(-np.sin(slope)[:, None], -fold * across, np.cos(slope)[:, None]), -1
    )
    uv = np.stack(np.broadcast_arrays(t[:, None] * length / REPEAT_M, 0.5 + y / REPEAT_M), -1)
    upper = make_shape(
        vertices.reshape(-1, 3), grid_triangles(rows + 1, 3), normals.reshape(-1, 3), uv.reshape(-1, 2)
    )
    skin = 0.0005 * upper.normals  # apart, so that a ray meets the side that faces it
    lower = make_shape(upper.vertices - skin, upper.triangles, -upper.normals, upper.uv)
    return joined(upper, lower)


def extrude_x(outline_yz: Points, depth: float, *, bevel: float = 0.0, crease_deg: float = 40.0) -> Shape:
    """`extrude` of an outline in (y, z) along x, from x = 0 to `depth`: a board that faces +x."""
    plate = extrude(outline_yz, depth, bevel=bevel, crease_deg=crease_deg)
    return plate._replace(vertices=plate.vertices[:, [2, 0, 1]], normals=plate.normals[:, [2, 0, 1]])


def extrude_y(outline_xz: Points, width: float, *, bevel: float = 0.0, crease_deg: float = 40.0) -> Shape:
    """`extrude` of an outline in (x, z) along y, centred on y = 0: a side view given its width."""
    plate = extrude(outline_xz, width, bevel=bevel, crease_deg=crease_deg)
    return plate.turned(np.pi / 2, "x").moved(y=width / 2)


def ribbon(path: Points, thickness: float) -> np.ndarray:
    """Outline (2 n, 2) of a polyline (n, 2) drawn with a broad pen; for `extrude`."""
    points = np.asarray(path, dtype=np.float64)
    steps = np.diff(points, axis=0)
    left = np.column_stack([-steps[:, 1], steps[:, 0]]) / np.linalg.norm(steps, axis=1, keepdims=True)
    mean = np.concatenate([left[:1], left[:-1] + left[1:], left[-1:]])
    mean /= np.maximum(np.sum(mean * np.concatenate([left[:1], left]), axis=1, keepdims=True), 0.3)
    offset = thickness / 2 * mean
    return np.concatenate([points + offset, (points - offset)[::-1]])


def smoothed(points: Points, *, times: int = 2) -> np.ndarray:
    """A polyline (n, d) with its corners cut (Chaikin 1974); the ends stay. For profiles and paths."""
    line = np.asarray(points, dtype=np.float64)
    for _ in range(times):
        a, b = line[:-1], line[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, line.shape[1])
        line = np.concatenate([line[:1], cut[1:-1], line[-1:]])
    return line
