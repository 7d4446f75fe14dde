"""How others decide which voxels answer a text, to compare with: neither can say that nothing does.

percentile  CLIPMap: the voxels whose cosine with the text lies above the 95th percentile of all.
argmax      VLMaps: the voxels that are nearer to the text than to the word "other".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from ..encoders import TextEncoder

PERCENTILE = 95.0
OTHER = "other"


def percentile_scores(
    encoder: TextEncoder, texts: Sequence[str], units: Float32[np.ndarray, "n d"]
) -> tuple[Float32[np.ndarray, "t n"], Float32[np.ndarray, " t"]]:
    """(1 + cosine) / 2 of each voxel and text, and for each text the score that is just high enough."""
    scores = (1 + encoder.encode(texts) @ units.T) / 2
    return scores, np.percentile(scores, PERCENTILE, axis=1).astype(np.float32)


def argmax_scores(
    encoder: TextEncoder, texts: Sequence[str], units: Float32[np.ndarray, "n d"]
) -> tuple[Float32[np.ndarray, "t n"], Float32[np.ndarray, " t"]]:
    """(1 + cosine with the text - cosine with "other") / 2, and 1/2, where the text begins to win."""
    text, other = encoder.encode(texts), encoder.encode([OTHER])
    return (1 + (text - other) @ units.T) / 2, np.full(len(texts), 0.5, dtype=np.float32)


METHODS = {"percentile": percentile_scores, "argmax": argmax_scores}
