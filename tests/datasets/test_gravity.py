from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics.datasets.gravity import Gravity, SurfaceSamples, find_gravity, surface_samples
from sisg_robotics.geometry import (
    Intrinsics,
    invert,
    look_at,
    matrix_from_quat_xyzw,
    pose,
    rotation_angle_rad,
)

CAMERA = Intrinsics(40.0, 40.0, 32.0, 24.0, 64, 48)
T_WORLD_CAM = np.stack(
    [look_at(np.array([0.0, 0.0, 1.4]), np.array([2.0, y, 0.5])) for y in (0.7, 0.0, -0.4, 1.0)]
)


def room_depth(T_world_cam: np.ndarray) -> np.ndarray:
    """Planar depth of a room: floor z = 0, walls x = 3 and y = +-2."""
    rays = CAMERA.pixel_rays() @ T_world_cam[:3, :3].T
    eye = T_world_cam[:3, 3]
    planes = ((2, 0.0), (0, 3.0), (1, 2.0), (1, -2.0))
    with np.errstate(divide="ignore"):
        hits = np.stack([(at - eye[axis]) / rays[..., axis] for axis, at in planes])
    return np.where(hits > 0, hits, np.inf).min(axis=0).astype(np.float32)


def room(T_source_world: np.ndarray) -> tuple[SurfaceSamples, np.ndarray]:
    """Samples and camera poses of that room in a world turned and moved by T_source_world."""
    T_source_cam = T_source_world @ T_WORLD_CAM
    seen = [
        surface_samples(room_depth(T), CAMERA, T_source)
        for T, T_source in zip(T_WORLD_CAM, T_source_cam, strict=True)
    ]
    points, normals = zip(*((one.points_m, one.normals) for one in seen), strict=True)
    return SurfaceSamples(np.concatenate(points), np.concatenate(normals)), T_source_cam


def test_normals_point_from_the_surface_to_the_camera() -> None:
    samples = surface_samples(room_depth(T_WORLD_CAM[0]), CAMERA, T_WORLD_CAM[0])
    floor = np.abs(samples.points_m[:, 2]) < 1e-4
    wall = np.abs(samples.points_m[:, 0] - 3) < 1e-4
    assert floor.sum() > 20 and wall.sum() > 20
    np.testing.assert_allclose(np.median(samples.normals[floor & ~wall], axis=0), [0, 0, 1], atol=1e-4)
    np.testing.assert_allclose(np.median(samples.normals[wall & ~floor], axis=0), [-1, 0, 0], atol=1e-4)


def test_holes_and_edges_give_no_normals() -> None:
    depth_m = np.zeros((48, 64), np.float32)
    assert len(surface_samples(depth_m, CAMERA, np.eye(4)).points_m) == 0
    depth_m[:, ::16] = 1.0
    assert len(surface_samples(depth_m, CAMERA, np.eye(4)).points_m) == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_a_room_is_set_upright_whatever_world_it_was_recorded_in(numbers: list[float]) -> None:
    T_source_world = pose(matrix_from_quat_xyzw(np.array([*numbers[:3], 1.0])), np.array(numbers[3:]))
    samples, T_source_cam = room(T_source_world)
    gravity = find_gravity(samples, T_source_cam)
    T = gravity.T_world_source @ T_source_world  # what is left of the turn
    assert gravity.how == (
        "z is up by the level and upright surfaces, x and y along the walls, z = 0 on the floor"
    )
    assert rotation_angle_rad(T[:3, :3]) < np.radians(0.5)
    floor_m = (samples.points_m @ gravity.T_world_source[:3, :3].T + gravity.T_world_source[:3, 3])[:, 2]
    assert np.abs(np.percentile(floor_m, 5)) < 0.03


def test_where_surfaces_agree_on_nothing_the_cameras_say_what_is_up() -> None:
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(5000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    tilted = pose(matrix_from_quat_xyzw(np.array([0.3, 0.2, 0.1, 1.0])), np.zeros(3))
    T_source_cam = invert(tilted) @ T_WORLD_CAM[:1]
    for samples in (SurfaceSamples(normals, normals), SurfaceSamples(normals[:0], normals[:0])):
        gravity = find_gravity(samples, T_source_cam)
        assert gravity.how.startswith("z is up by the cameras' mean up")
        up_of_camera = -(gravity.T_world_source @ T_source_cam)[0, :3, 1]
        np.testing.assert_allclose(up_of_camera, [0, 0, 1], atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_turn_is_rigid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    T_source_world = pose(matrix_from_quat_xyzw(rng.normal(size=4)), rng.normal(size=3))
    gravity: Gravity = find_gravity(*room(T_source_world))
    R = gravity.T_world_source[:3, :3]
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(R) > 0
