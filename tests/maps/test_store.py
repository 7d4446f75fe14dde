from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from sisg_robotics.errors import BadFile, BadValue, MissingPath
from sisg_robotics.maps import VoxelMap, store


@pytest.mark.parametrize("kind", ["grid", "segments", "none"])
def test_a_saved_map_reads_back(make_map, small, tmp_path, kind):
    vmap = make_map(kind=kind, cell_size_m=0.07, origin_xyz_m=(0.1, 0.2, 0.3))
    path = vmap.save(tmp_path / "new" / "folders" / "map.h5")
    again = VoxelMap.load(path)
    assert small.same_map(vmap, again, tolerance=1e-3)
    assert again.rgb.tobytes() == vmap.rgb.tobytes()
    assert again.text_encoder == vmap.text_encoder


def test_the_file_alone_tells_cell_size_frame_and_encoder(make_map, tmp_path):
    vmap = replace(make_map(), sequence="flat_07", skipped_frames=np.array([5]))
    with h5py.File(vmap.save(tmp_path / "map.h5")) as file:
        attributes = {k: v.decode() if isinstance(v, bytes) else v for k, v in file.attrs.items()}
        assert attributes["cell_size_m"] == 0.05
        assert attributes["origin_xyz_m"].tolist() == [-0.025] * 3
        assert attributes["world_axes"] == "right-handed, z up, metres"
        assert (attributes["encoder"], attributes["text_encoder"]) == ("table", "words")
        assert (attributes["feature_dim"], attributes["features_are"]) == (5, "means")
        assert (attributes["sequence"], attributes["format_version"]) == ("flat_07", 1)
        assert file["frame_indices"][...].tolist() == [0, 1, 2]
        assert file["skipped_frames"][...].tolist() == [5]


def test_the_same_map_gives_the_same_bytes_also_after_reading_it_back(make_map, tmp_path):
    first = make_map().save(tmp_path / "a.h5").read_bytes()
    again = VoxelMap.load(tmp_path / "a.h5").save(tmp_path / "b.h5").read_bytes()
    assert first == again == make_map().save(tmp_path / "c.h5").read_bytes()


def test_means_do_not_overflow_however_often_a_cell_was_seen(make_map, tmp_path):
    vmap = make_map()
    often = replace(vmap, features=vmap.features * 1e8, weights=vmap.weights * 1e8)
    again = VoxelMap.load(often.save(tmp_path / "map.h5"))
    assert np.allclose(again.unit_features(), vmap.unit_features(), atol=1e-3)


def test_a_crash_while_writing_leaves_the_last_good_map_and_nothing_else(make_map, tmp_path, monkeypatch):
    path = make_map(1).save(tmp_path / "map.h5")
    before = path.read_bytes()
    create = h5py.Group.create_dataset

    def crash(self, name, *args, **options):
        if name == "weights":
            raise KeyboardInterrupt
        return create(self, name, *args, **options)

    monkeypatch.setattr(h5py.Group, "create_dataset", crash)
    with pytest.raises(KeyboardInterrupt):
        make_map(2).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_over_a_map_replaces_it(make_map, small, tmp_path):
    path = make_map(1).save(tmp_path / "map.h5")
    make_map(2).save(path)
    assert small.same_map(VoxelMap.load(path), make_map(2), tolerance=1e-3)


def test_saving_leaves_the_map_as_it_was(make_map, tmp_path):
    vmap = make_map()
    before = vmap.features.copy()
    vmap.save(tmp_path / "map.h5")
    assert np.array_equal(vmap.features, before)


def test_a_folder_is_not_a_file_name(make_map, tmp_path):
    with pytest.raises(BadValue, match=r"it must be a file name, such as map\.h5, not a folder"):
        make_map().save(tmp_path)


def test_a_missing_map_says_how_to_make_one(tmp_path):
    with pytest.raises(
        MissingPath, match=r"No map file at .*map\.h5\. Make one with create_map, or check the path"
    ):
        VoxelMap.load(tmp_path / "map.h5")


def _set(name, value):
    return lambda file: file.attrs.__setitem__(name, value)


def _swap(name, values):
    def change(file):
        del file[name]
        file[name] = values(file) if callable(values) else values

    return change


def _delete(name):
    return lambda file: file.__delitem__(name)


