"""Textures from outside: sizes are checked before anything is decoded; colours are tinted in linear light."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..._srgb import linear_from_srgb, srgb_from_linear
from .source import Source

_FORMATS = ["PNG", "JPEG", "WEBP", "BMP", "TGA", "TIFF", "GIF", "DDS"]


def decode_image(source: Source, data: bytes | None, name: str) -> UInt8[np.ndarray, "h w c"] | None:
    """An image as (h, w, 3) or, where it has alpha, (h, w, 4); None, and booked as missing, without one.

    Raises `BadModel` ("texture_too_large") from the header alone.
    """
    if data is None:
        source.missing_textures[name] = None
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large and odd files; the size is checked here
        try:
            with _pillow_sets_no_limit():
                image = Image.open(io.BytesIO(data), formats=_FORMATS)
            width, height = image.size
        except Exception:  # Pillow's decoders trip over damaged files in any way there is
            source.missing_textures[name] = None
            return None
        source.take_pixels(width, height, name)
        try:
            return _to_bytes(image)
        except Exception:  # likewise
            source.missing_textures[name] = None
            return None


@contextmanager
def _pillow_sets_no_limit() -> Iterator[None]:
    """While a header is read: how many pixels are too many is for `Limits` to say, with the true number."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _to_bytes(image: Image.Image) -> UInt8[np.ndarray, "h w c"]:
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip
        grey = (np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    return np.array(image.convert("RGBA" if has_alpha else "RGB"))


def tint(texture: UInt8[np.ndarray, "h w 3"], factor: Sequence[float]) -> UInt8[np.ndarray, "h w 3"]:
    """An sRGB texture times linear factors, exactly rounded; the same array where they are all 1."""
    if all(f == 1.0 for f in factor):
        return texture
    light = linear_from_srgb(np.arange(256) / 255)
    tables = [np.round(srgb_from_linear(light * f) * 255).astype(np.uint8) for f in factor]
    return np.stack([table[texture[..., c]] for c, table in enumerate(tables)], axis=-1)


def mean_color(texture: UInt8[np.ndarray, "h w 3"]) -> tuple[float, float, float]:
    """The sRGB colour of a texture seen from afar."""
    light = linear_from_srgb(np.arange(256) / 255)
    counts = [np.bincount(texture[..., c].ravel(), minlength=256) for c in range(3)]
    red, green, blue = srgb_from_linear(np.array([light @ n / n.sum() for n in counts])).tolist()
    return red, green, blue


def glow(
    factor: Sequence[float], texture: UInt8[np.ndarray, "h w 3"] | None
) -> tuple[float, UInt8[np.ndarray, "h w 3"] | None]:
    """`emission` and `emission_texture` of a surface that gives off linear `factor` times `texture`."""
    strength = float(max(factor))
    if strength <= 0:
        return 0.0, None
    white = np.full((1, 1, 3), 255, dtype=np.uint8)
    return strength, tint(white if texture is None else texture, [f / strength for f in factor])
