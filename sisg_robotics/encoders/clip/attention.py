"""What the last attention layer of a vision transformer does, so that each cell says what is in it.

CLIP learned to say what is in a whole picture: in its last layer every patch gathers from patches that matter
to the picture, not to itself, and a cell's vector then tells of things elsewhere. The papers below change
only that layer, and train nothing. With x the layer's input, n its norm, q, k, v = W_q n(x), W_k n(x), W_v
n(x) for each head, d the head's width, and O its output matrix:

name         y, the layer's result                    then        paper
plain        softmax(q k' / sqrt d) v                 x + O y, f  CLIP as it is (Radford et al., ICML 2021)
maskclip     v                                        x + O y, f  MaskCLIP (Zhou et al., ECCV 2022)
clipsurgery  softmax(v v' / sqrt d) v, last 6 layers  x + sum O y CLIP Surgery (Li et al., arXiv 2304.05653)
sclip        (softmax(q q' / sqrt d)
              + softmax(k k' / sqrt d)) v             x + O y, f  SCLIP (Wang et al., ECCV 2024)
clearclip    softmax(q q' / sqrt d) v                 O y         ClearCLIP (Lan et al., ECCV 2024)
naclip       softmax(k k' / sqrt d + G) v             O y         NACLIP (Hajimiri et al., WACV 2025)

"f" is the layer's feed-forward part with its own residual, z + MLP(n2(z)). G is 0 from and to the class
token, and between the patches at cells (r, c) and (s, t) exp(-((r - s)^2 + (c - t)^2) / (2 sigma^2)), sigma =
5 cells: a patch looks at its neighbours a little more.

naclip is the default: it is the newest of these that asks for no second network, and the best on average of
those that its authors compare it with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention as attend

SIGMA_CELLS = 5.0
"""NACLIP's, for windows of 14 x 14 cells."""
SURGERY_LAYERS = 6

Mix = Callable[[Tensor, Tensor, Tensor, "Tensor | None"], Tensor]
"""q, k, v (n, heads, tokens, d) and the neighbours' bias (tokens, tokens) to y (n, heads, tokens, d)."""


@dataclass(frozen=True)
class Variant:
    """One row of the table above.

    keeps_rest: whether x is added and the feed-forward part follows. CLIP Surgery adds x and has none of it.
    neighbours: whether the mix takes the bias G.
    """

    mix: Mix
    keeps_rest: bool
    neighbours: bool = False


ATTENTIONS: Mapping[str, Variant] = {
    "plain": Variant(lambda q, k, v, _: attend(q, k, v), keeps_rest=True),
    "maskclip": Variant(lambda q, k, v, _: v, keeps_rest=True),
    "clipsurgery": Variant(lambda q, k, v, _: attend(v, v, v), keeps_rest=False),
    "sclip": Variant(lambda q, k, v, _: attend(q, q, v) + attend(k, k, v), keeps_rest=True),
    "clearclip": Variant(lambda q, k, v, _: attend(q, q, v), keeps_rest=False),
    "naclip": Variant(
        lambda q, k, v, bias: attend(k, k, v, attn_mask=bias), keeps_rest=False, neighbours=True
    ),
}
DEFAULT = "naclip"
SIGLIP_ATTENTIONS = ("maskclip", "clearclip", "naclip")
"""Those that make sense in SigLIP's pooling head, which has no residual and no class token
(vision.py)."""


def neighbour_bias(
    rows: int, columns: int, class_tokens: int, like: Tensor, sigma_cells: float = SIGMA_CELLS
) -> Tensor:
    """G of NACLIP, (tokens, tokens), of the type and on the device of `like`; the class token comes first."""
    vertical, horizontal = (_bells(count, sigma_cells, like.device) for count in (rows, columns))
    between = torch.kron(vertical, horizontal)  # cell (r, c) is token r * columns + c
    bias = torch.zeros(class_tokens + rows * columns, class_tokens + rows * columns, device=like.device)
    bias[class_tokens:, class_tokens:] = between
    return bias.to(like.dtype)


def _bells(count: int, sigma: float, device: torch.device) -> Tensor:
    places = torch.arange(count, dtype=torch.float32, device=device)
    return torch.exp(-((places[:, None] - places) ** 2) / (2 * sigma**2))
