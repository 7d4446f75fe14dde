"""Poses, units, lenses and the two kinds of depth."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from isaac_files import (
    PLANAR,
    RADIAL,
    VIEWS,
    check,
    imported,
    write_basic,
)
from made_up import HEIGHT, WIDTH
from PIL import Image

from sisg_robotics.errors import BadFile
from sisg_robotics.geometry import Distortion, Intrinsics


def test_a_camera_by_hand(tmp_path: Path) -> None:
    """At (0, 0, 10) looking down, the view matrix of NVIDIA's own test: right is +y of the world."""

    def change(params: dict) -> None:
        params["cameraViewTransform"] = [0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, -10, 1]
        params["renderProductResolution"] = [16, 12]

    sequence = imported(write_basic(tmp_path / "in", change=change), tmp_path / "out")
    expected = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, -1, 10], [0, 0, 0, 1]]
    np.testing.assert_array_equal(sequence.T_world_cam[0], expected)


def test_range_becomes_depth_by_the_rays(tmp_path: Path) -> None:
    """With a focal length of 10 the pixel 7.5 right of the middle has a ray of length 1.25."""
    sequence = imported(write_basic(tmp_path / "in", kinds=(RADIAL,)), tmp_path / "out")
    for frame, view in zip(sequence, VIEWS, strict=True):
        np.testing.assert_allclose(frame.depth_m, view.units / 1000, rtol=2e-7)
    assert sequence.made_by["depth"] == "along z, computed from range"

    def change(params: dict) -> None:
        params["cameraProjection"][0] = params["cameraProjection"][5] = 2 * 10 / 15
        params["renderProductResolution"] = [15, 15]

    root = write_basic(tmp_path / "by_hand", VIEWS[:1], kinds=(RADIAL,), change=change)
    Image.fromarray(np.zeros((15, 15, 3), np.uint8)).save(root / "rgb_0000.png")
    np.save(root / "distance_to_camera_0000.npy", np.full((15, 15), 2.5, np.float32))
    depth_m = imported(root, tmp_path / "out_by_hand")[0].depth_m
    assert depth_m[7, 7] == 2.5
    np.testing.assert_allclose(depth_m[7, 14], 2.5 / np.sqrt(1 + 0.7**2), rtol=1e-7)
    np.testing.assert_allclose(depth_m[0, 14], 2.5 / np.sqrt(1 + 2 * 0.7**2), rtol=1e-7)


def test_where_both_are_the_planar_depth_is_taken(tmp_path: Path) -> None:
    root = write_basic(tmp_path / "in", kinds=(RADIAL, PLANAR))
    for path in root.glob(f"{RADIAL}*"):
        path.write_text("not read")
    check(imported(root, tmp_path / "out"), VIEWS)


@pytest.mark.parametrize("kind", [PLANAR, RADIAL])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_what_is_not_seen_is_0(tmp_path: Path, kind: str, dtype: type) -> None:
    root = write_basic(tmp_path / "in", VIEWS[:1], kinds=(kind,))
    depth = np.full((HEIGHT, WIDTH, 1), 2, dtype)
    depth[3, 3:8, 0] = np.inf, -np.inf, np.nan, 0, -1
    np.save(root / f"{kind}_0000.npy", depth)
    depth_m = imported(root, tmp_path / "out")[0].depth_m
    assert not depth_m[3, 3:8].any() and (depth_m > 0).sum() == HEIGHT * WIDTH - 5


@pytest.mark.parametrize("asked", [None, 0.01])
def test_stage_units_are_those_of_poses_and_depth(tmp_path: Path, asked: float | None) -> None:
    """0.01 is written as a 32-bit float; where it is asked for, it is believed before the file."""

    def change(params: dict) -> None:
        if asked:
            params["metersPerSceneUnit"] = 3.0

    root = write_basic(tmp_path / "in", unit_m=0.01, change=change)
    sequence = imported(root, tmp_path / "out", depth_unit_m=asked)
    assert sequence.made_by["unit_m"] == 0.01
    for frame, view in zip(sequence, VIEWS, strict=True):
        np.testing.assert_allclose(frame.depth_m, view.units / 1000, rtol=2e-7)
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-14)


def test_a_stage_with_y_up_becomes_z_up(tmp_path: Path) -> None:
    sequence = imported(write_basic(tmp_path / "in"), tmp_path / "out", world_up="y")
    R = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    np.testing.assert_allclose(sequence.T_world_cam[1, :3], R @ VIEWS[1].T_world_cam[:3], atol=1e-14)


