from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets import ObjectInfo, PoseFormat, RgbdFrame, RgbdSequence, SequenceWriter
from sisg_robotics.errors import BadSequence, BadValue, RequestError
from sisg_robotics.geometry import Distortion, Intrinsics, look_at

CAMERA = Intrinsics(8.0, 8.0, 4.0, 3.0, 8, 6)
POSES = np.stack([look_at(np.array([0.1 * i, -0.3, 1.2]), np.array([3.0, i, 0.7])) for i in range(3)])
FIELDS = {
    "semantic": "semantic",
    "instance": "instance",
    "normal": "normal",
    "range": "range_m",
    "albedo": "albedo",
    "mask": "mask",
    "flow": "flow_px",
}
CHANNELS = tuple(FIELDS)
LENS = Distortion(k1=-0.1, k2=0.02, p1=1e-3, p2=-2e-3, k3=0.1 + 0.2)
WHAT = {"classes": {1: "sofa"}, "objects": {300: ObjectInfo("sofa", "sofa 1", "a red sofa")}}


def writer(root: Path, **changes: object) -> SequenceWriter:
    parts: dict = {"T_world_cam": POSES, "intrinsics": CAMERA, "made_by": {"seed": 1}, **WHAT}
    return SequenceWriter(root, **(parts | changes))


def frame(index: int, **changes: object) -> RgbdFrame:
    rng = np.random.default_rng([5, index])
    parts: dict = {
        "rgb": rng.integers(0, 256, (6, 8, 3), dtype=np.uint8),
        "depth_m": rng.uniform(0.5, 4, (6, 8)).astype(np.float32),
        "T_world_cam": POSES[index],
        "intrinsics": CAMERA,
        "semantic": rng.integers(0, 2, (6, 8)).astype(np.int32),
        "instance": (rng.integers(0, 2, (6, 8)) * 300).astype(np.uint16),
        "normal": rng.normal(size=(6, 8, 3)).astype(np.float16),
        "range_m": rng.uniform(0.5, 4, (6, 8)).astype(np.float32),
        "albedo": rng.integers(0, 256, (6, 8, 3), dtype=np.uint8),
        "mask": rng.integers(0, 2, (6, 8)).astype(bool),
        "flow_px": np.where(rng.random((6, 8, 1)) < 0.2, np.nan, rng.normal(size=(6, 8, 2))).astype(
            np.float32
        ),
    }
    return RgbdFrame(index, **(parts | changes))


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_recording_comes_back_as_it_was_written(tmp_path: Path) -> None:
    out = writer(tmp_path, channels=CHANNELS, stamps_ns=[10, 20, 30])
    for index in range(3):
        out.write(frame(index))
    sequence = RgbdSequence.open(tmp_path)
    np.testing.assert_array_equal(sequence.T_world_cam, POSES)
    assert sequence.classes == WHAT["classes"] and sequence.objects == WHAT["objects"]
    assert sequence.channels == CHANNELS and sequence.stamps_ns == (10, 20, 30)
    for index, again in enumerate(sequence):
        for name in ("rgb", "depth_m", *FIELDS.values()):
            expected = getattr(frame(index), name)
            assert getattr(again, name).dtype == expected.dtype
            np.testing.assert_array_equal(getattr(again, name), expected)


def test_the_files_of_the_channels_are_as_the_format_says(tmp_path: Path) -> None:
    writer(tmp_path, channels=CHANNELS).write(frame(0))
    mask = np.asarray(Image.open(tmp_path / "mask" / "000000.png"))
    assert mask.dtype == np.uint8
    np.testing.assert_array_equal(mask, np.where(frame(0).mask, 255, 0))
    for folder, field in (("range", "range_m"), ("flow", "flow_px")):
        stored = np.load(tmp_path / folder / "000000.npy")
        assert stored.dtype == np.float32
        np.testing.assert_array_equal(stored, getattr(frame(0), field))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "albedo" / "000000.png")), frame(0).albedo)


