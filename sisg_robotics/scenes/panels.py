"""Flat pieces put together: quads and boxes along the axes, with texture coordinates in metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..assets import Material, MeshPart

Corner = tuple[float, float, float]
Quad = tuple[np.ndarray, int, int]
"""Four corners in order round the rectangle, the axis of its normal, and the normal's sign."""


def quad(axis: int, at: float, sign: int, lower: tuple[float, float], upper: tuple[float, float]) -> Quad:
    """A rectangle perpendicular to an axis; `lower` and `upper` are on the other two axes, in their order."""
    others = [k for k in range(3) if k != axis]
    corners = np.empty((4, 3))
    corners[:, axis] = at
    corners[:, others[0]] = [lower[0], upper[0], upper[0], lower[0]]
    corners[:, others[1]] = [lower[1], lower[1], upper[1], upper[1]]
    # x, z is left-handed about y
    counter_clockwise = (sign > 0) == (axis != 1)
    return (corners if counter_clockwise else corners[::-1]), axis, sign


def box(lower: Corner, upper: Corner, skip: Sequence[tuple[int, int]] = ()) -> list[Quad]:
    """The faces of a box, all but those named as (axis, sign)."""
    faces = []
    for axis in range(3):
        others = [k for k in range(3) if k != axis]
        for sign, at in ((-1, lower[axis]), (1, upper[axis])):
            if (axis, sign) not in skip:
                low, high = ((corner[others[0]], corner[others[1]]) for corner in (lower, upper))
                faces.append(quad(axis, at, sign, low, high))
    return faces


def mesh(quads: Sequence[Quad], material: Material) -> MeshPart:
    """One mesh of many quads, with one repeat of the texture to a metre."""
    vertices = np.concatenate([corners for corners, _, _ in quads])
    normals = np.zeros_like(vertices)
    uv = np.empty((len(vertices), 2))
    triangles = []
    for number, (corners, axis, sign) in enumerate(quads):
        rows = slice(4 * number, 4 * number + 4)
        normals[rows, axis] = sign
        uv[rows] = corners[:, [k for k in range(3) if k != axis]]
        triangles += [
            [4 * number, 4 * number + 1, 4 * number + 2],
            [4 * number, 4 * number + 2, 4 * number + 3],
        ]
    return MeshPart(
        vertices.astype(np.float32), np.array(triangles, dtype=np.int32), normals.astype(np.float32),
        uv.astype(np.float32), material,
    )  # fmt: skip
