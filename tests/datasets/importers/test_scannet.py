from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up import View, make_views, write_color, write_depth
from PIL import Image

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.errors import BadFile, MissingPath
from sisg_robotics.geometry import Intrinsics

VIEWS = make_views(size=(64, 48))
COLOR_SIZE = (128, 96)
DEPTH_K = ((57.0, 0, 31.5, 0), (0, 57.0, 23.5, 0), (0, 0, 1, 0), (0, 0, 0, 1))
COLOR_K = ((114.0, 0, 63.5, 0), (0, 114.0, 47.5, 0), (0, 0, 1, 0), (0, 0, 0, 1))
"""The same camera at twice the size, principal points at the middle, both with pixel centres at integers."""


def write_matrix(path: Path, M: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, M, fmt="%f")  # as the published reader


def write_scannet(root: Path, views: list[View] = VIEWS, *, color_k: object = COLOR_K) -> Path:
    for index, view in enumerate(views):
        write_color(root / "color" / f"{index}.jpg", view)
        Image.fromarray(view.rgb).resize(COLOR_SIZE, Image.Resampling.NEAREST).save(
            root / "color" / f"{index}.jpg"
        )
        write_depth(root / "depth" / f"{index}.png", view)
        write_matrix(root / "pose" / f"{index}.txt", view.T_world_cam)
    write_matrix(root / "intrinsic" / "intrinsic_color.txt", color_k)
    write_matrix(root / "intrinsic" / "intrinsic_depth.txt", DEPTH_K)
    for camera in ("color", "depth"):
        write_matrix(root / "intrinsic" / f"extrinsic_{camera}.txt", np.eye(4))
    return root


def imported(root: Path, out: Path, **options: object) -> RgbdSequence:
    (sequence,) = import_dataset(root, out, options=ImportOptions(**options))
    return sequence


def test_what_is_written_is_read(tmp_path: Path) -> None:
    root = write_scannet(tmp_path / "scene0000_00")
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["importer"] == "scannet" and len(sequence) == 4
    assert sequence.intrinsics[0] == Intrinsics(114.0, 114.0, 64.0, 48.0, 128, 96)
    for frame, view in zip(sequence, VIEWS, strict=True):
        assert frame.depth_intrinsics == Intrinsics(57.0, 57.0, 32.0, 24.0, 64, 48)
        np.testing.assert_array_equal(frame.depth_m, (view.units / 1000).astype(np.float32))
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=2e-6)
        original = root / "color" / f"{frame.index}.jpg"
        assert sequence.files["rgb"][frame.index].read_bytes() == original.read_bytes()


def test_frames_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    sequence = imported(write_scannet(tmp_path / "scene", make_views(11, size=(64, 48))), tmp_path / "out")
    assert sequence.made_by["frames"] == [str(index) for index in range(11)]
    np.testing.assert_allclose(sequence.T_world_cam[:, 0, 3], 0.3 * np.arange(11), atol=1e-6)


@pytest.mark.parametrize("lost", [-np.inf, np.nan, 0.0])
def test_lost_frames_are_left_out_and_said(tmp_path: Path, lost: float) -> None:
    root = write_scannet(tmp_path / "scene")
    write_matrix(root / "pose" / "1.txt", np.full((4, 4), lost))
    (root / "color" / "3.jpg").unlink()
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == ["0", "2"]
    assert sequence.made_by["left_out"] == {
        "frames whose pose was lost": 1,
        "frames without colour, depth or pose": 1,
    }
    np.testing.assert_array_equal(sequence[1].depth_m, (VIEWS[2].units / 1000).astype(np.float32))


def test_when_all_are_lost_that_is_said(tmp_path: Path) -> None:
    root = write_scannet(tmp_path / "scene")
    for index in range(4):
        write_matrix(root / "pose" / f"{index}.txt", np.full((4, 4), -np.inf))
    with pytest.raises(BadFile, match=r"pose: all 4 poses are lost"):
        imported(root, tmp_path / "out")


def ramp(camera: Intrinsics) -> np.ndarray:
    """A picture whose red says the ray's x / z and green its y / z, so that any camera can be checked."""
    rays = camera.pixel_rays()[..., :2]
    red_green = np.clip(128 + 100 * rays, 0, 255)
    return np.concatenate([red_green, np.zeros_like(red_green[..., :1])], axis=-1).round().astype(np.uint8)


def with_ramps(root: Path, camera: Intrinsics) -> Path:
    for index in range(4):
        Image.fromarray(ramp(camera)).save(root / "color" / f"{index}.png")
        (root / "color" / f"{index}.jpg").unlink()
    return root


