"""Generated flats to measure on: rendered once, mapped with an encoder, and what to ask them.

Their truth is known: scene.json says what stands where, and the ids of the frames say what each cell shows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int32, Int64

from ..assets import class_ids
from ..datasets import RgbdSequence
from ..encoders import Encoder, make_encoder
from ..errors import MissingPath, RequestError
from ..maps import VoxelMap, build_map
from ..rendering.render import render
from ..scenes import Scene, generate_scene, load_scene
from ..scenes.files import SCENE_FILE
from .questions import Question, absent_questions, draw, object_centers, present_questions
from .segmentation import SegmentationScores, majority_ids, score_segmentation

SEEN_CELLS = 5
"""An object counts as seen, and may be asked for, when it holds the majority in this many cells."""

CELL_SIZE_M = 0.05

LEAST_KNOWN = 0.9
"""Share of a map's cells in which pixels of its own recording fall, at least. All do, but for what a reader
of other depth limits leaves out; of another flat's recording it is about half."""


@dataclass(frozen=True, eq=False)
class Flat:
    """A generated flat and its recording."""

    seed: int
    scene: Scene
    sequence: RgbdSequence

    @cached_property
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


def opened_flat(folder: Path | str) -> Flat:
    """The flat that was generated and rendered into a folder, which must hold its truth."""
    folder = Path(folder)
    if not (folder / SCENE_FILE).is_file():
        raise MissingPath(
            "scene.json",
            folder,
            "Generated scenes bring their truth along; for Replica and ScanNet say protocol= and truth=.",
        )
    sequence = RgbdSequence.open(folder)
    lacking = [channel for channel in ("semantic", "instance") if channel not in sequence.channels]
    if lacking:
        raise RequestError(
            f"{folder} has no {' and no '.join(lacking)} ids, which are the truth that a map is measured "
            f"against. Render it again with channels=[semantic,instance]."
        )
    scene = load_scene(folder)
    return Flat(scene.seed, scene, sequence)


def mapped_flat(flat: Flat, encoder_name: str) -> MappedFlat:
    """The flat's map at 5 cm, with the encoder of that name."""
    return map_with(flat, make_encoder(encoder_name, sequence=flat.sequence))


def map_with(flat: Flat, encoder: Encoder) -> MappedFlat:
    """The flat's map at 5 cm, with an encoder."""
    start = time.perf_counter()
    vmap = build_map(flat.sequence, encoder, cell_size_m=CELL_SIZE_M)
    return with_truth(flat, vmap, time.perf_counter() - start)


def with_truth(flat: Flat, vmap: VoxelMap, seconds: float = float("nan")) -> MappedFlat:
    """A map of the flat's recording, and what its cells truly show. Raises RequestError for another's map."""
    frames = flat.sequence.undistorted()
    root = flat.sequence.root
    if vmap.sequence not in ("", root.name, root.resolve().name):
        raise _another(flat, f"of the recording {vmap.sequence!r}")
    objects = majority_ids(frames, vmap, "instance")
    known = np.count_nonzero(objects) / max(len(vmap), 1)
    if known < LEAST_KNOWN:
        raise _another(flat, f"of something else: only {known:.0%} of its cells are seen in this recording")
    return MappedFlat(flat, vmap, majority_ids(frames, vmap, "semantic"), objects, seconds)


def with_another_map(mapped: MappedFlat, vmap: VoxelMap, seconds: float = float("nan")) -> MappedFlat:
    """The same flat in another map of it; the truth is not read again where the cells are the same."""
    same = vmap.cell_size_m == mapped.vmap.cell_size_m and np.array_equal(vmap.cells, mapped.vmap.cells)
    if same and np.array_equal(vmap.origin_xyz_m, mapped.vmap.origin_xyz_m):
        return replace(mapped, vmap=vmap, seconds=seconds)
    return with_truth(mapped.flat, vmap, seconds)


def _another(flat: Flat, problem: str) -> RequestError:
    return RequestError(
        f"This map is {problem}, not of {flat.sequence.root}. Give the map of this recording, or build it "
        f"again with create_map."
    )


def segmentation(mapped: MappedFlat) -> SegmentationScores:
    """How well the map names its cells, among the classes that are there."""
    return score_segmentation(named_cells(mapped), mapped.classes, dict(mapped.flat.sequence.classes))


def named_cells(mapped: MappedFlat) -> Int64[np.ndarray, " n"]:
    """The class id that the map gives each cell, among the classes that are there; 0 without a feature."""
    ids, classes = class_ids(), mapped.flat.sequence.classes
    names = sorted({classes[i] for i in np.unique(mapped.classes[mapped.classes > 0])})
    return np.append([ids[name] for name in names], 0)[mapped.vmap.classify(names)]  # -1, no feature, is 0


def drawn_questions(mapped: MappedFlat, count: int) -> list[Question]:
    """`count` questions about what was seen and as many about what is absent; always the same for a flat."""
    rng = np.random.default_rng([mapped.flat.seed, 7])
    questions = draw(present_questions(mapped.flat.scene, mapped.seen), count, rng)
    return questions + draw(absent_questions(mapped.flat.scene), count, rng)
