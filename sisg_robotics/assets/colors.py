"""Colour words, and what they mean. The palette is spread out so that no two words look alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..errors import UnknownName

RGB = tuple[float, float, float]

COLORS: Mapping[str, RGB] = MappingProxyType(
    {
        "white": (0.93, 0.93, 0.91),
        "grey": (0.52, 0.53, 0.54),
        "black": (0.09, 0.09, 0.10),
        "red": (0.74, 0.10, 0.10),
        "orange": (0.92, 0.47, 0.10),
        "yellow": (0.94, 0.79, 0.18),
        "green": (0.20, 0.50, 0.22),
        "turquoise": (0.16, 0.64, 0.64),
        "blue": (0.13, 0.30, 0.66),
        "purple": (0.44, 0.22, 0.56),
        "pink": (0.92, 0.56, 0.66),
        "brown": (0.36, 0.22, 0.13),
        "light brown": (0.69, 0.50, 0.31),
        "beige": (0.86, 0.79, 0.65),
    }
)
"""Words to sRGB in [0, 1]."""


def color_rgb(word: str) -> RGB:
    """The sRGB of a colour word."""
    if word not in COLORS:
        raise UnknownName("colour", word, COLORS)
    return COLORS[word]
