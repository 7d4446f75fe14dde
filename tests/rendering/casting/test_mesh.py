"""Putting instances together."""

from __future__ import annotations

import numpy as np

from sisg_robotics.geometry import look_at
from sisg_robotics.rendering.casting.mesh import world_mesh


def test_every_triangle_keeps_its_place_its_side_and_its_owner(build):
    T = look_at(np.array([1.0, 2.0, 3.0]), np.array([0.0, 5.0, 1.0]))
    sofa = build.thing(
        3, "sofa", build.box((0, 0, 0), (1, 2, 3)), build.sphere((0, 0, 0), 1.0, 5), T_world_object=T
    )
    wall = build.thing(9, "wall", build.rectangle((0, 0, 0), (0, 3, 0), (0, 0, 1)))
    mesh = world_mesh([sofa, wall], build.class_ids)
    np.testing.assert_array_equal(np.unique(mesh.instance_of), [3, 9])
    np.testing.assert_array_equal(mesh.class_of == 3, mesh.instance_of == 3)
    expected = []
    for instance in (sofa, wall):
        for part in instance.parts:
            points = part.vertices_m @ instance.T_world_object[:3, :3].T + instance.T_world_object[:3, 3]
            expected.append(points[part.triangles])
    corners = mesh.vertices_m[mesh.triangles]
    for triangle, same in zip(corners, np.concatenate(expected), strict=True):
        assert any(np.allclose(np.roll(triangle, turn, axis=0), same, atol=1e-6) for turn in range(3))


def test_the_longest_edge_comes_last(build):
    mesh = world_mesh([build.thing(1, "sofa", build.box((0, 0, 0), (1, 2, 3)))], build.class_ids)
    a, b, c = np.moveaxis(mesh.vertices_m[mesh.triangles], 1, 0)
    longest = np.linalg.norm(c - b, axis=-1)
    assert (longest >= np.linalg.norm(b - a, axis=-1)).all()
    assert (longest >= np.linalg.norm(c - a, axis=-1)).all()
