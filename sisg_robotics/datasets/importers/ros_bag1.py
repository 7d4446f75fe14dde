"""ROS 1 bags (.bag, wiki.ros.org/Bags/Format/2.0), read from the first record to the last.

#ROSBAG V2.0              then records: length and fields of a header (each is a length and "name=value"),
                          length and data; all numbers are little endian
bag header  op=3          index_pos: where the index begins; 0 where the recording was not closed
chunk       op=5          compression (none, bz2, lz4), size; its data are records of the next two kinds
connection  op=7          conn: a number; topic; its data are fields too, of which type is read
message     op=2          conn; time received (seconds, nanoseconds); its data is the message

What follows (op=4 and 6) is an index, which is not needed. Messages are turned into those of ROS 2, which
have the same fields but for a header's number, so that nothing else here knows of ROS 1.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ...errors import BadFile
from .ros_messages import from_ros1
from .ros_storage import Entry, KeptChunks, Place, Topic, Unpacked, check_length, inflate

MAGIC = b"#ROSBAG V2.0\n"
MESSAGE, BAG_HEADER, CHUNK, CONNECTION = 2, 3, 5, 7
MAX_HEADER_BYTES = 2**20
CDR = b"\x00\x01\x00\x00"
"""How a message of ROS 2 begins: small end first."""
RENAMED = {"tf/msg/tfMessage": "tf2_msgs/msg/TFMessage"}
CUT_REMEDY = "Mend it with `rosbag reindex`, or record it anew."


class _Record(NamedTuple):
    """A record's header, and where its data lies."""

    fields: Mapping[str, bytes]
    start: int
    end: int

    @property
    def op(self) -> int:
        return self.fields.get("op", b"\0")[0]


class Bag1File:
    """A ROS 1 bag."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._chunks = KeptChunks()
        self._topics: dict[int, Topic] = {}

    def entries(self, whole: Collection[str]) -> Iterator[Entry]:
        """Every message, in the file's order; those of the types `whole` with all their bytes."""
        with self.path.open("rb") as file:
            size, at = self._checked_size(file), len(MAGIC)
            unpacked = Unpacked(self.path, size)
            while at < size:
                record = self._record(file, at, size)
                if record.op == CHUNK:
                    chunk = self._chunk(file, record)
                    unpacked.add(len(chunk))
                    inner = 0
                    while inner < len(chunk):
                        part = self._parse(chunk, inner)
                        data, place = chunk[part.start : part.end], Place(at, inner, part.end - inner)
                        if entry := self._entry(part, data, place, whole):
                            yield entry
                        inner = part.end
                at = record.end

    def read(self, place: Place) -> bytes:
        """The message there, as ROS 2 has it, once `entries` has gone over the file."""
        chunk = self._chunks.get(place.chunk, self._read_chunk)
        record = self._parse(chunk, place.at)
        topic = self._topics[self._number(record, "conn")]
        return from_ros1(self.path, topic.name, topic.type, chunk[record.start : record.end])

    def _entry(self, record: _Record, data: bytes, place: Place, whole: Collection[str]) -> Entry | None:
        """A message's entry; a connection is noted."""
        if record.op == CONNECTION:
            kind = self._fields(data).get("type", b"").decode("utf-8", errors="replace")
            name = record.fields.get("topic", b"").decode("utf-8", errors="replace")
            kind = "/msg/".join(kind.split("/", 1))
            self._topics[self._number(record, "conn")] = Topic(name, RENAMED.get(kind, kind))
        if record.op != MESSAGE:
            return None
        topic, received = self._topics.get(self._number(record, "conn")), record.fields.get("time", b"")
        if topic is None or len(received) != 8:
            raise BadFile(self.path, "has a message without its topic or time", CUT_REMEDY)
        seconds, nanoseconds = struct.unpack("<II", received)
        start = CDR + data[4:12]  # the stamp, behind a number that ROS 2 does without
        message = from_ros1(self.path, topic.name, topic.type, data) if topic.type in whole else start
        return Entry(topic, seconds * 10**9 + nanoseconds, place, message)

    def _checked_size(self, file: BinaryIO) -> int:
        """The size of a file that begins as it should and whose index is there."""
        size = self.path.stat().st_size
        if file.read(len(MAGIC)) != MAGIC:
            raise BadFile(self.path, "does not begin as a bag of ROS 1", "Give a bag of version 2.0.")
        record = self._record(file, len(MAGIC), size)
        index = record.fields.get("index_pos", b"")
        if record.op != BAG_HEADER or len(index) != 8 or int.from_bytes(index, "little") == 0:
            raise BadFile(self.path, "was not closed, so it has no index", CUT_REMEDY)
        if int.from_bytes(index, "little") > size:
            raise BadFile(self.path, "is cut off: its index is missing", CUT_REMEDY)
        return size

    def _record(self, file: BinaryIO, at: int, size: int) -> _Record:
        """The record at a place in the file."""
        file.seek(at)
        head = file.read(4)
        length = int.from_bytes(head, "little")
        if at + 8 + length > size or length > MAX_HEADER_BYTES:
            raise BadFile(self.path, f"is cut off or damaged at byte {at}", CUT_REMEDY)
        fields = self._fields(file.read(length))
        start = at + 8 + length
        end = start + int.from_bytes(file.read(4), "little")
        if end > size:
            raise BadFile(self.path, f"is cut off or damaged at byte {at}", CUT_REMEDY)
        return _Record(fields, start, end)

    def _parse(self, chunk: bytes, at: int) -> _Record:
        """The record at a place in a chunk."""
        start = at + 8 + int.from_bytes(chunk[at : at + 4], "little")
        end = start + int.from_bytes(chunk[start - 4 : start], "little")
        if end > len(chunk):
            raise BadFile(self.path, "has a record that leads out of its chunk", CUT_REMEDY)
        return _Record(self._fields(chunk[at + 4 : start - 4]), start, end)

    def _fields(self, data: bytes) -> dict[str, bytes]:
        """The fields of a header by their names."""
        fields, at = {}, 0
        while at < len(data):
            end = at + 4 + int.from_bytes(data[at : at + 4], "little")
            name, equals, value = data[at + 4 : end].partition(b"=")
            if end > len(data) or not equals:
                raise BadFile(self.path, "has a damaged header", CUT_REMEDY)
            fields[name.decode("latin-1")], at = value, end
        return fields

    def _number(self, record: _Record, name: str) -> int:
        value = record.fields.get(name, b"")
        if len(value) != 4:
            raise BadFile(self.path, f"has a record without {name}", CUT_REMEDY)
        return int.from_bytes(value, "little")

    def _read_chunk(self, at: int) -> bytes:
        with self.path.open("rb") as file:
            return self._chunk(file, self._record(file, at, self.path.stat().st_size))

    def _chunk(self, file: BinaryIO, record: _Record) -> bytes:
        """A chunk's records, unpacked."""
        size, packed = self._number(record, "size"), record.end - record.start
        check_length(self.path, max(size, packed), "a chunk")
        file.seek(record.start)
        data = file.read(packed)
        kind = record.fields.get("compression", b"").decode("latin-1")
        if kind != "none":
            return inflate(self.path, kind, data, size)
        if len(data) != size:
            raise BadFile(self.path, f"has a chunk of {len(data)} bytes that promises {size}", CUT_REMEDY)
        return data
