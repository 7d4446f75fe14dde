"""How well what a map says answers a question, in [0, 1]; 0.5 is as likely there as not.

A text means things of a wide vocabulary, p(thing | text), and a feature says things, p(thing | feature). The
score is how much the two agree, relative to the best that any feature could do for this text. What no word of
the vocabulary comes near to stands for itself as one more thing. A colour in the text is compared with the
same text in all other colours, or with what cameras saw (seen_colors.py). Sums of texts and pictures mean
things of the vocabulary just as well. Constants are calibrated in docs/maps.md, for exact features;
calibration.py brings all others to their scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Float32

from ..encoders import TextEncoder
from ..errors import BadValue
from .calibration import TEXT_DEFICIT
from .reading import FEATURE_TEMPERATURE, Reading, best_of, evidence, likeness, logistic, read, softmax
from .vocabulary import anchors
from .wording import COLORS, MATERIALS, Wording, color_rivals, parse, split_exclusions

TEXT_TEMPERATURE = 0.07
TEXT_TEMPERATURE_SLOPE = 0.05
"""A text that is far from every word is less sure of which it means: temperature grows with the distance."""

UNLISTED = 0.75
"""How near a text must come to the vocabulary for it to be likelier one of its things than another thing."""

COLOR_EVEN, COLOR_SLOPE = -0.012, 0.006
"""How far a colour may be behind the best other colour, in cosine, and how sharply that counts."""

LIKE_IT = 0.1
"""Share of sureness that a colour has only where it is ahead of those that are like it, too."""

MADE_OF = ("", " metal", " wooden", " fabric", " plastic")
"""A colour is asked for as that of the material, too: one phrase is a noisier measure than the mean."""

EXCLUDED_EVEN, EXCLUDED_SLOPE = -1.0, 0.5
"""How much more evidence than what was asked for an excluded thing must have, and how sharply that counts."""


@dataclass(frozen=True, eq=False)
class Match:
    """How well prototypes answer one text, apart from its colours, and what it excludes likewise."""

    wanted: Wording
    scores: Float32[np.ndarray, " p"]
    excluded: tuple[tuple[Wording, Float32[np.ndarray, " p"]], ...]

    def settled(self, colored: Callable[[Wording, np.ndarray], Float32[np.ndarray, " m"]]) -> np.ndarray:
        """Scores (m,) with colours and exclusions.

        `colored` takes a question and the prototypes' scores for its thing, and lowers those of another
        colour, of prototypes or of voxels.
        """
        scores = colored(self.wanted, self.scores)
        for other, is_other in self.excluded:
            scores = np.minimum(scores, 1 - colored(other, is_other))
        return scores


def match(
    encoder: TextEncoder, texts: Sequence[str], features: Float32[np.ndarray, "p d"]
) -> Float32[np.ndarray, "t p"]:
    """Scores of unit features, those of the different things of a map, for texts."""
    reading = read(features, anchors(encoder.name))
    colored = partial(color_by_feature, encoder, reading)
    settled = [one.settled(colored) for one in match_texts(encoder, texts, reading)]
    return np.array(settled, dtype=np.float32).reshape(len(texts), len(features))


def match_texts(encoder: TextEncoder, texts: Sequence[str], reading: Reading) -> list[Match]:
    """How well a map's prototypes answer texts, each of which may exclude something."""
    asked = [[parse(part) for part in split_exclusions(text)] for text in texts]
    found = iter(text_evidence(encoder, [question for group in asked for question in group], reading))
    matches = []
    for wanted, *excluded in asked:
        said = next(found)
        others = (
            (other, logistic((next(found) - said - EXCLUDED_EVEN) / EXCLUDED_SLOPE)) for other in excluded
        )
        matches.append(Match(wanted, logistic(said - reading.even), tuple(others)))
    return matches


def color_by_feature(
    encoder: TextEncoder, reading: Reading, question: Wording, scores: Float32[np.ndarray, " p"]
) -> Float32[np.ndarray, " p"]:
    """Scores, no higher than how surely the prototypes say the question's colour rather than another."""
    return np.minimum(scores, color_scores(encoder, reading, question)) if question.color else scores


def match_sum(
    encoder: TextEncoder, weights: Mapping[str, float], reading: Reading
) -> Float32[np.ndarray, " p"]:
    """Scores for the weighted sum of the vectors of texts."""
    texts = [parse(text) for text in weights]
    vectors = encoder.encode([text.in_color(text.color) for text in texts])
    shares = np.array(list(weights.values())) / max(abs(weight) for weight in weights.values())
    total = (shares.astype(np.float32) @ vectors)[None]
    length = float(np.linalg.norm(total))
    if length < 1e-3:
        raise BadValue("the weighted sum of texts", dict(weights), "other than nothing: weights cancel here")
    total /= np.float32(length)
    nearness = best_of(
        reading.calibration.scale.between(total, reading.known.meanings),
        reading.known.meaning_of,
        reading.known.count,
    )
    direct = reading.calibration.similarity(total)
    return logistic(evidence(reading, _shares(nearness), direct, direct)[0] - reading.even)


