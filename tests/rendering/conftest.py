"""Scenes built by hand, small enough to know every answer."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material, MeshPart
from sisg_robotics.scenes.scene import Instance

CLASS_IDS = {"wall": 1, "floor": 2, "sofa": 3}
GREY = Material("grey", (0.6, 0.6, 0.6))


def part(vertices, triangles, material=GREY, uv=None) -> MeshPart:
    """Triangles with flat normals; every corner is a vertex of its own."""
    corners = np.asarray(vertices, dtype=np.float64)[np.asarray(triangles)]  # (m, 3, 3)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face /= np.linalg.norm(face, axis=-1, keepdims=True)
    flat = corners.reshape(-1, 3).astype(np.float32)
    uv = flat[:, :2] if uv is None else np.asarray(uv)[np.asarray(triangles)].reshape(-1, 2)
    return MeshPart(
        vertices_m=flat,
        triangles=np.arange(len(flat), dtype=np.int32).reshape(-1, 3),
        normals=np.repeat(face, 3, axis=0).astype(np.float32),
        uv=uv.astype(np.float32),
        material=material,
    )


def rectangle(corner, edge, other_edge, material=GREY) -> MeshPart:
    """A rectangle that faces edge x other_edge, with uv 0 to 1 along the edges."""
    corner, edge, other_edge = (np.asarray(v, dtype=np.float64) for v in (corner, edge, other_edge))
    corners = [corner, corner + edge, corner + edge + other_edge, corner + other_edge]
    return part(corners, [[0, 1, 2], [0, 2, 3]], material, [(0, 0), (1, 0), (1, 1), (0, 1)])


def box(lower, upper, material=GREY) -> MeshPart:
    """An upright box, faces outwards."""
    x, y, z = zip(lower, upper, strict=True)
    corners = [(x[i], y[j], z[k]) for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return part(corners, [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], material)


def sphere(center, radius_m, steps, material=GREY) -> MeshPart:
    """A sphere whose vertices lie on it and whose facets span at most pi / steps."""
    polar = np.linspace(0, np.pi, steps + 1)
    around = np.linspace(0, 2 * np.pi, 2 * steps + 1)
    p, a = np.meshgrid(polar, around, indexing="ij")
    normals = np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)], axis=-1).reshape(-1, 3)
    index = np.arange(len(normals)).reshape(p.shape)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    lower, upper = (np.stack(t, axis=-1).reshape(-1, 3) for t in ((a, b, c), (a, c, d)))
    triangles = np.concatenate([lower, upper])
    points = np.asarray(center) + radius_m * normals
    return MeshPart(
        points.astype(np.float32),
        triangles.astype(np.int32),
        normals.astype(np.float32),
        np.zeros((len(points), 2), dtype=np.float32),
        material,
    )


def thing(instance_id, class_name, *parts, T_world_object=None) -> Instance:
    """An instance of hand-made parts."""
    T = np.eye(4) if T_world_object is None else T_world_object
    return Instance(instance_id, class_name, f"{class_name} {instance_id}", class_name, parts, T)


@pytest.fixture
def build() -> SimpleNamespace:
    """Makers of hand-made parts and instances, and the numbers of their classes."""
    return SimpleNamespace(
        box=box,
        class_ids=CLASS_IDS,
        part=part,
        rectangle=rectangle,
        sphere=sphere,
        thing=thing,
    )


@pytest.fixture
def table_in_room(build) -> list[Instance]:
    """A floor of 4 x 4 m, a wall at x = 4 and a board 0.5 m above the middle of the floor."""
    return [
        build.thing(1, "floor", build.box((0, 0, -0.1), (4, 4, 0))),
        build.thing(2, "wall", build.box((4, 0, 0), (4.1, 4, 2.5))),
        build.thing(3, "sofa", build.box((1.6, 1.6, 0.5), (2.4, 2.4, 0.52))),
    ]
