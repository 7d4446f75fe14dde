"""How far a network's vectors are from the words for what is there.

Three terms. The first, as in LSeg (Li et al., "Language-driven Semantic Segmentation", ICLR 2022), is a
softmax over the similarities to all phrases at hand, names of every class among them:

    -log( sum over true phrases of exp(s v.t) / sum over true and false phrases of exp(s v.t) )

The second, 1 - v.o, draws each vector to what the oracle encoder says of the thing, so that a map built with
the network means the same by its vectors as one built from true ids.

The third is a choice between what is true of a thing and a few words that are not but might be, in the same
manner: "the leather sofa", not "the velvet sofa". The first is content once a name is right.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float, Int8, Int64
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from .words import FALSE, TRUE


class Losses(NamedTuple):
    """The three terms; `right` is the share of cells whose nearest class name is true."""

    contrast: Float[Tensor, ""]
    distance: Float[Tensor, ""]
    choice: Float[Tensor, ""]
    right: Float[Tensor, ""]


def losses(
    vectors: Float[Tensor, "n d"],
    thing_of_cell: Int64[Tensor, " n"],
    targets: Float[Tensor, "t d"],
    phrases: Float[Tensor, "p d"],
    truth: Int8[Tensor, "p t"],
    choices: Float[Tensor, "t k d"] | None = None,
    *,
    scale: float,
    name_count: int,
) -> Losses:
    """Means over cells; `vectors` of any length. The first `name_count` phrases are the class names."""
    units = F.normalize(vectors.float(), dim=1)
    logits = scale * units @ phrases.T  # (n, p)
    said = truth.T[thing_of_cell]  # (n, p)
    true = torch.logsumexp(logits.masked_fill(said != TRUE, -torch.inf), dim=1)
    possible = torch.logsumexp(logits.masked_fill((said != TRUE) & (said != FALSE), -torch.inf), dim=1)
    distance = 1 - (units * targets[thing_of_cell]).sum(dim=1)
    named = logits[:, :name_count].argmax(dim=1, keepdim=True)
    right = said[:, :name_count].gather(1, named) == TRUE
    return Losses(
        (possible - true).mean(),
        distance.mean(),
        _choice(units, thing_of_cell, choices, scale),
        right.float().mean(),
    )


def _choice(units: Tensor, thing_of_cell: Tensor, choices: Tensor | None, scale: float) -> Tensor:
    """Mean over the cells whose things have a choice, 0 without any."""
    if choices is None:
        return units.new_zeros(())
    able = choices.any(dim=2).any(dim=1)[thing_of_cell].float()
    logits = scale * torch.einsum("nd,nkd->nk", units, choices[thing_of_cell])
    return -(F.log_softmax(logits, dim=1)[:, 0] * able).sum() / able.sum().clamp_min(1)
