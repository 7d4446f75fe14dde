"""Two themes, in which everything can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sisg_robotics import app
from sisg_robotics._theme import DARK, LIGHT, RGB, Theme, between, hex_color, make_theme
from sisg_robotics.app.page_style import page_style
from sisg_robotics.errors import UnknownName

SHEETS = sorted(Path(app.__file__).parent.glob("*.css"))
BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def contrast(a: RGB, b: RGB) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.1, "contrast ratio")."""

    def luminance(rgb: RGB) -> float:
        linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_themes_have_names() -> None:
    assert make_theme("light") == LIGHT and make_theme("dark") == DARK
    assert DARK.is_dark and not LIGHT.is_dark
    with pytest.raises(UnknownName, match="Available: dark, light"):
        make_theme("pink")


@BOTH
def test_text_can_be_read_on_paper_and_desk(theme: Theme) -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    for ground in (theme.paper, theme.desk):
        assert contrast(theme.ink, ground) > 7
        for said in (theme.faint, theme.mark, theme.way, theme.good):
            assert contrast(said, ground) > 4.5
        assert contrast(theme.doubt, ground) > 3.8  # large or bold alone


@BOTH
def test_a_page_has_no_colour_but_its_theme_s(theme: Theme) -> None:
    style = page_style(theme, *(sheet.name for sheet in SHEETS))
    assert len(SHEETS) == 2 and f"--paper: {hex_color(theme.paper)};" in style
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", "".join(sheet.read_text() for sheet in SHEETS))) == set()
    assert set(re.findall(r"var\((--\w+)\)", style)) <= set(re.findall(r"(--\w+):", style))


def test_colours_between_two_and_as_css() -> None:
    assert between((0, 100, 200), (100, 0, 200), 0.25) == (25, 75, 200)
    assert hex_color((0, 16, 255)) == "#0010ff"
