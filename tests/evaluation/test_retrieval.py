from __future__ import annotations

import math

import numpy as np
import pytest

from sisg_robotics.evaluation.questions import Question
from sisg_robotics.evaluation.retrieval import (
    Asked,
    auroc,
    bare,
    false_positive_rate,
    instance_recall,
    score_retrieval,
    success_by_kind,
)
from sisg_robotics.maps import MapObject, QueryResult

CENTERS = {1: np.array([0.0, 0, 0]), 2: np.array([5.0, 0, 0]), 3: np.array([9.0, 0, 0])}
CHAIRS = Question("chair", "name", (1, 2))
PIANO = Question("piano", "outside", ())


def answer(*places: tuple[float, float, float], score: float = 0.9) -> QueryResult:
    at = [tuple(float(value) for value in place) for place in places]
    objects = tuple(MapObject(score, place, (0.1, 0.1, 0.1), 5, "thing") for place in at)
    return QueryResult("thing", bool(objects), objects, np.array([0.1, score], np.float32))


@pytest.mark.parametrize(
    ("present", "absent", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1, 0.2], [0.9, 0.8], 0.0),
        ([0.5, 0.5], [0.5], 0.5),
        ([0.9, 0.3], [0.5, 0.1], 0.75),
        ([0.9, 0.5], [0.5], 0.75),
    ],
)
def test_auroc_is_the_share_of_pairs_in_the_right_order(present, absent, expected) -> None:
    assert auroc(present, absent) == pytest.approx(expected)


def test_auroc_equals_the_slow_count_of_pairs() -> None:
    rng = np.random.default_rng(0)
    present, absent = rng.integers(0, 6, 40) / 5, rng.integers(0, 5, 30) / 5
    pairs = [(p > a) + 0.5 * (p == a) for p in present for a in absent]
    assert auroc(present, absent) == pytest.approx(np.mean(pairs))


def test_auroc_of_one_side_is_not_a_number() -> None:
    assert math.isnan(auroc([0.3], [])) and math.isnan(auroc([], [0.3]))


@pytest.mark.parametrize(
    ("present", "absent", "share", "expected"),
    [
        ([0.9, 0.8, 0.7, 0.1], [0.75, 0.2, 0.05, 0.0], 1.0, 0.5),
        ([0.9, 0.8, 0.7, 0.1], [0.75, 0.2, 0.05, 0.0], 0.75, 0.25),
        ([0.9, 0.8, 0.7, 0.1], [0.75, 0.2, 0.05, 0.0], 0.95, 0.5),  # of four, 95 % are all four
        ([0.5], [0.5, 0.4], 0.95, 0.5),  # at the cut is found
        ([0.9] * 19 + [0.0], [0.1], 0.95, 0.0),
    ],
)
def test_false_positives_are_counted_at_the_highest_cut_that_keeps_enough(
    present, absent, share, expected
) -> None:
    assert false_positive_rate(present, absent, share) == expected


def test_false_positives_equal_the_slow_search_for_a_cut() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        present, absent = rng.integers(0, 9, 23) / 8, rng.integers(0, 8, 17) / 8
        cut = max(c for c in present if np.mean(present >= c) >= 0.95)
        assert false_positive_rate(present, absent) == np.mean(absent >= cut)


def test_a_bare_answer_keeps_its_best_score_alone() -> None:
    assert bare(answer((0, 0, 0), score=0.75)).scores.tolist() == [0.75]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([], 0.0),
        ([(0.1, 0, 0)], 0.5),
        ([(0.1, 0, 0), (4.8, 0, 0)], 1.0),
        ([(0.1, 0, 0), (0.2, 0, 0), (9, 0, 0)], 0.5),
        ([(0.31, 0, 0), (5, 0, 0.31)], 0.0),
    ],
)
def test_recall_counts_every_right_thing_once(places, expected) -> None:
    assert instance_recall(CHAIRS, answer(*places), CENTERS) == pytest.approx(expected)


def test_scores_are_those_counted_by_hand() -> None:
    asked = [
        Asked(CHAIRS, answer((5.1, 0, 0)), CENTERS),  # right, 0.1 m off, one of two chairs
        Asked(CHAIRS, answer((0, 0.5, 0), (0, 0, 0)), CENTERS),  # the first is 0.5 m off
        Asked(CHAIRS, answer(score=0.4), CENTERS),  # refused
        Asked(PIANO, answer(score=0.2), CENTERS),
        Asked(PIANO, answer((9, 0, 0), score=0.6), CENTERS),
    ]
    got = score_retrieval(asked)
    assert got.success == pytest.approx(1 / 3)
    assert got.recall == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert got.center_error_m == pytest.approx((0.1 + 0.5) / 2)
    assert got.false_refusals == pytest.approx(1 / 3)
    assert got.absent_refused == pytest.approx(1 / 2)
    assert got.fpr95 == 1 / 2  # only 0.6 reaches 0.4, the least score of what is there
    assert got.auroc == pytest.approx(5 / 6)  # of six pairs only 0.4 against 0.6 is wrong


def test_nothing_asked_gives_no_numbers() -> None:
    assert all(math.isnan(value) for value in score_retrieval([]))


def test_shares_by_kind_of_question() -> None:
    asked = [
        Asked(CHAIRS, answer((5.1, 0, 0)), CENTERS),
        Asked(CHAIRS, answer(score=0.4), CENTERS),
        Asked(PIANO, answer(score=0.2), CENTERS),
    ]
    assert success_by_kind(asked) == {"name": (2, 0.5), "outside": (1, 1.0)}
