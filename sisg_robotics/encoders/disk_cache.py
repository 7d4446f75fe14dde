"""Vectors of many texts kept on disk between processes, so that the first question does not wait for them.

One .npy file a list of texts, named by the hash of the texts and of the model's weights: another model or
another list makes another file, and none is ever out of date. The cache only saves time. A file that can't be
read or written, or that holds something else, is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from .protocol import TextEncoder


def encode_once(
    encoder: TextEncoder, texts: Sequence[str], folder: Path | None = None
) -> Float32[np.ndarray, "n d"]:
    """Unit vectors of `texts`, read from `folder` where an earlier process left them there."""
    key = json.dumps([encoder.name, encoder.weights_sha256, *texts]).encode()
    try:
        path = (folder or cache_folder()) / f"{hashlib.sha256(key).hexdigest()}.npy"
    except RuntimeError:  # nobody's home
        return encoder.encode(texts)
    kept = _read(path, (len(texts), encoder.dim))
    if kept is not None:
        return kept
    vectors = encoder.encode(texts)
    with suppress(OSError):
        _write(path, vectors)
    return vectors


def cache_folder() -> Path:
    """The user's cache: $XDG_CACHE_HOME, or ~/.cache; RuntimeError for a user without a home."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = given if given.is_absolute() else Path.home() / ".cache"
    return base / "sisg_robotics"


def _read(path: Path, shape: tuple[int, int]) -> Float32[np.ndarray, "n d"] | None:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if not isinstance(vectors, np.ndarray) or vectors.dtype != np.float32 or vectors.shape != shape:
        return None
    return vectors if np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3) else None


def _write(path: Path, vectors: Float32[np.ndarray, "n d"]) -> None:
    """Whole or not at all: another process may read or write the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
        np.save(Path(unfinished) / path.name, vectors)
        (Path(unfinished) / path.name).replace(path)
