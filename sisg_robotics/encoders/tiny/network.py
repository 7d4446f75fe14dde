"""The network behind the encoder "tiny": a picture to vectors in the words' space, one for every 4 pixels.

Residual stages at strides 4, 8, 16 and 32 (He et al., "Deep Residual Learning", 2016), self-attention over
the coarsest grid so that every cell knows the room it is in, and a top-down path with lateral connections
back to stride 4 (Lin et al., "Feature Pyramid Networks", 2017). Plain 3 x 3 convolutions: on a CPU they run
nearer to the arithmetic's limit than depthwise ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.fusion import fuse_conv_bn_eval

STRIDE = 4
"""Pixels between cells."""

COARSEST = 32
"""Pictures are padded to a multiple of this."""


@dataclass(frozen=True)
class TinyShape:
    """How wide and deep the network is; kept beside the weights."""

    channels: tuple[int, int, int, int] = (32, 64, 128, 256)
    blocks: tuple[int, int, int, int] = (1, 2, 3, 2)
    attention_layers: int = 1
    heads: int = 8
    path: int = 48
    """Channels of the top-down path at strides 4 and 8."""
    hidden: int = 80
    """What is known of a cell, from which its vector is made."""
    feature_dim: int = 384

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TinyShape:
        """From what `dataclasses.asdict` made, whose tuples have become lists."""
        as_written: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**as_written)


class TinyNetwork(nn.Module):
    """Pictures in [0, 1] to unit vectors; height and width are multiples of `COARSEST`."""

    def __init__(self, shape: TinyShape) -> None:
        super().__init__()
        self.shape = shape
        widths = shape.channels
        self.stem = nn.Sequential(_convolution(3, 24, stride=2), _convolution(24, widths[0], stride=2))
        self.stages = nn.ModuleList(
            nn.Sequential(
                *([] if level == 0 else [_convolution(widths[level - 1], widths[level], stride=2)]),
                *(_Residual(widths[level]) for _ in range(shape.blocks[level])),
            )
            for level in range(4)
        )
        self.context = nn.ModuleList(
            _Attention(widths[3], shape.heads) for _ in range(shape.attention_layers)
        )
        path = (shape.path, shape.path, widths[2], widths[3])
        self.down = nn.ModuleList(nn.Conv2d(path[level + 1], path[level], 1) for level in range(3))
        self.lateral = nn.ModuleList(nn.Conv2d(widths[level], path[level], 1) for level in range(3))
        self.smooth = nn.ModuleList(
            [
                _normalised(path[0], shape.hidden),  # of either sign, as what differs between words is
                *(_convolution(path[level], path[level]) for level in (1, 2)),
            ]
        )
        self.head = nn.Linear(shape.hidden, shape.feature_dim)

    def forward(self, rgb: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b h4 w4 d"]:
        """Vectors of any length, for each cell."""
        return self.vectors(self.grid(rgb).permute(0, 2, 3, 1))

    def vectors(self, hidden: Float[Tensor, "*n c"]) -> Float[Tensor, "*n d"]:
        """The last layer: what cells know, in the words' space."""
        return self.head(hidden)

    def unit_vectors(self, hidden: Float[Tensor, "n c"]) -> Float[Tensor, "n d"]:
        """Vectors of length 1, in single precision, computed in that of `hidden`."""
        vectors = F.linear(hidden, self.head.weight.to(hidden.dtype), self.head.bias.to(hidden.dtype)).float()
        return vectors.div_(torch.linalg.vector_norm(vectors, dim=1, keepdim=True).clamp_min_(1e-6))

    def folded(self) -> TinyNetwork:
        """A copy for use, with every batch normalisation taken into the convolution before it."""
        copy = TinyNetwork(self.shape).eval()
        copy.load_state_dict(self.state_dict())
        _fold(copy)
        return copy

    def grid(self, rgb: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b c h4 w4"]:
        """What each cell knows."""
        return self.grids(rgb)[-1]

    def grids(self, rgb: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b _ _ _"]]:
        """The top-down path at strides 16, 8 and 4."""
        x = self.stem((rgb - 0.43).mul_(4))  # about zero mean, unit deviation
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        for layer in self.context:
            x = layer(x)
        path = []
        for level in (2, 1, 0):
            up = F.interpolate(self.down[level](x), scale_factor=2.0, mode="nearest")
            x = self.smooth[level](self.lateral[level](levels[level]).add_(up))
            path.append(x)
        return path


def _normalised(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs)
    )


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(*_normalised(inputs, outputs, stride), nn.ReLU(inplace=True))


def _fold(module: nn.Module) -> None:
    for name, child in list(module.named_children()):
        parts = list(child.children())
        if isinstance(child, nn.Sequential) and len(parts) > 1 and isinstance(parts[1], nn.BatchNorm2d):
            assert isinstance(parts[0], nn.Conv2d)
            setattr(module, name, nn.Sequential(fuse_conv_bn_eval(parts[0], parts[1]), *parts[2:]))
        else:
            _fold(child)


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _convolution(width, width)
        self.second = _normalised(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x)).add_(x).relu_()


class _Attention(nn.Module):
    """A transformer layer over the cells of a grid. Places are known from the convolutions' borders alone."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        batch, width = x.shape[:2]
        tokens = x.flatten(2).transpose(1, 2)  # (b, n, c)
        q, k, v = (
            self.qkv(self.before(tokens))
            .view(batch, -1, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(tokens.shape)
        tokens = tokens + self.out(seen)
        tokens = tokens + self.mlp(self.between(tokens))
        return tokens.transpose(1, 2).reshape(x.shape).contiguous(memory_format=torch.channels_last)
