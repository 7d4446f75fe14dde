"""What train_encoder does with its keys."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import sisg_robotics as sisg

from ..datasets import RgbdSequence
from ..errors import RequestError
from .configs import TrainEncoderConfig

ADAPTER_FLATS = 3
"""Generated flats that an adapter is learned from where no recording is named; one more is for scores."""

PACKAGE = "package"
"""For `start`: the weights in the package."""

_ONLY_TINY = (
    *("start", "keep", "flats", "first_seed", "views", "held_out_flats"),
    *("steps", "learning_rate", "device", "workers"),
)
_ONLY_ADAPTER = ("sequences", "held_out", "rank")


def train_encoder_of(config: TrainEncoderConfig) -> str:
    """Train what is asked for, and say in one line what came out."""
    plain = TrainEncoderConfig()
    for name in _ONLY_TINY if config.adapter else _ONLY_ADAPTER:
        if getattr(config, name) != getattr(plain, name):
            meant = "it is for training tiny" if config.adapter else "it is for an adapter (adapter=true)"
            given = "true" if config.adapter else "false"
            raise RequestError(f"{name} has no effect with adapter={given}: {meant}. Leave it out.")
    if config.adapter:
        return _train_adapter(config)
    if config.encoder.name != "tiny":
        raise RequestError(
            f"Only the encoder 'tiny' is trained anew. For {config.encoder.name!r}, learn an adapter: "
            f"adapter=true."
        )
    if options := config.encoder.options():
        raise RequestError(
            f"encoder.{next(iter(options))} has no effect with adapter=false. Leave it out; start= names "
            f"weights to begin with, device= where to compute."
        )
    return _train_tiny(config)


def _train_tiny(config: TrainEncoderConfig) -> str:
    from ..encoders.devices import pick_device
    from ..encoders.tiny.encoder import installed_weights
    from ..training.flats import FlatOptions
    from ..training.recipe import Recipe, train_legs
    from ..training.schedule import TrainingOptions

    if config.keep and config.start is None and len(config.legs) == 1:
        raise RequestError("keep has no effect without start=, the weights of which to keep a share.")
    start = None if config.start is None else Path(config.start)
    if config.start == PACKAGE:
        start = installed_weights()
    training = TrainingOptions(
        learning_rate=config.learning_rate, seed=config.seed, device=pick_device(config.device)
    )
    recipe = Recipe(
        first_seed=config.first_seed,
        held_out_flats=config.held_out_flats,
        look=FlatOptions(views=config.views),
        start=start,
    )
    *earlier, last = (
        replace(recipe, flats=flats, training=replace(training, steps=steps)) for flats, steps in config.legs
    )
    legs = [*earlier, replace(last, keep=config.keep)]
    made = train_legs(Path(config.folder), legs, workers=config.workers or os.cpu_count() or 1)
    scores = made.scores
    took = f"{made.hours:.1f} hours" if made.hours >= 1 else f"{60 * made.hours:.1f} minutes"
    return (
        f"Wrote {made.weights} after {took} of training. On flats never seen: mIoU "
        f"{scores.miou:.3f} picture by picture, {scores.held_out_words:.0%} of things named by words never "
        f"heard, {scores.colors:.0%} of colours."
    )


def _train_adapter(config: TrainEncoderConfig) -> str:
    from ..encoders.adapter import write_adapter
    from ..training.adapt import AdapterOptions, named_cells, score_cells, train_adapter

    encoder = sisg.make_encoder(config.encoder.name, **config.encoder.options())
    if encoder.feature_dim == 0:
        raise RequestError(
            f"The encoder {encoder.name!r} has no features to adapt. Choose tiny, clip or lseg."
        )
    options = AdapterOptions(rank=config.rank, seed=config.seed)
    learned, held_out = _recordings(config)
    cells = named_cells(learned, encoder, options)
    unseen = named_cells(held_out, encoder, options)
    path = Path(config.folder) / f"{config.encoder.name}_adapter.safetensors"
    adapter = train_adapter(path.stem, cells, encoder, options)
    before, after = score_cells(unseen, encoder), score_cells(unseen, encoder, adapter)
    scores = {"before": before._asdict(), "after": after._asdict()}
    write_adapter(path, adapter.with_card(scores))
    return (
        f"Wrote {path}. On recordings never learned from: mIoU {before.miou:.3f} before, {after.miou:.3f} "
        f"after; {before.right:.0%} of cells named rightly before, {after.right:.0%} after."
    )


def _recordings(config: TrainEncoderConfig) -> tuple[list[RgbdSequence], list[RgbdSequence]]:
    """What to learn from, and what to score on."""
    if (config.sequences is None) != (config.held_out is None):
        raise RequestError("Name both: sequences to learn from, and held_out to score on. Or neither.")
    if config.sequences is not None:
        return _opened(config.sequences), _opened(config.held_out)
    flats = []
    for seed in range(ADAPTER_FLATS + 1):
        folder = Path(config.folder) / "flats" / f"flat_{seed}"
        flats.append(sisg.render(sisg.generate_scene(seed=seed), folder, frames=40, progress=True))
    return flats[:-1], flats[-1:]


def _opened(given: object) -> list[RgbdSequence]:
    folders = [given] if isinstance(given, str) else list(given)  # type: ignore[call-overload]
    return [RgbdSequence.open(Path(str(folder))) for folder in folders]
