"""How long a network is trained, and how fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingOptions:
    """How long and how fast."""

    steps: int = 12_000
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
    choice_weight: float = 1.0
    coarse_weight: float = 0.5
    """Of the same loss at stride 16."""
    averaging: float = 0.998
    """Of the mean of the weights, a step; the mean is what is kept."""
    checkpoint_every: int = 250
    device: str = "cpu"
    bfloat16: bool = True
    """Compute in bfloat16 where that saves time: where the processor or GPU does so natively."""
    seed: int = 0


def learning_rate(options: TrainingOptions, step: int) -> float:
    """Warm up, hold, cool down."""
    warm = min(1.0, (step + 1) / options.warm_up)
    cool = min(1.0, (1 - step / options.steps) / options.cool_down)
    return options.learning_rate * warm * cool
