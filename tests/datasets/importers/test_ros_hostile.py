"""Bags from strangers: cut off, damaged, lying about sizes, and written to run code."""

from __future__ import annotations

import bz2
import random
import re
import sqlite3
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import make_views

pytest.importorskip("rosbags")
import lz4.frame
from ros_made import START_NS, STORE, CompressionMode, image, robot_messages, write_bag, write_bag1

from sisg_robotics.datasets import ImportOptions, import_dataset
from sisg_robotics.datasets.importers import ros_index, ros_storage, ros_tf
from sisg_robotics.datasets.importers.ros_bag import lacks, open_recordings
from sisg_robotics.datasets.importers.ros_mcap import MAGIC, McapFile
from sisg_robotics.datasets.importers.ros_messages import IMAGE
from sisg_robotics.datasets.importers.ros_pictures import colors_of
from sisg_robotics.datasets.importers.ros_storage import _zstd, bag_files, inflate
from sisg_robotics.errors import BadFile, SisgError

VIEWS = make_views(2)
KINDS = [
    ("mcap", CompressionMode.NONE),
    ("mcap", CompressionMode.STORAGE),
    ("sqlite3", CompressionMode.NONE),
    ("sqlite3", CompressionMode.MESSAGE),
    ("ros1", CompressionMode.NONE),
    ("ros1", CompressionMode.STORAGE),
]
TOO_MUCH_BYTES = 80 * 2**20


def lone(path: Path, storage: str = "mcap", compression: CompressionMode = CompressionMode.NONE) -> Path:
    """The one file of a small bag."""
    if storage == "ros1":
        packing = "none" if compression == CompressionMode.NONE else "bz2"
        return write_bag1(path / "bag" / "bag.bag", robot_messages(VIEWS), packing=packing)
    bag = write_bag(path / "bag", robot_messages(VIEWS), storage=storage, compression=compression)
    return bag / ("bag.mcap" if storage == "mcap" else "bag.db3")


def read_all(path: Path) -> int:
    """Opens a bag and reads every frame of it."""
    count = 0
    for recording in open_recordings(path, ImportOptions()):
        for index in range(len(recording)):
            recording.read(index)
            count += 1
    return count


