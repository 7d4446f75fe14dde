from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, make_views, quat_xyzw_text, write_color

from sisg_robotics.datasets import ImportOptions, PoseFormat, RgbdSequence, import_dataset
from sisg_robotics.errors import BadFile, BadValue
from sisg_robotics.geometry import Intrinsics

VIEWS = make_views()
K = (20.0, 0.0, 8.0, 0.0, 21.0, 6.0, 0.0, 0.0, 1.0)
CAMERA_BASE = PoseFormat(rotation_type="quat")


def write_vlmaps(root: Path) -> Path:
    (root / "depth").mkdir(parents=True)
    (root / "semantic").mkdir()
    lines = []
    for index, view in enumerate(VIEWS):
        write_color(root / "rgb" / f"{index:06d}.png", view)
        np.save(root / "depth" / f"{index:06d}.npy", (view.units / 1000).astype(np.float32))
        np.save(root / "semantic" / f"{index:06d}.npy", view.units.astype(np.int32) % 7)
        lines.append(quat_xyzw_text(view.T_world_cam) + "\n")
    (root / "poses.txt").write_text("".join(lines))
    return root


def test_what_is_written_is_read(tmp_path: Path) -> None:
    root = write_vlmaps(tmp_path / "scene")
    options = ImportOptions(intrinsics=K, pose_format=CAMERA_BASE)
    (sequence,) = import_dataset(root, tmp_path / "out", options=options)
    assert sequence.made_by["importer"] == "vlmaps" and sequence.channels == ("semantic",)
    assert sequence.intrinsics[0] == Intrinsics(20.0, 21.0, 8.0, 6.0, WIDTH, HEIGHT)
    for frame, view in zip(sequence, VIEWS, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_array_equal(frame.depth_m, (view.units / 1000).astype(np.float32))
        np.testing.assert_array_equal(frame.semantic, view.units.astype(np.int32) % 7)
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-8)


def test_it_is_what_opening_the_folder_gives(tmp_path: Path) -> None:
    root = write_vlmaps(tmp_path / "scene")
    (sequence,) = import_dataset(root, tmp_path / "out", options=ImportOptions(intrinsics=K))
    opened = RgbdSequence.open(root, intrinsics=K, pose_format=PoseFormat.from_vlmaps({}))
    np.testing.assert_allclose(sequence.T_world_cam, opened.T_world_cam, atol=1e-15)
    assert sequence.made_by["poses"]["pose_type"] == "mobile_base"


def test_intrinsics_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="intrinsics is None, but it must be given for a folder without"):
        import_dataset(write_vlmaps(tmp_path / "scene"), tmp_path / "out")


def test_our_own_recordings_need_no_import(tmp_path: Path) -> None:
    root = write_vlmaps(tmp_path / "scene")
    import_dataset(root, tmp_path / "out", options=ImportOptions(intrinsics=K))
    with pytest.raises(BadFile, match=r"is a recording of ours already. Use it as it is"):
        import_dataset(tmp_path / "out", tmp_path / "again", format="vlmaps")
    with pytest.raises(BadFile, match=r"is a recording of ours already\. Use it as it is"):
        import_dataset(tmp_path / "out", tmp_path / "again")
