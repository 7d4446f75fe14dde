"""Depth moved into the colour camera's picture."""

from __future__ import annotations

import numpy as np

from sisg_robotics.geometry import Distortion, Intrinsics, pose, rotation_z
from sisg_robotics.rendering.sensors import depth_in_color_view


def beside(x_m):
    return pose(np.eye(3), np.array([-x_m, 0.0, 0.0]))


def test_one_camera_registered_to_itself_is_unchanged(flat):
    depth_m = np.random.default_rng(0).uniform(0.5, 3.0, (240, 320)).astype(np.float32)
    depth_m[50:60] = 0
    for lens in (
        None,
        Distortion(-0.2, 0.05, 0.001, 0.002),
        Distortion(0.1, -0.05, 0.001, -0.002, 0.2, 0.15, 0.05, 0.1),
    ):
        out = depth_in_color_view(
            depth_m, flat.camera, np.eye(4), flat.camera, depth_distortion=lens, color_distortion=lens
        )
        np.testing.assert_allclose(out, depth_m, rtol=1e-6)


def test_a_wall_moves_by_its_disparity(flat):
    # 300 px * 0.05 m / 1.5 m = 10 columns to the left, as the colour camera stands to the right
    depth_m = flat.wall(1.5)
    depth_m[:, 100:110] = 0
    out = depth_in_color_view(depth_m, flat.camera, beside(0.05), flat.camera)
    np.testing.assert_array_equal(np.flatnonzero(out[0] == 0), [*range(90, 100), *range(310, 320)])
    np.testing.assert_allclose(out[out > 0], 1.5, rtol=1e-6)


def test_the_nearer_of_two_surfaces_stays_and_what_only_the_colour_camera_sees_is_empty(flat):
    depth_m = flat.wall(3.0)
    depth_m[:, 120:200] = 1.0
    out = depth_in_color_view(depth_m, flat.camera, beside(0.05), flat.camera)[100]
    # the wall moves 5 columns, the box 15: it covers 105 to 185, and 185 to 195 were behind it
    np.testing.assert_array_equal(np.flatnonzero(out == 1.0), np.arange(105, 185))
    np.testing.assert_array_equal(np.flatnonzero(out[:310] == 0.0), np.arange(185, 195))


def test_a_larger_colour_picture_is_filled_without_gaps(flat):
    color = Intrinsics(610.0, 610.0, 330.0, 245.0, 640, 480)
    out = depth_in_color_view(flat.tilted(2.0, 0.6), flat.camera, beside(0.025), color)
    assert (out[20:460, 20:600] > 0).all()


def test_a_turned_camera_sees_the_plane_at_its_own_depth(flat):
    # turned about the optical axis and 0.4 m behind: depth along its axis is 0.4 m more
    T_color_depth = pose(rotation_z(0.1)[:3, :3], np.array([0.0, 0.0, 0.4]))
    out = depth_in_color_view(flat.wall(1.0), flat.camera, T_color_depth, flat.camera)
    assert (out > 0).mean() > 0.4
    np.testing.assert_allclose(out[out > 0], 1.4, rtol=1e-6)


def test_what_is_behind_the_colour_camera_is_not_drawn(flat):
    T_color_depth = pose(np.eye(3), np.array([0.0, 0.0, -2.0]))
    out = depth_in_color_view(flat.wall(1.0), flat.camera, T_color_depth, flat.camera)
    assert not out.any()


def test_what_lies_beyond_the_fold_of_the_colour_lens_is_not_in_its_picture():
    """r (1 - 0.25 r^2) turns back at r = 1.155, and would show again what lies further out."""
    lens = Distortion(k1=-0.25)
    wide, color = (Intrinsics.from_fov(n, n, np.radians(fov)) for n, fov in ((240, 120), (160, 56)))
    away = np.linalg.norm(wide.pixel_rays()[..., :2], axis=-1)
    depth_m = np.where(away < 1.16, 3.0, 1.0).astype(np.float32)  # what is near lies beyond the fold
    out = depth_in_color_view(depth_m, wide, np.eye(4), color, color_distortion=lens)
    np.testing.assert_array_equal(out, 3.0)
