"""Encoders by name: what a command line, a config and a map file say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32

from ..errors import RequestError, UnknownName
from . import minilm
from .minilm import MiniLM
from .none import NoEncoder
from .oracle import OracleEncoder
from .protocol import Encoder

ENCODERS = ("none", "oracle")
TEXT_ENCODERS = (minilm.NAME,)


@runtime_checkable
class TextEncoder(Protocol):
    """Words to unit vectors; all that a finished map needs to be asked."""

    name: str
    dim: int
    weights_sha256: str

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """Unit vectors of texts."""
        ...


def make_encoder(name: str, *, sequence: Any = None) -> Encoder:
    """The encoder of that name.

    `sequence` is the recording to be encoded; "oracle" needs it, for its table of objects.
    """
    if name == "none":
        return NoEncoder()
    if name == "oracle":
        if sequence is None:
            raise RequestError(
                "The encoder 'oracle' needs the recording: make_encoder('oracle', sequence=...)."
            )
        return OracleEncoder(sequence.objects, make_text_encoder(OracleEncoder.text_encoder))
    raise UnknownName("encoder", name, ENCODERS)


@cache
def make_text_encoder(name: str) -> MiniLM:
    """The text encoder of that name; loaded once a process, since a model takes seconds and memory."""
    if name != minilm.NAME:
        raise UnknownName("text encoder", name, TEXT_ENCODERS)
    return MiniLM()