def test_the_lens_and_the_sensor_come_back_and_make_another_recording(tmp_path: Path) -> None:
    writer(tmp_path, distortion=LENS, sensor="kinect_v1")
    for index in range(3):
        writer(tmp_path, distortion=LENS, sensor="kinect_v1").write(frame(index))
    sequence = RgbdSequence.open(tmp_path)
    assert sequence.distortion == LENS and sequence.sensor == "kinect_v1"
    for other in ({}, {"distortion": LENS}, {"sensor": "kinect_v1"}):
        with pytest.raises(RequestError, match="another recording"):
            writer(tmp_path, **other)


@pytest.mark.parametrize("pose_type", ["camera_base", "mobile_base"])
@pytest.mark.parametrize("rotation_type", ["quat", "mat"])
@pytest.mark.parametrize("world_up", ["z", "y"])
@pytest.mark.parametrize("plain", [True, False])
def test_every_layout_comes_back(
    tmp_path: Path, pose_type: str, rotation_type: str, world_up: str, plain: bool
) -> None:
    pose_format = PoseFormat(pose_type, rotation_type, world_up, camera_height_m=0.8)
    out = writer(tmp_path, pose_format=pose_format, plain=plain)
    for index in range(3):
        out.write(frame(index))
    assert (tmp_path / "sequence.json").exists() is not plain
    arguments = {"intrinsics": CAMERA, "pose_format": pose_format} if plain else {}
    sequence = RgbdSequence.open(tmp_path, **arguments)
    np.testing.assert_allclose(sequence.T_world_cam, POSES, rtol=0, atol=1e-14)


def test_cameras_that_differ_from_frame_to_frame_come_back(tmp_path: Path) -> None:
    cameras = [CAMERA, CAMERA.resized(16, 12), CAMERA.cropped(2, 1, 4, 3)]
    out = writer(tmp_path, intrinsics=cameras)
    for index, camera in enumerate(cameras):
        rgb = np.zeros((camera.height, camera.width, 3), np.uint8)
        depth_m = np.ones((camera.height, camera.width), np.float32)
        out.write(RgbdFrame(index, rgb, depth_m, POSES[index], camera))
    assert RgbdSequence.open(tmp_path).intrinsics == tuple(cameras)


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        out = writer(tmp_path / name, channels=CHANNELS)
        for index in (0, 1, 2) if name == "a" else (2, 0, 1):
            out.write(frame(index))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_recording_that_stopped_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    out = writer(tmp_path, channels=CHANNELS)
    assert out.missing() == [0, 1, 2]
    out.write(frame(1))
    again = writer(tmp_path, channels=CHANNELS)
    assert again.missing() == [0, 2]
    with pytest.raises(BadSequence, match=r"3 poses for 1 frame: no pictures for frames 000000, 000002"):
        RgbdSequence.open(tmp_path)
    again.write(frame(0))
    again.write(frame(2))
    assert again.missing() == [] and len(RgbdSequence.open(tmp_path)) == 3


@pytest.mark.parametrize("channel", ["rgb", "depth", *CHANNELS])
def test_a_half_written_frame_is_never_taken_for_a_whole_one(tmp_path: Path, channel: str) -> None:
    out = writer(tmp_path, channels=CHANNELS)
    out.write(frame(0))
    assert out.done(0) and not out.done(1)
    path = next((tmp_path / channel).iterdir())
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], b""):
        path.write_bytes(damaged)
        assert not out.done(0)
    path.unlink()
    assert not out.done(0)
    path.with_name(f".{path.name}.part").write_bytes(whole)  # what an interrupted write leaves
    assert not out.done(0)
    out.write(frame(0))
    assert out.done(0) and path.read_bytes() == whole


def test_what_an_interrupted_write_left_does_not_disturb_the_reader(tmp_path: Path) -> None:
    out = writer(tmp_path)
    for index in range(3):
        out.write(frame(index))
    (tmp_path / "rgb" / ".000003.png.part").write_bytes(b"half")
    assert len(RgbdSequence.open(tmp_path)) == 3


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"T_world_cam": POSES + 1e-6 * np.eye(4, 4, 3)}, "poses.txt"),
        ({"made_by": {"seed": 2}}, "sequence.json"),
        ({"intrinsics": CAMERA.resized(16, 12)}, "sequence.json"),
        ({"plain": True}, "sequence.json"),
    ],
)
def test_a_folder_with_another_recording_is_refused_and_left_alone(
    tmp_path: Path, changes: dict, name: str
) -> None:
    writer(tmp_path).write(frame(0))
    before = contents(tmp_path)
    with pytest.raises(RequestError, match=rf"holds another recording: its {name} differs. Choose") as error:
        writer(tmp_path, **changes)
    assert error.value.exit_status == 2
    assert contents(tmp_path) == before


