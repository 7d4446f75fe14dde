"""Texts that were encoded already: each is encoded once, and those encoded longest ago are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from ..errors import BadValue

MOST = 100_000
"""Vectors kept, some 150 MB: more than training or a map asks for, and a bound for servers."""


class Remembered:
    """Vectors (d,) by text. Several threads may ask: maps of one text encoder share what it remembers."""

    def __init__(self, dim: int, most: int = MOST) -> None:
        self._dim, self._most = dim, most
        self._known: dict[str, Float32[np.ndarray, " d"]] = {}

    def encode(
        self, texts: Sequence[str], encode_new: Callable[[list[str]], Float32[np.ndarray, "m d"]]
    ) -> Float32[np.ndarray, "n d"]:
        """One vector a text; `encode_new` is given those that are not known. BadValue for a bare text."""
        if isinstance(texts, str):
            raise BadValue("texts", texts, "a list of texts, such as ['sofa']")
        if not len(texts):
            return np.zeros((0, self._dim), np.float32)
        # looked up once, since another thread may forget in the meantime
        vectors: dict[str, Any] = {text: self._known.get(text) for text in texts}
        new = sorted(text for text, vector in vectors.items() if vector is None)
        if new:
            encoded = np.asarray(encode_new(new), dtype=np.float32)
            vectors.update(zip(new, encoded, strict=True))
            self.keep(new, encoded)
        if (more := len(self._known) - self._most) > 0:
            for text in list(self._known)[:more]:
                self._known.pop(text, None)
        return np.stack([vectors[text] for text in texts])

    def keep(self, texts: Sequence[str], vectors: Float32[np.ndarray, "n d"]) -> None:
        """Take over vectors of texts that were encoded before."""
        self._known.update(zip(texts, np.asarray(vectors, dtype=np.float32), strict=True))