def test_another_focal_length_of_the_colours_is_scaled_away(tmp_path: Path) -> None:
    narrow = ((140.0, 0, 60.5, 0), (0, 150.0, 49.5, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    root = write_scannet(tmp_path / "scene", color_k=narrow)
    with_ramps(root, Intrinsics(140.0, 150.0, 61.0, 50.0, *COLOR_SIZE))
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["color"] == "scaled into the depth camera's view"
    assert sequence.intrinsics[0] == Intrinsics(114.0, 114.0, 64.0, 48.0, *COLOR_SIZE)
    inner = (slice(15, -15), slice(20, -20))  # the narrow camera did not see the rim
    expected = ramp(sequence.intrinsics[0])[inner].astype(int)
    difference = sequence[0].rgb[inner] - expected
    assert np.abs(difference).max() <= 2
    assert np.abs(difference.mean(axis=(0, 1))).max() < 0.1  # half a pixel would be 0.36
    kept = imported(root, tmp_path / "kept", align_color=False)
    assert kept.made_by["color"] == "as recorded"
    assert np.abs(kept[0].rgb[inner] - expected).max() > 8


def test_colours_from_beside_are_moved_by_depth(tmp_path: Path) -> None:
    """A wall 2 m away: 0.1 m to the side is 0.05 of x / z everywhere."""
    root = write_scannet(tmp_path / "scene")
    with_ramps(root, Intrinsics(114.0, 114.0, 64.0, 48.0, *COLOR_SIZE))
    for index in range(4):
        Image.fromarray(np.full((48, 64), 2000, np.uint16)).save(root / "depth" / f"{index}.png")
    T_color_depth = np.eye(4)
    T_color_depth[0, 3] = 0.1
    write_matrix(root / "intrinsic" / "extrinsic_depth.txt", T_color_depth)
    sequence = imported(root, tmp_path / "out")
    camera = Intrinsics(57.0, 57.0, 32.0, 24.0, 64, 48)
    assert sequence.intrinsics[0] == camera and "from beside it" in sequence.made_by["color"]
    shift = sequence[0].rgb[4:-4, 8:-8, 0] - ramp(camera)[4:-4, 8:-8, 0].astype(int)
    assert np.abs(shift - 5).max() <= 1


def test_smaller_colours_with_the_large_ones_intrinsics_are_told(tmp_path: Path) -> None:
    root = write_scannet(tmp_path / "scene")
    for index, view in enumerate(VIEWS):
        write_color(root / "color" / f"{index}.jpg", view)  # the depth's size
    sequence = imported(root, tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(57.0, 57.0, 32.0, 24.0, 64, 48)
    assert "intrinsic_color.txt is for larger pictures" in sequence.made_by["color"]


def test_other_homes_of_the_same_files(tmp_path: Path) -> None:
    write_scannet(tmp_path / "nice_slam" / "frames")
    frames_25k = write_scannet(tmp_path / "frames_25k")
    for camera in ("color", "depth"):
        (frames_25k / "intrinsic" / f"intrinsic_{camera}.txt").rename(frames_25k / f"intrinsics_{camera}.txt")
        (frames_25k / "intrinsic" / f"extrinsic_{camera}.txt").unlink()
    a = imported(tmp_path / "nice_slam", tmp_path / "a")
    b = imported(frames_25k, tmp_path / "b")
    assert a.intrinsics == b.intrinsics and a.made_by["importer"] == b.made_by["importer"] == "scannet"


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    root = write_scannet(tmp_path / "scene")
    (root / "pose" / "2.txt").write_text("1 0 0\n")
    with pytest.raises(BadFile, match=r"2.txt: is not a 4x4 matrix of finite numbers"):
        imported(root, tmp_path / "out")
    write_matrix(root / "pose" / "2.txt", np.diag([1, 1, -1, 1]))
    with pytest.raises(BadFile, match=r"2.txt: is not a rigid pose \(off by 2\)"):
        imported(root, tmp_path / "out")
    write_matrix(root / "pose" / "2.txt", VIEWS[2].T_world_cam)
    (root / "intrinsic" / "intrinsic_depth.txt").unlink()
    with pytest.raises(MissingPath, match=r"No intrinsics at .*intrinsic_depth.txt"):
        import_dataset(root, tmp_path / "out", format="scannet")
    with pytest.raises(BadFile, match=r"scannet \(no intrinsic/intrinsic_depth.txt\)"):
        import_dataset(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()
