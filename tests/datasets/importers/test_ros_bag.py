"""Bags that rosbags wrote, read back: storages, pairs, poses by hand, registration, and what is missing."""

from __future__ import annotations

import dataclasses
import shutil
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, make_views

pytest.importorskip("rosbags")
from ros_made import (
    OPTICAL_XYZW,
    START_NS,
    STEP_NS,
    STORE,
    CompressionMode,
    Message,
    Robot,
    camera_info,
    image,
    odometry,
    packed,
    png,
    pose_stamped,
    robot_messages,
    tf,
    transform,
    write_bag,
    write_bag1,
)
from rosbags.rosbag1 import Reader as Reader1
from rosbags.rosbag2 import Reader

from sisg_robotics.app.configs import RosConfig
from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.datasets.importers import RosOptions, ros_index, ros_messages
from sisg_robotics.datasets.importers.ros_bag import open_recordings
from sisg_robotics.datasets.importers.ros_bag1 import Bag1File
from sisg_robotics.datasets.importers.ros_mcap import McapFile
from sisg_robotics.datasets.importers.ros_sqlite import SqliteFile
from sisg_robotics.errors import BadFile, MissingDependency, UnknownName
from sisg_robotics.geometry import Distortion, Intrinsics

VIEWS = make_views(4)
CAMERA = Intrinsics(20.0, 21.0, 8.0, 6.0, WIDTH, HEIGHT)
STORAGES = [
    ("mcap", CompressionMode.NONE),
    ("mcap", CompressionMode.STORAGE),
    ("mcap", CompressionMode.MESSAGE),
    ("sqlite3", CompressionMode.NONE),
    ("sqlite3", CompressionMode.MESSAGE),
]


def imported(bag: Path, out: Path, *, ros: dict[str, Any] | None = None, **options: Any) -> RgbdSequence:
    (sequence,) = import_dataset(bag, out, options=ImportOptions(ros=RosOptions(**(ros or {})), **options))
    return sequence


def same_as_views(sequence: RgbdSequence) -> None:
    robot = Robot(len(VIEWS))
    assert len(sequence) == len(VIEWS) and sequence.stamps_ns == tuple(robot.stamps_ns())
    for frame, view in zip(sequence, VIEWS, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_array_equal(frame.depth_m, (view.units / 1000).astype(np.float32))
        np.testing.assert_allclose(frame.T_world_cam, robot.pose_at(frame.index), atol=1e-12)


@pytest.mark.parametrize(("storage", "compression"), STORAGES)
def test_what_is_written_is_read(tmp_path: Path, storage: str, compression: CompressionMode) -> None:
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS), storage=storage, compression=compression)
    sequence = imported(bag, tmp_path / "out")
    same_as_views(sequence)
    assert sequence.intrinsics[0] == CAMERA and sequence.distortion is None
    said = sequence.made_by
    assert said["importer"] == "ros_bag" and said["source"] == "drive" and said["fixed_frame"] == "map"
    assert said["poses"] == "tf, map -> odom -> base_link -> camera_link -> camera_optical"
    assert (said["color_topic"], said["depth_topic"]) == ("/cam/color/image_raw", "/cam/depth/image_raw")
    assert said["intrinsics"] == "/cam/color/camera_info" and said["depth"] == "16UC1, 0.001 m a unit"
    assert said["frames"][0] == "1700000000.025000000" and set(said["left_out"].values()) == {0}


@pytest.mark.parametrize(("storage", "suffix"), [("mcap", "mcap"), ("sqlite3", "db3")])
def test_a_lone_file_and_a_folder_without_metadata_are_bags_too(
    tmp_path: Path, storage: str, suffix: str
) -> None:
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS), storage=storage, big=True)
    same_as_views(imported(bag / f"drive.{suffix}", tmp_path / "alone"))
    (bag / "metadata.yaml").unlink()
    same_as_views(imported(bag, tmp_path / "folder"))


