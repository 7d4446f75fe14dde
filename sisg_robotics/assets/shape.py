"""A piece of surface before it has a material: triangles with normals and texture coordinates.

Texture coordinates are lengths: one unit of uv is one repeat of a texture, `REPEAT_M` of the real thing.
The glTF rule holds: u runs along a texture's columns, v down its rows. Grain runs along u.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

REPEAT_M = 0.5


class Shape(NamedTuple):
    """Triangles, counter-clockwise seen from outside, with a unit normal and a uv at every vertex. Metres."""

    vertices: Float[np.ndarray, "n 3"]
    triangles: Int[np.ndarray, "m 3"]
    normals: Float[np.ndarray, "n 3"]
    uv: Float[np.ndarray, "n 2"]

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """Shift by metres."""
        return self._replace(vertices=self.vertices + np.array([x, y, z]))

    def turned(self, angle_rad: float, axis: str = "z") -> Shape:
        """Turn about an axis through the origin, right-handed: about z, +x goes to +y."""
        c, s = np.cos(angle_rad), np.sin(angle_rad)
        R = {
            "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
            "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
            "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
        }[axis]
        return self._replace(vertices=self.vertices @ R.T, normals=self.normals @ R.T)

    def scaled(self, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> Shape:
        """Stretch about the origin; a negative factor mirrors. Texture coordinates stay."""
        factors = np.array([x, y, z], dtype=np.float64)
        return make_shape(self.vertices * factors, self.triangles, self.normals / factors, self.uv)

    def warped(self, bend: Callable[[np.ndarray], np.ndarray]) -> Shape:
        """Send every vertex (n, 3) through a smooth map; normals follow its derivative."""
        step = 1e-5
        offsets = np.eye(3) * step
        columns = [(bend(self.vertices + d) - bend(self.vertices - d)) / (2 * step) for d in offsets]
        jacobian = np.stack(columns, axis=-1)  # (n, 3, 3)
        # cofactors carry normals as the inverse transpose does, and exist where it does not
        a, b, c = (jacobian[:, :, i] for i in range(3))
        cofactor = np.stack([cross(b, c), cross(c, a), cross(a, b)], axis=-1)
        normals = np.einsum("nij,nj->ni", cofactor, self.normals)
        return make_shape(bend(self.vertices), self.triangles, normals, self.uv)

    def tapered(self, top_x: float, top_y: float | None = None) -> Shape:
        """Narrow or widen with height: the top is `top_x` by `top_y` times as wide as the bottom."""
        factor_y = top_x if top_y is None else top_y
        low, high = self.vertices[:, 2].min(), self.vertices[:, 2].max()

        def bend(p: np.ndarray) -> np.ndarray:
            t = (p[:, 2] - low) / (high - low)
            return np.column_stack(
                [p[:, 0] * (1 + t * (top_x - 1)), p[:, 1] * (1 + t * (factor_y - 1)), p[:, 2]]
            )

        return self.warped(bend)

    def textured(self, repeat: float) -> Shape:
        """Show the texture `repeat` times as often."""
        return self._replace(uv=self.uv * repeat)

    @property
    def bounds(self) -> Float[np.ndarray, "2 3"]:
        """Lower and upper corner."""
        return np.stack([self.vertices.min(axis=0), self.vertices.max(axis=0)])


def make_shape(vertices: np.ndarray, triangles: np.ndarray, normals: np.ndarray, uv: np.ndarray) -> Shape:
    """Make normals unit, drop triangles without area and wind the others as their normals say."""
    vertices = np.asarray(vertices, dtype=np.float64)
    triangles = np.asarray(triangles, dtype=np.int32).reshape(-1, 3)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(length > 1e-12, normals / np.maximum(length, 1e-12), [0.0, 0.0, 1.0])
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = cross(b - a, c - a)
    kept = np.linalg.norm(face, axis=1) > 1e-10
    triangles, face = triangles[kept], face[kept]
    inward = np.einsum("mi,mi->m", face, normals[triangles].sum(axis=1)) < 0
    triangles = np.where(inward[:, None], triangles[:, ::-1], triangles)
    return Shape(vertices, triangles, normals, np.asarray(uv, dtype=np.float64))


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products of rows (n, 3): `np.cross` without its overhead for short arrays."""
    ax, ay, az = a.T
    bx, by, bz = b.T
    return np.column_stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def joined(*shapes: Shape) -> Shape:
    """Several shapes as one."""
    return merged(shapes)


def merged(shapes: Sequence[Shape]) -> Shape:
    """Several shapes as one, their triangles renumbered."""
    starts = np.cumsum([0] + [len(s.vertices) for s in shapes[:-1]])
    return Shape(
        np.concatenate([s.vertices for s in shapes]),
        np.concatenate([s.triangles + start for s, start in zip(shapes, starts, strict=True)]).astype(
            np.int32
        ),
        np.concatenate([s.normals for s in shapes]),
        np.concatenate([s.uv for s in shapes]),
    )


def smooth_normals(vertices: np.ndarray, triangles: np.ndarray) -> Float[np.ndarray, "n 3"]:
    """Area-weighted normals, shared by vertices at the same place. Triangles must be wound outwards."""
    _, place = np.unique(np.round(vertices, 7), axis=0, return_inverse=True)
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = cross(b - a, c - a)
    total = np.zeros((place.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, place.ravel()[triangles[:, corner]], face)
    normals = total[place.ravel()]
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
