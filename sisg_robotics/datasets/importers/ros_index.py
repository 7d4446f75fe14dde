"""One pass over a bag: where every picture lies and when it was taken, and all that says where frames are.

Pictures are not decoded here, so what is kept of one is six numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int64

from ...errors import BadFile
from .ros_bag1 import Bag1File
from .ros_mcap import McapFile
from .ros_messages import (
    CAMERA_INFO,
    MAX_NAME,
    PICTURES,
    POSES,
    REMEDY,
    TRANSFORMS,
    decode,
    frame_name,
    header_stamp_ns,
)
from .ros_options import RosOptions
from .ros_sqlite import SqliteFile
from .ros_storage import ZSTD_START, Entry, Place, Topic, plain
from .ros_tf import Transforms

BagFile = McapFile | SqliteFile | Bag1File
READERS: dict[str, Callable[[Path], BagFile]] = {".mcap": McapFile, ".db3": SqliteFile, ".bag": Bag1File}
WHOLE = (CAMERA_INFO, TRANSFORMS, *POSES)
MAX_STREAMS = 256
MAX_PICTURES = 5_000_000
"""Each takes 48 bytes."""
MAX_SMALL_BYTES = 2**22
"""What is no picture has at most this many; objects of a message take ten times its bytes."""
STATIC = "tf_static"


class Stream:
    """The pictures of one topic: where each lies, its stamp and when it was received, in the bag's order."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self._rows = array("q")

    def add(self, file: int, place: Place, stamp_ns: int, receive_ns: int) -> None:
        """Note a picture."""
        self._rows.extend((file, *place, stamp_ns, receive_ns))

    @property
    def rows(self) -> Int64[np.ndarray, "n 6"]:
        """File, chunk, place, length, stamp and receive stamp of each."""
        return np.frombuffer(self._rows, dtype=np.int64).reshape(-1, 6)


@dataclass(frozen=True)
class Info:
    """What the first message of a topic of camera_info says, where, and whether the others say the same."""

    path: Path
    topic: str
    message: Any = field(repr=False)
    steady: bool = True


@dataclass(frozen=True, eq=False)
class Index:
    """A bag, looked through once."""

    path: Path
    files: Sequence[BagFile] = field(repr=False)
    streams: dict[str, Stream] = field(repr=False)
    infos: dict[str, Info] = field(repr=False)
    transforms: Transforms = field(repr=False)
    topics: dict[Topic, int] = field(repr=False)
    pose_frames: tuple[str, str] | None = None
    """Parent and child of the poses of the topic that was asked for."""
    stamps: str = "header"

    def read(self, stream: Stream, number: int) -> tuple[Path, Any]:
        """The picture in a row of the stream, as a message, and the file that holds it."""
        file, *place, _, _ = stream.rows[number].tolist()
        path = self.files[file].path
        return path, decode(path, stream.topic.name, stream.topic.type, self.files[file].read(Place(*place)))

    def stamps_ns(self, stream: Stream) -> Int64[np.ndarray, "n"]:
        """The stamps of its pictures, of the kind that is used."""
        rows = stream.rows
        return rows[:, 4 if self.stamps == "header" else 5]

    def listed(self, *types: str) -> str:
        """The topics of some types (or all), for a sentence."""
        names = sorted(
            f"{topic.name} ({topic.type})" for topic in self.topics if not types or topic.type in types
        )
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        return (", ".join(names[:12]) + more)[:800] if names else "none"


def look_through(path: Path, paths: Sequence[Path], options: RosOptions) -> Index:
    """Read every file of a bag once."""
    files = [READERS[at.suffix](at) for at in paths]
    pass_ = _Pass(options)
    for number, file in enumerate(files):
        for entry in file.entries(WHOLE):
            pass_.take(number, file, entry)
    stamps = options.stamps
    if stamps == "header" and pass_.streams and not pass_.stamped:
        stamps = "receive"  # a driver that leaves all stamps zero
    return Index(
        path=path,
        files=files,
        streams=pass_.streams,
        infos={name: info for name, (info, _) in pass_.infos.items()},
        transforms=pass_.transforms,
        topics=pass_.topics,
        pose_frames=pass_.pose_frames,
        stamps=stamps,
    )


