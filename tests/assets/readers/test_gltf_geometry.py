"""Shapes in glTF files: every way to store triangles gives the triangles that were stored."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets import AssetSpec, Node, export_glb, make_asset
from sisg_robotics.assets.readers import read_model

TRIANGLE = np.array([[1, 2, 3], [4, 2, 3], [1, 7, 3]], dtype=np.float32)
"""In the file's axes; facing its +z."""
QUAD = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], dtype=np.float32)


def corners(model) -> np.ndarray:
    """All triangles in the world, (m, 3, 3), in the axes of a y-up file."""
    found = []
    for node in model.nodes:
        for part in node.parts:
            points = part.vertices_m @ node.T_world_node[:3, :3].T + node.T_world_node[:3, 3]
            found.append(points[part.triangles][..., [1, 2, 0]])
    return np.concatenate(found)


def normals(model) -> np.ndarray:
    return np.concatenate([p.normals[:, [1, 2, 0]] for n in model.nodes for p in n.parts])


@pytest.mark.parametrize("kind", ["glb", "embedded", "beside"])
def test_a_triangle_without_normals_is_flat_and_turned_to_our_axes(tmp_path, triangle_file, kind):
    path = tmp_path / ("a.glb" if kind == "glb" else "a.gltf")
    made = triangle_file.glb(path) if kind == "glb" else triangle_file.gltf(path, embedded=kind == "embedded")
    model = read_model(made)
    part = model.nodes[0].parts[0]
    np.testing.assert_array_equal(part.vertices_m, [[3, 1, 2], [3, 4, 2], [3, 1, 7]])  # (z, x, y)
    np.testing.assert_array_equal(part.normals, [[1, 0, 0]] * 3)
    assert part.material.metallic == 1.0
    assert part.material.color_rgb == (1, 1, 1)
    facts = model.facts
    assert (facts.object_count, facts.mesh_count, facts.vert_count) == (1, 1, 3)
    assert (facts.edge_count, facts.poly_count, facts.material_count) == (3, 1, 0)
    assert facts.bbox_min == (3, 1, 2)
    assert facts.bbox_max == (3, 4, 7)
    assert facts.file_name == path.name
    assert facts.file_size == path.stat().st_size
    assert facts.linked_files == (("a%20data.bin",) if kind == "beside" else ())


def test_a_quarter_turn_a_scale_and_a_parent_compose(tmp_path, triangle_file):
    s = np.sqrt(0.5)
    triangle_file.json["nodes"] = [
        {"children": [1], "translation": [10, 0, 0], "rotation": [0, 0, s, s]},  # 90 degrees about z
        {"mesh": 0, "scale": [2, 3, 1]},
    ]
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    expected = [[10 - 3 * y, 2 * x, z] for x, y, z in TRIANGLE]
    np.testing.assert_allclose(corners(model)[0], expected, atol=1e-5)
    R = model.nodes[0].T_world_node[:3, :3]
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-6)


