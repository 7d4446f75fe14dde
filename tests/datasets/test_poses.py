"""Every pose reader gives the matrix worked out by hand beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sisg_robotics.datasets import PoseFormat
from sisg_robotics.datasets.poses import poses_text, read_poses
from sisg_robotics.errors import BadFile, BadValue, UnknownName
from sisg_robotics.geometry import matrix_from_quat_xyzw, pose

S = repr(0.5**0.5)
ROS_AXES = {"base_forward_axis": [1, 0, 0], "base_left_axis": [0, 1, 0], "base_up_axis": [0, 0, 1]}
HABITAT = PoseFormat.from_vlmaps({"pose_type": "mobile_base", "rot_type": "quat"})
LOOKING_ALONG_X = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
"""A level camera that looks along +x: its right is -y, its down is -z."""
LOOKING_ALONG_Y = [[1, 0, 0], [0, 0, 1], [0, -1, 0]]
FORMATS = [
    PoseFormat(pose_type=pose_type, rotation_type=rotation_type, world_up=world_up)
    for pose_type in ("camera_base", "mobile_base")
    for rotation_type in ("quat", "mat")
    for world_up in ("z", "y")
]


def read(tmp_path: Path, text: str, pose_format: PoseFormat) -> np.ndarray:
    (tmp_path / "poses.txt").write_text(text)
    return read_poses(tmp_path / "poses.txt", pose_format)


def matrix(R: list[list[float]], p_m: list[float]) -> np.ndarray:
    return pose(np.array(R, dtype=float), np.array(p_m, dtype=float))


def test_a_camera_pose_in_a_z_up_world_is_taken_as_it_stands(tmp_path: Path) -> None:
    quat = read(tmp_path, f"1 2 3 0 0 {S} {S}\n", PoseFormat(rotation_type="quat"))
    mat = read(tmp_path, "0 -1 0 1 1 0 0 2 0 0 1 3 0 0 0 1\n", PoseFormat(rotation_type="mat"))
    expected = matrix([[0, -1, 0], [1, 0, 0], [0, 0, 1]], [1, 2, 3])
    np.testing.assert_allclose(quat, expected[None], atol=1e-15)
    np.testing.assert_array_equal(mat, expected[None])


def test_a_camera_pose_in_a_y_up_world_is_turned_to_z_up(tmp_path: Path) -> None:
    text = "1 0 0 1 0 1 0 2 0 0 1 3 0 0 0 1\n"
    expected = matrix([[1, 0, 0], [0, 0, -1], [0, 1, 0]], [1, -3, 2])  # y up becomes z, z becomes -y
    np.testing.assert_array_equal(read(tmp_path, text, PoseFormat(world_up="y"))[0], expected)


def test_a_habitat_base_gets_its_camera_above_it_looking_ahead(tmp_path: Path) -> None:
    at_origin, moved, turned_left = read(
        tmp_path, f"0 0 0 0 0 0 1\n1 0.2 -3 0 0 0 1\n0 0 0 0 {S} 0 {S}\n", HABITAT
    )
    np.testing.assert_allclose(at_origin, matrix(LOOKING_ALONG_X, [0, 0, 1.5]), atol=1e-15)
    np.testing.assert_allclose(moved, matrix(LOOKING_ALONG_X, [3, -1, 1.7]), atol=1e-15)
    np.testing.assert_allclose(turned_left, matrix(LOOKING_ALONG_Y, [0, 0, 1.5]), atol=1e-15)


@pytest.mark.parametrize("base2cam_rot", [[0, -1, 0, 0, 0, -1, 1, 0, 0], [0, 0, 1, -1, 0, 0, 0, -1, 0]])
def test_a_ros_base_works_with_the_matrix_of_vlmaps_readme_and_with_its_transpose(
    tmp_path: Path, base2cam_rot: list[float]
) -> None:
    info = {
        "pose_type": "mobile_base",
        "rot_type": "quat",
        "camera_height": 1.5,
        "base2cam_rot": base2cam_rot,
    }
    ahead, turned_left = read(
        tmp_path, f"0 0 0 0 0 0 1\n5 6 0 0 0 {S} {S}\n", PoseFormat.from_vlmaps(info | ROS_AXES)
    )
    np.testing.assert_allclose(ahead, matrix(LOOKING_ALONG_X, [0, 0, 1.5]), atol=1e-15)
    np.testing.assert_allclose(turned_left, matrix(LOOKING_ALONG_Y, [5, 6, 1.5]), atol=1e-15)
    floor_2m_ahead_cam = [0, 1.5, 2, 1]
    np.testing.assert_allclose(ahead @ floor_2m_ahead_cam, [2, 0, 0, 1], atol=1e-15)


def test_a_tilted_camera_keeps_its_tilt_in_both_readings_of_base2cam_rot() -> None:
    s, c = 0.5, 3**0.5 / 2  # looking 30 degrees down, in ROS base axes
    R_base_cam = np.array([[0, -s, c], [-1, 0, 0], [0, -c, -s]])
    for R in (R_base_cam, R_base_cam.T):
        info = {"base2cam_rot": R.ravel().tolist(), **ROS_AXES}
        np.testing.assert_allclose(PoseFormat.from_vlmaps(info).T_base_cam[:3, :3], R_base_cam)


@settings(max_examples=30)
@given(st.lists(st.floats(-1, 1), min_size=7, max_size=7))
def test_habitat_scenes_read_as_vlmaps_reads_them(numbers: list[float]) -> None:
    T_file = pose(matrix_from_quat_xyzw(np.array([*numbers[:3], 2.0])), np.array(numbers[4:]) * 10)
    base_transform, base2cam = np.eye(4), np.diag([1.0, -1.0, -1.0, 1.0])
    base_transform[:3, :3] = [[0, 0, -1], [-1, 0, 0], [0, 1, 0]]
    base2cam[1, 3] = 1.5
    base = base_transform @ T_file @ np.linalg.inv(base_transform)
    np.testing.assert_allclose(HABITAT.to_world_cam(T_file), base @ base_transform @ base2cam, atol=1e-12)


@pytest.mark.parametrize("pose_format", FORMATS, ids=str)
@pytest.mark.parametrize("size", [1.0, 1e-7, 0.0])
def test_poses_come_back_from_the_file(tmp_path: Path, pose_format: PoseFormat, size: float) -> None:
    rng = np.random.default_rng(3)
    quats = np.concatenate([rng.normal(size=(20, 3)) * size, np.ones((20, 1))], axis=1)
    T_world_cam = pose(matrix_from_quat_xyzw(quats), rng.normal(size=(20, 3)) * 10)
    again = read(tmp_path, poses_text(T_world_cam, pose_format), pose_format)
    np.testing.assert_allclose(again, T_world_cam, rtol=0, atol=1e-14)
    if pose_format == PoseFormat():
        np.testing.assert_array_equal(again, T_world_cam)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3))
def test_positions_come_back_to_the_last_bit(tmp_path: Path, p_m: list[float]) -> None:
    T_world_cam = pose(np.eye(3), np.array(p_m))[None]
    again = read(tmp_path, poses_text(T_world_cam, PoseFormat()), PoseFormat())
    np.testing.assert_array_equal(again, T_world_cam)


def test_vlmaps_keys_come_back() -> None:
    info = HABITAT.to_vlmaps()
    assert info["rot_type"] == "quat" and info["camera_height"] == 1.5 and info["base_up_axis"] == [0, 1, 0]
    assert PoseFormat.from_vlmaps(info) == HABITAT


def test_comments_and_empty_lines_are_skipped(tmp_path: Path) -> None:
    text = "# px py pz qx qy qz qw\n\n1 2 3 0 0 0 1  # first\n"
    assert read(tmp_path, text, PoseFormat(rotation_type="quat")).shape == (1, 4, 4)
    assert read(tmp_path, "", PoseFormat()).shape == (0, 4, 4)


GOOD = "0 0 0 0 0 0 1\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD + "0 0 nan 0 0 0 1\n", r"line 2 \(frame 1\) has NaN or infinite values"),
        (GOOD + "0 0 inf 0 0 0 1\n", r"line 2 \(frame 1\) has NaN or infinite values"),
        ("# a comment\n0 0 0 0 0 0 0.5\n", r"line 2 \(frame 0\) has a quaternion of length 0.5"),
        ("0 0 0 0 0 0\n", r"line 1 \(frame 0\) has 6 numbers, but rotation type 'quat' takes 7"),
        ("1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1\n", r"has 16 numbers.*Set the rotation type to 'mat'"),
        ("a b c d e f g\n", r"line 1 \(frame 0\) is not all numbers"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence) as error:
        read(tmp_path, text, PoseFormat(rotation_type="quat"))
    assert error.value.exit_status == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2 0 0 0 0 2 0 0 0 0 2 0 0 0 0 1", r"line 1 \(frame 0\) is not a rotation \(off by 3\)"),
        ("-1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", r"is not a rotation \(off by 2\)"),
        ("1 0 0 0 0 1 0 0 0 0 1 0 1 2 3 1", r"does not end in 0 0 0 1. Write the matrix row by row"),
        (GOOD, r"has 7 numbers, but rotation type 'mat' takes 16. Set the rotation type to 'quat'"),
    ],
)
def test_a_matrix_that_is_no_pose_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        read(tmp_path, text, PoseFormat())


@pytest.mark.parametrize(
    ("info", "error", "sentence"),
    [
        (
            {"pose_type": "camera"},
            UnknownName,
            "Unknown pose_type 'camera'. Available: camera_base, mobile_base",
        ),
        ({"rot_type": "euler"}, UnknownName, "Unknown rotation_type 'euler'. Available: mat, quat"),
        ({"world_up": "x"}, UnknownName, "Unknown world_up 'x'. Available: y, z"),
        ({"rotation": "mat"}, UnknownName, "Unknown key of pose_info 'rotation'"),
        ({"base2cam_rot": [1, 0, 0]}, BadValue, "base2cam_rot is .* nine numbers of a rotation"),
        ({"base2cam_rot": [2, 0, 0, 0, 2, 0, 0, 0, 2]}, BadValue, "nine numbers of a rotation"),
        ({"base_up_axis": [0, -1, 0]}, BadValue, r"right-handed \(forward x left = up\)"),
        ({"camera_height": float("nan")}, BadValue, "camera_height is nan"),
    ],
)
def test_a_pose_format_that_makes_no_sense_is_refused(info: dict, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        PoseFormat.from_vlmaps(info)
    assert caught.value.exit_status == 2
