"""The bricks everything is built of: boxes, turned pieces, cushions, tubes, cut-outs, curtains, leaves.

Solids stand on z = 0, centred on the z axis, sizes in metres along x (depth), y (width), z (height).
`Shape.moved`, `.turned`, `.scaled`, `.tapered` and `.warped` put them where they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .shape import REPEAT_M as REPEAT_M
from .shape import Shape as Shape
from .shape import joined as joined
from .shape import make_shape as make_shape
from .shape import merged, smooth_normals

Points = np.ndarray | Sequence[Sequence[float | int]]  # (n, d)


def box(size_x: float, size_y: float, size_z: float, *, bevel: float = 0.0, segments: int = 1) -> Shape:
    """A box; `bevel` rounds all edges with that radius (12 triangles sharp, 108 with one segment)."""
    half = np.array([size_x, size_y, size_z]) / 2
    radius = min(bevel, 0.999 * float(half.min()))
    lines = [_rounded_axis(h, radius, segments) for h in half]
    faces = [_box_face(half, lines, axis, sign, radius) for axis in range(3) for sign in (1.0, -1.0)]
    return make_shape(*merged(faces)).moved(z=float(half[2]))


def _box_face(half: np.ndarray, lines: list[np.ndarray], axis: int, sign: float, radius: float) -> Shape:
    across, up = (i for i in range(3) if i != axis)
    if half[up] > half[across]:  # the grain runs along the longer side
        across, up = up, across
    grid = np.empty((len(lines[across]), len(lines[up]), 3))
    grid[..., across], grid[..., up] = lines[across][:, None], lines[up]
    grid[..., axis] = sign * half[axis]
    points = grid.reshape(-1, 3)
    uv = (points[:, [across, up]] + 10.0) / REPEAT_M
    if radius == 0.0:
        normals = np.zeros_like(points)
        normals[:, axis] = sign
    else:
        core = np.clip(points, -(half - radius), half - radius)
        normals = points - core
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        points = core + radius * normals
    return Shape(points, grid_triangles(*grid.shape[:2]), normals, uv)


def _rounded_axis(half: float, radius: float, segments: int) -> np.ndarray:
    if radius == 0.0:
        return np.array([-half, half])
    rise = radius * np.tan(np.linspace(0.0, np.pi / 4, segments + 1))
    positive = half - radius + rise
    return np.concatenate([-positive[::-1], positive])


def grid_triangles(rows: int, columns: int) -> np.ndarray:
    """Two triangles for each cell of a grid of vertices, row by row."""
    index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    return np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=2).reshape(-1, 3)


def lathe(profile: Points, *, sides: int = 24, crease_deg: float = 40.0) -> Shape:
    """Turn a profile of (radius, height) about z.

    The profile runs counter-clockwise: up the outside, down the inside. Begin and end at radius 0 to close
    it. Corners sharper than `crease_deg` are edges, others are smooth.
    """
    points = np.asarray(profile, dtype=np.float64)
    steps = np.diff(points, axis=0)
    outward = np.column_stack([steps[:, 1], -steps[:, 0]])
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-12)
    ends = _corner_normals(outward, crease_deg, closed=False)  # (segments, 2 ends, 2)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(steps, axis=1))])
    angles = np.linspace(0.0, 2 * np.pi, sides + 1)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    girth = max(1.0, round(2 * np.pi * float(points[:, 0].max()) / REPEAT_M))
    rings = []
    for i in range(len(steps)):
        pair = np.repeat(points[i : i + 2], sides + 1, axis=0)
        normal = np.repeat(ends[i], sides + 1, axis=0)
        around = np.tile(circle, (2, 1))
        vertices = np.column_stack([pair[:, :1] * around, pair[:, 1]])
        normals = np.column_stack([normal[:, :1] * around, normal[:, 1]])
        if abs(steps[i, 1]) < 0.2 * abs(steps[i, 0]):  # a disk: seen from above, it is textured from above
            uv = vertices[:, :2] / REPEAT_M
        else:
            uv = np.column_stack(
                [np.repeat(along[i : i + 2], sides + 1) / REPEAT_M, np.tile(angles / (2 * np.pi) * girth, 2)]
            )
        rings.append(Shape(vertices, grid_triangles(2, sides + 1), normals, uv))
    return make_shape(*merged(rings))


def _corner_normals(outward: np.ndarray, crease_deg: float, *, closed: bool) -> np.ndarray:
    """Normals at both ends of each segment of an outline, shared over gentle corners."""
    ends = np.stack([outward, outward], axis=1)
    limit = np.cos(np.radians(crease_deg))
    for i in range(len(outward) if closed else len(outward) - 1):
        j = (i + 1) % len(outward)
        if outward[i] @ outward[j] > limit:
            mean = outward[i] + outward[j]
            ends[i, 1] = ends[j, 0] = mean / np.linalg.norm(mean)
    return ends


def cylinder(
    radius: float, height: float, *, top_radius: float | None = None, bevel: float = 0.0, sides: int = 24
) -> Shape:
    """A cylinder, or a frustum when `top_radius` differs; `bevel` rounds both rims."""
    top = radius if top_radius is None else top_radius
    if bevel <= 0.0:
        return lathe([(0, 0), (radius, 0), (top, height), (0, height)], sides=sides)
    bend = np.linspace(0.0, np.pi / 2, 4)
    low = [(radius - bevel * (1 - np.sin(t)), bevel * (1 - np.cos(t))) for t in bend]
    high = [(top - bevel * (1 - np.cos(t)), height - bevel * (1 - np.sin(t))) for t in bend]
    return lathe([(0, 0), *low, *high, (0, height)], sides=sides)


def ellipsoid(size_x: float, size_y: float, size_z: float, *, sides: int = 20, rings: int = 10) -> Shape:
    """An ellipsoid with these full extents."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    profile = np.column_stack([np.cos(angle), 1 + np.sin(angle)]) * 0.5
    profile[[0, -1], 0] = 0.0
    ball = lathe(profile, sides=sides, crease_deg=80.0)
    scale = max(size_x, size_y, size_z)
    return ball.textured(scale).scaled(size_x, size_y, size_z)


