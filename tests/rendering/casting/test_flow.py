"""Optical flow of a static scene, by hand and against projection."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.geometry import Distortion, Intrinsics, invert, look_at, pose, rotation_z, transform
from sisg_robotics.rendering import Raycaster

CAMERA = Intrinsics(70.0, 66.0, 31.2, 25.7, 64, 48)
LENS = Distortion(-0.12, 0.03, 2e-3, -1e-3, 0.01)
RATIONAL = Distortion(0.15, 0.04, -1e-3, 2e-3, 0.02, 0.3, 0.06, 0.03)
AHEAD = look_at(np.zeros(3), np.array([1.0, 0, 0]))
"""Looks along +x; its right is -y, its down is -z."""


def render(build, T_next, *parts, distortion=None, channels=("flow", "depth")):
    rays = Raycaster([build.thing(1, "wall", *parts)], class_ids=build.class_ids)
    return rays.render(CAMERA, AHEAD, channels=channels, T_world_cam_next=T_next, distortion=distortion)


def wall(build, x=2.0):
    return build.rectangle((x, 90, -90), (0, -180, 0), (0, 0, 180))


@pytest.mark.parametrize("step", [(0.0, 0.1, 0.0), (0.0, 0.0, -0.3), (0.0, -0.4, 0.2)])
def test_a_camera_that_steps_along_a_wall_sees_it_move_by_focal_length_times_step_over_depth(build, step):
    T_next = AHEAD.copy()
    T_next[:3, 3] += step
    flow = render(build, T_next, wall(build)).flow_px
    right, down = -step[1], -step[2]
    expected = [-CAMERA.fx * right / 2.0, -CAMERA.fy * down / 2.0]
    np.testing.assert_allclose(flow, np.broadcast_to(expected, flow.shape), atol=1e-5)


def test_a_step_towards_a_wall_makes_it_grow_from_the_principal_point(build):
    T_next = AHEAD.copy()
    T_next[0, 3] = 0.5
    flow = render(build, T_next, wall(build)).flow_px
    from_center = CAMERA.pixel_centers() - [CAMERA.cx, CAMERA.cy]
    np.testing.assert_allclose(flow, from_center * (2.0 / 1.5 - 1), atol=1e-5)


@pytest.mark.parametrize("lens", [None, LENS, RATIONAL])
def test_a_camera_that_moves_and_turns_sees_points_where_they_are_projected(build, lens):
    box = build.box((1.5, -0.4, -0.3), (1.9, 0.3, 0.2))
    T_next = pose(rotation_z(0.1) @ AHEAD[:3, :3], np.array([0.2, -0.1, 0.05]))
    seen = render(build, T_next, wall(build), box, distortion=lens)
    centers = CAMERA.pixel_centers()
    rays = CAMERA.pixel_rays() if lens is None else lens.rays(CAMERA, centers)
    points = transform(AHEAD, rays * seen.depth_m[..., None].astype(np.float64))
    there = transform(invert(T_next), points)
    xy = there[..., :2] / there[..., 2:]
    xy = xy if lens is None else lens.distort(xy)
    uv = xy * [CAMERA.fx, CAMERA.fy] + [CAMERA.cx, CAMERA.cy]
    np.testing.assert_allclose(seen.flow_px, uv - centers, atol=2e-4)
    assert np.ptp(seen.flow_px[..., 0]) > 1  # the box moves otherwise than the wall


@pytest.mark.parametrize("lens", [None, LENS])
def test_a_camera_at_rest_sees_no_flow(build, lens):
    flow = render(build, AHEAD, wall(build), distortion=lens).flow_px
    assert np.abs(flow).max() < 1e-5


def test_what_ends_up_behind_the_next_camera_has_no_flow_and_what_is_not_there_has_none_to_have(build):
    """Past a board at x = 1 to x = 1.5: the board is then behind, the ground is both, the sky is nothing."""
    board = build.rectangle((1, 0.2, -0.2), (0, -0.4, 0), (0, 0, 0.4))
    ground = build.rectangle((0, -50, -1), (100, 0, 0), (0, 100, 0))
    T_next = AHEAD.copy()
    T_next[0, 3] = 1.5
    seen = render(build, T_next, board, ground)
    nan = np.isnan(seen.flow_px)
    np.testing.assert_array_equal(nan[..., 0], nan[..., 1])
    nan = nan[..., 0]
    there = seen.depth_m > 0
    np.testing.assert_array_equal(nan, there & (seen.depth_m <= 1.5))
    assert nan[25, 31] and (there & ~nan).sum() > 100
    assert (~there).sum() > 500 and not seen.flow_px[~there].any()


def test_beyond_the_fold_of_a_lens_nothing_is_seen(build):
    """r (1 - 0.25 r^2) turns back at r^2 = 4/3, so after a turn of 45 degrees one side leaves the picture."""
    lens = Distortion(k1=-0.25)
    T_next = pose(rotation_z(np.radians(45)) @ AHEAD[:3, :3], np.zeros(3))
    seen = render(build, T_next, wall(build), distortion=lens)
    rays = lens.rays(CAMERA, CAMERA.pixel_centers()) @ (T_next[:3, :3].T @ AHEAD[:3, :3]).T
    r2 = (rays[..., :2] ** 2).sum(axis=-1) / rays[..., 2] ** 2
    expected = (rays[..., 2] <= 0) | (r2 >= 4 / 3)
    assert 0.1 < expected.mean() < 0.9
    np.testing.assert_array_equal(np.isnan(seen.flow_px[..., 0]), expected)
