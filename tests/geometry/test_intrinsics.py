from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Intrinsics

CENTERED = Intrinsics(500.0, 500.0, 320.0, 240.0, 640, 480)
cameras = st.builds(
    Intrinsics,
    fx=st.floats(5, 5000),
    fy=st.floats(5, 5000),
    cx=st.floats(-50, 2000),
    cy=st.floats(-50, 2000),
    width=st.integers(1, 64),
    height=st.integers(1, 64),
)
seeds = st.integers(0, 2**32 - 1)


def test_a_point_is_seen_where_the_equation_says() -> None:
    camera = Intrinsics(100.0, 200.0, 30.0, 40.0, 64, 96)
    np.testing.assert_array_equal(camera.project(np.array([1.0, 2.0, 4.0])), [55.0, 140.0])
    np.testing.assert_array_equal(camera.unproject(np.array([55.0, 140.0]), np.array(4.0)), [1.0, 2.0, 4.0])
    np.testing.assert_array_equal(camera.matrix, [[100, 0, 30], [0, 200, 40], [0, 0, 1]])


def test_pixel_centres_lie_at_a_half() -> None:
    centers = Intrinsics(2.0, 2.0, 1.0, 1.5, 2, 3).pixel_centers()
    assert centers.shape == (3, 2, 2)
    np.testing.assert_array_equal(centers[0, 0], [0.5, 0.5])
    np.testing.assert_array_equal(centers[2, 1], [1.5, 2.5])


def test_a_centred_camera_looks_between_its_middle_pixels() -> None:
    rays = CENTERED.pixel_rays()
    np.testing.assert_allclose(rays[239:241, 319:321].mean(axis=(0, 1)), [0, 0, 1], atol=1e-15)
    np.testing.assert_allclose(rays[:, ::-1] * [-1, 1, 1], rays, atol=1e-15)


def test_opencv_puts_centres_at_integers() -> None:
    K = np.array([[500.0, 0, 319.5], [0, 500.0, 239.5], [0, 0, 1]])
    assert Intrinsics.from_opencv(K, 640, 480) == CENTERED
    np.testing.assert_array_equal(CENTERED.opencv_matrix, K)
    np.testing.assert_array_equal(CENTERED.matrix[:2, 2], [320, 240])


@given(cameras)
def test_matrices_come_back(camera: Intrinsics) -> None:
    assert Intrinsics.from_matrix(camera.matrix, camera.width, camera.height) == camera
    again = Intrinsics.from_opencv(camera.opencv_matrix, camera.width, camera.height)
    np.testing.assert_allclose(again.matrix, camera.matrix, atol=1e-9)


@given(cameras, seeds)
def test_pixel_ray_pixel(camera: Intrinsics, seed: int) -> None:
    rng = np.random.default_rng(seed)
    uv, depth_m = rng.uniform(-10, 70, (5, 2)), rng.uniform(0.01, 100, 5)
    points = camera.unproject(uv, depth_m)
    np.testing.assert_array_equal(points[:, 2], depth_m)
    np.testing.assert_allclose(camera.project(points), uv, atol=1e-8)


@given(cameras, seeds)
def test_point_pixel_point(camera: Intrinsics, seed: int) -> None:
    points = np.random.default_rng(seed).uniform([-5, -5, 0.1], [5, 5, 10], (2, 4, 3))
    np.testing.assert_allclose(camera.unproject(camera.project(points), points[..., 2]), points, atol=1e-9)


@given(cameras, seeds, st.integers(1, 100), st.integers(1, 100))
def test_a_stretched_image_shows_the_same_things_stretched(
    camera: Intrinsics, seed: int, width: int, height: int
) -> None:
    points = np.random.default_rng(seed).uniform([-5, -5, 0.1], [5, 5, 10], (4, 3))
    scale = np.array([width / camera.width, height / camera.height])
    stretched = camera.resized(width, height)
    np.testing.assert_allclose(
        stretched.project(points), camera.project(points) * scale, rtol=1e-9, atol=1e-6
    )
    assert np.isclose(stretched.fov_x_rad, camera.fov_x_rad)
    np.testing.assert_allclose(
        stretched.resized(camera.width, camera.height).matrix, camera.matrix, rtol=1e-12, atol=1e-9
    )


