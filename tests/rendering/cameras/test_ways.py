"""Waypoints and turns on the spot."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.geometry import rigid_error
from sisg_robotics.rendering.cameras import ViewChecks, look_around_trajectory, waypoint_trajectory
from sisg_robotics.rendering.cameras.view_checks import OFF


def angle_apart(a, b):
    return np.abs((a - b + np.pi) % (2 * np.pi) - np.pi)


def yaw_of(T_world_cam):
    return np.arctan2(T_world_cam[..., 1, 2], T_world_cam[..., 0, 2])


@pytest.fixture
def site(rooms):
    return rooms.site_of(rooms.shell(), (0.5, 0.5, 3.5, 2.5))


def test_waypoints_are_passed_in_order_and_frames_are_even(site):
    points = [(0.8, 0.8), (3.2, 0.8), (3.2, 2.2), (0.8, 2.2)]
    drive = waypoint_trajectory(site.scene, points, count=60, site=site, checks=OFF)
    xy = drive.T_world_cam[:, :2, 3]
    assert len(drive) == 60 and rigid_error(drive.T_world_cam).max() < 1e-12
    reached = [int(np.argmin(np.linalg.norm(xy - point, axis=1))) for point in points]
    assert reached == sorted(reached) and reached[0] == 0 and reached[-1] == 59
    assert max(np.linalg.norm(xy[k] - p) for k, p in zip(reached, points, strict=True)) < 0.1
    step = np.linalg.norm(np.diff(xy, axis=0), axis=1)
    assert step.max() < 2 * step.mean()
    assert site.space.is_free(xy).all()


def test_the_camera_looks_ahead_and_where_a_waypoint_says(site):
    drive = waypoint_trajectory(
        site.scene, [(0.8, 1.5), (2.0, 1.5, np.pi / 2), (3.2, 1.5)], count=25, site=site, checks=OFF
    )
    yaw = yaw_of(drive.T_world_cam)
    assert angle_apart(yaw[0], 0.0) < 0.1 and angle_apart(yaw[-1], 0.0) < 0.1
    assert angle_apart(yaw[12], np.pi / 2) < 0.15
    assert np.abs(np.diff(yaw)).max() < 0.4


def test_the_way_goes_round_what_stands_there(flat, flat_site):
    eyes = flat_site.eyes_m[:, :2]
    drive = waypoint_trajectory(flat, [tuple(eyes[0]), tuple(eyes[-1])], site=flat_site, checks=OFF)
    xy = drive.T_world_cam[:, :2, 3]
    assert flat_site.space.is_free(xy).all()
    assert np.linalg.norm(np.diff(xy, axis=0), axis=1).max() < 0.4
    assert 0 < drive.coverage < 1


def test_one_waypoint_is_one_view(site):
    (T,) = waypoint_trajectory(site.scene, [(2.0, 1.5, 1.0)], site=site, checks=OFF).T_world_cam
    assert angle_apart(yaw_of(T), 1.0) < 1e-6


def test_a_waypoint_far_from_the_floor_is_refused(site):
    with pytest.raises(RequestError, match=r"Waypoint .9.0, 9.0. is .* m from the floor"):
        waypoint_trajectory(site.scene, [(1.0, 1.0), (9.0, 9.0)], site=site)


@pytest.mark.parametrize("wrong", [[], [(1.0,)], [(1.0, np.nan)], [(1.0, 2.0, 3.0, 4.0)]])
def test_what_is_no_waypoint_is_refused(site, wrong):
    with pytest.raises(BadValue, match="waypoints"):
        waypoint_trajectory(site.scene, wrong, site=site)


def test_no_frame_and_nothing_but_bad_views_are_refused(site):
    with pytest.raises(BadValue, match="count is 0"):
        look_around_trajectory(site.scene, count=0, site=site)
    bare = ViewChecks(min_things=99)
    told = r"No view of the {} passes the checks \(8 too few things in view\)"
    with pytest.raises(RequestError, match=told.format("look-around")):
        look_around_trajectory(site.scene, count=8, site=site, checks=bare)
    with pytest.raises(RequestError, match=told.format("waypoints")):
        waypoint_trajectory(site.scene, [(1.0, 1.0), (3.0, 2.0)], count=8, site=site, checks=bare)


def test_a_turn_is_whole_and_even(site):
    turn = look_around_trajectory(site.scene, points=1, count=12, site=site, checks=OFF)
    assert len(np.unique(turn.T_world_cam[:, :2, 3], axis=0)) == 1
    np.testing.assert_allclose(angle_apart(np.diff(yaw_of(turn.T_world_cam)), 0.0), np.pi / 6, atol=1e-6)


def test_standing_points_are_free_different_and_as_many_as_asked(flat, flat_site):
    turn = look_around_trajectory(flat, points=3, count=24, site=flat_site, checks=OFF)
    places = np.unique(turn.T_world_cam[:, :2, 3], axis=0)
    assert len(turn) == 24 and len(places) == 3
    assert flat_site.space.is_free(places).all()
    one = look_around_trajectory(flat, points=1, count=24, site=flat_site, checks=OFF)
    assert one.coverage < turn.coverage
    many = look_around_trajectory(flat, site=flat_site, checks=OFF)
    assert many.coverage > turn.coverage and len(many) % 8 == 0
