from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, View, make_views, write_color, write_depth

from sisg_robotics.datasets import import_dataset
from sisg_robotics.errors import BadFile
from sisg_robotics.geometry import Intrinsics

CAMERA = {"w": WIDTH, "h": HEIGHT, "fx": 20.0, "fy": 21.0, "cx": 7.5, "cy": 5.5, "scale": 6553.5}
VIEWS = make_views(units_per_m=6553.5)


def write_replica(root: Path, views: list[View] = VIEWS, camera: dict | None = CAMERA) -> Path:
    """As in the published archive: cam_params.json lies above the scene's folder."""
    lines = []
    for index, view in enumerate(views):
        write_color(root / "results" / f"frame{index:06d}.jpg", view)
        write_depth(root / "results" / f"depth{index:06d}.png", view)
        lines.append(" ".join(f"{value:.18e}" for value in view.T_world_cam.ravel()) + "\n")
    (root / "traj.txt").write_text("".join(lines))
    if camera is not None:
        (root.parent / "cam_params.json").write_text(json.dumps({"camera": camera}))
    return root


def test_what_is_written_is_read(tmp_path: Path) -> None:
    root = write_replica(tmp_path / "Replica" / "room0")
    (sequence,) = import_dataset(root, tmp_path / "out")
    assert sequence.made_by["importer"] == "replica" and len(sequence) == 4
    assert sequence.intrinsics[0] == Intrinsics(20.0, 21.0, 8.0, 6.0, WIDTH, HEIGHT)
    np.testing.assert_array_equal(sequence.T_world_cam, np.stack([view.T_world_cam for view in VIEWS]))
    for frame, view in zip(sequence, VIEWS, strict=True):
        np.testing.assert_array_equal(frame.depth_m, (view.units / 6553.5).astype(np.float32))
        original = root / "results" / f"frame{frame.index:06d}.jpg"
        assert sequence.files["rgb"][frame.index].read_bytes() == original.read_bytes()


def test_beyond_ten_metres_there_is_no_depth(tmp_path: Path) -> None:
    view = make_views(1)[0]
    view.units[5, 5] = 65535
    (sequence,) = import_dataset(write_replica(tmp_path / "room0", [view]), tmp_path / "out")
    assert sequence[0].depth_m[5, 5] == 0


def test_without_cam_params_the_published_camera_is_taken_and_said(tmp_path: Path) -> None:
    root = write_replica(tmp_path / "room0", make_views(1, size=(1200, 680)), camera=None)
    (sequence,) = import_dataset(root, tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(600.0, 600.0, 600.0, 340.0, 1200, 680)
    assert "the published" in sequence.made_by["intrinsics"]
    small = write_replica(tmp_path / "small", camera=None)
    with pytest.raises(
        BadFile, match=r"is for 1200x680 pictures, but these are 16x12. Give their intrinsics"
    ):
        import_dataset(small, tmp_path / "other")


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda root: (root / "traj.txt").write_text("1 2 3\n"), "traj.txt: line 1 has 3 numbers. Write 16"),
        (lambda root: (root / "traj.txt").write_text("2 " * 16), "traj.txt: line 1 does not end in 0 0 0 1"),
        (lambda root: (root / "traj.txt").write_text("nan " * 16), "line 1 has NaN or infinite values"),
        (lambda root: (root / "traj.txt").write_text(""), "traj.txt: has 0 poses for 4 frames"),
        (
            lambda root: (root / "traj.txt").write_text((root / "traj.txt").read_text() * 1000),
            "traj.txt: has more than 4 poses. There are 4 frames",
        ),
        (
            lambda root: (root / "results" / "depth000001.png").unlink(),
            r"results: has frames with colour or depth alone: \[1\]",
        ),
        (
            lambda root: (root.parent / "cam_params.json").write_text('{"camera": {"w": 16, "h": "12"}}'),
            "cam_params.json: has '12' as 'h', where a number is expected",
        ),
        (
            lambda root: (root.parent / "cam_params.json").write_text('{"camera": 3}'),
            "cam_params.json: has no object 'camera'",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, break_it: object, sentence: str) -> None:
    root = write_replica(tmp_path / "room0")
    break_it(root)
    with pytest.raises(BadFile, match=sentence):
        import_dataset(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()
