from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import (
    matrix_from_quat_wxyz,
    matrix_from_quat_xyzw,
    quat_wxyz_from_matrix,
    quat_xyzw_from_matrix,
    rotation_about,
    rotation_angle_rad,
    rotation_z,
)

H = 0.5**0.5
angle = st.one_of(
    st.floats(-np.pi, np.pi),
    st.floats(-1, 1).map(lambda x: x * 1e-7),
    st.floats(-1, 1).map(lambda x: np.pi + x * 1e-7),
    st.sampled_from([0.0, np.pi, -np.pi, np.pi / 2]),
)
axis = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).normal(size=3))
axis = st.one_of(axis, st.sampled_from(list(np.eye(3)))).map(lambda v: v / np.linalg.norm(v))


def rodrigues(v: np.ndarray, a: float) -> np.ndarray:
    """exp([v]x a), written apart from the code under test."""
    K = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.eye(3) + np.sin(a) * K + 2 * np.sin(a / 2) ** 2 * K @ K


@pytest.mark.parametrize(
    ("quat_xyzw", "R"),
    [
        ([0, 0, 0, 1], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ([H, 0, 0, H], [[1, 0, 0], [0, 0, -1], [0, 1, 0]]),  # a quarter about x takes y to z
        ([0, H, 0, H], [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]),  # about y, z to x
        ([0, 0, H, H], [[0, -1, 0], [1, 0, 0], [0, 0, 1]]),  # about z, x to y
        ([1, 0, 0, 0], [[1, 0, 0], [0, -1, 0], [0, 0, -1]]),  # half turns
        ([0, 1, 0, 0], [[-1, 0, 0], [0, 1, 0], [0, 0, -1]]),
        ([0, 0, 1, 0], [[-1, 0, 0], [0, -1, 0], [0, 0, 1]]),
        ([H, H, 0, 0], [[0, 1, 0], [1, 0, 0], [0, 0, -1]]),
        ([0.5, 0.5, 0.5, 0.5], [[0, 0, 1], [1, 0, 0], [0, 1, 0]]),  # x to y to z to x
    ],
)
def test_quaternions_as_worked_out_by_hand(quat_xyzw: list[float], R: list[list[float]]) -> None:
    quat, matrix = np.array(quat_xyzw, dtype=float), np.array(R, dtype=float)
    np.testing.assert_allclose(matrix_from_quat_xyzw(quat), matrix, atol=1e-15)
    np.testing.assert_allclose(quat_xyzw_from_matrix(matrix), quat, atol=1e-15)
    np.testing.assert_allclose(matrix_from_quat_wxyz(np.roll(quat, 1)), matrix, atol=1e-15)
    np.testing.assert_allclose(quat_wxyz_from_matrix(matrix), np.roll(quat, 1), atol=1e-15)


@given(axis, angle)
def test_a_quaternion_is_an_axis_and_half_an_angle(v: np.ndarray, a: float) -> None:
    quat = np.array([*v * np.sin(a / 2), np.cos(a / 2)])
    np.testing.assert_allclose(matrix_from_quat_xyzw(quat), rodrigues(v, a), rtol=0, atol=1e-14)


@given(axis, angle)
def test_matrix_quaternion_matrix(v: np.ndarray, a: float) -> None:
    R = rodrigues(v, a)
    quat = quat_xyzw_from_matrix(R)
    assert quat[3] >= 0 and abs(np.linalg.norm(quat) - 1) < 1e-14
    np.testing.assert_allclose(matrix_from_quat_xyzw(quat), R, rtol=0, atol=1e-14)


@given(axis, st.floats(-1, 1).map(lambda x: x * 1e-7))
def test_small_turns_keep_their_digits(v: np.ndarray, a: float) -> None:
    quat = quat_xyzw_from_matrix(rodrigues(v, a))
    np.testing.assert_allclose(quat[:3], v * a / 2, rtol=0, atol=1e-16)


@given(axis, angle)
def test_the_angle_is_the_angle(v: np.ndarray, a: float) -> None:
    turned = abs(a) if abs(a) <= np.pi else 2 * np.pi - abs(a)
    np.testing.assert_allclose(rotation_angle_rad(rodrigues(v, a)), turned, rtol=0, atol=1e-14)


@given(axis, angle, st.floats(0.01, 100), st.booleans())
def test_length_and_sign_of_a_quaternion_do_not_matter(
    v: np.ndarray, a: float, length: float, negative: bool
) -> None:
    quat = np.array([*v * np.sin(a / 2), np.cos(a / 2)])
    scaled = quat * (-length if negative else length)
    np.testing.assert_allclose(matrix_from_quat_xyzw(scaled), matrix_from_quat_xyzw(quat), atol=1e-14)


def test_a_batch_is_its_members_and_arguments_are_unchanged() -> None:
    quats = np.random.default_rng(0).normal(size=(2, 5, 4))
    before = quats.copy()
    R = matrix_from_quat_xyzw(quats)
    assert R.shape == (2, 5, 3, 3)
    for index in np.ndindex(2, 5):
        np.testing.assert_array_equal(R[index], matrix_from_quat_xyzw(quats[index]))
        np.testing.assert_array_equal(quat_xyzw_from_matrix(R)[index], quat_xyzw_from_matrix(R[index]))
        np.testing.assert_array_equal(rotation_angle_rad(R)[index], rotation_angle_rad(R[index]))
    np.testing.assert_array_equal(quats, before)
    assert matrix_from_quat_xyzw(np.zeros((0, 4)) + 1).shape == (0, 3, 3)


@pytest.mark.parametrize("quat", [[0, 0, 0, 0], [np.nan, 0, 0, 1], [0, np.inf, 0, 1]])
def test_a_quaternion_without_direction_is_refused(quat: list[float]) -> None:
    with pytest.raises(BadValue, match=r"quaternion is .* finite and not of length zero"):
        matrix_from_quat_xyzw(np.array(quat, dtype=float))


@given(st.floats(-10, 10))
def test_yaw_turns_x_towards_y(yaw_rad: float) -> None:
    R = rotation_z(yaw_rad)
    np.testing.assert_allclose(R[:, 0], [np.cos(yaw_rad), np.sin(yaw_rad), 0], atol=1e-15)
    np.testing.assert_allclose(R, rodrigues(np.array([0, 0, 1.0]), yaw_rad), atol=1e-14)


@given(st.integers(0, 2), st.floats(-10, 10))
def test_a_rotation_about_an_axis(number: int, angle_rad: float) -> None:
    np.testing.assert_allclose(
        rotation_about(number, angle_rad), rodrigues(np.eye(3)[number], angle_rad), atol=1e-14
    )
