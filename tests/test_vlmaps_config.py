"""A config written for VLMaps, with its names, files and interpolations, is used as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics import VoxelMap

FILES = {
    "map_creation_cfg.yaml": """
defaults:
  - data_paths: default
  - map_config: vlmaps
  - params: default
  - _self_
nav:
  valid_range: 1
  vis: False
  tasks_per_scene: 20
scene_id: 0
""",
    "map_indexing_cfg.yaml": """
defaults:
  - data_paths: default
  - map_config: vlmaps
  - params: default
  - _self_
scene_id: 0
decay_rate: 0.01
index_2d: False
init_categories: True
""",
    "data_paths/default.yaml": """
habitat_scene_dir: "/data/mp3d"
vlmaps_data_dir: "recordings"
""",
    "params/default.yaml": """
gs: 1000
cs: 0.1
camera_height: 1.5
map_type: "vlmaps_lseg_3d"
forward_dist: 0.1
turn_angle: 5
sim_setting:
  sensor_height: ${params.camera_height}
controller_config:
  cs: ${params.cs}
""",
    "map_config/vlmaps.yaml": """
map_type: "vlmap"
pose_info:
  pose_type: mobile_base
  rot_type: "quat"
  camera_height: 1.5
  base2cam_rot: [1, 0, 0, 0, -1, 0, 0, 0, -1]
  base_forward_axis: [0, 0, -1]
  base_left_axis: [-1, 0, 0]
  base_up_axis: [0, 1, 0]
skip_frame: 2
cam_calib_mat: [8, 0, 8, 0, 8, 6, 0, 0, 1]
grid_size: ${params.gs}
cell_size: ${params.cs}
depth_sample_rate: 100
dilate_iter: 3
gaussian_sigma: 1.0
customize_obstacle_map: False
potential_obstacle_names: ["chair", "wall"]
obstacle_names: ["wall"]
categories: "mp3d"
""",
}
POSES = {"a_room": [(0.0, 0.0, 0.0), (9.0, 0.0, 0.0), (0.0, 0.0, 0.0)], "b_room": [(0.0, 0.0, -1.0)] * 3}
"""Base positions in Habitat's world (y up, -z forward); the second is skipped."""


@pytest.fixture
def vlmaps_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for scene, positions in POSES.items():
        _write_scene(tmp_path / "recordings" / scene, positions)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write_scene(root: Path, positions: list[tuple[float, float, float]]) -> None:
    (root / "rgb").mkdir(parents=True)
    (root / "depth").mkdir()
    for index in range(len(positions)):
        Image.new("RGB", (16, 12), (200, 30, 30)).save(root / "rgb" / f"{index:06d}.png")
        np.save(root / "depth" / f"{index:06d}.npy", np.full((12, 16), 2.0, dtype=np.float32))
    lines = [f"{x} {y} {z} 0 0 0 1" for x, y, z in positions]
    (root / "poses.txt").write_text("\n".join(lines))


def run(sisg: Callable, *overrides: str):
    return sisg("create_map", "-cp", "config", "-cn", "map_creation_cfg", "+encoder=none", *overrides)


def test_it_makes_the_map_that_the_config_says(sisg: Callable, vlmaps_folder: Path) -> None:
    ended = run(sisg)
    assert ended.status == 0, ended.err
    vmap = VoxelMap.load(vlmaps_folder / "recordings/a_room/map/none.h5")
    assert vmap.cell_size_m == 0.1
    assert vmap.frame_indices.tolist() == [0, 2]
    # the wall stands 2 m ahead of the camera: x forward, y left, z up, 1.5 m above the base, 90 degrees wide
    np.testing.assert_allclose(vmap.centers_xyz_m[:, 0], 2.0, atol=0.051)
    assert np.ptp(vmap.centers_xyz_m[:, 1]) == pytest.approx(4.0, abs=0.5)
    assert vmap.centers_xyz_m[:, 2].mean() == pytest.approx(1.5, abs=0.1)
    assert (vmap.rgb == [200, 30, 30]).all()


def test_a_scene_is_a_position_in_the_sorted_list(sisg: Callable, vlmaps_folder: Path) -> None:
    assert run(sisg, "scene_id=1").status == 0
    vmap = VoxelMap.load(vlmaps_folder / "recordings/b_room/map/none.h5")
    np.testing.assert_allclose(vmap.centers_xyz_m[:, 0], 3.0, atol=0.051)


def test_a_position_beyond_the_list_names_what_is_there(sisg: Callable, vlmaps_folder: Path) -> None:
    ended = run(sisg, "scene_id=2")
    assert ended.status == 2
    assert "scene_id is 2, but it must be a name or one of these positions: 0 a_room, 1 b_room." in ended.err


def test_keys_that_have_nothing_to_act_on_are_named_once(sisg: Callable, vlmaps_folder: Path) -> None:
    said = run(sisg).err
    assert said.count("VLMaps keys without effect here: ") == 1
    assert "nav" in said and "map_config.dilate_iter" in said and "data_paths.habitat_scene_dir" in said


def test_its_config_for_asking_is_read_too(sisg: Callable, vlmaps_folder: Path) -> None:
    asked = ["index_map", "-cp", "config", "-cn", "map_indexing_cfg", "+query=sofa", "+encoder=none"]
    assert "No map at recordings/a_room/map/none.h5" in sisg(*asked).err
    run(sisg)
    ended = sisg(*asked)
    assert (
        "params, map_config" in ended.err.splitlines()[0] or "map_config, params" in ended.err.splitlines()[0]
    )
    assert "This map was built with encoder=none" in ended.err


def test_a_key_that_neither_knows_is_refused(sisg: Callable, vlmaps_folder: Path) -> None:
    with (vlmaps_folder / "config/map_config/vlmaps.yaml").open("a") as file:
        file.write("skip_frames: 3\n")
    ended = run(sisg)
    assert ended.status == 2
    assert "Unknown config key 'map_config.skip_frames'. Did you mean 'map_config.skip_frame'?" in ended.err


def test_our_own_keys_are_added_with_a_plus(sisg: Callable, vlmaps_folder: Path) -> None:
    ended = sisg("create_map", "-cp", "config", "-cn", "map_creation_cfg", "max_depth_m=3")
    assert ended.status == 2
    assert "This config does not set 'max_depth_m'; to add it, write +max_depth_m=..." in ended.err


def test_nothing_but_maps_is_written(sisg: Callable, vlmaps_folder: Path) -> None:
    run(sisg)
    assert {path.name for path in vlmaps_folder.iterdir()} == {"config", "recordings"}
    written = {path.name for path in (vlmaps_folder / "recordings/a_room/map").iterdir()}
    assert written == {"none.h5", "none.png", "none_view.png", "none.ply"}
