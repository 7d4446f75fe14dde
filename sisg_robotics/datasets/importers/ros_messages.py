"""ROS messages from their bytes, for the few standard types that are read here.

A bag brings the text of its own types, from which rosbags can write Python and run it. That is never done:
messages are read by the types that come with rosbags, so what a file says is data alone. Its `AnyReader` and
its readers of files are not used either: the first runs code made from those texts, the second unpack
without a bound (see ros_storage.py).
"""

from __future__ import annotations

import functools
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..._extras import install_command
from ...errors import BadFile, MissingDependency

IMAGE = "sensor_msgs/msg/Image"
COMPRESSED = "sensor_msgs/msg/CompressedImage"
CAMERA_INFO = "sensor_msgs/msg/CameraInfo"
TRANSFORMS = "tf2_msgs/msg/TFMessage"
ODOMETRY = "nav_msgs/msg/Odometry"
POSE = "geometry_msgs/msg/PoseStamped"
POSE_COVARIANCE = "geometry_msgs/msg/PoseWithCovarianceStamped"
PICTURES = (IMAGE, COMPRESSED)
POSES = (ODOMETRY, POSE, POSE_COVARIANCE)
REMEDY = "Leave it out, or record it anew."
MAX_NAME = 200
ENDIAN = {b"\x00\x00": ">", b"\x00\x01": "<"}


def check_rosbags() -> None:
    """Raises MissingDependency where rosbags is not installed."""
    if find_spec("rosbags") is None:
        raise MissingDependency("rosbags", "Reading ROS bags", install_command("ros"))


def decode(path: Path, topic: str, type_: str, data: bytes) -> Any:
    """The message in these bytes, as rosbags gives it. Raises BadFile naming the topic."""
    try:
        return _types().deserialize_cdr(data, type_)
    except Exception as error:  # hostile bytes make a reader raise nearly anything
        raise BadFile(path, f"{topic}: a message is damaged ({error})", REMEDY) from error


def from_ros1(path: Path, topic: str, type_: str, data: bytes) -> bytes:
    """A message of ROS 1 as ROS 2 has it."""
    try:
        return bytes(_types().ros1_to_cdr(data, type_))
    except Exception as error:  # as above
        raise BadFile(path, f"{topic}: a message is damaged ({error})", REMEDY) from error


def header_stamp_ns(path: Path, topic: str, data: bytes) -> int:
    """The stamp with which a message begins that has a header."""
    try:
        seconds, nanoseconds = struct.unpack_from(f"{ENDIAN[bytes(data[:2])]}iI", data, 4)
    except (struct.error, KeyError) as error:
        raise BadFile(path, f"{topic}: a message is not in CDR", "Record it as ROS 2 does.") from error
    return int(seconds) * 10**9 + int(nanoseconds)


def frame_name(name: str) -> str:
    """A frame as tf2 writes it: without the slash that ROS 1 began it with. (Names end up in sentences.)"""
    return name.lstrip("/")[:MAX_NAME]


@functools.cache
def _types() -> Any:
    from rosbags.typesys import Stores, get_typestore

    return get_typestore(Stores.ROS2_HUMBLE)
