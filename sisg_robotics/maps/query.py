"""Where something is that was asked for, in words or by a picture, and whether it is there at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float32

from .._wording import counted, in_short
from ..encoders import Encoder, TextEncoder, make_text_encoder
from ..errors import BadValue, RequestError, UnknownName
from .baselines import METHODS
from .made_of import judged_by_material
from .matching import (
    color_by_feature,
    color_similarity,
    match_feature,
    match_sum,
    match_texts,
    material_similarity,
)
from .objects import MapObject, find_objects
from .pictures import feature_of
from .prototypes import Prototypes, prototypes
from .reading import Reading, read
from .seen_colors import SeenColors, see_colors
from .vocabulary import anchors
from .voxel_map import VoxelMap
from .wording import Wording, clean

FALSE_ALARMS = 0.05
"""Share of absent things that are found all the same: what a score of 0.5 stands for."""

Question = str | Sequence[str] | Mapping[str, float]

_readings: WeakKeyDictionary[Prototypes, Reading] = WeakKeyDictionary()
_colors: WeakKeyDictionary[Prototypes, SeenColors] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class QueryResult:
    """The answer to one question.

    `scores` (n,) in [0, 1], one a voxel; `objects` the best first, and none where `found` is false: what was
    asked for is not in this map.
    """

    text: str
    found: bool
    objects: tuple[MapObject, ...]
    scores: Float32[np.ndarray, " n"]

    def __repr__(self) -> str:
        best = self.objects[0] if self.objects else None
        place = ", ".join(f"{value:.2f}" for value in best.center_xyz_m) if best else ""
        return in_short(
            self,
            f"{self.text!r}",
            f"found {counted(len(self.objects), 'time')}" if self.found else "not found",
            f"best {best.score:.2f} at ({place}) m" if best else "",
            counted(len(self.scores), "score"),
        )


def query(
    vmap: VoxelMap,
    text: Question | None = None,
    *,
    image: Any = None,
    encoder: Encoder | None = None,
    method: str = "calibrated",
    false_alarms: float = FALSE_ALARMS,
) -> QueryResult | list[QueryResult]:
    """Where something is: `text`, a thing with or without a colour or what it is for, or `image`, a picture.

    "chair, not office chair"       leaves out what is rather the second
    {"chair": 1.0, "wood": 0.5}     the weighted sum of texts; weights may be negative
    image=crop, encoder=encoder     a picture (h, w, 3) and the encoder that the map was built with, which
                                    may be left out where its name is enough; or a feature (d,) of it

    Several texts give a list of results in their order, at little more than the cost of one. Of things that
    are not there a share of about `false_alarms` is found all the same; with a smaller one, more of what is
    there is missed. `method` is "calibrated", or for comparison "percentile" (CLIPMap's mask) or "argmax"
    (VLMaps' choice against "other"), which can hardly say no. Raises RequestError for a map without features,
    and BadValue or UnknownName for what can't be asked.
    """
    check_has_features(vmap)
    if not 0 < false_alarms < 1:
        raise BadValue("false_alarms", false_alarms, "a share between 0 and 1, such as 0.05")
    if method not in ("calibrated", *METHODS):
        raise UnknownName("method", method, ("calibrated", *METHODS))
    lowest = FALSE_ALARMS / (FALSE_ALARMS + false_alarms)  # the odds of a score are those of being there
    if image is not None or text is None:
        if image is None or text is not None:
            raise BadValue("query", "nothing" if image is None else "both", "either a text or image=...")
        _check_method(method)
        feature = feature_of(vmap, image, encoder)
        said = prototypes(vmap)
        scores = _of_voxels(said, match_feature(feature, _read(vmap, said)))
        return _answer(vmap, "an image", scores, said, lowest)
    if isinstance(text, Mapping):
        _check_method(method)
        weights, said = _checked_sum(text), prototypes(vmap)
        scores = match_sum(make_text_encoder(vmap.text_encoder), weights, _read(vmap, said))
        asked = " + ".join(f"{weight:g} {one}" for one, weight in weights.items())
        return _answer(vmap, asked, _of_voxels(said, scores), said, lowest)
    texts = [text] if isinstance(text, str) else list(text)
    cleaned = [clean(one) for one in texts]
    if not texts:
        return []
    words = make_text_encoder(vmap.text_encoder)
    if method == "calibrated":
        results = _calibrated(vmap, words, texts, cleaned, lowest)
    else:
        results = _by_baseline(vmap, words, texts, cleaned, method)
    return results[0] if isinstance(text, str) else results


def _check_method(method: str) -> None:
    if method != "calibrated":
        raise BadValue("method", method, "'calibrated' for a picture or a sum of texts")


def _calibrated(
    vmap: VoxelMap, words: TextEncoder, texts: list[str], cleaned: list[str], lowest: float
) -> list[QueryResult]:
    said = prototypes(vmap)
    reading = _read(vmap, said)

    def colored(question: Wording, scores: Float32[np.ndarray, " p"]) -> Float32[np.ndarray, " n"]:
        if not said.doubt:
            return _of_voxels(said, color_by_feature(words, reading, question, scores))
        of_voxels = _of_voxels(said, scores)
        if question.color:
            colors = partial(color_similarity, words, reading, question)
            of_voxels = _see(vmap, said).judged(vmap, of_voxels, said, question.color, colors, lowest=lowest)
        if question.material:
            materials = partial(material_similarity, words, reading, question)
            of_voxels = judged_by_material(vmap, of_voxels, said, question.material, materials, lowest=lowest)
        return of_voxels

    matches = match_texts(words, cleaned, reading)
    settled = (match.settled(colored) for match in matches)
    return [_answer(vmap, one, scores, said, lowest) for one, scores in zip(texts, settled, strict=True)]


def _by_baseline(
    vmap: VoxelMap, words: TextEncoder, texts: list[str], cleaned: list[str], method: str
) -> list[QueryResult]:
    said = replace(prototypes(vmap), doubt=0.0)
    all_scores, all_lowest = METHODS[method](words, cleaned, vmap.unit_features())
    results = []
    for one, scores, lowest in zip(texts, all_scores, all_lowest, strict=True):
        scores = np.clip(np.where(said.of_voxel >= 0, scores, 0), 0, 1).astype(np.float32)
        objects = find_objects(vmap, one, scores, said, lowest=float(lowest))
        results.append(QueryResult(one, bool(objects), objects, scores))
    return results


def _read(vmap: VoxelMap, said: Prototypes) -> Reading:
    """How the map's prototypes are compared with questions; worked out once a map."""
    if said not in _readings:
        _readings[said] = read(said.vectors, anchors(vmap.text_encoder), noisy=said.doubt > 0)
    return _readings[said]


def _see(vmap: VoxelMap, said: Prototypes) -> SeenColors:
    """The map's colours in words; worked out once a map."""
    if said not in _colors:
        _colors[said] = see_colors(vmap, said)
    return _colors[said]


def _of_voxels(said: Prototypes, scores: Float32[np.ndarray, " p"]) -> Float32[np.ndarray, " n"]:
    padded = np.append(scores, np.float32(0))  # voxels without a feature have prototype -1
    return padded[said.of_voxel].astype(np.float32)


def _answer(
    vmap: VoxelMap, text: str, scores: Float32[np.ndarray, " n"], said: Prototypes, lowest: float
) -> QueryResult:
    objects = find_objects(vmap, text, scores, said, lowest=lowest)
    return QueryResult(text, bool(objects), objects, scores)


def _checked_sum(weights: Mapping[str, float]) -> dict[str, float]:
    accepted = "texts with finite weights, such as {'chair': 1.0, 'wood': 0.5}"
    summed: dict[str, float] = {}
    for text, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not isfinite(weight):
            raise BadValue("the weighted sum of texts", dict(weights), accepted)
        same = clean(text)
        summed[same] = summed.get(same, 0.0) + weight
    if not any(summed.values()) or not all(map(isfinite, summed.values())):
        raise BadValue("the weighted sum of texts", dict(weights), accepted)
    return summed


def check_has_features(vmap: VoxelMap) -> None:
    """Refuse a map that was built without an encoder."""
    if vmap.feature_dim == 0 or not vmap.text_encoder:
        raise RequestError(
            f"This map was built with encoder={vmap.encoder or 'none'}, which keeps nothing to ask words of. "
            f"Build it with an encoder that has features, such as encoder=tiny."
        )
