"""What is seen of rooms whose answer is known by thinking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering.cameras import camera_pose, look_around_trajectory, walk_trajectory
from sisg_robotics.rendering.cameras.cover import coverage
from sisg_robotics.rendering.cameras.seen import Seen
from sisg_robotics.rendering.cameras.surface import Surface
from sisg_robotics.rendering.cameras.view_checks import OFF

WIDE = Intrinsics.from_fov(64, 64, np.pi / 2)


def six_views(eye):
    """Pictures of 90 x 90 degrees that together show everything around an eye."""
    ahead = np.concatenate([np.eye(3), -np.eye(3)])
    return np.stack([look_at(np.array(eye), np.array(eye) + d) for d in ahead])


def test_points_are_spread_by_area(build, rooms):
    surface = Surface.of(rooms.shell(), patch_m2=0.01)
    x, y, z = rooms.size_m
    areas = np.array([x * y, x * y, y * z, x * z, y * z, x * z])
    counts = np.bincount(surface.instance_of)[1:]
    np.testing.assert_allclose(counts * surface.patch_m2, areas, atol=0.02)
    inside = (surface.points_m > -1e-9) & (surface.points_m < np.array(rooms.size_m) + 1e-9)
    assert inside.all()
    floor = surface.points_m[surface.instance_of == 1][:, :2]
    quarters = np.histogram2d(floor[:, 0], floor[:, 1], bins=2, range=[[0, x], [0, y]])[0]
    np.testing.assert_allclose(quarters / len(floor), 0.25, atol=0.01)


def test_from_inside_an_empty_room_all_of_it_is_seen(rooms):
    surface = Surface.of(rooms.shell())
    assert surface.seen_from(np.array([[2.0, 1.5, 1.25]])).all()


def test_walls_have_one_side(rooms):
    surface = Surface.of(rooms.shell())
    assert not surface.seen_from(np.array([[2.0, 1.5, 5.0]]))[:, surface.instance_of == 2].any()


def test_sight_has_no_end(rooms):
    hall = Surface.of(rooms.shell((0, 0, 0), (60, 3, 2.5)))
    assert hall.seen_from(np.array([[0.5, 1.5, 1.25]])).all()


def test_a_cupboard_hides_the_wall_behind_it(build, rooms):
    board = build.thing(9, "sofa", build.box((1.5, 0.0, 0.0), (1.6, 3.0, 2.5)))  # from wall to wall
    surface = Surface.of([*rooms.shell(), board])
    seen = surface.seen_from(np.array([[0.8, 1.5, 1.25]]))[0]
    assert not seen[surface.points_m[:, 0] > 1.5 + 1e-6].any()
    assert seen[surface.points_m[:, 0] < 1.3].all()


def test_a_picture_shows_what_its_rays_hit(build, rooms):
    box = build.thing(9, "sofa", build.box((2.4, 1.2, 0.0), (2.8, 1.8, 0.9)))
    surface = Surface.of([*rooms.shell(), box])
    T = camera_pose(np.array([0.6, 1.1]), 1.2, 0.2, 0.3)
    seen = surface.seen_by(WIDE, T)
    uv = WIDE.project((surface.points_m - T[:3, 3]) @ T[:3, :3])
    fine = surface.look(WIDE.resized(512, 512), T[None])
    for point in np.flatnonzero(seen)[::7]:
        u, v = np.minimum((uv[point] * 8).astype(int), 511)
        z = (surface.points_m[point] - T[:3, 3]) @ T[:3, 2]
        assert abs(fine.depth_m[0, v, u] - z) < 0.06
    assert seen.sum() > 500


def test_the_pictures_all_around_see_what_the_eye_sees(flat_site):
    eye = flat_site.eyes_m[len(flat_site.eyes_m) // 2]
    by_eye = flat_site.surface.seen_from(eye[None])[0]
    by_pictures = np.zeros(len(by_eye), dtype=bool)
    for T in six_views(eye):
        by_pictures |= flat_site.surface.seen_by(WIDE, T)
    np.testing.assert_array_equal(by_eye, by_pictures)


def test_a_full_look_around_an_empty_room_covers_it_all(rooms):
    site = rooms.site_of(rooms.shell(), (1.0, 1.0, 3.0, 2.0))
    assert site.visible.all()
    assert coverage(site, [WIDE] * 6, six_views((2.0, 1.5, 1.3))) == 1.0
    assert coverage(site, [WIDE], six_views((2.0, 1.5, 1.3))[5:]) < 0.4  # one of six


def test_a_walk_and_a_turn_in_a_room_by_hand(rooms):
    site = rooms.site_of(rooms.shell(), (1.0, 1.0, 3.0, 2.0))
    walk = walk_trajectory(site.scene, site=site)
    assert walk.coverage >= 0.97 and len(walk) <= 12
    turn = look_around_trajectory(site.scene, site=site, points=1, count=8)
    assert len(turn) == 8 and 0.6 < turn.coverage < 1.0


def test_a_room_that_no_robot_reaches_does_not_count(rooms):
    beyond = [
        replace(wall, instance_id=wall.instance_id + 10) for wall in rooms.shell((10, 0, 0), (14, 3, 2.5))
    ]
    site = rooms.site_of([*rooms.shell(), *beyond], (1.0, 1.0, 3.0, 2.0))
    assert site.visible.mean() == pytest.approx(0.5, abs=0.01)
    assert walk_trajectory(site.scene, site=site).coverage >= 0.97


def test_the_coverage_of_a_walk_holds_for_other_points_and_more_places():
    from sisg_robotics.rendering.cameras import Site
    from sisg_robotics.rendering.cameras.cover import covered
    from sisg_robotics.scenes import generate_scene, scene_instances

    scene = generate_scene("", seed=11)
    site = Site.of(scene)
    walk = walk_trajectory(scene, site=site)
    other = Surface.of(scene_instances(scene), patch_m2=0.017)
    cells = np.argwhere(site.space.mask)[::29]
    eyes = np.column_stack([site.space.center(cells), np.full(len(cells), site.camera_height_m)])
    visible = other.seen_from(eyes).any(axis=0)
    camera = Intrinsics.from_fov(640, 480, np.pi / 2)
    assert walk.coverage >= 0.97
    assert covered(other, visible, [camera] * len(walk), walk.T_world_cam) >= 0.95


def test_hardly_anything_is_seen_only_from_between_the_places_looked_from(flat_site):
    cells = np.argwhere(flat_site.space.mask)[::7]
    eyes = np.column_stack([flat_site.space.center(cells), np.full(len(cells), flat_site.camera_height_m)])
    anyhow = flat_site.surface.seen_from(eyes).any(axis=0) | flat_site.visible
    assert flat_site.visible.sum() > 0.99 * anyhow.sum()


def test_more_frames_see_no_less(flat, flat_site):
    shares = [walk_trajectory(flat, count=count, site=flat_site).coverage for count in (2, 8, 32)]
    assert shares == sorted(shares) and shares[0] < 0.5 and shares[-1] > 0.95


def test_a_view_is_new_from_another_side_or_distance_only(rooms):
    surface = Surface.of(rooms.shell())
    here = camera_pose(np.array([1.0, 1.5]), 1.3, 0.0, 0.0)[None]
    nearby = camera_pose(np.array([1.05, 1.5]), 1.3, 0.05, 0.0)[None]
    across = camera_pose(np.array([3.8, 0.2]), 1.3, 2.2, 0.0)[None]
    seen = Seen.nothing(surface, np.ones(len(surface), dtype=bool))
    first = seen.points_in([WIDE], here)
    assert seen.overlap(first, here) == 0.0
    after = seen.and_also(first, here)
    assert seen.coverage == 0.0 and after.coverage == pytest.approx(len(first[0]) / len(surface))
    assert after.overlap(first, here) == 1.0
    assert after.overlap(after.points_in([WIDE], nearby), nearby) > 0.8
    assert after.overlap(after.points_in([WIDE], across), across) < 0.2


def test_planned_gains_are_what_pictures_then_add(flat, flat_site):
    """The fast kernel against counting, for a first look."""
    eye = 7
    T = camera_pose(flat_site.eyes_m[eye, :2], flat_site.camera_height_m, 1.0, 0.2)
    seen = Seen.nothing(flat_site.surface, flat_site.visible)
    sizes = np.array([[WIDE.fx, WIDE.fy, WIDE.cx, WIDE.cy, 64.0, 64.0]])
    arguments = np.array([0]), np.array([eye]), flat_site.sight, T[None, None], sizes
    points = seen.points_in([WIDE], T[None])
    assert seen.gains(*arguments, first_look=True).tolist() == [len(points[0])]
    after = seen.and_also(points, T[None])
    assert after.gains(*arguments, first_look=True).tolist() == [0]
    assert after.gains(*arguments, first_look=False).tolist() == [0]  # the same side again


def test_checks_that_are_off_leave_nothing_out(flat, flat_site):
    assert walk_trajectory(flat, count=20, site=flat_site, checks=OFF).rejected == {}
