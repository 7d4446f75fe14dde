from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, View, make_views, write_color, write_depth

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.errors import BadFile, RequestError
from sisg_robotics.geometry import Distortion, Intrinsics

CAMERA = {"fl_x": 20.0, "fl_y": 21.0, "cx": 8.0, "cy": 6.0, "w": WIDTH, "h": HEIGHT}
VIEWS = make_views()


def write_nerfstudio(
    root: Path, views: list[View] = VIEWS, change: Callable[[dict], object] = lambda document: None
) -> Path:
    """The camera at the top of the file; OpenGL axes: y and z of the camera are the opposite of OpenCV's."""
    frames = []
    for index, view in enumerate(views):
        write_color(root / "images" / f"frame_{index}.png", view)
        write_depth(root / "depth" / f"{index}.png", view)
        frames.append(
            {
                "file_path": f"images/frame_{index}.png",
                "depth_file_path": f"depth/{index}.png",
                "transform_matrix": (view.T_world_cam * [1, -1, -1, 1]).tolist(),
            }
        )
    document = {**CAMERA, "camera_model": "OPENCV", "frames": frames}
    change(document)
    (root / "transforms.json").write_text(json.dumps(document))
    return root


def imported(root: Path, out: Path, **options: object) -> RgbdSequence:
    (sequence,) = import_dataset(root, out, options=ImportOptions(**options))
    return sequence


def test_what_is_written_is_read(tmp_path: Path) -> None:
    root = write_nerfstudio(tmp_path / "capture")
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["importer"] == "nerfstudio" and len(sequence) == 4
    assert sequence.intrinsics[0] == Intrinsics(20.0, 21.0, 8.0, 6.0, WIDTH, HEIGHT)
    assert sequence.distortion is None
    for frame, view in zip(sequence, VIEWS, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_array_equal(frame.depth_m, (view.units / 1000).astype(np.float32))
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-15)
        original = root / "images" / f"frame_{frame.index}.png"
        assert sequence.files["rgb"][frame.index].read_bytes() == original.read_bytes()


def test_the_file_itself_may_be_named(tmp_path: Path) -> None:
    root = write_nerfstudio(tmp_path / "capture")
    assert len(imported(root / "transforms.json", tmp_path / "out")) == 4


def test_the_camera_of_the_documentation_by_hand(tmp_path: Path) -> None:
    """OpenGL's identity looks along -z with y up: OpenCV's x, y, z are world x, -y, -z."""

    def change(document: dict) -> None:
        document["frames"][0]["transform_matrix"] = [[1, 0, 0, 2], [0, 1, 0, 3], [0, 0, 1, 4], [0, 0, 0, 1]]

    sequence = imported(write_nerfstudio(tmp_path / "capture", change=change), tmp_path / "out")
    expected = [[1, 0, 0, 2], [0, -1, 0, 3], [0, 0, -1, 4], [0, 0, 0, 1]]
    np.testing.assert_array_equal(sequence.T_world_cam[0], expected)


def test_frames_are_sorted_by_the_numbers_in_their_names(tmp_path: Path) -> None:
    root = write_nerfstudio(
        tmp_path / "capture", make_views(11), lambda document: document["frames"].reverse()
    )
    names = imported(root, tmp_path / "out").made_by["frames"]
    assert names == [f"images/frame_{index}.png" for index in range(11)]


def test_a_scaled_world_is_brought_back_to_the_metres_of_depth(tmp_path: Path) -> None:
    def change(document: dict) -> None:
        document["applied_transform"] = [[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0]]
        document["applied_scale"] = 0.5
        for frame in document["frames"]:
            for row in frame["transform_matrix"][:3]:
                row[3] *= 0.5

    sequence = imported(write_nerfstudio(tmp_path / "capture", change=change), tmp_path / "out")
    np.testing.assert_allclose(
        sequence.T_world_cam, np.stack([view.T_world_cam for view in VIEWS]), atol=1e-15
    )
    assert sequence.made_by["applied_scale"] == 0.5
    assert sequence.made_by["applied_transform"][1:] == [[0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]]


