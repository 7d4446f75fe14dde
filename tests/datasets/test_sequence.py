from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets import PoseFormat, RgbdSequence
from sisg_robotics.errors import BadFile, BadSequence, BadValue, MissingPath, SisgError
from sisg_robotics.geometry import Intrinsics

CAM_CALIB_MAT = [8, 0, 4, 0, 8, 3, 0, 0, 1]
QUAT = PoseFormat(rotation_type="quat")
CAMERA = Intrinsics(8.0, 8.0, 4.0, 3.0, 8, 6)
JSON = {
    "format_version": 1,
    "intrinsics": {"fx": 8, "fy": 8, "cx": 4, "cy": 3, "width": 8, "height": 6},
    "pose_type": "camera_base",
    "rotation_type": "quat",
    "world_up": "z",
}
Write = Callable[..., Path]


def open_plain(root: Path) -> RgbdSequence:
    return RgbdSequence.open(root, intrinsics=CAM_CALIB_MAT, pose_format=QUAT)


def describe(root: Path, **changes: object) -> Path:
    (root / "sequence.json").write_text(json.dumps(JSON | changes))
    return root


def test_a_plain_vlmaps_scene_opens_with_its_config(plain: Write) -> None:
    root = plain(3)
    sequence = RgbdSequence.open(root, intrinsics=CAM_CALIB_MAT, pose_format=QUAT)
    assert len(sequence) == 3
    assert sequence.frame_ids == ("000000", "000001", "000002")
    assert sequence.intrinsics == (CAMERA,) * 3
    assert sequence.channels == () and sequence.scene_file is None and sequence.stamps_ns is None
    np.testing.assert_array_equal(sequence.T_world_cam[:, :3, 3], [[0, 0, 1], [1, 0, 1], [2, 0, 1]])
    for index, frame in enumerate(sequence):
        assert frame.index == index and frame.depth_m.dtype == np.float32
        np.testing.assert_array_equal(frame.depth_m, index + 1)
        np.testing.assert_array_equal(frame.rgb, np.asarray(Image.open(root / "rgb" / f"{index:06d}.png")))
        np.testing.assert_array_equal(frame.T_world_cam, sequence.T_world_cam[index])


@pytest.mark.parametrize("intrinsics", [CAMERA, [CAMERA] * 3, np.reshape(CAM_CALIB_MAT, (3, 3))])
def test_intrinsics_may_be_a_camera_one_for_each_frame_or_a_matrix(plain: Write, intrinsics: object) -> None:
    sequence = RgbdSequence.open(plain(3), intrinsics=intrinsics, pose_format=QUAT)
    assert sequence.intrinsics == (CAMERA,) * 3


def test_a_mobile_base_scene_opens_with_vlmaps_defaults(plain: Write) -> None:
    pose_format = PoseFormat.from_vlmaps({"pose_type": "mobile_base", "rot_type": "quat"})
    root = plain(1, poses="1 0 -3 0 0 0 1\n")
    T_world_cam = RgbdSequence.open(root, intrinsics=CAMERA, pose_format=pose_format).T_world_cam[0]
    np.testing.assert_allclose(T_world_cam, [[0, 0, 1, 3], [-1, 0, 0, -1], [0, -1, 0, 1.5], [0, 0, 0, 1]])


def test_sequence_json_stands_above_the_arguments(plain: Write) -> None:
    sequence = RgbdSequence.open(
        describe(plain(2), stamps_ns=[5, 7], made_by={"by": "hand"}),
        intrinsics=Intrinsics(1.0, 1.0, 1.0, 1.0, 2, 2),
        pose_format=PoseFormat(rotation_type="mat"),
    )
    assert sequence.intrinsics == (CAMERA,) * 2
    assert sequence[1].stamp_ns == 7 and sequence.made_by == {"by": "hand"}


def test_a_y_up_world_is_turned_to_z_up(plain: Write) -> None:
    sequence = RgbdSequence.open(describe(plain(1, poses="1 2 3 0 0 0 1\n"), world_up="y"))
    np.testing.assert_array_equal(sequence.T_world_cam[0, :3, 3], [1, -3, 2])


def test_cameras_may_differ_from_frame_to_frame(plain: Write) -> None:
    wide = JSON["intrinsics"] | {"fx": 6, "fy": 6}  # type: ignore[operator]
    sequence = RgbdSequence.open(describe(plain(2), intrinsics=[JSON["intrinsics"], wide]))
    assert [frame.intrinsics.fx for frame in sequence] == [8.0, 6.0]


