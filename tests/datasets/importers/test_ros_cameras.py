"""Which topics are one camera, and what camera_info means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, make_views

pytest.importorskip("rosbags")
from ros_made import START_NS, K, camera_info, image, packed, png, write_bag

from sisg_robotics.datasets.importers.ros_bag import _names
from sisg_robotics.datasets.importers.ros_camera_info import camera_of
from sisg_robotics.datasets.importers.ros_index import Index, look_through
from sisg_robotics.datasets.importers.ros_options import RosOptions
from sisg_robotics.datasets.importers.ros_pairs import camera_pairs, picture_topics
from sisg_robotics.datasets.importers.ros_storage import bag_files
from sisg_robotics.errors import BadFile, UnknownName
from sisg_robotics.geometry import Distortion, Intrinsics

VIEW = make_views(1)[0]


def index_of(path: Path, messages: dict[str, Any]) -> Index:
    bag = write_bag(path / "bag", [(topic, message, START_NS) for topic, message in messages.items()])
    return look_through(bag, bag_files(bag), RosOptions())


def color(frame: str = "color", encoding: str = "rgb8") -> Any:
    picture = VIEW.rgb if encoding != "mono8" else VIEW.rgb[..., 0]
    return image(START_NS, picture, encoding, frame)


def depth(frame: str = "depth", encoding: str = "16UC1") -> Any:
    picture = VIEW.units if encoding != "32FC1" else VIEW.units.astype(np.float32)
    return image(START_NS, picture, encoding, frame)


def pairs(index: Index, **options: Any) -> list[tuple[str, str]]:
    return [(c.topic, d.topic) for c, d in camera_pairs(index, RosOptions(**options))]


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        pytest.param(
            {
                "/camera/color/image_raw": color(),
                "/camera/aligned_depth_to_color/image_raw": depth("color"),
                "/camera/depth/image_rect_raw": depth(),
                "/camera/infra1/image_rect_raw": color("infra1", "mono8"),
            },
            [("/camera/color/image_raw", "/camera/aligned_depth_to_color/image_raw")],
            id="realsense: the depth in the colour's frame; infrared is no second camera",
        ),
        pytest.param(
            {"/rgb/image_raw": color(), "/depth/image_raw": depth(), "/ir/image_raw": color("ir", "mono8")},
            [("/rgb/image_raw", "/depth/image_raw")],
            id="azure kinect: nothing shared",
        ),
        pytest.param(
            {
                "/zed/left/image_rect_color": color("left"),
                "/zed/right/image_rect_color": color("right"),
                "/zed/depth/depth_registered": depth("left", "32FC1"),
            },
            [("/zed/left/image_rect_color", "/zed/depth/depth_registered")],
            id="zed: the depth belongs to the left one",
        ),
        pytest.param(
            {
                "/rear/rgb/image": color("rear"),
                "/rear/depth/image": depth("rear_d"),
                "/front/rgb/image": color("front"),
                "/front/depth/image": depth("front_d"),
            },
            [("/front/rgb/image", "/front/depth/image"), ("/rear/rgb/image", "/rear/depth/image")],
            id="two cameras",
        ),
        pytest.param(
            {
                "/cam/rgb/image": color("cam"),
                "/cam/depth/image": depth("cam"),
                "/web/image": color("web"),
                "/lidar/depth": depth("lidar"),
            },
            [("/cam/rgb/image", "/cam/depth/image")],
            id="what is left over and shares nothing is no camera",
        ),
        pytest.param(
            {
                "/cam/image": color("cam"),
                "/cam/image/compressed": packed(START_NS, png(VIEW.rgb), "png", "cam"),
                "/cam/depth": depth("cam"),
                "/cam/depth/compressedDepth": packed(
                    START_NS, bytes(12) + png(VIEW.units), "16UC1; compressedDepth png", "cam"
                ),
            },
            [("/cam/image", "/cam/depth")],
            id="of several transports the raw one",
        ),
        pytest.param(
            {"/grey/image": color("cam", "mono8"), "/depth/image": depth("cam", "mono16")},
            [("/grey/image", "/depth/image")],
            id="grey where there is nothing in colour, and mono16 where the topic says depth",
        ),
        pytest.param(
            {
                "/cam/image": color("cam"),
                "/cam/depth": depth("cam"),
                "/video/image/compressed": packed(START_NS, b"h264", "h264", "cam"),
                "/cam/bayer": image(START_NS, VIEW.rgb[..., 0], "bayer_rggb8", "cam"),
            },
            [("/cam/image", "/cam/depth")],
            id="what cannot be read does not stand in the way",
        ),
    ],
)
def test_which_topics_are_one_camera(tmp_path: Path, topics: dict[str, Any], expected: list) -> None:
    assert pairs(index_of(tmp_path, topics)) == expected


def test_topics_may_be_named(tmp_path: Path) -> None:
    topics = {
        "/camera/color/image_raw": color(),
        "/camera/infra1/image_rect_raw": color("infra1", "mono8"),
        "/camera/aligned/image_raw": depth("color"),
        "/camera/depth/image_rect_raw": depth(),
        "/video/image/compressed": packed(START_NS, b"h264", "h264", "cam"),
    }
    index = index_of(tmp_path, topics)
    grey = "/camera/infra1/image_rect_raw"
    assert pairs(index, color_topic=grey, depth_topic="/camera/depth/image_rect_raw") == [
        (grey, "/camera/depth/image_rect_raw")
    ]
    with pytest.raises(
        UnknownName, match=r"Unknown ros.color_topic '/camera/colour/image_raw'.*Did you mean"
    ):
        pairs(index, color_topic="/camera/colour/image_raw")
    with pytest.raises(BadFile, match="/video/image/compressed: the first picture has a picture that is nei"):
        pairs(index, color_topic="/video/image/compressed")


def test_names_of_several_cameras_differ(tmp_path: Path) -> None:
    topics = {}
    for name in ("left", "right"):
        topics |= {f"/rig/{name}_image": color(name), f"/rig/{name}_depth": depth(name)}
    index = index_of(tmp_path, topics)
    assert _names(camera_pairs(index, RosOptions())) == ["rig/left_image", "rig/right_image"]


def camera(path: Path, topic: str = "/cam/image_raw", *, info: str = "/cam/camera_info", **fields: Any):
    size = fields.pop("picture", (WIDTH, HEIGHT))
    picture = image(START_NS, np.zeros((size[1], size[0], 3), np.uint8), "rgb8", "color")
    index = index_of(
        path, {topic: picture, info: camera_info(START_NS, fields.pop("frame", "color"), **fields)}
    )
    return camera_of(index, picture_topics(index)[0], None)


def test_pixel_centres_are_at_integers_there(tmp_path: Path) -> None:
    found = camera(tmp_path)
    assert found is not None and found.intrinsics == Intrinsics(20.0, 21.0, 8.0, 6.0, WIDTH, HEIGHT)
    assert found.lens is None and found.said == "/cam/camera_info"


P = [30.0, 0, 7.5, 0, 0, 31.0, 5.5, 0, 0, 0, 1, 0]


def test_straightened_pictures_have_the_camera_P_and_no_lens(tmp_path: Path) -> None:
    bent = {"p": P, "d": [0.1, 0, 0, 0, 0]}
    found = camera(tmp_path / "a", "/cam/image_rect_color", **bent)
    assert found is not None and found.intrinsics.fx == 30 and found.lens is None
    found = camera(tmp_path / "b", "/cam/image_raw", **bent)
    assert found is not None and found.intrinsics.fx == 20 and found.lens == Distortion(k1=0.1)
    second = [*P[:3], -1.5, *P[4:]]
    with pytest.raises(BadFile, match="/cam/camera_info is of the second camera of a stereo pair"):
        camera(tmp_path / "c", "/cam/image_rect", p=second)


@pytest.mark.parametrize(
    ("model", "d", "lens"),
    [
        ("plumb_bob", [0.1, -0.2, 0.003, 0.004, 0.5], Distortion(0.1, -0.2, 0.003, 0.004, 0.5)),
        ("plumb_bob", [], None),
        ("", [], None),
        (
            "rational_polynomial",
            [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0, 0, 0, 0],
            Distortion(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        ),
    ],
)
def test_lenses(tmp_path: Path, model: str, d: list[float], lens: Distortion | None) -> None:
    found = camera(tmp_path, distortion_model=model, d=d)
    assert found is not None and found.lens == lens


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"distortion_model": "equidistant", "d": [0.1] * 4},
            "has a lens of the model 'equidistant'. Read are",
        ),
        ({"d": [0.1] * 8}, "has the coefficients [0.1, 0.1"),
        ({"d": [np.nan]}, "has the coefficients [nan]"),
        ({"k": (0.0,) * 9}, "is not of a calibrated camera: K is 0 ..."),
        ({"k": (np.inf, *K[1:])}, "is not of a calibrated camera"),
        ({"size": (40, 12)}, "is of 40x12 pictures, but /cam/image_raw has 16x12"),
        (
            {"roi": {"x_offset": 900, "y_offset": 0, "width": 16, "height": 12}},
            "the crop is (900, 0, 16, 12)",
        ),
    ],
)
def test_what_is_no_camera_is_named(tmp_path: Path, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadFile, match=re.escape(sentence)) as told:
        camera(tmp_path, **fields)
    assert "bag.mcap: /cam/camera_info" in str(told.value)


def test_binning_and_a_region_count_from_the_whole_sensor(tmp_path: Path) -> None:
    """A window of 32x24 from (8, 4) of 64x48 pixels, two by two put together."""
    region = {"x_offset": 8, "y_offset": 4, "width": 32, "height": 24}
    found = camera(
        tmp_path,
        size=(64, 48),
        roi=region,
        binning_x=2,
        binning_y=2,
        k=(40.0, 0.0, 31.5, 0.0, 42.0, 23.5, 0.0, 0.0, 1.0),
    )
    assert found is not None
    assert found.intrinsics == Intrinsics(20.0, 21.0, (32 - 8) / 2, (24 - 4) / 2, 16, 12)


def test_a_camera_of_larger_pictures_of_the_same_view_is_scaled(tmp_path: Path) -> None:
    found = camera(tmp_path, picture=(8, 6))
    assert found is not None and found.intrinsics == Intrinsics(10.0, 10.5, 4.0, 3.0, 8, 6)


def test_where_camera_info_is_found(tmp_path: Path) -> None:
    """Beside the base, below it, or by the frame."""
    for number, info in enumerate(("/cam/camera_info", "/cam/image_raw/camera_info", "/elsewhere/info")):
        found = camera(tmp_path / str(number), info=info)
        assert found is not None and found.said == info
    assert camera(tmp_path / "other", info="/elsewhere/info", frame="another") is None


def test_a_camera_that_changes_is_refused(tmp_path: Path) -> None:
    messages = [
        ("/cam/camera_info", camera_info(START_NS + n, k=(20.0 + n // 2, *K[1:])), START_NS + n)
        for n in range(3)
    ]
    messages.append(("/cam/image", color(), START_NS))
    bag = write_bag(tmp_path / "bag", messages)
    index = look_through(bag, bag_files(bag), RosOptions())
    with pytest.raises(BadFile, match="/cam/camera_info changes, so the camera is not one"):
        camera_of(index, picture_topics(index)[0], None)
