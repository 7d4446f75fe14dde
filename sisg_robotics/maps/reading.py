"""What the different things of a map say, in words of the vocabulary, and how much of that is chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from .calibration import Calibration, calibrate
from .vocabulary import Anchors

FEATURE_TEMPERATURE = 0.03

DIRECT = 1.5
"""Weight of the bare similarity of question and feature, which ranks things that agree equally well."""

EVEN = -1.8
"""Evidence, a logarithm, at which being there and not being there are equally likely."""

NOISY = 0.5
"""How much more evidence is asked for in a noisy map, where some voxels say what is not there."""

NOWHERE = 0.88
"""Share of the vocabulary, at least, that no single home has."""

ONE_IN_TWENTY = 1.645
"""Standard deviations of a normal distribution that one draw in twenty exceeds."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A map's prototypes as they are compared with questions.

    `likeness` (p, c) are exp(nearness to each thing / FEATURE_TEMPERATURE); `even` the evidence at which a
    thing is found.
    """

    calibration: Calibration
    known: Anchors
    likeness: Float32[np.ndarray, "p c"]
    even: float = EVEN

    @property
    def features(self) -> Float32[np.ndarray, "p d"]:
        """The prototypes."""
        return self.calibration.features


def read(features: Float32[np.ndarray, "p d"], known: Anchors, *, noisy: bool = False) -> Reading:
    """Read the prototypes of a map, unit vectors; `noisy` where voxels of a thing differ.

    Most of the vocabulary is in no one home. Where an encoder is so poor that even those things find
    evidence, more is asked of every question: what one of them in twenty reaches, told from their lower half,
    to which nothing that is there belongs (Efron's empirical null).
    """
    calibration = calibrate(features, known)
    margin = NOISY if noisy else 0.0
    reading = Reading(calibration, known, likeness(calibration, known, features), EVEN + margin)
    if not len(features):
        return reading
    names = known.mean_names
    of_names = np.eye(known.count, known.count + 1, dtype=np.float32)
    chance = evidence(reading, of_names, calibration.similarity(names), calibration.similarity(names))
    low, middle = np.quantile(chance.max(axis=1), (0.1587 * NOWHERE, 0.5 * NOWHERE))  # -1 sigma, median
    even = max(EVEN, float(middle + ONE_IN_TWENTY * (middle - low)))
    return Reading(calibration, known, reading.likeness, even + margin)


def likeness(
    calibration: Calibration, known: Anchors, features: Float32[np.ndarray, "q d"]
) -> Float32[np.ndarray, "q c"]:
    """How much each feature is like each thing, before the things share what there is.

    Between the nearest and the mean of a thing's names: one stray name must not decide.
    """
    nearest = best_of(calibration.similarity(known.names, features).T, known.name_of, known.count)
    nearness = (nearest + calibration.similarity(known.mean_names, features).T) / 2
    return _powers(nearness)


def evidence(
    reading: Reading,
    of_question: Float32[np.ndarray, "t c1"],
    direct: Float32[np.ndarray, "t p"],
    full: Float32[np.ndarray, "t p"],
) -> Float32[np.ndarray, "t p"]:
    """Logarithm of how much question and feature mean the same thing, relative to the best possible.

    `of_question` is p(thing | question), its last column for what is not in the vocabulary; `direct` the
    similarity of features with the thing asked for, `full` with all that was said of it.
    """
    in_all = reading.likeness.sum(axis=1)  # (p,)
    itself = _powers(direct)
    agreed = of_question[:, :-1] @ (reading.likeness / in_all[:, None]).T
    agreed += of_question[:, -1:] * itself / (in_all + itself)
    best = of_question.max(axis=1, keepdims=True)
    return np.log(agreed / best + np.float32(1e-6)) + np.float32(DIRECT) * full


def _powers(nearness: Float32[np.ndarray, "n m"]) -> Float32[np.ndarray, "n m"]:
    """exp(nearness / FEATURE_TEMPERATURE), kept within what float32 holds."""
    return np.exp(np.clip(nearness, -1.5, 2) / np.float32(FEATURE_TEMPERATURE))


def best_of(
    similarity: Float32[np.ndarray, "n m"], group_of: Int64[np.ndarray, " m"], count: int
) -> Float32[np.ndarray, "n g"]:
    """The highest similarity in each group of columns."""
    best = np.full((count, len(similarity)), -np.inf, dtype=np.float32)
    np.maximum.at(best, group_of, similarity.T)
    return np.ascontiguousarray(best.T)


def softmax(logits: Float32[np.ndarray, "n m"]) -> Float32[np.ndarray, "n m"]:
    """Rows that sum to one."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def logistic(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), as float32."""
    return (1 / (1 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)
