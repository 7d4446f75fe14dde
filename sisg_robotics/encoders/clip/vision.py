"""The image side of CLIP, OpenCLIP and SigLIP: windows of pixels to a vector for each patch.

The layers are those of `transformers`, with its weights; only how they are joined is written here, since the
last one is joined otherwise (attention.py).

CLIP has a class token, whose last vector is the picture's. Its patches' vectors go the same way out: last
norm, then projection to the space of words.

SigLIP has none. Its head asks all patches with one learned query, and a feed-forward part turns the answer
into the picture's vector. So the head is the last attention layer: a cell takes the value that it gives to
the head, or a mix of the values of its like, and goes through the rest of the head as if it alone had been
the answer. That is MaskCLIP's argument for CLIP's own pooling. Variants that need a residual are not for it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from ...errors import BadValue, UnknownName
from .attention import ATTENTIONS, SIGLIP_ATTENTIONS, SURGERY_LAYERS, Mix, neighbour_bias
from .weights import Checkpoint


class ClipVision(nn.Module):
    """Pixels (n, 3, h, w), normalised, h and w multiples of `patch`, to vectors of patches and pictures.

    image_size: the side of the pictures that it was trained on. side: of the part of them that whole patches
    cover. dim: channels of its vectors.
    """

    def __init__(self, checkpoint: Checkpoint, attention: str) -> None:
        super().__init__()
        if attention not in ATTENTIONS:
            raise UnknownName("attention", attention, ATTENTIONS)
        self._is_clip = checkpoint.family == "clip"
        if not self._is_clip and attention not in SIGLIP_ATTENTIONS:
            accepted = f"one of {', '.join(SIGLIP_ATTENTIONS)} for a SigLIP model"
            raise BadValue("attention", attention, accepted)
        self.attention, self._variant = attention, ATTENTIONS[attention]
        self.tower: Any = checkpoint.part("vision_model")
        self.projection = checkpoint.part("visual_projection") if self._is_clip else None
        config = checkpoint.config
        self.patch: int = config.vision_config.patch_size
        self.image_size: int = config.vision_config.image_size
        self.side: int = self.image_size // self.patch * self.patch
        self.dim: int = config.projection_dim if self._is_clip else config.vision_config.hidden_size

    @property
    def dtype(self) -> torch.dtype:
        """In which it computes."""
        dtype: torch.dtype = self.tower.post_layernorm.weight.dtype
        return dtype

    def cells(self, pixels: Tensor) -> Tensor:
        """A vector for each patch, of any length: (n, dim, rows, columns)."""
        rows, columns = (length // self.patch for length in pixels.shape[2:])
        tokens = self._embedded(pixels.to(self.dtype))
        bias = neighbour_bias(rows, columns, int(self._is_clip), tokens) if self._variant.neighbours else None
        out = self._clip_cells(tokens, bias) if self._is_clip else self._siglip_cells(tokens, bias)
        return out.transpose(1, 2).unflatten(2, (rows, columns))

    def picture(self, pixels: Tensor) -> Tensor:
        """The vector of each picture as a whole, as its authors make it: (n, dim)."""
        tokens = self._embedded(pixels.to(self.dtype))
        for layer in self.tower.encoder.layers:
            tokens = _block(layer, tokens)
        if self.projection is None:
            pooled: Tensor = self.tower.head(self.tower.post_layernorm(tokens))
            return pooled
        projected: Tensor = self.projection(self.tower.post_layernorm(tokens[:, 0]))
        return projected

    def _embedded(self, pixels: Tensor) -> Tensor:
        """Patches as tokens with their places, the class token first where there is one: (n, tokens,
        width)."""
        embeddings = self.tower.embeddings
        patches = embeddings.patch_embedding(pixels)  # (n, width, rows, columns)
        tokens = patches.flatten(2).transpose(1, 2)
        if not self._is_clip:
            return tokens + _places(embeddings.position_embedding.weight, 0, patches.shape[2:])
        first = embeddings.class_embedding.expand(len(pixels), 1, -1)
        placed = torch.cat([first, tokens], 1) + _places(
            embeddings.position_embedding.weight, 1, patches.shape[2:]
        )
        normed: Tensor = self.tower.pre_layrnorm(placed)
        return normed

    def _clip_cells(self, tokens: Tensor, bias: Tensor | None) -> Tensor:
        layers, mix = self.tower.encoder.layers, self._variant.mix
        if self.attention == "clipsurgery":
            tokens = _surgery(layers, tokens, mix)
        else:
            for layer in layers[:-1]:
                tokens = _block(layer, tokens)
            last = layers[-1]
            if self._variant.keeps_rest:
                tokens = _block(last, tokens, mix, bias)
            else:
                tokens = _mixed(last, tokens, mix, bias)
        assert self.projection is not None
        out: Tensor = self.projection(self.tower.post_layernorm(tokens[:, 1:]))
        return out

    def _siglip_cells(self, tokens: Tensor, bias: Tensor | None) -> Tensor:
        for layer in self.tower.encoder.layers:
            tokens = _block(layer, tokens)
        head = self.tower.head
        pooling = head.attention
        qkv = F.linear(self.tower.post_layernorm(tokens), pooling.in_proj_weight, pooling.in_proj_bias)
        q, k, v = (_heads(part, pooling.num_heads) for part in qkv.chunk(3, dim=-1))
        answer = pooling.out_proj(_joined(self._variant.mix(q, k, v, bias)))
        out: Tensor = answer + head.mlp(head.layernorm(answer))
        return out


def _block(
    layer: Any, tokens: Tensor, mix: Mix = ATTENTIONS["plain"].mix, bias: Tensor | None = None
) -> Tensor:
    tokens = tokens + _mixed(layer, tokens, mix, bias)
    out: Tensor = tokens + layer.mlp(layer.layer_norm2(tokens))
    return out


def _mixed(layer: Any, tokens: Tensor, mix: Mix, bias: Tensor | None = None) -> Tensor:
    """The layer's attention, O y: what is added to the tokens."""
    attention, normed = layer.self_attn, layer.layer_norm1(tokens)
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    q, k, v = (_heads(projection(normed), attention.num_heads) for projection in projections)
    out: Tensor = attention.out_proj(_joined(mix(q, k, v, bias)))
    return out


