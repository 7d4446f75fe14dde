"""How well what a map says answers a text, in [0, 1]; 0.5 is as likely there as not.

A text means things of a wide vocabulary, p(thing | text), and a feature says things, p(thing | feature). The
score is how much the two agree, relative to the best that any feature could do for this text. What no word of
the vocabulary comes near to stands for itself as one more thing. A colour in the text is compared with the
same text in all other colours. Constants are calibrated in docs/maps.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Int64

from ..encoders import TextEncoder
from .vocabulary import Anchors, anchors
from .wording import COLORS, Wording, parse

FEATURE_TEMPERATURE = 0.03
TEXT_TEMPERATURE = 0.07
TEXT_TEMPERATURE_SLOPE = 0.05
"""A text that is far from every word is less sure of which it means: temperature grows with the distance."""

UNLISTED = 0.75
"""How near a text must come to the vocabulary for it to be likelier one of its things than another thing."""

DIRECT = 1.5
"""Weight of the bare similarity of text and feature, which ranks things that agree equally well."""

EVEN = -1.8
"""Evidence, a logarithm, at which being there and not being there are equally likely."""

COLOR_EVEN, COLOR_SLOPE = -0.012, 0.006
"""How far a colour may be behind the best other colour, in cosine, and how sharply that counts."""

MADE_OF = ("", " metal", " wooden", " fabric", " plastic")
"""A colour is asked for as that of the material, too: one phrase is a noisier measure than the mean."""

ALIKE_COLORS = ({"brown", "light brown"}, {"beige", "light brown"}, {"white", "beige"})
"""Colours that nobody tells apart with certainty, so one does not speak against the other."""


def match(
    encoder: TextEncoder, texts: Sequence[str], features: Float32[np.ndarray, "p d"]
) -> Float32[np.ndarray, "t p"]:
    """Scores of unit features for texts."""
    questions = [parse(text) for text in texts]
    scores = _logistic(evidence(encoder, questions, features) - EVEN)
    for row, question in enumerate(questions):
        if question.color:
            scores[row] = np.minimum(scores[row], color_scores(encoder, question, features))
    return scores


def evidence(
    encoder: TextEncoder, questions: Sequence[Wording], features: Float32[np.ndarray, "p d"]
) -> Float32[np.ndarray, "t p"]:
    """Logarithm of how much text and feature mean the same thing, whatever its colour."""
    known = anchors(encoder.name)
    direct = encoder.encode([q.thing for q in questions]) @ features.T
    of_text = _things_of_text(encoder, questions, known)
    said = np.exp(_nearness_to_things(features, known) / FEATURE_TEMPERATURE)  # (p, things)
    said_in_all = said.sum(axis=1)
    itself = np.exp(direct / FEATURE_TEMPERATURE)
    agreed = of_text[:, :-1] @ (said / said_in_all[:, None]).T
    agreed += of_text[:, -1:] * itself / (said_in_all + itself)
    best = of_text.max(axis=1, keepdims=True)
    full = encoder.encode([q.in_color(q.color) for q in questions]) @ features.T
    return np.log(agreed / best + np.float32(1e-6)) + np.float32(DIRECT) * full


def _things_of_text(
    encoder: TextEncoder, questions: Sequence[Wording], known: Anchors
) -> Float32[np.ndarray, "t c"]:
    """p(thing | text); the last column is the thing that is not in the vocabulary."""
    nearness = best_of(
        encoder.encode([q.thing for q in questions]) @ known.meanings.T, known.meaning_of, known.count
    )
    about_use = [row for row, q in enumerate(questions) if q.use]
    if about_use:
        uses = encoder.encode([f"something to {questions[row].use}" for row in about_use])
        by_use = best_of(uses @ known.meanings.T, known.meaning_of, known.count)
        nearness[about_use] = np.maximum(nearness[about_use], by_use)
    unlisted = np.full((len(questions), 1), UNLISTED, dtype=np.float32)
    nearness = np.concatenate([nearness, unlisted], axis=1)
    distance = 1 - nearness.max(axis=1, keepdims=True)
    return softmax(nearness / (TEXT_TEMPERATURE + TEXT_TEMPERATURE_SLOPE * distance))


def _nearness_to_things(features: Float32[np.ndarray, "p d"], known: Anchors) -> Float32[np.ndarray, "p c"]:
    """Between the nearest and the mean of a thing's names: one stray name must not decide."""
    nearest = best_of(features @ known.names.T, known.name_of, known.count)
    return (nearest + features @ known.mean_names.T) / 2


def color_scores(
    encoder: TextEncoder, question: Wording, features: Float32[np.ndarray, "p d"]
) -> Float32[np.ndarray, " p"]:
    """Whether features have the colour that the question names rather than any other."""
    alike = {question.color}.union(*(pair for pair in ALIKE_COLORS if question.color in pair))
    phrases = [question.in_color(color + made_of) for color in COLORS for made_of in MADE_OF]
    means = encoder.encode(phrases).reshape(len(COLORS), len(MADE_OF), -1).mean(axis=1)
    similarity = features @ means.T  # (p, colours)
    asked = similarity[:, COLORS.index(question.color)]
    others = [color != question.color for color in COLORS]
    unlike = [color not in alike for color in COLORS]
    ahead_of_all = asked - similarity[:, others].max(axis=1)
    ahead = asked - similarity[:, unlike].max(axis=1)
    settled = _logistic((ahead - COLOR_EVEN) / COLOR_SLOPE)
    return settled * (np.float32(0.9) + np.float32(0.1) * _logistic(ahead_of_all / COLOR_SLOPE))


def best_of(
    similarity: Float32[np.ndarray, "n m"], group_of: Int64[np.ndarray, " m"], count: int
) -> Float32[np.ndarray, "n g"]:
    """The highest similarity in each group of columns."""
    best = np.full((count, len(similarity)), -1, dtype=np.float32)
    np.maximum.at(best, group_of, similarity.T)
    return np.ascontiguousarray(best.T)


def softmax(logits: Float32[np.ndarray, "n m"]) -> Float32[np.ndarray, "n m"]:
    """Rows that sum to one."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _logistic(x: np.ndarray) -> np.ndarray:
    return (1 / (1 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)
