"""A scorecard: a list of titled tables, each of any part of the project, told as text or kept as JSON.

A part of a scorecard measures each flat alone, maybe in another process, and then makes its tables of what it
measured of all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import BadValue

Cell = str | int | float | None


@dataclass(frozen=True)
class Section:
    """One table: the first cell of a row is its name; a number that could not be measured is NaN or None.

    `note` says under the table what a reader must know to trust it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise BadValue(f"a row of {self.title!r}", row, f"{len(self.columns)} cells long")


class Part(NamedTuple):
    """One part of a scorecard: two functions at the top of a module, so that other processes know them."""

    name: str
    measure: Callable[[Mapping[str, Any]], Any]
    """Of the maps of one flat, a MappedFlat by encoder, what the tables need: small, and to be pickled."""
    sections: Callable[[Sequence[Any]], list[Section]]
    """The tables, of what was measured of each flat."""


def told(cell: Cell) -> str:
    """A cell as people read it: three decimals, and a dash for what is not known."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "-"
    return f"{round(cell, 3) + 0.0:.3f}" if isinstance(cell, float) else str(cell)  # no "-0.000"


def text_of(sections: Sequence[Section]) -> str:
    """All tables for a terminal, words to the left and numbers to the right."""
    return "\n\n".join(_text(section) for section in sections)


def json_of(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """All tables as JSON values; what is not known is null."""
    return [
        {
            "title": section.title,
            "columns": list(section.columns),
            "rows": [[_plain(cell) for cell in row] for row in section.rows],
            "note": section.note,
        }
        for section in sections
    ]


def is_numeric(section: Section, column: int) -> bool:
    """Whether a column holds numbers."""
    return any(isinstance(row[column], float | int) for row in section.rows)


def _text(section: Section) -> str:
    table = [section.columns, *(tuple(told(cell) for cell in row) for row in section.rows)]
    aligned = [
        [cell.rjust(width) if is_numeric(section, i) else cell.ljust(width) for cell in column]
        for i, column in enumerate(zip(*table, strict=True))
        for width in [max(len(cell) for cell in column)]
    ]
    lines = ["  " + "  ".join(row).rstrip() for row in zip(*aligned, strict=True)]
    return "\n".join([section.title, *lines, *([section.note] if section.note else [])])


def _plain(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