def test_rounding_makes_no_other_recording(tmp_path: Path) -> None:
    writer(tmp_path, made_by={"T": POSES[0].tolist()}).write(frame(0))
    rounded = POSES + 1e-14 * np.eye(4, 4, 3)
    again = writer(tmp_path, T_world_cam=rounded, made_by={"T": rounded[0].tolist()})
    assert again.missing() == [1, 2]
    np.testing.assert_array_equal(again.T_world_cam, POSES)
    again.write(frame(1, T_world_cam=rounded[1]))


def test_a_folder_with_pictures_of_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rgb").mkdir()
    (tmp_path / "rgb" / "000000.png").write_bytes(b"somebody's")
    with pytest.raises(RequestError, match="holds pictures that nothing here describes"):
        writer(tmp_path)
    assert list(contents(tmp_path)) == ["rgb/000000.png"]


def test_colour_files_are_copied_byte_for_byte(tmp_path: Path) -> None:
    source = tmp_path / "source.jpg"
    Image.fromarray(frame(0).rgb).save(source, quality=95)
    out = writer(tmp_path / "out")
    out.write(frame(0, rgb=np.asarray(Image.open(source))), rgb_file=source)
    assert out.done(0)
    assert (tmp_path / "out/rgb/000000.jpg").read_bytes() == source.read_bytes()
    out.write(frame(0))
    assert [path.name for path in (tmp_path / "out/rgb").iterdir()] == ["000000.png"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"index": 3, "T_world_cam": POSES[0]}, "the index of the frame is 3, but it must be 0 to 2"),
        ({"T_world_cam": POSES[1]}, "the pose of frame 0 is .* the one announced"),
        (
            {"intrinsics": Intrinsics(9.0, 9.0, 4.0, 3.0, 8, 6)},
            "the camera of frame 0 is .* the one announced",
        ),
        ({"normal": None}, "normal of frame 0 is None, but it must be there, as the channels say"),
    ],
)
def test_a_frame_that_was_not_announced_is_refused(tmp_path: Path, changes: dict, sentence: str) -> None:
    index = changes.pop("index", 0)
    parts = {
        name: getattr(frame(0), name)
        for name in ("rgb", "depth_m", "T_world_cam", "intrinsics", *FIELDS.values())
    }
    with pytest.raises(BadValue, match=sentence):
        writer(tmp_path, channels=CHANNELS).write(RgbdFrame(index, **(parts | changes)))
    assert not any((tmp_path / "rgb").iterdir())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"T_world_cam": np.zeros((0, 4, 4))}, "the number of frames is 0, but it must be at least 1"),
        ({"T_world_cam": POSES * 2}, "T_world_cam"),
        ({"stamps_ns": [1, 2]}, "the number of stamps_ns is 2, but it must be 3"),
        ({"intrinsics": [CAMERA]}, "the number of intrinsics is 1, but it must be 1, or 3"),
        (
            {"channels": ("heat",)},
            r"channels is \['heat'\], but it must be some of semantic, instance, normal, range, albedo, mask",
        ),
        ({"plain": True, "intrinsics": [CAMERA, CAMERA, CAMERA.resized(4, 3)]}, "VLMaps' config has room"),
        ({"plain": True, "distortion": LENS}, "VLMaps' config has no room for a lens"),
        ({"objects": {70000: ObjectInfo("a", "b")}}, "an id in objects is 70000"),
    ],
)
def test_a_recording_that_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, changes: dict, sentence: str
) -> None:
    with pytest.raises(BadValue, match=sentence):
        writer(tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


def test_arguments_are_unchanged(tmp_path: Path) -> None:
    poses, made = POSES.copy(), frame(0)
    out = writer(tmp_path, T_world_cam=poses, channels=CHANNELS)
    out.write(made)
    poses[0, 0, 3] = 99  # ours now, not the writer's
    np.testing.assert_array_equal(out.T_world_cam, POSES)
    np.testing.assert_array_equal(made.depth_m, frame(0).depth_m)
