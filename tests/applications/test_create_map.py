"""From an empty folder to a map."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics import VoxelMap

from .conftest import SMALL


@pytest.fixture
def copied(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo scene in a folder of one's own, where it may be broken."""
    shutil.copytree(demo_folder / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data/demo"


def test_nothing_given_makes_scene_frames_map_and_pictures(in_demo_folder: Path) -> None:
    assert [path.name for path in in_demo_folder.iterdir()] == ["data"]
    scene = in_demo_folder / "data/demo"
    assert {"scene.json", "scene.glb", "sequence.json", "poses.txt", "rgb", "depth", "map"} <= {
        path.name for path in scene.iterdir()
    }
    assert {path.name for path in (scene / "map").iterdir()} == {
        "oracle.h5",
        "oracle.png",
        "oracle_view.png",
        "oracle_rooms.png",
        "oracle.ply",
    }
    vmap = VoxelMap.load(scene / "map/oracle.h5")
    assert vmap.cell_size_m == 0.1 and vmap.encoder == "oracle" and len(vmap.frame_indices) == 8
    assert np.ptp(np.asarray(Image.open(scene / "map/oracle.png"))) > 100


def test_a_second_run_renders_nothing_and_makes_the_same_map(sisg: Callable, copied: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copied.glob("*/0*")}
    first = (copied / "map/oracle.h5").read_bytes()
    ended = sisg("create_map", *SMALL)
    assert ended.status == 0, ended.err
    assert {path: path.stat().st_mtime_ns for path in copied.glob("*/0*")} == before
    assert (copied / "map/oracle.h5").read_bytes() == first


def test_an_encoder_that_sees_pixels_is_what_one_gets(sisg: Callable, copied: Path) -> None:
    ended = sisg("create_map", "scene_id=demo", "params.cs=0.1")
    assert ended.status == 0, ended.err
    assert "data/demo/map/tiny.h5" in ended.last_line
    assert VoxelMap.load(copied / "map/tiny.h5").encoder.startswith("tiny")
    ended = sisg("index_map", "query=[the floor,a swimming pool]")
    headings = [line for line in ended.out.splitlines() if line.startswith('"')]
    assert [heading.split(": ")[1].startswith("found") for heading in headings] == [True, False]


def test_the_last_line_says_what_was_written_where(sisg: Callable, copied: Path) -> None:
    ended = sisg("create_map", "scene_id=demo", "encoder=none", "params.cs=0.2", "map_config.skip_frame=3")
    assert ended.status == 0, ended.err
    assert ended.out.count("\n") == 1
    cells = len(VoxelMap.load(copied / "map/none.h5"))
    assert (
        ended.last_line
        == f"Wrote {cells} cells from 3 frames to data/demo/map/none.h5 (.png, _view.png, .ply beside it)."
    )


def test_vlmaps_name_of_the_cell_size_wins(sisg: Callable, copied: Path) -> None:
    ended = sisg("create_map", "scene_id=0", "encoder=none", "map_config.cell_size=0.4")
    assert ended.status == 0, ended.err
    assert VoxelMap.load(copied / "map/none.h5").cell_size_m == 0.4


def test_a_sweep_makes_a_map_for_each(sisg: Callable, copied: Path) -> None:
    ended = sisg("create_map", "-m", "scene_id=demo", "encoder=none,oracle", "params.cs=0.2")
    assert ended.status == 0, ended.err
    assert {path.name for path in (copied / "map").glob("*.h5")} == {"none.h5", "oracle.h5"}
    assert [path.name for path in copied.parents[1].iterdir()] == ["data"]


def truncate_png(scene: Path) -> str:
    path = scene / "rgb/000003.png"
    path.write_bytes(path.read_bytes()[:200])
    return "rgb/000003.png"


def nan_pose(scene: Path) -> str:
    lines = (scene / "poses.txt").read_text().splitlines()
    lines[2] = " ".join(["nan", *lines[2].split()[1:]])
    (scene / "poses.txt").write_text("\n".join(lines))
    return "poses.txt"


def wrong_shape(scene: Path) -> str:
    np.save(scene / "depth/000001.npy", np.ones((3, 4, 1), dtype=np.float32))
    return "depth/000001.npy"


def pickle(scene: Path) -> str:
    np.save(scene / "depth/000001.npy", np.array([{"run": "me"}], dtype=object), allow_pickle=True)
    return "pickle"


def no_frames(scene: Path) -> str:
    for channel in ("rgb", "depth", "semantic", "instance"):
        shutil.rmtree(scene / channel)
    (scene / "poses.txt").write_text("")
    return "0 frames"


def a_frame_short(scene: Path) -> str:
    (scene / "depth/000005.npy").unlink()
    return "000005"


@pytest.mark.parametrize("spoil", [truncate_png, nan_pose, wrong_shape, pickle, no_frames, a_frame_short])
def test_bad_data_is_one_sentence_status_1_and_keeps_the_last_map(
    sisg: Callable, copied: Path, spoil: Callable[[Path], str]
) -> None:
    named = spoil(copied)
    last_map = (copied / "map/oracle.h5").read_bytes()
    ended = sisg("create_map", "scene_id=demo", "params.cs=0.1", "encoder=oracle")
    sentence = ended.err.strip().splitlines()[-1]
    assert ended.status == 1, ended.err
    assert sentence.startswith("create_map: ") and named in sentence and "Traceback" not in ended.err
    assert (copied / "map/oracle.h5").read_bytes() == last_map


def test_a_bad_frame_is_skipped_and_counted_where_that_is_asked_for(sisg: Callable, copied: Path) -> None:
    truncate_png(copied)
    with pytest.warns(UserWarning, match=r"rgb/000003\.png"):
        ended = sisg("create_map", "scene_id=demo", "params.cs=0.1", "encoder=oracle", "on_bad_frame=skip")
    assert ended.status == 0, ended.err
    assert "from 7 frames" in ended.last_line and "1 bad frame skipped" in ended.last_line
    assert VoxelMap.load(copied / "map/oracle.h5").skipped_frames.tolist() == [3]


@pytest.mark.parametrize("folder", ["empty", "only_a_scene"])
def test_a_folder_without_frames_is_no_success(sisg: Callable, copied: Path, folder: str) -> None:
    (copied.parent / folder).mkdir()
    if folder == "only_a_scene":
        shutil.copy(copied / "scene.json", copied.parent / folder)
    ended = sisg("create_map", f"scene_id={folder}")
    assert ended.status in (1, 2) and ended.err.count("\n") == 1
    assert ("0 frames" if folder == "empty" else "render_dataset scene_id=") in ended.err


def test_another_scene_of_the_same_name_is_not_overwritten(sisg: Callable, copied: Path) -> None:
    before = (copied / "scene.json").read_bytes()
    ended = sisg("create_map", *SMALL, "scene.prompt=a bathroom")
    assert ended.status == 2
    assert "data/demo holds another scene: 'a flat with" in ended.err
    assert (copied / "scene.json").read_bytes() == before


def test_the_oracle_says_that_it_needs_ids(sisg: Callable, copied: Path) -> None:
    shutil.rmtree(copied / "instance")
    ended = sisg("create_map", "scene_id=demo", "encoder=oracle")
    assert ended.status == 2
    assert "encoder=none" in ended.err.strip().splitlines()[-1]
