"""What a picture leaves out, in closed form for a sphere, and stepping back until it leaves out nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.geometry import Intrinsics, invert, look_at, transform
from sisg_robotics.rendering.objects.camera_sampling import ViewCamera
from sisg_robotics.rendering.objects.crop import corner_points, crop_share, fitted
from sisg_robotics.rendering.raycaster import Raycaster


def camera_at(eye, fov_deg: float, width: int = 64, height: int = 64) -> ViewCamera:
    lens = Intrinsics.from_fov(width, height, np.deg2rad(fov_deg))
    return ViewCamera(lens, look_at(np.asarray(eye, dtype=np.float64), np.zeros(3)))


def caster_of(build, *parts) -> Raycaster:
    return Raycaster([build.thing(1, "sofa", *parts)], class_ids=build.class_ids)


def disk_within_square(radius: float, half: float) -> float:
    """Share of a disk's area inside a square of half side `half` < `radius` < sqrt(2) `half`, same centre."""
    segment = radius**2 * np.arccos(half / radius) - half * np.sqrt(radius**2 - half**2)
    return 1 - 4 * segment / (np.pi * radius**2)


@pytest.mark.parametrize("distance", [2.0, 1.8, 1.7])
def test_crop_share_of_a_sphere_that_is_too_near(build, distance: float) -> None:
    ball = build.sphere((0, 0, 0), 1.0, 90)
    half = np.tan(np.deg2rad(27.5))
    silhouette = 1 / np.sqrt(distance**2 - 1)  # at distance 1 of the picture's plane
    camera = camera_at((0, -distance, 0), 55)
    share = crop_share(caster_of(build, ball), camera, corner_points([ball]))
    assert half < silhouette < np.sqrt(2) * half
    assert share == pytest.approx(1 - disk_within_square(silhouette, half), abs=0.004)


def test_crop_share_of_a_wide_picture_counts_each_side(build) -> None:
    board = build.rectangle((0, -1, -1), (0, 2, 0), (0, 0, 2))
    camera = camera_at((2, 0, 0), 90, width=80, height=20)  # sees 4 wide and 1 high of a board of 2 x 2
    assert crop_share(caster_of(build, board), camera, corner_points([board])) == pytest.approx(0.5, abs=0.01)


def test_crop_share_is_exactly_zero_where_everything_is_seen(build) -> None:
    ball = build.sphere((0, 0, 0), 1.0, 30)
    assert crop_share(caster_of(build, ball), camera_at((4, 1, 1), 50), corner_points([ball])) == 0.0


def test_crop_share_from_inside_the_object_is_a_share(build) -> None:
    room = build.box((-1, -1, -1), (1, 1, 1))
    share = crop_share(caster_of(build, room), camera_at((0.1, 0, 0), 50), corner_points([room]))
    assert 0.9 < share < 1.0


@pytest.mark.parametrize("eye", [(1.5, 0, 0), (1.0, 1.0, 0.6), (0, 0, 1.6), (0.2, -0.1, -0.3)])
@pytest.mark.parametrize("size", [(64, 64), (96, 32), (32, 96)])
def test_fitting_steps_back_until_everything_is_seen(build, eye, size) -> None:
    box = build.box((-1, -1, -1), (1, 1, 1))
    before = camera_at(eye, 40, *size)
    after = fitted(before, corner_points([box]))
    seen = transform(invert(after.T_world_cam), box.vertices_m.astype(np.float64))
    uv = after.intrinsics.project(seen)
    assert np.all(seen[:, 2] > 0) and np.all(uv >= 0) and np.all(uv <= size)
    assert np.abs(2 * uv / size - 1).max() == pytest.approx(0.98)  # and no farther
    assert after.azimuth_rad == pytest.approx(before.azimuth_rad)
    assert after.elevation_rad == pytest.approx(before.elevation_rad)
    assert crop_share(caster_of(build, box), after, corner_points([box])) == 0.0


def test_fitting_leaves_a_camera_that_sees_everything(build) -> None:
    box = build.box((-1, -1, -1), (1, 1, 1))
    far = camera_at((9, 0, 0), 40)
    assert np.allclose(fitted(far, corner_points([box])).T_world_cam, far.T_world_cam)
