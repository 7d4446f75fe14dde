"""The projector's shadow against the closed form f B (1/z1 - 1/z2)."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.rendering.sensors.shadow import seen_by_second_eye


def box_before_wall(flat, left, right, z1=1.0, z2=3.0):
    depth_m = flat.wall(z2)
    depth_m[:, left:right] = z1
    return depth_m


@pytest.mark.parametrize("z1, z2, baseline_m", [(1.0, 3.0, 0.075), (0.8, 4.0, 0.075), (1.5, 2.0, 0.2)])
def test_the_shadow_of_a_wide_box_has_the_width_in_closed_form(flat, z1, z2, baseline_m):
    depth_m = box_before_wall(flat, 120, 220, z1, z2)
    width = 300 * baseline_m * (1 / z1 - 1 / z2)
    hidden = ~seen_by_second_eye(depth_m, 300.0, baseline_m)
    columns = np.flatnonzero(hidden[100])
    assert abs(len(columns) - width) <= 1
    assert columns.max() == 119  # to the left of the box, since the second eye is to the right
    assert np.all(np.diff(columns) == 1)
    assert np.all(hidden == hidden[0])


def test_the_second_eye_on_the_left_throws_the_mirrored_shadow(flat):
    depth_m = box_before_wall(flat, 100, 200)
    right = seen_by_second_eye(depth_m, 300.0, 0.075)
    left = seen_by_second_eye(depth_m[:, ::-1], 300.0, -0.075)
    np.testing.assert_array_equal(left[:, ::-1], right)


def test_a_thin_box_throws_a_shadow_of_its_own_width_beside_which_the_wall_is_seen(flat):
    depth_m = box_before_wall(flat, 200, 206)
    hidden = np.flatnonzero(~seen_by_second_eye(depth_m, 300.0, 0.075)[100])
    assert len(hidden) == 6
    assert hidden.max() == pytest.approx(205 - 300 * 0.075 * (1 - 1 / 3), abs=1)


def test_nothing_hides_on_a_wall_or_a_slanted_plane(flat):
    for depth_m in (flat.wall(2.0), flat.tilted(2.0, 0.7), flat.tilted(2.0, -0.7)):
        assert seen_by_second_eye(depth_m, 300.0, 0.075).all()


def test_a_stereo_camera_does_not_see_what_is_left_of_its_second_picture(flat):
    seen = seen_by_second_eye(flat.wall(1.5), 300.0, 0.05, same_field=True)
    blind = np.flatnonzero(~seen[0])
    np.testing.assert_array_equal(blind, np.arange(10))  # f B / z = 10 columns


def test_nothing_is_seen_where_nothing_is(flat):
    depth_m = flat.wall(0.0)
    assert not seen_by_second_eye(depth_m, 300.0, 0.075).any()
