"""What a colour camera makes of the light: vignetting, exposure, photon and read noise, clipping, 8 bits.

In linear light, for a pixel whose ray makes the angle theta with the optical axis:

    electrons  n = full_well * L * cos(theta)^k         L the ideal picture, 1 is white; k = 4 is cos^4
    signal     s = gain * (n + sqrt(n + read^2) * N(0, 1)) / full_well
    picture    sRGB of s clipped to [0, 1], rounded to 8 bits

The noise is the photon transfer model of EMVA Standard 1288 (release 4.0, 2021), with the Gaussian that a
Poisson distribution of more than a few dozen electrons is (Foi et al. 2008).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from ..._numba import njit, prange
from ..._srgb import linear_from_srgb, srgb_from_linear
from ...errors import BadValue
from ...geometry import Distortion, Intrinsics
from .depth import rays_xy

CODES = 65536
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True)
class Exposure:
    """`gain` as given, or with `target` chosen so that the picture's mean luminance (linear) becomes it."""

    gain: float = 1.0
    target: float | None = None
    limits: tuple[float, float] = (0.25, 8.0)
    """Smallest and largest gain that `target` may lead to."""

    def __post_init__(self) -> None:
        if not (0 < self.gain < np.inf and 0 < self.limits[0] <= self.limits[1] < np.inf):
            raise BadValue("exposure", (self.gain, self.limits), "a positive gain and (smallest, largest)")
        if self.target is not None and not 0 < self.target < 1:
            raise BadValue("the exposure's target", self.target, "between 0 and 1, or None")

    def gain_for(self, mean_luminance: float) -> float:
        """The gain for a picture of this mean luminance."""
        if self.target is None:
            return self.gain
        return float(np.clip(self.target / max(mean_luminance, 1e-6), *self.limits))


@dataclass(frozen=True)
class ColorModel:
    """A colour camera."""

    full_well_e: float = np.inf
    """Electrons that make white at gain 1: the fewer, the noisier. Infinite is without any noise."""
    read_noise_e: float = 0.0
    vignetting: float = 0.0
    """The power k of the cosine."""
    exposure: Exposure = field(default_factory=Exposure)

    def __post_init__(self) -> None:
        if not (self.full_well_e > 0 and 0 <= self.read_noise_e < np.inf and 0 <= self.vignetting < np.inf):
            given = (self.full_well_e, self.read_noise_e, self.vignetting)
            raise BadValue("full_well_e, read_noise_e, vignetting", given, "positive, at least 0, at least 0")

    def expose(
        self,
        rgb: UInt8[np.ndarray, "h w 3"],
        intrinsics: Intrinsics,
        rng: np.random.Generator,
        *,
        distortion: Distortion | None = None,
    ) -> UInt8[np.ndarray, "h w 3"]:
        """The picture (sRGB) that the camera makes of the ideal picture `rgb`, which stays as it is."""
        if rgb.shape[:2] != (intrinsics.height, intrinsics.width):
            raise BadValue("the shape of rgb", rgb.shape, f"{(intrinsics.height, intrinsics.width, 3)}")
        rgb = np.ascontiguousarray(rgb)
        falloff = cosine_power(intrinsics, distortion, float(self.vignetting))
        gain = self.exposure.gain
        if self.exposure.target is not None:
            gain = self.exposure.gain_for(float(_mean_luminance(rgb, falloff, _linear(), LUMINANCE)))
        noisy = np.isfinite(self.full_well_e)
        chance = rng.standard_normal(rgb.shape if noisy else (0, 0, 3), dtype=np.float32)
        full_well = float(self.full_well_e) if noisy else 1.0
        return _expose(rgb, falloff, chance, (gain, full_well, float(self.read_noise_e)), _linear(), _srgb())


@functools.lru_cache(maxsize=8)
def cosine_power(
    intrinsics: Intrinsics, distortion: Distortion | None, power: float
) -> Float32[np.ndarray, "h w"]:
    """The cosine of each pixel's angle to the optical axis, to a power."""
    xy = rays_xy(intrinsics, distortion).astype(np.float64)
    out = ((1 + (xy**2).sum(axis=-1)) ** (-power / 2)).astype(np.float32)
    out.flags.writeable = False
    return out


@functools.cache
def _linear() -> Float32[np.ndarray, "256"]:
    """Linear light of every 8-bit sRGB code."""
    return linear_from_srgb(np.arange(256) / 255).astype(np.float32)


@functools.cache
def _srgb() -> UInt8[np.ndarray, "65536"]:
    """8-bit sRGB of linear light in 65535ths."""
    return np.rint(255 * srgb_from_linear(np.arange(CODES) / (CODES - 1))).astype(np.uint8)


@njit(cache=True, nogil=True)
@no_type_check
def _mean_luminance(rgb, falloff, linear, weights):
    total = 0.0
    for v in range(rgb.shape[0]):
        for u in range(rgb.shape[1]):
            light = 0.0
            for c in range(3):
                light += weights[c] * linear[rgb[v, u, c]]
            total += light * falloff[v, u]
    return total / (rgb.shape[0] * rgb.shape[1])


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _expose(rgb, falloff, chance, camera, linear, srgb):
    gain, full_well, read = camera
    noisy = chance.shape[0] > 0
    out = np.empty_like(rgb)
    for v in prange(rgb.shape[0]):
        for u in range(rgb.shape[1]):
            for c in range(3):
                electrons = full_well * linear[rgb[v, u, c]] * falloff[v, u]
                if noisy:
                    electrons += np.sqrt(electrons + read * read) * chance[v, u, c]
                light = min(max(gain * electrons / full_well, 0.0), 1.0)
                out[v, u, c] = srgb[int(light * (CODES - 1) + 0.5)]
    return out