def match_feature(feature: Float32[np.ndarray, " d"], reading: Reading) -> Float32[np.ndarray, " p"]:
    """Scores for a unit feature of the map's own encoder: the things it says, those most like it first."""
    said = likeness(reading.calibration, reading.known, feature[None])
    none = np.full((1, 1), np.exp(UNLISTED / FEATURE_TEMPERATURE), dtype=np.float32)
    of_question = np.concatenate([said, none], axis=1)
    of_question /= of_question.sum(axis=1, keepdims=True)
    among = (1 - reading.features @ reading.features.T)[np.triu_indices(len(reading.features), 1)]
    stretch = TEXT_DEFICIT / max(float(np.median(among)) if len(among) else TEXT_DEFICIT, 1e-6)
    direct = 1 - (1 - feature[None] @ reading.features.T) * np.float32(stretch)
    return logistic(evidence(reading, of_question, direct, direct)[0] - reading.even)


def text_evidence(
    encoder: TextEncoder, questions: Sequence[Wording], reading: Reading
) -> Float32[np.ndarray, "t p"]:
    """Logarithm of how much text and feature mean the same thing, whatever its colour."""
    direct = reading.calibration.similarity(encoder.encode([q.thing for q in questions]))
    full = reading.calibration.similarity(encoder.encode([q.in_color(q.color) for q in questions]))
    return evidence(reading, _things_of_text(encoder, questions, reading), direct, full)


def _things_of_text(
    encoder: TextEncoder, questions: Sequence[Wording], reading: Reading
) -> Float32[np.ndarray, "t c"]:
    """p(thing | text); the last column is the thing that is not in the vocabulary."""
    between, known = reading.calibration.scale.between, reading.known
    nearness = best_of(
        between(encoder.encode([q.thing for q in questions]), known.meanings), known.meaning_of, known.count
    )
    about_use = [row for row, q in enumerate(questions) if q.use]
    if about_use:
        uses = encoder.encode([f"something to {questions[row].use}" for row in about_use])
        by_use = best_of(between(uses, known.meanings), known.meaning_of, known.count)
        nearness[about_use] = np.maximum(nearness[about_use], by_use)
    return _shares(nearness)


def _shares(nearness: Float32[np.ndarray, "t c"]) -> Float32[np.ndarray, "t c1"]:
    """Nearness to each thing as p(thing | question), with a last column for none of them."""
    unlisted = np.full((len(nearness), 1), UNLISTED, dtype=np.float32)
    nearness = np.concatenate([nearness, unlisted], axis=1)
    distance = 1 - nearness.max(axis=1, keepdims=True)
    return softmax(nearness / (TEXT_TEMPERATURE + TEXT_TEMPERATURE_SLOPE * distance))


def color_scores(encoder: TextEncoder, reading: Reading, question: Wording) -> Float32[np.ndarray, " p"]:
    """Whether features have the colour that the question names rather than any other."""
    similarity = color_similarity(encoder, reading, question)
    return color_sureness(similarity, question.color, even=COLOR_EVEN, slope=COLOR_SLOPE)


def color_sureness(
    evidence: Float[np.ndarray, "q 14"], color: str, *, even: float, slope: float
) -> Float32[np.ndarray, " q"]:
    """That things have this colour rather than one that speaks against it; a little, than one like it.

    `evidence` is that of each of COLORS; `even` how far one may be behind, `slope` how sharply that counts.
    """
    asked = evidence[:, COLORS.index(color)]
    ahead = asked - evidence[:, color_rivals(color)].max(axis=1)
    others = [other != color for other in COLORS]
    ahead_of_all = asked - evidence[:, others].max(axis=1)
    best = np.float32(1 - LIKE_IT) + np.float32(LIKE_IT) * logistic(ahead_of_all / slope)
    return logistic((ahead - even) / slope) * best


def color_similarity(
    encoder: TextEncoder,
    reading: Reading,
    question: Wording,
    features: Float32[np.ndarray, "q d"] | None = None,
) -> Float32[np.ndarray, "q 14"]:
    """How like the question, in each of COLORS, features are, by default the map's prototypes."""
    phrases = [question.in_color(color + made_of) for color in COLORS for made_of in MADE_OF]
    means = encoder.encode(phrases).reshape(len(COLORS), len(MADE_OF), -1).mean(axis=1)
    return reading.calibration.similarity(means, features).T


def material_similarity(
    encoder: TextEncoder, reading: Reading, question: Wording, features: Float32[np.ndarray, "q d"]
) -> Float32[np.ndarray, "q 20"]:
    """How like the question's thing, of each of MATERIALS, features are."""
    things = encoder.encode([question.made_of(material) for material in MATERIALS])
    return reading.calibration.similarity(things, features).T