class _Pass:
    """What was found so far."""

    def __init__(self, options: RosOptions) -> None:
        self.options = options
        self.streams: dict[str, Stream] = {}
        self.infos: dict[str, tuple[Info, bytes]] = {}
        self.transforms = Transforms()
        self.topics: dict[Topic, int] = {}
        self.pose_frames: tuple[str, str] | None = None
        self.stamped = False
        self.pictures = 0

    def take(self, number: int, file: BagFile, entry: Entry) -> None:
        """Note one message."""
        if len(entry.topic.name) > MAX_NAME or len(entry.topic.type) > MAX_NAME:
            raise BadFile(file.path, f"has a topic {entry.topic.name[:40]!r}...", "Names are shorter.")
        self.topics[entry.topic] = self.topics.get(entry.topic, 0) + 1
        if entry.topic.encoding != "cdr":
            return
        if entry.topic.type in PICTURES:
            self._picture(number, file, entry)
        elif entry.topic.type == CAMERA_INFO:
            self._info(file, entry)
        elif entry.topic.type == TRANSFORMS:
            self._transforms(file, entry)
        elif entry.topic.type in POSES and entry.topic.name == self.options.pose_topic:
            self._pose(file, entry)

    def _picture(self, number: int, file: BagFile, entry: Entry) -> None:
        topic, data = entry.topic, entry.data
        if data[:4] == ZSTD_START:
            data = file.read(entry.place)
        stamp_ns = header_stamp_ns(file.path, topic.name, data)
        self.stamped |= stamp_ns != 0
        stream = self.streams.setdefault(topic.name, Stream(topic))
        self.pictures += 1
        if len(self.streams) > MAX_STREAMS or self.pictures > MAX_PICTURES:
            problem = f"has over {MAX_STREAMS} topics of pictures, or {MAX_PICTURES} pictures"
            raise BadFile(file.path, problem, "Split the recording.")
        if stream.topic != topic:
            problem = f"{topic.name} is both {stream.topic.type} and {topic.type}"
            raise BadFile(file.path, problem, "Record it anew.")
        stream.add(number, entry.place, stamp_ns, entry.receive_ns)

    def _info(self, file: BagFile, entry: Entry) -> None:
        """The first is kept; others say the same if their bytes after the stamp are equal."""
        name, data = entry.topic.name, plain(file.path, entry.data)
        if name not in self.infos:
            message = self._decoded(file, entry)
            self.infos[name] = (Info(file.path, name, message), data[12:])
        elif self.infos[name][0].steady and self.infos[name][1] != data[12:]:
            self.infos[name] = (replace(self.infos[name][0], steady=False), b"")

    def _transforms(self, file: BagFile, entry: Entry) -> None:
        name = entry.topic.name
        static = name.rsplit("/", 1)[-1] == STATIC
        message = self._decoded(file, entry)
        for each in message.transforms:
            stamp_ns = self._stamp_ns(each.header, entry)
            p, q = each.transform.translation, each.transform.rotation
            edge = (frame_name(each.header.frame_id), frame_name(each.child_frame_id))
            self.transforms.add(file.path, edge, stamp_ns, (p.x, p.y, p.z, q.x, q.y, q.z, q.w), static=static)

    def _pose(self, file: BagFile, entry: Entry) -> None:
        """A pose is kept as a transform between its frames, whatever tf says of them."""
        topic = entry.topic
        message = self._decoded(file, entry)
        pose = getattr(message.pose, "pose", message.pose)
        frames = (frame_name(message.header.frame_id), frame_name(getattr(message, "child_frame_id", "")))
        if self.pose_frames is None:
            self.pose_frames = frames
        elif self.pose_frames != frames:
            problem = f"{topic.name} is first from {self.pose_frames}, then from {frames}"
            raise BadFile(file.path, problem, "Its poses must be of one frame in one.")
        p, q = pose.position, pose.orientation
        stamp_ns = self._stamp_ns(message.header, entry)
        self.transforms.add_pose(file.path, topic.name, stamp_ns, (p.x, p.y, p.z, q.x, q.y, q.z, q.w))

    def _decoded(self, file: BagFile, entry: Entry) -> Any:
        """A message that is no picture."""
        topic, data = entry.topic, plain(file.path, entry.data)
        if len(data) > MAX_SMALL_BYTES:
            problem = f"{topic.name}: a message has {len(data)} bytes, more than is read here"
            raise BadFile(file.path, problem, REMEDY)
        return decode(file.path, topic.name, topic.type, data)

    def _stamp_ns(self, header: Any, entry: Entry) -> int:
        if self.options.stamps == "receive":
            return entry.receive_ns
        return int(header.stamp.sec) * 10**9 + int(header.stamp.nanosec)
