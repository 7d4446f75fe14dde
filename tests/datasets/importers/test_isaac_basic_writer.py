"""Layouts, sequences, several cameras, and what is left out."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from isaac_files import (
    PLANAR,
    RADIAL,
    VIEWS,
    camera_params,
    check,
    imported,
    labelled,
    place,
    write_basic,
    write_labelled,
)
from made_up import HEIGHT, WIDTH, make_views
from PIL import Image

from sisg_robotics.datasets import ImportOptions, import_dataset
from sisg_robotics.datasets.importers import isaac_basic_writer
from sisg_robotics.errors import BadFile


@pytest.mark.parametrize("layout", ["flat", "own folder"])
def test_one_camera_is_read_back(tmp_path: Path, layout: str) -> None:
    root = write_basic(tmp_path / "out_basic", layout=layout)
    sequence = imported(root, tmp_path / "out")
    check(sequence, VIEWS)
    assert sequence.made_by["frames"] == ["0000", "0001", "0002", "0003"]
    assert sequence.made_by["depth"] == "along z" and sequence.made_by["left_out"] == {}
    original = place(root, layout, "")("rgb", "rgb_0002.png")
    assert sequence.files["rgb"][2].read_bytes() == original.read_bytes()


@pytest.mark.parametrize("layout", ["folders", "common", "own writers"])
@pytest.mark.parametrize("names", [("Replicator", "Replicator_01"), ("cam_0", "rgb_camera")])
def test_several_cameras_are_several_recordings(tmp_path: Path, layout: str, names: tuple[str, str]) -> None:
    views = make_views(5)
    for name, seen in zip(names, (views[:3], views[3:]), strict=True):
        write_basic(tmp_path / "in", seen, layout=layout, camera=name)
    first, second = import_dataset(tmp_path / "in", tmp_path / "out")
    assert (first.root.name, second.root.name) == names
    check(first, views[:3])
    check(second, views[3:])
    (joined,) = import_dataset(tmp_path / "in", tmp_path / "one", options=ImportOptions(one_sequence=True))
    assert joined.made_by["frames"][3] == f"{names[1]}/0000"
    check(joined, views)


def test_sequences_come_one_after_the_other(tmp_path: Path) -> None:
    numbers = ["12_0001", "2_0001", "12_0000", "2_0000"]
    root = write_basic(tmp_path / "in", numbers=numbers)
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == ["2_0000", "2_0001", "12_0000", "12_0001"]
    check(sequence, [VIEWS[place] for place in (3, 1, 2, 0)])


def test_frames_that_are_not_whole_are_left_out_and_named(tmp_path: Path) -> None:
    def change(params: dict) -> None:
        params["cameraViewTransform"] = [0.0] * 16

    root = write_basic(tmp_path / "in", make_views(30), extra=labelled())
    (root / "rgb_0003.png").unlink()
    (root / "camera_params_0001.json").unlink()
    (root / "camera_params_0007.json").unlink()
    for number in range(8, 30):
        (root / f"{PLANAR}_{number:04d}.npy").unlink()
    unseen = camera_params(VIEWS[0])
    change(unseen)
    (root / "camera_params_0000.json").write_text(json.dumps(unseen))
    (root / "normals_0005.png").unlink()
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == ["0002", "0004", "0005", "0006"]
    assert sequence.channels == ("semantic", "instance")
    missing = [f"{number:04d}" for number in range(8, 28)]
    assert sequence.made_by["left_out"] == {
        "frames without rgb": ["0003"],
        "frames without camera_params": ["0001", "0007"],
        f"frames without {PLANAR}": [*missing, "and 2 more"],
        "frames whose camera_params are all 0": ["0000"],
    }
    assert sequence.made_by["channels_not_taken"] == {"normals": "1 of 4 frames lack normals"}


def test_a_camera_without_depth_is_left_out_and_named(tmp_path: Path) -> None:
    write_basic(tmp_path / "in", layout="folders", camera="eye")
    write_basic(tmp_path / "in", layout="folders", camera="above", kinds=())
    sequence = imported(tmp_path / "in", tmp_path / "out")
    check(sequence, VIEWS)
    assert sequence.made_by["camera"] == "eye"
    assert "no distance_to_image_plane_0000.npy" in sequence.made_by["cameras_left_out"]["above"]


def test_the_writer_is_said(tmp_path: Path) -> None:
    root = write_labelled(tmp_path / "in")
    assert imported(root, tmp_path / "out").made_by["writer"] == "BasicWriter 0.0.2"
    (root / "metadata.txt").write_text("[" * 100_000)
    assert "writer" not in imported(root, tmp_path / "other").made_by


def test_jpeg_colours_are_copied_and_jpeg_by_its_long_name_is_read(tmp_path: Path) -> None:
    for suffix, copied in ((".jpg", True), (".jpeg", False)):
        root = write_basic(tmp_path / suffix[1:])
        for path in root.glob("rgb_*.png"):
            Image.open(path).convert("RGB").save(path.with_suffix(suffix), format="JPEG")
            path.unlink()
        sequence = imported(root, tmp_path / f"out{suffix}")
        same = sequence.files["rgb"][0].read_bytes() == (root / f"rgb_0000{suffix}").read_bytes()
        assert same == copied and len(sequence) == 4


def test_of_two_places_the_fuller_is_taken(tmp_path: Path) -> None:
    root = write_basic(tmp_path / "in", layout="own folder")
    for name in ("rgb_0000.png", "rgb_0001.jpg"):
        Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8)).save(root / name)
    check(imported(root, tmp_path / "out"), VIEWS)


def test_other_annotators_beside_are_not_mixed_up(tmp_path: Path) -> None:
    def extra(at: Callable[[str, str], Path], index: int, number: str) -> None:
        for name in ("pointcloud_normals", "pointcloud_rgb", "motion_vectors", "occlusion"):
            np.save(at("pointcloud", f"{name}_{number}.npy"), np.zeros(3))
        at("pointcloud", f"bounding_box_3d_labels_{number}.json").write_text("{}")
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(at(PLANAR, f"{PLANAR}_{number}.png"))

    for layout in ("flat", "folders", "common"):
        root = write_basic(tmp_path / layout, layout=layout, camera="eye", extra=extra)
        sequence = imported(root, tmp_path / f"out_{layout}")
        check(sequence, VIEWS)
        assert sequence.channels == ()


@pytest.mark.parametrize(
    ("names", "missed"),
    [
        (["notes_0000.txt"], "no rgb_0000.png, rgb/rgb_0000.png or <render product>/rgb/rgb_0000.png"),
        (["rgb_0000.png"], "no camera_params_0000.json: record with camera_params=True"),
        (
            ["rgb_0000.png", "camera_params_0000.json", f"{PLANAR}_0000.png"],
            "no distance_to_image_plane_0000.npy or distance_to_camera_0000.npy: record with "
            "distance_to_image_plane=True (as .png they are pictures without metres)",
        ),
        (["eye/rgb/rgb_0000.png"], "no camera_params_0000.json: record with camera_params=True, in eye"),
        (["rgb_0000.png", "camera_params_0000.json", f"{RADIAL}_0000.npy"], None),
        (
            ["rgb/eye_rgb_1.png", "camera_params/eye_camera_params_1.json", f"{PLANAR}/eye_{PLANAR}_1.npy"],
            None,
        ),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, names: list[str], missed: str | None) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert isaac_basic_writer.lacks(tmp_path) == missed
    if missed:
        with pytest.raises(BadFile, match="has no "):
            import_dataset(tmp_path, tmp_path / "out", format="isaac_basic_writer")


def test_frames_without_any_in_common_are_told(tmp_path: Path) -> None:
    root = write_basic(tmp_path / "in", VIEWS[:1])
    (root / "rgb_0000.png").rename(root / "rgb_0001.png")
    with pytest.raises(BadFile, match="has no frame with rgb, camera_params and distance_to_image_plane"):
        imported(root, tmp_path / "out")


def test_opening_reads_no_picture_and_keeps_little_of_a_frame(tmp_path: Path) -> None:
    def held(count: int) -> int:
        root = write_basic(tmp_path / f"in_{count}", make_views(1) * count, extra=labelled())
        for path in (*root.glob("*.png"), *root.glob("*.npy")):
            path.write_bytes(b"")
        tracemalloc.start()
        (recording,) = isaac_basic_writer.open_recordings(root, ImportOptions())
        found = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(recording) == count
        return found

    held(1)  # what is made once
    assert held(22) - held(2) < 20 * 1000