@pytest.mark.parametrize(("unit", "asked"), [(0.001, None), (0.0002, None), (0.01, 0.0002)])
def test_the_unit_of_depth(tmp_path: Path, unit: float, asked: float | None) -> None:
    def change(document: dict) -> None:
        if unit != 0.001:
            document["depth_unit_scale_factor"] = unit

    root = write_nerfstudio(tmp_path / "capture", change=change)
    depth_m = imported(root, tmp_path / "out", depth_unit_m=asked)[0].depth_m
    np.testing.assert_allclose(depth_m, VIEWS[0].units * (asked or unit), rtol=1e-6)


@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (HEIGHT, WIDTH, 1)])
def test_depth_may_be_an_array_where_nan_is_nothing(tmp_path: Path, shape: tuple[int, ...]) -> None:
    depth_mm = VIEWS[0].units.astype(np.float32)
    depth_mm[3, 3], depth_mm[3, 4], depth_mm[3, 5] = np.nan, np.inf, -1

    def change(document: dict) -> None:
        np.save(tmp_path / "capture" / "depth" / "0.npy", depth_mm.reshape(shape))
        document["frames"][0]["depth_file_path"] = "depth/0.npy"

    depth_m = imported(write_nerfstudio(tmp_path / "capture", change=change), tmp_path / "out")[0].depth_m
    expected = np.where(np.isfinite(depth_mm) & (depth_mm > 0), depth_mm, 0) / 1000
    np.testing.assert_allclose(depth_m, expected, rtol=1e-6)


def test_each_frame_may_have_its_own_camera(tmp_path: Path) -> None:
    def change(document: dict) -> None:
        for index, frame in enumerate(document["frames"]):
            frame["fl_x"] = 20.0 + index % 2

    sequence = imported(write_nerfstudio(tmp_path / "capture", change=change), tmp_path / "out")
    assert [camera.fx for camera in sequence.intrinsics] == [20.0, 21.0, 20.0, 21.0]
    assert {camera.fy for camera in sequence.intrinsics} == {21.0}


def test_what_is_not_said_of_the_camera(tmp_path: Path) -> None:
    def change(document: dict) -> None:
        for key in CAMERA:
            del document[key]
        document["camera_angle_x"] = np.pi / 2

    sequence = imported(write_nerfstudio(tmp_path / "capture", change=change), tmp_path / "out")
    camera = sequence.intrinsics[0]
    np.testing.assert_allclose((camera.fx, camera.fy, camera.cx, camera.cy), (8, 8, 8, 6))


def test_the_lens_is_kept(tmp_path: Path) -> None:
    lens = {"k1": 0.1, "k2": -0.02, "k3": 0.003, "p1": 0.004, "p2": -0.005}
    root = write_nerfstudio(tmp_path / "capture", change=lambda document: document.update(lens))
    assert imported(root, tmp_path / "out").distortion == Distortion(0.1, -0.02, 0.004, -0.005, 0.003)


def test_two_lenses_are_two_recordings_that_cannot_become_one(tmp_path: Path) -> None:
    def change(document: dict) -> None:
        document["frames"][1]["k1"] = document["frames"][3]["k1"] = 0.1

    root = write_nerfstudio(tmp_path / "capture", change=change)
    plain, bent = import_dataset(root, tmp_path / "out")
    assert (plain.root.name, bent.root.name) == ("lens_0", "lens_1")
    assert plain.distortion is None and bent.distortion == Distortion(0.1)
    assert bent.made_by["frames"] == ["images/frame_1.png", "images/frame_3.png"]
    np.testing.assert_array_equal(bent[1].rgb, VIEWS[3].rgb)
    with pytest.raises(RequestError, match="'lens_0' and 'lens_1' differ in distortion"):
        import_dataset(root, tmp_path / "one", options=ImportOptions(one_sequence=True))


