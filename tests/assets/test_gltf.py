"""GLB files: what is written comes back, in our file reader and in somebody else's."""

from __future__ import annotations

import json
import struct
from dataclasses import fields

import numpy as np
import pytest
import trimesh

from sisg_robotics.assets import (
    CATEGORIES,
    AssetSpec,
    Material,
    MeshPart,
    Node,
    asset_metadata,
    export_glb,
    make_asset,
    read_glb,
)
from sisg_robotics.errors import BadFile, MissingPath

SPECS = [AssetSpec("sofa", 1), AssetSpec("painting", 2), AssetSpec("floor lamp", 0), AssetSpec("sofa", 1)]


def pose(yaw_rad: float, xyz: tuple[float, float, float]) -> np.ndarray:
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    T = np.eye(4)
    T[:2, :2], T[:3, 3] = [[c, -s], [s, c]], xyz
    return T


@pytest.fixture(scope="module")
def nodes():
    assets = [make_asset(spec) for spec in SPECS]
    poses = [pose(0.3 * i, (float(i), 2.0, 0.5)) for i in range(len(assets))]
    return [
        Node(f"{a.id} {i}", a.parts, T, asset_metadata(a))
        for i, (a, T) in enumerate(zip(assets, poses, strict=True))
    ]


def assert_same_parts(was: Node, now: Node) -> None:
    for p, q in zip(was.parts, now.parts, strict=True):
        for field in ("vertices_m", "triangles", "normals", "uv", "colors"):
            np.testing.assert_array_equal(getattr(p, field), getattr(q, field))
        for field in fields(Material):
            given, read = getattr(p.material, field.name), getattr(q.material, field.name)
            np.testing.assert_array_equal(given, read, err_msg=f"{p.material.name}: {field.name}")


def test_reading_a_file_gives_back_what_was_written(tmp_path, nodes):
    export_glb(tmp_path / "flat.glb", nodes)
    back = read_glb(tmp_path / "flat.glb")
    assert [n.name for n in back] == [n.name for n in nodes]
    for was, now in zip(nodes, back, strict=True):
        assert now.extras == was.extras
        np.testing.assert_array_equal(now.T_world_node, was.T_world_node)
        assert_same_parts(was, now)


def test_every_kind_of_thing_comes_back(tmp_path):
    made = [make_asset(AssetSpec(category, 1)) for category in sorted(CATEGORIES)]
    given = [Node(a.id, a.parts, np.eye(4), asset_metadata(a)) for a in made]
    back = read_glb(export_glb(tmp_path / "kit.glb", given))
    assert len(back) == len(given) > 50
    for was, now in zip(given, back, strict=True):
        assert_same_parts(was, now)


def picture(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).integers(0, 256, shape, dtype=np.uint8)


FANCY = [
    Material("leaf", (0.1, 0.6, 0.2), picture(4, 8, 3), alpha_texture=picture(4, 8), alpha_mode="mask",
             alpha_cutoff=0.3),
    Material("veil", (0.3, 0.2, 0.7), alpha=0.25, alpha_mode="blend"),
    Material("lace", (0.3, 0.2, 0.7), alpha=0.7, alpha_texture=picture(5, 3), alpha_mode="blend"),
    Material("rust", (0.5, 0.5, 0.5), roughness=0.9, metallic=1.0, metal_rough_texture=picture(2, 2, 2),
             normal_texture=picture(3, 3, 3), normal_scale=0.4),
    Material("screen", (0.0, 0.0, 0.0), emission=7.5, emission_texture=picture(2, 4, 3)),
    Material("lamp", (1.0, 0.9, 0.8), emission=12.0),
    Material("poster", (1.0, 0.9, 0.8), picture(2, 2, 3), emission=2.0, alpha_texture=picture(2, 2)),
    Material("pane", (0.9, 0.95, 1.0), roughness=0.05, transmission=0.9),
]  # fmt: skip


def fancy_part(material: Material) -> MeshPart:
    points = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    colors = np.array([[1, 0, 0, 1], [0, 0.5, 0, 1], [0, 0, 0.25, 0.125]], dtype=np.float32)
    return MeshPart(
        vertices_m=points,
        triangles=np.array([[0, 1, 2]], dtype=np.int32),
        normals=np.tile(np.array([1, 0, 0], dtype=np.float32), (3, 1)),
        uv=points[:, 1:].copy(),
        material=material,
        colors=colors,
    )


