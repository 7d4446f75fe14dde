from __future__ import annotations

import pytest

from sisg_robotics.maps.wording import parse


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("sofa", "sofa"),
        ("Where is the fridge?", "the fridge"),
        ("please find a stool", "a stool"),
        ("take me to the red sofa", "the sofa"),
        ("red", "red"),
        ("something blue", "something blue"),
        ("?", "?"),
    ],
)
def test_the_wrapping_comes_off(text: str, thing: str) -> None:
    assert parse(text).thing == thing


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("a place to sleep", "sleep"),
        ("somewhere to sit", "sit"),
        ("something that I can sit on", "sit on"),
        ("where can I wash my hands?", "wash my hands"),
        ("I want to lie down", "lie down"),
        ("a machine that washes clothes", "washes clothes"),
        ("I am thirsty", "thirsty"),
        ("place mat", ""),
        ("sofa", ""),
    ],
)
def test_a_question_about_use_gives_the_use(text: str, use: str) -> None:
    assert parse(text).use == use


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("the blue fridge", "blue"),
        ("a gray wall", "grey"),
        ("light brown table", "light brown"),
        ("a chair in red", "red"),
        ("reddish", ""),
        ("coloured pencils", ""),
        ("greenhouse", ""),
    ],
)
def test_colours_are_whole_words(text: str, color: str) -> None:
    assert parse(text).color == color


def test_the_same_question_in_another_colour() -> None:
    assert parse("where is the blue fridge").in_color("red") == "the red fridge"
    assert parse("the {odd} chair").in_color("") == "the odd chair"