@pytest.mark.parametrize(("storage", "compression"), KINDS)
def test_a_bag_that_is_cut_off_anywhere_is_named(
    tmp_path: Path, storage: str, compression: CompressionMode
) -> None:
    path = lone(tmp_path, storage, compression)
    data = path.read_bytes()
    places = {*range(0, len(data), len(data) // 40), 1, 16, 99, 100, len(data) - 1}
    for length in sorted(places):
        path.write_bytes(data[:length])
        with pytest.raises(BadFile) as told:
            read_all(path)
        assert str(told.value).startswith(str(path)), length
    path.write_bytes(data)
    assert read_all(path) == 2


@pytest.mark.parametrize(("storage", "compression"), KINDS)
def test_damage_ends_in_a_sentence(tmp_path: Path, storage: str, compression: CompressionMode) -> None:
    path = lone(tmp_path, storage, compression)
    data, chance, ended = path.read_bytes(), random.Random(f"{storage} {compression}"), set()
    for _ in range(80):
        out = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at, kind = chance.randrange(len(out)), chance.randrange(5)
            if kind == 0:
                out[at] = chance.randrange(256)
            elif kind == 1:
                out[at : at + 8] = b"\xff" * 8
            elif kind == 2:
                del out[at : at + chance.randint(1, 40)]
            elif kind == 3:
                out[at:at] = chance.randbytes(20)
            else:
                out[at : at + 4] = chance.randbytes(4)
        path.write_bytes(out)
        try:
            read_all(path)
            ended.add("recording")
        except SisgError as error:
            assert len(str(error)) < 2000 and str(tmp_path) in str(error)
            ended.add("sentence")
    assert ended == {"recording", "sentence"}


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<BQ", kind, len(data)) + data


def text(value: str) -> bytes:
    return struct.pack("<I", len(value.encode())) + value.encode()


def mcap(*records: bytes) -> bytes:
    """An MCAP file by hand, without an index."""
    begin = record(1, text("ros2") + text("by hand"))
    end = record(15, bytes(4)) + record(2, bytes(20))
    return MAGIC + begin + b"".join(records) + end + MAGIC


def pictures(*messages: Any, topic: str = "/image", kind: str = IMAGE) -> bytes:
    """Records of a schema, a channel, and messages."""
    out = record(3, struct.pack("<H", 1) + text(kind) + text("ros2msg") + text("")) + record(
        4, struct.pack("<HH", 1, 1) + text(topic) + text("cdr") + struct.pack("<I", 0)
    )
    for number, message in enumerate(messages):
        data = message if isinstance(message, bytes) else bytes(STORE.serialize_cdr(message, kind))
        out += record(5, struct.pack("<HIQQ", 1, 0, START_NS + number, 0) + data)
    return out


def chunk(
    records: bytes,
    packing: str = "",
    *,
    size: int | None = None,
    crc: int | None = None,
    name: str | None = None,
) -> bytes:
    packed = {"": lambda b: b, "lz4": lz4.frame.compress, "zstd": _zstd().compress}[packing](records)
    crc = zlib.crc32(records) if crc is None else crc
    head = struct.pack("<QQQI", 0, 0, len(records) if size is None else size, crc)
    return record(6, head + text(packing if name is None else name) + struct.pack("<Q", len(packed)) + packed)


def entries(path: Path) -> int:
    return sum(1 for _ in McapFile(path).entries(()))


def test_records_with_and_without_chunks_are_read(tmp_path: Path) -> None:
    """Unpacked, lz4 and zstd; before, between and after records in no chunk."""
    message = image(START_NS, VIEWS[0].rgb, "rgb8")
    inner = pictures(message, message)
    path = tmp_path / "a.mcap"
    path.write_bytes(
        mcap(
            pictures(message),
            chunk(inner),
            chunk(inner, "lz4"),
            record(9, b"notes"),
            chunk(inner, "zstd"),
            inner,
        )
    )
    file, wanted = McapFile(path), bytes(STORE.serialize_cdr(message, IMAGE))
    found = list(file.entries((IMAGE,)))
    assert len(found) == 9 and all(entry.data == wanted == file.read(entry.place) for entry in found)
    assert [entry.receive_ns - START_NS for entry in found] == [0, 0, 1, 0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("packing", ["lz4", "zstd"])
def test_a_chunk_that_unpacks_to_more_than_it_says_takes_no_memory(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "bomb.mcap"
    path.write_bytes(mcap(chunk(bytes(2**28), packing, size=1000, crc=0)))
    tracemalloc.start()
    with pytest.raises(BadFile, match="packed bytes that do not unpack to the 1000 that it promises"):
        entries(path)
    assert tracemalloc.get_traced_memory()[1] < TOO_MUCH_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda inner: chunk(inner, size=10**12), "has a chunk of 1000000000000 bytes, more than is read"),
        (lambda inner: chunk(inner, size=len(inner) + 1), "has a damaged chunk"),
        (lambda inner: chunk(inner, crc=7), "has a damaged chunk at byte .*: its checksum differs"),
        (lambda inner: chunk(inner[:-1]), "has a record that leads out of its chunk"),
        (lambda inner: chunk(inner, name="gzip"), "is packed by 'gzip'. zstd, lz4 and bz2 are read"),
        (lambda inner: record(6, b"short"), "has a broken chunk"),
        (lambda inner: chunk(chunk(inner)) + record(5, b"short"), "has a damaged record"),
        (lambda inner: record(3, bytes(2) + struct.pack("<I", 2**31)), "a text is longer than its record"),
        (
            lambda inner: record(5, struct.pack("<HIQQ", 9, 0, 0, 0)),
            "is of channel 9, which is not described",
        ),
        (lambda inner: struct.pack("<BQ", 5, 2**40), "a record leads out of it"),
        (lambda inner: struct.pack("<BQ", 3, 2**64 - 1), "a record leads out of it"),
        (lambda inner: inner.replace(struct.pack("<Q", START_NS), b"\xff" * 8), "was received at 184467440"),
    ],
)
def test_lies_in_an_mcap_file_are_named(
    tmp_path: Path, made: Callable[[bytes], bytes], sentence: str
) -> None:
    path = tmp_path / "lies.mcap"
    path.write_bytes(mcap(made(pictures(image(START_NS, VIEWS[0].rgb, "rgb8")))))
    with pytest.raises(BadFile, match=sentence) as told:
        entries(path)
    assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (b"\x00\x01\x00\x00short", "/image: a message is not in CDR"),
        (b"\x00\x07\x00\x00" + bytes(60), "/image: a message is not in CDR"),
        (b"\x00\x01\x00\x00" + bytes(8) + b"\xff" * 40, "/image: a message is damaged"),
        (b"\x28\xb5\x2f\xfd" + bytes(40), "packed bytes that cannot be unpacked|do not unpack"),
        (
            image(START_NS, VIEWS[0].rgb, "rgb8", width=10**6, height=10**6),
            "the first picture is 1000000x1000",
        ),
    ],
)
def test_damaged_messages_are_named(tmp_path: Path, message: Any, sentence: str) -> None:
    path = tmp_path / "lies.mcap"
    path.write_bytes(mcap(pictures(message)))
    with pytest.raises(BadFile, match=sentence):
        read_all(path)


