"""What another camera makes of a view: crops of it at random scales, lit and blurred at random."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image, ImageFilter

from .._srgb import linear_from_srgb, srgb_from_linear
from .views import View


@dataclass(frozen=True)
class Augmentation:
    """How far views are changed; each number is a bound of what is drawn."""

    height: int = 224
    width: int = 288
    zoom: tuple[float, float] = (0.47, 1.0)
    """Pixels of the crop to one of the view."""
    flip: bool = True
    exposure: float = 0.6
    """Largest natural logarithm of the gain, in linear light."""
    white_balance: float = 0.08
    noise: float = 0.035
    """Largest standard deviation of a grey pixel, in linear light."""
    blur_px: float = 0.9
    jpeg_quality: tuple[int, int] = (60, 95)


def augmented(
    view: View, how: Augmentation, rng: np.random.Generator, focus: tuple[int, int] | None = None
) -> View:
    """A crop of `how.height` by `how.width` pixels of a view, as another camera would have taken it.

    `focus` is a pixel (u, v) of the view that the crop shows.
    """
    crop = _cropped(view, how, rng, focus)
    rgb = _photographed(crop.rgb, how, rng)
    picture = Image.fromarray(rgb)
    if rng.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.2, how.blur_px))))
    if rng.random() < 0.3:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=int(rng.integers(*how.jpeg_quality)))
        picture = Image.open(file)
    return View(np.asarray(picture), crop.ids)


def _cropped(view: View, how: Augmentation, rng: np.random.Generator, focus: tuple[int, int] | None) -> View:
    height, width = view.ids.shape
    zoom = float(np.exp(rng.uniform(*np.log(how.zoom))))
    zoom = max(zoom, how.height / height, how.width / width)
    size = how.width / zoom, how.height / zoom
    left, top = (
        float(rng.uniform(max(0.0, at - part), min(at, whole - part)))
        if focus
        else float(rng.uniform(0, whole - part))
        for whole, part, at in zip((width, height), size, focus or (0, 0), strict=True)
    )
    box = (left, top, left + size[0], top + size[1])
    out = (how.width, how.height)
    rgb = np.asarray(Image.fromarray(view.rgb).resize(out, Image.Resampling.BILINEAR, box=box))
    ids = np.asarray(Image.fromarray(view.ids).resize(out, Image.Resampling.NEAREST, box=box))
    if how.flip and rng.random() < 0.5:
        rgb, ids = rgb[:, ::-1], ids[:, ::-1]
    return View(np.ascontiguousarray(rgb), np.ascontiguousarray(ids).astype(np.uint16))


def _photographed(
    rgb: UInt8[np.ndarray, "h w 3"], how: Augmentation, rng: np.random.Generator
) -> UInt8[np.ndarray, "h w 3"]:
    """Another gain and white balance, photon noise that grows with the root of the light, 8 bits."""
    gain = np.exp(rng.uniform(-how.exposure, how.exposure))
    balance = 1 + rng.uniform(-how.white_balance, how.white_balance, size=3)
    light = _LINEAR[rgb] * (gain * balance).astype(np.float32)
    if rng.random() < 0.7:
        sigma = np.float32(rng.uniform(0, how.noise))
        start = int(rng.integers(len(_GRAIN) - light.size))
        grain = _GRAIN[start : start + light.size].reshape(light.shape)
        light += grain * (sigma * np.sqrt(light + np.float32(0.01)))
    steps = np.clip(light * (len(_SRGB) - 1), 0, len(_SRGB) - 1).astype(np.uint16)
    return _SRGB[steps]


_GRAIN: Float32[np.ndarray, " n"] = np.random.default_rng(0).standard_normal(1 << 20, dtype=np.float32)
"""Drawn once: noise for a whole picture takes longer to draw than everything else takes."""
_LINEAR: Float32[np.ndarray, "256"] = linear_from_srgb(np.arange(256) / 255).astype(np.float32)
_SRGB: UInt8[np.ndarray, "4096"] = np.round(255 * srgb_from_linear(np.arange(4096) / 4095)).astype(np.uint8)
