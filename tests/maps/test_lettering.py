"""Words on pictures: every text can be read, whatever the font lacks, and what matters is not cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.lettering import MISSING, font_of_size, legible, wrapped
from sisg_robotics.maps.picture import top_down_picture


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("un canapé rouge", "un canape rouge"),
        ("un cane\u0301", "un cane"),
        ("größe, Ångström, smørrebrød", "grosse, Angstrom, smorrebrod"),
        ("沙发", "(2 CJK letters)"),
        ("日 sofa", "(1 CJK letter) sofa"),
        ("диван", "(5 Cyrillic letters)"),
        ("🛋️ please", "(couch and lamp) please"),
        ("a – b\u00a0c\u200b", "a - b c"),
        ("“the sofa”, 9.7 m", "“the sofa”, 9.7 m"),
        ("0.73  (1, 2)", "0.73  (1, 2)"),
    ],
)
def test_a_text_is_shown_in_letters_that_there_are(text: str, shown: str) -> None:
    assert legible(text) == shown


def test_nothing_is_shown_as_a_box() -> None:
    box = bytes(font_of_size(22).getmask(MISSING))
    for start in (0x20, 0xA0, 0x370, 0x400, 0x2010, 0x4E00, 0xAC00, 0x1F600):
        for letter in legible("".join(map(chr, range(start, start + 90)))):
            assert letter == " " or bytes(font_of_size(22).getmask(letter)) != box


@pytest.mark.parametrize("letters", range(20, 60))
def test_a_number_stays_with_its_unit(letters: int) -> None:
    text = "turn left by 90 degrees and go 12 cm to (3, 4) m, then next to the sofa, 9.7 m"
    lines = wrapped(text, letters)
    assert " ".join(lines) == text
    assert not any(line.split()[0] in ("m", "cm", "degrees") for line in lines)
    assert wrapped("", 10) == [""]


def test_a_verdict_is_not_cut_with_the_question(bare_map: Callable[..., VoxelMap]) -> None:
    cells = np.array([[x, y, 0] for x in range(10) for y in range(60)], np.int32)
    strip = bare_map(cells)
    verdict, sheets = ": not found in this map", []
    for question in ("where is it " * 20, "where does it end " * 20):
        title = np.array(top_down_picture(strip, title=question, verdict=verdict))[:50]
        wide = round(font_of_size(22).getlength(verdict))
        assert title.shape[1] > 70 + wide + 100  # room for some of the question, on a narrow plan too
        sheets.append(title)
    plain = np.array(top_down_picture(strip, title="it", verdict=verdict))[:50]
    ink = [(sheet < 128).any(axis=(0, 2)).sum() for sheet in (*sheets, plain)]
    assert min(ink[:2]) > ink[2]
    assert legible(verdict) == verdict
