"""Sentences to goals and paths, told, drawn and driven."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics._theme import DARK, LIGHT

pytestmark = pytest.mark.usefixtures("in_demo_folder")

NAVIGATE = ("navigate", "encoder=oracle")


class Terminal(io.StringIO):
    """Standard input with somebody at it."""

    def isatty(self) -> bool:
        return True


def test_each_instruction_is_read_and_has_a_goal_with_a_path(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*NAVIGATE, "say=go to the sofa, then turn around", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    assert "1. go next to the sofa\n   to " in ended.out and "clearance" in ended.out
    assert "2. turn left by 180 degrees" in ended.out
    assert ended.last_line == f"Wrote 1 answer to {tmp_path} (a picture and a JSON file each)."
    stem = tmp_path / "go_to_the_sofa_then_turn_around"
    told = json.loads(stem.with_suffix(".json").read_text())
    first, second = told["goals"]
    assert first["found"] and first["path"]["reached"] and first["objects"][0]["text"] == "sofa"
    np.testing.assert_allclose(first["path"]["points_xy_m"][0], told["start_xyyaw"][:2], atol=0.06)
    np.testing.assert_allclose(first["path"]["points_xy_m"][-1], first["pose_xyyaw"][:2], atol=0.06)
    assert second["path"] is None
    turned = second["pose_xyyaw"][2] - first["pose_xyyaw"][2]
    assert np.cos(turned) == pytest.approx(-1)
    picture = np.array(Image.open(stem.with_suffix(".png")))
    assert (picture == LIGHT.way).all(axis=-1).sum() > 200


def test_what_is_not_there_is_said_and_drawn_in_the_dark(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*NAVIGATE, "say=go to the swimming pool", "theme=dark", f"out={tmp_path}")
    assert ended.status == 0 and "There is no 'swimming pool' in this map." in ended.out
    assert Image.open(tmp_path / "go_to_the_swimming_pool.png").getpixel((2, 2)) == DARK.paper


def test_somebody_at_a_terminal_goes_on_from_where_they_are(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("go to the sofa\n?!\nturn left\n\n"))
    ended = sisg(*NAVIGATE, f"out={tmp_path}")
    assert ended.status == 0 and "Wrote 2 answers" in ended.last_line
    assert "text" in ended.err  # of what was no sentence
    gone = json.loads((tmp_path / "go_to_the_sofa.json").read_text())["goals"][0]["pose_xyyaw"]
    start = json.loads((tmp_path / "turn_left.json").read_text())["start_xyyaw"]
    np.testing.assert_allclose(start, gone, atol=0.06)


def test_a_model_that_cannot_be_reached_is_said_and_done_without(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    ended = sisg(*NAVIGATE, "say=go to the sofa", "llm.url=http://127.0.0.1:9/v1", f"out={tmp_path}")
    assert ended.status == 0 and "1. go next to the sofa" in ended.out
    assert "The language model was not used: it can't be reached" in ended.err


def test_a_drive_is_told_and_filmed(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*NAVIGATE, "say=move 0.3 m forward", "simulate=true", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    assert "Driven: " in ended.out and "collisions" in ended.out
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".json", ".gif", ".txt"}
    stem = tmp_path / "move_0_3_m_forward"
    assert len(stem.with_name(f"{stem.name}_drive.txt").read_text().splitlines()) > 3
    with Image.open(stem.with_suffix(".gif")) as film:
        assert film.n_frames >= 2


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["theme=pink"], "Unknown theme 'pink'. Available: dark, light."),
        (["say=''"], "a sentence such as say="),
        (["start=[1]"], "two numbers, [x,y] in metres"),
        (["start=[90,90]"], "is outside the map"),
        (["llm.url=file:///etc/passwd"], "llm.url is 'file:///etc/passwd'"),
        (["map=none.h5"], "No map at none.h5."),
    ],
)
def test_a_wrong_request_ends_in_a_sentence(
    sisg: Callable, keys: list[str], said: str, tmp_path: Path
) -> None:
    ended = sisg(*NAVIGATE, "say=go to the sofa", f"out={tmp_path}", *keys)
    assert ended.status == 2 and said in ended.err and ended.err.count("\n") == 1


def test_nobody_to_ask_is_a_wrong_request(sisg: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("go to the sofa\n"))
    ended = sisg(*NAVIGATE)
    assert ended.status == 2 and "Nothing was asked. Give it, as in say=" in ended.err
