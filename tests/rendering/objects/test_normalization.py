"""Objects are moved into the middle of a unit space, exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.assets.gltf import Node
from sisg_robotics.errors import BadValue
from sisg_robotics.rendering.objects.normalization import normalized_parts


def corners(parts) -> np.ndarray:
    return np.concatenate([part.vertices_m for part in parts])


@pytest.mark.parametrize(("kind", "half"), [("cube", 1.0), ("unit_cube", 0.5)])
def test_the_longest_side_fills_the_cube_exactly(block, kind: str, half: float) -> None:
    parts, normalization = normalized_parts(block.nodes, kind)
    points = corners(parts)
    assert np.array_equal(points.min(axis=0), [-half, -half / 2, -half / 4])
    assert np.array_equal(points.max(axis=0), [half, half / 2, half / 4])
    assert normalization.scale == half / 2
    assert np.allclose(normalization.translation, [-1.5 * half, -half, -0.75 * half])


def test_the_farthest_vertex_lies_on_the_unit_sphere(block) -> None:
    parts, normalization = normalized_parts(block.nodes, "sphere")
    assert np.linalg.norm(corners(parts), axis=-1).max() == pytest.approx(1.0, abs=1e-6)
    assert normalization.scale == pytest.approx(1 / np.sqrt(2**2 + 1**2 + 0.5**2))


@pytest.mark.parametrize("offset", [0.0, 1e3, -3e4])
@pytest.mark.parametrize("size", [1e-4, 1.0, 1e5])
def test_size_and_place_in_the_file_do_not_matter(build, make, offset: float, size: float) -> None:
    T = np.eye(4)
    T[:3, 3] = offset
    parts, _ = normalized_parts(
        make.model_of(build.box((0, 0, 0), (size,) * 3), T_world_node=T).nodes, "cube"
    )
    double_rounding = 1e-15 * abs(offset) / size
    assert np.abs(np.abs(corners(parts)) - 1.0).max() <= max(double_rounding, 1e-7)


def test_matrix_maps_the_file_to_the_normalised_object(block) -> None:
    parts, normalization = normalized_parts(block.nodes, "cube")
    original = corners(block.nodes[0].parts)
    homogeneous = np.c_[original, np.ones(len(original))]
    assert np.allclose((homogeneous @ normalization.matrix.T)[:, :3], corners(parts), atol=1e-6)


def test_a_vertex_that_no_triangle_uses_gives_no_size(build, make) -> None:
    box = build.box((0, 0, 0), (2, 2, 2))
    far = np.concatenate([box.vertices_m, [[100, 100, 100]]]).astype(np.float32)
    normals, uv = (np.concatenate([values, values[:1]]) for values in (box.normals, box.uv))
    stray = replace(box, vertices_m=far, normals=normals, uv=uv)
    _, normalization = normalized_parts(make.model_of(stray).nodes, "cube")
    assert normalization.scale == 1.0


def test_a_turned_node_turns_its_vertices_and_normals(build, make) -> None:
    T = np.eye(4)
    T[:2, :2] = [[0, -1], [1, 0]]
    (part,), _ = normalized_parts(
        make.model_of(build.box((0, 0, 0), (4, 2, 1)), T_world_node=T).nodes, "cube"
    )
    assert np.allclose(part.vertices_m.max(axis=0), [0.5, 1.0, 0.25])
    outwards = np.sign(part.vertices_m) * [2, 1, 4]
    assert np.all((part.normals * outwards).sum(axis=-1) > 0.99)


def test_an_object_without_triangles_or_extent_is_refused(build, make) -> None:
    with pytest.raises(BadValue, match="without triangles"):
        normalized_parts([Node("empty", (), np.eye(4), {})], "cube")
    box = build.box((0, 0, 0), (1, 1, 1))
    point = replace(box, vertices_m=np.ones_like(box.vertices_m))
    with pytest.raises(BadValue, match="larger than a point"):
        normalized_parts(make.model_of(point).nodes, "cube")
    endless = replace(box, vertices_m=np.where(box.vertices_m > 0, np.float32(np.inf), box.vertices_m))
    with pytest.raises(BadValue, match="not finite"):
        normalized_parts(make.model_of(endless).nodes, "sphere")
