from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sisg_robotics.errors import RequestError
from sisg_robotics.evaluation.labelled import (
    LabelledPoints,
    Truth,
    in_classes,
    in_voxels,
    of_most,
    of_nearest,
)


def cloud(count: int, seed: int, classes: int = 4) -> LabelledPoints:
    rng = np.random.default_rng(seed)
    return LabelledPoints(rng.random((count, 3)), rng.integers(-1, classes, count))


def nearest_rows(points: LabelledPoints, place: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(np.linalg.norm(points.xyz_m - place, axis=1))[:k]


def most(classes: np.ndarray) -> int:
    counts = Counter(classes.tolist())
    return min(name for name, count in counts.items() if count == max(counts.values()))


def test_the_nearest_point_gives_its_class() -> None:
    points, places = cloud(80, 0), cloud(30, 1).xyz_m
    slow = [points.classes[nearest_rows(points, place, 1)[0]] for place in places]
    assert of_nearest(points, places).tolist() == slow


def test_beyond_reach_there_is_no_class() -> None:
    points = LabelledPoints(np.array([[0.0, 0, 0]]), np.array([2]))
    assert of_nearest(points, np.array([[0, 0, 0.9], [0, 0, 1.1]]), reach_m=1.0).tolist() == [2, -1]


def test_five_neighbours_vote_and_of_ties_the_smallest_wins() -> None:
    points, places = cloud(80, 2), cloud(40, 3).xyz_m
    slow = [most(points.classes[nearest_rows(points, place, 5)]) for place in places]
    assert of_most(points, places).tolist() == slow


def test_fewer_points_than_votes_all_vote() -> None:
    points = LabelledPoints(np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]]), np.array([3, 1, 1]))
    assert of_most(points, np.array([[0.0, 0, 0]])).tolist() == [1]
    assert of_most(LabelledPoints(points.xyz_m[:1], points.classes[:1]), points.xyz_m).tolist() == [3, 3, 3]


def test_voxels_have_the_class_of_most_of_their_points() -> None:
    points = cloud(400, 4)
    shifted = LabelledPoints(points.xyz_m - 0.5, points.classes)  # below zero, too
    got = in_voxels(shifted, 0.25)
    slow = {}
    for cell in {tuple(c) for c in np.floor(shifted.xyz_m / 0.25).astype(int).tolist()}:
        inside = np.all(np.floor(shifted.xyz_m / 0.25) == cell, axis=1)
        slow[tuple(((np.array(cell) + 0.5) * 0.25).tolist())] = most(shifted.classes[inside])
    assert dict(zip(map(tuple, got.xyz_m.tolist()), got.classes.tolist(), strict=True)) == slow


def test_other_classes_are_found_by_name() -> None:
    truth = Truth(LabelledPoints(np.zeros((4, 3)), np.array([0, 1, 2, -1])), ("sofa", "lamp", "wall"))
    other = in_classes(truth, ("wall", "sofa"))
    assert other.points.classes.tolist() == [1, -1, 0, -1] and other.present == [0, 1]


def test_no_label_at_all_is_refused() -> None:
    with pytest.raises(RequestError, match="No point has a class"):
        _ = LabelledPoints(np.zeros((2, 3)), np.array([-1, -1])).labelled
