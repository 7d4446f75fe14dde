from __future__ import annotations

import math

import numpy as np
import pytest

from sisg_robotics.evaluation.objects import (
    BEST_AUC,
    FoundObjects,
    accuracy_at,
    overlaps,
    ranks_of,
    score_objects,
)


def test_overlap_is_the_iou_of_cells() -> None:
    objects = np.array([7, 7, 7, 9, 9, 0, 3], np.int32)
    found = [np.array([0, 1]), np.array([2, 3, 5]), np.array([6])]
    assert overlaps(found, objects, [7, 9]).tolist() == [[2 / 3, 0], [1 / 5, 1 / 4], [0, 0]]


def test_overlap_equals_the_slow_count_of_sets() -> None:
    rng = np.random.default_rng(1)
    objects = rng.integers(0, 5, 60).astype(np.int32)
    parts = np.split(rng.permutation(60), [10, 25, 26, 50])
    true = [1, 3, 4]
    for i, rows in enumerate(parts):
        for j, name in enumerate(true):
            inside = set(np.flatnonzero(objects == name).tolist())
            both, either = inside & set(rows.tolist()), inside | set(rows.tolist())
            assert overlaps(parts, objects, true)[i, j] == pytest.approx(len(both) / len(either))


def test_nothing_found_and_nothing_there_overlap_nowhere() -> None:
    assert overlaps([], np.array([1], np.int32), [1]).shape == (0, 1)
    assert overlaps([np.array([0])], np.array([0], np.int32), []).shape == (1, 0)


def test_the_rank_is_how_many_names_come_before() -> None:
    words = np.eye(3, dtype=np.float32)
    features = np.array([[1, 2, 3], [5, 1, 0]], np.float32)  # not of unit length
    assert ranks_of(features, words, np.array([0, 0])).tolist() == [2, 0]
    assert ranks_of(features, words, np.array([1, 2])).tolist() == [1, 2]


def test_scores_are_those_counted_by_hand() -> None:
    one = FoundObjects(found=4, true=2, hits=1, ranks=(0, 2), names=4)
    other = FoundObjects(found=0, true=3, hits=0, ranks=(), names=4)
    got = score_objects([one, other])
    assert (got.precision, got.recall) == (1 / 4, 1 / 5)
    assert accuracy_at(one.ranks, 4).tolist() == [0, 0.5, 0.5, 1, 1]
    assert got.top1 == 0.5 and got.top5 == 1
    assert got.auc == pytest.approx(0.25 * (0.25 + 0.5 + 0.75 + 1))


def test_names_always_first_reach_the_best_area_and_names_at_random_a_half() -> None:
    names = round(0.5 / (1 - BEST_AUC))
    perfect = FoundObjects(1, 1, 1, (0,), names)
    assert score_objects([perfect]).auc == pytest.approx(BEST_AUC)
    random = FoundObjects(names, names, 0, tuple(range(names)), names)
    assert score_objects([random]).auc == pytest.approx(0.5)


def test_nothing_to_measure_gives_no_number() -> None:
    assert all(math.isnan(value) for value in score_objects([FoundObjects(0, 0, 0, (), 4)]))
