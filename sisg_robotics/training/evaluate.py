"""How well a network names what it never saw, picture by picture: before any map is built of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..assets import COLORS
from ..encoders import TextEncoder
from ..encoders.tiny.encoder import TinyEncoder
from ..encoders.tiny.network import STRIDE
from ..evaluation.phrases import SYNONYMS
from ..evaluation.segmentation import score_segmentation
from .views import ViewFile
from .words import name_phrases


class ViewScores(NamedTuple):
    """Each in [0, 1]."""

    miou: float
    """Over the classes that occur, one pixel in 4 by 4 of all views together."""
    held_out_words: float
    """Share of things that are named rightly when their class is called by a word never trained on."""
    colors: float
    """Share of things whose colour is told among all colours, given what they are."""
    iou_by_class: dict[str, float]


def score_views(encoder: TinyEncoder, files: Sequence[ViewFile], texts: TextEncoder) -> ViewScores:
    """Scores over all views of an encoder that keeps to edges, by one pixel in 4 by 4.

    A thing counts once for each view that shows it in 4 of these or more.
    """
    names = [phrase.text for phrase in name_phrases()]
    number_of = {name: i for i, name in enumerate(names)}
    unheard = [SYNONYMS[name][0] if name in SYNONYMS else name for name in names]
    said, said_unheard = texts.encode(names), texts.encode(unheard)
    truths, guesses, words, colors = [], [], [], []
    for file in files:
        classes = np.zeros(max(file.things) + 1, dtype=np.int64)
        for number, thing in file.things.items():
            classes[number] = 1 + number_of[thing.class_name]
        for index in range(len(file)):
            view = file[index]
            some = (slice(STRIDE // 2, None, STRIDE),) * 2
            ids, seen = view.ids[some], encoder.encode_pixels(view.rgb)
            assert seen.row_of_pixel is not None
            units = seen.table[seen.row_of_pixel[some]]
            truths.append(classes[ids].ravel())
            guesses.append(1 + (units @ said.T).argmax(axis=2).ravel())
            for number in np.unique(ids[ids > 0]):
                shown = units[ids == number]
                thing = file.things[int(number)]
                if len(shown) < 4:
                    continue
                mean = shown.mean(axis=0)
                if thing.class_name in SYNONYMS:
                    words.append(int((said_unheard @ mean).argmax()) == number_of[thing.class_name])
                if thing.color in COLORS:
                    asked = texts.encode([f"{color} {thing.class_name}" for color in COLORS])
                    colors.append(list(COLORS)[int((asked @ mean).argmax())] == thing.color)
    found = score_segmentation(
        np.concatenate(guesses), np.concatenate(truths), {i + 1: name for i, name in enumerate(names)}
    )
    return ViewScores(found.miou, _share(words), _share(colors), found.iou_by_class)


def _share(right: Sequence[bool]) -> float:
    return float(np.mean(right)) if right else float("nan")
