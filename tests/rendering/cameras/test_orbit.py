"""Circles around things, and what is in their way."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue, RequestError, UnknownName
from sisg_robotics.geometry import Intrinsics, rigid_error
from sisg_robotics.rendering.cameras import Surface, orbit_object_trajectory, orbit_trajectory
from sisg_robotics.rendering.cameras.orbit import OUT_OF_SIGHT
from sisg_robotics.rendering.cameras.view_checks import OFF

CAMERA = Intrinsics.from_fov(160, 120, np.pi / 2)
CENTER = (2.0, 1.5, 0.6)


@pytest.fixture
def surface(rooms):
    return Surface.of(rooms.shell())


def test_every_camera_looks_at_the_centre_from_the_asked_radius_and_height(surface):
    elevations = (0.2, 0.6)
    orbit = orbit_trajectory(
        surface, CENTER, radius_m=1.1, count=24, elevations_rad=elevations, intrinsics=CAMERA
    )
    assert len(orbit) == 24 and rigid_error(orbit.T_world_cam).max() < 1e-9
    away = np.array(CENTER) - orbit.T_world_cam[:, :3, 3]
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 1.1, atol=1e-8)
    np.testing.assert_allclose(orbit.T_world_cam[:, :3, 2], away / 1.1, atol=1e-8)
    np.testing.assert_allclose(np.arcsin(-away[:12, 2] / 1.1), 0.2, atol=1e-8)
    np.testing.assert_allclose(np.arcsin(-away[12:, 2] / 1.1), 0.6, atol=1e-8)
    around = np.sort(np.arctan2(away[:12, 1], away[:12, 0]))
    np.testing.assert_allclose(np.diff(around), np.pi / 6, atol=1e-8)


def test_what_is_outside_or_behind_a_screen_is_left_out_and_replaced(build, rooms):
    screen = build.thing(9, "sofa", build.box((2.5, 0.0, 0.0), (2.55, 3.0, 2.5)))
    surface = Surface.of([*rooms.shell(), screen])
    orbit = orbit_trajectory(
        surface, CENTER, radius_m=1.0, count=16, elevations_rad=(0.3,), intrinsics=CAMERA, checks=OFF
    )
    assert len(orbit) == 16
    assert (orbit.T_world_cam[:, 0, 3] < 2.5).all()
    assert orbit.rejected[OUT_OF_SIGHT] > 0


def test_nothing_free_is_refused_with_the_reasons(surface):
    with pytest.raises(RequestError, match=r"No view from 9 m around .* is free: "):
        orbit_trajectory(surface, CENTER, radius_m=9.0, count=8, intrinsics=CAMERA)


def test_checks_off_still_want_the_centre_in_sight(surface):
    orbit = orbit_trajectory(surface, CENTER, radius_m=1.7, count=20, intrinsics=CAMERA, checks=OFF)
    assert set(orbit.rejected) == {OUT_OF_SIGHT}


def test_around_a_thing_every_view_shows_it(flat, flat_site):
    bed = next(item for item in flat.objects if item.asset.category == "bed")
    orbit = orbit_object_trajectory(flat, flat_site.surface, bed.object_id, count=12, intrinsics=CAMERA)
    views = flat_site.surface.look(CAMERA, orbit.T_world_cam)
    assert len(orbit) > 0 and (views.instance == bed.object_id).mean(axis=(1, 2)).min() > 0.02
    away = np.linalg.norm(orbit.T_world_cam[:, :3, 3] - orbit.settings["center_xyz_m"], axis=1)
    np.testing.assert_allclose(away, orbit.settings["radius_m"], atol=1e-6)


def test_the_same_seed_gives_the_same_circle(surface):
    made = [
        orbit_trajectory(surface, CENTER, radius_m=1.0, count=8, intrinsics=CAMERA, seed=seed).T_world_cam
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.allclose(made[0], made[2])


@pytest.mark.parametrize(
    ("wrong", "named"), [({"radius_m": -1.0}, "radius_m"), ({"elevations_rad": (1.6,)}, "elevations")]
)
def test_what_makes_no_sense_is_refused(surface, wrong, named):
    with pytest.raises(BadValue, match=named):
        orbit_trajectory(surface, CENTER, **{"radius_m": 1.0, "count": 8, "intrinsics": CAMERA, **wrong})


def test_a_thing_that_is_not_there_is_refused(flat, flat_site):
    with pytest.raises(UnknownName, match="object id '9999'"):
        orbit_object_trajectory(flat, flat_site.surface, 9999, count=8, intrinsics=CAMERA)
