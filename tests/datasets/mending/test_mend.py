"""A recording with a fault, mended: the copy is clean, and what was changed is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sisg_robotics as sisg
from sisg_robotics.datasets import SequenceWriter
from sisg_robotics.datasets.mending import mend
from sisg_robotics.errors import BadSequence, RequestError
from sisg_robotics.evaluation.made_faults import FAULTS, recorded
from sisg_robotics.geometry import invert
from sisg_robotics.rendering.cameras import TrajectoryPlan, plan_trajectory
from sisg_robotics.scenes import walkable


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> sisg.RgbdSequence:
    scene = sisg.generate_scene("a living room, a bedroom", seed=3)
    free = walkable(scene, robot_radius_m=0.3).centers_xy_m()
    corners = free[np.random.default_rng(1).permutation(len(free))[:5]].tolist()
    plan = TrajectoryPlan("waypoints", 40, waypoints=corners)
    way = plan_trajectory(scene, plan, sisg.Intrinsics.from_fov(160, 120, np.radians(75)))
    root = tmp_path_factory.mktemp("mending") / "clean"
    return sisg.render(scene, root, trajectory=way, width=160, height=120, fov_x_deg=75.0)


COLORS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "pictures mirrored": lambda rgb: rgb[:, ::-1],
    "colour mirrored": lambda rgb: rgb[:, ::-1],
    "colour not registered": lambda rgb: np.roll(rgb, 4, axis=1),
}
"""What some faults do to colours, which are made in grey elsewhere."""


def write(clean: sisg.RgbdSequence, name: str, root: Path) -> Path:
    """The recording with a fault, on disk."""
    made = FAULTS[name].make(recorded(clean))
    camera = sisg.Intrinsics(*made.camera.tolist(), 160, 120)
    T_world_cam = made.pose_format.to_world_cam(made.T_file)
    writer = SequenceWriter(root, T_world_cam=T_world_cam, intrinsics=camera, pose_format=made.pose_format)
    for index, frame in enumerate(clean):
        rgb = np.ascontiguousarray(COLORS.get(name, lambda rgb: rgb)(frame.rgb))
        writer.write(
            sisg.RgbdFrame(
                index,
                rgb=rgb,
                depth_m=made.depth[index],
                T_world_cam=writer.T_world_cam[index],
                intrinsics=camera,
            )
        )
    return root


@pytest.mark.parametrize(
    "name",
    [
        "world-to-camera poses",
        "quaternions w x y z",
        "depth in millimetres",
        "depth along the ray",
        "poses three frames early",
        "focal length 20 % short",
        "pictures mirrored",
        "colour not registered",
        "world y up",
        "drift",
        "a loop closed badly",
        "base poses said to be the camera's",
    ],
)
def test_the_copy_is_clean_and_as_it_was(clean: sisg.RgbdSequence, name: str, tmp_path: Path) -> None:
    bad = write(clean, name, tmp_path / "bad")
    before = {path: path.read_bytes() for path in bad.rglob("*") if path.is_file()}
    mended = mend(bad, tmp_path / "good")
    assert [finding.code for finding in mended.left if finding.severity == "error"] == []
    assert FAULTS[name].code in {finding.code for finding in mended.found} and mended.changes
    assert mended.sequence is not None
    assert mended.sequence.made_by["mended"] == list(mended.changes)
    assert {path: path.read_bytes() for path in bad.rglob("*") if path.is_file()} == before
    kept = [int(frame) for frame in mended.sequence.made_by["frames"]]
    relative = invert(mended.sequence.T_world_cam[0]) @ mended.sequence.T_world_cam
    truth = invert(clean.T_world_cam[kept[0]]) @ clean.T_world_cam[kept]
    assert np.abs(relative - truth)[:, :3, 3].max() < 0.02
    for place in (0, len(kept) - 1):
        frame, true = mended.sequence[place], clean[kept[place]]
        np.testing.assert_allclose(frame.depth_m, true.depth_m, rtol=2e-3)
        off = np.abs(frame.rgb[:, :-5].astype(int) - true.rgb[:, :-5])
        assert off.mean() < 10 if name == "colour not registered" else off.max() == 0


def test_frames_that_cannot_be_mended_are_left_out(clean: sisg.RgbdSequence, tmp_path: Path) -> None:
    bad = write(clean, "world-to-camera poses", tmp_path / "bad")
    (bad / "rgb" / "000004.png").write_bytes(b"")
    np.save(
        bad / "depth" / "000007.npy", np.where(np.indices((120, 160)).sum(0) == 9, np.nan, clean[7].depth_m)
    )
    (bad / "depth" / "000009.npy").unlink()
    lines = (bad / "poses.txt").read_text().splitlines()
    lines[20] = "tracking lost"
    (bad / "poses.txt").write_text("\n".join(lines) + "\n")
    mended = mend(bad, tmp_path / "good")
    assert mended.sequence is not None and mended.left == ()
    assert mended.changes == (
        "wrote 0 where depth was NaN or infinite",
        "inverted every pose",
        "left out 3 frames",
    )
    assert set(clean.frame_ids) - set(mended.sequence.made_by["frames"]) == {"000004", "000009", "000020"}
    assert mended.sequence[6].depth_m[4, 5] == 0


def test_channels_and_names_are_taken_along(clean: sisg.RgbdSequence, tmp_path: Path) -> None:
    bad = Path(shutil.copytree(clean.root, tmp_path / "bad"))
    document = json.loads((bad / "sequence.json").read_text())
    camera = document["intrinsics"]
    document["intrinsics"] = camera | {"fx": camera["fx"] * 0.8, "fy": camera["fy"] * 0.8}
    (bad / "sequence.json").write_text(json.dumps(document))
    mended = mend(bad, tmp_path / "good")
    assert mended.sequence is not None and mended.left == ()
    assert mended.sequence.intrinsics[0].fx == pytest.approx(camera["fx"], rel=2e-3)
    assert mended.sequence.classes == clean.classes and mended.sequence.objects == clean.objects
    assert mended.sequence.channels == clean.channels
    np.testing.assert_array_equal(mended.sequence[3].semantic, clean[3].semantic)
    again = mend(bad, tmp_path / "good")  # goes on where it stopped: nothing is left to do
    assert again.changes == mended.changes


def test_flow_goes_where_frames_go(clean: sisg.RgbdSequence, tmp_path: Path) -> None:
    bad = Path(shutil.copytree(clean.root, tmp_path / "bad"))
    (bad / "flow").mkdir()
    for frame in clean.frame_ids:
        np.save(bad / "flow" / f"{frame}.npy", np.zeros((120, 160, 2), np.float32))
    (bad / "rgb" / "000004.png").write_bytes(b"")
    mended = mend(bad, tmp_path / "good")
    assert mended.sequence is not None and mended.sequence.channels == clean.channels
    assert "left out the channel flow, which is of other poses or frames" in mended.changes


def test_nothing_is_written_where_nothing_is_wrong(clean: sisg.RgbdSequence, tmp_path: Path) -> None:
    mended = mend(clean, tmp_path / "copy")
    assert mended.sequence is None and mended.changes == () and not (tmp_path / "copy").exists()


def test_the_copy_is_never_in_the_recording(clean: sisg.RgbdSequence) -> None:
    for out in (clean.root, clean.root / "inside", clean.root / ".." / clean.root.name):
        with pytest.raises(RequestError, match="another folder"):
            mend(clean, out)


def test_too_little_left_is_said(clean: sisg.RgbdSequence, tmp_path: Path) -> None:
    bad = write(clean, "world-to-camera poses", tmp_path / "bad")
    for path in (bad / "depth").glob("*.npy"):
        Image.new("L", (2, 2)).save(path.with_suffix(".png"))
        path.write_bytes(path.with_suffix(".png").read_bytes())
        path.with_suffix(".png").unlink()
    with pytest.raises(BadSequence, match="too little of it can be put right"):
        mend(bad, tmp_path / "good")
