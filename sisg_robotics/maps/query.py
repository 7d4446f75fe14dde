"""Where something is that was asked for in words, and whether it is there at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from ..encoders import make_text_encoder
from ..errors import BadValue, RequestError
from .matching import match
from .objects import MapObject, find_objects
from .prototypes import Prototypes, prototypes
from .voxel_map import VoxelMap

FOUND = 0.5
"""An object with this score or more is taken to be what was asked for."""


@dataclass(frozen=True, eq=False)
class QueryResult:
    """The answer to one text.

    `scores` (n,) in [0, 1], one a voxel; `objects` the best first, each with a score of at least `FOUND`, and
    none where `found` is false: what was asked for is not in this map.
    """

    text: str
    found: bool
    objects: tuple[MapObject, ...]
    scores: Float32[np.ndarray, " n"]


def query(vmap: VoxelMap, text: str | Sequence[str]) -> QueryResult | list[QueryResult]:
    """Where `text` is in the map: a thing, a thing with a colour, or what it is for.

    Several texts give a list of results in their order, at little more than the cost of one. Raises
    `RequestError` for a map without features and `BadValue` for an empty text.
    """
    texts = [text] if isinstance(text, str) else list(text)
    for given in texts:
        if not isinstance(given, str) or not given.strip():
            raise BadValue("query text", given, "a word or a sentence, such as 'the red sofa'")
    check_has_features(vmap)
    if not texts:
        return []
    said = prototypes(vmap)
    scores = match(make_text_encoder(vmap.text_encoder), texts, said.vectors)  # (texts, prototypes)
    results = [_answer(vmap, one, score, said) for one, score in zip(texts, scores, strict=True)]
    return results[0] if isinstance(text, str) else results


def _answer(
    vmap: VoxelMap, text: str, score_of_prototype: Float32[np.ndarray, " p"], said: Prototypes
) -> QueryResult:
    padded = np.append(score_of_prototype, np.float32(0))  # voxels without a feature have prototype -1
    scores = padded[said.of_voxel].astype(np.float32)
    objects = find_objects(vmap, text, scores, said, lowest=FOUND)
    return QueryResult(text, bool(objects), objects, scores)


def check_has_features(vmap: VoxelMap) -> None:
    """Refuse a map that was built without an encoder."""
    if vmap.feature_dim == 0 or not vmap.text_encoder:
        raise RequestError(
            f"This map was built with encoder={vmap.encoder or 'none'}, which keeps nothing to ask words of. "
            f"Build it with an encoder that has features, such as encoder=oracle."
        )
