"""The colours of pictures: one set for light paper, one for dark."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import UnknownName

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """What pictures of plans are drawn with, sRGB.

    `paper` lies behind everything, `unseen` behind the plan; text is `ink`, or `faint` where it matters less.
    `mark` points out things, `way` is for paths and where they lead, `miss` for what was asked for in vain.
    """

    ink: RGB
    faint: RGB
    paper: RGB
    unseen: RGB
    mark: RGB
    way: RGB
    miss: RGB


LIGHT = Theme(
    ink=(40, 44, 52),
    faint=(150, 155, 165),
    paper=(255, 255, 255),
    unseen=(222, 226, 232),
    mark=(214, 39, 40),
    way=(38, 70, 140),
    miss=(120, 124, 132),
)
DARK = Theme(
    ink=(226, 229, 235),
    faint=(128, 135, 148),
    paper=(22, 25, 31),
    unseen=(40, 44, 53),
    mark=(240, 84, 79),
    way=(88, 156, 255),
    miss=(140, 146, 158),
)

THEMES = {"light": LIGHT, "dark": DARK}


def make_theme(name: str) -> Theme:
    """The theme of that name. Raises UnknownName for any but light and dark."""
    if name not in THEMES:
        raise UnknownName("theme", name, THEMES)
    return THEMES[name]
