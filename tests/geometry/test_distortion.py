"""Lens distortion against OpenCV's formula worked out by hand, and its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Distortion, Intrinsics

CAMERA = Intrinsics(300.0, 320.0, 155.0, 125.0, 320, 240)
LENS = Distortion(-0.28, 0.09, 0.001, -0.002, -0.01)


def test_each_coefficient_moves_a_point_as_worked_out_by_hand():
    xy = np.array([0.3, -0.4])  # r^2 = 0.25
    by_hand = {
        "k1": (0.3 * 1.025, -0.4 * 1.025),  # 1 + 0.1 * 0.25
        "k2": (0.3 * 1.00625, -0.4 * 1.00625),  # 1 + 0.1 * 0.25^2
        "k3": (0.3 * 1.0015625, -0.4 * 1.0015625),  # 1 + 0.1 * 0.25^3
        "k4": (0.3 / 1.025, -0.4 / 1.025),
        "k5": (0.3 / 1.00625, -0.4 / 1.00625),
        "k6": (0.3 / 1.0015625, -0.4 / 1.0015625),
        "p1": (0.3 - 0.024, -0.4 + 0.057),  # 2 p x y; p (r^2 + 2 y^2)
        "p2": (0.3 + 0.043, -0.4 - 0.024),  # p (r^2 + 2 x^2); 2 p x y
    }
    for name, expected in by_hand.items():
        np.testing.assert_allclose(Distortion(**{name: 0.1}).distort(xy), expected, rtol=1e-14)


def test_opencvs_documented_order_of_coefficients():
    named = Distortion(k1=0.1, k2=0.2, p1=0.3, p2=0.4, k3=0.5, k4=0.6, k5=0.7, k6=0.8)
    assert Distortion(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8) == named


@given(
    st.tuples(*[st.floats(-0.1, 0.1)] * 2, *[st.floats(-0.01, 0.01)] * 2),
    st.lists(st.tuples(st.floats(-0.7, 0.7), st.floats(-0.7, 0.7)), min_size=1, max_size=5),
)
def test_undistorting_a_distorted_point_gives_it_back(coefficients, points):
    lens, xy = Distortion(*coefficients), np.array(points)
    np.testing.assert_allclose(lens.undistort(lens.distort(xy)), xy, atol=1e-9)


def test_no_distortion_is_the_pinhole():
    uv = CAMERA.pixel_centers()
    np.testing.assert_allclose(Distortion().rays(CAMERA, uv), CAMERA.pixel_rays(), atol=1e-15)


def test_a_ray_of_the_lens_is_seen_at_the_pixel_it_was_asked_for():
    uv = np.array([[0.5, 0.5], [155.0, 125.0], [319.5, 239.5], [17.25, 200.0]])
    bent = LENS.distort(LENS.rays(CAMERA, uv)[:, :2])
    np.testing.assert_allclose(bent * [CAMERA.fx, CAMERA.fy] + [CAMERA.cx, CAMERA.cy], uv, atol=1e-6)


def test_the_undistortion_maps_say_where_a_pinhole_pixel_is_found_in_opencvs_coordinates():
    map_u, map_v = LENS.undistortion_maps(CAMERA)
    assert map_u.shape == map_v.shape == (240, 320)
    u, v = 40, 30  # its centre in OpenCV's coordinates is (40, 30), with cx = 154.5 and cy = 124.5 there
    x, y = (40 - 154.5) / 300, (30 - 124.5) / 320
    r2 = x * x + y * y
    s = 1 - 0.28 * r2 + 0.09 * r2**2 - 0.01 * r2**3
    bent_x = x * s + 2 * 0.001 * x * y - 0.002 * (r2 + 2 * x * x)
    bent_y = y * s + 0.001 * (r2 + 2 * y * y) - 2 * 0.002 * x * y
    assert map_u[v, u] == pytest.approx(300 * bent_x + 154.5, abs=1e-4)
    assert map_v[v, u] == pytest.approx(320 * bent_y + 124.5, abs=1e-4)


def test_a_lens_that_folds_the_picture_is_refused():
    with pytest.raises(BadValue, match="one-to-one"):
        Distortion(k1=-1.0).rays(CAMERA, np.array([[0.5, 0.5]]))
    with pytest.raises(BadValue, match="finite"):
        Distortion(k1=np.nan)


def test_arguments_are_unchanged():
    xy = np.array([[0.3, -0.4]])
    before = xy.copy()
    LENS.distort(xy)
    LENS.undistort(xy)
    np.testing.assert_array_equal(xy, before)
