"""Poses from files, by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sisg_robotics.datasets import PoseFormat
from sisg_robotics.datasets.metadata import SequenceMetadata
from sisg_robotics.datasets.poses import poses_text
from sisg_robotics.errors import BadFile, MissingPath, UnknownName
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering.cameras import Surface, TrajectoryPlan, ViewChecks, file_trajectory, make_rig

T_WORLD_CAM = np.stack(
    [
        look_at(np.array([1.0, 1.5, 1.2]), np.array([3.0, 1.0, 0.5])),
        look_at(np.array([2.0, 1.0, 1.2]), np.array([3.0, 2.9, 1.0])),
    ]
)


@pytest.mark.parametrize("rotation_type", ["mat", "quat"])
def test_poses_txt_comes_back(tmp_path, rotation_type):
    path = tmp_path / "poses.txt"
    path.write_text(poses_text(T_WORLD_CAM, PoseFormat(rotation_type=rotation_type)))
    read = file_trajectory(path)
    np.testing.assert_allclose(read.T_world_cam, T_WORLD_CAM, atol=1e-12)
    assert read.kind == "file" and read.rejected == {} and read.coverage is None


def test_poses_of_another_format_are_read_by_what_lies_beside_or_is_said(tmp_path):
    y_up = PoseFormat(world_up="y")
    path = tmp_path / "poses.txt"
    path.write_text(poses_text(T_WORLD_CAM, y_up))
    np.testing.assert_allclose(file_trajectory(path, pose_format=y_up).T_world_cam, T_WORLD_CAM, atol=1e-12)
    assert not np.allclose(file_trajectory(path).T_world_cam, T_WORLD_CAM)


def test_a_tum_line_gives_the_matrix_written_here(tmp_path):
    path = tmp_path / "trajectory.txt"
    half = np.sqrt(0.5)
    path.write_text(f"# stamp tx ty tz qx qy qz qw\n1305031098.6 1 2 3 0 0 {half} {half}\n")
    (T,) = file_trajectory(path).T_world_cam
    np.testing.assert_allclose(T, [[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]], atol=1e-12)


def test_a_transforms_json_gives_the_matrix_written_here(tmp_path):
    """A camera at (1, 2, 3) with OpenGL's axes as the world's: OpenCV's y and z are turned round."""
    path = tmp_path / "transforms.json"
    matrix = [[1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]
    path.write_text(json.dumps({"fl_x": 500.0, "frames": [{"transform_matrix": matrix}]}))
    (T,) = file_trajectory(path).T_world_cam
    np.testing.assert_array_equal(T, [[1, 0, 0, 1], [0, -1, 0, 2], [0, 0, -1, 3], [0, 0, 0, 1]])


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("t.txt", "1 2 3 4 5 6 7 nan\n", "line 1 is not eight numbers"),
        ("t.txt", "1 2 3 4 0 0 0 9\n", "quaternion of length 9"),
        ("poses.txt", "", "holds no pose"),
        ("poses.txt", "1 2 3\n", "has 3 numbers"),
        ("t.json", "{", "is not a transforms.json"),
        ("t.json", '{"frames": []}', "is not a transforms.json|holds no pose"),
        ("t.json", '{"frames": [{"transform_matrix": [[1, 2], [3, 4]]}]}', "is not a transforms.json"),
        (
            "t.json",
            json.dumps({"frames": [{"transform_matrix": (2 * np.eye(4)).tolist()}]}),
            "transform_matrix",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path, name, text, problem):
    (tmp_path / name).write_text(text)
    with pytest.raises(BadFile, match=problem):
        file_trajectory(tmp_path / name)


def test_a_file_or_format_that_is_not_there(tmp_path):
    with pytest.raises(MissingPath, match="poses"):
        file_trajectory(tmp_path / "none.txt")
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(UnknownName, match="nerfstudio"):
        file_trajectory(tmp_path / "a.txt", file_format="colmap")


def test_what_a_file_says_is_in_its_fingerprint_whole(tmp_path):
    """Also what lies beside it; and a file too large to be one is not read for it."""
    path = tmp_path / "poses.txt"
    path.write_text(poses_text(T_WORLD_CAM, PoseFormat()))
    plan = TrajectoryPlan("file", poses_file=str(path))
    alone = plan.to_json()
    assert alone == plan.to_json()
    beside = SequenceMetadata(Intrinsics.from_fov(64, 48, 1.5), PoseFormat(world_up="y"))
    (tmp_path / "sequence.json").write_text(beside.to_text())
    assert plan.to_json() != alone
    with path.open("wb") as file:
        file.truncate(2**33)
    for read in (plan.to_json, lambda: file_trajectory(path)):
        with pytest.raises(BadFile, match="larger than 256 MiB"):
            read()


def test_checks_are_made_where_they_are_asked_for(tmp_path, rooms):
    outside = look_at(np.array([9.0, 9.0, 1.0]), np.array([12.0, 9.0, 1.0]))
    path = tmp_path / "poses.txt"
    path.write_text(poses_text(np.stack([T_WORLD_CAM[0], outside]), PoseFormat()))
    look = {"surface": Surface.of(rooms.shell()), "intrinsics": Intrinsics.from_fov(64, 48, 1.5)}
    assert len(file_trajectory(path, **look)) == 2
    checked = file_trajectory(path, **look, checks=ViewChecks())
    assert len(checked) == 1 and checked.rejected == {"too much background": 1}


def test_on_a_rig_the_poses_are_the_first_cameras(tmp_path):
    path = tmp_path / "poses.txt"
    path.write_text(poses_text(T_WORLD_CAM, PoseFormat()))
    trajectory = file_trajectory(path, rig=make_rig("front_back", 1.2))
    np.testing.assert_allclose(trajectory.T_world_cam[::2], T_WORLD_CAM, atol=1e-12)
    assert trajectory.camera_names == ("front", "back") * 2
