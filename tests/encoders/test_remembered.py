"""Texts are encoded once, and memory has a bound."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.encoders.remembered import Remembered
from sisg_robotics.errors import BadValue


def numbers(texts: list[str]) -> np.ndarray:
    return np.array([[float(text)] * 3 for text in texts], np.float32)


def test_each_text_is_encoded_once_and_answered_in_its_place() -> None:
    asked: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return numbers(texts)

    known = Remembered(3)
    np.testing.assert_array_equal(known.encode(["2", "1", "2"], encode)[:, 0], [2, 1, 2])
    np.testing.assert_array_equal(known.encode(["3", "1"], encode)[:, 0], [3, 1])
    assert asked == ["1", "2", "3"]
    assert known.encode([], encode).shape == (0, 3)


def test_the_oldest_are_forgotten_but_never_what_is_asked() -> None:
    known = Remembered(3, most=4)
    np.testing.assert_array_equal(known.encode([str(i) for i in range(10)], numbers)[:, 0], np.arange(10))
    assert list(known._known) == ["6", "7", "8", "9"]
    np.testing.assert_array_equal(known.encode(["0", "9"], numbers)[:, 0], [0, 9])


def test_what_others_ask_in_the_meantime_changes_no_answer() -> None:
    known = Remembered(3, most=2)
    known.encode(["0"], numbers)

    def while_others_ask(texts: list[str]) -> np.ndarray:
        known.encode([str(i) for i in range(10, 20)], numbers)  # "0" is forgotten meanwhile
        return numbers(texts)

    np.testing.assert_array_equal(known.encode(["0", "1"], while_others_ask)[:, 0], [0, 1])


def test_a_bare_text_is_refused() -> None:
    with pytest.raises(BadValue, match="a list of texts"):
        Remembered(3).encode("sofa", numbers)
