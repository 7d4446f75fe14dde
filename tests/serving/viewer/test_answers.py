"""The page's sentences, and that somebody's text stays text."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.maps import QueryResult
from sisg_robotics.maps.objects import MapObject
from sisg_robotics.serving.viewer.answers import LONGEST, object_line, paragraph, shortened, verdict

SOFA = MapObject(0.914, (1.04, 2.0, 0.5), (2.0, 1.0, 0.42), 10, "sofa")


def answer(text: str, count: int) -> QueryResult:
    return QueryResult(text, count > 0, (SOFA,) * count, np.zeros(3, np.float32))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "“sofa” is not here."),
        (1, "“sofa”: found."),
        (3, "“sofa”: 3 found."),
        (9, "“sofa”: 9 found, the best 5 below."),
    ],
)
def test_a_verdict_says_how_many(count: int, said: str) -> None:
    assert verdict(answer("sofa", count), 5) == said


def test_a_line_gives_score_place_and_size() -> None:
    assert object_line(2, SOFA) == "2.  0.91  at (1.0, 2.0, 0.5) m, 2.0 × 1.0 × 0.4 m"


def test_text_of_a_visitor_is_shown_and_never_run() -> None:
    shown = paragraph('<img src=x onerror="alert(1)"> & co')
    assert "<img" not in shown and "&lt;img src=x" in shown and "&amp; co" in shown


def test_a_long_question_is_not_repeated_whole() -> None:
    said = verdict(answer("so " * 10_000, 0), 5)
    assert len(said) < LONGEST + 20 and said.endswith("…” is not here.")
    assert shortened("a" * LONGEST) == "a" * LONGEST
