"""Bags written by rosbags' own writers: a robot that drives along x and turns, with a camera on it.

map -> odom -> base_link move; base_link -> camera_link -> camera_optical stand still. The camera is 0.1 m
ahead of the base and 0.5 m above it, looks where the base looks (x forward), and its optical frame has z
forward. What all that gives is written by hand in `pose_at`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from made_up import HEIGHT, WIDTH, View, make_views
from PIL import Image
from rosbags.rosbag1 import Writer as Writer1
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from scipy.spatial.transform import Rotation

STORE = get_typestore(Stores.ROS2_HUMBLE)
START_NS = 1_700_000_000_000_000_000
STEP_NS = 100_000_000
K = (20.0, 0.0, 7.5, 0.0, 21.0, 5.5, 0.0, 0.0, 1.0)
"""Pixel centres at integers, as ROS has them: ours are 8 and 6."""
Message = tuple[str, Any, int]
"""Topic, message, when it was received (ns)."""


def new(name: str, **fields: Any) -> Any:
    """A message of a type such as "std_msgs/msg/Header"."""
    return STORE.types[name](**fields)


def stamp(ns: int) -> Any:
    return new("builtin_interfaces/msg/Time", sec=ns // 10**9, nanosec=ns % 10**9)


def header(ns: int, frame: str) -> Any:
    return new("std_msgs/msg/Header", stamp=stamp(ns), frame_id=frame)


def image(ns: int, picture: np.ndarray, encoding: str, frame: str = "camera_optical", **fields: Any) -> Any:
    """A raw picture; rows may be padded by `pad` bytes, and numbers written big end first."""
    pad, big = fields.pop("pad", 0), fields.pop("big", False)
    picture = picture.astype(picture.dtype.newbyteorder(">" if big else "<"))
    rows = picture.reshape(len(picture), -1).view(np.uint8)
    rows = np.pad(rows, ((0, 0), (0, pad)), constant_values=77)
    made = {
        "header": header(ns, frame),
        "height": picture.shape[0],
        "width": picture.shape[1],
        "encoding": encoding,
        "is_bigendian": int(big),
        "step": rows.shape[1],
        "data": rows.ravel(),
    }
    return new("sensor_msgs/msg/Image", **{**made, **fields})


def packed(ns: int, data: bytes, format: str, frame: str = "camera_optical") -> Any:
    data_ = np.frombuffer(data, dtype=np.uint8)
    return new("sensor_msgs/msg/CompressedImage", header=header(ns, frame), format=format, data=data_)


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()


def camera_info(
    ns: int, frame: str = "camera_optical", *, size: tuple[int, int] = (WIDTH, HEIGHT), **fields: Any
) -> Any:
    k = np.array(fields.pop("k", K), dtype=np.float64)
    p = np.column_stack([k.reshape(3, 3), np.zeros(3)]).ravel()
    roi = {"x_offset": 0, "y_offset": 0, "height": 0, "width": 0, "do_rectify": False}
    made = {
        "header": header(ns, frame),
        "height": size[1],
        "width": size[0],
        "distortion_model": "plumb_bob",
        "d": np.zeros(5),
        "k": k,
        "r": np.eye(3).ravel(),
        "p": p,
        "binning_x": 0,
        "binning_y": 0,
        "roi": new("sensor_msgs/msg/RegionOfInterest", **{**roi, **fields.pop("roi", {})}),
    }
    fields = {name: np.array(v, np.float64) if name in ("d", "p", "r") else v for name, v in fields.items()}
    return new("sensor_msgs/msg/CameraInfo", **{**made, **fields})


def transform(
    ns: int, parent: str, child: str, p: Sequence[float], q_xyzw: Sequence[float] = (0, 0, 0, 1)
) -> Any:
    vector = new("geometry_msgs/msg/Vector3", x=float(p[0]), y=float(p[1]), z=float(p[2]))
    inner = new("geometry_msgs/msg/Transform", translation=vector, rotation=quaternion(q_xyzw))
    stamped = new(
        "geometry_msgs/msg/TransformStamped",
        header=header(ns, parent),
        child_frame_id=child,
        transform=inner,
    )
    return stamped


def quaternion(q_xyzw: Sequence[float]) -> Any:
    return new("geometry_msgs/msg/Quaternion", **dict(zip("xyzw", map(float, q_xyzw), strict=True)))


def tf(*transforms: Any) -> Any:
    return new("tf2_msgs/msg/TFMessage", transforms=list(transforms))


def pose(p: Sequence[float], q_xyzw: Sequence[float] = (0, 0, 0, 1)) -> Any:
    point = new("geometry_msgs/msg/Point", **dict(zip("xyz", map(float, p), strict=True)))
    return new("geometry_msgs/msg/Pose", position=point, orientation=quaternion(q_xyzw))


def odometry(
    ns: int, parent: str, child: str, p: Sequence[float], q_xyzw: Sequence[float] = (0, 0, 0, 1)
) -> Any:
    zero = new("geometry_msgs/msg/Vector3", x=0.0, y=0.0, z=0.0)
    twist = new(
        "geometry_msgs/msg/TwistWithCovariance",
        twist=new("geometry_msgs/msg/Twist", linear=zero, angular=zero),
        covariance=np.zeros(36),
    )
    with_covariance = new(
        "geometry_msgs/msg/PoseWithCovariance", pose=pose(p, q_xyzw), covariance=np.zeros(36)
    )
    return new(
        "nav_msgs/msg/Odometry",
        header=header(ns, parent),
        child_frame_id=child,
        pose=with_covariance,
        twist=twist,
    )


def pose_stamped(ns: int, parent: str, p: Sequence[float], q_xyzw: Sequence[float] = (0, 0, 0, 1)) -> Any:
    return new("geometry_msgs/msg/PoseStamped", header=header(ns, parent), pose=pose(p, q_xyzw))


def write_bag(
    path: Path,
    messages: Iterable[Message],
    *,
    storage: str = "mcap",
    compression: CompressionMode = CompressionMode.NONE,
    big: bool = False,
) -> Path:
    """A bag of these messages, each topic of its message's type."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plugin = StoragePlugin.MCAP if storage == "mcap" else StoragePlugin.SQLITE3
    writer = Writer(path, version=9, storage_plugin=plugin)
    if compression != CompressionMode.NONE:
        writer.set_compression(compression, CompressionFormat.ZSTD)
    with writer:
        topics: dict[str, Any] = {}
        for topic, message, received_ns in messages:
            kind = message.__msgtype__
            if topic not in topics:
                topics[topic] = writer.add_connection(topic, kind, typestore=STORE)
            data = STORE.serialize_cdr(message, kind, little_endian=not big)
            writer.write(topics[topic], received_ns, data)
    return path


