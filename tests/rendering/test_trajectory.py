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
from sisg_robotics.rendering import Raycaster, walk_trajectory
from sisg_robotics.rendering.trajectory import CAMERA_HEIGHT_M, ROBOT_RADIUS_M
from sisg_robotics.scenes import generate_scene, scene_instances, walkable

COUNT = 60
OTHER_PROCESSOR = """
import sys
from sisg_robotics.rendering import walk_trajectory
from sisg_robotics.scenes import generate_scene
walk = walk_trajectory(generate_scene("a bathroom", seed=2), count=30, seed=5)
sys.stdout.buffer.write(walk.tobytes())
"""


@pytest.fixture(scope="module", params=[3, 11])
def scene(request):
    return generate_scene("", seed=request.param)


@pytest.fixture(scope="module")
def walk(scene):
    return walk_trajectory(scene, count=COUNT, seed=5)


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
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-c", OTHER_PROCESSOR]
    there = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    here = walk_trajectory(generate_scene("a bathroom", seed=2), count=30, seed=5)
    assert there == here.tobytes()


def test_every_room_gets_pictures_and_larger_rooms_more(scene, walk):
    counts = {room.name: 0 for room in scene.rooms}
    for T_world_cam in walk:
        room = room_of(scene, T_world_cam[:2, 3])
        if room:
            counts[room] += 1
    assert min(counts.values()) > 0
    by_area = sorted(scene.rooms, key=lambda room: room.area_m2)
    if by_area[-1].area_m2 > 1.5 * by_area[0].area_m2:
        assert counts[by_area[-1].name] > counts[by_area[0].name]


def test_the_camera_looks_up_and_down_and_all_around(walk):
    down = np.arcsin(-walk[:, 2, 2])
    assert down.min() < 0.05 and down.max() > 0.35
    yaw = np.arctan2(walk[:, 1, 2], walk[:, 0, 2]) % (2 * np.pi)
    assert len(np.unique(np.floor(yaw / (np.pi / 4)))) == 8


def test_most_things_are_seen_and_many_from_two_sides(scene, walk):
    instances = scene_instances(scene)
    raycaster = Raycaster(instances)
    camera = Intrinsics.from_fov(96, 72, np.pi / 2)
    position = {item.object_id: np.array(item.position_xyz_m[:2]) for item in scene.objects}
    bearings = {object_id: [] for object_id in position}
    for T_world_cam, ids in zip(walk, raycaster.probe(camera, walk)[1], strict=True):
        pixels = np.bincount(ids.ravel())
        for object_id, xy in position.items():
            if object_id < len(pixels) and pixels[object_id] >= 4:
                bearings[object_id].append(np.arctan2(*(T_world_cam[:2, 3] - xy)[::-1]))
    floor_things = [item.object_id for item in scene.objects if item.supported_by is None]
    seen = np.mean([bool(bearings[i]) for i in floor_things])
    apart = [
        max((np.cos(a - b) < np.cos(0.5) for a in bearings[i] for b in bearings[i]), default=False)
        for i in floor_things
    ]
    assert seen > 0.9
    assert np.mean(apart) > 0.5


def test_the_same_seed_walks_the_same_way_and_another_seed_another(scene, walk):
    np.testing.assert_array_equal(walk, walk_trajectory(scene, count=COUNT, seed=5))
    assert not np.array_equal(walk, walk_trajectory(scene, count=COUNT, seed=6))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_few_frames_are_as_many_as_asked_for(scene, count):
    assert len(walk_trajectory(scene, count=count, seed=0)) == count


def test_what_makes_no_sense_is_refused(scene):
    with pytest.raises(BadValue, match="count is 0"):
        walk_trajectory(scene, count=0)
    with pytest.raises(BadValue, match="camera_height_m is 9"):
        walk_trajectory(scene, count=5, camera_height_m=9.0)
    with pytest.raises(RequestError, match="no free floor for a robot of radius 4"):
        walk_trajectory(scene, count=5, robot_radius_m=4.0)
