"""Decimal grids of poses, told from grids that have another reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.datasets.validation.pose_lines import PoseLines, read_pose_lines
from sisg_robotics.datasets.validation.rounding import decimal_grid, find_grids
from sisg_robotics.geometry import matrix_from_quat_xyzw, pose


def random_poses(n: int = 60) -> np.ndarray:
    random = np.random.default_rng(0)
    quat_xyzw = random.normal(size=(n, 4))
    R = matrix_from_quat_xyzw(quat_xyzw / np.linalg.norm(quat_xyzw, axis=1, keepdims=True))
    return pose(R, random.uniform(-3, 3, (n, 3)))


def read(tmp_path: Path, rows: np.ndarray, fmt: str = "%.17g") -> PoseLines:
    np.savetxt(tmp_path / "poses.txt", rows.reshape(len(rows), -1), fmt=fmt)
    lines = read_pose_lines(tmp_path / "poses.txt", len(rows))
    assert lines is not None
    return lines


@pytest.mark.parametrize("decimals", [0, 1, 2, 3, 4, 5, 6])
def test_the_grid_is_the_last_digit_printed(decimals: int) -> None:
    numbers = np.random.default_rng(1).uniform(-40, 40, (50, 3))
    assert decimal_grid(np.round(numbers, decimals)) == pytest.approx(10.0**-decimals)
    assert decimal_grid(numbers) == 0


def test_positions_on_a_grid_for_another_reason_are_not_rounded() -> None:
    random = np.random.default_rng(2)
    assert decimal_grid(0.25 * random.integers(-40, 40, (50, 3))) == 0  # steps of 25 cm
    assert decimal_grid(0.05 * random.integers(-40, 40, (50, 2)) + 0.025) == 0  # middles of cells
    assert decimal_grid(np.full((50, 3), 1.25)) == 0  # one place
    assert decimal_grid(np.round(random.uniform(0, 1, (3, 3)), 1)) == 0  # too few to tell
    assert decimal_grid(np.zeros((0, 3))) == 0


def test_both_grids_are_read_from_a_file(tmp_path: Path) -> None:
    T = random_poses()
    assert find_grids(read(tmp_path, T)) == (0, 0, 0)
    grids = find_grids(read(tmp_path, T, "%.3f"))
    assert grids.translation_m == grids.rotation == pytest.approx(1e-3)
    grids = find_grids(read(tmp_path, pose(T[:, :3, :3], np.round(T[:, :3, 3], 2))))
    assert (grids.translation_m, grids.rotation) == (pytest.approx(0.01), 0)


def test_exact_rotations_of_few_digits_are_not_rounded(tmp_path: Path) -> None:
    triples = [(0.6, 0.8), (0.28, 0.96), (0.352, 0.936), (0.8, 0.6), (0.96, 0.28), (0.936, 0.352)]
    R = [np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]]) for c, s in triples for s in (s, -s)]
    R += [R_.T @ other for R_ in R for other in R[:3]]
    exact = pose(np.stack(R), np.zeros((len(R), 3)))
    assert find_grids(read(tmp_path, exact)).rotation == 0
    exact[:, :3, :3] *= 2  # few digits, and no rotations, but not for rounding
    assert find_grids(read(tmp_path, exact)).rotation == 0


def test_the_error_in_pixels_is_that_of_the_farthest_rounding(tmp_path: Path) -> None:
    T = random_poses()
    grids = find_grids(read(tmp_path, pose(T[:, :3, :3], np.round(T[:, :3, 3], 2))))
    assert grids.error_px(600.0, 3.0) == pytest.approx(600 * 0.005 / 3)  # 5 mm, 3 m away
    rounded = read(tmp_path, T, "%.2f")
    exact, printed = T[:, :3, :3], rounded.T_file[:, :3, :3]
    at = np.array([0, 0, 3.0])  # on the axis, 3 m away
    seen = np.einsum("nji,njk,k->ni", exact, printed, at)  # where the exact camera would see that point
    moved_px = 600 * np.linalg.norm(seen[:, :2] / seen[:, 2:], axis=1)
    worst = find_grids(rounded).error_px(600.0, 3.0)
    assert 0.5 * worst < moved_px.max() + 600 * 0.005 / 3 < 1.5 * worst


def test_lines_that_cannot_be_read_are_remembered_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "poses.txt"
    path.write_text("# comment\n\n1 2 3 0 0 0 1\nlost\n4 5 6 0 0 0 1 # good\n1 2 3\n7 8 9 0 0 0 nan\n")
    lines = read_pose_lines(path, 5)
    assert lines is not None
    assert (lines.rotation_type, lines.count, lines.unreadable) == ("quat", 5, (1, 3))
    assert lines.line_numbers == (3, 4, 5, 6, 7)
    np.testing.assert_array_equal(lines.translations_m[[0, 2, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert np.isfinite(lines.T_file).all(axis=(1, 2)).tolist() == [True, False, True, False, False]
    np.testing.assert_array_equal(lines.T_file[2], pose(np.eye(3), np.array([4, 5, 6.0])))


def test_a_million_lines_are_counted_and_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "poses.txt"
    path.write_text("0 0 0 0 0 0 1\n" * 1_000_000)
    lines = read_pose_lines(path, 3)
    assert lines is not None and lines.count == 1_000_000 and len(lines.numbers) == 1003
    assert read_pose_lines(tmp_path, 3) is None
    assert read_pose_lines(tmp_path / "none.txt", 3) is None