def _pickled(file):
    del file["features"]
    data = np.array(["cos\nsystem\n(S'true'\ntR."] * 3, dtype=object)
    file.create_dataset("features", data=data, dtype=h5py.string_dtype())


def _huge(file):
    shape = file["features"].shape[0], 5
    del file["features"], file["cells"]
    file.create_dataset("cells", shape=(10**12, 3), dtype=np.int32, chunks=(1024, 3))
    file.create_dataset("features", shape=shape, dtype=np.float16)


def _linked_elsewhere(file):
    del file["rgb"]
    file["rgb"] = h5py.ExternalLink("/etc/other.h5", "rgb")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            _set("format_version", 99),
            "this is format version 99, and this program reads version 1. Make the map",
        ),
        (_set("format", "soup"), "this HDF5 file is not a voxel map. Give a map that create_map wrote."),
        (
            _set("cell_size_m", "wide"),
            "the attribute 'cell_size_m' is missing or no number. Make the map again.",
        ),
        (
            _set("cell_size_m", -1.0),
            "the values do not make a map: cell_size_m is -1.0, but it must be a positive",
        ),
        (_set("encoder", 3), "the attribute 'encoder' is missing or no text. Make the map again."),
        (_set("features_are", "sums"), "features_are is 'sums', not 'means'. Make the map again."),
        (
            _set("world_axes", "y up"),
            "world_axes is 'y up', not 'right-handed, z up, metres'. Make the map again.",
        ),
        (
            _set("origin_xyz_m", 0.0),
            "the attribute 'origin_xyz_m' is missing or not three numbers. Make the map",
        ),
        (_delete("weights"), "the dataset 'weights' is missing. Make the map again."),
        (_swap("rgb", lambda f: f["cells"][...]), "'rgb' holds int32, not uint8. Make the map again."),
        (_swap("pixels", np.zeros(3, np.int64)), "'pixels' has the shape (3,), not ("),
        (_swap("rgb", lambda f: np.zeros((len(f["cells"]), 4), np.uint8)), "'rgb' has the shape ("),
        (_swap("weights", lambda f: np.zeros((1, 1), np.float32)), "'weights' has the shape (1, 1), not ("),
        (
            _swap("cells", lambda f: np.zeros((len(f["rgb"]), 3), np.int32)),
            "the values do not make a map: VoxelMap",
        ),
        (_swap("weights", h5py.Empty(np.float32)), "'weights' has the shape (), not ("),
        (_pickled, "'features' holds object, not float16. Make the map again."),
        (_huge, "'cells' claims more data than the file can hold. Make the map again."),
        (_linked_elsewhere, "the dataset 'rgb' is missing. Make the map again."),
    ],
)
def test_a_file_that_is_no_map_is_refused_with_one_clear_sentence(make_map, tmp_path, change, sentence):
    path = make_map().save(tmp_path / "map.h5")
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(BadFile) as caught:
        VoxelMap.load(path)
    assert str(caught.value).startswith(f"{path}: {sentence}")
    assert caught.value.exit_status == 1


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04\x95pickled", b"\x89HDF\r\n\x1a\n", b"not a map at all" * 99]
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "map.h5"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"this is not an HDF5 file|the file is damaged or cut short"):
        VoxelMap.load(path)


def test_a_map_cut_short_anywhere_is_refused(make_map, tmp_path):
    path = make_map().save(tmp_path / "map.h5")
    whole = path.read_bytes()
    for length in np.linspace(0, len(whole) - 1, 25).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(BadFile):
            VoxelMap.load(path)


def test_damage_is_noticed_and_never_gives_another_error(make_map, tmp_path):
    path = make_map().save(tmp_path / "map.h5")
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(0)
    noticed = 0
    for _ in range(100):
        damaged = whole.copy()
        damaged[rng.integers(0, len(whole), 4)] ^= 1 << rng.integers(0, 8, 4, dtype=np.uint8)
        path.write_bytes(damaged.tobytes())
        try:
            VoxelMap.load(path)
        except BadFile:
            noticed += 1
    assert noticed >= 90  # the rest hit bytes that hold nothing


def test_the_format_described_in_the_docstring_is_the_one_written(make_map, tmp_path):
    described = store.__doc__
    with h5py.File(make_map().save(Path(tmp_path) / "map.h5")) as file:
        assert all(f"  {name} " in described for name in file)
        assert all(name in described for name in file.attrs)
