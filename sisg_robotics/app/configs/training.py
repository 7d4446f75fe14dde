"""Keys about training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

from ...errors import BadValue
from .keys import check_at_least, key
from .maps import EncoderConfig

RECIPE_FLATS = (700, 700, 1400)
"""To learn from in the first training, the second, and those after."""


@dataclass(frozen=True)
class TrainedEncoderConfig(EncoderConfig):
    """What is trained, or adapted."""

    name: str = key("tiny", "encoder: tiny is trained anew; with adapter=true also clip or lseg as they are")


@dataclass(frozen=True)
class TrainEncoderConfig:
    """Keys of train_encoder."""

    encoder: TrainedEncoderConfig = key(TrainedEncoderConfig, "what is trained, or adapted")
    adapter: bool = key(False, "leave the encoder as it is and learn a small adapter behind it")
    sequences: Any = key(None, "adapter: recordings with a semantic channel; null: a few generated flats")
    held_out: Any = key(None, "adapter: recordings to score on; null: one more generated flat")
    rank: int = key(64, "adapter: width of its bottleneck")
    folder: str = key("data/training", "where views, checkpoint, log and weights, or the adapter, lie")
    start: str | None = key(
        None, "tiny: file of weights to begin with; package: those in the package; null: none"
    )
    keep: float = key(0.0, "tiny: share of those weights in the mean with the learned ones that is written")
    flats: Any = key(
        None,
        "tiny: flats to learn from, rendered where they are missing; [700,1400]: in each training; "
        "null: 700, from the third training on 1400",
    )
    first_seed: int = key(100_300, "tiny: of those flats; other ones for weights that have seen these")
    views: int = key(8, "tiny: pictures of each flat")
    held_out_flats: int = key(10, "tiny: flats to score on, which are never learned from")
    steps: Any = key(
        [12_000, 16_000, 16_000],
        "tiny: steps of the training; [12000,16000]: of several, each from the weights of the one before",
    )
    learning_rate: float = key(1.5e-3, "tiny: largest step size, between warm-up and cool-down")
    seed: int = key(0, "decides first weights, crops and words")
    device: str = key(
        "auto", "tiny: cpu, cuda, or auto: a GPU where there is one; an adapter has encoder.device"
    )
    workers: int | None = key(None, "tiny: processes that render; null: one a core")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        for name in ("views", "held_out_flats", "rank"):
            check_at_least(name, getattr(self, name), 1)
        steps = _listed(self.steps)
        if not steps or not all(map(_is_count, steps)):
            raise BadValue("steps", self.steps, "a number of steps, or several in brackets: [12000,16000]")
        flats = [1] if self.flats is None else _listed(self.flats)
        if len(flats) not in (1, len(steps)) or not all(map(_is_count, flats)):
            wanted = "a number of flats, or in brackets one for each training that steps= names: [700,1400]"
            raise BadValue("flats", self.flats, wanted)
        check_at_least("first_seed", self.first_seed, 100_000)
        if not 0 <= self.keep < 1:
            raise BadValue("keep", self.keep, "a share from 0 to below 1")

    @property
    def legs(self) -> list[tuple[int, int]]:
        """Flats and steps of the trainings, one after the other."""
        flats = RECIPE_FLATS if self.flats is None else _listed(self.flats)
        return list(zip(chain(flats, repeat(flats[-1])), _listed(self.steps), strict=False))


def _listed(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list | tuple) else [given]


def _is_count(given: Any) -> bool:
    return type(given) is int and given > 0
