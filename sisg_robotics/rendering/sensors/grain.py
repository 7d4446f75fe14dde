"""Noise whose neighbours are alike, as a matching window leaves it."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from ..._numba import njit, prange

REACH = 2.5
"""Where the Gaussian is cut off, in its standard deviations."""


def smooth_normal(
    rng: np.random.Generator, count: int, shape: tuple[int, int], grain_px: float
) -> Float32[np.ndarray, "count h w"]:
    """`count` standard normal fields: white noise under a Gaussian of standard deviation `grain_px`.

    Opposite borders touch, so that every pixel has standard deviation 1; 0 leaves the noise white.
    """
    noise = rng.standard_normal((count, *shape), dtype=np.float32)
    if grain_px <= 0:
        return noise
    reach = int(np.ceil(REACH * grain_px))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / grain_px) ** 2)
    weights /= np.linalg.norm(weights)  # so that independent values keep their variance
    return _filtered(noise, weights.astype(np.float32))


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _filtered(noise, weights):
    count, height, width = noise.shape
    reach = len(weights) // 2
    out = np.zeros_like(noise)
    for row in prange(count * height):
        c, v = row // height, row % height
        line = np.zeros(width + 2 * reach, dtype=np.float32)
        for k in range(len(weights)):
            weight, source = weights[k], noise[c, (v + k - reach) % height]
            for u in range(width):
                line[u + reach] += weight * source[u]
        for i in range(reach):
            line[i] = line[reach + (i - reach) % width]
            line[width + reach + i] = line[reach + i % width]
        target = out[c, v]
        for k in range(len(weights)):
            weight = weights[k]
            for u in range(width):
                target[u] += weight * line[u + k]
    return out
