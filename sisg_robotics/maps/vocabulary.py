"""What may be in a home, in words: the background that a question and a voxel are both compared with.

A bare similarity says little: "a place to sleep" is far from every object's name, and "microwave" is near to
an oven. Against a wide vocabulary both become clear: the question means a bed more than anything else, and
the voxel says oven more than microwave.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from jaxtyping import Float32, Int64

from ..encoders import encode_once, make_text_encoder


@dataclass(frozen=True)
class Thing:
    """One kind of thing: what it is called, what wider words include it, what one does with it."""

    names: tuple[str, ...]
    wider: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    """Verb phrases, as in "something to ...": "sit on", "keep food cold"."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """The vocabulary as unit vectors of one text encoder; `*_of` says which thing each row belongs to.

    Voxels are compared with the names alone; questions with names, wider words and uses.
    """

    count: int
    names: Float32[np.ndarray, "a d"]
    name_of: Int64[np.ndarray, " a"]
    mean_names: Float32[np.ndarray, "c d"]
    meanings: Float32[np.ndarray, "b d"]
    meaning_of: Int64[np.ndarray, " b"]


@cache
def vocabulary() -> tuple[Thing, ...]:
    """All things of vocabulary.txt, in its order."""
    text = resources.files(__package__).joinpath("vocabulary.txt").read_text(encoding="utf-8")
    return tuple(_thing(line) for line in text.splitlines() if line and not line.startswith("#"))


def _thing(line: str) -> Thing:
    fields = [tuple(word.strip() for word in part.split(",") if word.strip()) for part in line.split("|")]
    return Thing(*fields)


@cache
def anchors(text_encoder: str) -> Anchors:
    """The vocabulary in the words' space of that text encoder; encoded once, and kept on disk."""
    things = vocabulary()
    names = [(name, i) for i, thing in enumerate(things) for name in thing.names]
    wider = [(word, i) for i, thing in enumerate(things) for word in thing.wider]
    uses = [(f"something to {use}", i) for i, thing in enumerate(things) for use in thing.uses]
    meanings = [*names, *wider, *uses]
    vectors = encode_once(make_text_encoder(text_encoder), [text for text, _ in meanings])
    meaning_of = np.array([i for _, i in meanings], dtype=np.int64)
    own, name_of = vectors[: len(names)], meaning_of[: len(names)]
    sums = np.zeros((len(things), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, name_of, own)
    return Anchors(
        count=len(things),
        names=own,
        name_of=name_of,
        mean_names=sums / np.linalg.norm(sums, axis=1, keepdims=True),
        meanings=vectors,
        meaning_of=meaning_of,
    )
