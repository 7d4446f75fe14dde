"""Materials as flat arrays that compiled code can read: colours, and textures with their mip levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int32, Int64, UInt8
from numba import njit

from ..assets.asset import Material

NO_TEXTURE = -1


class MaterialTable(NamedTuple):
    """k materials. Colours are linear; texels are sRGB bytes, all textures and levels one after another."""

    color: Float32[np.ndarray, "k 3"]
    mean_color: Float32[np.ndarray, "k 3"]
    """The colour from far away: the texture's mean, or `color`."""
    roughness: Float32[np.ndarray, "k"]
    metallic: Float32[np.ndarray, "k"]
    emission: Float32[np.ndarray, "k"]
    texture_start: Int64[np.ndarray, "k"]
    """Where the finest level begins in `texels`, or NO_TEXTURE."""
    texture_size: Int32[np.ndarray, "k 2"]
    """Height and width of the finest level."""
    texels: UInt8[np.ndarray, "t 3"]
    linear: Float32[np.ndarray, "256"]
    """The linear value of each sRGB byte."""


def linear_from_srgb(srgb: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Linear light of sRGB values in [0, 1] (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(linear: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """sRGB values of linear light in [0, 1] (IEC 61966-2-1)."""
    return np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )


def material_table(materials: Sequence[Material]) -> MaterialTable:
    """The materials packed into arrays; a texture that several share is stored once."""
    linear = linear_from_srgb(np.arange(256) / 255)
    chunks: list[np.ndarray] = [np.zeros((1, 3), dtype=np.uint8)]
    starts: dict[int, int] = {}
    for material in materials:
        if material.texture is not None and id(material.texture) not in starts:
            starts[id(material.texture)] = sum(len(chunk) for chunk in chunks)
            chunks.append(_mip_levels(material.texture, linear))
    color = linear_from_srgb(np.array([m.color_rgb for m in materials], dtype=np.float64))
    means = [
        color[row] if m.texture is None else linear[m.texture].mean(axis=(0, 1))
        for row, m in enumerate(materials)
    ]
    return MaterialTable(
        color=color.astype(np.float32),
        mean_color=np.array(means, dtype=np.float32),
        roughness=np.array([m.roughness for m in materials], dtype=np.float32),
        metallic=np.array([m.metallic for m in materials], dtype=np.float32),
        emission=np.array([m.emission for m in materials], dtype=np.float32),
        texture_start=np.array([starts.get(id(m.texture), NO_TEXTURE) for m in materials], dtype=np.int64),
        texture_size=np.array(
            [(1, 1) if m.texture is None else m.texture.shape[:2] for m in materials], dtype=np.int32
        ),
        texels=np.concatenate(chunks),
        linear=linear.astype(np.float32),
    )


def _mip_levels(texture: UInt8[np.ndarray, "h w 3"], linear: np.ndarray) -> UInt8[np.ndarray, "t 3"]:
    """The texture and its halvings down to one texel, averaged in linear light."""
    levels = [texture.reshape(-1, 3)]
    image = linear[texture]
    while image.shape[0] > 1 or image.shape[1] > 1:
        for axis in (0, 1):
            if image.shape[axis] > 1:
                even = 2 * (image.shape[axis] // 2)
                image = np.take(image, np.arange(even), axis=axis)
                half = [np.take(image, np.arange(first, even, 2), axis=axis) for first in (0, 1)]
                image = (half[0] + half[1]) / 2
        levels.append(np.rint(srgb_from_linear(image) * 255).astype(np.uint8).reshape(-1, 3))
    return np.concatenate(levels)


@njit(cache=True, nogil=True)
@no_type_check
def base_color(materials, row, u, v, level):
    """Linear colour of a material at texture coordinates (u, v): trilinear between mip levels.

    As in glTF, v = 0 is the top row.
    """
    start = materials.texture_start[row]
    if start < 0:
        return materials.color[row, 0], materials.color[row, 1], materials.color[row, 2]
    height, width = materials.texture_size[row, 0], materials.texture_size[row, 1]
    level = max(level, 0.0)
    while level >= 1.0 and (height > 1 or width > 1):
        start += height * width
        height, width = max(height // 2, 1), max(width // 2, 1)
        level -= 1.0
    red, green, blue = _bilinear(materials, start, height, width, u, v)
    if height > 1 or width > 1:
        start += height * width
        r, g, b = _bilinear(materials, start, max(height // 2, 1), max(width // 2, 1), u, v)
        red, green, blue = red + level * (r - red), green + level * (g - green), blue + level * (b - blue)
    return red, green, blue


@njit(cache=True, nogil=True)
@no_type_check
def _bilinear(materials, start, height, width, u, v):
    x = u * width - 0.5
    y = v * height - 0.5
    x0, y0 = int(np.floor(x)), int(np.floor(y))
    fx, fy = x - x0, y - y0
    red, green, blue = 0.0, 0.0, 0.0
    for dy in range(2):
        row = start + ((y0 + dy) % height) * width
        for dx in range(2):
            weight = (fx if dx else 1.0 - fx) * (fy if dy else 1.0 - fy)
            texel = materials.texels[row + (x0 + dx) % width]
            red += weight * materials.linear[texel[0]]
            green += weight * materials.linear[texel[1]]
            blue += weight * materials.linear[texel[2]]
    return red, green, blue
