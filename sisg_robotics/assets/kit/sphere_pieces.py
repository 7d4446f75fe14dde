"""Pieces of a sphere: what is on a ball and on a globe."""

from __future__ import annotations

import numpy as np

from ..shape import Shape, make_shape
from ..shapes import grid_triangles, lathe


def towards(shape: Shape, direction: np.ndarray) -> Shape:
    """Turn what stands on z so that it points in a direction."""
    x, y, z = (float(v) for v in direction / np.linalg.norm(direction))
    return shape.turned(float(np.arccos(z)), "y").turned(float(np.arctan2(y, x)))


def pentagon(radius: float) -> Shape:
    """A five-sided piece of a sphere around +z."""
    polar = np.linspace(0.4, 0.0, 4)
    cap = lathe(np.column_stack([np.sin(polar), np.cos(polar)]), sides=10, crease_deg=80.0)

    def cut(p: np.ndarray) -> np.ndarray:
        turn = np.arctan2(p[:, 1], p[:, 0])
        edge = np.cos(np.pi / 5) / np.cos(np.mod(turn, 0.4 * np.pi) - 0.2 * np.pi)
        polar = np.arctan2(np.hypot(p[:, 0], p[:, 1]), p[:, 2]) * edge
        return radius * np.column_stack(
            [np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)]
        )

    points = cut(cap.vertices)
    return make_shape(points, cap.triangles, points, cap.uv)


def gore(radius: float) -> Shape:
    """A twelfth of the sphere between two meridians, around the origin."""
    up = np.linspace(-np.pi / 2, np.pi / 2, 15)
    ball = lathe(np.column_stack([np.cos(up), np.sin(up)]) * radius, sides=24, crease_deg=80.0)
    x, y = ball.vertices[ball.triangles].mean(axis=1)[:, :2].T
    facing = np.arctan2(y, x)
    return ball._replace(triangles=ball.triangles[(facing > 0) & (facing < np.pi / 6)])


def patch(longitude: np.ndarray, latitude: np.ndarray, radius: float) -> Shape:
    """A piece of a sphere inside a closed curve, in rings around its middle."""
    rings = []
    for share in (0.0, 0.35, 0.7, 1.0):
        lon = longitude.mean() + share * (longitude - longitude.mean())
        lat = latitude.mean() + share * (latitude - latitude.mean())
        rings.append(np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]))
    points = np.stack([np.concatenate([r, r[:1]]) for r in rings])
    flat = points.reshape(-1, 3)
    return make_shape(flat * radius, grid_triangles(*points.shape[:2]), flat, flat[:, :2])