def test_depth_may_be_of_another_size_than_colour(plain: Write) -> None:
    sequence = open_plain(plain(1, depth_size=(4, 3)))
    frame = sequence[0]
    assert frame.rgb.shape == (6, 8, 3) and frame.depth_m.shape == (3, 4)
    assert frame.depth_intrinsics == Intrinsics(4.0, 4.0, 2.0, 1.5, 4, 3)


def test_jpeg_colours_are_read(plain: Write) -> None:
    root = plain(1)
    Image.open(root / "rgb" / "000000.png").save(root / "rgb" / "000000.jpg", quality=95)
    (root / "rgb" / "000000.png").unlink()
    assert open_plain(root)[0].rgb.shape == (6, 8, 3)


def test_semantic_instance_and_normal_are_read_where_they_are(plain: Write) -> None:
    root = plain(1)
    semantic, instance = np.arange(48).reshape(6, 8), np.arange(48, dtype=np.uint16).reshape(6, 8) + 300
    normal = np.ones((6, 8, 3), np.float16)
    for folder in ("semantic", "instance", "normal"):
        (root / folder).mkdir()
    np.save(root / "semantic" / "000000.npy", semantic)
    np.save(root / "normal" / "000000.npy", normal)
    Image.fromarray(instance).save(root / "instance" / "000000.png")
    sequence = open_plain(root)
    assert sequence.channels == ("semantic", "instance", "normal")
    frame = sequence[0]
    assert frame.semantic is not None and frame.semantic.dtype == np.int32
    np.testing.assert_array_equal(frame.semantic, semantic)
    np.testing.assert_array_equal(frame.instance, instance)
    np.testing.assert_array_equal(frame.normal, normal)


def test_frames_are_in_the_order_of_their_numbers(plain: Write) -> None:
    root = plain(3)
    for folder, suffix in (("rgb", "png"), ("depth", "npy")):
        for old, new in (("000000", "2"), ("000001", "10"), ("000002", "100")):
            (root / folder / f"{old}.{suffix}").rename(root / folder / f"{new}.{suffix}")
    sequence = open_plain(root)
    assert sequence.frame_ids == ("2", "10", "100")
    assert [frame.depth_m[0, 0] for frame in sequence] == [1, 2, 3]


def test_frames_count_from_the_end_too_and_stop_at_the_last(plain: Write) -> None:
    sequence = open_plain(plain(3))
    assert sequence[-1].index == 2
    with pytest.raises(IndexError, match="has 3 frames; there is no frame 3"):
        sequence[3]


def test_the_poses_cannot_be_changed_by_accident(plain: Write) -> None:
    sequence = open_plain(plain(1))
    with pytest.raises(ValueError, match="read-only"):
        sequence.T_world_cam[0, 0, 3] = 1
    sequence[0].T_world_cam[0, 3] = 9  # a frame owns its pose
    assert sequence.T_world_cam[0, 0, 3] == 0


def test_arguments_are_unchanged(plain: Write) -> None:
    K, cameras = np.reshape(np.array(CAM_CALIB_MAT, dtype=float), (3, 3)), [CAMERA, CAMERA]
    root = plain(2)
    RgbdSequence.open(root, intrinsics=K, pose_format=QUAT)
    RgbdSequence.open(root, intrinsics=cameras, pose_format=QUAT)
    assert K.ravel().tolist() == CAM_CALIB_MAT and cameras == [CAMERA, CAMERA]


# What is wrong with a folder is said when it is opened.


def test_a_missing_folder_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match=r"No recording at .*nowhere. Give a folder") as error:
        open_plain(tmp_path / "nowhere")
    assert error.value.exit_status == 2


def test_an_empty_folder_has_0_frames(tmp_path: Path, plain: Write) -> None:
    with pytest.raises(BadSequence, match=r"0 frames. It needs rgb/\*.png") as error:
        open_plain(tmp_path)
    assert error.value.exit_status == 1
    with pytest.raises(BadSequence, match=r"0 frames, though poses.txt has 1 pose"):
        RgbdSequence.open(describe(plain(0, poses="0 0 0 0 0 0 1\n")))


def test_a_plain_scene_asks_for_what_its_config_holds(plain: Write) -> None:
    root = plain(1)
    with pytest.raises(BadValue, match="intrinsics is None, but it must be given for a folder without"):
        RgbdSequence.open(root, pose_format=QUAT)
    with pytest.raises(BadValue, match="pose_format is None, but it must be given"):
        RgbdSequence.open(root, intrinsics=CAMERA)
    with pytest.raises(BadValue, match=r"cam_calib_mat is .* fx, 0, cx, 0, fy, cy, 0, 0, 1"):
        RgbdSequence.open(root, intrinsics=[8, 8, 4, 3], pose_format=QUAT)


