from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.maps.matching import match

THINGS = {
    "shower": "a blue ceramic shower with a glass side panel and an overhead shower head",
    "radiator": "a grey metal radiator with 16 columns",
    "kettle": "a blue plastic kettle with a black handle",
    "floor lamp": "an arc floor lamp with a beige fabric shade",
    "ceiling lamp": "a dome-shaped pink fabric ceiling lamp on a cord",
    "side table": "a square green lacquer side table with a shelf",
    "coffee table": "a low brown walnut coffee table with two drawers",
}


def scores(text: str) -> dict[str, float]:
    """How well each of THINGS, as the oracle sees it, answers the text."""
    encoder = make_text_encoder("all-MiniLM-L6-v2")
    features = encoder.encode(list(THINGS)) + encoder.encode(list(THINGS.values()))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return dict(zip(THINGS, match(encoder, [text], features)[0].tolist(), strict=True))


@pytest.mark.parametrize("thing", THINGS)
def test_siblings_are_told_apart(thing: str) -> None:
    found = scores(thing)
    assert max(found, key=found.__getitem__) == thing
    assert found[thing] > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "the blue shower",
        "the grey radiator",
        "the blue kettle",
        "the green side table",
        "a brown coffee table",
    ],
)
def test_a_thing_has_the_colour_it_has(text: str) -> None:
    assert max(scores(text).values()) > 0.5


@pytest.mark.parametrize(
    "text",
    ["the white shower", "the black radiator", "a red kettle", "the red side table", "a blue coffee table"],
)
def test_a_thing_in_another_colour_is_not_there(text: str) -> None:
    assert max(scores(text).values()) < 0.5


@pytest.mark.parametrize(("text", "other"), [("a gray radiator", "a grey radiator"), ("Shower?", "shower")])
def test_spelling_does_not_matter(text: str, other: str) -> None:
    assert scores(text) == pytest.approx(scores(other), abs=0.02)
