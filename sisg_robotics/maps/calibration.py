"""Similarities of any encoder on one scale.

Cosines of a map's features with texts mean nothing by themselves: those of CLIP lie between 0.1 and 0.35, for
all features share a direction, and each text has a level of its own that it reaches with anything at all.
What a cosine says is how far it stands out. So three things are taken from the map's own features: the null
of each text, the similarity that most things of the map exceed; the null of each feature, its median
similarity to the names of a wide vocabulary, most of which name nothing that is there; and the width of what
is left. Level and width are then replaced by those of exact features in MiniLM's space, for which the
constants of matching.py were found. A map of such features is left as it is.

(What nothing looks like is read off the many tests of nothing: Efron's empirical null, "Large-scale
simultaneous hypothesis testing", JASA 2004.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from .vocabulary import Anchors

TEXT_DEFICIT = 0.7445
"""Median deficit (1 - cosine) between the names of different things, in MiniLM's space."""

WIDTH = 0.0413
"""Median distance of an exact map's similarities from their nulls, in MiniLM's space."""

OFFSET = 0.05
"""How far the nulls of an exact map may be from the levels of texts, for what just this map holds."""

NULL_QUANTILE = 0.3
"""A null is what this share of a map's things stays below: many may really have what is asked for, such as
a colour."""

FEWEST = 16
"""Different things that a map must have for its own nulls to be trusted wholly; with one, not at all."""


@dataclass(frozen=True, eq=False)
class TextScale:
    """How the texts of one encoder relate: its vocabulary's names (c, d), and what to stretch deficits by."""

    names: Float32[np.ndarray, "c d"]
    stretch: float

    def between(
        self, texts: Float32[np.ndarray, "t d"], others: Float32[np.ndarray, "m d"]
    ) -> Float32[np.ndarray, "t m"]:
        """Similarity of texts with texts: their cosine, on MiniLM's scale."""
        return 1 - (1 - texts @ others.T) * np.float32(self.stretch)

    def level(self, texts: Float32[np.ndarray, "t d"]) -> Float32[np.ndarray, "t 1"]:
        """The similarity that each text has with what it has nothing to do with."""
        return np.median(self.between(texts, self.names), axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What puts similarities with a map's features on the common scale.

    `features` (p, d) are one for each different thing of the map, `gain` the factor on what stands out,
    `trust` in [0, 1] the share of the map's own nulls, the rest being similarities as they are.
    """

    features: Float32[np.ndarray, "p d"]
    scale: TextScale
    gain: float = 1.0
    trust: float = 0.0

    def similarity(
        self, texts: Float32[np.ndarray, "t d"], features: Float32[np.ndarray, "q d"] | None = None
    ) -> Float32[np.ndarray, "t q"]:
        """Similarity of texts with `features`, by default the map's, as of exact ones in MiniLM's space."""
        features = self.features if features is None else features
        as_it_is = self.scale.between(texts, features)
        if not self.trust:
            return as_it_is
        names = self.scale.names
        own = np.median(names @ features.T - self._null(names), axis=0)
        above = texts @ features.T - self._null(texts) - own
        calibrated = self.scale.level(texts) + np.float32(self.gain) * above
        return as_it_is + np.float32(self.trust) * (calibrated - as_it_is)

    def _null(self, texts: Float32[np.ndarray, "t d"]) -> Float32[np.ndarray, "t 1"]:
        return np.quantile(texts @ self.features.T, NULL_QUANTILE, axis=1, keepdims=True).astype(np.float32)


def calibrate(features: Float32[np.ndarray, "p d"], known: Anchors) -> Calibration:
    """Calibrate unit features, one for each different thing of a map, to the vocabulary of its texts."""
    names = known.mean_names
    among = (1 - names @ names.T)[np.triu_indices(known.count, 1)]
    scale = TextScale(names, TEXT_DEFICIT / max(float(np.median(among)), 1e-6))
    if len(features) < 2:
        return Calibration(features, scale)
    cosine = names @ features.T  # (c, p)
    null = np.quantile(cosine, NULL_QUANTILE, axis=1, keepdims=True)
    left = cosine - null - np.median(cosine - null, axis=0)
    gain = WIDTH / max(float(np.median(np.abs(left))), 1e-6)
    offset = np.median(cosine, axis=1, keepdims=True) - scale.level(names)
    expected = OFFSET**2 * (1 + FEWEST / len(features))
    beyond = float(np.mean(offset**2)) / expected * max(gain, 1 / gain) ** 2
    trust = max(0.0, 1 - 1 / max(beyond, 1e-6)) * min(1.0, (len(features) - 1) / (FEWEST - 1))
    return Calibration(features, scale, gain, trust)
