"""What things are made of, in a noisy map: by what an object's voxels say together.

A vector is mostly what a thing is, and only a little what it is made of; so the same thing is asked for in
all materials, and the one asked for is compared with the best of the others. That decides between objects,
not whether there is one: materials are hard to see.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float32

from .objects import features_of_parts, parts_of
from .prototypes import Prototypes
from .reading import logistic
from .voxel_map import VoxelMap
from .wording import MATERIALS, material_rivals

SLOPE = 0.03
"""How far, in cosine, a material must be ahead of others for it to count as this one rather than another."""

SHARE = 0.6
"""Of what its score is above the lowest, that an object loses which is of another material."""


def judged_by_material(
    vmap: VoxelMap,
    scores: Float32[np.ndarray, " n"],
    said: Prototypes,
    material: str,
    similarity: Callable[[np.ndarray], Float32[np.ndarray, "k 20"]],
    *,
    lowest: float,
) -> Float32[np.ndarray, " n"]:
    """Scores of voxels, lower for objects that are rather of another material than `material`.

    `similarity` tells how like the question's thing, of each of MATERIALS, features (k, d) are; `lowest` is
    the score from which on a voxel belongs to an object. None falls below it.
    """
    judged = scores.copy()
    parts = parts_of(vmap, np.flatnonzero(scores >= lowest), said)
    if not parts:
        return judged
    says = similarity(features_of_parts(vmap, parts))
    ahead = says[:, MATERIALS.index(material)] - says[:, material_rivals(material)].max(axis=1)
    for part, sure in zip(parts, logistic(ahead / SLOPE), strict=True):
        judged[part] = lowest + (scores[part] - lowest) * (1 - SHARE * (1 - sure))
    return judged
