"""generate_scene, render_dataset and import_dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sisg_robotics import RgbdSequence, load_scene
from sisg_robotics.app.wording import counted

TINY = ("frames=3", "width=48", "height=36")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sentence_becomes_a_scene_on_disk(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a bedroom, an office", "seed=4", "name=two rooms")
    assert ended.status == 0, ended.err
    scene = load_scene(Path("data/two rooms"))
    assert scene.prompt == "a bedroom, an office" and scene.seed == 4
    assert ended.last_line == (
        f"Wrote {counted(len(scene.rooms), 'room')} with {len(scene.objects)} objects to data/two rooms "
        "(scene.json, scene.glb, scene.png)."
    )
    written = {path.name for path in Path("data/two rooms").iterdir()}
    assert written == {"scene.glb", "scene.json", "scene.png"}


def test_a_name_is_made_where_none_is_given(sisg: Callable) -> None:
    assert sisg("generate_scene", "prompt=a bathroom", "seed=12").status == 0
    assert [path.name for path in Path("data").iterdir()] == ["flat_0012"]


def test_what_could_not_be_placed_is_said_with_the_reason(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a bathroom with 30 pianos")
    assert ended.status == 0, ended.err
    told = [line for line in ended.out.splitlines() if line.startswith("Not placed: ")]
    scene = load_scene(next(Path("data").iterdir()))
    assert len(told) == len(scene.unplaced) > 0
    assert all("piano" in line and "because" in line for line in told)


def test_a_name_does_not_leave_the_data_folder(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a bathroom", "name=../outside")
    assert ended.status == 2 and "name" in ended.err
    assert not Path("outside").exists()


def test_a_scene_that_was_rendered_is_not_replaced_by_another(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    assert sisg("generate_scene", "prompt=an office", "name=room").status == 0
    assert sisg("render_dataset", "scene_id=room", *TINY).status == 0
    assert sisg("generate_scene", "prompt=an office", "name=room").status == 0
    ended = sisg("generate_scene", "prompt=a bathroom", "name=room")
    assert ended.status == 2 and "data/room holds a recording of another scene" in ended.err
    assert load_scene(Path("data/room")).prompt == "an office"


def test_rendering_resumes_and_says_where(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    assert sisg("render_dataset", "scene_id=room", *TINY).last_line == "Wrote 3 frames to data/room."
    whole = Path("data/room/rgb/000001.png").read_bytes()
    Path("data/room/rgb/000001.png").write_bytes(whole[:50])
    kept = Path("data/room/rgb/000000.png").stat().st_mtime_ns
    assert sisg("render_dataset", "scene_id=room", *TINY).status == 0
    assert Path("data/room/rgb/000001.png").read_bytes() == whole
    assert Path("data/room/rgb/000000.png").stat().st_mtime_ns == kept


def test_other_frames_do_not_go_into_the_same_folder(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    sisg("render_dataset", "scene_id=room", *TINY)
    ended = sisg("render_dataset", "scene_id=room", "frames=5", "width=48", "height=36")
    assert ended.status == 2 and "holds another recording" in ended.err
    assert len(RgbdSequence.open("data/room")) == 3


def test_a_real_recording_is_imported_and_mapped(sisg: Callable, kinect_room: Path) -> None:
    ended = sisg("import_dataset", f"source={kinect_room}", "out=data/office")
    assert ended.status == 0, ended.err
    assert ended.last_line == "Wrote 60 frames to data/office."
    ended = sisg("create_map", "scene_id=office", "encoder=none", "map_config.skip_frame=20")
    assert ended.status == 0, ended.err
    assert "cells from 3 frames to data/office/map/none.h5" in ended.last_line
    ended = sisg("index_map", "scene_id=office", "encoder=none", "query=desk")
    assert ended.status == 2 and "encoder=oracle" in ended.err


def test_an_empty_source_is_bad_data(sisg: Callable) -> None:
    Path("nothing").mkdir()
    ended = sisg("import_dataset", "source=nothing")
    assert ended.status == 1 and ended.err.count("\n") == 1
    assert not Path("data").exists()
