"""Arrays in .npz and HDF5 files, by slices, against NumPy and h5py themselves."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from sisg_robotics.datasets.importers import array_files, hdf5_file
from sisg_robotics.datasets.importers.array_files import open_arrays, read_npy_value
from sisg_robotics.errors import BadFile

ARRAYS = {
    "folder/pictures": np.arange(4 * 3 * 5 * 2, dtype=np.uint16).reshape(4, 3, 5, 2),
    "big_endian": np.arange(6, dtype=">f8").reshape(2, 3),
    "number": np.array(2.5),
    "none": np.zeros((0, 3), np.float32),
}


def write(path: Path) -> Path:
    if path.suffix == ".npz":
        (np.savez_compressed if path.stem == "packed" else np.savez)(path, **ARRAYS)
    else:
        with h5py.File(path, "w") as file:
            for name, array in ARRAYS.items():
                file[name] = array
    return path


@pytest.mark.parametrize("name", ["stored.npz", "packed.npz", "a.h5", "a.hdf5"])
def test_every_part_of_every_array_is_read(tmp_path: Path, name: str) -> None:
    with open_arrays(write(tmp_path / name)) as file:
        assert set(file.arrays) == set(ARRAYS) and not file.values
        for key, array in ARRAYS.items():
            assert file.arrays[key] == (array.shape, array.dtype)
            np.testing.assert_array_equal(file.read(key), array)
            for axes in range(1, array.ndim + 1):
                for index in np.ndindex(array.shape[:axes]):
                    np.testing.assert_array_equal(file.read(key, index), array[index])


def test_fortran_order_is_read_whole_and_not_in_parts(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(6).reshape(2, 3))
    np.savez(tmp_path / "a.npz", a=array)
    with open_arrays(tmp_path / "a.npz") as file:
        np.testing.assert_array_equal(file.read("a"), array)
        with pytest.raises(BadFile, match="it is in Fortran's order"):
            file.read("a", (1,))


def test_dictionaries(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.zeros(2), info=np.array({"x": [1, "two"]}))
    with open_arrays(tmp_path / "a.npz") as file:
        assert set(file.arrays) == {"a"} and set(file.values) == {"info"}
        assert file.value("info") == {"x": [1, "two"]} and file.value("a") is None and file.value("b") is None
    np.save(tmp_path / "a.npy", {"x": [1, "two"]})
    assert read_npy_value(tmp_path / "a.npy") == {"x": [1, "two"]}
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        h5["info"] = np.bytes_(b'{"x": [1, "two"]}')
        h5["broken"] = np.bytes_(b'{"x": ')
        h5["deep"] = np.bytes_(b"[" * 100_000)
    with open_arrays(tmp_path / "a.h5") as file:
        assert file.value("info") == {"x": [1, "two"]} and file.value("other") is None
        for name in ("broken", "deep"):
            with pytest.raises(BadFile, match=rf"a.h5: has no readable JSON in '{name}'"):
                file.value(name)


def test_what_is_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_files, "MAX_SLICE_BYTES", 59)
    monkeypatch.setattr(array_files, "MAX_VALUE_BYTES", 100)
    for name in ("stored.npz", "a.h5"):
        with open_arrays(write(tmp_path / name)) as file:
            assert file.read("folder/pictures", (1, 2)).shape == (5, 2)
            with pytest.raises(
                BadFile, match=r"has 60 bytes in 'folder/pictures', more than is read at once"
            ):
                file.read("folder/pictures", (1,))
    np.save(tmp_path / "a.npy", {"x": "y" * 200})
    with pytest.raises(BadFile, match=r"a.npy: has more than"):
        read_npy_value(tmp_path / "a.npy")


def test_names_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_files, "MAX_MEMBERS", 3)
    monkeypatch.setattr(hdf5_file, "MAX_NAMES", 4)
    with pytest.raises(BadFile, match=r"stored.npz: is not a readable .npz file \(4 members\)"):
        open_arrays(write(tmp_path / "stored.npz"))
    with pytest.raises(BadFile, match=r"a.h5: is not a readable HDF5 file \(more than 4 names\)"):
        open_arrays(write(tmp_path / "a.h5"))


@pytest.mark.parametrize("kind", ["bzip2", "encrypted", "no zip", "text", "missing"])
def test_what_is_no_npz(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.npz"
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    if kind == "bzip2":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("a.npy", buffer.getvalue())
    elif kind == "encrypted":
        np.savez(path, a=np.zeros(3))
        data = bytearray(path.read_bytes())
        for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.index(mark) + at] |= 1
        path.write_bytes(data)
    elif kind == "no zip":
        path.write_bytes(buffer.getvalue())
    elif kind == "text":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.npy", "text")
    with pytest.raises(BadFile, match=r"a.npz"):
        open_arrays(path)
