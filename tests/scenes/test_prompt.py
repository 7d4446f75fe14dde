from sisg_robotics.scenes.prompt import parse_prompt


def _things(prompt: str) -> list[tuple]:
    return [(t.count, t.color, t.material, t.category, t.rooms) for t in parse_prompt(prompt).things]


def _kinds(prompt: str) -> list[str]:
    return [room.kind for room in parse_prompt(prompt).rooms]


def test_rooms_are_counted_and_with_gives_a_thing_to_the_room_before_it() -> None:
    prompt = "two bedrooms, a kitchen with a blue fridge"
    assert _kinds(prompt) == ["bedroom", "bedroom", "kitchen"]
    assert _things(prompt) == [(1, "blue", None, "refrigerator", (2,))]


def test_in_the_gives_the_last_thing_to_a_room() -> None:
    prompt = "an office with 3 desks and a green plant in the living room"
    assert _kinds(prompt) == ["office", "living room"]
    assert _things(prompt) == [(3, None, None, "desk", (0,)), (1, "green", None, "potted plant", (1,))]


def test_in_the_gives_everything_before_it_when_nothing_owns_it() -> None:
    things = _things("a sofa, a tv and two plants in the living room")
    assert [(count, name, rooms) for count, _, _, name, rooms in things] == [
        (1, "sofa", (0,)),
        (1, "television", (0,)),
        (2, "potted plant", (0,)),
    ]


def test_a_thing_without_a_room_is_for_the_whole_flat() -> None:
    request = parse_prompt("a small flat with a red leather sofa")
    assert request.is_flat and request.scale < 1 and not request.rooms
    assert _things("a small flat with a red leather sofa") == [(1, "red", "leather", "sofa", None)]


def test_each_room_of_several_gets_what_all_of_them_are_given() -> None:
    assert _things("two bedrooms with a desk") == [(1, None, None, "desk", (0, 1))]
    assert _things("two bedrooms. a lamp in each bedroom")[0][4] == (0, 1)


def test_the_names_a_room_again_and_a_names_another() -> None:
    assert _kinds("a kitchen. the kitchen has a kettle") == ["kitchen"]
    assert _kinds("a bedroom with a bed and a bedroom with a crib") == ["bedroom", "bedroom"]


def test_no_and_without_ask_for_none() -> None:
    for prompt in ("no rug", "a flat without rugs", "a flat without a rug"):
        assert [(t[0], t[3]) for t in _things(prompt)] == [(0, "rug")]
    assert [(t[0], t[3]) for t in _things("no curtains or rugs")] == [(0, "curtain"), (0, "rug")]


def test_numbers_are_words_or_digits_and_a_bare_plural_is_two() -> None:
    counts = {prompt: _things(prompt)[0][0] for prompt in ("six chairs", "6 chairs", "chairs", "a chair")}
    assert counts == {"six chairs": 6, "6 chairs": 6, "chairs": 2, "a chair": 1}


def test_looks_belong_to_their_noun_and_may_follow_it() -> None:
    assert _things("a glass table and a sofa in red") == [
        (1, None, "glass", "dining table", None),
        (1, "red", None, "sofa", None),
    ]
    assert _things("a light brown wardrobe")[0][1] == "light brown"
    assert _things("a gray chair")[0][1] == "grey"


def test_sizes_belong_to_rooms_and_flats() -> None:
    request = parse_prompt("a large kitchen and a small bathroom")
    assert [room.scale > 1 for room in request.rooms] == [True, False]
    request = parse_prompt("a large two bedroom apartment")
    assert request.scale > 1 and request.is_flat and [r.scale for r in request.rooms] == [1.0, 1.0]


def test_words_that_are_in_no_list_are_kept() -> None:
    assert parse_prompt("a kitchen with a flumph and a purple dinosaur").unknown == ("flumph", "dinosaur")
    assert parse_prompt("Please make a nice flat with a sofa.").unknown == ()


def test_an_empty_prompt_asks_for_nothing() -> None:
    request = parse_prompt("  ")
    assert not request.rooms and not request.things and not request.unknown


def test_any_text_is_read() -> None:
    for text in (
        "!!",
        "999999999999 chairs",
        "in in in",
        "with",
        "red",
        "a",
        "no",
        "bedroom 7",
        "ÄÖ 床 \n\t",
    ):
        parse_prompt(text)