@given(cameras, seeds, st.data())
def test_a_cropped_image_shows_the_same_things_moved(
    camera: Intrinsics, seed: int, data: st.DataObject
) -> None:
    left, top = data.draw(st.integers(0, camera.width - 1)), data.draw(st.integers(0, camera.height - 1))
    width = data.draw(st.integers(1, camera.width - left))
    height = data.draw(st.integers(1, camera.height - top))
    points = np.random.default_rng(seed).uniform([-5, -5, 0.1], [5, 5, 10], (4, 3))
    cropped = camera.cropped(left, top, width, height)
    np.testing.assert_allclose(cropped.project(points), camera.project(points) - [left, top], atol=1e-6)
    np.testing.assert_allclose(
        cropped.pixel_rays(), camera.pixel_rays()[top : top + height, left : left + width], atol=1e-9
    )


@given(st.integers(1, 2000), st.integers(1, 2000), st.floats(0.01, 3.1))
def test_the_field_of_view_comes_back(width: int, height: int, fov_x_rad: float) -> None:
    camera = Intrinsics.from_fov(width, height, fov_x_rad)
    assert np.isclose(camera.fov_x_rad, fov_x_rad)
    assert (camera.cx, camera.cy, camera.fx) == (width / 2, height / 2, camera.fy)


def test_90_degrees_reach_as_far_to_the_side_as_ahead() -> None:
    camera = Intrinsics.from_fov(640, 480, np.pi / 2)
    assert np.isclose(camera.fx, 320)
    np.testing.assert_allclose(camera.project(np.array([[2.0, 0, 2], [-2, 0, 2]]))[:, 0], [640, 0], atol=1e-9)


def test_a_wall_has_one_depth_and_its_points_lie_on_it() -> None:
    camera = Intrinsics(8.0, 8.0, 4.0, 3.0, 8, 6)
    points = camera.points(np.full((6, 8), 2.0, np.float32))
    assert points.dtype == np.float32 and points.shape == (6, 8, 3)
    np.testing.assert_array_equal(points[..., 2], 2.0)
    np.testing.assert_allclose(points[0, 0], [-3.5 / 8 * 2, -2.5 / 8 * 2, 2.0])
    np.testing.assert_array_equal(camera.points(np.zeros((6, 8), np.float32)), 0)


def test_what_is_behind_is_seen_nowhere() -> None:
    behind = np.array([[1.0, 1.0, -1.0], [1.0, 1.0, 0.0]])
    assert np.isnan(CENTERED.project(behind)).all()


def test_arguments_are_unchanged() -> None:
    points, uv, depth_m = np.ones((3, 3)), np.ones((3, 2)), np.ones(3)
    CENTERED.project(points)
    CENTERED.unproject(uv, depth_m)
    assert (points == 1).all() and (uv == 1).all() and (depth_m == 1).all()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((np.nan, 5.0, 1.0, 1.0, 8, 6), "intrinsics is .* finite numbers"),
        ((5.0, 0.0, 1.0, 1.0, 8, 6), r"the focal length is \(5.0, 0.0\), but it must be positive, in pixels"),
        ((5.0, 5.0, 1.0, 1.0, 8, 0), r"the image size is \(8, 0\), but it must be positive, in pixels"),
    ],
)
def test_a_camera_that_cannot_be_is_refused(values: tuple, sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence):
        Intrinsics(*values)


@pytest.mark.parametrize("crop", [(-1, 0, 4, 4), (0, -1, 4, 4), (637, 0, 4, 4), (0, 477, 4, 4)])
def test_a_crop_stays_inside(crop: tuple[int, int, int, int]) -> None:
    with pytest.raises(BadValue, match=r"the crop is .* inside the 640x480 image"):
        CENTERED.cropped(*crop)
    with pytest.raises(BadValue, match="the image size"):
        CENTERED.cropped(0, 0, 0, 4)


@pytest.mark.parametrize("fov_x_rad", [0.0, np.pi, -1.0, np.nan])
def test_a_field_of_view_is_less_than_half_a_turn(fov_x_rad: float) -> None:
    with pytest.raises(BadValue, match=r"fov_x_rad is .* between 0 and pi"):
        Intrinsics.from_fov(640, 480, fov_x_rad)


def test_depth_of_another_size_is_refused() -> None:
    with pytest.raises(BadValue, match=r"the shape of depth_m is \(6, 8\), but it must be \(480, 640\)"):
        CENTERED.points(np.ones((6, 8), np.float32))
