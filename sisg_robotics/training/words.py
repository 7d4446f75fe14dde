"""Words for what a view shows, drawn anew each time: names, colours, materials, descriptions, wider words.

A phrase is true of some things, false of others, and of a few nobody can say ("chair" of an armchair): those
are left out of the comparison. Paraphrases that evaluation asks with (evaluation/phrases.py) are never drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Int8

from ..assets import CATEGORIES, COLORS
from ..assets.materials import FINISHES, KINDS_OF
from ..assets.structure import STRUCTURE_CLASSES
from ..evaluation.phrases import SYNONYMS
from .views import Thing

TRUE, FALSE, UNSURE = 1, 0, -1

WIDER: Mapping[str, tuple[str, ...]] = {
    "seat": ("sofa", "armchair", "chair", "office chair", "stool", "bench", "ottoman"),
    "table": ("dining table", "coffee table", "side table", "console table", "desk", "nightstand"),
    "lamp": ("floor lamp", "table lamp", "ceiling lamp"),
    "plant": ("potted plant", "cactus", "flowers"),
    "kitchen appliance": (
        "refrigerator", "stove", "dishwasher", "microwave", "toaster", "coffee machine", "kettle",
        "range hood",
    ),
    "screen": ("television", "computer monitor", "laptop"),
    "storage furniture": ("wardrobe", "dresser", "cabinet", "bookshelf", "filing cabinet", "nightstand"),
    "bathroom fixture": ("toilet", "washbasin", "bathtub", "shower"),
    "crockery": ("cup", "plate", "bowl"),
    "electronic device": (
        "television", "computer monitor", "laptop", "printer", "radio", "telephone", "speaker",
    ),
    "wall decoration": ("painting", "mirror", "wall clock"),
    "bag": ("backpack", "suitcase"),
    "timepiece": ("wall clock", "alarm clock"),
    "bedding": ("pillow", "blanket"),
}  # fmt: skip
"""Words that cover several categories."""

UNSURE_PAIRS = (
    {"chair", "office chair"}, {"chair", "armchair"}, {"bed", "bunk bed"}, {"cabinet", "dresser"},
    {"cabinet", "kitchen counter"}, {"cabinet", "filing cabinet"}, {"cabinet", "nightstand"},
    {"cabinet", "tv stand"}, {"dresser", "nightstand"}, {"side table", "nightstand"},
    {"side table", "coffee table"}, {"side table", "console table"}, {"washbasin", "kitchen sink"},
    {"kitchen counter", "kitchen sink"}, {"basket", "laundry basket"}, {"flowers", "vase"},
    {"flowers", "potted plant"}, {"cactus", "potted plant"}, {"bowl", "fruit bowl"}, {"stool", "ottoman"},
    {"vacuum cleaner", "robot vacuum"}, {"desk", "dining table"},
)  # fmt: skip
"""Categories of which the name of one may be said of the other."""


def _neighbors(*pairs: set[str]) -> dict[str, list[str]]:
    words = sorted(set().union(*pairs))
    return {word: sorted(set().union(*(pair for pair in pairs if word in pair)) - {word}) for word in words}


ALIKE_COLORS = _neighbors(
    {"brown", "light brown"}, {"beige", "light brown"}, {"white", "beige"}, {"white", "grey"}
)

ALIKE_MATERIALS = _neighbors(*({wider, kind} for wider, kinds in KINDS_OF.items() for kind in kinds))
"""For a word those that may be said of the same thing."""


OTHERS = 5
"""Words beside the one that is true of a thing, where it is a choice."""

COLOR_CHOICES = 0.35
"""Share of choices between colours; the others are between materials, which are harder to see."""


@dataclass(frozen=True)
class Phrase:
    """A text and what it says. Empty fields say nothing; a description says everything about one thing."""

    text: str
    categories: frozenset[str]
    color: str = ""
    material: str = ""
    description: str = ""


def truth(phrases: Sequence[Phrase], things: Sequence[Thing]) -> Int8[np.ndarray, "p t"]:
    """TRUE, FALSE or UNSURE of each phrase and thing."""
    classes, colors, materials, descriptions = (
        np.array([getattr(thing, field) for thing in things], dtype=object)
        for field in ("class_name", "color", "material", "description")
    )
    names, class_of = np.unique(classes.astype(str), return_inverse=True)
    answers = np.empty((len(phrases), len(things)), dtype=np.int8)
    for answer, phrase in zip(answers, phrases, strict=True):
        of_class = np.array([_of_class(phrase.categories, str(name)) for name in names], dtype=np.int8)
        answer[:] = of_class[class_of]
        own = answer == TRUE
        if phrase.description:
            alike = own & (colors == phrase.color) & (materials == phrase.material)
            answer[:] = np.where(descriptions == phrase.description, TRUE, np.where(alike, UNSURE, FALSE))
            continue
        possible, unsure = own.copy(), np.zeros_like(own)
        for said, shown, alike in (
            (phrase.color, colors, ALIKE_COLORS),
            (phrase.material, materials, ALIKE_MATERIALS),
        ):
            if said:
                near = np.isin(shown, alike.get(said, []))
                possible &= near | (shown == said)
                unsure |= near
        answer[own & ~possible] = FALSE
        answer[possible & unsure] = UNSURE
    return answers


def name_phrases() -> tuple[Phrase, ...]:
    """The plain name of every class, in the order of their ids."""
    return tuple(Phrase(name, frozenset([name])) for name in (*STRUCTURE_CLASSES, *CATEGORIES))


def draw_phrase(thing: Thing, rng: np.random.Generator) -> Phrase:
    """Something true of a thing, as somebody may say it."""
    name = _said_name(thing.class_name, rng)
    own = frozenset([thing.class_name])
    chance = rng.random()
    if not thing.color or chance < 0.2:
        return Phrase(name, own) if chance < 0.6 or not thing.description else _described(thing)
    if chance < 0.45:
        return Phrase(f"{thing.color} {name}", own, thing.color)
    if chance < 0.6:
        return Phrase(f"{thing.color} {thing.material} {name}", own, thing.color, thing.material)
    if chance < 0.7:
        return Phrase(f"{thing.material} {name}", own, material=thing.material)
    if chance < 0.77:
        wider = [word for word, members in WIDER.items() if thing.class_name in members]
        if wider:
            word = str(rng.choice(wider))
            return Phrase(word, frozenset(WIDER[word]))
    return _described(thing)


def draw_negatives(thing: Thing, rng: np.random.Generator) -> list[Phrase]:
    """False of a thing but near to the truth: its name with another colour, and of another material."""
    own = frozenset([thing.class_name])
    color = str(rng.choice([other for other in COLORS if other != thing.color]))
    material = str(rng.choice([other for other in FINISHES if other != thing.material]))
    return [
        Phrase(f"{color} {_said_name(thing.class_name, rng)}", own, color),
        Phrase(f"{material} {_said_name(thing.class_name, rng)}", own, material=material),
    ]


def draw_choice(thing: Thing, rng: np.random.Generator) -> tuple[str, ...]:
    """Its name in its own colour, or of its own material, then in `OTHERS` others, which say it less well.

    Those most easily taken for it come first: colours near its own, materials that its kind is made of, too.
    A kind that comes in one material only is told by colour. Only for a thing with a colour and a material.
    """
    kind = CATEGORIES.get(thing.class_name)
    materials = kind.materials if kind else ()
    own, all_words, near = (
        (thing.color, COLORS, ALIKE_COLORS.get(thing.color, ()))
        if len(materials) < 2 or rng.random() < COLOR_CHOICES
        else (thing.material, FINISHES, materials)
    )
    first = [word for word in near if word != own]
    rest = [word for word in all_words if word not in (own, *first)]
    drawn = [*rng.permutation(first), *rng.permutation(rest)][:OTHERS]
    return tuple(f"{word} {thing.class_name}" for word in (own, *drawn))


def _described(thing: Thing) -> Phrase:
    return Phrase(
        thing.description, frozenset([thing.class_name]), thing.color, thing.material, thing.description
    )


def _said_name(category: str, rng: np.random.Generator) -> str:
    names = names_of(category)
    return names[0] if rng.random() < 0.6 else str(rng.choice(names))


@cache
def names_of(category: str) -> tuple[str, ...]:
    """The category's name and those synonyms of the kit that evaluation doesn't ask with."""
    if category not in CATEGORIES:
        return (category,)
    held_out = held_out_words()
    spared = [word for word in CATEGORIES[category].synonyms if word.lower() not in held_out]
    return (category, *spared)


@cache
def held_out_words() -> frozenset[str]:
    """Synonyms that training never sees, so that asking with them is a fair question."""
    return frozenset(word.lower() for words in SYNONYMS.values() for word in words)


@cache
def _of_class(categories: frozenset[str], class_name: str) -> int:
    """What a phrase about those categories says of a thing of that class, whatever its looks."""
    if class_name in categories:
        return TRUE
    return UNSURE if any({class_name, name} in UNSURE_PAIRS for name in categories) else FALSE