def test_a_bag_of_several_files_is_one(tmp_path: Path) -> None:
    messages = robot_messages(VIEWS)
    for number, part in enumerate((messages[:9], messages[9:])):
        write_bag(tmp_path / "parts" / str(number), part)
        shutil.copy(tmp_path / "parts" / str(number) / f"{number}.mcap", tmp_path / f"drive_{number}.mcap")
    shutil.rmtree(tmp_path / "parts")
    same_as_views(imported(tmp_path, tmp_path / "out"))
    shutil.copy(tmp_path / "drive_0.mcap", tmp_path / "other.mcap")
    with pytest.raises(BadFile, match=r"holds several bags .drive_0.mcap, drive_1.mcap, other.mcap. and no"):
        imported(tmp_path, tmp_path / "out2")


@pytest.mark.parametrize(("storage", "compression"), STORAGES)
def test_rosbags_reads_the_same_messages(tmp_path: Path, storage: str, compression: CompressionMode) -> None:
    """Every message, its stamp and its topic, by somebody else's reader of the same file."""
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS), storage=storage, compression=compression)
    ours = set()
    file = McapFile(bag / "drive.mcap") if storage == "mcap" else SqliteFile(bag / "drive.db3")
    for entry in file.entries(()):
        ours.add((entry.topic.name, entry.topic.type, entry.receive_ns, file.read(entry.place)))
    with Reader(bag) as reader:
        theirs = {(c.topic, c.msgtype, ns, bytes(data)) for c, ns, data in reader.messages()}
    assert ours == theirs and len(ours) == 18


def test_an_import_goes_on_where_it_stopped(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS))
    first = imported(bag, tmp_path / "out")
    gone = first.files["depth"][2]
    gone.unlink()
    before = first.files["rgb"][0].stat().st_mtime_ns
    same_as_views(imported(bag, tmp_path / "out"))
    assert gone.is_file() and first.files["rgb"][0].stat().st_mtime_ns == before


def test_opening_decodes_one_picture_of_each_topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS * 10))
    decoded = []
    decode = ros_messages.decode
    monkeypatch.setattr(
        ros_index, "decode", lambda path, topic, *rest: decoded.append(topic) or decode(path, topic, *rest)
    )
    (recording,) = open_recordings(bag, ImportOptions())
    pictures = [topic for topic in decoded if "image" in topic]
    assert sorted(pictures) == ["/cam/color/image_raw", "/cam/depth/image_raw"] and len(recording) == 40
    decoded.clear()
    np.testing.assert_array_equal(recording.read(17).rgb, VIEWS[1].rgb)
    assert sorted(decoded) == ["/cam/color/image_raw", "/cam/depth/image_raw"]


def test_without_rosbags_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS))
    monkeypatch.setattr(
        ros_messages, "find_spec", lambda name: None if name == "rosbags" else util.find_spec(name)
    )
    with pytest.raises(MissingDependency, match=r"Reading ROS bags needs 'rosbags'.*sisg-robotics\[ros\]"):
        imported(bag, tmp_path / "out")


def test_colour_and_depth_are_paired_by_their_stamps(tmp_path: Path) -> None:
    """Depth is 5 ms late, one depth picture lacks, one colour picture comes twice; order does not matter."""
    late = {ns: ns + 5_000_000 for ns in Robot(4).stamps_ns()}
    messages = robot_messages(
        VIEWS, depth=lambda ns, view: ("/cam/depth/image_raw", image(late[ns], view.units, "16UC1"))
    )
    depths = [at for at, (topic, *_) in enumerate(messages) if "depth" in topic]
    del messages[depths[1]]
    colors = [at for at, (topic, *_) in enumerate(messages) if "color/image" in topic]
    messages.append(messages[colors[0]])
    sequence = imported(write_bag(tmp_path / "drive", messages[::-1]), tmp_path / "out")
    assert sequence.stamps_ns == tuple(list(late.values())[number] for number in (0, 2, 3))
    for frame, number in zip(sequence, (0, 2, 3), strict=True):
        np.testing.assert_array_equal(frame.rgb, VIEWS[number].rgb)
        np.testing.assert_array_equal(frame.depth_m, (VIEWS[number].units / 1000).astype(np.float32))
    assert sequence.made_by["left_out"] == {
        "colour pictures without a depth picture": 2,
        "depth pictures without a colour picture": 0,
        "pairs without a pose": 0,
    }
    with pytest.raises(
        BadFile, match=r"no colour and depth within 0.004 s of each other: /cam/color/image_raw"
    ):
        imported(tmp_path / "drive", tmp_path / "b", max_stamp_difference_s=0.004)


