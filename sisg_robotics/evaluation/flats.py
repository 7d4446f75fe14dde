"""Generated flats to measure on: rendered once, mapped with an encoder, and what to ask them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int32

from ..assets import class_ids
from ..datasets import RgbdSequence
from ..encoders import Encoder, make_encoder
from ..maps import VoxelMap, build_map
from ..rendering.render import render
from ..scenes import Scene, generate_scene
from .questions import Question, absent_questions, draw, object_centers, present_questions
from .segmentation import SegmentationScores, majority_ids, score_segmentation

SEEN_CELLS = 5
"""An object counts as seen, and may be asked for, when it holds the majority in this many cells."""

CELL_SIZE_M = 0.05


@dataclass(frozen=True, eq=False)
class Flat:
    """A generated flat and its recording."""

    seed: int
    scene: Scene
    sequence: RgbdSequence

    @property
    def centers(self) -> dict[int, Float64[np.ndarray, " 3"]]:
        """World centre of every object, by object id, metres."""
        return object_centers(self.scene)


@dataclass(frozen=True, eq=False)
class MappedFlat:
    """A flat's map, and what its cells truly show: class ids and object ids (n,), 0 = nothing known."""

    flat: Flat
    vmap: VoxelMap
    classes: Int32[np.ndarray, " n"]
    objects: Int32[np.ndarray, " n"]
    seconds: float
    """What mapping took, reading and encoding included."""

    @property
    def seen(self) -> set[int]:
        """Ids of the objects that were seen well enough to be asked for."""
        return set(np.flatnonzero(np.bincount(self.objects) >= SEEN_CELLS).tolist())


def recorded_flat(seed: int, folder: Path, *, frames: int = 120, sensor: str = "ideal") -> Flat:
    """The flat of that seed, rendered into a folder of its own in `folder` unless it is there already."""
    scene = generate_scene(seed=seed)
    name = f"flat_{seed}" if sensor == "ideal" else f"flat_{seed}_{sensor}"
    return Flat(seed, scene, render(scene, folder / name, frames=frames, sensor=sensor, progress=True))


def mapped_flat(flat: Flat, encoder_name: str) -> MappedFlat:
    """The flat's map at 5 cm, with the encoder of that name."""
    return map_with(flat, make_encoder(encoder_name, sequence=flat.sequence))


def map_with(flat: Flat, encoder: Encoder) -> MappedFlat:
    """The flat's map at 5 cm, with an encoder."""
    start = time.perf_counter()
    vmap = build_map(flat.sequence, encoder, cell_size_m=CELL_SIZE_M)
    seconds = time.perf_counter() - start
    classes = majority_ids(flat.sequence, vmap, "semantic")
    return MappedFlat(flat, vmap, classes, majority_ids(flat.sequence, vmap, "instance"), seconds)


def segmentation(mapped: MappedFlat) -> SegmentationScores:
    """How well the map names its cells, among the classes that are there."""
    ids, classes = class_ids(), mapped.flat.sequence.classes
    names = sorted({classes[i] for i in np.unique(mapped.classes[mapped.classes > 0])})
    chosen = mapped.vmap.classify(names)
    found = np.append([ids[name] for name in names], 0)[chosen]  # -1, no feature, is class 0
    return score_segmentation(found, mapped.classes, dict(classes))


def drawn_questions(mapped: MappedFlat, count: int) -> list[Question]:
    """`count` questions about what was seen and as many about what is absent; always the same for a flat."""
    rng = np.random.default_rng([mapped.flat.seed, 7])
    questions = draw(present_questions(mapped.flat.scene, mapped.seen), count, rng)
    return questions + draw(absent_questions(mapped.flat.scene), count, rng)