@pytest.mark.parametrize("model", ["pinholeOpenCV", "OpenCVPinhole"])
def test_the_opencv_camera_and_its_lens(tmp_path: Path, model: str) -> None:
    """Numbers are for the nominal picture, twice as large; order k1 k2 k3 k4 k5 k6, then p1 p2."""

    def change(params: dict) -> None:
        params |= {
            "cameraModel": model,
            "cameraOpenCVFx": 44.0,
            "cameraOpenCVFy": 46.0,
            "cameraFisheyeOpticalCentre": [15.0, 13.0],
            "cameraFisheyeNominalWidth": 2 * WIDTH,
            "cameraFisheyeNominalHeight": 2 * HEIGHT,
            "cameraFisheyePolynomial": [0.01, 0.02, 0.03, 0.04, 0.05, 0.06],
            "cameraFisheyeLensP": [0.001, 0.002],
            "cameraFisheyeLensS": [0, 0, 0, 0],
        }

    sequence = imported(write_basic(tmp_path / "in", change=change), tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(22.0, 23.0, 7.5, 6.5, WIDTH, HEIGHT)
    lens = Distortion(k1=0.01, k2=0.02, p1=0.001, p2=0.002, k3=0.03, k4=0.04, k5=0.05, k6=0.06)
    assert sequence.distortion == lens
    root = write_basic(tmp_path / "range", change=change, kinds=(RADIAL,))
    depth_m = imported(root, tmp_path / "planar")[1].depth_m
    center = np.array([3.5, 2.5])
    x, y = (center - [7.5, 6.5]) / [22.0, 23.0]
    x, y = lens.undistort(np.array([x, y]))
    along = np.load(root / f"{RADIAL}_0001.npy")[2, 3]
    np.testing.assert_allclose(depth_m[2, 3], along / np.sqrt(x * x + y * y + 1), rtol=1e-6)


@pytest.mark.parametrize("polynomial", [[-9.0], [-1e8] * 3, [1e8, -1e8, 1e8, -1e8]])
def test_a_lens_that_cannot_be_undone(tmp_path: Path, polynomial: list[float]) -> None:
    """It folds the picture: range says no depth behind it, and planar depth needs no ray."""

    def change(params: dict) -> None:
        params |= {"cameraModel": "pinholeOpenCV", "cameraOpenCVFx": 5.0, "cameraOpenCVFy": 5.0}
        params["cameraFisheyePolynomial"] = polynomial

    root = write_basic(tmp_path / "in", change=change, kinds=(RADIAL,))
    with pytest.raises(BadFile, match=r"distance_to_camera_0000.npy: cannot be made planar: .*Record dist"):
        imported(root, tmp_path / "out")
    root = write_basic(tmp_path / "planar", change=change)
    assert imported(root, tmp_path / "from_planar").distortion is not None


def test_an_opencv_camera_that_says_no_more_is_centred_and_straight(tmp_path: Path) -> None:
    def change(params: dict) -> None:
        params |= {"cameraModel": "pinholeOpenCV", "cameraOpenCVFx": 22.0, "cameraOpenCVFy": 23.0}
        del params["cameraFisheyeLensP"], params["cameraFisheyeLensS"]

    sequence = imported(write_basic(tmp_path / "in", change=change), tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(22.0, 23.0, 8.0, 6.0, WIDTH, HEIGHT)
    assert sequence.distortion is None


def test_an_off_centre_projection(tmp_path: Path) -> None:
    """clip_x / clip_w of the middle ray (0, 0, -1) is -P20: the principal point is W/2 (1 - P20)."""

    def change(params: dict) -> None:
        params["cameraProjection"][8:10] = [0.25, 0.5]

    camera = imported(write_basic(tmp_path / "in", change=change), tmp_path / "out").intrinsics[0]
    assert (camera.cx, camera.cy) == (WIDTH / 2 * 0.75, HEIGHT / 2 * 1.5)


def test_each_frame_may_have_its_own_camera(tmp_path: Path) -> None:
    zooms = itertools.count(1)

    def change(params: dict) -> None:
        params["cameraProjection"][0] *= next(zooms)

    sequence = imported(write_basic(tmp_path / "in", change=change), tmp_path / "out")
    assert [camera.fx for camera in sequence.intrinsics] == [20.0, 40.0, 60.0, 80.0]
    assert {camera.fy for camera in sequence.intrinsics} == {20.0}


def test_what_is_asked_for_is_believed_first(tmp_path: Path) -> None:
    def change(params: dict) -> None:
        params["cameraProjection"] = "lost"

    root = write_basic(tmp_path / "in", change=change)
    K = (30.0, 0.0, 7.0, 0.0, 31.0, 5.0, 0.0, 0.0, 1.0)
    sequence = imported(root, tmp_path / "out", intrinsics=K, distortion=(0.1,))
    assert sequence.intrinsics[0] == Intrinsics(30.0, 31.0, 7.0, 5.0, WIDTH, HEIGHT)
    assert sequence.distortion == Distortion(0.1) and sequence.made_by["intrinsics"] == "as was asked"
