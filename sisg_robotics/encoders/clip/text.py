"""The text side of CLIP, OpenCLIP and SigLIP: words to unit vectors, in sentences that are averaged.

A map remembers it by name, and the name alone brings it back:

    clip/<model>                 with the short set of sentences
    clip/<model>/<templates>     with a named set, or with sentences of one's own ("own:" and they)

<model> is a short name (clip_vit_b16), an id of the hub with -- for / (laion--CLIP-ViT-B-16-...), or the
whole path of a folder or file with %2F for /.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional as F  # noqa: N812

from ...errors import UnknownName
from ..devices import pick_device
from ..disk_cache import encode_once
from ..models.store import model_key, model_of_key
from ..prompts import Templates, as_templates
from ..remembered import Remembered
from .checkpoints import open_checkpoint
from .tokens import checked_text, read_tokens
from .weights import Checkpoint

BEGINS = "clip/"
BATCH = 128
"""Sentences encoded at once."""


class ClipText:
    """Texts to unit vectors (n, d): of each text the mean over the sentences. Each is encoded once and kept.

    Vectors are also kept on disk between processes (disk_cache.py). A text that is longer than the model's
    context (77 ids, or 64) is cut to it, as its authors do. Raises BadValue for an empty text.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        templates: str | Sequence[str] | Templates = "short",
        name: str | None = None,
        device: str = "auto",
    ) -> None:
        chosen = templates if isinstance(templates, Templates) else as_templates(templates)
        self._tower = _Tower(checkpoint, chosen, name or text_name(checkpoint.path, chosen), device)
        self.name, self.dim = self._tower.name, self._tower.dim
        self.weights_sha256 = self._tower.weights_sha256
        self._known = Remembered(self.dim)

    @classmethod
    def from_name(cls, name: str, *, device: str = "auto") -> ClipText:
        """The text encoder that a map file names. Raises as open_checkpoint does."""
        model, templates = parts_of_name(name)
        return cls(open_checkpoint(model), templates=templates, name=name, device=device)

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """One unit vector a text."""
        asked = texts if isinstance(texts, str) else [checked_text(text) for text in texts]
        return self._known.encode(asked, partial(encode_once, self._tower))


class _Tower:
    """The network with its vocabulary and its sentences; encodes whatever it is given, each time anew."""

    def __init__(self, checkpoint: Checkpoint, templates: Templates, name: str, device: str) -> None:
        config = checkpoint.config.text_config
        self._device = pick_device(device)
        self._tokens = read_tokens(
            checkpoint.folder, checkpoint.family, config.max_position_embeddings, config.vocab_size
        )
        self._is_clip = checkpoint.family == "clip"
        self._text: Any = checkpoint.part("text_model").to(self._device)
        self._projection: Any = checkpoint.part("text_projection").to(self._device) if self._is_clip else None
        self._templates = templates
        self.name = name
        last = "text_projection.weight" if self._is_clip else "text_model.head.weight"
        self.dim = checkpoint.tensors[last].shape[0]
        self.weights_sha256 = _hash_of(checkpoint)

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        sentences = [sentence for text in texts for sentence in self._templates.fill(text)]
        parts = [self._forward(sentences[i : i + BATCH]) for i in range(0, len(sentences), BATCH)]
        each = F.normalize(torch.cat(parts), dim=-1).reshape(len(texts), -1, self.dim)
        vectors: Float32[np.ndarray, "n d"] = F.normalize(each.mean(dim=1), dim=-1).cpu().numpy()
        return vectors

    @torch.inference_mode()
    def _forward(self, sentences: Sequence[str]) -> torch.Tensor:
        rows, ends = self._tokens.batch(sentences)
        ids = torch.tensor(rows, device=self._device)
        out = self._text(input_ids=ids)
        if self._projection is None:
            return out.pooler_output
        return self._projection(out.last_hidden_state[torch.arange(len(rows)), ends])


def text_name(model: str | Path, templates: Templates) -> str:
    """The name by which a map remembers the text side of a model."""
    return f"{BEGINS}{model_key(model)}/{templates.name}"


def parts_of_name(name: str) -> tuple[str | Path, str]:
    """The model and the templates of such a name."""
    model, _, templates = name.removeprefix(BEGINS).partition("/")
    if not name.startswith(BEGINS) or not model:
        raise UnknownName("text encoder", name, [f"{BEGINS}<model>", f"{BEGINS}<model>/<templates>"])
    return model_of_key(model), templates or "short"


def _hash_of(checkpoint: Checkpoint) -> str:
    """Of the weights of the text side alone, which are all that its vectors depend on."""
    digest = hashlib.sha256()
    for name in sorted(checkpoint.tensors):
        if name.startswith("text_"):
            values = checkpoint.tensors[name].contiguous()
            digest.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
            digest.update(values.view(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
