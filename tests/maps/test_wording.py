from __future__ import annotations

import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.maps.wording import MATERIALS, clean, material_rivals, parse, split_exclusions


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


@pytest.mark.parametrize(
    ("text", "material"),
    [
        ("the wooden table", "wooden"),
        ("a red leather sofa", "leather"),
        ("where is the wood stove", "wooden"),
        ("a stone", ""),
        ("metallic lamp", ""),
    ],
)
def test_materials_are_whole_words_before_what_is_made_of_them(text: str, material: str) -> None:
    assert parse(text).material == material


def test_the_same_thing_of_another_material() -> None:
    assert parse("where is the blue metal lamp").made_of("fabric") == "the fabric lamp"
    assert parse("the wood table with metal legs").made_of("oak") == "the oak table with metal legs"


def test_a_material_does_not_speak_against_its_kinds() -> None:
    against = {one for one, rival in zip(MATERIALS, material_rivals("oak"), strict=True) if rival}
    assert against == set(MATERIALS) - {"oak", "wooden"}
    assert not {"wooden", "oak", "pine", "walnut"} & {
        one for one, rival in zip(MATERIALS, material_rivals("wooden"), strict=True) if rival
    }


def test_the_same_question_in_another_colour() -> None:
    assert parse("where is the blue fridge").in_color("red") == "the red fridge"
    assert parse("the {odd} chair").in_color("") == "the odd chair"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("chair, not office chair", ("chair", "office chair")),
        ("sofa, not the red one", ("sofa", "red sofa")),
        ("bowl, not blue, not green", ("bowl", "blue bowl", "green bowl")),
        ("a table (not the desk)", ("a table", "desk")),
        ("a lamp but not the floor lamp", ("a lamp", "floor lamp")),
        ("somewhere to sit that is not a sofa", ("somewhere to sit", "sofa")),
        ("a table other than the coffee table", ("a table", "coffee table")),
        ("all lamps except for the desk lamp", ("all lamps", "desk lamp")),
        ("not a chair", ("not a chair",)),
        ("a touch-not plant", ("a touch-not plant",)),
        ("place mat", ("place mat",)),
        ("nothing, not", ("nothing, not",)),
        ("chair, not {", ("chair",)),
        ("{, not a sofa", ("{, not a sofa",)),
    ],
)
def test_what_is_excluded_is_told_from_what_is_wanted(text: str, parts: tuple[str, ...]) -> None:
    assert split_exclusions(text) == parts


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("sofa", "sofa"),
        ("🪑", "chair"),
        ("🛏️", "bed"),
        ("the 🪑 there", "the chair there"),
        ("a\x00chair\ud800", "a chair"),
        ("cafe\u0301", "caf\u00e9"),
        ("Küche", "Küche"),
        (" a\n \tred  sofa ", "a red sofa"),
    ],
)
def test_what_cannot_be_read_is_named_or_dropped(text: str, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize("text", ["", " ", "?!", "\u200b", "a" * 1001, 5])
def test_a_text_without_words_is_refused(text: object) -> None:
    with pytest.raises(BadValue, match="query text is"):
        clean(text)
