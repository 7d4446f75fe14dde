"""A lens's formula for compiled code: `geometry.Distortion` in numbers."""

from __future__ import annotations

from dataclasses import astuple
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64

from .._numba import njit
from ..geometry import Distortion


class Lens(NamedTuple):
    """A lens, for compiled code."""

    coefficients: Float64[np.ndarray, "8"]
    """In the order of `Distortion`."""
    fold_r2: float
    """From this x^2 + y^2 (at z = 1) on the formula folds back: what lies there is not in the picture."""


def lens_of(distortion: Distortion | None) -> Lens:
    """The lens; without distortion, one that changes nothing."""
    distortion = distortion or Distortion()
    return Lens(np.array(astuple(distortion), dtype=np.float64), distortion.fold_r2)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def bent(lens, x, y):
    """`Distortion.distort`: where the lens puts the point that a pinhole would put at (x, y), at z = 1."""
    k = lens.coefficients
    q = x * x + y * y
    s = (1.0 + q * (k[0] + q * (k[1] + q * k[4]))) / (1.0 + q * (k[5] + q * (k[6] + q * k[7])))
    return (
        x * s + 2.0 * k[2] * x * y + k[3] * (q + 2.0 * x * x),
        y * s + k[2] * (q + 2.0 * y * y) + 2.0 * k[3] * x * y,
    )
