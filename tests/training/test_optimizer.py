from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from torch import nn

from sisg_robotics.encoders.tiny.network import TinyNetwork, TinyShape
from sisg_robotics.training.optimizer import Optimizer
from sisg_robotics.training.schedule import TrainingOptions, learning_rate

SHAPE = TinyShape(channels=(8, 8, 16, 16), blocks=(1, 1, 1, 1), heads=2, path=8, hidden=8, feature_dim=12)
OPTIONS = TrainingOptions(steps=100, warm_up=1, learning_rate=0.01, weight_decay=0.0)


def made(seed: int = 0) -> tuple[TinyNetwork, nn.Linear, Optimizer]:
    torch.manual_seed(seed)
    network = TinyNetwork(SHAPE).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    coarse = nn.Linear(SHAPE.channels[2], SHAPE.feature_dim)
    return network, coarse, Optimizer(network, coarse, OPTIONS)


def step(network: TinyNetwork, coarse: nn.Linear, optimizer: Optimizer, number: int) -> float:
    torch.manual_seed(100 + number)
    middle, _, fine = network.grids(torch.rand(4, 3, 128, 128))
    loss = (network.vectors(fine.permute(0, 2, 3, 1)) - 1).square().mean()
    loss = loss + (coarse(middle.permute(0, 2, 3, 1)) - 1).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step(number)
    return float(loss.detach())


def test_a_kernels_step_is_as_long_in_every_direction() -> None:
    network, coarse, optimizer = made()
    kernel = network.stages[2][0][0].weight  # 16 outputs of 8 channels by 3 x 3
    before = kernel.detach().clone()
    step(network, coarse, optimizer, 0)
    taken = (before - kernel.detach()).reshape(16, -1)
    unit = learning_rate(OPTIONS, 0) * 0.2 * max(taken.shape) ** 0.5
    lengths = torch.linalg.svdvals(taken) / unit
    assert lengths.min() > 0.4 and lengths.max() < 1.4


def test_every_weight_moves_and_the_loss_falls() -> None:
    network, coarse, optimizer = made()
    before = [weight.detach().clone() for weight in (*network.parameters(), *coarse.parameters())]
    losses = [step(network, coarse, optimizer, number) for number in range(30)]
    assert losses[-1] < 0.7 * losses[0]
    after = (*network.parameters(), *coarse.parameters())
    assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_checkpoint_goes_on_as_if_nothing_had_happened() -> None:
    network, coarse, optimizer = made()
    for number in range(3):
        step(network, coarse, optimizer, number)
    again, coarse_again, optimizer_again = made(seed=1)
    again.load_state_dict(network.state_dict())
    coarse_again.load_state_dict(coarse.state_dict())
    optimizer_again.load_state_dict(deepcopy(optimizer.state_dict()))
    for each in ((network, coarse, optimizer), (again, coarse_again, optimizer_again)):
        step(*each, 3)
    for mine, other in zip(network.parameters(), again.parameters(), strict=True):
        assert other.detach() == pytest.approx(mine.detach(), abs=1e-6)