def test_pictures_without_a_pose_are_left_out(tmp_path: Path) -> None:
    """odom -> base_link stops after the second step: the third interval has one end, the fourth none."""
    messages = robot_messages(VIEWS)
    gone = START_NS + 2 * STEP_NS
    kept = [m for m in messages if m[0] != "/tf" or m[2] < gone]
    sequence = imported(write_bag(tmp_path / "drive", kept), tmp_path / "out")
    assert sequence.made_by["left_out"]["pairs without a pose"] == 3 and len(sequence) == 1
    np.testing.assert_allclose(sequence.T_world_cam[0], Robot().pose_at(0), atol=1e-12)


def test_no_pose_is_made_up_across_a_gap(tmp_path: Path) -> None:
    messages = [m for m in robot_messages(VIEWS) if m[0] != "/tf" or m[2] - 1000 != START_NS + STEP_NS]
    bag = write_bag(tmp_path / "drive", messages)
    wide = imported(bag, tmp_path / "wide")
    assert len(wide) == 4  # 0.2 s between two transforms is less than 0.5 s
    half = 0.4 * 0.25 + 0.1  # the same place, since speed and turn are steady
    np.testing.assert_allclose(wide.T_world_cam[0], Robot().pose_at(0), atol=1e-12)
    assert np.isclose(np.linalg.norm(wide.T_world_cam[0, :2, 3]), half)
    narrow = imported(bag, tmp_path / "narrow", ros={"max_gap_s": 0.15})
    assert narrow.made_by["left_out"]["pairs without a pose"] == 2
    with pytest.raises(
        BadFile, match=r"knows odom -> base_link, which comes every 0.1 s, for 0 of 4 pictures: it is"
    ):
        imported(bag, tmp_path / "none", ros={"max_gap_s": 0.01})


def test_the_nearest_transform_may_be_asked_for(tmp_path: Path) -> None:
    sequence = imported(
        write_bag(tmp_path / "drive", robot_messages(VIEWS)), tmp_path / "out", interpolate_poses=False
    )
    c, s = np.cos(0.2), np.sin(0.2)  # of the full step, a quarter of a step before the picture
    np.testing.assert_allclose(
        sequence.T_world_cam[1],
        [[s, 0, c, 0.5 * c], [-c, 0, s, 0.5 * s], [0, -1, 0, 0.8], [0, 0, 0, 1]],
        atol=1e-12,
    )


def test_the_fixed_frame_may_be_another(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "drive", robot_messages(VIEWS))
    sequence = imported(bag, tmp_path / "out", ros={"fixed_frame": "odom"})
    ahead = 0.4 * 1.25 + 0.1  # straight on in odom
    np.testing.assert_allclose(
        sequence.T_world_cam[1], [[0, 0, 1, ahead], [-1, 0, 0, 0], [0, -1, 0, 0.5], [0, 0, 0, 1]], atol=1e-12
    )
    with pytest.raises(BadFile, match="has no transforms from 'earth' to 'camera_optical', the frame of the"):
        imported(bag, tmp_path / "b", ros={"fixed_frame": "earth"})


def test_stamps_of_receiving_may_be_asked_for(tmp_path: Path) -> None:
    """A camera whose clock counts from its start: its stamps are in 1970, but it was received in time."""
    messages: list[Message] = robot_messages(
        VIEWS,
        color=lambda ns, view: ("/cam/color/image_raw", image(ns - START_NS + 10**9, view.rgb, "rgb8")),
        depth=lambda ns, view: ("/cam/depth/image_raw", image(ns - START_NS + 10**9, view.units, "16UC1")),
    )
    messages = [(topic, m, ns - (1000 if "tf" in topic else 2000)) for topic, m, ns in messages]
    bag = write_bag(tmp_path / "drive", messages)
    with pytest.raises(BadFile, match=r"it is from 1700000000.000 to .* pictures are from 1.025 to"):
        imported(bag, tmp_path / "a")
    sequence = imported(bag, tmp_path / "out", ros={"stamps": "receive"})
    np.testing.assert_allclose(sequence.T_world_cam[2], Robot().pose_at(2), atol=1e-9)
    assert sequence.made_by["stamps"] == "receive"


