"""Laws of a walk, on generated flats."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.geometry import Intrinsics, rigid_error
from sisg_robotics.rendering.cameras import CAMERA_HEIGHT_M, ROBOT_RADIUS_M, Site, walk_trajectory
from sisg_robotics.scenes import generate_scene, walkable

COUNT = 60
OTHER_PROCESSOR = """
import sys
from sisg_robotics.rendering.cameras import walk_trajectory
from sisg_robotics.scenes import generate_scene
walk = walk_trajectory(generate_scene("a bathroom", seed=2), count=30, seed=5)
sys.stdout.buffer.write(walk.T_world_cam.tobytes())
"""


@pytest.fixture(scope="module")
def site():
    return Site.of(generate_scene("", seed=3))


@pytest.fixture(scope="module")
def scene(site):
    return site.scene


@pytest.fixture(scope="module")
def walk(site):
    return walk_trajectory(site.scene, count=COUNT, seed=5, site=site).T_world_cam


def room_of(scene, xy_m):
    return next((room.name for room in scene.rooms if room.contains(tuple(xy_m))), None)


def test_every_pose_is_rigid_upright_and_at_the_camera_height(walk):
    assert walk.shape == (COUNT, 4, 4)
    assert rigid_error(walk).max() < 1e-12
    np.testing.assert_allclose(walk[:, 2, 3], CAMERA_HEIGHT_M)
    np.testing.assert_allclose(walk[:, 2, 0], 0.0, atol=1e-12)  # the image's right is level
    assert (walk[:, 2, 1] < 0).all()  # and its down points down


def test_the_robot_fits_wherever_a_picture_is_taken(scene, walk):
    grid = walkable(scene, robot_radius_m=ROBOT_RADIUS_M)
    for T_world_cam in walk:
        assert grid.contains(tuple(T_world_cam[:2, 3]))


def test_a_processor_without_wide_vectors_walks_to_the_same_bit():
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    environment = {
        **os.environ,
        "NPY_DISABLE_CPU_FEATURES": " ".join(found),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    command = [sys.executable, "-c", OTHER_PROCESSOR]
    there = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    here = walk_trajectory(generate_scene("a bathroom", seed=2), count=30, seed=5).T_world_cam
    assert there == here.tobytes()


def test_every_room_gets_pictures(scene, walk):
    rooms = [room_of(scene, T_world_cam[:2, 3]) for T_world_cam in walk]
    assert {room.name for room in scene.rooms} <= set(rooms)


def test_the_camera_looks_up_and_down_and_all_around(walk):
    down = np.arcsin(-walk[:, 2, 2])
    assert down.min() < 0.05 and down.max() > 0.35
    yaw = np.arctan2(walk[:, 1, 2], walk[:, 0, 2]) % (2 * np.pi)
    assert len(np.unique(np.floor(yaw / (np.pi / 4)))) == 8


def test_most_things_are_seen_and_many_from_two_sides(site, walk):
    camera = Intrinsics.from_fov(96, 72, np.pi / 2)
    objects = site.scene.objects
    position = {item.object_id: np.array(item.position_xyz_m[:2]) for item in objects}
    bearings = {object_id: [] for object_id in position}
    for T_world_cam, ids in zip(walk, site.surface.look(camera, walk).instance, strict=True):
        pixels = np.bincount(ids.ravel())
        for object_id, xy in position.items():
            if object_id < len(pixels) and pixels[object_id] >= 4:
                bearings[object_id].append(np.arctan2(*(T_world_cam[:2, 3] - xy)[::-1]))
    floor_things = [item.object_id for item in objects if item.supported_by is None]
    seen = np.mean([bool(bearings[i]) for i in floor_things])
    apart = [
        max((np.cos(a - b) < np.cos(0.5) for a in bearings[i] for b in bearings[i]), default=False)
        for i in floor_things
    ]
    assert seen > 0.9
    assert np.mean(apart) > 0.5


def test_the_way_is_shorter_than_in_the_order_of_choice_or_any_other_at_random(site, walk):
    way = np.linalg.norm(np.diff(walk[:, :2, 3], axis=0), axis=1).sum()
    shuffled = np.random.default_rng(0).permutation(walk)
    assert way < 0.3 * np.linalg.norm(np.diff(shuffled[:, :2, 3], axis=0), axis=1).sum()


def test_the_same_seed_walks_the_same_way_and_another_seed_another(flat, flat_site):
    walk, again, other = (walk_trajectory(flat, count=15, seed=seed).T_world_cam for seed in (5, 5, 6))
    np.testing.assert_array_equal(walk, again)
    assert not np.array_equal(walk, other)


@pytest.mark.parametrize("count", [1, 2, 7, 400])
def test_there_are_as_many_frames_as_asked_for(flat, flat_site, count):
    assert len(walk_trajectory(flat, count=count, site=flat_site)) == count


def test_a_narrower_camera_takes_more_frames(flat, flat_site):
    narrow = walk_trajectory(flat, site=flat_site, intrinsics=Intrinsics.from_fov(640, 480, 1.0))
    assert len(narrow) > 1.5 * len(walk_trajectory(flat, site=flat_site))
    assert narrow.coverage > 0.95


def test_what_makes_no_sense_is_refused(scene):
    with pytest.raises(BadValue, match="count is 0"):
        walk_trajectory(scene, count=0)
    with pytest.raises(BadValue, match="camera_height_m is 9"):
        walk_trajectory(scene, count=5, camera_height_m=9.0)
    with pytest.raises(BadValue, match="robot_radius_m is -1"):
        walk_trajectory(scene, count=5, robot_radius_m=-1.0)
    with pytest.raises(RequestError, match="no free floor for a robot of radius 4"):
        walk_trajectory(scene, count=5, robot_radius_m=4.0)
