from __future__ import annotations

import numpy as np
import trimesh

from sisg_robotics.maps.ply import write_map_ply, write_ply


def test_another_program_reads_points_and_colours_back(make_map, tmp_path):
    vmap = make_map()
    cloud = trimesh.load(write_map_ply(vmap, tmp_path / "new" / "map.ply"))
    assert np.allclose(cloud.vertices, vmap.centers_xyz_m, atol=1e-5)
    assert np.array_equal(cloud.colors[:, :3], vmap.rgb)


def test_scores_are_a_property_and_heat_in_the_colours(make_map, tmp_path):
    vmap = make_map()
    scores = np.linspace(0, 1, len(vmap), dtype=np.float32)
    path = write_map_ply(vmap, tmp_path / "map.ply", scores=scores)
    header, body = path.read_bytes().split(b"end_header\n", 1)
    kinds = [("xyz", "<f4", 3), ("rgb", "u1", 3), ("score", "<f4")]
    assert b"property float score" in header
    vertices = np.frombuffer(body, kinds)
    assert np.array_equal(vertices["score"], scores)
    assert vertices["rgb"][-1].astype(int).sum() > 400


def test_the_header_says_how_many_points_follow(tmp_path):
    path = write_ply(tmp_path / "a.ply", np.zeros((3, 3)), np.zeros((3, 3), np.uint8))
    header, body = path.read_bytes().split(b"end_header\n", 1)
    assert b"element vertex 3\n" in header
    assert len(body) == 3 * 15
