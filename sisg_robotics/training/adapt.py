"""Fitting a frozen encoder to a domain: an adapter learned from any recordings whose pixels are named.

Features of some cells of each frame are taken once and kept; the adapter is learned from them with the loss
of the encoder "tiny". No labelled map is needed, only a semantic channel and its class names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor, nn

from .._progress import progress_bar
from ..encoders import Encoder, Grid
from ..encoders.adapter import Adapter
from ..errors import RequestError
from ..evaluation.segmentation import score_segmentation
from .loss import losses
from .views import Thing
from .words import Phrase, draw_phrase, truth


@dataclass(frozen=True)
class AdapterOptions:
    """How much is learned."""

    rank: int = 64
    cells_of_frame: int = 400
    steps: int = 600
    batch: int = 2048
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    scale: float = 25.0
    distance_weight: float = 1.0
    stay: float = 0.1
    """Weight of the mean squared step away from the encoder's own vector."""
    seed: int = 0


class NamedCells(NamedTuple):
    """Features and what each shows."""

    features: Float32[np.ndarray, "n d"]
    thing: Int64[np.ndarray, " n"]
    things: tuple[Thing, ...]


class AdapterScores(NamedTuple):
    """On cells never learned from: mean IoU over the classes that occur, and the share named rightly."""

    miou: float
    right: float


def named_cells(
    sequences: Sequence[Any], encoder: Encoder, options: AdapterOptions, *, progress: bool = True
) -> NamedCells:
    """Features of some cells of every frame of RgbdSequences, with the thing at each cell's centre.

    Cells that show nothing with a name are left out. Raises RequestError where none is left, for a frame
    without a semantic image, and for an encoder without a grid.
    """
    things: dict[Thing, int] = {}
    features, shown = [], []
    frames = [(sequence, index) for sequence in sequences for index in range(len(sequence))]
    for number, (sequence, index) in enumerate(progress_bar(frames, "encoding", shown=progress)):
        frame = sequence[index]
        if frame.semantic is None:
            raise RequestError(
                f"Frame {index} of {sequence.root} has no semantic image. Name sequences that have one, "
                f"such as rendered flats."
            )
        found = encoder.encode(frame)
        rng = np.random.default_rng([options.seed, number])
        rows, places = _sample(found, frame.semantic.shape, options, rng)
        for row, (v, u) in zip(rows, places, strict=True):
            thing = _thing(sequence, frame, int(v), int(u))
            if thing is not None:
                features.append(found.table[row])
                shown.append(things.setdefault(thing, len(things)))
    if not features:
        raise RequestError(
            "No pixel of these sequences has a class with a name. Check classes in sequence.json."
        )
    return NamedCells(np.stack(features), np.array(shown, dtype=np.int64), tuple(things))


def train_adapter(
    name: str, cells: NamedCells, encoder: Encoder, options: AdapterOptions, *, progress: bool = True
) -> Adapter:
    """The adapter that brings these cells nearest to the words for what they show."""
    torch.manual_seed(options.seed)
    rng = np.random.default_rng([options.seed, 1])
    module = _Bottleneck(encoder.feature_dim, options.rank)
    optimizer = torch.optim.AdamW(
        module.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
    )
    balanced = 1 / np.sqrt(np.bincount(cells.thing, minlength=len(cells.things)))[cells.thing]
    balanced /= balanced.sum()
    classes = sorted({thing.class_name for thing in cells.things})
    names = [Phrase(class_name, frozenset([class_name])) for class_name in classes]
    targets = torch.from_numpy(encoder.encode_text([thing.class_name for thing in cells.things]))
    for step in progress_bar(range(options.steps), "adapting", shown=progress, unit="step"):
        drawn = rng.choice(len(cells.thing), size=options.batch, p=balanced)
        phrases = list({p.text: p for p in [*names, *(draw_phrase(t, rng) for t in cells.things)]}.values())
        found = torch.from_numpy(cells.features[drawn])
        moved, added = module(found)
        loss = losses(
            moved,
            torch.from_numpy(cells.thing[drawn]),
            targets,
            torch.from_numpy(encoder.encode_text([phrase.text for phrase in phrases])),
            torch.from_numpy(truth(phrases, cells.things)),
            scale=options.scale,
            name_count=len(names),
        )
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * (1 - step / options.steps)
        optimizer.zero_grad()
        total = loss.contrast + options.distance_weight * loss.distance
        (total + options.stay * added.square().sum(dim=1).mean()).backward()
        optimizer.step()
    down, bias, up = (
        parameter.detach().numpy().copy()
        for parameter in (module.down.weight, module.down.bias, module.up.weight)
    )
    card = {"cells": len(cells.thing), "classes": classes, "options": asdict(options)}
    return Adapter(name, down, bias, up, encoder.name, encoder.text_encoder, card)


def score_cells(cells: NamedCells, encoder: Encoder, adapter: Adapter | None = None) -> AdapterScores:
    """How well the classes that occur are told apart by their names."""
    classes = sorted({thing.class_name for thing in cells.things})
    number = np.array([1 + classes.index(thing.class_name) for thing in cells.things])
    features = cells.features if adapter is None else adapter.moved(cells.features)
    guess = 1 + (features @ encoder.encode_text(classes).T).argmax(axis=1)
    right = number[cells.thing]
    found = score_segmentation(guess, right, dict(enumerate(classes, start=1)))
    return AdapterScores(found.miou, float((guess == right).mean()))


class _Bottleneck(nn.Module):
    """Begins as the identity."""

    def __init__(self, dim: int, rank: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(dim, rank), nn.Linear(rank, dim, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        added = self.up(torch.relu(self.down(features)))
        return features + added, added


def _sample(
    found: object, shape: tuple[int, ...], options: AdapterOptions, rng: np.random.Generator
) -> tuple[Int64[np.ndarray, " m"], Int64[np.ndarray, "m 2"]]:
    """Rows of a frame's table, and a pixel (v, u) that shows each."""
    if isinstance(found, Grid):
        rows = rng.permutation(found.rows * found.columns)[: options.cells_of_frame]
        r, c = np.divmod(rows, found.columns)
        v = (r + 0.5) / found.rows * shape[0]
        u = (c + 0.5) / found.columns * shape[1]
        return rows, np.stack([v, u], axis=1).astype(np.int64)
    raise RequestError("An adapter needs an encoder with a grid of features: tiny, clip or lseg.")


def _thing(sequence: Any, frame: Any, v: int, u: int) -> Thing | None:
    """What a pixel shows: by its object where that is known, else by its class."""
    if frame.instance is not None:
        known = sequence.objects.get(int(frame.instance[v, u]))
        if known is not None:
            return Thing(known.class_name, known.description or known.class_name)
    class_name = sequence.classes.get(int(frame.semantic[v, u]))
    return None if class_name is None else Thing(class_name, class_name)