@pytest.mark.parametrize("material", FANCY, ids=lambda m: m.name)
def test_every_field_of_a_material_comes_back_and_trimesh_opens_it(tmp_path, material):
    node = Node("thing", (fancy_part(material),), np.eye(4), {})
    path = export_glb(tmp_path / "a.glb", [node])
    assert path.read_bytes() == export_glb(tmp_path / "b.glb", [node]).read_bytes()
    assert_same_parts(node, read_glb(path)[0])
    (mesh,) = trimesh.load(path).geometry.values()
    seen = mesh.visual.material
    assert seen.alphaMode == (None if material.alpha_mode == "opaque" else material.alpha_mode.upper())
    if material.metal_rough_texture is not None:
        packed = np.asarray(seen.metallicRoughnessTexture)
        np.testing.assert_array_equal(packed[..., 2], material.metal_rough_texture[..., 0])
        np.testing.assert_array_equal(packed[..., 1], material.metal_rough_texture[..., 1])
    if material.alpha_texture is not None:
        np.testing.assert_array_equal(np.asarray(seen.baseColorTexture)[..., 3], material.alpha_texture)


def test_an_alpha_texture_of_another_size_is_resampled_to_the_colours(tmp_path):
    alpha = np.array([[0, 0, 255, 255]], dtype=np.uint8)
    material = Material("m", (1.0, 1.0, 1.0), picture(2, 2, 3), alpha_texture=alpha, alpha_mode="mask")
    node = Node("thing", (fancy_part(material),), np.eye(4), {})
    (back,) = read_glb(export_glb(tmp_path / "a.glb", [node]))
    resampled = back.parts[0].material.alpha_texture
    assert resampled.shape == (2, 2)
    assert (resampled[:, 0] < 64).all()
    assert (resampled[:, 1] > 191).all()


def test_the_same_nodes_give_the_same_bytes_and_twins_are_stored_once(tmp_path, nodes):
    one, two = (export_glb(tmp_path / f"{i}.glb", nodes).read_bytes() for i in range(2))
    assert one == two
    document = json.loads(one[20 : 20 + struct.unpack_from("<I", one, 12)[0]])
    assert [n["mesh"] for n in document["nodes"]] == [0, 1, 2, 0]


def test_trimesh_opens_the_file_y_up_and_in_metres(tmp_path):
    asset = make_asset(AssetSpec("wardrobe", 0))
    depth, width, height = asset.size_xyz_m
    export_glb(tmp_path / "w.glb", [("wardrobe", asset.parts, np.eye(4), {})])
    scene = trimesh.load(tmp_path / "w.glb")
    np.testing.assert_allclose(scene.extents, [width, height, depth], atol=1e-6)
    assert scene.bounds[0, 1] == pytest.approx(0.0, abs=1e-6)
    count = sum(len(g.faces) for g in scene.geometry.values())
    assert count == asset.triangle_count


def test_our_front_is_the_front_of_gltf(tmp_path):
    picture = make_asset(AssetSpec("painting", 0))
    T = pose(0.0, (1.0, 2.0, 3.0))
    export_glb(tmp_path / "p.glb", [("painting", picture.parts, T, {})])
    scene = trimesh.load(tmp_path / "p.glb")
    center = scene.bounds.mean(axis=0)
    np.testing.assert_allclose(center, [2.0, 3.0, 1.0], atol=0.05)  # (x, y, z) became (y, z, x)
    np.testing.assert_allclose(scene.bounds[0, 2], 1.0, atol=1e-6)  # the back stays at our x


def test_textures_arrive_in_trimesh(tmp_path):
    asset = make_asset(AssetSpec("sofa", 1))
    export_glb(tmp_path / "s.glb", [("sofa", asset.parts, np.eye(4), {})])
    images = [g.visual.material.baseColorTexture for g in trimesh.load(tmp_path / "s.glb").geometry.values()]
    expected = [p.material.texture for p in asset.parts]
    np.testing.assert_array_equal(np.asarray(images[0].convert("RGB")), expected[0])


def test_no_temporary_file_stays_behind(tmp_path, nodes):
    export_glb(tmp_path / "deep" / "flat.glb", nodes)
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["flat.glb"]


def test_an_empty_scene_can_be_written_and_read(tmp_path):
    assert read_glb(export_glb(tmp_path / "empty.glb", [])) == []


@pytest.mark.parametrize(
    "damage", [lambda d: d[:-7], lambda d: b"PK" + d[2:], lambda d: b"", lambda d: d[:14]]
)
def test_a_damaged_file_is_refused_by_name(tmp_path, nodes, damage):
    path = export_glb(tmp_path / "flat.glb", nodes)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadFile, match=r"flat\.glb"):
        read_glb(path)


def test_a_file_that_lies_about_its_tables_is_refused(tmp_path, nodes):
    path = export_glb(tmp_path / "flat.glb", nodes)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"mesh":0', b'"mesh":9'))
    with pytest.raises(BadFile):
        read_glb(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingPath, match="nowhere"):
        read_glb(tmp_path / "nowhere.glb")


def test_metadata_is_plain_json_and_rebuilds_the_asset():
    asset = make_asset(AssetSpec("dining table", 3, "blue", "lacquer"))
    data = json.loads(json.dumps(asset_metadata(asset)))
    again = make_asset(AssetSpec(**data["spec"]))
    assert asset_metadata(again) == asset_metadata(asset)
    assert data["category"] == "dining table"
    assert data["color"] == "blue"
