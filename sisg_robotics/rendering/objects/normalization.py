"""An object of any size and place in the middle of a unit space: p_normalized = scale * p + translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64

from ...assets.asset import MeshPart
from ...assets.gltf import Node
from ...errors import BadValue
from ...geometry import transform
from .settings import Normalize

SIDE = {"cube": 2.0, "unit_cube": 1.0}
"""Length that the longest side of the bounding box gets."""


class Normalization(NamedTuple):
    """A similarity without rotation, from the model's frame to the normalised one."""

    scale: float
    translation: tuple[float, float, float]
    """Added after scaling."""

    @property
    def matrix(self) -> Float64[np.ndarray, "4 4"]:
        """The same as T_normalized_model, which is not rigid."""
        T = np.diag([self.scale, self.scale, self.scale, 1.0])
        T[:3, 3] = self.translation
        return T


def normalized_parts(nodes: Sequence[Node], kind: Normalize) -> tuple[tuple[MeshPart, ...], Normalization]:
    """All parts of a model in the normalised frame, and how they came there. Its nodes are rigid.

    Raises BadValue for a model without triangles, without extent or with a corner that is not finite.
    """
    placed = [(part, node.T_world_node) for node in nodes for part in node.parts if len(part.triangles)]
    if not placed:
        raise BadValue("the model", "without triangles", "a mesh with at least one triangle")
    if not all(np.all(np.isfinite(part.vertices_m)) for part, _ in placed):
        raise BadValue("the model", "with a vertex that is not finite", "made of finite vertices")
    points = [transform(T, part.vertices_m.astype(np.float64)) for part, T in placed]
    used = [p[_used(part)] for p, (part, _) in zip(points, placed, strict=True)]
    normalization = normalization_of(used, kind)
    pairs = zip(placed, points, strict=True)
    return tuple(_moved(part, T, p, normalization) for (part, T), p in pairs), normalization


def has_area(nodes: Sequence[Node]) -> bool:
    """Whether a triangle is more than a line, so that there is something to see."""
    for part in (part for node in nodes for part in node.parts if len(part.triangles)):
        a, b, c = part.vertices_m.astype(np.float64)[part.triangles].transpose(1, 0, 2)
        sides = np.stack([b - a, c - b, a - c])
        longest = np.linalg.norm(sides, axis=-1).max(axis=0)
        if np.any(np.linalg.norm(np.cross(b - a, c - a), axis=-1) > 1e-6 * longest**2):
            return True
    return False


def normalization_of(points: Sequence[Float64[np.ndarray, "_ 3"]], kind: Normalize) -> Normalization:
    """The similarity that puts the points' bounding box into the middle and gives it its size."""
    lower = np.min([p.min(axis=0) for p in points], axis=0)
    upper = np.max([p.max(axis=0) for p in points], axis=0)
    center = lower + (upper - lower) / 2
    if kind == "sphere":
        size = max(float(np.linalg.norm(p - center, axis=-1).max()) for p in points)
    else:
        size = float((upper - lower).max())
    scale = SIDE.get(kind, 1.0) / size if size > 0 else np.inf
    if not np.isfinite(scale):
        raise BadValue("the model", f"of size {size:g}", "larger than a point")
    x, y, z = (float(v) for v in -scale * center)
    return Normalization(float(scale), (x, y, z))


def _used(part: MeshPart) -> Bool[np.ndarray, "n"]:
    """The vertices that are corners of triangles: what no picture shows gives the object no size."""
    used = np.zeros(len(part.vertices_m), dtype=bool)
    used[part.triangles.reshape(-1)] = True
    return used


def _moved(
    part: MeshPart,
    T: Float[np.ndarray, "4 4"],
    points: Float64[np.ndarray, "n 3"],
    normalization: Normalization,
) -> MeshPart:
    return replace(
        part,
        vertices_m=(points * normalization.scale + normalization.translation).astype(np.float32),
        normals=(part.normals @ T[:3, :3].T).astype(np.float32),
    )
