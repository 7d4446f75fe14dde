"""What is kept of a frame is what the frame says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.reconstruction.looks import Look, Stack, thinned


@pytest.mark.parametrize("pixels", [19200, 4800, 1000, 7, 1])
def test_a_thinned_picture_has_the_points_of_the_whole_one(room: Any, pixels: int) -> None:
    T = room.walk(5)[1]
    depth_m, _ = room.pictures(T, room.camera)
    few, camera = thinned(depth_m, room.camera, pixels)
    assert few.size <= pixels or pixels == 1
    whole = room.camera.points(depth_m).reshape(-1, 3)
    for point in camera.points(few).reshape(-1, 3)[:50]:
        assert np.abs(whole - point).max(axis=1).min() < 1e-5


def test_normals_are_those_of_the_walls_and_look_at_the_camera(room: Any) -> None:
    T = room.walk(7)[2]
    look = room.looks(T[None])[0]
    world = look.normals @ T[:3, :3].T
    points = look.points_m @ T[:3, :3].T + T[:3, 3]
    assert len(points) > 1000
    assert (
        np.abs(world).max(axis=1) > 0.999
    ).mean() > 0.98  # along an axis; creases are left out, nearly all
    assert ((look.normals * look.points_m).sum(axis=1) < 0).all()
    on_face = np.minimum(np.abs(points), np.abs(points - room.size_m)).min(axis=1)
    assert on_face.max() < 1e-5


def test_what_is_out_of_range_is_not_kept(room: Any) -> None:
    look = Look.of(room.frame(0, room.walk(5)[0]), 1.0, 2.0)
    seen = look.depth_m[look.depth_m > 0]
    assert len(seen) and seen.min() >= 1.0 and seen.max() <= 2.0
    assert look.points_m[:, 2].min() >= 1.0 and look.points_m[:, 2].max() <= 2.0


def test_a_frame_of_nothing_has_no_points(room: Any) -> None:
    frame = room.frame(0, room.walk(5)[0])
    nothing = RgbdFrame(0, frame.rgb, np.zeros_like(frame.depth_m), frame.T_world_cam, frame.intrinsics)
    assert len(Look.of(nothing, 0.1, 5.0).points_m) == 0
    tiny = Intrinsics(1.0, 1.0, 0.5, 0.5, 1, 1)
    one = RgbdFrame(0, np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.float32), np.eye(4), tiny)
    assert len(Look.of(one, 0.1, 5.0).points_m) == 0


def test_many_frames_take_no_more_memory_than_some(room: Any) -> None:
    frame = room.frame(0, room.walk(5)[0])
    assert Look.of(frame, 0.1, 5.0, frames=40_000).depth_m.size <= 1000
    assert len(Look.of(frame, 0.1, 5.0, frames=40_000).points_m) <= 50


def test_pictures_of_other_sizes_lie_in_one_stack(room: Any) -> None:
    small = Intrinsics(30.0, 30.0, 20.0, 15.0, 40, 30)
    T = look_at(np.array([2.0, 1.5, 1.2]), np.array([4.0, 1.5, 1.2]))
    looks = [Look.of(room.frame(0, T), 0.1, 9.0), Look.of(room.frame(1, T, camera=small), 0.1, 9.0)]
    stack = Stack.of(looks, 64)
    assert stack.depth_m.shape[1:] == looks[0].depth_m.shape
    assert np.array_equal(stack.depth_m[1, :30, :40], looks[1].depth_m)
    assert not stack.depth_m[1, 30:].any() and not stack.depth_m[1, :, 40:].any()
    assert list(stack.counts) == [64, 64]
    assert stack.cameras[1].tolist() == [30, 30, 20, 15, 40, 30]
