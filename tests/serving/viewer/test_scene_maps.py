"""Which maps a scene has, and what is said of those that cannot be shown."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from sisg_robotics.errors import BadFile, MissingPath, RequestError, UnknownName
from sisg_robotics.serving.viewer.scene_maps import SceneMaps, ShownMap, maps_beside, recording_of


def test_all_maps_of_the_scene_are_there_by_name(home: SimpleNamespace) -> None:
    maps = SceneMaps(maps_beside(home.map_file))
    assert maps.names == ("none", "oracle")
    assert maps.get("oracle") is maps.get("oracle")
    assert maps.get("none").vmap.encoder == "none"


def test_a_map_without_features_says_why_it_cannot_be_asked(home: SimpleNamespace) -> None:
    with pytest.raises(RequestError, match="encoder=none, which keeps nothing to ask words of"):
        SceneMaps(maps_beside(home.none_file)).get("none").ask("sofa")


def test_a_question_is_answered_as_the_map_answers(home: SimpleNamespace) -> None:
    shown = SceneMaps(maps_beside(home.map_file)).get("oracle")
    answer = shown.ask("sofa")
    assert shown.prepared and answer.found
    assert answer.objects == shown.vmap.query("sofa").objects


def test_no_map_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match=r"No map at .*tiny\.h5\. Build it with create_map\."):
        maps_beside(tmp_path / "tiny.h5")


def test_a_file_that_is_no_map_and_a_name_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "bad.h5").write_text("not a map")
    maps = SceneMaps(maps_beside(tmp_path / "bad.h5"))
    with pytest.raises(BadFile, match=r"bad\.h5"):
        maps.get("bad")
    with pytest.raises(UnknownName, match="Unknown map 'good'"):
        maps.get("good")


def test_a_map_without_cells_is_refused(make_map, tmp_path: Path) -> None:
    import numpy as np

    path = make_map(np.zeros((0, 3)), np.zeros((0, 3))).save(tmp_path / "empty.h5")
    with pytest.raises(BadFile, match="the map has no cells"):
        SceneMaps(maps_beside(path)).get("empty")


def test_a_recording_that_is_gone_is_one_sentence(home: SimpleNamespace, tmp_path: Path) -> None:
    recording, why = recording_of(home.folder)
    assert recording is not None and len(recording) == 12 and why == ""
    for gone in (tmp_path, tmp_path / "nowhere"):
        recording, why = recording_of(gone)
        assert recording is None and why.startswith("No pictures of it: ") and str(gone) in why
    shutil.copytree(home.folder, tmp_path / "torn")
    (tmp_path / "torn/poses.txt").unlink()
    assert "No poses at" in recording_of(tmp_path / "torn")[1]


def test_levels_and_floor_are_worked_out_once(home: SimpleNamespace) -> None:
    shown: ShownMap = SceneMaps(maps_beside(home.map_file)).get("none")
    assert shown.levels is shown.levels and shown.floor_z_m == shown.floor_z_m
