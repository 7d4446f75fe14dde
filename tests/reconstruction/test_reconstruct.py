"""The whole way: a recording in, points, surface, pictures and figures out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

import sisg_robotics as sisg
from sisg_robotics.errors import BadValue, MissingPath, RequestError
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.reconstruction import Reconstruction, reconstruct
from sisg_robotics.reconstruction.report import figures


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> sisg.RgbdSequence:
    """A generated flat with exact depth, small pictures."""
    scene = sisg.generate_scene("a small flat with one room", seed=3)
    folder = tmp_path_factory.mktemp("flat")
    return sisg.render(scene, folder, frames=24, width=240, height=180, channels=())


@pytest.fixture(scope="module")
def found(flat: sisg.RgbdSequence) -> Reconstruction:
    return reconstruct(flat)


def test_a_flat_of_exact_depth_is_right_to_a_millimetre(found: Reconstruction) -> None:
    cloud, mesh = found.scores["cloud"], found.scores["mesh"]
    assert cloud.accuracy_median_m < 1e-3 and cloud.within[0.02].f_score > 0.99
    assert cloud.within[0.05].f_score > 0.999
    assert mesh.accuracy_median_m < 2e-3 and mesh.within[0.02].f_score > 0.98


def test_its_frames_agree_and_nothing_drifts(found: Reconstruction) -> None:
    assert found.residual_m < 1e-4 and found.looked_through < 1e-3
    assert found.step_m < 2e-3 and found.wall_thickness_m < 1e-3
    assert found.drift is None and found.double_walls == ()
    assert all(frame.error_m < 1e-4 for frame in found.frames)
    assert {wall.kind for wall in found.walls} >= {"level", "wall"}


def test_wrong_poses_are_told_by_every_figure(flat: sisg.RgbdSequence) -> None:
    T = flat.T_world_cam.copy()
    T[:-1] = T[1:]  # each frame has the next one's pose
    wrong = reconstruct(replace(flat, T_world_cam=T), voxel_size_m=0.04, max_frames=12)
    assert wrong.residual_m > 0.05 and wrong.looked_through > 0.1
    assert wrong.scores["cloud"].within[0.02].f_score < 0.6
    assert np.median([frame.error_m for frame in wrong.frames]) > 0.02


def test_every_file_can_be_opened_and_says_the_same(found: Reconstruction, tmp_path: Path) -> None:
    report = json.loads(found.write(tmp_path / "a" / "b").read_text())
    names = {"cloud.ply", "mesh.ply", "mesh.glb", "top_down.png", "view.png", "reconstruction.json"}
    folder = tmp_path / "a" / "b"
    assert {path.name for path in folder.iterdir()} == names
    cloud, mesh = trimesh.load(folder / "cloud.ply"), trimesh.load(folder / "mesh.ply", process=False)
    assert np.array_equal(cloud.vertices.astype(np.float32), found.cloud.points_m)
    assert np.array_equal(cloud.colors[:, :3], found.cloud.rgb)
    assert np.array_equal(mesh.faces, found.mesh.triangles)
    assert np.array_equal(mesh.vertices.astype(np.float32), found.mesh.vertices_m)
    assert np.array_equal(mesh.visual.vertex_colors[:, :3], found.mesh.rgb)
    glb = trimesh.load(folder / "mesh.glb", force="mesh", process=False)
    ours = glb.vertices[:, [2, 0, 1]]  # glTF's (x, y, z) is our (y, z, x)
    assert np.allclose(ours, found.mesh.vertices_m, atol=1e-6) and len(glb.faces) == len(found.mesh)
    for name in ("top_down.png", "view.png"):
        picture = np.asarray(Image.open(folder / name))
        assert min(picture.shape[:2]) > 400 and picture.reshape(-1, 3).std(axis=0).min() > 20, name
    assert report["frames_used"] == report["frames_in_recording"] == len(report["frames"]) == 24
    assert report["points"] == len(found.cloud) and report["voxel_size_mm"] == 20
    assert report["scores"]["cloud"]["within"]["2 cm"]["f_score"] > 0.99
    assert report["drift"] is None and len(report["worst_frames"]) == 5


def test_a_summary_says_what_counts(found: Reconstruction) -> None:
    lines = found.summary().splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "frames", "points", "surface", "cross-view residual", "between frames (ICP)", "walls", "drift",
        "cloud: error", "cloud: completeness", "mesh: error", "mesh: completeness", "worst frames",
    ]  # fmt: skip
    assert "F-score at 2 cm 0.99" in lines[7]


def test_the_same_recording_gives_the_same_bytes(room: Any, tmp_path: Path) -> None:
    sequence = room.recording(tmp_path / "room", room.walk(8))
    one, two = (reconstruct(sequence, voxel_size_m=0.05) for _ in range(2))
    assert one.mesh.vertices_m.tobytes() == two.mesh.vertices_m.tobytes()
    assert one.mesh.triangles.tobytes() == two.mesh.triangles.tobytes()
    assert one.cloud.points_m.tobytes() == two.cloud.points_m.tobytes()
    assert figures(one) == figures(two)


def test_cameras_of_their_own_for_each_frame_and_rgb_of_another_size(room: Any, tmp_path: Path) -> None:
    wide, long = Intrinsics(60.0, 60.0, 80.0, 60.0, 160, 120), Intrinsics(150.0, 140.0, 70.0, 65.0, 160, 120)
    cameras = [wide, long] * 8
    sequence = room.recording(tmp_path, room.walk(16), cameras=cameras, rgb_size=(320, 240))
    assert sequence[0].depth_m.shape == (120, 160) and sequence[0].rgb.shape == (240, 320, 3)
    found = reconstruct(sequence, voxel_size_m=0.04, max_depth_m=10.0)
    on_wall = np.minimum(np.abs(found.cloud.points_m), np.abs(found.cloud.points_m - room.size_m)).min(axis=1)
    assert np.median(on_wall) < 1e-6 and np.quantile(on_wall, 0.95) < 5e-3
    assert found.residual_m < 1e-5 and found.looked_through == 0
    assert found.scores == {} and all(np.isnan(frame.error_m) for frame in found.frames)


def test_of_a_long_recording_frames_are_taken_evenly_and_it_is_said(room: Any, tmp_path: Path) -> None:
    sequence = room.recording(tmp_path, room.walk(21))
    found = reconstruct(sequence, voxel_size_m=0.08, max_frames=5)
    assert [frame.index for frame in found.frames] == [0, 5, 10, 15, 20]
    assert found.frame_count == 21 and "5 frames of 21\n" in found.summary()
    assert len(found.T_world_cam) == 5
    some = reconstruct(sequence, voxel_size_m=0.08, frames=range(1, 21, 6))
    assert [frame.index for frame in some.frames] == [1, 7, 13, 19]


def test_drift_is_named_by_its_frame(room: Any, tmp_path: Path) -> None:
    poses = room.walk(40, 2.0)
    said = poses.copy()
    said[:, 0, 3] += 0.06 * np.maximum(0, np.arange(40) - 20) / 19
    found = reconstruct(room.recording(tmp_path, poses, said), voxel_size_m=0.05)
    assert found.drift is not None and abs(found.drift.at - 20) <= 3
    assert (
        "drift sets in" not in found.summary() and "drift                 from frame 0000" in found.summary()
    )


def test_one_frame_and_an_empty_one_are_no_trouble(room: Any, tmp_path: Path) -> None:
    sequence = room.recording(tmp_path / "one", room.walk(5)[:1])
    found = reconstruct(sequence, voxel_size_m=0.05)
    assert np.isnan(found.residual_m) and np.isnan(found.step_m) and found.drift is None
    report = json.loads(found.write(tmp_path / "out").read_text())
    assert report["residual_mm"] is None and report["frames"][0]["error_mm"] is None
    two = room.recording(tmp_path / "two", room.walk(5)[:2])
    np.save(two.files["depth"][1], np.zeros((120, 160), np.float32))
    assert reconstruct(two, voxel_size_m=0.05).frames[1].compared == 0


def test_wrong_requests_are_refused_in_a_sentence(room: Any, tmp_path: Path) -> None:
    sequence = room.recording(tmp_path / "room", room.walk(2))
    for wrong, told in {
        "voxel_size_m": (0.0, "voxel_size_m is 0.0, but it must be between 0.001 and 1"),
        "max_frames": (0, "max_frames is 0, but it must be 1 to 2000"),
        "min_depth_m": (7.0, "0 < min < max"),
        "frames": ([1, 2, -1], "frames is .2, -1., but it must be positions from 0 to 1"),
        "scene": ("elsewhere", "scene is 'elsewhere', but it must be a Scene, None, or 'beside'"),
    }.items():
        with pytest.raises(BadValue, match=told[1]):
            reconstruct(sequence, **{wrong: told[0]})
    with pytest.raises(RequestError, match=r"No depth of 20 to 30 m in any of 2 frames"):
        reconstruct(sequence, min_depth_m=20.0, max_depth_m=30.0)
    with pytest.raises(MissingPath, match="No recording at"):
        reconstruct(tmp_path / "nowhere")


def test_a_scene_can_be_left_out_of_account(flat: sisg.RgbdSequence) -> None:
    found = reconstruct(flat.root, scene=None, max_frames=3, voxel_size_m=0.08)
    assert found.scores == {} and "cloud: error" not in found.summary()


def test_arguments_are_unchanged(room: Any, tmp_path: Path) -> None:
    sequence = room.recording(tmp_path, room.walk(4))
    before = sequence.T_world_cam.copy()
    reconstruct(sequence, voxel_size_m=0.08)
    assert np.array_equal(sequence.T_world_cam, before)
