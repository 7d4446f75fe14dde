"""Each convention against a matrix worked out by hand, both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import UnknownName
from sisg_robotics.geometry import (
    CAMERA_AXES,
    WORLD_AXES,
    camera_pose_from_opencv,
    camera_pose_to_opencv,
    matrix_from_quat_xyzw,
    pose,
    rigid_error,
    world_pose_from_z_up,
    world_pose_to_z_up,
)

AHEAD_RIGHT_UP = {
    "opencv": ([0, 0, 1], [1, 0, 0], [0, -1, 0]),
    "opengl": ([0, 0, -1], [1, 0, 0], [0, 1, 0]),
    "usd": ([0, 0, -1], [1, 0, 0], [0, 1, 0]),
    "ros": ([1, 0, 0], [0, -1, 0], [0, 0, 1]),
    "isaac_world": ([1, 0, 0], [0, -1, 0], [0, 0, 1]),
}
"""What is ahead, to the right and above, in the axes of each convention."""

UNTURNED_CAMERA = {
    "opencv": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "opengl": [[1, 0, 0], [0, -1, 0], [0, 0, -1]],
    "usd": [[1, 0, 0], [0, -1, 0], [0, 0, -1]],
    "ros": [[0, 0, 1], [-1, 0, 0], [0, -1, 0]],
    "isaac_world": [[0, 0, 1], [-1, 0, 0], [0, -1, 0]],
}
"""R_world_cam in OpenCV axes of a camera whose own axes lie along the world's."""


@st.composite
def poses(draw: st.DrawFn) -> np.ndarray:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = draw(st.sampled_from([1.0, 1e-7]))
    quats = np.concatenate([rng.normal(size=(3, 3)) * scale, np.ones((3, 1))], axis=1)
    return pose(matrix_from_quat_xyzw(quats), rng.normal(size=(3, 3)))


@pytest.mark.parametrize("axes", CAMERA_AXES)
def test_every_camera_convention_names_the_same_directions(axes: str) -> None:
    for direction, ours in zip(AHEAD_RIGHT_UP[axes], AHEAD_RIGHT_UP["opencv"], strict=True):
        np.testing.assert_array_equal(CAMERA_AXES[axes] @ direction, ours)


@pytest.mark.parametrize("axes", CAMERA_AXES)
def test_an_unturned_camera_becomes_the_matrix_worked_out_by_hand(axes: str) -> None:
    p_m = np.array([1.0, 2.0, 3.0])
    ours = pose(np.array(UNTURNED_CAMERA[axes], dtype=float), p_m)
    np.testing.assert_array_equal(camera_pose_to_opencv(pose(np.eye(3), p_m), axes), ours)
    np.testing.assert_array_equal(camera_pose_from_opencv(ours, axes), pose(np.eye(3), p_m))


def test_a_y_up_world_becomes_z_up_as_worked_out_by_hand() -> None:
    T_yup = pose(np.eye(3), np.array([1.0, 2.0, 3.0]))
    T_zup = np.array([[1, 0, 0, 1], [0, 0, -1, -3], [0, 1, 0, 2], [0, 0, 0, 1]])
    np.testing.assert_array_equal(world_pose_to_z_up(T_yup, "y_up"), T_zup)
    np.testing.assert_array_equal(world_pose_from_z_up(T_zup.astype(float), "y_up"), T_yup)
    np.testing.assert_array_equal(world_pose_to_z_up(T_yup, "z_up"), T_yup)


@pytest.mark.parametrize("axes", CAMERA_AXES)
@given(T=poses())
def test_cameras_there_and_back(axes: str, T: np.ndarray) -> None:
    before = T.copy()
    np.testing.assert_array_equal(camera_pose_from_opencv(camera_pose_to_opencv(T, axes), axes), T)
    np.testing.assert_array_equal(camera_pose_to_opencv(T, axes)[:, :3, 3], T[:, :3, 3])
    np.testing.assert_array_equal(camera_pose_to_opencv(T[1], axes), camera_pose_to_opencv(T, axes)[1])
    np.testing.assert_array_equal(T, before)


@pytest.mark.parametrize("axes", WORLD_AXES)
@given(T=poses())
def test_worlds_there_and_back(axes: str, T: np.ndarray) -> None:
    np.testing.assert_array_equal(world_pose_from_z_up(world_pose_to_z_up(T, axes), axes), T)
    assert rigid_error(world_pose_to_z_up(T, axes)).max() < 1e-12


@pytest.mark.parametrize("R", [*CAMERA_AXES.values(), *WORLD_AXES.values()])
def test_the_constants_are_rotations_and_cannot_be_changed(R: np.ndarray) -> None:
    np.testing.assert_array_equal(R @ R.T, np.eye(3))
    assert np.linalg.det(R) == pytest.approx(1)
    with pytest.raises(ValueError, match="read-only"):
        R[0, 0] = 5


def test_an_unknown_convention_is_named_with_those_there_are() -> None:
    with pytest.raises(
        UnknownName, match=r"Unknown camera axes 'opncv'. Available: .* Did you mean 'opencv'"
    ):
        camera_pose_to_opencv(np.eye(4), "opncv")
    with pytest.raises(UnknownName, match=r"Unknown world axes 'x_up'. Available: y_up, z_up"):
        world_pose_from_z_up(np.eye(4), "x_up")
