"""theme=: whatever an application makes to be looked at is light or dark."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from sisg_robotics._theme import DARK, LIGHT, hex_color, make_theme
from sisg_robotics.app.config_keys import config_keys
from sisg_robotics.app.configs import CONFIGS

MAKE_NOTHING_TO_LOOK_AT = {
    "fetch_models",
    "import_dataset",
    "map_server",
    "render_dataset",
    "render_objects",
    "render_scenes",
    "train_encoder",
}
"""Data for programs, and photographs."""
THEMED = sorted(set(CONFIGS) - MAKE_NOTHING_TO_LOOK_AT)


@pytest.mark.parametrize("verb", THEMED)
def test_an_unknown_theme_is_refused_in_a_sentence_before_any_work(
    sisg: Callable, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = sisg(verb, "theme=pink")
    assert ended.status == 2 and ended.err == f"{verb}: Unknown theme 'pink'. Available: dark, light.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_rest_has_no_such_key() -> None:
    assert {verb for verb in CONFIGS if "theme" in config_keys(CONFIGS[verb])} == set(THEMED)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_page_and_the_plans_in_it_are_of_one_paper(
    sisg: Callable, in_demo_folder: Path, tmp_path: Path, name: str
) -> None:
    ended = sisg("evaluate_map", "encoder=oracle", "questions=4", f"theme={name}", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    page, paper = (tmp_path / "oracle_scores.html").read_text(), make_theme(name).paper
    assert f"color-scheme: {name};" in page and f"--paper: {hex_color(paper)};" in page
    plans = re.findall(r"data:image/png;base64,([^\"]+)", page)
    corners = [
        Image.open(io.BytesIO(base64.b64decode(plan))).convert("RGB").getpixel((1, 1)) for plan in plans
    ]
    assert corners == [paper] * 4


def test_a_page_of_findings_in_the_dark(sisg: Callable, in_demo_folder: Path, tmp_path: Path) -> None:
    assert sisg("validate_dataset", "theme=dark", f"out={tmp_path}").status == 0
    page = (tmp_path / "validation.html").read_text()
    assert f"--desk: {hex_color(DARK.desk)};" in page and hex_color(LIGHT.desk) not in page


def test_a_reconstruction_in_the_dark(sisg: Callable, in_demo_folder: Path, tmp_path: Path) -> None:
    ended = sisg(
        "reconstruct", "theme=dark", "max_frames=3", "use_scene=false", "voxel_size_m=0.1", f"out={tmp_path}"
    )
    assert ended.status == 0, ended.err
    assert Image.open(tmp_path / "top_down.png").getpixel((2, 2)) == DARK.paper
    assert Image.open(tmp_path / "view.png").getpixel((2, 2)) == DARK.unseen
