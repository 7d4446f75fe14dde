"""Which of several names each voxel deserves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from ..encoders import make_text_encoder
from ..errors import BadValue
from .prototypes import prototypes
from .query import check_has_features
from .voxel_map import VoxelMap


def classify(vmap: VoxelMap, names: Sequence[str]) -> Int64[np.ndarray, " n"]:
    """For each voxel the index of the name that fits best, -1 where the map has no feature.

    VLMaps' categories. A name is a class ("sofa"), and one of them always wins: give a name for whatever else
    there may be ("wall", "floor"), or use `query`, which can say no.
    """
    if isinstance(names, str) or not len(names) or not all(isinstance(n, str) and n.strip() for n in names):
        raise BadValue("names", names, "a list of class names, such as ['sofa', 'floor']")
    check_has_features(vmap)
    said = prototypes(vmap)
    words = make_text_encoder(vmap.text_encoder).encode(list(names))
    best = (said.vectors @ words.T).argmax(axis=1).astype(np.int64)
    return np.append(best, -1)[said.of_voxel]