def test_stamps_that_are_all_zero_are_those_of_receiving(tmp_path: Path) -> None:
    messages = robot_messages(
        VIEWS,
        color=lambda ns, view: ("/cam/color/image_raw", image(0, view.rgb, "rgb8")),
        depth=lambda ns, view: ("/cam/depth/image_raw", image(0, view.units, "16UC1")),
    )
    messages = [(topic, m, ns - (0 if "tf" in topic else 2000)) for topic, m, ns in messages]
    sequence = imported(write_bag(tmp_path / "drive", messages), tmp_path / "out")
    assert sequence.made_by["stamps"] == "receive"
    same_as_views(sequence)


def without_tf(*more: Message) -> list[Message]:
    return [m for m in robot_messages(VIEWS) if "tf" not in m[0]] + list(more)


def odometry_messages(child: str) -> list[Message]:
    """The base's way in odom, as Odometry."""
    return [
        ("/odom", odometry(START_NS + i * STEP_NS, "odom", child, (0.4 * i, 0, 0)), START_NS + i * STEP_NS)
        for i in range(5)
    ]


def test_poses_come_from_odometry_where_it_is_named(tmp_path: Path) -> None:
    """With the camera on the base by tf_static."""
    static = robot_messages(VIEWS)[0]
    bag = write_bag(tmp_path / "drive", without_tf(static, *odometry_messages("base_link")))
    told = (
        "has no moving transform above 'camera_optical'.*Record /tf.*pose_topic; there is /odom .nav_msgs/msg"
    )
    with pytest.raises(BadFile, match=told):
        imported(bag, tmp_path / "a")
    sequence = imported(bag, tmp_path / "out", ros={"pose_topic": "/odom"})
    ahead = 0.4 * 2.25 + 0.1
    np.testing.assert_allclose(
        sequence.T_world_cam[2], [[0, 0, 1, ahead], [-1, 0, 0, 0], [0, -1, 0, 0.5], [0, 0, 0, 1]], atol=1e-12
    )
    assert sequence.made_by["poses"].startswith(
        "/odom: the pose of 'base_link', then tf, base_link -> camera"
    )
    with pytest.raises(UnknownName, match=r"Unknown ros.pose_topic '/odon'. Available: /odom. Did you mean"):
        imported(bag, tmp_path / "b", ros={"pose_topic": "/odon"})
    bag = write_bag(tmp_path / "lost", without_tf(static, *odometry_messages("wheels")))
    with pytest.raises(
        BadFile, match="has no transforms from 'wheels', whose pose /odom gives, to 'camera_op"
    ):
        imported(bag, tmp_path / "c", ros={"pose_topic": "/odom"})
    sequence = imported(bag, tmp_path / "d", ros={"pose_topic": "/odom", "pose_frame": "base_link"})
    np.testing.assert_allclose(sequence.T_world_cam[2, :3, 3], [ahead, 0, 0.5], atol=1e-12)


def test_without_any_tf_a_pose_is_the_cameras_own(tmp_path: Path) -> None:
    """A tracker gives poses of the camera, optical or, if that is said, with x forward."""
    stamps = Robot(4).stamps_ns()
    poses = [("/pose", pose_stamped(ns, "world", (i, 2, 3), OPTICAL_XYZW), ns) for i, ns in enumerate(stamps)]
    bag = write_bag(tmp_path / "drive", without_tf(*poses))
    sequence = imported(bag, tmp_path / "out", ros={"pose_topic": "/pose"})
    looks_along_x = [[0, 0, 1, 1], [-1, 0, 0, 2], [0, -1, 0, 3], [0, 0, 0, 1]]
    np.testing.assert_allclose(sequence.T_world_cam[1], looks_along_x, atol=1e-12)
    level = [("/pose", pose_stamped(ns, "world", (i, 2, 3)), ns) for i, ns in enumerate(stamps)]
    bag = write_bag(tmp_path / "level", without_tf(*level))
    body = {"pose_topic": "/pose", "camera_axes": "body"}
    np.testing.assert_allclose(
        imported(bag, tmp_path / "b", ros=body).T_world_cam[1], looks_along_x, atol=1e-12
    )


