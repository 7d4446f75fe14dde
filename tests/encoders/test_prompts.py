from __future__ import annotations

import hashlib
from typing import Any

import pytest

from sisg_robotics.encoders.prompts import TEMPLATES, as_templates
from sisg_robotics.errors import BadValue, UnknownName


def test_vlmaps_set_is_vlmaps_own() -> None:
    """The hash of the sorted list in its clip_utils.py, multiple_templates."""
    sentences = TEMPLATES["vlmaps"]
    assert len(sentences) == len(set(sentences)) == 63
    digest = hashlib.sha256("\n".join(sorted(sentences)).encode()).hexdigest()
    assert digest == "e4216b707b261d9f819a8d23561113d35029e72b8262ebaec02e2141048a66a0"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_sentence_has_one_place_for_the_text(name: str) -> None:
    assert all(sentence.count("{}") == 1 for sentence in TEMPLATES[name])
    assert len(as_templates(name).fill("red sofa")) == len(TEMPLATES[name])
    assert all("red sofa" in filled for filled in as_templates(name).fill("red sofa"))


def test_articles_are_not_doubled() -> None:
    own = as_templates(["{}", "a photo of the {}."])
    assert own.fill("the  red sofa") == ["the red sofa", "a photo of the red sofa."]
    assert own.fill("a") == ["a", "a photo of the a."]
    assert own.fill("theatre") == ["theatre", "a photo of the theatre."]


def test_braces_in_a_text_are_letters() -> None:
    assert as_templates("bare").fill("{0.__class__} {}") == ["{0.__class__} {}"]


@pytest.mark.parametrize(
    "sentences",
    [["{}"], ["a {} in my lab", "{} | 50 % off, the/my {}".replace("{} |", "|")], ["|{}|", "%7C{}%2F%25"]],
)
def test_own_sentences_come_back_from_their_name(sentences: list[str]) -> None:
    made = as_templates(sentences)
    assert made.name.startswith("own:") and "/" not in made.name and "\n" not in made.name
    assert as_templates(made.name) == made
    assert made.sentences == tuple(sentences)


@pytest.mark.parametrize(
    "sentences",
    [[], ["a sofa"], ["{} and {}"], ["{0}"], ["{a.b}{}"], ["{}}"], ["{}\n"], ["{}"] * 1001, ["{!r}"]],
)
def test_other_sentences_are_refused(sentences: list[Any]) -> None:
    with pytest.raises(BadValue, match="templates is"):
        as_templates(sentences)


def test_an_unknown_set_is_named_with_what_there_is() -> None:
    with pytest.raises(
        UnknownName, match=r"Unknown set of templates 'imagenet'. Available: bare, short, vlmaps"
    ):
        as_templates("imagenet")
