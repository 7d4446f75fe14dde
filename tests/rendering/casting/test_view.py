"""Rays through pixels."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Distortion, Intrinsics, look_at
from sisg_robotics.rendering.casting.view import View

CAMERA = Intrinsics(70.0, 66.0, 31.2, 25.7, 64, 48)
POSE = look_at(np.array([0.3, -0.4, 1.0]), np.array([2.0, 1.0, 0.3]))
LENS = Distortion(-0.12, 0.03, 2e-3, -1e-3, 0.01)


@pytest.mark.parametrize("lens", [None, LENS])
@pytest.mark.parametrize("at", [(0.5, 0.5), (0.0, 0.0), (0.25, 0.9)])
def test_rays_go_through_the_place_in_every_pixel(lens, at):
    rays = View(CAMERA, POSE, lens).rays(*at)
    assert rays.dtype == np.float32 and rays.shape == (64 * 48, 6)
    np.testing.assert_array_equal(rays[:, :3], np.broadcast_to(POSE[:3, 3].astype(np.float32), (64 * 48, 3)))
    cam = rays[:, 3:].astype(np.float64) @ POSE[:3, :3]
    np.testing.assert_allclose(cam[:, 2], 1, atol=2e-7)
    xy = cam[:, :2] if lens is None else lens.distort(cam[:, :2])
    uv = (xy * [CAMERA.fx, CAMERA.fy] + [CAMERA.cx, CAMERA.cy]).reshape(48, 64, 2)
    expected = np.stack(np.meshgrid(np.arange(64) + at[0], np.arange(48) + at[1]), axis=-1)
    np.testing.assert_allclose(uv, expected, atol=1e-4)


def test_rays_through_the_centres_are_made_once():
    view = View(CAMERA, POSE)
    assert view.rays() is view.rays(0.5, 0.5)
    assert view.rays() is not view.rays(0.5, 0.25)


def test_a_pose_that_is_none_is_refused():
    with pytest.raises(BadValue, match="T_world_cam"):
        View(CAMERA, 2 * np.eye(4))
