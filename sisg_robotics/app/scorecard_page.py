"""A scorecard as one HTML file with everything inside: no script, no link, pictures as data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .._theme import LIGHT, Theme
from ..datasets.files import write_text
from ..evaluation.scorecard import Section, is_numeric, told
from .findings_page import POLICY
from .findings_pictures import escaped
from .page_style import page_style

STYLES = ("findings_page.css", "scorecard_page.css")
"""The look of all pages, and what this one adds."""


def scorecard_page(title: str, verdict: str, parts: Sequence[Section | str], theme: Theme = LIGHT) -> str:
    """The text of the page: a title, one sentence, and tables and blocks of HTML in the order given."""
    inside = "".join(part if isinstance(part, str) else _table(part) for part in parts)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(title)}</title>
<style>
{page_style(theme, *STYLES)}</style>
</head>
<body>
<header>
<h1>{escaped(title)}</h1>
<p class="verdict">{escaped(verdict)}</p>
</header>
<main>
{inside}</main>
</body>
</html>
"""


def write_report(stem: Path, values: Mapping[str, Any], page: str) -> None:
    """Write <stem>.json and <stem>.html."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    write_text(stem.with_name(f"{stem.name}.json"), json.dumps(values, indent=1, allow_nan=False) + "\n")
    write_text(stem.with_name(f"{stem.name}.html"), page)


def block(title: str, html: str, note: str = "") -> str:
    """A card with a heading, whose HTML is given."""
    below = f'<p class="note">{escaped(note)}</p>' if note else ""
    return f"<section><h2>{escaped(title)}</h2>{html}{below}</section>\n"


def _table(section: Section) -> str:
    kinds = ["number" if is_numeric(section, i) else "text" for i in range(len(section.columns))]

    def row(cells: Sequence[str], tag: str) -> str:
        inside = (
            f'<{tag} class="{kind}">{escaped(cell)}</{tag}>' for kind, cell in zip(kinds, cells, strict=True)
        )
        return f"<tr>{''.join(inside)}</tr>"

    head = row(section.columns, "th")
    body = "".join(row([told(cell) for cell in cells], "td") for cells in section.rows)
    table = f'<table class="figures"><thead>{head}</thead><tbody>{body}</tbody></table>'
    return block(section.title, f'<div class="wide">{table}</div>', section.note)
