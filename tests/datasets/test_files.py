from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets.files import (
    copy_file,
    is_whole,
    read_ids,
    read_npy,
    read_rgb,
    write_npy,
    write_png,
    write_whole,
)
from sisg_robotics.errors import BadFile

COLORS = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32"])
def test_arrays_come_back(tmp_path: Path, dtype: str) -> None:
    array = np.arange(12).reshape(3, 4).astype(dtype)
    write_npy(tmp_path / "a.npy", array.T)
    again = read_npy(tmp_path / "a.npy")
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array.T)


def test_colours_and_ids_come_back(tmp_path: Path) -> None:
    ids = np.array([[0, 1, 255], [256, 40000, 65535]], dtype=np.uint16)
    write_png(tmp_path / "c.png", COLORS)
    write_png(tmp_path / "i.png", ids)
    np.testing.assert_array_equal(read_rgb(tmp_path / "c.png"), COLORS)
    np.testing.assert_array_equal(read_ids(tmp_path / "i.png"), ids)


def test_grey_palette_and_transparent_pictures_are_read_as_colours(tmp_path: Path) -> None:
    for mode in ("L", "P", "RGBA"):
        Image.fromarray(COLORS).convert(mode).save(tmp_path / "c.png")
        assert read_rgb(tmp_path / "c.png").shape == (6, 8, 3)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    write_npy(path, np.zeros(3))

    def fail(file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, fail)
    assert list(tmp_path.iterdir()) == [path]
    np.testing.assert_array_equal(read_npy(path), np.zeros(3))


@pytest.mark.parametrize("name", ["c.png", "c.jpg", "a.npy"])
def test_a_file_is_whole_until_its_last_byte_is_gone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.npy":
        write_npy(path, COLORS)
    else:
        Image.fromarray(COLORS).save(path)
    whole = path.read_bytes()
    assert is_whole(path)
    for kept in (len(whole) - 1, len(whole) // 2, 3, 0):
        path.write_bytes(whole[:kept])
        assert not is_whole(path)
    path.unlink()
    assert not is_whole(path)


def test_copies_are_byte_for_byte(tmp_path: Path) -> None:
    Image.fromarray(COLORS).save(tmp_path / "a.jpg")
    copy_file(tmp_path / "a.jpg", tmp_path / "b.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()


class Touch:
    """A pickle that leaves a trace when it is run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


def test_a_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    (tmp_path / "a.npy").write_bytes(pickle.dumps(Touch(trace)))
    with pytest.raises(BadFile, match=r"is a Python pickle, which could run code. Save a plain array"):
        read_npy(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", np.array([Touch(trace)], dtype=object), allow_pickle=True)
    with pytest.raises(BadFile, match="holds pickled Python objects, which could run code"):
        read_npy(tmp_path / "a.npy")
    assert not trace.exists()


def test_a_header_that_promises_more_than_the_file_holds_is_refused_before_memory_is_taken(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.npy"
    with path.open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (10**7, 10**7)}
        np.lib.format.write_array_header_1_0(file, header)
    with pytest.raises(BadFile, match="holds 0 bytes where its header promises 800000000000000"):
        read_npy(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x09\x00\x00"])
def test_what_is_not_an_array_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(BadFile, match=r"is not a NumPy array file|has a broken array header"):
        read_npy(tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["c.png", "c.jpg"])
def test_a_truncated_picture_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.fromarray(np.repeat(np.repeat(COLORS, 8, axis=0), 8, axis=1)).save(path)
    whole = path.read_bytes()
    for kept in (len(whole) * 2 // 3, 20, 0):
        path.write_bytes(whole[:kept])
        with pytest.raises(BadFile, match="is not a readable image"):
            read_rgb(path)


def test_a_16_bit_picture_is_no_colour_picture(tmp_path: Path) -> None:
    write_png(tmp_path / "c.png", np.zeros((6, 8), dtype=np.uint16))
    with pytest.raises(BadFile, match=r"is an image of mode I;16. Accepted: RGB"):
        read_rgb(tmp_path / "c.png")