def test_a_frame_with_x_forward_may_be_said(tmp_path: Path) -> None:
    """A simulator that names camera_link in its pictures."""
    messages = robot_messages(
        VIEWS,
        color=lambda ns, view: ("/cam/color/image_raw", image(ns, view.rgb, "rgb8", "camera_link")),
        depth=lambda ns, view: ("/cam/depth/image_raw", image(ns, view.units, "16UC1", "camera_link")),
    )
    sequence = imported(
        write_bag(tmp_path / "drive", messages), tmp_path / "out", ros={"camera_axes": "body"}
    )
    same_as_views(sequence)


def unregistered(T_depth_color_p: tuple[float, float, float] | None, **color_info: Any) -> list[Message]:
    """A wall at 2 m; the colour camera stands beside the depth camera and shows where its columns are."""
    columns = np.zeros((HEIGHT, 2 * WIDTH, 3), np.uint8)
    columns[..., 0] = 8 * np.arange(2 * WIDTH)
    wall = np.full((HEIGHT, WIDTH), 2000, np.uint16)
    views = make_views(4)
    messages = robot_messages(
        views,
        color=lambda ns, view: ("/cam/color/image_raw", image(ns, columns, "rgb8", "color_optical")),
        depth=lambda ns, view: ("/cam/depth/image_raw", image(ns, wall, "16UC1", "camera_optical")),
        infos=lambda ns: [
            (
                "/cam/color/camera_info",
                camera_info(ns, "color_optical", size=(2 * WIDTH, HEIGHT), **color_info),
            ),
            ("/cam/depth/camera_info", camera_info(ns, "camera_optical")),
        ],
    )
    if T_depth_color_p is not None:
        beside = tf(transform(START_NS, "camera_optical", "color_optical", T_depth_color_p))
        messages.append(("/tf_static", beside, START_NS))
    return messages


def test_colour_is_moved_into_the_view_of_depth(tmp_path: Path) -> None:
    """At 2 m with f = 20, 0.1 m to the right is one column to the left; centres at 7.5 and 15.5."""
    info = {"k": (20.0, 0.0, 15.5, 0.0, 21.0, 5.5, 0.0, 0.0, 1.0)}
    bag = write_bag(tmp_path / "drive", unregistered((0.1, 0, 0), **info))
    sequence = imported(bag, tmp_path / "out")
    assert sequence.intrinsics[0] == CAMERA and "moved into the depth" in sequence.made_by["color"]
    np.testing.assert_array_equal(sequence[0].rgb[..., 0], np.tile(8 * (np.arange(WIDTH) + 7), (HEIGHT, 1)))
    np.testing.assert_allclose(sequence.T_world_cam[1], Robot().pose_at(1), atol=1e-12)


def test_a_lens_is_taken_into_account_when_colour_is_moved(tmp_path: Path) -> None:
    """k1 = 0.5: a point at x is seen at x (1 + 0.5 r^2)."""
    info = {"k": (20.0, 0.0, 15.5, 0.0, 21.0, 5.5, 0.0, 0.0, 1.0), "d": [0.5, 0, 0, 0, 0]}
    sequence = imported(write_bag(tmp_path / "drive", unregistered((0, 0, 0), **info)), tmp_path / "out")
    x, y = (1.5 - 8) / 20, (1.5 - 6) / 21  # of pixel (1, 1)
    u = 20 * x * (1 + 0.5 * (x * x + y * y)) + 15.5  # with centres at integers
    assert abs(int(sequence[0].rgb[1, 1, 0]) - 8 * u) <= 1 and abs(8 * u - 8 * (1.5 + 8 - 0.5)) > 2
    assert sequence.distortion is None


