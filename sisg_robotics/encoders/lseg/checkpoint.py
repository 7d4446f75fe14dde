"""Reads LSeg's published checkpoint, demo_e200.ckpt.

A pytorch-lightning checkpoint: a zip of a pickle and of raw tensors. The pickle is a dictionary with
`state_dict` and the bookkeeping of training (`epoch`, `global_step`, `callbacks`, `optimizer_states`,
`lr_schedulers`, perhaps `hyper_parameters`). The names in `state_dict` begin with "net.":

    net.pretrained.model.*               ViT-L/16 as timm names it, with its final norm and its 1000 classes
    net.pretrained.act_postprocess1..4.* the decoder's readings of four depths
    net.scratch.*                        the decoder
    net.clip_pretrained.*                OpenAI's CLIP ViT-B/32, whole, as it was (LSeg does not train it)

It is read by torch.load(weights_only=True), which builds tensors and plain containers and runs nothing. Old
versions of lightning also left names of their own classes in it, for which empty stand-ins are put; any other
name is a reason to refuse the file. Only the tensors that are used are read from disk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...errors import BadFile, MissingPath
from ..pickled import read_pickled
from .network import LsegNetwork, LsegSizes

FILE = "demo_e200.ckpt"
FETCH = "Fetch it again with: python applications/fetch_models.py model=lseg"
CLIP_PREFIX = "clip_pretrained."
UNUSED = (
    CLIP_PREFIX,
    "pretrained.model.norm.",  # the transformer is read before its last norm
    "pretrained.model.head.",  # the 1000 classes of ImageNet
    "scratch.refinenet4.resConfUnit1.",  # the coarsest map joins nothing
)
PUBLISHED_NAMES = (
    (r"^vit\.", "pretrained.model."),
    (r"^stages\.(\d)\.readout\.", "pretrained.act_postprocess{}.0.project.0."),
    (r"^stages\.(\d)\.project\.", "pretrained.act_postprocess{}.3."),
    (r"^stages\.(\d)\.resample\.", "pretrained.act_postprocess{}.4."),
    (r"^stages\.(\d)\.to_fused\.", "scratch.layer{}_rn."),
    (r"^fusions\.(\d)\.join\.", "scratch.refinenet{}.resConfUnit1."),
    (r"^fusions\.(\d)\.refine\.", "scratch.refinenet{}.resConfUnit2."),
    (r"^fusions\.(\d)\.out\.", "scratch.refinenet{}.out_conv."),
    (r"^head\.", "scratch.head1."),
)
BOOKKEEPING = ("pytorch_lightning.", "lightning.", "argparse.Namespace", "numpy.")


def load_network(path: Path, sizes: LsegSizes | None = None) -> LsegNetwork:
    """The image side of the checkpoint at `path`, in float32, ready to be used. BadFile for another file."""
    with torch.device("meta"):
        network = LsegNetwork(sizes)
    wanted = network.state_dict()
    found = read_state(path)
    _check(path, {published_name(ours): tensor.shape for ours, tensor in wanted.items()}, found)
    weights = {  # copies, so that nothing hangs on the file
        ours: found[published_name(ours)].to(tensor.dtype, copy=True) for ours, tensor in wanted.items()
    }
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)


def clip_weights(path: Path) -> dict[str, Tensor]:
    """CLIP's own weights in the checkpoint, named as OpenAI names them. BadFile for another file."""
    found = {
        name.removeprefix(CLIP_PREFIX): tensor
        for name, tensor in read_state(path).items()
        if name.startswith(CLIP_PREFIX)
    }
    if not found:
        raise BadFile(path, f"it has no CLIP inside: no name begins with 'net.{CLIP_PREFIX}'", FETCH)
    return found


def published_name(ours: str) -> str:
    """The checkpoint's name, less "net.", of one of our network's tensors."""
    for pattern, published in PUBLISHED_NAMES:
        match = re.match(pattern, ours)
        if match:
            stage = int(match.group(1)) + 1 if match.groups() else ""
            return published.format(stage) + ours[match.end() :]
    raise KeyError(ours)


def read_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a lightning checkpoint by name, less the "net." before them; not yet read from disk.

    Raises BadFile for another kind of file.
    """
    checkpoint = _read(path)
    state = checkpoint.get("state_dict") if isinstance(checkpoint, dict) else None
    if not isinstance(state, Mapping) or not all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in state.items()
    ):
        keys = f" (it has {sorted(map(str, checkpoint))[:5]})" if isinstance(checkpoint, dict) else ""
        raise BadFile(path, f"it is not a lightning checkpoint: no 'state_dict' of tensors{keys}", FETCH)
    return {name.removeprefix("net."): tensor for name, tensor in state.items()}


def _read(path: Path) -> Any:
    if not path.is_file():
        raise MissingPath("LSeg checkpoint", path, FETCH)
    return read_pickled(path, FETCH, stood_in=BOOKKEEPING)


def _check(path: Path, wanted: Mapping[str, torch.Size], found: Mapping[str, Tensor]) -> None:
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted and not name.startswith(UNUSED)]
    other = [
        f"net.{name} {tuple(found[name].shape)} instead of {tuple(shape)}"
        for name, shape in wanted.items()
        if name in found and found[name].shape != shape
    ]
    problems = [
        f"{what} {', '.join(_with_net(names[:3]))}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"
        for what, names in (("missing", missing), ("unknown", unknown), ("of another shape", other))
        if names
    ]
    if problems:
        raise BadFile(path, f"it is a checkpoint of another architecture: {'; '.join(problems)}", FETCH)


def _with_net(names: list[str]) -> list[str]:
    return [name if name.startswith("net.") else f"net.{name}" for name in names]
