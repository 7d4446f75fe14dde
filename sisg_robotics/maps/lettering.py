"""Words on pictures: the font that comes with Pillow, what it has no letters for, and what has no room."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from functools import lru_cache
from itertools import groupby

from PIL import ImageFont

from .._wording import counted

MISSING = "\uffff"
"""No font has it: what is drawn instead is what stands for every letter that this font lacks."""
PLAIN = str.maketrans({
    "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "đ": "d", "Đ": "D", "ð": "d",
    "ł": "l", "Ł": "L", "ı": "i", "þ": "th", "Þ": "Th", "€": "EUR", "£": "GBP", "×": "x", "−": "-",
})  # fmt: skip
"""Letters that are not another one with an accent."""
UNIT = re.compile(r"(?<=[\d)]) (?=(?:m|cm|mm|%|degrees?)\b)")
NO_BREAK = "\u00a0"


def font_of_size(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that comes with Pillow."""
    return ImageFont.load_default(size)


def fitting(text: str, width_px: int, size: int) -> str:
    """The text, cut with dots where it is wider than this."""
    font, length = font_of_size(size), len(text)
    while length > 1 and font.getlength(text if length == len(text) else text[:length] + "...") > width_px:
        length -= 1
    return text if length == len(text) else text[:length].rstrip() + "..."


def wrapped(text: str, letters: int) -> list[str]:
    """The text in lines of at most so many letters, a number and its unit on one; at least one line."""
    lines = textwrap.wrap(UNIT.sub(NO_BREAK, legible(text)), letters)
    return [line.replace(NO_BREAK, " ") for line in lines] or [""]


def legible(text: str) -> str:
    """The text in letters that the font has: without accents, pictures by name, other scripts counted.

    "un canapé" becomes "un canape", a couch "(couch and lamp)", two Chinese letters "(2 CJK letters)".
    """
    said = []
    for is_plain, group in groupby(
        ((_folded(letter), letter) for letter in text), lambda p: p[0] is not None
    ):
        pairs = list(group)
        if is_plain:
            said.append("".join(folded or "" for folded, _ in pairs))
        else:
            said.append(_named("".join(letter for _, letter in pairs)))
    return "".join(said).strip()


def _named(letters: str) -> str:
    """Letters that cannot be drawn: symbols by their names, letters by script and number."""
    said = []
    for kind, group in groupby(letters, _kind):
        run = list(group)
        said.append(f"({counted(len(run), f'{kind} letter')})" if kind else "".join(map(_symbol, run)))
    return "".join(said)


def _kind(letter: str) -> str:
    """The script of a letter; "" of what is none."""
    script = unicodedata.name(letter, "UNKNOWN").split()[0]
    name = script if script == "CJK" else script.capitalize()
    return name if unicodedata.category(letter)[0] in "LNC" else ""


def _symbol(letter: str) -> str:
    return f"({unicodedata.name(letter, 'symbol').lower()})"


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str | None:
    """A letter as the font has it; "" for what is not seen by itself, None where it has nothing like it."""
    if _is_drawn(letter):
        return letter
    category = unicodedata.category(letter)
    if category == "Zs" or letter in "\t\n\r":
        return " "
    if category in ("Cc", "Cf", "Mn", "Me"):
        return ""
    if category == "Pd":
        return "-"
    plain = letter.translate(PLAIN)
    split = unicodedata.normalize("NFKD", plain)
    plain = "".join(part for part in split if not unicodedata.combining(part)).translate(PLAIN)
    return plain if plain and all(map(_is_drawn, plain)) else None


@lru_cache(maxsize=4096)
def _is_drawn(letter: str) -> bool:
    font = font_of_size(22)
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask(MISSING))