def test_a_matrix_is_column_by_column_and_a_mirror_keeps_the_outside_out(tmp_path, triangle_file):
    triangle_file.json["nodes"] = [{"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 5, 6, 7, 1]}]
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    a, b, c = corners(model)[0]
    np.testing.assert_allclose(
        sorted(map(tuple, (a, b, c))), sorted((x + 5, y + 6, 7 - z) for x, y, z in TRIANGLE)
    )
    np.testing.assert_allclose(normals(model), [[0, 0, -1]] * 3, atol=1e-6)
    np.testing.assert_allclose(np.cross(b - a, c - a) / 15, [0, 0, -1], atol=1e-6)


def test_only_the_default_scene_is_read(tmp_path, triangle_file):
    triangle_file.json |= {"nodes": [{"name": "no", "mesh": 0}, {"name": "yes", "mesh": 0}]}
    triangle_file.json |= {"scenes": [{"nodes": [0]}, {"nodes": [1]}], "scene": 1}
    assert [n.name for n in read_model(triangle_file.glb(tmp_path / "a.glb")).nodes] == ["yes"]
    del triangle_file.json["scenes"], triangle_file.json["scene"]
    assert len(read_model(triangle_file.glb(tmp_path / "a.glb")).nodes) == 2


@pytest.mark.parametrize(
    ("mode", "indices", "expected"),
    [
        (4, [0, 1, 2, 2, 1, 3], [[0, 1, 2], [2, 1, 3]]),
        (5, [0, 1, 2, 3], [[0, 1, 2], [1, 3, 2]]),
        (5, [0, 1, 2, 2, 1, 3], [[0, 1, 2], [2, 3, 1]]),  # joined by triangles without area
        (6, [0, 1, 3, 2], [[1, 3, 0], [3, 2, 0]]),
    ],
)
@pytest.mark.parametrize("dtype", ["u1", "u2", "u4"])
def test_lists_strips_and_fans_with_any_index_type(tmp_path, file, mode, indices, expected, dtype):
    file.mesh({"POSITION": file.accessor(QUAD)}, mode=mode, indices=file.accessor(indices, dtype))
    found = corners(read_model(file.glb(tmp_path / "a.glb")))
    np.testing.assert_array_equal(found, QUAD[np.array(expected)])


def test_points_and_lines_count_but_are_not_seen(tmp_path, triangle_file):
    line = {"attributes": {"POSITION": 0}, "mode": 3}
    triangle_file.json["meshes"][0]["primitives"].append(line)
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    assert len(corners(model)) == 1
    assert (model.facts.vert_count, model.facts.edge_count, model.facts.poly_count) == (6, 5, 1)


def test_interleaved_rows_are_told_apart(tmp_path, file):
    rows = np.zeros(3, dtype=[("p", "<f4", 3), ("uv", "<u2", 2), ("gap", "<u4")])
    rows["p"], rows["uv"] = TRIANGLE, [[0, 0], [65535, 0], [0, 13107]]
    view = file.view(rows.tobytes(), byteStride=20)
    file.mesh(
        {
            "POSITION": file.raw_accessor(view, 3, 3),
            "TEXCOORD_0": file.raw_accessor(view, 3, 2, "u2", byteOffset=12, normalized=True),
        }
    )
    model = read_model(file.glb(tmp_path / "a.glb"))
    np.testing.assert_array_equal(corners(model)[0], TRIANGLE)
    np.testing.assert_allclose(model.nodes[0].parts[0].uv, [[0, 0], [1, 0], [0, 0.2]], atol=1e-7)


@pytest.mark.parametrize("with_base", [True, False])
def test_a_sparse_accessor_changes_what_it_names(tmp_path, file, with_base):
    where, new = file.view(np.array([1], "<u2").tobytes()), file.view(np.array([[9, 9, 9]], "<f4").tobytes())
    sparse = {
        "count": 1,
        "indices": {"bufferView": where, "componentType": 5123},
        "values": {"bufferView": new},
    }
    view = file.view(TRIANGLE.tobytes()) if with_base else None
    file.mesh({"POSITION": file.raw_accessor(view, 3, 3, sparse=sparse)})
    expected = (TRIANGLE if with_base else np.zeros((3, 3))).copy()
    expected[1] = 9
    np.testing.assert_array_equal(corners(read_model(file.glb(tmp_path / "a.glb")))[0], expected)


def test_quantised_positions_keep_their_value_and_quantised_normals_become_unit(tmp_path, file):
    points, up = np.array([[0, 0, 0, 0], [100, 0, 0, 0], [0, 50, 0, 0]]), [[0, 0, 127, 0]] * 3
    view, nview = (
        file.view(points.astype("<i2").tobytes(), byteStride=8),
        file.view(np.array(up, "i1").tobytes(), byteStride=4),
    )
    file.mesh(
        {
            "POSITION": file.raw_accessor(view, 3, 3, "i2"),
            "NORMAL": file.raw_accessor(nview, 3, 3, "i1", normalized=True),
        }
    )
    file.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    file.json["nodes"][0]["scale"] = [0.01] * 3
    model = read_model(file.glb(tmp_path / "a.glb"))
    np.testing.assert_allclose(corners(model)[0], [[0, 0, 0], [1, 0, 0], [0, 0.5, 0]], atol=1e-6)
    np.testing.assert_allclose(normals(model), [[0, 0, 1]] * 3, atol=1e-6)


def test_morph_targets_stand_at_their_default_weights(tmp_path, triangle_file):
    target = {"POSITION": triangle_file.accessor([[0, 0, 2]] * 3)}
    triangle_file.json["meshes"][0]["primitives"][0]["targets"] = [target]
    triangle_file.json["meshes"][0]["weights"] = [0.5]
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    np.testing.assert_array_equal(corners(model)[0], TRIANGLE + np.array([0, 0, 1]))
    assert model.facts.shape_key_count == 1
    triangle_file.json["nodes"][0]["weights"] = [0.0]
    np.testing.assert_array_equal(corners(read_model(triangle_file.glb(tmp_path / "a.glb")))[0], TRIANGLE)


def test_a_skinned_mesh_stands_where_its_joints_do(tmp_path, triangle_file):
    attributes = triangle_file.json["meshes"][0]["primitives"][0]["attributes"]
    attributes["JOINTS_0"] = triangle_file.accessor([[0, 1, 0, 0]] * 3, "u1")
    attributes["WEIGHTS_0"] = triangle_file.accessor([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 1, 0, 0]])
    inverse = np.eye(4)
    inverse[:3, 3] = [0, 0, -1]
    matrices = triangle_file.accessor([np.eye(4).ravel(), inverse.T.ravel()])
    triangle_file.json["skins"] = [{"joints": [1, 2], "inverseBindMatrices": matrices}]
    triangle_file.json["scenes"] = [{"nodes": [0, 1]}]
    triangle_file.json["nodes"] = [
        {"mesh": 0, "skin": 0, "translation": [100, 0, 0]},  # a skinned mesh's own transform has no effect
        {"children": [2]},
        {"translation": [0, 0, 5]},
    ]
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    np.testing.assert_allclose(corners(model)[0], TRIANGLE + np.array([[0, 0, 0], [0, 0, 2], [0, 0, 4]]))
    assert model.facts.armature_count == 1
    assert model.facts.object_count == 2


def test_instances_of_a_mesh_share_their_arrays_and_count_each(tmp_path, triangle_file):
    triangle_file.json["scenes"] = [{"nodes": [0, 1]}]
    triangle_file.json["nodes"] = [
        {"mesh": 0, "scale": [2, 2, 2]},
        {"mesh": 0, "scale": [2, 2, 2], "translation": [9, 0, 0]},
    ]
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    assert model.nodes[0].parts is model.nodes[1].parts
    assert (model.facts.mesh_count, model.facts.poly_count) == (2, 2)
    np.testing.assert_allclose(corners(model)[1] - corners(model)[0], [[9, 0, 0]] * 3)


def test_gpu_instances_are_repeats(tmp_path, triangle_file):
    moves = triangle_file.accessor([[0, 0, 0], [1, 0, 0], [0, 5, 0]])
    instancing = {"attributes": {"TRANSLATION": moves}}
    triangle_file.json["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": instancing}
    model = read_model(triangle_file.glb(tmp_path / "a.glb"))
    np.testing.assert_array_equal(corners(model)[2], TRIANGLE + np.array([0, 5, 0]))
    assert model.facts.mesh_count == 3


def test_broken_normals_are_those_of_the_face(tmp_path, triangle_file):
    attributes = triangle_file.json["meshes"][0]["primitives"][0]["attributes"]
    attributes["NORMAL"] = triangle_file.accessor([[0, 0, 0], [np.nan, 0, 0], [0, 3, 4]])
    found = normals(read_model(triangle_file.glb(tmp_path / "a.glb")))
    np.testing.assert_allclose(found, [[0, 0, 1], [0, 0, 1], [0, 0.6, 0.8]], atol=1e-7)


def test_vertices_that_no_face_uses_are_left_out(tmp_path, file):
    far = np.vstack([[[np.nan, 0, 1e30]], TRIANGLE])
    file.mesh({"POSITION": file.accessor(far)}, indices=file.accessor([1, 2, 3], "u2"))
    model = read_model(file.glb(tmp_path / "a.glb"))
    np.testing.assert_array_equal(corners(model)[0], TRIANGLE)
    assert model.facts.vert_count == 3


def test_our_own_file_comes_back_as_it_was(tmp_path):
    asset = make_asset(AssetSpec("sofa", 1))
    T = np.eye(4)
    T[:3, 3] = 1, 2, 3
    path = export_glb(tmp_path / "a.glb", [Node("sofa", asset.parts, T, {"k": [1, "x"]})])
    model = read_model(path)
    (node,) = model.nodes
    assert (node.name, node.extras) == ("sofa", {"k": [1, "x"]})
    np.testing.assert_array_equal(node.T_world_node, T)
    for was, now in zip(asset.parts, node.parts, strict=True):
        for field in ("vertices_m", "triangles", "normals", "uv"):
            np.testing.assert_array_equal(getattr(was, field), getattr(now, field))
        np.testing.assert_array_equal(was.material.texture, now.material.texture)
    lower, upper = asset.bounds_m + np.array([1, 2, 3])
    np.testing.assert_allclose([model.facts.bbox_min, model.facts.bbox_max], [lower, upper], atol=1e-6)
