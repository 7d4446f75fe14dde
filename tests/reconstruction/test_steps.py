"""What ICP says between frames, and what it must not say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sisg_robotics.geometry import look_at, pose
from sisg_robotics.reconstruction.looks import Look
from sisg_robotics.reconstruction.steps import icp_steps, pinned_motion


def corner_views() -> np.ndarray:
    """Two cameras that see the same corner of the room."""
    eyes = np.array([[2.0, 1.5, 1.4], [1.8, 1.6, 1.4]])
    return np.stack([look_at(eye, np.array([4.0, 3.0, 0.3])) for eye in eyes])


def test_right_poses_need_nearly_no_step(room: Any) -> None:
    (step,) = icp_steps(room.looks(corner_views()))
    assert step.pinned == 6 and step.overlap > 0.8
    assert step.move_m < 2e-3 and step.turn_rad < np.radians(0.1)


@pytest.mark.parametrize("shift_m", [(0.02, 0, 0), (0, -0.02, 0), (0.01, 0.01, 0.03)])
def test_a_shifted_pose_needs_that_step(room: Any, shift_m: tuple[float, float, float]) -> None:
    said = corner_views()
    said[1, :3, 3] += shift_m
    (step,) = icp_steps(room.looks(corner_views(), said))
    assert step.move_m == pytest.approx(np.linalg.norm(shift_m), abs=2e-3)


def test_a_turned_pose_needs_that_turn(room: Any) -> None:
    said = corner_views()
    c, s = np.cos(np.radians(1.0)), np.sin(np.radians(1.0))
    said[1, :3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ said[1, :3, :3]
    (step,) = icp_steps(room.looks(corner_views(), said))
    assert np.degrees(step.turn_rad) == pytest.approx(1.0, abs=0.1)


def test_what_slides_along_one_wall_is_not_said() -> None:
    """A wall pins one way to move and two to turn; ICP that slid by a metre along it slid by nothing."""
    rng = np.random.default_rng(0)
    points = np.column_stack([np.full(500, 3.0), *rng.uniform(-1, 1, (2, 500))])
    normals = np.tile([-1.0, 0.0, 0.0], (500, 1))
    slid = pose(np.eye(3), np.array([0.0, 1.0, 0.5]))
    move_m, turn_rad, pinned = pinned_motion(slid, points, normals)
    assert pinned == 3 and move_m < 1e-9 and turn_rad < 1e-9
    nearer = pose(np.eye(3), np.array([0.01, 1.0, 0.5]))
    assert pinned_motion(nearer, points, normals)[0] == pytest.approx(0.01)


def test_frames_without_overlap_have_no_step(room: Any) -> None:
    away = np.stack([look_at(np.array([2.0, 1.5, 1.2]), np.array([x, 1.5, 1.2])) for x in (4.0, 0.0)])
    (step,) = icp_steps(room.looks(away))
    assert np.isnan(step.move_m) and step.overlap < 0.3


def test_a_frame_without_points_has_no_step(room: Any) -> None:
    looks = room.looks(corner_views())
    none = np.zeros((0, 3), np.float32)
    empty: Look = replace(looks[1], points_m=none, normals=none)
    assert [np.isnan(step.move_m) for step in icp_steps([looks[0], empty, looks[1]])] == [True, True]
    assert icp_steps(looks[:1]) == []
