"""How long a network is trained, how fast, and which of its weights take smaller steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from ..encoders.tiny.network import TinyNetwork


@dataclass(frozen=True)
class TrainingOptions:
    """How long and how fast."""

    steps: int = 9_000
    learning_rate: float = 1.5e-3
    head_share: float = 0.1
    """Of the learning rate, for the last layer: its numbers are small, and a step is as large for all."""
    warm_up: int = 200
    cool_down: float = 0.3
    """The learning rate falls linearly to zero over this last share of the steps."""
    weight_decay: float = 0.02
    scale: float = 25.0
    """The softmax's inverse temperature."""
    distance_weight: float = 4.0
    coarse_weight: float = 0.5
    """Of the same loss at stride 16."""
    averaging: float = 0.998
    """Of the mean of the weights, a step; the mean is what is kept."""
    checkpoint_every: int = 250
    device: str = "cpu"
    bfloat16: bool = True
    """Compute in bfloat16 where that saves time."""
    seed: int = 0


def learning_rate(options: TrainingOptions, step: int) -> float:
    """Warm up, hold, cool down."""
    warm = min(1.0, (step + 1) / options.warm_up)
    cool = min(1.0, (1 - step / options.steps) / options.cool_down)
    return options.learning_rate * warm * cool


def parameter_groups(
    network: TinyNetwork, coarse: nn.Linear, options: TrainingOptions
) -> list[dict[str, Any]]:
    """Weight decay for matrices and kernels, none for biases and norms; last layers take smaller steps."""
    heads = [*network.head.parameters(), *coarse.parameters()]
    last = {id(parameter) for parameter in heads}
    body = [parameter for parameter in network.parameters() if id(parameter) not in last]
    matrices = [parameter for parameter in body if parameter.ndim >= 2]
    others = [parameter for parameter in body if parameter.ndim < 2]
    return [
        {"params": matrices, "weight_decay": options.weight_decay, "share": 1.0},
        {"params": others, "weight_decay": 0.0, "share": 1.0},
        {"params": heads, "weight_decay": 0.0, "share": options.head_share},
    ]