def cushion(size_x: float, size_y: float, size_z: float, *, puff: float = 0.35, grid: int = 6) -> Shape:
    """A stuffed box: rounded, thicker in the middle than at its seams; its extents are exactly the sizes."""
    half = np.array([size_x, size_y, size_z]) / 2
    radius = 0.45 * float(half.min()) * 2
    line = np.linspace(-1.0, 1.0, grid + 1)
    faces = []
    for axis in range(3):
        across, up = (i for i in range(3) if i != axis)
        for sign in (1.0, -1.0):
            points = np.zeros((grid + 1, grid + 1, 3))
            points[..., across], points[..., up] = np.meshgrid(line, line, indexing="ij")
            points[..., axis] = sign
            flat = points.reshape(-1, 3) * half
            uv = (flat[:, [across, up]] + 10.0) / REPEAT_M
            core = np.clip(flat, -(half - radius), half - radius)
            outward = flat - core
            outward /= np.linalg.norm(outward, axis=1, keepdims=True)
            faces.append(make_shape(core + radius * outward, grid_triangles(grid + 1, grid + 1), outward, uv))
    body = joined(*faces)
    thin = int(np.argmin(half))
    wide = [i for i in range(3) if i != thin]
    relative = body.vertices / half
    swell = (1 - relative[:, wide[0]] ** 2) * (1 - relative[:, wide[1]] ** 2)
    vertices = body.vertices.copy()
    vertices[:, thin] *= 1 + puff * swell
    vertices *= half / np.abs(vertices).max(axis=0)
    normals = smooth_normals(vertices, body.triangles)
    return make_shape(vertices, body.triangles, normals, body.uv).moved(z=float(half[2]))


def tube(
    path: Points, radius: float | Sequence[float] | np.ndarray, *, sides: int = 10, closed: bool = False
) -> Shape:
    """A round bar along a polyline (n, 3), with flat ends unless `closed`; one radius, or one per point."""
    points = np.asarray(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(points))
    ahead, behind = np.roll(points, -1, axis=0) - points, points - np.roll(points, 1, axis=0)
    if not closed:
        ahead[-1], behind[0] = behind[-1], ahead[0]
    unit_ahead, unit_behind = (d / np.linalg.norm(d, axis=1, keepdims=True) for d in (ahead, behind))
    tangent = unit_ahead + unit_behind
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    side = _carried_frame(tangent)
    other = np.cross(tangent, side)
    angles = np.linspace(0.0, 2 * np.pi, sides + 1)
    ring = np.cos(angles)[None, :, None] * side[:, None] + np.sin(angles)[None, :, None] * other[:, None]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    vertices = points[:, None] + radii[:, None, None] * ring
    uv = np.stack(np.broadcast_arrays(along[:, None] / REPEAT_M, angles[None] / (2 * np.pi)), axis=-1)
    if closed:
        vertices, ring = (np.concatenate([a, a[:1]]) for a in (vertices, ring))
        uv = np.concatenate([uv, uv[:1] + np.array([along[-1] / REPEAT_M + 0.1, 0.0])])
    hull = make_shape(
        vertices.reshape(-1, 3), grid_triangles(*vertices.shape[:2]), ring.reshape(-1, 3), uv.reshape(-1, 2)
    )
    if closed:
        return hull
    return joined(hull, _fan(vertices[0, :-1], -tangent[0]), _fan(vertices[-1, :-1], tangent[-1]))


def _carried_frame(tangent: np.ndarray) -> np.ndarray:
    """A direction across each tangent, carried along the path without twisting."""
    side = np.cross(tangent[0], np.eye(3)[int(np.argmin(np.abs(tangent[0])))])
    sides = [side / np.linalg.norm(side)]
    for before, after in pairwise(tangent):
        axis, cosine = np.cross(before, after), float(before @ after)  # the smallest turn of one to the other
        side = sides[-1]
        turned = side * cosine + np.cross(axis, side) + axis * (axis @ side) / max(1 + cosine, 1e-6)
        sides.append(turned / np.linalg.norm(turned))
    return np.stack(sides)


def _fan(rim: np.ndarray, normal: np.ndarray) -> Shape:
    count = len(rim)
    index = np.arange(1, count - 1, dtype=np.int32)
    triangles = np.column_stack([np.zeros_like(index), index, index + 1])
    return make_shape(rim, triangles, np.tile(normal, (count, 1)), rim[:, :2] / REPEAT_M)