def test_what_stands_beside_without_a_transform_is_asked_for(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "drive", unregistered(None))
    told = "has no transforms from 'color_optical', where colour is, to 'camera_optical', where depth is"
    with pytest.raises(BadFile, match=told):
        imported(bag, tmp_path / "out")


def test_depth_may_be_said_to_be_registered(tmp_path: Path) -> None:
    messages = robot_messages(
        VIEWS,
        depth=lambda ns, view: ("/cam/depth/image_raw", image(ns, view.units, "16UC1", "depth_optical")),
    )
    bag = write_bag(tmp_path / "drive", messages)
    with pytest.raises(BadFile, match=r"has no camera_info for /cam/depth/image_raw; its topics of it are"):
        imported(bag, tmp_path / "a")
    same_as_views(imported(bag, tmp_path / "out", align_color=False))


def test_a_camera_that_is_said_is_believed(tmp_path: Path) -> None:
    messages = [m for m in robot_messages(VIEWS) if "camera_info" not in m[0]]
    bag = write_bag(tmp_path / "drive", messages)
    with pytest.raises(
        BadFile, match="has no camera_info for /cam/color/image_raw; its topics of it are none"
    ):
        imported(bag, tmp_path / "a")
    sequence = imported(bag, tmp_path / "out", intrinsics=(30.0, 0.0, 8.0, 0.0, 31.0, 6.0, 0.0, 0.0, 1.0))
    assert sequence.intrinsics[0] == Intrinsics(30.0, 31.0, 8.0, 6.0, WIDTH, HEIGHT)
    same_as_views(sequence)


def test_several_cameras_become_several_folders(tmp_path: Path) -> None:
    messages = robot_messages(VIEWS)
    for ns, view in zip(Robot(4).stamps_ns(), VIEWS, strict=True):
        messages += [
            ("/rear/color/image_raw", image(ns, view.rgb[:, ::-1], "rgb8", "base_link"), ns),
            ("/rear/depth/image_raw", image(ns, view.units[:, ::-1], "16UC1", "base_link"), ns),
            ("/rear/color/camera_info", camera_info(ns, "base_link"), ns),
        ]
    bag = write_bag(tmp_path / "drive", messages)
    sequences = import_dataset(bag, tmp_path / "out")
    assert [s.root.name for s in sequences] == ["cam_color", "rear_color"]
    np.testing.assert_array_equal(sequences[1][2].rgb, VIEWS[2].rgb[:, ::-1])
    np.testing.assert_array_equal(sequences[0][2].rgb, VIEWS[2].rgb)
    same_as_views(imported(bag, tmp_path / "front", ros={"color_topic": "/cam/color/image_raw"}))


def test_packed_pictures_are_read_too(tmp_path: Path) -> None:
    """PNG, and compressedDepth with its twelve bytes; the raw topics lack."""
    messages = robot_messages(
        VIEWS,
        color=lambda ns, view: (
            "/cam/color/image_raw/compressed",
            packed(ns, png(view.rgb), "rgb8; png compressed "),
        ),
        depth=lambda ns, view: (
            "/cam/depth/image_raw/compressedDepth",
            packed(ns, bytes(12) + png(view.units), "16UC1; compressedDepth png"),
        ),
    )
    same_as_views(imported(write_bag(tmp_path / "drive", messages), tmp_path / "out"))


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("color/image", r"has no colour pictures; its topics of pictures are /cam/depth/image_raw"),
        ("depth/image", r"has no depth pictures; its topics of pictures are /cam/color/image_raw"),
        ("image", r"has no colour pictures; .* are none. .* It holds /cam/color/camera_info"),
        ("tf", r"has no moving transform above 'camera_optical'.*there is none"),
        ("/tf", r"has no moving transform above 'camera_optical'"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, left_out: str, sentence: str) -> None:
    bag = write_bag(tmp_path / "drive", [m for m in robot_messages(VIEWS) if left_out not in m[0]])
    with pytest.raises(BadFile, match=sentence) as told:
        imported(bag, tmp_path / "out")
    assert str(bag) in str(told.value) and not (tmp_path / "out").exists()


