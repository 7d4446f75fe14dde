"""OpenAI's CLIP as its archives hold it: modules and parameters under their names, and what they compute."""

from __future__ import annotations

import warnings
from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor, nn


class QuickGelu(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(1.702 * x)


class Mlp(nn.Sequential):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.add_module("c_fc", nn.Linear(width, 4 * width))
        self.add_module("gelu", QuickGelu())
        self.add_module("c_proj", nn.Linear(4 * width, width))


class Block(nn.Module):
    def __init__(self, width: int, causal: bool) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, max(1, width // 64))
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = Mlp(width)
        self.ln_2 = nn.LayerNorm(width)
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:
        count = x.shape[0]
        mask = torch.full((count, count), float("-inf"), dtype=x.dtype).triu(1) if self.causal else None
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width: int, layers: int, causal: bool) -> None:
        super().__init__()
        self.resblocks = nn.Sequential(*(Block(width, causal) for _ in range(layers)))

    def forward(self, x: Tensor) -> Tensor:
        return self.resblocks(x.transpose(0, 1)).transpose(0, 1)


class Visual(nn.Module):
    def __init__(self, width: int, layers: int, patch: int, side: int, dim: int) -> None:
        super().__init__()
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.positional_embedding = nn.Parameter(torch.zeros((side // patch) ** 2 + 1, width))
        self.proj = nn.Parameter(torch.zeros(width, dim))
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Transformer(width, layers, causal=False)

    def forward(self, x: Tensor) -> Tensor:
        patches = self.conv1(x).flatten(2).transpose(1, 2)
        first = self.class_embedding.expand(x.shape[0], 1, -1)
        tokens = self.ln_pre(torch.cat([first, patches], 1) + self.positional_embedding)
        return self.ln_post(self.transformer(tokens)[:, 0]) @ self.proj


class OpenaiClip(nn.Module):
    def __init__(
        self, vocabulary: int, context: int = 77, width: int = 64, layers: int = 2, dim: int = 16
    ) -> None:
        super().__init__()
        self.positional_embedding = nn.Parameter(torch.zeros(context, width))
        self.text_projection = nn.Parameter(torch.zeros(width, dim))
        self.logit_scale = nn.Parameter(torch.zeros([]))
        for name, number in (
            ("input_resolution", 32),
            ("context_length", context),
            ("vocab_size", vocabulary),
        ):
            self.register_buffer(name, torch.tensor(number))
        self.visual = Visual(width, layers, 8, 32, dim)
        self.transformer = Transformer(width, layers, causal=True)
        self.token_embedding = nn.Embedding(vocabulary, width)
        self.ln_final = nn.LayerNorm(width)

    def encode_text(self, ids: Tensor) -> Tensor:
        tokens = self.token_embedding(ids) + self.positional_embedding[: ids.shape[1]]
        tokens = self.ln_final(self.transformer(tokens))
        return tokens[torch.arange(ids.shape[0]), ids.argmax(1)] @ self.text_projection

    def forward(self, image: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        return self.visual(image), self.encode_text(ids)


def random_clip(vocabulary: int, seed: int = 0, **sizes: int) -> OpenaiClip:
    """With weights that half precision holds exactly, since that is how OpenAI keeps most of them."""
    model = OpenaiClip(vocabulary, **sizes)
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            spread = max(4, max(weight.shape, default=1) ** 0.5)
            weight.copy_((torch.randn(weight.shape, generator=chance) / spread).half())
    return model.eval().requires_grad_(False)


def in_half(name: str) -> bool:
    """Which weights OpenAI keeps in half precision: of layers, but not of norms and embeddings."""
    return "ln_" not in name and "embedding" not in name and name != "logit_scale"


def save_archive(model: OpenaiClip, path: Path) -> None:
    """As OpenAI made its files: traced, mostly in half precision, saved with its code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing is deprecated, and remarks on shapes
        ids = torch.zeros(1, int(model.context_length), dtype=torch.long)
        traced = torch.jit.trace(deepcopy(model), (torch.zeros(1, 3, 32, 32), ids), check_trace=False)
        for name, weight in traced.named_parameters():
            if in_half(name):
                weight.data = weight.data.half()
        torch.jit.save(traced, str(path))
