"""Phrases: true of what they were drawn for, never those that evaluation asks with."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets import CATEGORIES, COLORS
from sisg_robotics.evaluation.phrases import OUTSIDE, PURPOSES, SYNONYMS
from sisg_robotics.training.views import Thing
from sisg_robotics.training.words import (
    FALSE,
    OTHERS,
    TRUE,
    UNSURE,
    UNSURE_PAIRS,
    WIDER,
    Phrase,
    draw_choice,
    draw_negatives,
    draw_phrase,
    name_phrases,
    names_of,
    truth,
)

SOFA = Thing("sofa", "a low red fabric sofa with three seats", "red", "fabric")
BLUE = Thing("sofa", "a blue fabric sofa with two seats", "blue", "fabric")
CHAIR = Thing("chair", "a red oak chair", "red", "oak")
FLOOR = Thing("floor", "the oak parquet floor of the kitchen")


def said(phrase: Phrase, thing: Thing) -> int:
    return int(truth([phrase], [thing])[0, 0])


@pytest.mark.parametrize("thing", [SOFA, BLUE, CHAIR, FLOOR])
def test_a_drawn_phrase_is_true_and_its_negatives_false(thing: Thing) -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        assert said(draw_phrase(thing, rng), thing) == TRUE
        if thing.color:
            for negative in draw_negatives(thing, rng):
                assert said(negative, thing) in (FALSE, UNSURE)


def test_phrases_say_who_they_are_true_of() -> None:
    phrases = [
        Phrase("sofa", frozenset(["sofa"])),
        Phrase("red sofa", frozenset(["sofa"]), "red"),
        Phrase("seat", frozenset(WIDER["seat"])),
        Phrase(SOFA.description, frozenset(["sofa"]), "red", "fabric", SOFA.description),
    ]
    expected = [
        [TRUE, TRUE, FALSE, FALSE],
        [TRUE, FALSE, FALSE, FALSE],
        [TRUE, TRUE, TRUE, FALSE],
        [TRUE, FALSE, FALSE, FALSE],
    ]
    np.testing.assert_array_equal(truth(phrases, [SOFA, BLUE, CHAIR, FLOOR]), expected)


def test_a_name_that_may_be_said_of_a_neighbour_is_not_held_against_it() -> None:
    chair = Phrase("chair", frozenset(["chair"]))
    assert said(chair, Thing("office chair", "a black office chair", "black", "leather")) == UNSURE
    wooden = Phrase("red wood chair", frozenset(["chair"]), "red", "wood")
    assert said(wooden, CHAIR) == UNSURE
    assert said(wooden, Thing("chair", "a blue oak chair", "blue", "oak")) == FALSE
    brown = Phrase("brown chair", frozenset(["chair"]), "brown")
    assert said(brown, Thing("chair", "a light brown chair", "light brown", "oak")) == UNSURE


def test_a_choice_has_one_word_that_is_true_and_those_easily_taken_for_it() -> None:
    rng = np.random.default_rng(2)
    own = {"red sofa": 0, "fabric sofa": 0}
    for _ in range(200):
        true, *others = draw_choice(SOFA, rng)
        own[true] += 1
        assert len(set(others)) == OTHERS
        for text in others:
            word = text.removesuffix(" sofa")
            kind = {"color": word} if word in COLORS else {"material": word}
            assert said(Phrase(text, frozenset(["sofa"]), **kind), SOFA) != TRUE
        if true == "fabric sofa":
            assert {"velvet sofa", "leather sofa"} < set(others)
    assert min(own.values()) > 20
    white = {draw_choice(Thing("sofa", "a white sofa", "white", "fabric"), rng) for _ in range(50)}
    assert all({"beige sofa", "grey sofa"} < set(texts) for texts in white if texts[0] == "white sofa")
    toilet = Thing("toilet", "a white porcelain toilet", "white", "porcelain")
    assert {draw_choice(toilet, rng)[0] for _ in range(20)} == {"white toilet"}  # it comes in no other


def test_evaluation_asks_with_words_that_training_never_heard() -> None:
    rng = np.random.default_rng(1)
    drawn = {
        draw_phrase(Thing(name, f"a red {name}", "red", "metal"), rng).text.lower()
        for name in CATEGORIES
        for _ in range(150)
    }
    asked = {word.lower() for words in SYNONYMS.values() for word in words}
    asked |= {text.lower() for text in (*PURPOSES, *OUTSIDE)}
    assert len(drawn) > 1000
    assert not {text for text in drawn if text in asked}
    assert not {word.lower() for name in CATEGORIES for word in names_of(name)} & asked


def test_every_word_of_the_tables_is_a_category() -> None:
    named = set().union(*WIDER.values(), *UNSURE_PAIRS)
    assert named <= set(CATEGORIES)
    assert len({phrase.text for phrase in name_phrases()}) == len(name_phrases())
