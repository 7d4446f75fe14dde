"""Hostile files: each ends in a sentence that names the file, soon and without much memory."""

from __future__ import annotations

import os
import struct
import tracemalloc
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from sisg_robotics.datasets.files import read_ids, read_npy, read_rgb
from sisg_robotics.datasets.importers import reading
from sisg_robotics.datasets.importers.reading import (
    Inside,
    has_file,
    lines,
    numbered_files,
    picture_size,
    read_colors,
    read_depth_units,
    read_json,
    read_matrix,
    rigid,
)
from sisg_robotics.errors import BadFile
from sisg_robotics.geometry import Intrinsics, rigid_error

names = st.lists(
    st.sampled_from(["..", ".", "a", "deep", "link", "b.png", "~", "", "\0", "x" * 300, "\ud800"]), max_size=6
).map("/".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("outer") / "inner"
    (root / "a" / "deep").mkdir(parents=True)
    (root / "link").symlink_to(root.parent)
    (root / "b.png").symlink_to("/etc/hostname")
    (root / "a" / "b.png").write_bytes(b"")
    (root / "a" / "link").symlink_to(root / "a" / "deep")
    return root


@given(names)
@example("deep/../link")
def test_no_name_leads_out_of_its_folder(folder: Path, name: str) -> None:
    try:
        path = Inside(folder)(name)
    except BadFile:
        return
    assert os.path.realpath(path).startswith(str(folder.resolve()))


def test_names_within_the_folder_are_found(folder: Path) -> None:
    inside = Inside(folder)
    for name in ("a/b.png", "./a/b.png", "a/../a/b.png", "a/link/new.png", "new/er.png"):
        assert inside(name) == folder / name


def test_a_folder_that_is_itself_linked_is_no_way_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "to_it").symlink_to(folder)
    assert Inside(tmp_path / "to_it")("a/b.png").exists()


def test_numbered_files_are_in_the_order_of_numbers_and_not_named_twice(tmp_path: Path) -> None:
    for name in ("f10.png", "f9.png", "f1.txt", "g1.png"):
        (tmp_path / name).touch()
    assert list(numbered_files(tmp_path, r"f(\d+)\.png")) == [9, 10]
    assert numbered_files(tmp_path, r"f(\d+)\.png", folder="nowhere") == {}
    assert has_file(tmp_path, r"f(\d+)\.txt") and not has_file(tmp_path, r"f(\d+)\.jpg")
    (tmp_path / "f09.png").touch()
    with pytest.raises(BadFile, match=r"frame 9 has f09.png and f9.png. Keep one"):
        numbered_files(tmp_path, r"f(\d+)\.png")


def test_numbered_files_that_are_links_to_elsewhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "f1.png").symlink_to(tmp_path / "out.png")
    with pytest.raises(BadFile, match=r"the file 'f1.png', outside"):
        numbered_files(tmp_path / "in", r"f(\d+)\.png")
    (tmp_path / "in" / "pictures").symlink_to(tmp_path)
    (tmp_path / "f1.png").touch()
    with pytest.raises(BadFile, match=r"the file 'pictures/f1.png', outside"):
        numbered_files(tmp_path / "in", r"f(\d+)\.png", folder="pictures")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 100_000, "is JSON nested too deep"),
        ('{"a":' * 100_000, "is JSON nested too deep"),
        ('{"a": [' * 50_000 + "]}" * 50_000, "is JSON nested too deep"),
        ("[1, 2]", "holds a JSON list, but an object is expected"),
        ('{"a": NaN}', "is not readable JSON"),
        ('{"a": -Infinity}', "is not readable JSON"),
        ('{"a": ' + "9" * 10_000 + "}", "is not readable JSON"),
        ('{"a": 1', "is not readable JSON"),
        ("", "is not readable JSON"),
        ("\xff\xfe", "is not readable JSON"),
    ],
)
def test_bad_json_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadFile, match=f"bad.json: {sentence}"):
        read_json(path)


def make_sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_files_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    huge = make_sparse(tmp_path / "huge.json", 2**40)
    with pytest.raises(BadFile, match=r"huge.json: has more than 128 MiB"):
        read_json(huge)
    with pytest.raises(BadFile, match=r"huge.json: has more than 256 MiB"):
        next(lines(huge))


