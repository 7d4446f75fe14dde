"""Encoders by name: what a command line, a config and a map file say."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ..errors import RequestError, UnknownName
from . import minilm
from .adapter import AdaptedEncoder, read_adapter
from .minilm import MiniLM
from .models.store import model_of_key
from .oracle import OracleEncoder
from .protocol import Encoder, TextEncoder


def make_encoder(
    name: str, *, sequence: Any = None, adapter: str | Path | None = None, **options: Any
) -> Encoder:
    """The encoder of that name, or of the longer one that its maps keep ("clip/<model>/<attention>",
    "lseg/<path>", "tiny/<path>").

    `sequence` is the recording to be encoded; "oracle" needs it, for its table of objects. `adapter` is a
    file of encoders/adapter.py, trained for this encoder. `options` are the encoder's own, such as
    model="clip_vit_l14" of "clip". Raises UnknownName for another name, and RequestError for an option that
    the encoder doesn't have.
    """
    if "+" in name.rpartition("/")[2]:
        raise RequestError(f"The encoder {name!r} has an adapter. Make it with adapter=<its file>.")
    kind, _, rest = name.partition("/")
    if kind in _LOADED_BY and rest:
        model, _, attention = rest.partition("/")
        said = {_LOADED_BY[kind]: model_of_key(model)} | ({"attention": attention} if attention else {})
        name, options = kind, said | options
    if name not in ENCODERS:
        raise UnknownName("encoder", name, ENCODERS)
    module, class_name = ENCODERS[name]
    make = getattr(import_module(module, __package__), class_name)
    known = [option for option in inspect.signature(make).parameters if option not in _NO_OPTIONS]
    for option in options:
        if option not in known:
            has = f"It has: {', '.join(known)}." if known else "It has none."
            raise RequestError(f"The encoder {name!r} has no option {option!r}. {has}")
    if name == OracleEncoder.name:
        if sequence is None:
            raise RequestError(
                "The encoder 'oracle' needs the recording: make_encoder('oracle', sequence=...)."
            )
        options |= {"objects": sequence.objects, "texts": _minilm()}
    encoder: Encoder = make(**options)
    return encoder if adapter is None else AdaptedEncoder(encoder, read_adapter(Path(adapter)))


ENCODERS: Mapping[str, tuple[str, str]] = {
    "none": (".none", "NoEncoder"),
    "oracle": (".oracle", "OracleEncoder"),
    "tiny": (".tiny.encoder", "TinyEncoder"),
    "clip": (".clip.encoder", "ClipEncoder"),
    "lseg": (".lseg.encoder", "LsegEncoder"),
}
"""Where each is, so that its libraries are loaded only when it is asked for."""

_LOADED_BY = {"clip": "model", "lseg": "model", "tiny": "weights"}
"""The option that says what is loaded, which may be part of the name that maps keep."""

_NO_OPTIONS = ("objects", "texts", "sizes")
"""Arguments that no command line can give."""

TEXT_ENCODERS = (minilm.NAME, "clip/<model>")


def make_text_encoder(name: str) -> TextEncoder:
    """The text encoder of that name; loaded once a process, since a model takes seconds and memory.

    Raises UnknownName for another name, and what its weights raise where they are missing or others.
    """
    if name == minilm.NAME:
        return _minilm()
    if name.startswith("clip/"):
        return _clip_text(name)
    raise UnknownName("text encoder", name, TEXT_ENCODERS)


@cache
def _minilm() -> MiniLM:
    return MiniLM()


@cache
def _clip_text(name: str) -> TextEncoder:
    from .clip.text import ClipText

    return ClipText.from_name(name)
