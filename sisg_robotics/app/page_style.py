"""The look of pages: the colours of a theme, and style sheets that name them."""

from __future__ import annotations

from pathlib import Path

from .._theme import Theme, between, hex_color


def page_style(theme: Theme, *sheets: str) -> str:
    """CSS of a page: `--ink`, `--paper` and the other colours of the theme, then the style sheets."""
    colors = {
        "ink": theme.ink,
        "faint": theme.faint,
        "paper": theme.paper,
        "desk": theme.desk,
        "line": theme.unseen,
        "error": theme.mark,
        "warning": theme.doubt,
        "note": theme.way,
        "clean": theme.good,
        "bound": between(theme.paper, theme.way, 0.4),
    }
    named = "".join(f" --{name}: {hex_color(rgb)};" for name, rgb in colors.items())
    scheme = "dark" if theme.is_dark else "light"
    written = [(Path(__file__).parent / sheet).read_text(encoding="utf-8") for sheet in sheets]
    return "".join([f":root {{ color-scheme: {scheme};{named} }}\n", *written])