def test_what_a_file_says_of_its_types_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Definitions from which rosbags would write Python: they are not even parsed."""
    from rosbags.typesys import idl, msg, store

    def refuse(*args: object, **keys: object) -> None:
        raise AssertionError("a definition was read")

    for module, name in (
        (msg, "get_types_from_msg"),
        (idl, "get_types_from_idl"),
        (store, "generate_python_code"),
    ):
        monkeypatch.setattr(module, name, refuse)
    monkeypatch.setattr(store.Typestore, "register", refuse)
    path = lone(tmp_path, "sqlite3")
    evil = "int32 X=__import__('os').system('touch evil')\nstring a'); import os; os.abort() #"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE message_definitions SET encoded_message_definition = ?", (evil,))
    connection.close()
    assert read_all(path) == 2
    schema = record(3, struct.pack("<H", 1) + text(IMAGE) + text("ros2msg") + text(evil))
    path = tmp_path / "evil.mcap"
    path.write_bytes(mcap(schema, pictures(image(START_NS, VIEWS[0].rgb, "rgb8"))))
    assert entries(path) == 1
    assert not list(tmp_path.rglob("evil"))


def sqlite_bag(path: Path, *statements: str) -> Path:
    path = lone(path, "sqlite3")
    connection = sqlite3.connect(path)
    connection.executescript(";".join(statements))
    connection.close()
    return path


REPLACED = ("DROP TABLE messages", "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id, timestamp, data)")
MOVED = "ALTER TABLE messages RENAME TO kept"


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (("DROP TABLE messages",), "has no table of messages, so it is no bag"),
        ((MOVED, "CREATE VIEW messages AS SELECT * FROM kept"), "has no table of messages, so it is no bag"),
        (
            (
                MOVED,
                "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id, timestamp, data AS (zeroblob(9)))",
            ),
            "has a table of messages without plain columns id, topic_id, timestamp, data",
        ),
        ((MOVED, "CREATE TABLE messages(id INTEGER PRIMARY KEY)"), "without plain columns"),
        (
            ("UPDATE messages SET data = 'text'",),
            "has a message .row 1. without a number, a topic, a time or b",
        ),
        (
            (
                "DROP TABLE messages",
                "CREATE TABLE messages(id, topic_id, timestamp, data)",
                "INSERT INTO messages VALUES(NULL, 1, 1, x'00')",
            ),
            "has a message .row None. without a number, a topic, a time or bytes",
        ),
        (
            (*REPLACED, "INSERT INTO messages VALUES(1, 1, 1, NULL)"),
            "has a message .row 1. without a number, a topic, a time or bytes",
        ),
        (("UPDATE messages SET topic_id = 99",), "has a message .row 1. without a number, a topic"),
        (("UPDATE messages SET timestamp = 'now'",), "has a message .row 1. without a number, a topic"),
        (
            ("UPDATE messages SET timestamp = 9223372036854775807",),
            "has a message .row 1. without a number, a topic",
        ),
        (("UPDATE topics SET name = x'00'",), "has a topic"),
        (("UPDATE topics SET type = 'my/Type'",), "has no colour pictures; .* are none"),
        (("UPDATE topics SET serialization_format = 'json'",), "has no colour pictures"),
        (("DELETE FROM messages",), "has no colour pictures"),
    ],
)
def test_databases_that_are_no_bags_are_named(tmp_path: Path, statements: tuple, sentence: str) -> None:
    path = sqlite_bag(tmp_path, *statements)
    with pytest.raises(BadFile, match=sentence):
        read_all(path)


def test_a_virtual_table_is_no_table(tmp_path: Path) -> None:
    path = sqlite_bag(
        tmp_path, MOVED, "CREATE VIRTUAL TABLE messages USING fts5(id, topic_id, timestamp, data)"
    )
    with pytest.raises(BadFile, match="has no table of messages"):
        read_all(path)


def test_a_recording_that_was_not_closed_is_told(tmp_path: Path) -> None:
    path = lone(tmp_path, "sqlite3")
    path.with_name("bag.db3-wal").write_bytes(b"messages")
    with pytest.raises(BadFile, match=r"was not closed: bag.db3-wal holds its last messages. Run: sqlite3"):
        read_all(path)


def test_a_name_with_percent_and_question_marks_is_that_file(tmp_path: Path) -> None:
    """SQLite opens URIs, in which these mean other files and options."""
    path = lone(tmp_path, "sqlite3")
    odd = path.rename(path.with_name("a%2e%2e?mode=rwc&x#y.db3"))
    assert read_all(odd) == 2 and sorted(at.name for at in odd.parent.iterdir()) == [
        odd.name,
        "metadata.yaml",
    ]


INFORMATION = "rosbag2_bagfile_information:\n  relative_file_paths: "


@pytest.mark.parametrize(
    ("yaml", "sentence"),
    [
        (f"{INFORMATION}[../../secret.mcap]", r"metadata.yaml: it names '../../secret.mcap', outside"),
        (f"{INFORMATION}[/etc/secret.mcap]", r"metadata.yaml: it names '/etc/secret.mcap', outside"),
        (f"{INFORMATION}[link.mcap]", r"metadata.yaml: it names 'link.mcap', outside"),
        (f"{INFORMATION}[gone.mcap]", r"gone.mcap: is not there, but metadata.yaml lists it"),
        (f"{INFORMATION}[bag.db3.zstd]", r"is packed as a whole. Run: zstd -d bag.db3.zstd"),
        (f"{INFORMATION}[metadata.yaml]", r"is no file of a bag"),
        (f"{INFORMATION}!!python/object/apply:os.system ['touch evil']", "it names|is not there|is no file"),
        (f"{INFORMATION}[]", "lists no files under relative_file_paths"),
        (f"{INFORMATION}5", "lists no files under relative_file_paths"),
        ("rosbag2_bagfile_information: text", "is not a bag's metadata"),
        ("[" * 1000, "is not a bag's metadata"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "is not a bag's metadata"),
        ("\0\1", "is not a bag's metadata"),
        ("#" * 2**20, "has more than 512 KiB"),
    ],
)
def test_metadata_that_lies_is_named(tmp_path: Path, yaml: str, sentence: str) -> None:
    path = lone(tmp_path / "home")
    secret = tmp_path / "secret.mcap"
    secret.write_bytes(path.read_bytes())
    path.with_name("link.mcap").symlink_to(secret)
    path.with_name("metadata.yaml").write_text(yaml)
    with pytest.raises(BadFile, match=sentence):
        import_dataset(path.parent, tmp_path / "out", format="ros_bag")
    assert {at.name for at in tmp_path.iterdir()} == {"home", "secret.mcap"}


def test_a_link_out_of_a_folder_without_metadata_is_refused(tmp_path: Path) -> None:
    path = lone(tmp_path / "home")
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "bag.mcap").symlink_to(path)
    with pytest.raises(BadFile, match=r"the file 'bag.mcap', outside"):
        bag_files(tmp_path / "open")


def test_unpacking_has_a_bound_and_an_end() -> None:
    data = _zstd().compress(bytes(5000))
    assert inflate(Path("a"), "zstd", data, 5000) == bytes(5000) == inflate(Path("a"), "zstd", data)
    for bad, size in ((data[:-1], 5000), (data, 4999), (data, 5001), (b"", 0), (b"no", 10)):
        with pytest.raises(BadFile, match="holds packed bytes"):
            inflate(Path("a"), "zstd", bad, size)


def test_what_is_a_bag_is_told_by_names(tmp_path: Path) -> None:
    assert lacks(tmp_path) == "no .mcap, .db3 or .bag file" == lacks(tmp_path / "nothing")
    (tmp_path / "metadata.yaml").write_text("version: 3")
    assert lacks(tmp_path) == "no .mcap, .db3 or .bag file"
    (tmp_path / "metadata.yaml").write_text(INFORMATION + "[bag.db3.zstd]")
    assert lacks(tmp_path) is None
    (tmp_path / "a.bag").touch()
    assert (
        lacks(tmp_path / "a.bag") is None
        and lacks(tmp_path / "metadata.yaml") == "no .mcap, .db3 or .bag file"
    )


def field(name: str, value: bytes) -> bytes:
    return struct.pack("<I", len(name) + 1 + len(value)) + name.encode() + b"=" + value


def record1(op: int, data: bytes, *fields: bytes) -> bytes:
    head = field("op", bytes([op])) + b"".join(fields)
    return struct.pack("<I", len(head)) + head + struct.pack("<I", len(data)) + data


def bag1(*records: bytes, index: int = 1) -> bytes:
    """A bag of ROS 1 by hand."""
    return (
        b"#ROSBAG V2.0\n" + record1(3, b"", field("index_pos", struct.pack("<Q", index))) + b"".join(records)
    )


def chunk1(data: bytes, packing: str = "none", size: int | None = None) -> bytes:
    size = len(data) if size is None else size
    return record1(5, data, field("compression", packing.encode()), field("size", struct.pack("<I", size)))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (b"#ROSBAG V1.2\n", "does not begin as a bag of ROS 1"),
        (bag1(index=0), "was not closed, so it has no index. Mend it with `rosbag reindex`"),
        (bag1(index=10**6), "is cut off: its index is missing"),
        (bag1(struct.pack("<I", 2**31)), "is cut off or damaged at byte 51"),
        (bag1(record1(4, b"")[:-4] + struct.pack("<I", 99)), "is cut off or damaged at byte 51"),
        (bag1(chunk1(b"short", size=9)), "has a chunk of 5 bytes that promises 9"),
        (bag1(chunk1(b"short", size=2**31)), "has a chunk of 2147483648 bytes, more than is read here"),
        (bag1(chunk1(bz2.compress(bytes(2**28)), "bz2", 100)), "do not unpack to the 100 that it promises"),
        (bag1(chunk1(b"short", "xz")), "is packed by 'xz'"),
        (bag1(chunk1(struct.pack("<I", 2**31))), "has a record that leads out of its chunk"),
        (bag1(chunk1(record1(2, b"", field("conn", bytes(4))))), "has a message without its topic or time"),
        (bag1(chunk1(record1(7, b"", b"bad"))), "has a damaged header"),
        (bag1(chunk1(record1(7, b""))), "has a record without conn"),
    ],
)
def test_lies_in_a_bag_of_ros_1_are_named(tmp_path: Path, made: bytes, sentence: str) -> None:
    path = tmp_path / "lies.bag"
    path.write_bytes(made)
    with pytest.raises(BadFile, match=re.escape(sentence)) as told:
        read_all(path)
    assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("module", "limit", "sentence"),
    [
        (ros_tf, "MAX_TRANSFORMS", "has more than 5 transforms. Split the recording"),
        (ros_tf, "MAX_FRAMES", "has transforms between over 1 frames"),
        (ros_index, "MAX_PICTURES", "has over 256 topics of pictures, or 3 pictures"),
        (ros_index, "MAX_STREAMS", "has over 1 topics of pictures, or"),
        (ros_index, "MAX_SMALL_BYTES", "a message has .* bytes, more than is read here"),
        (ros_index, "MAX_NAME", "has a topic '/tf_static'..."),
        (ros_storage, "SPARE_BYTES", "unpacks to over 0 times its size"),
    ],
)
def test_what_would_fill_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, limit: str, sentence: str
) -> None:
    """Each limit, made small."""
    small = {"MAX_TRANSFORMS": 5, "MAX_PICTURES": 3, "MAX_SMALL_BYTES": 50, "MAX_NAME": 5, "SPARE_BYTES": 99}
    monkeypatch.setattr(module, limit, small.get(limit, 1))
    monkeypatch.setattr(ros_storage, "EXPANSION", 0 if limit == "SPARE_BYTES" else 200)
    with pytest.raises(BadFile, match=sentence):
        read_all(lone(tmp_path))


def test_the_arguments_stay_as_they_are() -> None:
    data = np.arange(12, dtype=np.uint8)
    message = image(START_NS, data.reshape(2, 2, 3), "bgr8")
    before = message.data.copy()
    colors_of(message)[:] = 0
    np.testing.assert_array_equal(message.data, before)
