"""What colour things have by the look of them, in words.

A noisy encoder keeps colours no better than it keeps things apart, while the cameras saw them. So in noisy
maps a thing has the colour that stands out in its voxels: more of it than of any other, against what is usual
among the things of the map. Shade, gloss and a screen's light are usual; a tenth of red is not.

Words stand for the colours that most people gave those names in xkcd's survey (R. Munroe, "Color Survey
Results", 2010), duller by a third, as surfaces are than screens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from .._srgb import lab_from_srgb
from .matching import color_sureness
from .objects import features_of_parts, parts_of
from .prototypes import Prototypes
from .voxel_map import VoxelMap
from .wording import COLORS

_SURVEY = {
    "white": "ffffff",
    "grey": "929591",
    "black": "000000",
    "red": "e50000",
    "orange": "f97306",
    "yellow": "ffff14",
    "green": "15b01a",
    "turquoise": "06c2ac",
    "blue": "0343df",
    "purple": "7e1e9c",
    "pink": "ff81c0",
    "brown": "653700",
    "light brown": "ad8150",
    "beige": "e6daa6",
}

DULLNESS = 0.65
"""Chroma of a surface, as a share of that of a screen's colour of the same name."""

LIGHTNESS_WEIGHT = 0.4
"""What a difference in lightness counts, beside one in chroma: lamps change it most."""

SOFTNESS = 8.0
"""How far apart two words must be, in units of CIE Lab, for one to be much likelier than the other."""

TRACE = 0.01
"""A share of a thing's voxels that is no more than chance."""

IMAGINED = 20.0
"""Things, one in each colour as often as in any other, that count as usual beside those of the map."""

FELT = 40.0
"""What a difference in cosine between a thing's features and its name in two colours counts, beside the
logarithm of how much of either colour was seen."""

SEEN_EVEN, SEEN_SLOPE = -1.4, 0.4
"""How far a colour may be behind the best other one, as a logarithm, and how sharply that counts."""

Shares = Float64[np.ndarray, "n 14"]


@dataclass(frozen=True, eq=False)
class SeenColors:
    """The colours of a map by what cameras saw: of each voxel, and what is usual among its things."""

    shares: Shares
    usual: Float64[np.ndarray, " 14"]

    def judged(
        self,
        vmap: VoxelMap,
        scores: Float32[np.ndarray, " n"],
        said: Prototypes,
        color: str,
        similarity: Callable[[np.ndarray], Float32[np.ndarray, "k 14"]],
        *,
        lowest: float,
    ) -> Float32[np.ndarray, " n"]:
        """Scores of voxels, no higher than how surely the object that they make has this colour.

        `similarity` tells how like the question in each colour features (k, d) are; `lowest` is the score
        from which on a voxel belongs to an object.
        """
        judged = scores.copy()
        parts = parts_of(vmap, np.flatnonzero(scores >= lowest), said)
        if not parts:
            return judged
        shares = np.array([self.shares[part].mean(axis=0) for part in parts])
        stands_out = np.log((shares + TRACE) / (self.usual + TRACE))
        evidence = stands_out + FELT * similarity(features_of_parts(vmap, parts))
        sureness = color_sureness(evidence, color, even=SEEN_EVEN, slope=SEEN_SLOPE)
        for part, sure in zip(parts, sureness, strict=True):
            judged[part] = np.minimum(judged[part], sure)
        return judged


def see_colors(vmap: VoxelMap, said: Prototypes) -> SeenColors:
    """The map's colours in words. Usual is the mean over its things, each prototype being one, beside some of
    every colour."""
    shares = color_shares(vmap.rgb)
    has = said.of_voxel >= 0
    of_voxel, count = said.of_voxel[has], len(said.vectors)
    voxels = np.bincount(of_voxel, minlength=count)
    sums = [np.bincount(of_voxel, share, minlength=count) for share in shares[has].T]
    seen = (np.stack(sums) / np.maximum(voxels, 1)).sum(axis=1)
    return SeenColors(shares, (seen + IMAGINED / len(COLORS)) / (np.count_nonzero(voxels) + IMAGINED))


def color_shares(rgb: UInt8[np.ndarray, "n 3"]) -> Shares:
    """How likely each of COLORS is the word for a colour."""
    seen = lab_from_srgb(rgb / 255.0) * (LIGHTNESS_WEIGHT, 1, 1)
    apart = np.stack([np.linalg.norm(seen - focus, axis=1) for focus in _foci()], axis=1)
    likely = np.exp((apart.min(axis=1, keepdims=True) - apart) / SOFTNESS)
    return likely / likely.sum(axis=1, keepdims=True)


@cache
def _foci() -> Float64[np.ndarray, "14 3"]:
    """What the words stand for, in CIE Lab with its lightness weighted."""
    srgb = np.array([list(bytes.fromhex(_SURVEY[color])) for color in COLORS]) / 255.0
    return lab_from_srgb(srgb) * (LIGHTNESS_WEIGHT, DULLNESS, DULLNESS)