def test_the_calibration_of_other_images_is_noticed(plain: Write) -> None:
    vlmaps_default = [540, 0, 540, 0, 540, 360, 0, 0, 1]
    with pytest.raises(BadValue, match=r"of these 8x6 images: its centre \(540, 360\) is far off theirs"):
        RgbdSequence.open(plain(1), intrinsics=vlmaps_default, pose_format=QUAT)


def damage(root: Path, folder: str, *names: str) -> Path:
    for name in names:
        (root / folder / name).unlink()
    return root


def test_frames_that_one_side_lacks_are_named(plain: Write) -> None:
    with pytest.raises(BadSequence, match="depth/ lacks frame 000001 of 3"):
        open_plain(damage(plain(3, name="a"), "depth", "000001.npy"))
    with pytest.raises(BadSequence, match="rgb/ lacks frames 000000, 000002 of 3"):
        open_plain(damage(plain(3, name="b"), "rgb", "000000.png", "000002.png"))
    root = plain(12, name="c")
    shutil.rmtree(root / "depth")
    with pytest.raises(BadSequence, match=r"depth/ lacks 12 frames \(000000, 000001, 000002 ... 000011\)"):
        open_plain(root)


def test_an_optional_channel_must_cover_all_frames(plain: Write) -> None:
    root = plain(2)
    (root / "semantic").mkdir()
    np.save(root / "semantic" / "000000.npy", np.zeros((6, 8), np.int32))
    with pytest.raises(BadSequence, match="semantic/ lacks frame 000001 of 2"):
        open_plain(root)
    (root / "semantic" / "000000.npy").rename(root / "semantic" / "000001.npy")
    np.save(root / "semantic" / "000000.npy", np.zeros((6, 8), np.int32))
    np.save(root / "semantic" / "000007.npy", np.zeros((6, 8), np.int32))
    with pytest.raises(BadSequence, match="semantic/ has frame 000007, which rgb/ and depth/ lack"):
        open_plain(root)


def test_poses_and_frames_must_agree_in_number(plain: Write) -> None:
    line = "0 0 0 0 0 0 1\n"
    with pytest.raises(
        BadSequence, match=r"poses.txt has 1 pose for 3 frames: none for frames 000001, 000002"
    ):
        open_plain(plain(3, poses=line, name="few"))
    with pytest.raises(
        BadSequence, match=r"poses.txt has 4 poses for 2 frames: no pictures for frames 000002"
    ):
        open_plain(plain(2, poses=line * 4, name="many"))


def test_missing_poses_are_said(plain: Write) -> None:
    root = plain(1)
    (root / "poses.txt").unlink()
    with pytest.raises(MissingPath, match=r"No poses at .*poses.txt"):
        open_plain(root)


def test_a_frame_with_two_colour_images_is_refused(plain: Write) -> None:
    root = plain(1)
    shutil.copy(root / "rgb" / "000000.png", root / "rgb" / "000000.jpg")
    with pytest.raises(BadSequence, match=r"frame 000000 has two rgb files: 000000.jpg, 000000.png"):
        open_plain(root)


def test_colours_of_another_size_than_the_intrinsics_are_refused(plain: Write) -> None:
    with pytest.raises(BadFile, match=r"000000.png: is 10x6, but the intrinsics are for 8x6"):
        RgbdSequence.open(describe(plain(1, rgb_size=(10, 6))))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fx": 0.01}, r"the intrinsics of frame 000000 do not belong to 8x6 images \(fx 0.01, fy 8\)"),
        ({"cx": 900}, r"do not belong to 8x6 images \(cx 900, cy 3\)"),
    ],
)
def test_insane_intrinsics_are_refused(plain: Write, changes: dict, sentence: str) -> None:
    with pytest.raises(BadSequence, match=sentence):
        RgbdSequence.open(describe(plain(1), intrinsics=JSON["intrinsics"] | changes))  # type: ignore[operator]


def test_counts_in_sequence_json_must_fit(plain: Write) -> None:
    with pytest.raises(BadSequence, match="2 intrinsics for 3 frames"):
        RgbdSequence.open(describe(plain(3, name="a"), intrinsics=[JSON["intrinsics"]] * 2))
    with pytest.raises(BadSequence, match="1 stamps_ns for 3 frames"):
        RgbdSequence.open(describe(plain(3, name="b"), stamps_ns=[1]))


# What is wrong with a picture is said when its frame is read, and only then.

PIXELS = np.full((6, 8), 2.0, np.float32)
HOLED = np.where(np.eye(6, 8) > 0, np.nan, PIXELS).astype(np.float32)