def test_lines_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "poses.txt"
    path.write_text("0.5 1 2 3 4 5 6 7\n" * 50_000)
    tracemalloc.start()
    count = sum(1 for _ in lines(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 50_000 and peak < path.stat().st_size / 10


def test_a_line_without_an_end_is_not_read_whole(tmp_path: Path) -> None:
    path = make_sparse(tmp_path / "poses.txt", 200 * 2**20)
    with pytest.raises(BadFile, match=r"poses.txt: line 1 is longer than 10000 characters"):
        list(lines(path))


def test_comments_and_empty_lines_are_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf# a\n\n 1, 2,# b\r\n\xff 3")
    assert list(lines(path)) == [(3, ["1", "2"]), (4, ["\ufffd", "3"])]


@pytest.mark.parametrize("kind", ["GIF", "EPS", "TIFF", "BMP"])
def test_what_calls_itself_png_and_is_another_kind_is_not_opened(tmp_path: Path, kind: str) -> None:
    """Pillow would hand an EPS to Ghostscript."""
    path = tmp_path / "picture.png"
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(path, format=kind)
    for read in (picture_size, read_rgb, read_ids):
        with pytest.raises(BadFile, match=r"picture.png: is not a readable image"):
            read(path)


SHAPE = "{'descr': '<f4', 'fortran_order': False, 'shape': %s}"


@pytest.mark.parametrize(
    "header",
    [
        SHAPE % "(1000000000000,)",
        SHAPE % "(-1,)",
        SHAPE % "(-1, -1)",
        SHAPE % "(True,)",
        SHAPE % "(0, 9999999999999999999999)",
        SHAPE % f"({'-' * 9000}1,)",
        SHAPE.replace("<f4", "|O") % "(1,)",
        SHAPE.replace("<f4", "banana") % "(1,)",
        "(" * 9000,
        "[" * 9000,
        "{[]: 2}",
        "{1: 2, 'shape': (1,)}",
        " " * 60_000 + "{}",
        "__import__('os').abort()",
        "",
    ],
    ids=lambda header: header[-40:],
)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_hostile_array_header_is_named(tmp_path: Path, header: str, version: int) -> None:
    path = tmp_path / "depth.npy"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    path.write_bytes(b"\x93NUMPY" + bytes((version, 0)) + length + header.encode() + b"abcd")
    with pytest.raises(BadFile, match=r"depth.npy: h"):
        read_npy(path)


def test_a_header_that_promises_four_gigabytes_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "depth.npy"
    path.write_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff")
    with pytest.raises(BadFile, match=r"depth.npy: has a broken array header \(it is too long\)"):
        read_npy(path)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nowhere"):
        for read in (
            read_json,
            lambda path: next(lines(path)),
            lambda path: read_depth_units(path, (4, 4), 1000.0),
        ):
            with pytest.raises(BadFile, match="is not there"):
                read(path)


def test_a_matrix_of_either_shape(tmp_path: Path) -> None:
    path = tmp_path / "K.txt"
    path.write_text("1 2 3\n4 5 6\n7 8 9\n")
    np.testing.assert_array_equal(read_matrix(path, (4, 4), (3, 3)), np.arange(1, 10).reshape(3, 3))
    path.write_text("1 2 3\n4 5 inf\n7 8 9\n")
    assert read_matrix(path, (3, 3), finite=False)[1, 2] == np.inf
    for text in ("1 2 3\n4 5 inf\n7 8 9\n", "1 2", "1 " * 17, ""):
        path.write_text(text)
        with pytest.raises(BadFile, match=r"K.txt: is not a 4x4 or 3x3 matrix of finite numbers"):
            read_matrix(path, (4, 4), (3, 3))
    path.write_text("1 0x2 3")
    with pytest.raises(BadFile, match=r"K.txt: is not a 3x3 matrix of numbers \(could not convert"):
        read_matrix(path, (3, 3))


def test_a_rounded_rotation_is_made_exact_and_an_exact_one_stays(tmp_path: Path) -> None:
    c, s = np.cos(0.3), np.sin(0.3)
    exact = np.array([[c, -s, 0, 1], [s, c, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]])
    np.testing.assert_array_equal(rigid(tmp_path, "", exact), exact)
    mended = rigid(tmp_path, "", exact.round(3))
    assert rigid_error(mended) < 1e-14 and np.abs(mended - exact).max() < 1e-3
    far = np.zeros((4, 4))
    far[0, 3] = 3e7
    for wrong, sentence in (
        (exact * [[1], [1], [1], [2]], "line 3 does not end in 0 0 0 1"),
        (exact * [1, 1, -1, 1], r"line 3 is not a rigid pose \(off by 2\)"),
        (exact * [2, 2, 2, 1], r"line 3 is not a rigid pose \(off by 3\)"),
        (
            exact + far,
            "line 3 has a value of 3e\\+07. Positions are metres",
        ),
        (exact * np.nan, "line 3 has NaN or infinite values"),
    ):
        with pytest.raises(BadFile, match=sentence):
            rigid(tmp_path, "line 3", wrong)


def png(width: int, height: int, data: bytes) -> bytes:
    """A grey 8-bit PNG that says it has this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8193, 10_000, 20_000, 2**31 - 1])
def test_a_png_bomb_is_told_by_its_header(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side, b"\0" * 1000))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(BadFile, match=r"bomb.png: is"):
            picture_size(path)


def test_a_picture_of_another_size_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.png"
    path.write_bytes(png(4, 4, b"\0" * 20))
    assert read_colors(path, Intrinsics(4.0, 4.0, 2.0, 2.0, 4, 4)).shape == (4, 4, 3)

    def never(path: Path) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(reading, "read_rgb", never)
    with pytest.raises(BadFile, match=r"one.png: has shape \(4, 4\), but the first frame has \(5, 5\)"):
        read_colors(path, Intrinsics(5.0, 5.0, 2.5, 2.5, 5, 5))


def test_a_picture_of_depth_that_is_no_depth_is_told(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    path.write_bytes(png(4, 4, b"\0" * 20))
    with pytest.raises(BadFile, match=r"grey.png: is an image of mode L. Accepted: I;16, I"):
        read_depth_units(path, (4, 4), 1000.0)


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"\x80\x04cos\nsystem\n."]
)
def test_a_cut_or_foreign_picture_is_named(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes(damage(png(64, 64, bytes(range(256)) * 17)))
    with pytest.raises(BadFile, match=r"cut.png: is not a readable image"):
        read_colors(path, Intrinsics(64.0, 64.0, 32.0, 32.0, 64, 64))
