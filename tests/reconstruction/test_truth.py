"""Scores counted by hand, and what cameras could have seen."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material, MeshPart
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.reconstruction.cloud import PointCloud
from sisg_robotics.reconstruction.mesh import Mesh
from sisg_robotics.reconstruction.truth import TrueSurface, Within, score, score_cloud, score_mesh
from sisg_robotics.scenes import Instance


def plate(number: int, height_m: float, up: bool) -> Instance:
    """4 x 3 m, level, with one side."""
    corners = np.array([[0, 0, height_m], [4, 0, height_m], [4, 3, height_m], [0, 3, height_m]], np.float32)
    normals = np.tile(np.array([0, 0, 1 if up else -1], np.float32), (4, 1))
    triangles = np.array([[0, 1, 2], [0, 2, 3]] if up else [[0, 2, 1], [0, 3, 2]], np.int32)
    part = MeshPart(corners, triangles, normals, corners[:, :2], Material("plain", (0.5, 0.5, 0.5)))
    return Instance(number, "floor", f"plate {number}", "", (part,), np.eye(4))


EMPTY_ROOM = (plate(1, 0.0, True), plate(2, 2.5, False))
"""A floor and a ceiling."""


def test_a_score_by_hand() -> None:
    """Of four points two are off by 3 cm and one by 10; of what was seen, a fifth is 4 cm away."""
    to_scene = np.array([0.0, 0.03, 0.03, 0.10])
    found = score(to_scene, np.array([0.0, 0.0, 0.01, 0.01, 0.04]))
    assert found.accuracy_median_m == pytest.approx(0.03)
    assert found.accuracy_mean_m == pytest.approx(0.04) and found.accuracy_p95_m == pytest.approx(0.10)
    assert found.completeness_median_m == pytest.approx(0.01)
    assert found.within[0.02] == Within(precision=0.25, recall=0.8)
    assert found.within[0.02].f_score == pytest.approx(2 * 0.25 * 0.8 / 1.05)
    assert found.within[0.05] == Within(precision=0.75, recall=1.0)


def test_nothing_scores_nothing() -> None:
    found = score(np.zeros(0), np.full(3, np.inf))
    assert found.within[0.05] == Within(0.0, 0.0) and found.within[0.05].f_score == 0.0
    assert np.isinf(found.accuracy_median_m)


def floor_points(height_m: float, half_height_m: float | None = None) -> PointCloud:
    """Points a centimetre apart over the floor; every other row at another height, where one is given."""
    x, y = np.meshgrid(np.arange(0.005, 4, 0.01), np.arange(0.005, 3, 0.01))
    z = np.full(x.shape, height_m)
    if half_height_m is not None:
        z[x > 2] = half_height_m
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3).astype(np.float32)
    return PointCloud(points, np.zeros((len(points), 3), np.uint8), np.ones(len(points), np.int64), 0.01)


def floor_seen() -> TrueSurface:
    """What a camera under the ceiling sees looking straight down: the floor and nothing else."""
    truth = TrueSurface(EMPTY_ROOM)
    T = look_at(np.array([2.0, 1.5, 2.0]), np.array([2.0, 1.5, 0.0]))
    truth.look(Intrinsics(50.0, 50.0, 100.0, 75.0, 200, 150), T, 0.1, 5.0)
    return truth


def test_a_floor_moved_by_5_mm_is_5_mm_off() -> None:
    truth = floor_seen()
    assert len(truth.seen_points_m) > 500 and np.abs(truth.seen_points_m[:, 2]).max() < 1e-6
    found = score_cloud(floor_points(0.005), truth)
    assert found.accuracy_median_m == pytest.approx(0.005, abs=1e-6)
    assert found.accuracy_p95_m == pytest.approx(0.005, abs=1e-6)
    assert 0.005 <= found.completeness_median_m < np.hypot(0.005, 0.0071)
    assert found.within[0.02].f_score == 1.0


def test_a_floor_with_half_its_points_30_mm_off() -> None:
    """Precision and recall at 2 cm are one half each, so is F; at 5 cm all is well."""
    found = score_cloud(floor_points(0.0, 0.03), floor_seen())
    assert found.within[0.02].precision == pytest.approx(0.5)
    assert found.within[0.02].recall == pytest.approx(0.5, abs=0.03)
    assert found.within[0.02].f_score == pytest.approx(0.5, abs=0.02)
    assert found.within[0.05].f_score == 1.0


def test_a_mesh_is_scored_by_area_not_by_vertices() -> None:
    """One triangle pair over half the floor, 5 mm up: right everywhere, and half is missed."""
    corners = np.array([[0, 0, 0.005], [2, 0, 0.005], [2, 3, 0.005], [0, 3, 0.005]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    up = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    mesh = Mesh(corners, up, np.zeros((4, 3), np.uint8), triangles, 0.02)
    found = score_mesh(mesh, floor_seen())
    assert found.accuracy_median_m == pytest.approx(0.005, abs=1e-6)
    assert found.within[0.02].precision == 1.0
    assert found.within[0.02].recall == pytest.approx(0.5, abs=0.03)
    nothing = Mesh(corners[:0], up[:0], np.zeros((0, 3), np.uint8), triangles[:0], 0.02)
    assert score_mesh(nothing, floor_seen()).within[0.05].f_score == 0.0


def test_what_is_behind_hidden_or_out_of_range_need_not_be_there() -> None:
    camera = Intrinsics(50.0, 50.0, 100.0, 75.0, 200, 150)
    down = look_at(np.array([2.0, 1.5, 2.0]), np.array([2.0, 1.5, 0.0]))
    for near_m, far_m, expected in ((0.1, 5.0, True), (0.1, 1.9, False), (2.1, 5.0, False)):
        truth = TrueSurface(EMPTY_ROOM)
        truth.look(camera, down, near_m, far_m)
        assert bool(len(truth.seen_points_m)) == expected
    above = TrueSurface(EMPTY_ROOM)
    above.look(camera, look_at(np.array([2.0, 1.5, 9.0]), np.array([2.0, 1.5, 0.0])), 0.1, 20.0)
    assert not (np.abs(above.seen_points_m[:, 2]) < 1e-3).any()  # the ceiling hides the floor


def test_a_flat_look_along_a_surface_sees_none_of_it() -> None:
    truth = TrueSurface(EMPTY_ROOM)
    level = look_at(np.array([0.2, 1.5, 0.03]), np.array([4.0, 1.5, 0.03]))
    truth.look(Intrinsics(50.0, 50.0, 100.0, 75.0, 200, 150), level, 0.8, 5.0)
    assert not (np.abs(truth.seen_points_m[:, 2]) < 1e-6).any()