@pytest.mark.parametrize(
    ("depth", "sentence"),
    [
        (PIXELS.ravel(), r"has shape \(48,\), but depth is \(height, width\)"),
        (np.zeros((6, 8, 1), np.float32), r"has shape \(6, 8, 1\), but depth is"),
        (np.zeros((0, 8), np.float32), r"has shape \(0, 8\), but depth is"),
        (np.zeros((6, 6), np.float32), "is 6x6 and its colours are 8x6, so not of one view"),
        (np.full((6, 8), 2000, np.uint16), "holds uint16, but depth is float32 metres.*divide millimetres"),
        (
            PIXELS * 1000,
            "has a median depth of 2000, so it looks like millimetres, not metres. Divide by 1000",
        ),
        (HOLED, "has NaN or infinite depths. Write 0 where nothing was seen"),
        (PIXELS * np.inf, "has NaN or infinite depths"),
        (-PIXELS, "has negative depths"),
    ],
)
def test_a_bad_depth_file_is_named(plain: Write, depth: np.ndarray, sentence: str) -> None:
    root = plain(2)
    np.save(root / "depth" / "000001.npy", depth)
    sequence = open_plain(root)
    assert sequence[0].depth_m.shape == (6, 8)
    with pytest.raises(BadFile, match=rf"depth/000001.npy: {sentence}") as error:
        sequence[1]
    assert error.value.exit_status == 1


def test_a_truncated_picture_is_named(plain: Write) -> None:
    root = plain(1, rgb_size=(80, 60))
    path = root / "rgb" / "000000.png"
    path.write_bytes(path.read_bytes()[:-2000])
    sequence = RgbdSequence.open(root, intrinsics=CAMERA.resized(80, 60), pose_format=QUAT)
    with pytest.raises(BadFile, match=r"rgb/000000.png: is not a readable image"):
        sequence[0]
    path.write_bytes(b"")
    with pytest.raises(BadFile, match=r"rgb/000000.png: is not a readable image"):
        open_plain(root)


@pytest.mark.parametrize("channel", ["semantic", "normal"])
def test_an_optional_picture_of_the_wrong_shape_or_kind_is_named(plain: Write, channel: str) -> None:
    root = plain(1)
    (root / channel).mkdir()
    path = root / channel / "000000.npy"
    np.save(path, np.zeros((3, 4), np.int32))
    sequence = open_plain(root)
    with pytest.raises(BadFile, match=rf"{channel}/000000.npy: has shape \(3, 4\), but the depth"):
        sequence[0]
    shape, dtype = ((6, 8), np.float64) if channel == "semantic" else ((6, 8, 3), np.int8)
    np.save(path, np.zeros(shape, dtype))
    with pytest.raises(BadFile, match=f"holds {np.dtype(dtype)}. Write"):
        sequence[0]


@pytest.mark.parametrize(
    ("channel", "array", "sentence"),
    [
        ("range", np.full((6, 8), np.nan, np.float32), "has NaN, infinite or negative ranges"),
        ("range", np.full((6, 8), -1, np.float32), "has NaN, infinite or negative ranges"),
        ("range", np.ones((6, 8), np.int32), "holds int32. Write float32"),
        ("flow", np.zeros((6, 8), np.float32), r"has shape \(6, 8\), but the depth of that frame asks for"),
        ("mask", np.full((6, 8), 7, np.uint8), "holds values between 0 and 7. A mask is 0 or 255"),
        ("mask", np.full((5, 8), 255, np.uint8), r"has shape \(5, 8\)"),
        ("albedo", np.zeros((6, 4, 3), np.uint8), r"has shape \(6, 4, 3\)"),
    ],
)
def test_a_bad_picture_of_a_channel_is_named(
    plain: Write, channel: str, array: np.ndarray, sentence: str
) -> None:
    root = plain(1)
    (root / channel).mkdir()
    if channel in ("mask", "albedo"):
        Image.fromarray(array).save(root / channel / "000000.png")
    else:
        np.save(root / channel / "000000.npy", array)
    with pytest.raises(BadFile, match=rf"{channel}/000000\.(png|npy): {sentence}"):
        open_plain(root)[0]


@pytest.mark.parametrize("poses", ["0 0 nan 0 0 0 1\n", "0 0 0 0 0 0 5\n"])
def test_bad_poses_stop_the_opening(plain: Write, poses: str) -> None:
    with pytest.raises(SisgError, match=r"poses.txt: line 1 \(frame 0\) has") as error:
        open_plain(plain(1, poses=poses))
    assert error.value.exit_status == 1
