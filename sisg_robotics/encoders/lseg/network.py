"""LSeg's image side: a ViT-L/16 read at four depths, a DPT decoder, and vectors in CLIP's space.

Li et al., "Language-driven Semantic Segmentation", ICLR 2022, on Ranftl et al., "Vision Transformers for
Dense Prediction", ICCV 2021. The decoder's last map has a vector for every 2 x 2 pixels; LSeg then enlarges
it to pixels, which is left out here: to enlarge is the business of whoever needs pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

NORM_EPS = 1e-6
"""As timm's vision transformers have it; torch's own default is 1e-5."""


@dataclass(frozen=True)
class LsegSizes:
    """The network's widths. The defaults are those of the published checkpoint; tests take smaller ones."""

    width: int = 1024
    depth: int = 24
    heads: int = 16
    patch_px: int = 16
    position_grid: int = 24
    """Side of the grid of position embeddings: trained at 384 pixels."""
    read_after: tuple[int, int, int, int] = (5, 11, 17, 23)
    """The blocks whose outputs the decoder reads."""
    stage_channels: tuple[int, int, int, int] = (256, 512, 1024, 1024)
    fused_channels: int = 256
    feature_dim: int = 512


class LsegNetwork(nn.Module):
    """Pictures in [-1, 1] to unit vectors, one for every 2 x 2 pixels; sides in multiples of 32."""

    def __init__(self, sizes: LsegSizes | None = None) -> None:
        super().__init__()
        self.sizes = sizes = sizes or LsegSizes()
        self.vit = VisionTransformer(sizes)
        self.stages = nn.ModuleList(
            Reassemble(sizes.width, channels, sizes.fused_channels, scale)
            for channels, scale in zip(sizes.stage_channels, (4.0, 2.0, 1.0, 0.5), strict=True)
        )
        self.fusions = nn.ModuleList(Fusion(sizes.fused_channels, joins=stage < 3) for stage in range(4))
        self.head = nn.Conv2d(sizes.fused_channels, sizes.feature_dim, kernel_size=1)

    def forward(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b d h2 w2"]:
        """From the coarsest stage to the finest, doubling the resolution each time."""
        rows, columns = (side // self.sizes.patch_px for side in pictures.shape[2:])
        tokens = self.vit(pictures)
        maps = [stage(t, rows, columns) for stage, t in zip(self.stages, tokens, strict=True)]
        path = self.fusions[3](maps[3])
        for level in (2, 1, 0):
            path = self.fusions[level](path, maps[level])
        return functional.normalize(self.head(path), dim=1)


class VisionTransformer(nn.Module):
    """timm's vit_large_patch16_384 as far as its last block: patches, a class token, 24 pre-norm blocks."""

    def __init__(self, sizes: LsegSizes) -> None:
        super().__init__()
        self.read_after = sizes.read_after
        self.patch_embed = nn.ModuleDict(
            {"proj": nn.Conv2d(3, sizes.width, kernel_size=sizes.patch_px, stride=sizes.patch_px)}
        )
        self.cls_token = nn.Parameter(torch.zeros(1, 1, sizes.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + sizes.position_grid**2, sizes.width))
        self.blocks = nn.ModuleList(Block(sizes.width, sizes.heads) for _ in range(sizes.depth))

    def forward(self, pictures: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b n c"]]:
        """The tokens, class token first, after each of the blocks that are read."""
        patches = self.patch_embed["proj"](pictures)  # (b, c, rows, columns)
        rows, columns = patches.shape[2:]
        classes = self.cls_token.expand(len(pictures), -1, -1)
        tokens = torch.cat([classes, patches.flatten(2).transpose(1, 2)], dim=1)
        tokens = tokens + positions(self.pos_embed, rows, columns)
        read = []
        for index, block in enumerate(self.blocks):
            tokens = block(tokens)
            if index in self.read_after:
                read.append(tokens)
        return read


def positions(pos_embed: Float[Tensor, "1 n c"], rows: int, columns: int) -> Float[Tensor, "1 m c"]:
    """The position embeddings for another grid of patches: bilinear, the class token's as it is."""
    side = int((pos_embed.shape[1] - 1) ** 0.5)
    grid = pos_embed[:, 1:].transpose(1, 2).unflatten(2, (side, side))
    grid = functional.interpolate(grid, size=(rows, columns), mode="bilinear", align_corners=False)
    return torch.cat([pos_embed[:, :1], grid.flatten(2).transpose(1, 2)], dim=1)


class Block(nn.Module):
    """Attention, then two layers with GELU, each on normalised tokens and added to them."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=NORM_EPS)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(width, 3 * width), "proj": nn.Linear(width, width)})
        self.norm2 = nn.LayerNorm(width, eps=NORM_EPS)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})

    def forward(self, tokens: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        """The tokens after this block."""
        tokens = tokens + self._attend(self.norm1(tokens))
        hidden = functional.gelu(self.mlp["fc1"](self.norm2(tokens)))
        return tokens + self.mlp["fc2"](hidden)

    def _attend(self, tokens: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        query_key_value = self.attn["qkv"](tokens).unflatten(2, (3, self.heads, -1))  # (b, n, 3, heads, c)
        query, key, value = query_key_value.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.attn["proj"](mixed.transpose(1, 2).flatten(2))


class Reassemble(nn.Module):
    """Tokens of one depth to a map of `scale` times the patches' resolution, in the decoder's channels."""

    def __init__(self, width: int, channels: int, fused_channels: int, scale: float) -> None:
        super().__init__()
        self.readout = nn.Linear(2 * width, width)
        self.project = nn.Conv2d(width, channels, kernel_size=1)
        self.resample = _resample(channels, scale)
        self.to_fused = nn.Conv2d(channels, fused_channels, kernel_size=3, padding=1, bias=False)

    def forward(self, tokens: Float[Tensor, "b n c"], rows: int, columns: int) -> Float[Tensor, "b f h w"]:
        """Each patch is told what the class token knows ("project" in DPT), then laid out as an image."""
        patches = tokens[:, 1:]
        told = torch.cat([patches, tokens[:, :1].expand_as(patches)], dim=-1)
        told = functional.gelu(self.readout(told)).transpose(1, 2)
        image = told.unflatten(2, (rows, columns))
        return self.to_fused(self.resample(self.project(image)))


def _resample(channels: int, scale: float) -> nn.Module:
    if scale > 1:
        return nn.ConvTranspose2d(channels, channels, kernel_size=int(scale), stride=int(scale))
    if scale < 1:
        return nn.Conv2d(channels, channels, kernel_size=3, stride=int(1 / scale), padding=1)
    return nn.Identity()


class Fusion(nn.Module):
    """RefineNet's block: add the finer map, refine, double the resolution. The coarsest joins nothing."""

    def __init__(self, channels: int, *, joins: bool) -> None:
        super().__init__()
        self.join = Residual(channels) if joins else None
        self.refine = Residual(channels)
        self.out = nn.Conv2d(channels, channels, kernel_size=1)

    def forward(
        self, path: Float[Tensor, "b f h w"], finer: Float[Tensor, "b f h w"] | None = None
    ) -> Float[Tensor, "b f h2 w2"]:
        """Corners stay corners (align_corners), as in the original."""
        if self.join is not None and finer is not None:
            path = path + self.join(finer)
        path = functional.interpolate(self.refine(path), scale_factor=2, mode="bilinear", align_corners=True)
        return self.out(path)


class Residual(nn.Module):
    """Twice ReLU, convolution and batch norm, added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, path: Float[Tensor, "b f h w"]) -> Float[Tensor, "b f h w"]:
        """The same shape."""
        hidden = self.bn1(self.conv1(functional.relu(path)))
        return path + self.bn2(self.conv2(functional.relu(hidden)))
