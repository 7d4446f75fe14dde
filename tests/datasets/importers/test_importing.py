"""The driver: telling formats, several cameras, which way is up, going on, memory."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_replica
from PIL import Image

from sisg_robotics.datasets import ImportOptions, import_dataset
from sisg_robotics.datasets.importers import importing
from sisg_robotics.datasets.importers.formats import FORMATS, Format
from sisg_robotics.datasets.importers.recording import Pictures, Recording
from sisg_robotics.datasets.metadata import ObjectInfo
from sisg_robotics.errors import BadFile, BadValue, DataError, MissingPath, RequestError, UnknownName
from sisg_robotics.geometry import Intrinsics, look_at, transform

CAMERA = Intrinsics(20.0, 21.0, 8.0, 6.0, 16, 12)


def pictures(camera: Intrinsics, seed: int) -> Pictures:
    rng = np.random.default_rng(seed)
    size = (camera.height, camera.width)
    rgb = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    return Pictures(rgb, rng.uniform(0.5, 4, size).astype(np.float32))


def made_up(count: int = 4, *, name: str = "", camera: Intrinsics = CAMERA, **fields: Any) -> Recording:
    T = np.stack(
        [look_at(np.array([0.1 * i, 0, 1.2]), np.array([0.1 * i + 1, 0.3, 1.0])) for i in range(count)]
    )
    seed = sum(map(ord, name))
    read = fields.pop("read", lambda index: pictures(camera, seed + index))
    return Recording(T_source_cam=T, intrinsics=camera, read=read, name=name, **{"source_up": "z", **fields})


@pytest.fixture
def importing_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable:
    """Imports recordings that are made up, as a format of their own."""

    def run(*recordings: Recording, out: str = "out", **options: Any) -> Any:
        form = Format("made_up", lambda path: None, lambda path, options: list(recordings))
        monkeypatch.setattr(importing, "format_of", lambda source, name: form)
        return import_dataset(tmp_path, tmp_path / out, options=ImportOptions(**options))

    return run


def test_an_unknown_folder_is_told_what_each_format_missed(tmp_path: Path) -> None:
    (tmp_path / "rgb.txt").touch()
    with pytest.raises(BadFile) as told:
        import_dataset(tmp_path, tmp_path / "out")
    sentence = str(told.value)
    assert sentence.startswith(f"{tmp_path}: is of no format known here. Give the folder ")
    assert "tum (no depth.txt, groundtruth.txt)" in sentence
    for name in FORMATS:
        assert f"{name} (" in sentence
    assert isinstance(told.value, DataError) and not (tmp_path / "out").exists()


def test_the_folder_that_was_meant_is_named(tmp_path: Path) -> None:
    room = test_replica.write_replica(tmp_path / "Replica" / "room0")
    with pytest.raises(BadFile, match=re.escape(f"But {room} is of the format replica: give that folder.")):
        import_dataset(tmp_path / "Replica", tmp_path / "out")


def test_a_file_of_no_format_is_told_the_same(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(BadFile, match="is of no format known here"):
        import_dataset(tmp_path / "notes.txt", tmp_path / "out")


def test_a_wrong_name_of_a_format_and_a_missing_source_are_requests(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"Unknown format 'tun'. Available: auto.*Did you mean 'tum'"):
        import_dataset(tmp_path, tmp_path / "out", format="tun")
    with pytest.raises(MissingPath, match=r"No recording at .*nowhere"):
        import_dataset(tmp_path / "nowhere", tmp_path / "out")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_named_for_a_folder_without_it_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    for source in (tmp_path, tmp_path / "a.txt"):
        (tmp_path / "a.txt").touch()
        with pytest.raises((DataError, RequestError)):
            import_dataset(source, tmp_path / "out", format=name)
        assert FORMATS[name].lacks(source) is not None
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("up", "R"),
    [
        ("z", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("y", [[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
        ("-y", [[1, 0, 0], [0, 0, 1], [0, -1, 0]]),
    ],
)
def test_the_axis_that_points_up_becomes_z(importing_of: Callable, up: str, R: list) -> None:
    R = np.array(R, dtype=float)
    assert np.isclose(np.linalg.det(R), 1)
    (sequence,) = importing_of(made_up(source_up=up))
    expected = R @ made_up().T_source_cam[:, :3]
    np.testing.assert_allclose(sequence.T_world_cam[:, :3], expected, atol=1e-12)
    axis = {"z": [0, 0, 1], "y": [0, 1, 0], "-y": [0, -1, 0]}[up]
    np.testing.assert_allclose(R @ axis, [0, 0, 1])
    assert f"the source's {up} axis, as the format says" in sequence.made_by["world"]
    (asked,) = importing_of(made_up(source_up="z"), out="asked", world_up=up)
    np.testing.assert_allclose(asked.T_world_cam, sequence.T_world_cam, atol=1e-12)
    assert "as was asked" in asked.made_by["world"]


def test_up_is_found_from_the_surfaces_of_all_cameras_together(importing_of: Callable) -> None:
    """A level floor seen by two cameras whose world is tilted by a quarter of a radian."""
    camera = Intrinsics.from_fov(64, 48, np.radians(80))
    c, s = np.cos(0.25), np.sin(0.25)
    T_tilted_world = np.array([[1, 0, 0, 0], [0, c, -s, 0], [0, s, c, 0], [0, 0, 0, 1]])

    def floor_seen(T_world_cam: np.ndarray) -> Callable[[int], Pictures]:
        slope = (camera.pixel_rays() @ T_world_cam[:3, :3].T)[..., 2]
        depth_m = np.where(slope < -0.05, -T_world_cam[2, 3] / np.minimum(slope, -0.05), 0).astype(np.float32)
        return lambda index: Pictures(np.zeros((48, 64, 3), np.uint8), depth_m)

    recordings = []
    for name, target in (("left", [1.0, 1.0, 0.4]), ("right", [1.0, -1.0, 0.2])):
        T = look_at(np.array([0.0, 0.0, 1.5]), np.array(target))
        recording = made_up(3, name=name, camera=camera, source_up=None, read=floor_seen(T))
        recordings.append(replace(recording, T_source_cam=np.repeat((T_tilted_world @ T)[None], 3, axis=0)))
    for sequence in importing_of(*recordings):
        frame = sequence[0]
        points = transform(frame.T_world_cam, camera.points(frame.depth_m)[frame.depth_m > 0])
        assert np.abs(points[:, 2]).max() < 0.02
        assert "z is up by the level and upright surfaces" in sequence.made_by["world"]


def test_several_cameras_become_several_folders(importing_of: Callable, tmp_path: Path) -> None:
    wide = Intrinsics(10.0, 10.0, 8.0, 6.0, 16, 12)
    left, right = importing_of(made_up(name="left/../eye"), made_up(3, name="right", camera=wide))
    assert (left.root, right.root) == (tmp_path / "out" / "left_.._eye", tmp_path / "out" / "right")
    assert right.intrinsics[0] == wide and len(right) == 3 and right.made_by["camera"] == "right"
    for names in (("a", "a"), ("a/", "a?"), ("a", ".."), ("a", "")):
        with pytest.raises(BadValue, match="the names of the cameras"):
            importing_of(*(made_up(name=name) for name in names), out="other")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"left_.._eye", "right"}


def test_several_cameras_may_become_one_recording(importing_of: Callable) -> None:
    wide = Intrinsics(10.0, 10.0, 8.0, 6.0, 16, 12)
    left = made_up(2, name="left", stamps_ns=[10, 30])
    right = made_up(2, name="right", camera=wide, stamps_ns=[20, 40])
    (sequence,) = importing_of(left, right, one_sequence=True)
    assert sequence.made_by["frames"] == ["left/0", "right/0", "left/1", "right/1"]
    assert sequence.stamps_ns == (10, 20, 30, 40)
    assert sequence.intrinsics == (CAMERA, wide, CAMERA, wide)
    np.testing.assert_array_equal(sequence[2].rgb, left.read(1).rgb)
    np.testing.assert_array_equal(sequence[3].depth_m, right.read(1).depth_m)
    np.testing.assert_array_equal(sequence.T_world_cam[3], right.T_source_cam[1])
    (unstamped,) = importing_of(made_up(1, name="a"), made_up(1, name="b"), out="b", one_sequence=True)
    assert unstamped.made_by["frames"] == ["a/0", "b/0"] and unstamped.stamps_ns is None


def test_channels_names_and_normals_go_along(importing_of: Callable) -> None:
    def read(index: int) -> Pictures:
        ids = np.full((12, 16), index + 1)
        normal = np.tile(np.array([0, 1, 0], np.float16), (12, 16, 1))  # up, in a y-up world
        return pictures(CAMERA, index)._replace(
            semantic=ids.astype(np.int32), instance=ids.astype(np.uint16), normal=normal
        )

    sofa = ObjectInfo("sofa", "sofa 1", "red")
    (sequence,) = importing_of(
        made_up(
            source_up="y",
            read=read,
            channels=("semantic", "instance", "normal"),
            classes={1: "sofa"},
            objects={7: sofa},
            sensor="kinect_v1",
            said={"note": [1]},
        )
    )
    assert sequence.channels == ("semantic", "instance", "normal") and sequence.sensor == "kinect_v1"
    assert sequence.classes == {1: "sofa"} and sequence.objects == {7: sofa}
    assert sequence.made_by["note"] == [1]
    assert sequence[2].semantic.max() == 3
    np.testing.assert_array_equal(sequence[0].normal[0, 0], [0, 0, 1])


def test_some_frames_may_be_enough(importing_of: Callable) -> None:
    whole = made_up(10, stamps_ns=list(range(100, 110)))
    (sequence,) = importing_of(whole, every=3, max_frames=3)
    assert sequence.made_by["frames"] == ["0", "3", "6"] and sequence.stamps_ns == (100, 103, 106)
    np.testing.assert_array_equal(sequence[2].rgb, whole.read(6).rgb)
    np.testing.assert_array_equal(sequence.T_world_cam, whole.T_source_cam[[0, 3, 6]])


def test_an_import_goes_on_where_it_stopped(importing_of: Callable) -> None:
    seen: list[int] = []

    def read(index: int) -> Pictures:
        seen.append(index)
        if index == 2 and len(seen) < 4:
            raise KeyboardInterrupt
        return pictures(CAMERA, index)

    with pytest.raises(KeyboardInterrupt):
        importing_of(made_up(5, read=read))
    (sequence,) = importing_of(made_up(5, read=read))
    assert seen == [0, 1, 2, 2, 3, 4] and len(sequence) == 5


def test_a_colour_file_is_copied_only_when_it_is_whole(importing_of: Callable, tmp_path: Path) -> None:
    """One with something after its end could not be told from a cut one later, so it is written anew."""
    path = tmp_path / "padded.png"
    Image.fromarray(pictures(CAMERA, 0).rgb).save(path)
    (copied,) = importing_of(made_up(1, color_file=lambda index: path), out="copied")
    assert copied.files["rgb"][0].read_bytes() == path.read_bytes()
    path.write_bytes(path.read_bytes() + b"more")
    (written,) = importing_of(made_up(1, color_file=lambda index: path), out="written")
    assert written.files["rgb"][0].read_bytes() != path.read_bytes()
    np.testing.assert_array_equal(written[0].rgb, copied[0].rgb)


def test_a_bad_frame_is_named(importing_of: Callable) -> None:
    def read(index: int) -> Pictures:
        shown = pictures(CAMERA, index)
        return shown if index < 2 else shown._replace(depth_m=-shown.depth_m)

    with pytest.raises(BadFile, match="frame 2: the depth of frame 2 is"):
        importing_of(made_up(read=read))


def test_what_could_not_be_read_again_is_not_written(importing_of: Callable) -> None:
    def read(index: int) -> Pictures:
        shown = pictures(CAMERA, index)
        return shown._replace(depth_m=shown.depth_m[:, :9])

    with pytest.raises(BadFile, match=r"frame 0 has depth of 9x12 and colours of 16x12"):
        importing_of(made_up(read=read))

    def far(index: int) -> Pictures:
        shown = pictures(CAMERA, index)
        return shown._replace(depth_m=shown.depth_m * 1000)

    with pytest.raises(BadFile, match=r"has a median depth of 2\d\d\d m. Say the metres of one unit"):
        importing_of(made_up(read=far), out="far")


def test_memory_does_not_grow_with_the_pictures(importing_of: Callable) -> None:
    """Two hundred frames more take less than the pictures of two."""
    camera = Intrinsics(100.0, 100.0, 64.0, 48.0, 128, 96)
    picture_bytes = 128 * 96 * (3 + 4)

    def peak(count: int) -> int:
        recording = made_up(count, camera=camera)
        tracemalloc.start()
        importing_of(recording, out=str(count))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2)  # what is made once
    assert peak(250) - peak(50) < 200 * 0.03 * picture_bytes


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"max_frames": 0}, "max_frames is 0"),
        ({"every": 0}, "every is 0"),
        ({"world_up": "x"}, "Unknown world_up 'x'"),
        ({"depth_unit_m": 0.0}, "depth_unit_m is 0.0"),
        ({"depth_unit_m": float("nan")}, "depth_unit_m is nan"),
        ({"max_stamp_difference_s": -1.0}, "max_stamp_difference_s is -1.0"),
        ({"intrinsics": (1.0, 2.0)}, r"intrinsics is \[1.0, 2.0\], but it must be fx, 0, cx"),
        ({"intrinsics": (1.0,) * 9}, "intrinsics is"),
        ({"distortion": (0.0,) * 9}, "distortion is"),
    ],
)
def test_options_are_checked(fields: dict, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        ImportOptions(**fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"source_up": "x"}, "Unknown source_up 'x'"),
        ({"channels": ("rgb",)}, "Unknown channel 'rgb'"),
        ({"stamps_ns": [1]}, "the number of stamps_ns is 1"),
        ({"frame_names": ["a"]}, "the number of frame_names is 1"),
    ],
)
def test_a_recording_is_checked_when_it_is_made(fields: dict, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        made_up(**fields)
