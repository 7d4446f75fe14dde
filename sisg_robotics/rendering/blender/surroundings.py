"""The light around a scene as a picture of the whole sphere, which is how Blender takes it."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from ..._numba import njit, prange
from ..painting.look import Look
from ..painting.sky import sky

HEIGHT = 512
"""A row of the sky is 0.35 degrees."""


def surroundings(look: Look) -> Float32[np.ndarray, "h w 3"]:
    """Linear light from every direction: longitude along the rows, from +x over +y around (u = 0 is -x, as
    Blender has it), latitude from straight down in row 0 to straight up.
    """
    if look.environment == "white":
        return np.ones((1, 2, 3), dtype=np.float32)
    return _sky_picture(HEIGHT)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _sky_picture(height):
    out = np.empty((height, 2 * height, 3), dtype=np.float32)
    for row in prange(height):
        latitude = ((row + 0.5) / height - 0.5) * np.pi
        for column in range(2 * height):
            longitude = np.pi - (column + 0.5) / height * np.pi
            level = np.cos(latitude)
            light = sky((level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)))
            out[row, column, 0], out[row, column, 1], out[row, column, 2] = light
    return out