def _surgery(layers: Any, tokens: Tensor, mix: Mix) -> Tensor:
    """CLIP Surgery's two paths: CLIP's own goes on as ever, and beside it what its last layers mix is
    summed."""
    depth = max(0, len(layers) - SURGERY_LAYERS)
    for layer in layers[:depth]:
        tokens = _block(layer, tokens)
    beside = tokens
    for layer in layers[depth:]:
        beside = beside + _mixed(layer, tokens, mix)
        tokens = _block(layer, tokens)
    return beside


def _places(weight: Tensor, class_tokens: int, grid: torch.Size) -> Tensor:
    """Positional embeddings of a grid of another size than the trained one, bicubic: (1, tokens, width)."""
    first, patches = weight[:class_tokens], weight[class_tokens:]
    side = round(len(patches) ** 0.5)
    if tuple(grid) != (side, side):
        square = patches.float().T.unflatten(1, (side, side))[None]
        wider = F.interpolate(square, tuple(grid), mode="bicubic", align_corners=False)
        patches = wider[0].flatten(1).T.to(weight.dtype)
    return torch.cat([first, patches])[None]


def _heads(tokens: Tensor, count: int) -> Tensor:
    """(n, tokens, heads * d) to (n, heads, tokens, d)."""
    return tokens.unflatten(-1, (count, -1)).transpose(1, 2)


def _joined(heads: Tensor) -> Tensor:
    return heads.transpose(1, 2).flatten(2)
