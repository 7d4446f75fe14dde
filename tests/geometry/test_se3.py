from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import (
    as_se3,
    invert,
    look_at,
    matrix_from_quat_xyzw,
    pose,
    rigid_error,
    transform,
)

coordinate = st.floats(-100, 100)
point = st.tuples(coordinate, coordinate, coordinate).map(np.array)
size = st.sampled_from([1.0, 1e-3, 1e-7, 0.0])
"""How far from the identity: the last two are where careless formulas divide by almost nothing."""


@st.composite
def rigid(draw: st.DrawFn) -> np.ndarray:
    """Rigid transforms, many of them next to the identity, some half turns."""
    seed, scale = draw(st.integers(0, 2**32 - 1)), draw(size)
    rng = np.random.default_rng(seed)
    quat_xyzw = np.array([*rng.normal(size=3) * scale, 1.0])
    if draw(st.booleans()):
        quat_xyzw = np.roll(quat_xyzw, 1)  # the same, after a half turn
    return pose(matrix_from_quat_xyzw(quat_xyzw), rng.normal(size=3) * 10 * scale)


def test_a_transform_moves_points_as_worked_out_by_hand() -> None:
    T_a_b = np.array([[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]], dtype=float)
    np.testing.assert_array_equal(transform(T_a_b, np.array([[10.0, 20.0, 30.0]])), [[-19, 12, 33]])
    np.testing.assert_array_equal(invert(T_a_b), [[0, 1, 0, -2], [-1, 0, 0, 1], [0, 0, 1, -3], [0, 0, 0, 1]])


@given(rigid(), point)
def test_there_and_back_is_nowhere(T_a_b: np.ndarray, p_b: np.ndarray) -> None:
    np.testing.assert_allclose(invert(T_a_b) @ T_a_b, np.eye(4), atol=1e-13)
    np.testing.assert_allclose(transform(invert(T_a_b), transform(T_a_b, p_b)), p_b, atol=1e-12)
    np.testing.assert_array_equal(invert(invert(T_a_b))[:3, :3], T_a_b[:3, :3])


@given(rigid(), rigid(), point)
def test_neighbours_cancel(T_a_b: np.ndarray, T_b_c: np.ndarray, p_c: np.ndarray) -> None:
    np.testing.assert_allclose(
        transform(T_a_b @ T_b_c, p_c), transform(T_a_b, transform(T_b_c, p_c)), atol=1e-11
    )


@given(rigid(), st.lists(rigid(), min_size=1, max_size=4))
def test_a_batch_is_its_members(T_a_b: np.ndarray, T: list[np.ndarray]) -> None:
    batch = np.stack(T)
    np.testing.assert_array_equal(invert(batch), np.stack([invert(one) for one in T]))
    np.testing.assert_array_equal(invert(batch[None])[0], invert(batch))
    np.testing.assert_array_equal(rigid_error(batch), [float(rigid_error(one)) for one in T])
    np.testing.assert_array_equal(pose(batch[:, :3, :3], batch[:, :3, 3]), batch)


@given(rigid())
def test_rigid_transforms_pass_the_door_as_copies(T: np.ndarray) -> None:
    before = T.copy()
    checked = as_se3("T", T)
    np.testing.assert_array_equal(checked, T)
    checked[0, 3] += 1
    np.testing.assert_array_equal(T, before)


@given(point, point)
def test_no_points_and_single_points_and_images_of_points_are_moved(p: np.ndarray, q: np.ndarray) -> None:
    T = pose(np.eye(3), p)
    np.testing.assert_array_equal(transform(T, q), q + p)
    assert transform(T, np.zeros((0, 3))).shape == (0, 3)
    assert transform(T, np.zeros((4, 5, 3))).shape == (4, 5, 3)


def test_single_precision_stays_single() -> None:
    assert transform(np.eye(4), np.zeros((2, 3), np.float32)).dtype == np.float32
    assert transform(np.eye(4), np.zeros((2, 3))).dtype == np.float64


