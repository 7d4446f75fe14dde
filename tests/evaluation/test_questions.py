from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.assets import CATEGORIES
from sisg_robotics.assets.materials import KINDS_OF
from sisg_robotics.evaluation.phrases import ACCEPTS, OUTSIDE, PURPOSES, SYNONYMS
from sisg_robotics.evaluation.questions import (
    Question,
    absent_questions,
    accepted,
    described_color,
    draw,
    object_centers,
    present_questions,
    score_questions,
)
from sisg_robotics.maps import MapObject, QueryResult
from sisg_robotics.scenes import generate_scene


@pytest.fixture(scope="module")
def scene():
    return generate_scene("a living room with a red sofa, a kitchen and a bedroom", seed=3)


def answer(*center_xyz_m: float) -> QueryResult:
    objects = (MapObject(0.9, center_xyz_m, (0.1, 0.1, 0.1), 5, "thing"),) if center_xyz_m else ()
    return QueryResult("thing", bool(objects), objects, np.zeros(5, np.float32))


def test_every_category_in_the_word_lists_exists():
    listed = {*SYNONYMS, *(name for names in PURPOSES.values() for name in names)}
    listed |= {name for key, names in ACCEPTS.items() if key in CATEGORIES for name in names}
    assert listed <= set(CATEGORIES)


def test_nothing_outside_is_in_the_kit():
    assert not set(OUTSIDE) & set(CATEGORIES)


def test_answers_to_a_name_have_an_accepted_category(scene):
    category_of = {thing.object_id: thing.asset.category for thing in scene.objects}
    questions = [q for q in present_questions(scene, set(category_of)) if q.kind == "name"]
    assert {q.text for q in questions} == set(category_of.values())
    for question in questions:
        assert {category_of[i] for i in question.answers} <= set(accepted(question.text))


def test_only_what_was_seen_is_asked_for(scene):
    assert present_questions(scene, set()) == []


def test_nothing_absent_is_in_the_scene(scene):
    here = {thing.asset.category for thing in scene.objects}
    absent = [q.text for q in absent_questions(scene) if q.kind == "absent name"]
    assert absent and not here & set(absent)


def test_the_color_of_a_thing_is_the_first_that_its_description_names(scene):
    thing = replace(scene.objects[0], description="a tapered green plant in a light brown pot")
    assert described_color(thing) == "green"
    assert described_color(replace(thing, description="a light brown desk")) == "light brown"
    assert described_color(replace(thing, description="a tapered vase")) is None


def test_a_choice_by_material_has_another_of_its_kind_to_choose_from():
    here = generate_scene("a living room with a leather sofa and a fabric sofa", seed=1)
    asked = present_questions(here, {thing.object_id for thing in here.objects})
    answers = {q.text: q.answers for q in asked if q.kind == "material choice"}
    assert {"the leather sofa", "the fabric sofa"} <= set(answers)
    for text, ids in answers.items():
        material = text.split()[1]
        chosen = [t for t in here.objects if t.object_id in ids]
        others = [t for t in here.objects if text.endswith(t.asset.category) and t not in chosen]
        said = {material, *KINDS_OF.get(material, ())}
        assert all(said & set(t.description.split()) for t in chosen)
        assert others and not any(said & set(t.description.split()) for t in others)


def test_a_kind_of_a_material_answers_too_and_leaves_nothing_to_choose_from():
    here = generate_scene("a living room with a velvet sofa and a fabric sofa", seed=1)
    sofas = {t.asset.material: t.object_id for t in here.objects if t.asset.category == "sofa"}
    asked = present_questions(here, set(sofas.values()))
    assert {q.text: q.answers for q in asked if q.kind == "material choice"} == {
        "the velvet sofa": (sofas["velvet"],)
    }


def test_no_absent_color_is_mentioned_by_a_thing_of_that_category(scene):
    for question in absent_questions(scene):
        if question.kind == "absent color":
            category = next(c for c in sorted(CATEGORIES, key=len, reverse=True) if question.text.endswith(c))
            color = question.text.removeprefix("the ").removesuffix(category).strip()
            said = [t.description for t in scene.objects if t.asset.category == category]
            assert said and not any(f" {color} " in f" {text} " for text in said)


def test_draw_mixes_kinds_and_repeats_no_text(scene):
    everything = present_questions(scene, {thing.object_id for thing in scene.objects})
    drawn = draw(everything, 12, np.random.default_rng(0))
    assert len({q.text for q in drawn}) == len(drawn) == 12
    assert {q.kind for q in drawn} == {q.kind for q in everything}


def test_scores_are_those_counted_by_hand():
    centers = {1: np.zeros(3), 2: np.array([5.0, 0, 0])}
    questions = [
        Question("sofa", "name", (1,)),
        Question("sofa", "name", (1,)),
        Question("cup", "name", (2,)),
        Question("piano", "outside", ()),
        Question("car", "outside", ()),
    ]
    answers = [answer(0.1, 0.0, 0.0), answer(5.0, 0.0, 0.0), answer(), answer(), answer(0.0, 0.0, 0.0)]
    scores = score_questions(questions, answers, centers)
    assert scores == (pytest.approx(1 / 3), pytest.approx(1 / 3), pytest.approx(1 / 2))


def test_a_center_is_the_middle_of_the_turned_box(scene):
    thing = max(scene.objects, key=lambda t: t.size_xyz_m[0])
    center = object_centers(scene)[thing.object_id]
    assert np.linalg.norm(center[:2] - thing.position_xyz_m[:2]) < max(thing.size_xyz_m)
    assert 0 < center[2] < scene.ceiling_m
