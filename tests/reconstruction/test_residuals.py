"""Offsets along the normal, hidden points and points looked through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sisg_robotics.geometry import look_at
from sisg_robotics.reconstruction.looks import Look, Stack
from sisg_robotics.reconstruction.residuals import GATE_M, residuals

EYES = np.array([[1.0, 1.5, 1.2], [1.3, 1.3, 1.3]])


def towards_x(eyes: np.ndarray) -> np.ndarray:
    """Cameras that see the wall at x = 4 and little else."""
    return np.stack([look_at(eye, np.array([4.0, 1.5, 1.25])) for eye in eyes])


def ahead_only(look: Look) -> Look:
    """Only its points on the wall at x = 4."""
    on = (look.normals @ look.T_world_cam[:3, :3].T.astype(np.float32))[:, 0] < -0.999
    return replace(look, points_m=look.points_m[on], normals=look.normals[on])


def test_exact_poses_leave_nothing(room: Any) -> None:
    found = residuals(Stack.of(room.looks(room.walk(6)), 200))
    assert np.nanmax(found.median_m) < 1e-5
    assert found.typical_looked_through == 0


@pytest.mark.parametrize("shift_m", [0.004, 0.03, -0.03, 0.09])
def test_a_pose_off_along_the_normal_leaves_just_that(room: Any, shift_m: float) -> None:
    poses = towards_x(EYES)
    said = poses.copy()
    said[1, 0, 3] += shift_m
    found = residuals(Stack.of([ahead_only(look) for look in room.looks(poses, said)], 400))
    assert np.allclose(found.median_m, abs(shift_m), atol=1e-5)
    assert np.allclose(found.misfit_m, abs(shift_m), atol=1e-5)
    assert (found.looked_through == 0).all()


def test_what_is_looked_through_counts_as_the_gate(room: Any) -> None:
    poses = towards_x(EYES)
    said = poses.copy()
    said[1, 0, 3] += 0.5  # the second frame's wall is at 4.5 m: it looks through the first's
    found = residuals(Stack.of(room.looks(poses, said), 400))
    assert found.looked_through[0] > 0.6 and found.median_m[0] == pytest.approx(GATE_M)
    assert not found.looked_through[1] > 0.3  # the other way round, the point is hidden


def test_the_misfit_is_the_mean_where_the_median_hides_what_disagrees(room: Any) -> None:
    poses = towards_x(np.concatenate([EYES, [[1.1, 1.4, 1.25], [1.2, 1.6, 1.2]]]))
    said = poses.copy()
    said[2, 0, 3] += 0.03
    said[3, 0, 3] += 0.5  # looked through: counts as the gate
    found = residuals(Stack.of([ahead_only(look) for look in room.looks(poses, said)], 400))
    agree, off, through = found.pairs[0, 1], found.pairs[0, 2], found.compared[0] - found.pairs[0].sum()
    assert min(agree, off, through) > 100
    mean_m = (0.03 * off + GATE_M * through) / (agree + off + through)
    assert found.misfit_m[0] == pytest.approx(mean_m, abs=1e-5)
    both = found.misfit_m[:2] @ found.compared[:2] / found.compared[:2].sum()
    assert found.misfit_of(slice(0, 2)) == pytest.approx(both)


def test_frames_that_see_nothing_in_common_say_nothing(room: Any) -> None:
    away = np.stack([look_at(np.array([2.0, 1.5, 1.2]), np.array([x, 1.5, 1.2])) for x in (4.0, 0.0)])
    found = residuals(Stack.of(room.looks(away), 200))
    assert np.isnan(found.median_m).all() and np.isnan(found.looked_through).all()
    assert np.isnan(found.misfit_m).all() and np.isnan(found.misfit_of(slice(None)))
    assert np.isnan(found.typical_looked_through)
    assert not found.pairs.any()


def test_one_frame_alone_says_nothing(room: Any) -> None:
    found = residuals(Stack.of(room.looks(room.walk(5)[:1]), 200))
    assert np.isnan(found.median_m).all()


def test_arguments_are_unchanged(room: Any) -> None:
    stack = Stack.of(room.looks(room.walk(4)), 100)
    before = [
        np.array(getattr(stack, name))
        for name in ("depth_m", "cameras", "T_world_cam", "points_m", "normals")
    ]
    residuals(stack)
    after = [getattr(stack, name) for name in ("depth_m", "cameras", "T_world_cam", "points_m", "normals")]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