@given(point, point, st.sampled_from([(0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, -2.0, 0.0)]))
def test_look_at_puts_the_target_ahead_and_up_above(
    eye: np.ndarray, target: np.ndarray, up: tuple[float, float, float]
) -> None:
    if np.linalg.norm(target - eye) < 1e-6:
        return
    T_world_cam = look_at(eye, target, up)
    assert rigid_error(T_world_cam) < 1e-6
    seen = transform(invert(T_world_cam), target)
    distance = float(np.linalg.norm(target - eye))
    np.testing.assert_allclose(seen, [0, 0, distance], atol=1e-6 * max(1.0, distance))
    assert -T_world_cam[:3, 1] @ up >= -1e-9


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_looking_straight_along_up_is_allowed(axis: int, sign: float) -> None:
    up = tuple(np.eye(3)[axis].tolist())
    T_world_cam = look_at(np.zeros(3), sign * np.eye(3)[axis], up)
    assert rigid_error(T_world_cam) < 1e-12
    np.testing.assert_array_equal(T_world_cam[:3, 2], sign * np.eye(3)[axis])
    np.testing.assert_array_equal(T_world_cam[:3, 0], np.eye(3)[1 if axis == 0 else 0])


def test_look_at_along_x_as_worked_out_by_hand() -> None:
    T_world_cam = look_at(np.array([1.0, 2.0, 1.5]), np.array([4.0, 2.0, 1.5]))
    np.testing.assert_array_equal(T_world_cam, [[0, 0, 1, 1], [-1, 0, 0, 2], [0, -1, 0, 1.5], [0, 0, 0, 1]])


@pytest.mark.parametrize("target", [[1.0, 2.0, 3.0], [np.nan, 0.0, 0.0]])
def test_look_at_needs_somewhere_to_look(target: list[float]) -> None:
    with pytest.raises(BadValue, match=r"target_m is .* finite, and another point than eye_m"):
        look_at(np.array([1.0, 2.0, 3.0]), np.array(target))


def changed(row: int, column: int, value: float) -> np.ndarray:
    T = np.eye(4)
    T[row, column] = value
    return T


@pytest.mark.parametrize(
    ("T", "sentence"),
    [
        (np.eye(3), r"the shape of T_world_cam is \(3, 3\), but it must be \(..., 4, 4\)"),
        (np.ones(16), r"the shape of T_world_cam is \(16,\)"),
        (changed(0, 3, np.nan), "T_world_cam is 'not finite', but it must be a matrix of finite numbers"),
        (changed(0, 0, np.inf), "T_world_cam is 'not finite'"),
        (changed(3, 0, 0.5), r"the last row of T_world_cam is \[0.5, 0.0, 0.0, 1.0\]"),
        (changed(0, 0, 1.01), "the rotation of T_world_cam is '0.02 away', but it must be a rotation"),
        (changed(0, 0, -1), "the rotation of T_world_cam is '2 away'"),
        (np.diag([0.0, 0.0, 0.0, 1.0]), "the rotation of T_world_cam is '1 away'"),
        (np.stack([np.eye(4), np.diag([2.0, 2.0, 2.0, 1.0])]), "the rotation of T_world_cam is '3 away'"),
    ],
)
def test_what_is_not_rigid_is_named_at_the_door(T: np.ndarray, sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence) as error:
        as_se3("T_world_cam", T)
    assert error.value.exit_status == 2


@pytest.mark.parametrize("value", [1e200, 1e308, np.nan])
def test_numbers_whose_squares_are_none_are_no_rotation(value: float) -> None:
    T = np.eye(4)
    T[:2, :2] = [[value, -value], [value, value]]
    assert rigid_error(T) == np.inf


def test_rounded_poses_pass_and_lists_and_integers_do() -> None:
    T = pose(matrix_from_quat_xyzw(np.array([0.1, 0.2, 0.3, 1.0])), np.ones(3))
    assert as_se3("T", T.round(4)).dtype == np.float64
    assert as_se3("T", np.eye(4, dtype=int).tolist()).shape == (4, 4)
    assert as_se3("T", np.zeros((0, 4, 4))).shape == (0, 4, 4)
