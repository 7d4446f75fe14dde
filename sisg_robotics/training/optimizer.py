"""Which steps the weights take: Muon for kernels and matrices, AdamW for everything else.

Muon (K. Jordan, "Muon: An optimizer for hidden layers in neural networks", 2024) makes every direction of a
matrix's step as long as any other. Here 250 steps of it do what 1000 of AdamW did (docs/tiny.md).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..encoders.tiny.network import TinyNetwork
from .schedule import TrainingOptions, learning_rate


class Optimizer:
    """Muon and AdamW over a network and the last layers, with the learning rate of each step."""

    def __init__(self, network: TinyNetwork, coarse: nn.Linear, options: TrainingOptions) -> None:
        self._options = options
        heads = [*network.head.parameters(), *coarse.parameters()]
        last = {id(weight) for weight in heads}
        body = [weight for weight in network.parameters() if id(weight) not in last]
        self._kernels = [weight for weight in body if weight.ndim >= 2]
        self._matrices = [nn.Parameter(_as_matrix(weight.detach())) for weight in self._kernels]
        self._muon = torch.optim.Muon(
            self._matrices, weight_decay=options.weight_decay, adjust_lr_fn="match_rms_adamw"
        )
        vectors = [weight for weight in body if weight.ndim < 2]
        self._adam = torch.optim.AdamW(
            [{"params": vectors, "share": 1.0}, {"params": heads, "share": options.head_share}],
            betas=(0.9, 0.98),
            weight_decay=0.0,
            fused=True,
        )

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for weight in self._kernels:
            weight.grad = None
        self._adam.zero_grad(set_to_none=True)

    def step(self, number: int) -> None:
        """Take step `number` along the gradients."""
        rate = learning_rate(self._options, number)
        for group in (*self._muon.param_groups, *self._adam.param_groups):
            group["lr"] = rate * group.get("share", 1.0)
        for kernel, matrix in zip(self._kernels, self._matrices, strict=True):
            assert kernel.grad is not None
            matrix.grad = _as_matrix(kernel.grad.contiguous(memory_format=_layout(kernel)))
        self._muon.step()
        self._adam.step()

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"muon": self._muon.state_dict(), "adam": self._adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._muon.load_state_dict(state["muon"])
        self._adam.load_state_dict(state["adam"])


def _as_matrix(kernel: Tensor) -> Tensor:
    """The same numbers in memory as outputs x inputs; kernels lie with their channels last."""
    if kernel.ndim == 2:
        return kernel
    return kernel.permute(0, 2, 3, 1).view(len(kernel), -1)


def _layout(kernel: Tensor) -> torch.memory_format:
    return torch.channels_last if kernel.ndim == 4 else torch.contiguous_format
