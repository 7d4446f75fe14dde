"""Questions with known answers about a generated flat, and how a map answered them.

A question is right when the map says found, its first object lies within `CENTER_TOLERANCE_M` of the
centre of an accepted object. A question about something absent is right when the map says not found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float64

from ..assets import CATEGORIES, COLORS, make_asset
from ..assets.materials import KINDS_OF
from ..geometry import transform
from ..maps import QueryResult
from ..scenes import PlacedObject, Scene
from .phrases import ACCEPTS, OUTSIDE, PURPOSES, SYNONYMS

CENTER_TOLERANCE_M = 0.3

BROWNS = {"brown", "light brown", "beige"}
"""Colours that people do not keep apart, so that none is absent where another is there."""

_COLOR_WORD = re.compile(rf"\b({'|'.join(sorted(COLORS, key=len, reverse=True))})\b")

Kind = Literal[
    "name", "synonym", "color", "color choice", "material choice", "purpose",
    "absent name", "absent color", "outside",
]  # fmt: skip
"""A choice is a question where the same kind of thing stands there in another colour, or material, too."""


@dataclass(frozen=True)
class Question:
    """A text and the ids of the objects that answer it; none when the thing is absent."""

    text: str
    kind: Kind
    answers: tuple[int, ...]


class QuestionScores(NamedTuple):
    """Shares in [0, 1]; NaN where no question of that kind was asked."""

    success: float
    """Present things whose first answer is a right object, near its centre."""
    false_refusals: float
    """Present things answered with found=False."""
    absent_refused: float
    """Absent things answered with found=False."""


def present_questions(scene: Scene, visible: set[int]) -> list[Question]:
    """Every question the word lists allow about things that are there and were seen, in a fixed order."""
    there = [thing for thing in scene.objects if thing.object_id in visible]
    categories = sorted({thing.asset.category for thing in there})
    questions = []
    for category in categories:
        answers = _ids(there, accepted(category))
        questions.append(Question(category, "name", answers))
        questions += [Question(word, "synonym", answers) for word in SYNONYMS.get(category, ())]
    for thing in there:
        color = described_color(thing)
        if color is None:
            continue
        same = [t for t in there if _is_colored(t, thing.asset.category, color)]
        others = [t for t in there if t.asset.category == thing.asset.category and t not in same]
        if thing is same[0]:
            ids = tuple(t.object_id for t in same)
            kind: Kind = "color choice" if others else "color"
            questions.append(Question(f"the {color} {thing.asset.category}", kind, ids))
    questions += _material_choices(there)
    for text, wanted in PURPOSES.items():
        if answers := _ids(there, wanted):
            questions.append(Question(text, "purpose", answers))
    return questions


def _material_choices(there: Sequence[PlacedObject]) -> list[Question]:
    """Questions about things of which another of their kind is of another material; both are described so.

    A steel bin answers "the metal bin", too.
    """
    told: dict[str, dict[str, list[int]]] = {}
    for thing in there:
        material = make_asset(thing.asset).material
        if material in thing.description.split():
            told.setdefault(thing.asset.category, {}).setdefault(material, []).append(thing.object_id)
    questions = []
    for category, by_material in told.items():
        for material, ids in by_material.items():
            kinds = [i for kind in KINDS_OF.get(material, ()) for i in by_material.get(kind, ())]
            if len(ids) + len(kinds) < sum(map(len, by_material.values())):
                questions.append(
                    Question(f"the {material} {category}", "material choice", tuple(sorted(ids + kinds)))
                )
    return questions


def absent_questions(scene: Scene) -> list[Question]:
    """Questions about things that are nowhere in the scene, seen or not, in a fixed order."""
    here = {thing.asset.category for thing in scene.objects}
    questions = [Question(text, "outside", ()) for text in OUTSIDE]
    for category in CATEGORIES:
        if not here & set(accepted(category)):
            texts = (category, *SYNONYMS.get(category, ()))
            questions += [Question(text, "absent name", ()) for text in texts]
    for category in sorted(here):
        said = " ".join(t.description for t in scene.objects if t.asset.category == category)
        mentioned = set(_COLOR_WORD.findall(said))
        if mentioned & BROWNS:
            mentioned |= BROWNS
        unused = [color for color in COLORS if color not in mentioned]
        questions += [Question(f"the {color} {category}", "absent color", ()) for color in unused]
    return questions


def accepted(category: str) -> tuple[str, ...]:
    """Categories that are a right answer to this name."""
    return ACCEPTS.get(category, (category,))


def described_color(thing: PlacedObject) -> str | None:
    """The first colour its description names, which is what a person would call it by.

    A green plant in a yellow pot is a green plant, though its recipe's colour is the pot's.
    """
    colors = _COLOR_WORD.findall(thing.description)
    return colors[0] if colors else None


def draw(questions: Sequence[Question], count: int, rng: np.random.Generator) -> list[Question]:
    """At most `count` questions, kinds as evenly mixed as their numbers allow, no text twice."""
    kinds = dict.fromkeys(question.kind for question in questions)
    left = {kind: [question for question in questions if question.kind == kind] for kind in kinds}
    for group in left.values():
        rng.shuffle(group)
    drawn: list[Question] = []
    while len(drawn) < count and any(left.values()):
        for group in left.values():
            if group and len(drawn) < count:
                drawn.append(group.pop())
    return drawn


def is_right(question: Question, answer: QueryResult, centers: dict[int, Float64[np.ndarray, " 3"]]) -> bool:
    """Whether the answer to one question is the right one."""
    if not question.answers:
        return not answer.found
    if not answer.found:
        return False
    best = np.asarray(answer.objects[0].center_xyz_m)
    nearest_m = min(float(np.linalg.norm(best - centers[i])) for i in question.answers)
    return nearest_m <= CENTER_TOLERANCE_M


def score_questions(
    questions: Sequence[Question], answers: Sequence[QueryResult], centers: dict[int, np.ndarray]
) -> QuestionScores:
    """Shares of right answers over the questions of one scene."""
    pairs = list(zip(questions, answers, strict=True))
    present = [(q, a) for q, a in pairs if q.answers]
    absent = [a for q, a in pairs if not q.answers]
    return QuestionScores(
        success=_share([is_right(q, a, centers) for q, a in present]),
        false_refusals=_share([not a.found for _, a in present]),
        absent_refused=_share([not a.found for a in absent]),
    )


def object_centers(scene: Scene) -> dict[int, Float64[np.ndarray, " 3"]]:
    """World centre of every object's axis-aligned box, by object id, metres."""
    return {thing.object_id: _center(thing) for thing in scene.objects}


def _center(thing: PlacedObject) -> np.ndarray:
    vertices = np.concatenate([part.vertices_m for part in make_asset(thing.asset).parts])
    world = transform(thing.T_world_object, vertices.astype(np.float64))
    return (world.min(axis=0) + world.max(axis=0)) / 2


def _is_colored(thing: PlacedObject, category: str, color: str) -> bool:
    return thing.asset.category == category and described_color(thing) == color


def _ids(things: Sequence[PlacedObject], categories: Sequence[str]) -> tuple[int, ...]:
    return tuple(thing.object_id for thing in things if thing.asset.category in categories)


def _share(outcomes: Sequence[bool]) -> float:
    return float(np.mean(outcomes)) if outcomes else float("nan")