OLD = {"tf2_msgs/msg/TFMessage": "tf/msg/tfMessage"}


def write_bag1(path: Path, messages: Iterable[Message], *, packing: str = "none", old: bool = False) -> Path:
    """A bag of ROS 1 of these messages, packed by "none", "bz2" or "lz4"; `old`: tf is not tf2's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = Writer1(path)
    if packing != "none":
        writer.set_compression(Writer1.CompressionFormat[packing.upper()])
    with writer:
        topics: dict[str, Any] = {}
        for topic, message, received_ns in messages:
            kind = message.__msgtype__
            if topic not in topics:
                name = OLD.get(kind, kind) if old else kind
                topics[topic] = writer.add_connection(topic, name, msgdef="# left out", md5sum="*")
            data = STORE.cdr_to_ros1(bytes(STORE.serialize_cdr(message, kind, little_endian=True)), kind)
            writer.write(topics[topic], received_ns, data)
    return path


@dataclass(frozen=True)
class Robot:
    """Where the robot is: it drives `speed` along x of odom, and odom turns in the map by `turn` in all."""

    count: int = 4

    def stamps_ns(self) -> list[int]:
        """When pictures are taken: between two transforms, which come at full steps."""
        return [START_NS + index * STEP_NS + STEP_NS // 4 for index in range(self.count)]

    def transforms(self) -> list[Message]:
        """odom turns by 0.2 rad a step in the map, and base_link goes 0.4 m a step in odom."""
        messages: list[Message] = [
            (
                "/tf_static",
                tf(
                    transform(START_NS, "base_link", "camera_link", (0.1, 0, 0.5)),
                    transform(START_NS, "camera_link", "camera_optical", (0, 0, 0), OPTICAL_XYZW),
                ),
                START_NS,
            )
        ]
        for index in range(self.count + 1):
            ns = START_NS + index * STEP_NS
            q = Rotation.from_euler("z", 0.2 * index).as_quat()
            moved = tf(
                transform(ns, "map", "odom", (0, 0, 0.3), q),
                transform(ns, "odom", "base_link", (0.4 * index, 0, 0)),
            )
            messages.append(("/tf", moved, ns + 1000))
        return messages

    def pose_at(self, index: int) -> np.ndarray:
        """By hand: a quarter of a step after step `index`. Columns are right, down and forward in the map."""
        turn, ahead = 0.2 * (index + 0.25), 0.4 * (index + 0.25) + 0.1
        c, s = np.cos(turn), np.sin(turn)
        return np.array([[s, 0, c, ahead * c], [-c, 0, s, ahead * s], [0, -1, 0, 0.8], [0, 0, 0, 1]])


OPTICAL_XYZW = (-0.5, 0.5, -0.5, 0.5)
"""The turn of an optical frame in its link, as URDF has it: rpy = (-pi/2, 0, -pi/2)."""


def robot_messages(
    views: Sequence[View] | None = None,
    *,
    color: Callable[[int, View], tuple[str, Any]] | None = None,
    depth: Callable[[int, View], tuple[str, Any]] | None = None,
    infos: Callable[[int], list[tuple[str, Any]]] | None = None,
) -> list[Message]:
    """Pictures of a robot: raw by default, /cam/color/image_raw and /cam/depth/image_raw, registered."""
    views = make_views(4) if views is None else views
    robot = Robot(len(views))
    messages = robot.transforms()
    for ns, view in zip(robot.stamps_ns(), views, strict=True):
        shown = [
            color(ns, view) if color else ("/cam/color/image_raw", image(ns, view.rgb, "rgb8")),
            depth(ns, view) if depth else ("/cam/depth/image_raw", image(ns, view.units, "16UC1")),
            *(infos(ns) if infos else [("/cam/color/camera_info", camera_info(ns))]),
        ]
        messages += [(topic, message, ns + 2000) for topic, message in shown]
    return messages
