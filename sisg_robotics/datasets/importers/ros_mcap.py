"""MCAP files (mcap.dev/spec), read from the first record to the last.

magic                     89 "MCAP0" CR LF, again at the end
records                   a byte that says the kind, the length of what follows (8 bytes), then that; all
                          numbers are little endian
schema  3                 id, the type's name, its language, its text
channel 4                 id, schema's id, topic, encoding of messages, notes
message 5                 channel's id, sequence number, received, sent (ns), then the message itself
chunk   6                 start, end, unpacked size, checksum, packing ("", lz4, zstd), then records of kinds
                          3 to 5, packed
data end 15, footer 2     what follows them is an index, which is not needed and not believed

Texts of types are never looked at. A checksum that is there must be right.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from ...errors import BadFile
from .ros_storage import (
    LATEST_NS,
    START_BYTES,
    Entry,
    KeptChunks,
    Place,
    Topic,
    Unpacked,
    check_length,
    inflate,
    plain,
)

MAGIC = b"\x89MCAP0\r\n"
FOOTER, SCHEMA, CHANNEL, MESSAGE, CHUNK, DATA_END = 2, 3, 4, 5, 6, 15
RECORD = struct.Struct("<BQ")
MESSAGE_START = struct.Struct("<HIQQ")
CHUNK_START = struct.Struct("<QQQI")
MAX_TEXT_BYTES = 2**22
CUT_REMEDY = "Mend it with `mcap recover`, or record it anew."


class McapFile:
    """An MCAP file of ROS 2 messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._chunks = KeptChunks()

    def entries(self, whole: Collection[str]) -> Iterator[Entry]:
        """Every message, in the file's order; those of the types `whole` with all their bytes."""
        types: dict[int, str] = {}
        topics: dict[int, Topic] = {}
        with self.path.open("rb") as file:
            size = self._checked_size(file)
            unpacked, at = Unpacked(self.path, size), len(MAGIC)
            while True:
                kind, length, at = self._record(file, at, size)
                if kind in (DATA_END, FOOTER):
                    return
                if kind == CHUNK:
                    chunk = self._chunk(file, at, length)
                    unpacked.add(len(chunk))
                    for inner, start, end in self._records(chunk):
                        if entry := self._read_record(
                            inner, chunk[start:end], Place(at, start, end - start), types, topics, whole
                        ):
                            yield entry
                elif kind in (SCHEMA, CHANNEL, MESSAGE):
                    check_length(self.path, length, "a record")
                    file.seek(at)
                    place = Place(-1, at, length)
                    if entry := self._read_record(kind, file.read(length), place, types, topics, whole):
                        yield entry
                at += length

    def read(self, place: Place) -> bytes:
        """The message there."""
        if place.chunk < 0:
            with self.path.open("rb") as file:
                file.seek(place.at)
                record = file.read(place.length)
        else:
            chunk = self._chunks.get(place.chunk, self._read_chunk)
            record = chunk[place.at : place.at + place.length]
        if len(record) != place.length:
            raise BadFile(self.path, "has changed since it was opened", "Import it again.")
        return plain(self.path, record[MESSAGE_START.size :])

    def _checked_size(self, file: BinaryIO) -> int:
        """Where the records end, when the file begins and ends as it should."""
        size = self.path.stat().st_size - len(MAGIC)
        if file.read(len(MAGIC)) != MAGIC:
            raise BadFile(self.path, "does not begin as an MCAP file", "Give a file that was written whole.")
        file.seek(max(0, size))
        if size < len(MAGIC) or file.read() != MAGIC:
            raise BadFile(self.path, "is cut off: it does not end as an MCAP file", CUT_REMEDY)
        return size

    def _record(self, file: BinaryIO, at: int, size: int) -> tuple[int, int, int]:
        """Kind and length of the record at a place in the file, and where its contents begin."""
        file.seek(at)
        head = file.read(RECORD.size)
        kind, length = RECORD.unpack(head) if len(head) == RECORD.size else (0, size)
        if at + RECORD.size + length > size:
            raise BadFile(self.path, f"is damaged at byte {at}: a record leads out of it", CUT_REMEDY)
        return kind, length, at + RECORD.size

    def _read_chunk(self, at: int) -> bytes:
        size = self.path.stat().st_size - len(MAGIC)
        with self.path.open("rb") as file:
            _, length, at = self._record(file, at - RECORD.size, size)
            return self._chunk(file, at, length)

    def _chunk(self, file: BinaryIO, at: int, length: int) -> bytes:
        """A chunk's records, unpacked."""
        file.seek(at)
        head = file.read(min(length, CHUNK_START.size + 4))
        try:
            _, _, unpacked, checksum = CHUNK_START.unpack_from(head)
            name = file.read(min(struct.unpack_from("<I", head, CHUNK_START.size)[0], 32))
            (packed,) = struct.unpack("<Q", file.read(8))
        except struct.error as error:
            raise BadFile(self.path, f"has a broken chunk at byte {at}", CUT_REMEDY) from error
        check_length(self.path, unpacked, "a chunk")
        check_length(self.path, packed, "a chunk")
        if file.tell() + packed > at + length:
            raise BadFile(self.path, f"has a broken chunk at byte {at}", CUT_REMEDY)
        data = file.read(packed)
        if name:
            data = inflate(self.path, name.decode(errors="replace"), data, unpacked)
        if len(data) != unpacked or (checksum and zlib.crc32(data) != checksum):
            raise BadFile(self.path, f"has a damaged chunk at byte {at}: its checksum differs", CUT_REMEDY)
        return data

    def _records(self, chunk: bytes) -> Iterator[tuple[int, int, int]]:
        """Kind, start and end of a chunk's records."""
        at = 0
        while at < len(chunk):
            kind, length = (
                RECORD.unpack_from(chunk, at) if at + RECORD.size <= len(chunk) else (0, len(chunk))
            )
            start = at + RECORD.size
            at = start + length
            if at > len(chunk):
                raise BadFile(self.path, "has a record that leads out of its chunk", CUT_REMEDY)
            yield kind, start, at

    def _read_record(
        self,
        kind: int,
        data: bytes,
        place: Place,
        types: dict[int, str],
        topics: dict[int, Topic],
        whole: Collection[str],
    ) -> Entry | None:
        """A message's entry; a schema or a channel is noted."""
        try:
            if kind == SCHEMA:
                types[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
            elif kind == CHANNEL:
                number, schema = struct.unpack_from("<HH", data)
                name, at = _text(data, 4)
                topics[number] = Topic(name, types.get(schema, ""), _text(data, at)[0])
            elif kind == MESSAGE:
                number, _, received_ns, _ = MESSAGE_START.unpack_from(data)
                if received_ns >= LATEST_NS:
                    raise ValueError(f"a message was received at {received_ns} ns")
                if number not in topics:
                    raise ValueError(f"a message is of channel {number}, which is not described")
                message = data[MESSAGE_START.size :]
                if topics[number].type not in whole:
                    message = message[:START_BYTES]
                return Entry(topics[number], received_ns, place, message)
        except (struct.error, ValueError) as error:
            raise BadFile(self.path, f"has a damaged record ({error})", CUT_REMEDY) from error
        return None


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + length
    if end > len(data) or length > MAX_TEXT_BYTES:
        raise ValueError("a text is longer than its record")
    return data[at + 4 : end].decode("utf-8"), end
