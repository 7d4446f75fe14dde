"""Materials packed into a table for compiled code: numbers, and textures with their mip levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, UInt8

from .._srgb import linear_from_srgb, srgb_from_linear
from ..assets.asset import ALPHA_MODES, Material
from .textures import NO_TEXTURE, NUMBER, SRGB, MaterialTable


def material_table(materials: Sequence[Material]) -> MaterialTable:
    """The materials packed into arrays; a texture that several share is stored once."""
    decode = np.stack([linear_from_srgb(np.arange(256) / 255), np.arange(256) / 255])
    pool = _Pool(decode)
    start = np.array([[pool.add(*image) for image in _images(m)] for m in materials], dtype=np.int64)
    size = [[(1, 1) if t is None else t.shape[:2] for t, _ in _images(m)] for m in materials]
    color = linear_from_srgb(np.array([m.color_rgb for m in materials], dtype=np.float64))
    mean_color = np.array(
        [c if m.texture is None else _mean(m.texture, decode) for c, m in zip(color, materials, strict=True)]
    )
    glow = [
        m.emission * (c if m.emission_texture is None else _mean(m.emission_texture, decode))
        for c, m in zip(mean_color, materials, strict=True)
    ]
    return MaterialTable(
        color=color.astype(np.float32),
        mean_color=mean_color.astype(np.float32),
        mean_glow=np.array(glow, dtype=np.float32),
        mean_through=np.array([_mean_through(m) for m in materials], dtype=np.float32),
        roughness=_numbers([m.roughness for m in materials]),
        metallic=_numbers([m.metallic for m in materials]),
        emission=_numbers([m.emission for m in materials]),
        alpha=_numbers([m.alpha for m in materials]),
        alpha_mode=np.array([ALPHA_MODES.index(m.alpha_mode) for m in materials], dtype=np.uint8),
        alpha_cutoff=_numbers([m.alpha_cutoff for m in materials]),
        normal_scale=_numbers([m.normal_scale for m in materials]),
        transmission=_numbers([m.transmission for m in materials]),
        start=start,
        size=np.array(size, dtype=np.int32),
        texels=pool.texels(),
        decode=decode.astype(np.float32),
    )


def _numbers(values: Sequence[float]) -> Float32[np.ndarray, "k"]:
    return np.array(values, dtype=np.float32)


def _images(m: Material) -> tuple[tuple[np.ndarray | None, int], ...]:
    """The textures of a material in the order of the columns, and their coding."""
    return (
        (m.texture, SRGB),
        (m.alpha_texture, NUMBER),
        (m.metal_rough_texture, NUMBER),
        (m.normal_texture, NUMBER),
        (m.emission_texture, SRGB),
    )


def _mean(texture: np.ndarray, decode: np.ndarray) -> np.ndarray:
    return decode[SRGB][texture].mean(axis=(0, 1))


def _mean_through(m: Material) -> float:
    covered = 1.0
    if m.alpha_mode != "opaque":
        alpha = m.alpha * (1.0 if m.alpha_texture is None else m.alpha_texture / 255)
        covered = float(np.mean(alpha >= m.alpha_cutoff if m.alpha_mode == "mask" else alpha))
    return 1.0 - covered * (1.0 - m.transmission)


class _Pool:
    """Gathers textures and their halvings; what is added twice is stored once."""

    def __init__(self, decode: np.ndarray) -> None:
        self._decode = decode
        self._chunks: list[np.ndarray] = [np.zeros((1, 3), dtype=np.uint8)]
        self._starts: dict[tuple[int, int], int] = {}
        self._count = 1

    def add(self, texture: np.ndarray | None, code: int) -> int:
        if texture is None:
            return NO_TEXTURE
        key = (id(texture), code)
        if key not in self._starts:
            self._starts[key] = self._count
            image = texture[..., None] if texture.ndim == 2 else texture
            wide = np.zeros((*image.shape[:2], 3), dtype=np.uint8)
            wide[..., : image.shape[-1]] = image
            self._chunks.append(_mip_levels(wide, self._decode[code], code))
            self._count += len(self._chunks[-1])
        return self._starts[key]

    def texels(self) -> UInt8[np.ndarray, "t 3"]:
        return np.concatenate(self._chunks)


def _mip_levels(texture: UInt8[np.ndarray, "h w 3"], decode: np.ndarray, code: int) -> np.ndarray:
    """The texture and its halvings down to one texel, averaged as light."""
    levels = [texture.reshape(-1, 3)]
    image = decode.astype(np.float32)[texture]
    while image.shape[0] > 1 or image.shape[1] > 1:
        for axis in (0, 1):
            if image.shape[axis] > 1:
                even = 2 * (image.shape[axis] // 2)
                image = np.take(image, np.arange(even), axis=axis)
                half = [np.take(image, np.arange(first, even, 2), axis=axis) for first in (0, 1)]
                image = (half[0] + half[1]) / 2
        coded = srgb_from_linear(image) if code == SRGB else image
        levels.append(np.rint(coded * 255).astype(np.uint8).reshape(-1, 3))
    return np.concatenate(levels)
