"""The scorecard over generated flats: made small, kept, and made again from what was kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sisg_robotics.app import scorecards
from sisg_robotics.evaluation.scorecard import Part, Section

SMALL = ("scorecard", "flats=1", "frames=4", "encoder=oracle")


def count_cells(maps: Mapping[str, Any]) -> dict[str, int]:
    return {encoder: len(mapped.vmap) for encoder, mapped in maps.items()}


def tell_cells(flats: list[dict[str, int]]) -> list[Section]:
    rows = tuple((encoder, count) for flat in flats for encoder, count in flat.items())
    return [Section("Cells", ("encoder", "cells"), rows)]


def test_slow_one_table_and_one_page_with_a_part_that_joins(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scorecards, "PARTS", (*scorecards.PARTS, Part("cells", count_cells, tell_cells)))
    ended = sisg(*SMALL)
    assert ended.status == 0, ended.err
    assert ended.last_line == (
        "Wrote data/scorecard/scorecard.json and data/scorecard/scorecard.html, on 1 flat."
    )
    kept = json.loads(Path("data/scorecard/scorecard.json").read_text())
    titles = [section["title"] for section in kept["sections"]]
    assert titles == ["Maps", "Maps, flat by flat", "Navigation", "Cells"]
    assert kept["sections"][1]["rows"][0][:2] == ["flat_1000", "oracle"]
    page = Path("data/scorecard/scorecard.html").read_text()
    assert "Maps, flat by flat" in page and "Cells" in page and "<script" not in page
    stamp = Path("data/scorecard/flat_1000/map/oracle.h5").stat().st_mtime_ns
    assert sisg(*SMALL).out.splitlines()[:-1] == ended.out.splitlines()[:-1]
    assert Path("data/scorecard/flat_1000/map/oracle.h5").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("key", ["flats", "frames", "workers"])
def test_none_of_them_is_refused(sisg: Callable, key: str) -> None:
    ended = sisg("scorecard", f"{key}=0")
    assert ended.status == 2 and ended.err == f"scorecard: {key} is 0, but it must be 1 or more.\n"
