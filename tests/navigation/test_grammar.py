"""Sentences and what is understood of them."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue
from sisg_robotics.navigation.goals.grammar import parse_clause, parse_instructions
from sisg_robotics.navigation.goals.instruction import HEADINGS, Instruction, Thing, Where
from sisg_robotics.navigation.goals.readings import told

SENTENCES = {
    # VLMaps' eleven
    "go to the sofa": ["go next to the sofa"],
    "move to the left of the red sofa": ["go left of the red sofa"],
    "move to the right side of the counter": ["go right of the counter"],
    "move in between the sofa and the tv": ["go between the sofa and the tv"],
    "turn right 45 degrees": ["turn right by 45 degrees"],
    "go three metres forward": ["move 3 m forward"],
    "stop with the table on your left": ["go next to the table, with it on the left"],
    "keep the table on your right": ["go next to the table, with it on the right"],
    "go to the sofa with the table on your left": ["go next to the sofa, with the table on the left"],
    "walk to the bed, with the lamp on your right": ["go next to the bed, with the lamp on the right"],
    "go between the sofa and the tv with the window on your left": [
        "go between the sofa and the tv, with the window on the left"
    ],
    "the armchair, the ottoman and the fridge": [
        "go next to the armchair", "go next to the ottoman", "go next to the fridge"
    ],
    "visit the bed, the desk, and the door": [
        "go next to the bed", "go next to the desk", "go next to the door"
    ],
    "face north": ["turn to the north"],
    "face the window": ["face the window"],
    "move north of the bed": ["go north of the bed"],
    # and more
    "go 2 m north": ["move 2 m north"],
    "3 meters to the right of the chair": ["go 3 m right of the chair"],
    "move half a metre back": ["move 0.5 m backward"],
    "back up": ["move 0.5 m backward"],
    "turn around": ["turn left by 180 degrees"],
    "turn left": ["turn left by 90 degrees"],
    "rotate 30 degrees counterclockwise": ["turn left by 30 degrees"],
    "turn 30 degrees clockwise": ["turn right by 30 degrees"],
    "turn to the sofa": ["face the sofa"],
    "go near the stove": ["go next to the stove"],
    "beside the bed": ["go next to the bed"],
    "stand behind the couch": ["go behind the couch"],
    "opposite the television": ["go opposite the television"],
    "go in front of the fridge facing the window": ["go in front of the fridge, facing the window"],
    "left of the sofa as seen from the door": ["go left of the sofa, as seen from the door"],
    "go to the sofa's left side": ["go left of the sofa"],
    "go to the kitchen": ["go next to the kitchen"],
    "the second chair from the door": ["go next to the second chair from the door"],
    "the chair closest to the window": ["go next to the nearest chair to the window"],
    "the largest table": ["go next to the largest table"],
    "go to the lamp on the table in the kitchen": ["go next to the lamp on the table"],
    "the chair next to the bed": ["go next to the chair next to the bed"],
    "the third chair on the left": ["go next to the third leftmost chair"],
    "go to a chair, not the office chair": ["go next to the chair, not the office chair"],
    "go to the plant but not the cactus": ["go next to the plant, not the cactus"],
    "go to the red chair and then to the blue one": ["go next to the red chair", "go next to the blue chair"],
    "go to the bed and face it": ["go next to the bed", "face the bed"],
    "go between the two chairs": ["go between the first chair and the second chair"],
    "find me somewhere to sit": ["go next to the somewhere to sit"],
    "where is the microwave?": ["go next to the microwave"],
    "move to the chest of drawers": ["go next to the chest of drawers"],
    "Hey robot, could you please go to the bed? Thanks": ["go next to the bed"],
    "go to the sofa, then between the TV and the table, then face the window": [
        "go next to the sofa", "go between the tv and the table", "face the window",
    ],
    "go to the table and stop": ["go next to the table", "stay"],
    "walk to the door; turn left; move 1,5 m forward.": [
        "go next to the door", "turn left by 90 degrees", "move 1.5 m forward",
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_read_as_a_person_would(text: str) -> None:
    found = parse_instructions(text)
    assert [told(one) if one else "nothing" for one in found] == SENTENCES[text]


def test_what_is_said_of_a_thing_is_kept() -> None:
    (lamp,) = parse_instructions("go to the tallest lamp on the table in the kitchen")
    assert lamp == Instruction(
        "go",
        thing=Thing(
            "lamp",
            rank="tallest",
            where=(Where("on", Thing("table", where=(Where("in", Thing("kitchen")),))),),
        ),
    )
    (chair,) = parse_instructions("the last chair from the window")
    assert chair is not None and chair.thing == Thing("chair", nth=-1, reference=Thing("window"))


@pytest.mark.parametrize(
    "words, angle", [("left", 1), ("right", -1), ("counterclockwise", 1), ("clockwise", -1)]
)
def test_left_is_counter_clockwise(words: str, angle: int) -> None:
    found = parse_clause(f"turn {words} by 60 degrees")
    assert found is not None and found.angle_rad == pytest.approx(angle * math.pi / 3)


@pytest.mark.parametrize(
    "text",
    [
        "go",
        "it",
        "face",
        "between the table",
        "don't go to the sofa",
        "never go to the sofa",
        "please do not go to the bed",
        "avoid the table",
        "go 1001 m",
        f"go {'9' * 400} m",
        f"turn {'9' * 400} degrees",
    ],
)
def test_what_says_no_place_is_not_understood(text: str) -> None:
    assert parse_instructions(text) == [None]


@pytest.mark.parametrize("text", ["", "   ", "?!", "x" * 10_000, None, 7])
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(BadValue):
        parse_instructions(text)


@given(st.lists(st.sampled_from(sorted({w for s in SENTENCES for w in s.split()})), min_size=1, max_size=12))
def test_any_words_are_read_or_not_but_never_break_it(words: list[str]) -> None:
    for found in parse_instructions(" ".join(words)):
        if found is None:
            continue
        assert found.kind in ("move", "turn") or (found.thing is not None and found.thing.text)
        assert found.heading in ("", *HEADINGS)
        assert told(found)


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadValue):
        parse_instructions(text)
