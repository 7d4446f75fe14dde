"""No features: a map of geometry and colour only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from ..errors import RequestError
from .protocol import Segments


class NoEncoder:
    """Gives a table without rows, on which no pixel draws."""

    name = "none"
    feature_dim = 0
    text_encoder = ""

    def encode(self, frame: Any) -> Segments:
        """An empty table."""
        nothing = np.full(frame.depth_m.shape, -1, dtype=np.int32)
        return Segments(table=np.zeros((0, 0), dtype=np.float32), row_of_pixel=nothing)

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """There are no words either, so this always raises."""
        raise RequestError(
            f"The encoder 'none' keeps geometry and colour only and cannot look for {list(texts)[:3]}. "
            f"Build the map with an encoder that has features, such as encoder=tiny."
        )
