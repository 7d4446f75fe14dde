"""Tasks driven on a map: figures, files, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

ASK = ("evaluate_navigation", "encoder=oracle")


def test_figures_files_and_page_tell_the_same(sisg: Callable, in_demo_folder: Path, tmp_path: Path) -> None:
    ended = sisg(*ASK, "tasks=2", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    stem = tmp_path / "oracle_navigation"
    assert ended.last_line == f"Wrote {stem}.json and {stem}.html."
    kept = json.loads(stem.with_suffix(".json").read_text())
    (table,) = kept["sections"]
    assert table["columns"][:3] == ["", "tasks", "1 in a row"]
    tasks = kept["tasks"]["oracle"]
    for (name, count, first, *_), (kind, driven) in zip(table["rows"], tasks.items(), strict=True):
        assert name == f"oracle, {kind} goals" and count == len(driven) == 2
        reachable = [task["goals"] for task in driven if all(goal["reachable"] for goal in task["goals"])]
        assert first == pytest.approx(sum(goals[0]["success"] for goals in reachable) / len(reachable))
    goals = [goal for driven in tasks.values() for task in driven for goal in task["goals"]]
    missed = sum(not goal["success"] for goal in goals)
    page = stem.with_suffix(".html").read_text()
    assert f"Missed: {missed} of {len(goals)}" in page
    assert page.count("data:image/png;base64,") == 4  # a picture of each task
    assert all(goal["path_xy_m"] for goal in goals if goal["success"])


def test_a_robot_too_large_for_the_flat_is_refused(
    sisg: Callable, in_demo_folder: Path, tmp_path: Path
) -> None:
    ended = sisg(*ASK, "robot.radius_m=3", "tasks=1", f"out={tmp_path}")
    assert ended.status == 2
    assert "radius 3 m" in ended.err and "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("tasks=0", "tasks is 0, but it must be 1 or more"),
        ("theme=pink", "theme"),
        ("scene_id=nowhere", "nowhere"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    sisg: Callable, in_demo_folder: Path, given: str, sentence: str
) -> None:
    ended = sisg(*ASK, given)
    assert ended.status == 2
    assert sentence in ended.err and "Traceback" not in ended.err
