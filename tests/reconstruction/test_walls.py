"""Thickness in millimetres that were put there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.reconstruction.looks import Look
from sisg_robotics.reconstruction.walls import find_walls, sheet_distance


def test_a_room_has_six_thin_faces_of_its_size(room: Any) -> None:
    walls = find_walls(room.looks(room.walk(24)))
    assert sorted(wall.kind for wall in walls) == ["ceiling", "level", "wall", "wall", "wall", "wall"]
    for wall in walls:
        assert wall.thickness_m < 1e-4 and wall.noise_m < 1e-4
        assert wall.double_share == 0 and wall.sheets_m == 0
    ahead = next(wall for wall in walls if wall.normal[0] < -0.99)
    assert ahead.offset_m == pytest.approx(-4.0, abs=1e-3)  # its normal looks into the room
    assert ahead.area_m2 == pytest.approx(3.0 * 2.5, rel=0.25)


@pytest.mark.parametrize("shift_m", [0.015, 0.03, 0.08])
def test_two_halves_that_are_shifted_make_double_walls_of_that_distance(room: Any, shift_m: float) -> None:
    poses = np.concatenate([room.walk(20), room.walk(20)])
    said = poses.copy()
    said[20:, 0, 3] += shift_m
    walls = find_walls(room.looks(poses, said))
    along_x = [wall for wall in walls if abs(wall.normal[0]) > 0.99]
    others = [wall for wall in walls if abs(wall.normal[0]) < 0.1]
    assert len(along_x) == 2 and len(others) == 4
    for wall in along_x:
        assert wall.sheets_m == pytest.approx(shift_m, abs=1e-3)
        assert wall.thickness_m == pytest.approx(shift_m, abs=1e-3)
        assert wall.double_share > 0.9
    for wall in others:
        assert wall.sheets_m == 0 and wall.thickness_m < 1e-3


def test_the_two_faces_of_a_wall_are_two_walls() -> None:
    """Rooms on either side of a wall of 10 cm: its faces are no double wall."""
    rng = np.random.default_rng(0)
    looks = []
    for index in range(10):
        side = 1 if index % 2 else -1
        T = look_at(np.array([2.0 * side, 0, 1.2]), np.array([0.0, 0, 1.2]))
        along, up = rng.uniform(-1, 1, (2, 3000))
        on_wall = np.column_stack([np.full(3000, 0.05 * side), along, up + 1.2])
        points = ((on_wall - T[:3, 3]) @ T[:3, :3]).astype(np.float32)
        normals = np.tile((np.array([side, 0.0, 0.0]) @ T[:3, :3]).astype(np.float32), (3000, 1))
        camera = Intrinsics(2.0, 2.0, 1.0, 1.0, 2, 2)
        looks.append(Look(index, np.zeros((2, 2), np.float32), camera, T, points, normals))
    walls = find_walls(looks)
    assert len(walls) == 2
    assert all(wall.sheets_m == 0 and wall.thickness_m < 1e-5 for wall in walls)
    assert sorted(round(wall.offset_m, 3) for wall in walls) == [0.05, 0.05]


def test_noise_is_said_apart_from_thickness(room: Any) -> None:
    rng = np.random.default_rng(0)
    looks = room.looks(room.walk(30))
    noisy = [_pushed(look, rng.normal(0, 0.005, (len(look.points_m), 1))) for look in looks]
    for wall in find_walls(noisy):
        assert wall.noise_m == pytest.approx(0.6745 * 0.005, rel=0.3)
        assert wall.sheets_m == 0 and wall.thickness_m < 0.012


def _pushed(look: Look, by_m: np.ndarray) -> Look:
    return replace(look, points_m=(look.points_m + by_m * look.normals).astype(np.float32))


def test_sheets_are_told_from_spread() -> None:
    assert sheet_distance(np.array([0.0, 0.03]), 0.001) == pytest.approx(0.03)
    assert sheet_distance(np.array([0.0, 0.001, 0.03, 0.031]), 0.001) == pytest.approx(0.03)
    assert sheet_distance(np.linspace(0, 0.03, 20), 0.001) == 0  # one thick sheet
    assert sheet_distance(np.array([0.0, 0.008]), 0.001) == 0  # less than a double wall
    assert sheet_distance(np.array([0.0, 0.03]), 0.02) == 0  # noise
    assert sheet_distance(np.array([0.0] * 19 + [0.05]), 0.001) == 0  # one stray frame
    assert sheet_distance(np.array([0.1]), 0.0) == 0


def test_without_points_there_are_no_walls(room: Any) -> None:
    look = room.looks(room.walk(5)[:1])[0]
    assert find_walls([replace(look, points_m=look.points_m[:0], normals=look.normals[:0])]) == []
