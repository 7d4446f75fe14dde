"""What the page says in words: found or not here, one line for each object, why something is refused."""

from __future__ import annotations

from html import escape

from ..._theme import LIGHT, Theme, hex_color
from ...maps import QueryResult
from ...maps.objects import MapObject

LONGEST = 160
"""Characters of somebody's text that are repeated."""


def verdict(answer: QueryResult, most: int) -> str:
    """Whether it was found, and how many things; said plainly where it was not."""
    asked = shortened(answer.text)
    if not answer.found:
        return f"“{asked}” is not here."
    count = len(answer.objects)
    more = f", the best {most} below" if count > most else ""
    return f"“{asked}”: {count} found{more}." if count > 1 else f"“{asked}”: found."


def object_line(number: int, thing: MapObject) -> str:
    """One object in the list: its number, score, place and size."""
    x, y, z = thing.center_xyz_m
    width, depth, height = thing.size_xyz_m
    place = f"({x:.1f}, {y:.1f}, {z:.1f}) m"
    return f"{number}.  {thing.score:.2f}  at {place}, {width:.1f} × {depth:.1f} × {height:.1f} m"


def paragraph(text: str, *, kind: str = "plain", theme: Theme = LIGHT) -> str:
    """Text as HTML that shows it letter by letter: "plain", "found", "absent", "refused" or "faint"."""
    rgb = {"found": theme.good, "absent": theme.mark, "refused": theme.mark}.get(kind, theme.faint)
    color = "inherit" if kind == "plain" else hex_color(rgb)
    weight = "normal" if kind in ("plain", "faint", "refused") else "bold"
    style = f"color:{color};font-weight:{weight};font-size:0.85em;padding:0.1em 0.75em;overflow-wrap:anywhere"
    return f'<div class="sisg-{kind}" style="{style}">{escape(shortened(text, 4 * LONGEST))}</div>'


def shortened(text: str, most: int = LONGEST) -> str:
    """Text of at most so many characters, its end left out where it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"
