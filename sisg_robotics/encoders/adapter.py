"""A small file that fits a frozen encoder to a domain: its vectors are moved a little, its words are kept.

A bottleneck beside the identity (Gao et al., "CLIP-Adapter", IJCV 2024), for every row x of a frame's table:

    y = x + up @ relu(down @ x + bias),   then scaled to unit length

The file is safetensors: down (r, d), bias (r,), up (d, r); its metadata holds
  encoder, text_encoder   names of those it was trained for
  card                    JSON: data, steps, scores before and after
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from ..errors import BadFile, MissingPath, RequestError
from .protocol import Encoder, FrameFeatures


@dataclass(frozen=True, eq=False)
class Adapter:
    """What was learned, and for which encoder."""

    name: str
    down: Float32[np.ndarray, "r d"]
    bias: Float32[np.ndarray, " r"]
    up: Float32[np.ndarray, "d r"]
    encoder: str
    text_encoder: str
    card: Mapping[str, Any]

    def with_card(self, facts: Mapping[str, Any]) -> Adapter:
        """The same adapter, with more on its card."""
        return replace(self, card={**self.card, **facts})

    @property
    def digest(self) -> str:
        """What tells adapters of one name apart: 8 hexadecimal digits of a hash of the weights."""
        return sha256(b"".join(part.tobytes() for part in (self.down, self.bias, self.up))).hexdigest()[:8]

    def moved(self, table: Float32[np.ndarray, "k d"]) -> Float32[np.ndarray, "k d"]:
        """The rows where the domain wants them; rows without a feature stay zero."""
        added = np.maximum(table @ self.down.T + self.bias, 0) @ self.up.T
        found = np.where(table.any(axis=1, keepdims=True), table + added, 0).astype(np.float32)
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-12))


class AdaptedEncoder:
    """An encoder with an adapter behind it; a map remembers both by `name`."""

    def __init__(self, encoder: Encoder, adapter: Adapter) -> None:
        """Raises RequestError for an adapter that was trained for another encoder."""
        theirs = (adapter.encoder, adapter.text_encoder, adapter.down.shape[1])
        ours = (encoder.name, encoder.text_encoder, encoder.feature_dim)
        if theirs != ours:
            raise RequestError(
                f"The adapter {adapter.name!r} was trained for {_said(*theirs)}, not for {_said(*ours)}. "
                f"Train one for this encoder."
            )
        self._encoder, self._adapter = encoder, adapter
        self.name = f"{encoder.name}+{adapter.name}-{adapter.digest}"
        self.feature_dim, self.text_encoder = encoder.feature_dim, encoder.text_encoder

    def encode(self, frame: Any) -> FrameFeatures:
        """The encoder's features of a frame, moved."""
        found = self._encoder.encode(frame)
        return replace(found, table=self._adapter.moved(found.table))

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """The encoder's own vectors of texts."""
        return self._encoder.encode_text(texts)


def _said(encoder: str, text_encoder: str, dim: int) -> str:
    return f"{encoder} with words of {text_encoder} and {dim} numbers a vector"


def write_adapter(path: Path, adapter: Adapter) -> None:
    """Write it, whole or not at all."""
    from safetensors.numpy import save_file

    said = {"encoder": adapter.encoder, "text_encoder": adapter.text_encoder}
    metadata = said | {"card": json.dumps(dict(adapter.card))}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    save_file({"down": adapter.down, "bias": adapter.bias, "up": adapter.up}, unfinished, metadata=metadata)
    unfinished.replace(path)


def read_adapter(path: Path) -> Adapter:
    """The adapter in a file; its name is the file's. MissingPath where none is, BadFile for another file."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise MissingPath("adapter", path, "Train one: python applications/train_encoder.py adapter=true.")
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
            down, bias, up = (file.get_tensor(name).astype(np.float32) for name in ("down", "bias", "up"))
        if not (down.ndim == 2 and up.shape == down.shape[::-1] and bias.shape == down.shape[:1]):
            raise ValueError(f"down is {down.shape}, bias {bias.shape}, up {up.shape}")
        card = json.loads(metadata["card"])
        return Adapter(path.stem, down, bias, up, metadata["encoder"], metadata["text_encoder"], card)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise BadFile(path, f"not an adapter ({error})", "Train it again.") from error
