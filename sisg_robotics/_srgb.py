"""sRGB's transfer function (IEC 61966-2-1), and CIE Lab, in which colours differ as people see them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""CIE XYZ of linear sRGB."""


def linear_from_srgb(srgb: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Linear light of sRGB values in [0, 1]."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(linear: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """sRGB values of linear light; below 0 and above 1 it is clipped."""
    light = np.clip(linear, 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def lab_from_srgb(srgb: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
    """CIE Lab of sRGB in [0, 1], white D65."""
    white = (0.9505, 1.0, 1.089)
    x, y, z = np.moveaxis(linear_from_srgb(srgb) @ _XYZ.T / white, 1, 0)
    fx, fy, fz = (np.where(v > 0.008856, np.cbrt(v), 7.787 * v + 16 / 116) for v in (x, y, z))
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=1)
