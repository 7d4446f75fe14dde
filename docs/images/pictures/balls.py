"""Small meshes and textures that show materials."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

from sisg_robotics.assets import Material, MeshPart

RADIUS_M = 0.5
_RINGS = 36


def ball(material: Material) -> MeshPart:
    """A ball around the origin whose texture runs twice as often around it as from pole to pole."""
    v, u = np.meshgrid(np.linspace(0, 1, _RINGS + 1), np.linspace(0, 1, 2 * _RINGS + 1), indexing="ij")
    polar, around = np.pi * v, 2 * np.pi * u
    normals = np.stack(
        [np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)], axis=-1
    ).reshape(-1, 3)
    index = np.arange(v.size).reshape(v.shape)
    upper, lower = index[:-1, :-1], index[1:, :-1]
    corners = [(upper, lower, lower + 1), (upper, lower + 1, upper + 1)]
    return MeshPart(
        (RADIUS_M * normals).astype(np.float32),
        np.concatenate([np.stack(t, axis=-1).reshape(-1, 3) for t in corners]).astype(np.int32),
        normals.astype(np.float32),
        np.stack([2 * u, v], axis=-1).reshape(-1, 2).astype(np.float32),
        material,
    )


def plate(
    corner: tuple[float, float, float],
    edge: tuple[float, float, float],
    other: tuple[float, float, float],
    material: Material,
) -> MeshPart:
    """A rectangle that faces edge x other; a texture of 8 x 8 fields has fields of 0.5 m."""
    start, along, up = (np.array(v, dtype=np.float64) for v in (corner, edge, other))
    normal = np.cross(along, up)
    lengths = np.linalg.norm(along), np.linalg.norm(up)
    uv = np.array([(0, 0), (lengths[0], 0), lengths, (0, lengths[1])]) / 4
    return MeshPart(
        np.array([start, start + along, start + along + up, start + up], dtype=np.float32),
        np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32),
        np.tile(normal / np.linalg.norm(normal), (4, 1)).astype(np.float32),
        uv.astype(np.float32),
        material,
    )


def checker(dark: int, light: int, fields: int = 8, size: int = 256) -> UInt8[np.ndarray, "s s"]:
    """A chequerboard."""
    row = np.arange(size) * fields // size
    return np.where((row[:, None] + row) % 2, dark, light).astype(np.uint8)


def lattice(bars: int = 8, bar_share: float = 0.28, size: int = 256) -> UInt8[np.ndarray, "s s"]:
    """Alpha of a wire fence: 255 on bars, 0 in the holes between them."""
    bar = np.arange(size) / size * bars % 1 < bar_share
    return np.where(bar[:, None] | bar, 255, 0).astype(np.uint8)


def bumps(count: int = 8, size: int = 256) -> UInt8[np.ndarray, "s s 3"]:
    """A tangent-space normal map of round bumps in rows."""
    line = (np.arange(size) + 0.5) / size * count % 1 * 2 - 1
    x, down = np.meshgrid(line, line)
    inside = np.hypot(x, down) < 0.9
    normal = np.stack([np.where(inside, 0.75 * x, 0), np.where(inside, -0.75 * down, 0)], axis=-1)
    z = np.sqrt(1 - (normal**2).sum(axis=-1))
    return np.rint((np.dstack([normal, z]) + 1) * 127.5).astype(np.uint8)
