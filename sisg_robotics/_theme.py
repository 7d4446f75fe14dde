"""The colours of pictures and pages: one set for light paper, one for dark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import UnknownName

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """What pictures and pages are drawn with, sRGB.

    `paper` lies behind everything, `unseen` behind the plan; a page's sheets lie on a `desk`. Text is
    `ink`, or `faint` where it matters less. `mark` points out things and errors, `way` is for paths and where
    they lead, `miss` for what was asked for in vain, `good` for what is right, `doubt` for what may not be.
    """

    ink: RGB
    faint: RGB
    paper: RGB
    desk: RGB
    unseen: RGB
    mark: RGB
    way: RGB
    miss: RGB
    good: RGB
    doubt: RGB

    @property
    def is_dark(self) -> bool:
        """Whether text is brighter than what it stands on."""
        return sum(self.ink) > sum(self.paper)


LIGHT = Theme(
    ink=(40, 44, 52),
    faint=(98, 106, 118),
    paper=(255, 255, 255),
    desk=(245, 246, 248),
    unseen=(222, 226, 232),
    mark=(214, 39, 40),
    way=(38, 70, 140),
    miss=(120, 124, 132),
    good=(43, 125, 79),
    doubt=(178, 106, 0),
)
DARK = Theme(
    ink=(226, 229, 235),
    faint=(146, 153, 166),
    paper=(22, 25, 31),
    desk=(12, 14, 18),
    unseen=(40, 44, 53),
    mark=(240, 84, 79),
    way=(88, 156, 255),
    miss=(140, 146, 158),
    good=(81, 184, 124),
    doubt=(230, 162, 60),
)

THEMES = {"light": LIGHT, "dark": DARK}


def make_theme(name: str) -> Theme:
    """The theme of that name. Raises UnknownName for any but light and dark."""
    if name not in THEMES:
        raise UnknownName("theme", name, THEMES)
    return THEMES[name]


def between(a: RGB, b: RGB, share: float) -> RGB:
    """So far on the way from one colour to another."""
    red, green, blue = (round((1 - share) * x + share * y) for x, y in zip(a, b, strict=True))
    return red, green, blue


def hex_color(rgb: Iterable[int]) -> str:
    """As CSS writes it: "#28323c"."""
    return "#" + "".join(f"{channel:02x}" for channel in rgb)
