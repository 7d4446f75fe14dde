"""Every fault is made in a recording and must be named, alone."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.datasets.diagnosis.explain import explain
from sisg_robotics.datasets.diagnosis.refine import applied, of_a_jump, of_drift
from sisg_robotics.geometry import (
    camera_pose_from_opencv,
    invert,
    matrix_from_quat_xyzw,
    pose,
    quat_wxyz_from_matrix,
    rotation_z,
)


def other_quaternions(T):
    return pose(matrix_from_quat_xyzw(quat_wxyz_from_matrix(T[:, :3, :3])), T[:, :3, 3])


def scaled(T, factor):
    return pose(T[:, :3, :3], T[:, :3, 3] * factor)


def later(T, frames):
    """The poses of frames later by so many, the last one repeated."""
    return T[np.clip(np.arange(len(T)) + frames, 0, len(T) - 1)]


def ray_lengths(recorded):
    fx, fy, cx, cy = recorded.camera
    v, u = np.indices(recorded.depth.shape[1:]) + 0.5
    return np.sqrt(((u - cx) / fx) ** 2 + ((v - cy) / fy) ** 2 + 1).astype(np.float32)


def about_x(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return pose(np.array([[1, 0, 0], [0, c, -s], [0, s, c]]), np.zeros(3))


def off(recorded, numbers, values):
    return applied(recorded.reading, numbers, np.array(values)).T_world_cam


FAULTS = {
    "poses-inverted": lambda r: r.but(T_world_cam=invert(r.T_world_cam)),
    "camera-axes": lambda r: r.but(T_world_cam=camera_pose_from_opencv(r.T_world_cam, "opengl")),
    "camera-axes isaac": lambda r: r.but(T_world_cam=camera_pose_from_opencv(r.T_world_cam, "isaac_world")),
    "quaternion-order": lambda r: r.but(T_world_cam=other_quaternions(r.T_world_cam)),
    "pose-unit": lambda r: r.but(T_world_cam=scaled(r.T_world_cam, 1000)),
    "pose-unit cm": lambda r: r.but(T_world_cam=scaled(r.T_world_cam, 100)),
    "depth-unit": lambda r: r.but(depth=r.depth * 1000),
    "depth-radial": lambda r: r.but(depth=r.depth * ray_lengths(r)),
    "poses-shifted": lambda r: r.but(T_world_cam=later(r.T_world_cam, 1)),
    "poses-shifted back": lambda r: r.but(T_world_cam=later(r.T_world_cam, -3)),
    "focal-length": lambda r: r.but(camera=r.camera * [0.8, 0.8, 1, 1]),
    "focal-length a little": lambda r: r.but(camera=r.camera * [1.06, 1.06, 1, 1]),
    "principal-point": lambda r: r.but(camera=r.camera + np.array([0, 0, 6, 0])),
    "camera-mount": lambda r: r.but(T_world_cam=r.T_world_cam @ about_x(6)),
    "depth-mirrored": lambda r: r.but(depth=r.depth[:, :, ::-1].copy(), brightness=r.brightness[:, :, ::-1]),
    "color-mirrored": lambda r: r.but(brightness=r.brightness[:, :, ::-1]),
    "color-misaligned": lambda r: r.but(brightness=np.roll(r.brightness, 4, axis=2)),
    "world-up": lambda r: r.but(T_world_cam=about_x(-90) @ r.T_world_cam),
    "world-tilted": lambda r: r.but(T_world_cam=about_x(8) @ r.T_world_cam),
    "drift": lambda r: r.but(T_world_cam=off(r, of_drift(48), [0.5, 0.3, 0, 0, 0, 0.05])),
    "pose-jump": lambda r: r.but(T_world_cam=off(r, of_a_jump(48, 24), [0.4, 0.1, 0, 0, 0, 0.06])),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("depth", ["flat", "noisy"])
def test_a_fault_is_named_and_nothing_else(request, depth, fault):
    found = explain(FAULTS[fault](request.getfixturevalue(depth)).diagnosed())
    assert [finding.code for finding in found if finding.severity == "error"] == [fault.split()[0]]


@pytest.mark.parametrize("depth", ["flat", "noisy"])
def test_a_clean_recording_is_clean(request, depth):
    assert explain(request.getfixturevalue(depth).diagnosed()) == []


TWO = {
    ("poses-inverted", "camera-axes"): lambda r: r.but(
        T_world_cam=invert(camera_pose_from_opencv(r.T_world_cam, "opengl"))
    ),
    ("quaternion-order", "pose-unit"): lambda r: r.but(
        T_world_cam=scaled(other_quaternions(r.T_world_cam), 1000)
    ),
    ("depth-unit", "pose-unit"): lambda r: r.but(
        T_world_cam=scaled(r.T_world_cam, 1000), depth=r.depth * 1000
    ),
}


@pytest.mark.parametrize("codes", TWO, ids=" and ".join)
def test_two_faults_are_both_named(flat, codes):
    found = explain(TWO[codes](flat).diagnosed())
    assert {finding.code for finding in found if finding.severity == "error"} == set(codes)


def test_a_camera_that_stands_still_tells_nothing(flat):
    still = flat.but(
        T_world_cam=np.repeat(flat.T_world_cam[:1], 48, axis=0), depth=np.repeat(flat.depth[:1], 48, axis=0)
    )
    assert {finding.severity for finding in explain(still.diagnosed())} <= {"note"}


def test_the_jump_is_placed(flat):
    found = explain(FAULTS["pose-jump"](flat).diagnosed())
    assert found[0].evidence["frame"] == 24


def test_a_turn_of_the_whole_recording_changes_nothing(flat):
    turned = flat.but(T_world_cam=pose(rotation_z(1.0), np.array([3.0, 4.0, 0.0])) @ flat.T_world_cam)
    assert explain(turned.diagnosed()) == []
