"""Drift is found where it was put, and not where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sisg_robotics.reconstruction.drift import Corrections, corrections, find_drift
from sisg_robotics.reconstruction.looks import Stack
from sisg_robotics.reconstruction.reconstruct import COMPARED_POINTS
from sisg_robotics.reconstruction.residuals import residuals

FRAMES = 48


def drifting(
    poses: np.ndarray, start: int, end_m: tuple[float, float, float], end_deg: float = 0.0
) -> np.ndarray:
    """Poses that come off, evenly from frame `start` on, by so much at the end; the turn is about z."""
    share = np.maximum(0, np.arange(len(poses)) - start) / (len(poses) - 1 - start)
    said = poses.copy()
    for T, much in zip(said, share, strict=True):
        c, s = np.cos(np.radians(end_deg) * much), np.sin(np.radians(end_deg) * much)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        T[:3, :3] = turn @ T[:3, :3]
        T[:3, 3] = T[:3, 3] + much * np.array(end_m)
    return said


def needed(room: Any, said: np.ndarray) -> Corrections:
    stack = Stack.of(room.looks(room.walk(FRAMES, 2.0), said), COMPARED_POINTS)
    return corrections(stack, residuals(stack))


@pytest.mark.parametrize("start", [12, 24, 36])
def test_drift_is_found_at_the_frame_where_it_begins(room: Any, start: int) -> None:
    found = find_drift(needed(room, drifting(room.walk(FRAMES, 2.0), start, (0.04, 0.03, 0.0))), 2.0)
    assert found is not None
    assert abs(found.at - start) <= 3
    assert found.end_m == pytest.approx(0.05, rel=0.2)


def test_a_turn_that_grows_is_found_too(room: Any) -> None:
    found = find_drift(needed(room, drifting(room.walk(FRAMES, 2.0), 20, (0.0, 0.0, 0.0), end_deg=2.0)), 2.0)
    assert found is not None
    assert abs(found.at - 20) <= 3
    assert np.degrees(found.end_rad) == pytest.approx(2.0, rel=0.2)


def test_right_poses_need_no_corrections(room: Any) -> None:
    right = needed(room, room.walk(FRAMES, 2.0))
    assert np.nanmax(np.abs(right.move_m)) < 1e-3
    assert find_drift(right, 2.0) is None


def test_the_corrections_are_what_was_done_the_other_way_round(room: Any) -> None:
    poses = room.walk(FRAMES, 2.0)
    said = poses.copy()
    said[30, :3, 3] += [0.02, -0.01, 0.015]
    made = needed(room, said)
    assert np.allclose(made.move_m[30], [-0.02, 0.01, -0.015], atol=3e-3)
    assert np.nanmax(np.abs(np.delete(made.move_m, 30, axis=0))) < 3e-3


def test_scatter_alone_is_no_drift() -> None:
    rng = np.random.default_rng(0)
    for sigma_m in (0.001, 0.02):
        wild = Corrections(rng.normal(0, sigma_m, (60, 3)), rng.normal(0, sigma_m / 3, (60, 3)))
        assert find_drift(wild, 2.0) is None


def test_a_straight_line_is_drift_from_the_start_and_a_small_one_is_none() -> None:
    line = np.linspace(0, 0.05, 40)[:, None] * np.array([1.0, 0, 0])
    found = find_drift(Corrections(line, np.zeros((40, 3))), 2.0)
    assert found is not None and found.at == 0 and found.end_m == pytest.approx(0.05)
    assert find_drift(Corrections(line / 10, np.zeros((40, 3))), 2.0) is None


def test_frames_that_nothing_holds_are_left_out() -> None:
    bent = np.maximum(0, np.arange(40) - 20)[:, None] * np.array([0.0, 0.003, 0])
    bent[[5, 6, 25]] = np.nan
    found = find_drift(Corrections(bent, np.zeros((40, 3))), 2.0)
    assert found is not None and abs(found.at - 20) <= 1
    assert find_drift(Corrections(np.full((40, 3), np.nan), np.zeros((40, 3))), 2.0) is None