def test_pictures_that_name_no_frame_are_told(tmp_path: Path) -> None:
    messages = robot_messages(
        VIEWS,
        color=lambda ns, view: ("/cam/color/image_raw", image(ns, view.rgb, "rgb8", "")),
        depth=lambda ns, view: ("/cam/depth/image_raw", image(ns, view.units, "16UC1", "")),
    )
    with pytest.raises(
        BadFile, match="has pictures that name no frame, so nobody knows where they were taken"
    ):
        imported(write_bag(tmp_path / "drive", messages), tmp_path / "out")


def test_a_lens_of_the_depth_camera_is_kept_and_taken_into_account(tmp_path: Path) -> None:
    """The colour at a depth pixel is that of the ray which the lens bends there."""
    info = {"k": (20.0, 0.0, 15.5, 0.0, 21.0, 5.5, 0.0, 0.0, 1.0)}
    messages = unregistered((0, 0, 0), **info)
    for at, (topic, _, ns) in enumerate(messages):
        if topic == "/cam/depth/camera_info":
            messages[at] = (topic, camera_info(ns, "camera_optical", d=[0.5, 0, 0, 0, 0]), ns)
    sequence = imported(write_bag(tmp_path / "drive", messages), tmp_path / "out")
    assert sequence.distortion == Distortion(k1=0.5)
    bent = np.array([(1.5 - 8) / 20, (1.5 - 6) / 21])  # of pixel (1, 1)
    straight = bent
    for _ in range(50):  # x (1 + 0.5 r^2) is what is seen
        straight = bent / (1 + 0.5 * (straight @ straight))
    u = 20 * straight[0] + 15.5  # with centres at integers
    assert abs(int(sequence[0].rgb[1, 1, 0]) - 8 * u) <= 1 and abs(8 * u - 8 * (1.5 + 8 - 0.5)) > 2


def test_a_picture_of_another_size_is_named(tmp_path: Path) -> None:
    messages = robot_messages(VIEWS)
    ns = Robot(4).stamps_ns()[2]
    at = next(i for i, m in enumerate(messages) if m[0] == "/cam/color/image_raw" and m[2] == ns + 2000)
    messages[at] = (messages[at][0], image(ns, VIEWS[0].rgb[:6, :8], "rgb8"), ns)
    with pytest.raises(
        BadFile, match=r"drive.mcap: /cam/color/image_raw at 1700000000.225000000 s is 8x6, but the first"
    ):
        imported(write_bag(tmp_path / "drive", messages), tmp_path / "out")


@pytest.mark.parametrize("packing", ["none", "bz2", "lz4"])
def test_bags_of_ros_1_are_read(tmp_path: Path, packing: str) -> None:
    bag = write_bag1(tmp_path / "drive.bag", robot_messages(VIEWS), packing=packing)
    sequence = imported(bag, tmp_path / "out")
    same_as_views(sequence)
    assert sequence.intrinsics[0] == CAMERA and sequence.made_by["source"] == "drive.bag"


def test_old_bags_with_the_first_tf_are_read(tmp_path: Path) -> None:
    same_as_views(imported(write_bag1(tmp_path / "a.bag", robot_messages(VIEWS), old=True), tmp_path / "out"))


def test_the_keys_of_the_application_are_the_options() -> None:
    assert dataclasses.asdict(RosConfig()) == dataclasses.asdict(RosOptions())


def test_rosbags_reads_the_same_messages_of_ros_1(tmp_path: Path) -> None:
    bag = write_bag1(tmp_path / "drive.bag", robot_messages(VIEWS), packing="lz4")
    file = Bag1File(bag)
    ours = {(e.topic.name, e.topic.type, e.receive_ns, file.read(e.place)) for e in file.entries(())}
    with Reader1(bag) as reader:
        theirs = {
            (c.topic, c.msgtype, ns, bytes(STORE.ros1_to_cdr(data, c.msgtype)))
            for c, ns, data in reader.messages()
        }
    assert ours == theirs and len(ours) == 18
    starts = [(e.data, file.read(e.place)[:12]) for e in file.entries(()) if "image" in e.topic.name]
    assert len(starts) == 8 and all(start == whole for start, whole in starts)  # with the stamp
