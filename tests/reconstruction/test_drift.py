"""Drift is found where it was put, and not where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sisg_robotics.geometry import look_at
from sisg_robotics.reconstruction.drift import (
    Corrections,
    Drift,
    corrections,
    find_drift,
    lowers_misfit,
    taken_back,
)
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


def seen(room: Any, said: np.ndarray) -> Stack:
    return Stack.of(room.looks(room.walk(FRAMES, 2.0), said), COMPARED_POINTS)


def needed(room: Any, said: np.ndarray) -> Corrections:
    stack = seen(room, said)
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


def test_a_line_is_taken_back_by_its_share() -> None:
    poses = np.tile(np.eye(4), (7, 1, 1))
    back = taken_back(Drift(2, 4, np.array([0.0, 0.4, 0.0]), np.array([0.0, 0.0, np.pi / 2]), 0.0), poses)
    assert np.array_equal(back[:3], poses[:3])
    assert np.allclose(back[:, 1, 3], [0, 0, 0, 0.2, 0.4, 0.4, 0.4])
    assert np.allclose(back[3, :2, 0], np.sqrt(0.5)) and np.allclose(back[4:, :2, 0], [0, 1])
    assert np.array_equal(poses, np.tile(np.eye(4), (7, 1, 1)))


@pytest.mark.parametrize("end_deg", [0.0, 1.5])
def test_a_made_drift_is_believed_and_taken_back(room: Any, end_deg: float) -> None:
    poses = room.walk(FRAMES, 2.0)
    stack = seen(room, drifting(poses, 24, (0.04, 0.03, 0.0), end_deg))
    found = residuals(stack)
    drift = find_drift(corrections(stack, found), 2.0)
    assert drift is not None and lowers_misfit(drift, stack, found)
    assert np.abs(taken_back(drift, stack.T_world_cam) - poses).max() < 0.008


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("end_m", [0.01, -0.1])
def test_no_line_is_believed_where_poses_are_right(room: Any, axis: int, end_m: float) -> None:
    stack = seen(room, room.walk(FRAMES, 2.0))
    found, move_m, turn_rad = residuals(stack), np.zeros(3), np.zeros(3)
    move_m[axis], turn_rad[2 - axis] = end_m, end_m / 2
    assert not lowers_misfit(Drift(20, FRAMES - 1, move_m, np.zeros(3), 0.0), stack, found)
    assert not lowers_misfit(Drift(20, FRAMES - 1, np.zeros(3), turn_rad, 0.0), stack, found)


def test_loosely_held_frames_that_slide_are_not_believed(room: Any) -> None:
    """A corridor whose one wall becomes a fence: what its boards hide just behind them pulls frames over."""
    boards = tuple(((x, 0.0, 0.1), (x + 0.1, 0.04, 2.4)) for x in np.arange(5.0, 9.75, 0.3))
    corridor = replace(room, size_m=(10.0, 2.0, 2.5), boards=boards)
    poses = []
    for i, x in enumerate(np.linspace(1.0, 9.0, 32)):
        eye = np.array([x, 1.0 + 0.1 * np.sin(i), 1.2])
        ahead = [np.cos(0.61), -np.sin(0.61), 0.2 * np.sin(2.4 * i)]
        poses.append(look_at(eye, eye + np.array(ahead)))
    stack = Stack.of(corridor.looks(np.stack(poses)), COMPARED_POINTS)
    found = residuals(stack)
    slid = find_drift(corrections(stack, found), stack.typical_distance_m)
    assert np.nanmax(found.median_m) < 1e-5
    assert slid is not None and slid.end_m > 0.02
    assert not lowers_misfit(slid, stack, found)


def test_where_nothing_is_seen_twice_nothing_is_believed(room: Any) -> None:
    away = np.stack([look_at(np.array([2.0, 1.5, 1.2]), np.array([x, 1.5, 1.2])) for x in (4.0, 0.0)])
    stack = Stack.of(room.looks(away), COMPARED_POINTS)
    assert not lowers_misfit(Drift(0, 1, np.ones(3), np.zeros(3), 0.0), stack, residuals(stack))