def test_frames_without_depth_are_left_out_and_counted(tmp_path: Path) -> None:
    root = write_nerfstudio(
        tmp_path / "a", change=lambda document: document["frames"][1].pop("depth_file_path")
    )
    sequence = imported(root, tmp_path / "out")
    assert len(sequence) == 3 and sequence.made_by["left_out"] == {"frames without depth": 1}


def set_in(*keys: Any, to: Any) -> Callable[[dict], None]:
    def change(document: dict) -> None:
        place: Any = document
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (set_in("frames", 0, "file_path", to="../out.png"), r"it names '../out.png', outside"),
        (set_in("frames", 0, "file_path", to="/etc/passwd"), r"it names '/etc/passwd', outside"),
        (set_in("frames", 0, "file_path", to="C:\\a.png"), r"it names 'C:\\\\a.png', outside"),
        (set_in("frames", 0, "file_path", to="a\0.png"), r"it names 'a\\x00.png', outside"),
        (set_in("frames", 0, "depth_file_path", to="a/../../b.png"), r"it names 'a/../../b.png', outside"),
        (set_in("frames", 0, "depth_file_path", to="linked/b.png"), r"it names 'linked/b.png', outside"),
        (set_in("frames", 0, "depth_file_path", to="linked.png"), r"it names 'linked.png', outside"),
        (set_in("frames", 0, "file_path", to="a" * 300), r"it names 'aaa"),
        (set_in("frames", 0, "file_path", to="a/" * 9000), r"it names 'a/a/"),
        (set_in("frames", 0, "file_path", to="\ud800.png"), r"it names '\\ud800.png', outside"),
        (set_in("frames", 0, "file_path", to=""), r"it names '', outside"),
        (set_in("applied_transform", to={"a": [1]}), "applied_transform is no matrix of numbers"),
        (set_in("frames", 0, "transform_matrix", to=[[10**400]]), "'images/frame_0.png' is no matrix"),
        (set_in("frames", 0, "file_path", to=3), "has a frame whose file_path is no text"),
        (set_in("frames", 0, "file_path", to="none.png"), "none.png: is not there"),
        (set_in("frames", 0, "transform_matrix", to=[[1, 2], [3]]), "'images/frame_0.png' is no matrix"),
        (set_in("frames", 0, "transform_matrix", to="eye"), "'images/frame_0.png' is no matrix"),
        (set_in("frames", 0, "transform_matrix", to=[1, 2, 3]), r"has shape \(3,\), but a pose is 4x4"),
        (set_in("frames", 0, "transform_matrix", to=[[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0]]), "rigid"),
        (set_in("frames", to={}), "no frames in transforms.json"),
        (set_in("frames", to=[1]), "no depth_file_path in transforms.json"),
        (set_in("camera_model", to="OPENCV_FISHEYE"), "has the camera_model 'OPENCV_FISHEYE'. Read"),
        (set_in("k4", to=0.1), "has a k4, which only fisheye lenses have"),
        (set_in("fl_x", to="long"), "has 'long' as 'fl_x', where a number is expected"),
        (set_in("fl_x", to=0), "has 0 as 'fl_x', where more than 0 is expected"),
        (set_in("w", to=10**30), "as 'w', where a number is expected"),
        (set_in("w", to=17), "has shape \\(12, 16\\), but the first frame has \\(12, 17\\)"),
        (set_in("applied_scale", to=-1), "has -1 as 'applied_scale'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, change: Callable, sentence: str) -> None:
    root = write_nerfstudio(tmp_path / "capture", change=change)
    (tmp_path / "b.png").write_bytes((root / "depth" / "0.png").read_bytes())
    (root / "linked").symlink_to(tmp_path)
    (root / "linked.png").symlink_to(tmp_path / "b.png")
    with pytest.raises(BadFile, match=sentence) as told:
        import_dataset(root, tmp_path / "out")
    assert str(root) in str(told.value)
