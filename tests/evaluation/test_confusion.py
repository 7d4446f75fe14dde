from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.evaluation.confusion import confusion_matrix, iou, recall, support


def test_pairs_are_counted_and_minus_one_comes_last() -> None:
    truth, predicted = np.array([0, 0, 1, 1, -1, 0]), np.array([0, 1, 1, -1, 0, -1])
    assert confusion_matrix(truth, predicted, 2).tolist() == [[1, 1, 1], [0, 1, 1], [1, 0, 0]]


def test_figures_are_those_counted_by_hand() -> None:
    matrix = np.array([[1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]])  # of three classes
    assert support(matrix).tolist() == [3, 2, 0]
    assert iou(matrix) == pytest.approx([1 / 4, 1 / 3, 0])  # the third is only called, in vain
    assert recall(matrix) == pytest.approx([1 / 3, 1 / 2, np.nan], nan_ok=True)


def test_it_equals_the_slow_definition() -> None:
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(-1, 6, 400), rng.integers(-1, 7, 400)
    matrix = confusion_matrix(truth, predicted, 7)
    for name in range(7):
        is_true, is_called = truth == name, predicted == name
        either = np.sum(is_true | is_called)
        assert iou(matrix)[name] == pytest.approx(np.sum(is_true & is_called) / either)
    assert matrix.sum() == 400 and np.isnan(recall(matrix)[6])


@pytest.mark.parametrize("ids", [[3], [-2]])
def test_a_class_out_of_range_is_refused(ids: list[int]) -> None:
    with pytest.raises(BadValue, match="predicted is 'classes"):
        confusion_matrix(np.array([0]), np.array(ids), 3)
