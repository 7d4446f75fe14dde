"""reconstruct: what it writes and says, how it ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def recording(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo recording, in the data folder of an otherwise empty current folder."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(demo_folder / "data" / "demo", tmp_path / "data" / "demo"))


def test_the_demo_scene_is_reconstructed_beside_its_recording(sisg: Callable, recording: Path) -> None:
    before = {path: path.read_bytes() for path in recording.rglob("*") if path.is_file()}
    ended = sisg("reconstruct", "voxel_size_m=0.08")
    assert ended.status == 0, ended.err
    assert ended.last_line == (
        "Wrote cloud.ply, mesh.ply, mesh.glb, top_down.png, view.png and reconstruction.json to "
        "data/demo/reconstruction."
    )
    assert ended.out.startswith("frames                8 frames\n")
    assert "cloud: error" in ended.out and "drift" in ended.out
    report = json.loads((recording / "reconstruction" / "reconstruction.json").read_text())
    assert report["sequence"] == "demo" and report["frames_used"] == 8 and report["voxel_size_mm"] == 80
    assert all(path.read_bytes() == content for path, content in before.items())


def test_frames_and_folder_can_be_chosen_and_the_scene_left_out(sisg: Callable, recording: Path) -> None:
    ended = sisg(
        "reconstruct", "scene_id=demo", "out=my/out", "max_frames=3", "use_scene=false", "voxel_size_m=0.1"
    )
    assert ended.status == 0, ended.err
    assert "3 frames of 8\n" in ended.out and "cloud: error" not in ended.out
    assert json.loads(Path("my/out/reconstruction.json").read_text())["scores"] == {}


def test_a_broken_picture_ends_with_1_and_writes_nothing(sisg: Callable, recording: Path) -> None:
    (recording / "depth" / "000005.npy").write_bytes(b"no array")
    ended = sisg("reconstruct", "out=here")
    assert ended.status == 1 and "000005.npy" in ended.err and ended.err.count("\n") <= 2, ended.err
    assert not Path("here").exists()


def test_a_wrong_request_ends_with_2(sisg: Callable, recording: Path) -> None:
    (recording / "file").write_text("")
    for arguments, told in {
        ("scene_id=nowhere",): "Unknown scene 'nowhere'",
        ("out=data/demo/file/reports",): "cannot be written to data/demo/file/reports",
        ("voxel_size_m=0",): "voxel_size_m is 0.0, but it must be between 0.001 and 1",
        ("min_depth_m=30", "max_depth_m=40"): "No depth of 30 to 40 m in any of 8 frames",
    }.items():
        ended = sisg("reconstruct", *arguments)
        assert ended.status == 2 and told in ended.err, ended.err
