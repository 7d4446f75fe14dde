"""Batches drawn from files of views: pictures, the cells that count, and phrases about what they show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int8, Int64, UInt8
from scipy.ndimage import maximum_filter

from ..encoders import TextEncoder
from ..encoders.oracle import NAME_SHARE
from .augment import Augmentation, augmented
from .views import Thing, View, ViewFile
from .words import OTHERS, draw_choice, draw_negatives, draw_phrase, name_phrases, truth

SEEN_PX = 120
"""A view shows a thing when this many of its pixels do."""

CELLS = 4096
"""Cells of a batch that the loss looks at; all would cost more than the network itself."""

EVENNESS = 0.75
"""How cells are drawn from a picture: 0 all alike, 1 each thing as often as each other."""

BESIDE = 2
"""Cells that are so near to a thing are beside it."""


class Batch(NamedTuple):
    """b pictures; n cells of them, each of which shows one of t things; p phrases, true of some things."""

    rgb: UInt8[np.ndarray, "b h w 3"]
    cell: Int64[np.ndarray, " n"]
    """Index into the flattened (b, rows, columns) grid."""
    thing_of_cell: Int64[np.ndarray, " n"]
    targets: Float32[np.ndarray, "t d"]
    """Unit vectors: name and description, as the oracle encoder mixes them."""
    phrases: Float32[np.ndarray, "p d"]
    truth: Int8[np.ndarray, "p t"]
    choices: Float32[np.ndarray, "t k d"]
    """For each thing a phrase that is true of it, then those that are not; zeros where there is no choice."""


@dataclass(frozen=True)
class Phase:
    """How batches are drawn for a while."""

    share: float
    """Of all steps."""
    batch: int
    augmentation: Augmentation


class Batches:
    """Batch number i of `steps` is drawn by (seed, i) alone, so that training resumes where it stopped.

    Two crops in three show a thing of a class drawn evenly from all that there are; the others are anywhere.
    """

    def __init__(
        self,
        files: Sequence[ViewFile],
        texts: TextEncoder,
        phases: Sequence[Phase],
        *,
        steps: int,
        stride: int,
        seed: int,
    ) -> None:
        self._files, self._texts = list(files), texts
        self._phases, self._stride, self._seed = list(phases), stride, seed
        self._ends = np.round(np.cumsum([phase.share for phase in phases]) * steps).astype(int)
        self._views = [(f, i) for f, file in enumerate(self._files) for i in range(len(file))]
        self._showing: dict[str, list[tuple[int, int, int]]] = {}
        for file, index in self._views:
            ids, count = np.unique(self._files[file].ids(index), return_counts=True)
            for number in ids[(count >= SEEN_PX) & (ids > 0)]:
                class_name = self._files[file].things[int(number)].class_name
                self._showing.setdefault(class_name, []).append((file, index, int(number)))

    def __getitem__(self, number: int) -> Batch:
        rng = np.random.default_rng([self._seed, number])
        phase = self._phases[min(int((self._ends <= number).sum()), len(self._phases) - 1)]
        pictures, cells, shown = [], [], []
        things: dict[Thing, int] = {}
        for place in range(phase.batch):
            file, view = self._draw_view(phase.augmentation, rng)
            middle = self._stride // 2
            ids = view.ids[middle :: self._stride, middle :: self._stride]
            chosen = _draw_cells(ids, CELLS // phase.batch, rng)
            numbers = np.zeros(int(ids.max()) + 1, dtype=np.int64)
            for number_in_file in np.unique(ids.ravel()[chosen]):
                thing = file.things[int(number_in_file)]
                numbers[number_in_file] = things.setdefault(thing, len(things))
            pictures.append(view.rgb)
            cells.append(chosen + place * ids.size)
            shown.append(numbers[ids.ravel()[chosen]])
        known = list(things)
        phrases = [*name_phrases(), *(draw_phrase(t, rng) for t in known)]
        phrases += [phrase for t in known if t.color for phrase in draw_negatives(t, rng)]
        phrases = list({phrase.text: phrase for phrase in phrases}.values())
        return Batch(
            np.stack(pictures),
            np.concatenate(cells),
            np.concatenate(shown),
            target_vectors(known, self._texts),
            self._texts.encode([phrase.text for phrase in phrases]),
            truth(phrases, known),
            self._choices(known, rng),
        )

    def _choices(self, things: Sequence[Thing], rng: np.random.Generator) -> Float32[np.ndarray, "t k d"]:
        drawn = {
            i: draw_choice(thing, rng) for i, thing in enumerate(things) if thing.color and thing.material
        }
        vectors = np.zeros((len(things), 1 + OTHERS, self._texts.dim), dtype=np.float32)
        for i, texts in drawn.items():
            vectors[i] = self._texts.encode(list(texts))
        return vectors

    def run(self, start: int, stop: int, *, ahead: int = 3) -> Iterator[Batch]:
        """Batches start to stop - 1, drawn in the background while the one before is used."""
        with ThreadPoolExecutor(1) as pool:
            first = range(start, min(start + ahead, stop))
            waiting = [pool.submit(self.__getitem__, number) for number in first]
            for number in range(start, stop):
                batch = waiting.pop(0).result()
                if number + ahead < stop:
                    waiting.append(pool.submit(self.__getitem__, number + ahead))
                yield batch

    def _draw_view(self, how: Augmentation, rng: np.random.Generator) -> tuple[ViewFile, View]:
        if rng.random() < 1 / 3:
            number, index = self._views[rng.integers(len(self._views))]
            return self._files[number], augmented(self._files[number][index], how, rng)
        shown = self._showing[str(rng.choice(sorted(self._showing)))]
        number, index, thing = shown[rng.integers(len(shown))]
        view = self._files[number][index]
        v, u = np.nonzero(view.ids == thing)
        at = int(rng.integers(len(v)))
        return self._files[number], augmented(view, how, rng, (int(u[at]), int(v[at])))


def target_vectors(things: Sequence[Thing], texts: TextEncoder) -> Float32[np.ndarray, "t d"]:
    """What the oracle encoder says of these things."""
    names = texts.encode([thing.class_name for thing in things])
    descriptions = texts.encode([thing.description or thing.class_name for thing in things])
    mixed = NAME_SHARE * names + (1 - NAME_SHARE) * descriptions
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _draw_cells(ids: np.ndarray, count: int, rng: np.random.Generator) -> Int64[np.ndarray, " n"]:
    """Cells of a picture; things that fill little of it come nearly as often as those that fill much.

    What is beside a small thing comes as often as the thing: else the border between them is learned too far
    out, since there each cell counts for more if it is the thing's.
    """
    flat = ids.ravel()
    own = np.where(ids > 0, np.bincount(flat)[ids] ** -EVENNESS, 0)
    weight = np.where(flat > 0, maximum_filter(own, 2 * BESIDE + 1).ravel(), 0)
    able = int((weight > 0).sum())
    if able == 0:
        return np.zeros(0, dtype=np.int64)
    # the keys of Efraimidis and Spirakis (2006): a weighted draw without replacement
    keys = rng.exponential(size=len(flat)) / np.maximum(weight, 1e-12)
    return np.sort(np.argpartition(keys, min(count, able) - 1)[: min(count, able)]).astype(np.int64)
