from __future__ import annotations

import json
import math

import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.evaluation.map_scores import FIGURES, losses
from sisg_robotics.evaluation.scorecard import Section, json_of, text_of

NAMED = Section(
    "Naming", ("figure", "tiny", "what"), (("mIoU", 0.66666, "naming"), ("f", math.nan, "-")), "Two."
)


def test_a_table_reads_words_to_the_left_and_numbers_to_the_right() -> None:
    assert text_of([NAMED]).splitlines() == [
        "Naming",
        "  figure   tiny  what",
        "  mIoU    0.667  naming",
        "  f           -  -",
        "Two.",
    ]


def test_tables_stand_apart() -> None:
    assert text_of([NAMED, NAMED]) == f"{text_of([NAMED])}\n\n{text_of([NAMED])}"


def test_what_is_not_known_is_null() -> None:
    kept = json.loads(json.dumps(json_of([NAMED]), allow_nan=False))
    assert kept[0]["rows"] == [["mIoU", 0.66666, "naming"], ["f", None, "-"]]


def test_zero_has_no_sign() -> None:
    assert " -0.000" not in text_of([Section("t", ("a", "b"), (("x", -1e-9),))])


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(BadValue, match="3 cells long"):
        Section("Naming", ("a", "b", "c"), (("x", 1.0),))


def test_losses_add_up_to_what_is_missing() -> None:
    oracle = {name: 0.9 if figure.perfect else 0.1 for name, figure in FIGURES.items()}
    encoder = {name: 0.6 if figure.perfect else 0.5 for name, figure in FIGURES.items()}
    for name, (mapping, seeing) in losses(encoder, oracle).items():
        assert mapping >= -0.01 and seeing > 0
        assert mapping + seeing == pytest.approx(abs(FIGURES[name].perfect - encoder[name]))
