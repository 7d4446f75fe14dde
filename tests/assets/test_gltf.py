"""GLB files: what is written comes back, in our file reader and in somebody else's."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
import trimesh

from sisg_robotics.assets import AssetSpec, Node, asset_metadata, export_glb, make_asset, read_glb
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


def test_reading_a_file_gives_back_what_was_written(tmp_path, nodes):
    export_glb(tmp_path / "flat.glb", nodes)
    back = read_glb(tmp_path / "flat.glb")
    assert [n.name for n in back] == [n.name for n in nodes]
    for was, now in zip(nodes, back, strict=True):
        assert now.extras == was.extras
        np.testing.assert_array_equal(now.T_world_node, was.T_world_node)
        for p, q in zip(was.parts, now.parts, strict=True):
            for field in ("vertices_m", "triangles", "normals", "uv"):
                np.testing.assert_array_equal(getattr(p, field), getattr(q, field))
            for field in ("name", "color_rgb", "roughness", "metallic", "emission"):
                assert getattr(p.material, field) == getattr(q.material, field)
            np.testing.assert_array_equal(p.material.texture, q.material.texture)


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
