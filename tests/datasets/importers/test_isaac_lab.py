from __future__ import annotations

import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, View, make_views
from scipy.spatial.transform import Rotation

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.datasets.importers import array_files
from sisg_robotics.datasets.importers.formats import FORMATS
from sisg_robotics.datasets.importers.isaac_lab import open_recordings
from sisg_robotics.datasets.importers.isaac_lab_arrays import cameras_in, short_names
from sisg_robotics.datasets.importers.quaternion_order import read_in_order
from sisg_robotics.errors import BadFile, BadValue, SisgError, UnknownName
from sisg_robotics.geometry import Intrinsics, look_at

CAMERA = Intrinsics(12.0, 12.0, 8.0, 6.0, WIDTH, HEIGHT)
VIEWS = make_views()
TURNS = {  # R_cv_x: what takes Isaac Lab's conventions to OpenCV's axes, by hand
    "quat_w_ros": np.eye(3),
    "quat_w_opengl": np.diag([1.0, -1, -1]),
    "quat_w_world": np.array([[0.0, -1, 0], [0, 0, -1], [1, 0, 0]]),
}
LABELS = {
    "0": {"class": "BACKGROUND"},
    "1": {"class": "UNLABELLED"},
    "2": {"class": "cube"},
    "3": {"class": "cone"},
}
PRIMS = {"1": "UNLABELLED", "2": "/World/Objects/Obj_00", "3": "/World/Objects/Obj_01"}
INFO = {"semantic_segmentation": {"idToLabels": LABELS}, "instance_segmentation_fast": {"idToLabels": PRIMS}}

Fields = dict[str, Any]


def quat(R: np.ndarray, order: str) -> np.ndarray:
    xyzw = Rotation.from_matrix(R).as_quat()
    return (xyzw if order == "xyzw" else np.roll(xyzw, 1)).astype(np.float32)


def camera_data(views: list[View] = VIEWS, *, order: str = "wxyz") -> Fields:
    """CameraData's fields of one camera, its frames first, as torch has their types."""
    T = np.stack([view.T_world_cam for view in views])
    depth = np.stack([view.units for view in views])[..., None].astype(np.float32) / 1000
    depth[depth == 0] = np.inf
    normals = np.random.default_rng(3).normal(size=(len(views), HEIGHT, WIDTH, 3)).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    normals[:, 0] = 0
    ids = np.arange(HEIGHT * WIDTH, dtype=np.int32).reshape(HEIGHT, WIDTH, 1) % 4
    return {
        "pos_w": T[:, :3, 3].astype(np.float32),
        **{name: np.stack([quat(R @ turn, order) for R in T[:, :3, :3]]) for name, turn in TURNS.items()},
        "intrinsic_matrices": np.tile(CAMERA.matrix.astype(np.float32), (len(views), 1, 1)),
        "output": {
            "rgb": np.stack([view.rgb for view in views]),
            "distance_to_image_plane": depth,
            "distance_to_camera": (depth[..., 0] * np.linalg.norm(CAMERA.pixel_rays(), axis=-1))[
                ..., None
            ].astype(np.float32),
            "normals": normals,
            "semantic_segmentation": np.stack([np.roll(ids, index) for index in range(len(views))]),
            "instance_segmentation_fast": np.stack([np.roll(ids, index) for index in range(len(views))]),
        },
    }


def flat(fields: Fields, prefix: str = "", between: str = "/") -> Fields:
    out: Fields = {}
    for key, value in fields.items():
        if isinstance(value, dict) and key != "info":
            out.update(flat(value, f"{prefix}{key}{between}", between))
        elif value is not None:
            out[prefix + key] = value
    return out


def write_h5(path: Path, fields: Fields, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, value in flat(fields).items():
            file.create_dataset(name, data=value, **(options if np.ndim(value) else {}))
    return path


def write_frames(root: Path, fields: Fields, *, between: str = "/") -> Path:
    """A numbered .npz for each frame."""
    root.mkdir(parents=True, exist_ok=True)
    fields = flat(fields, between=between)
    for index in range(len(VIEWS)):
        frame = {name: value if name.endswith("info") else value[index] for name, value in fields.items()}
        np.savez_compressed(root / f"frame_{index:04d}.npz", **frame)
    return root


def write_isaac_lab(root: Path) -> Path:
    """For the tests that all formats share."""
    return write_frames(root, {**camera_data(), "info": INFO})


def imported(path: Path, out: Path, **options: Any) -> RgbdSequence:
    (sequence,) = import_dataset(path, out, options=ImportOptions(**options))
    return sequence


def check(sequence: RgbdSequence, views: list[View] = VIEWS) -> None:
    assert sequence.made_by["importer"] == "isaac_lab" and len(sequence) == len(views)
    assert set(sequence.intrinsics) == {CAMERA}
    for frame, view in zip(sequence, views, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_allclose(frame.depth_m, view.units / 1000, rtol=1e-6)
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-6)


@pytest.mark.parametrize("order", ["wxyz", "xyzw"])
@pytest.mark.parametrize("layout", ["h5", "npz", "frames", "frames of h5"])
def test_what_is_written_is_read_in_both_orders(tmp_path: Path, layout: str, order: str) -> None:
    fields = camera_data(order=order)
    path = tmp_path / "recording"
    if layout == "h5":
        path = write_h5(tmp_path / "recording.hdf5", fields)
    elif layout == "npz":
        path = tmp_path / "recording.npz"
        np.savez(path, **flat(fields))
    elif layout == "frames":
        write_frames(path, fields)
    else:
        for index in range(len(VIEWS)):
            write_h5(path / f"{index}.h5", {name: value[index] for name, value in flat(fields).items()})
    sequence = imported(path, tmp_path / "out")
    check(sequence)
    assert sequence.made_by["quaternions"].startswith(f"{order}, in which alone quat_w_ros and quat_w_opengl")
    frame = sequence[2]
    assert frame.normal is not None
    np.testing.assert_allclose(frame.normal, fields["output"]["normals"][2], atol=1e-3)
    assert sequence.made_by["left_out"] == {"channels without names in every frame": ["instance", "semantic"]}


def test_a_camera_by_hand(tmp_path: Path) -> None:
    """A camera at (1, 2, 3) that looks along the world's +x, its picture's right along -y and its down along
    -z: in ros it is w x y z = (0.5, -0.5, 0.5, -0.5), in world (1, 0, 0, 0), by IsaacLab's documentation."""
    fields = camera_data(VIEWS[:1])
    fields["pos_w"][:] = 1, 2, 3
    fields["quat_w_ros"][:] = 0.5, -0.5, 0.5, -0.5
    fields["quat_w_world"][:] = 1, 0, 0, 0
    del fields["quat_w_opengl"]
    sequence = imported(write_h5(tmp_path / "a.h5", fields), tmp_path / "out")
    expected = [[0, 0, 1, 1], [-1, 0, 0, 2], [0, -1, 0, 3], [0, 0, 0, 1]]
    np.testing.assert_array_equal(sequence.T_world_cam[0], expected)


def test_the_pose_of_isaac_labs_tutorial() -> None:
    """run_usd_camera.py of 2.x: a camera at (2.5, 2.5, 2.5) that looks at the origin is (-0.1759, 0.3399,
    0.8205, -0.4247) in ros, the scalar first."""
    quat_wxyz = np.array([[-0.1759, 0.3399, 0.8205, -0.4247]])
    (R,), _ = read_in_order(Path("a"), [{"quat_w_ros": quat_wxyz}], "wxyz")
    np.testing.assert_allclose(R[0], look_at(np.full(3, 2.5), np.zeros(3))[:3, :3], atol=2e-4)


@pytest.mark.parametrize(
    "names",
    [
        ("quat_w_ros", "quat_w_opengl"),
        ("quat_w_ros", "quat_w_world"),
        ("quat_w_opengl", "quat_w_world"),
        tuple(TURNS),
    ],
)
@pytest.mark.parametrize("order", ["wxyz", "xyzw"])
def test_two_conventions_tell_the_order_of_nearly_any_camera(names: tuple[str, ...], order: str) -> None:
    for R in Rotation.random(200, random_state=5).as_matrix():
        quats = {name: quat(R @ TURNS[name], order)[None].astype(np.float64) for name in names}
        (found,), said = read_in_order(Path("a"), [quats], None)
        assert said.startswith(order)
        np.testing.assert_allclose(found[0], R, atol=1e-5)


def test_what_two_conventions_do_not_tell_a_third_a_turn_or_another_camera_does() -> None:
    """(a, b, a, -b) times half a turn about x is (-b, a, -b, -a), scalar first as well as last."""
    a, b = 0.6, np.sqrt(0.14)
    quats = {"quat_w_ros": np.array([[a, b, a, -b]]), "quat_w_opengl": np.array([[-b, a, -b, -a]])}
    with pytest.raises(BadValue, match=r"quaternion_order is None, but it must be wxyz .* or xyzw"):
        read_in_order(Path("a"), [quats], None)
    matrices = [read_in_order(Path("a"), [quats], order)[0][0] for order in ("wxyz", "xyzw")]
    assert np.abs(matrices[0] - matrices[1]).max() > 0.5
    for order, R in zip(("wxyz", "xyzw"), matrices, strict=True):
        third = {"quat_w_world": quat(R[0] @ TURNS["quat_w_world"], order)[None].astype(np.float64)}
        assert read_in_order(Path("a"), [{**quats, **third}], None)[1].startswith(order)
        turned = look_at(np.zeros(3), np.array([1, 2, -0.5]))[:3, :3]
        other = {name: quat(turned @ TURNS[name], order)[None].astype(np.float64) for name in quats}
        both = {name: np.concatenate([quats[name], other[name]]) for name in quats}
        assert read_in_order(Path("a"), [both], None)[1].startswith(order)
        found, said = read_in_order(Path("a"), [quats, other], None)
        assert said.startswith(order)
        np.testing.assert_allclose(found[0], R, atol=1e-6)


def test_one_convention_alone_needs_the_order(tmp_path: Path) -> None:
    fields = camera_data(order="xyzw")
    del fields["quat_w_opengl"], fields["quat_w_world"]
    path = write_h5(tmp_path / "a.h5", fields)
    with pytest.raises(BadValue, match="since quat_w_ros do not tell which here"):
        imported(path, tmp_path / "out")
    sequence = imported(path, tmp_path / "out", quaternion_order="xyzw")
    check(sequence)
    assert sequence.made_by["quaternions"] == "xyzw, as was asked"


def test_an_order_that_is_wrong_is_refused(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "a.h5", camera_data(order="wxyz"))
    with pytest.raises(BadValue, match="quaternion_order is 'xyzw', but it must be wxyz, in which alone"):
        imported(path, tmp_path / "out", quaternion_order="xyzw")
    check(imported(path, tmp_path / "out", quaternion_order="wxyz"))
    with pytest.raises(UnknownName, match="quaternion_order 'wzyx'"):
        ImportOptions(quaternion_order="wzyx")


def squeezed(value: np.ndarray) -> np.ndarray:
    return value[..., 0] if value.shape[-1] == 1 else value


@pytest.mark.parametrize(
    "layout",
    [
        lambda fields: fields,
        lambda fields: {**fields, "output": None, **fields["output"]},
        lambda fields: {"camera": {"front": fields}},
        lambda fields: {"data": {"demo_0": {"obs": flat(fields, "front_", "_")}}},
        lambda fields: flat(fields, "front.data.", "."),
        lambda fields: {key: value[:, None] for key, value in flat(fields).items()},
        lambda fields: {key: squeezed(value) for key, value in flat(fields).items()},
        lambda fields: {**fields, "intrinsic_matrices": fields["intrinsic_matrices"][0]},
        lambda fields: {**fields, "intrinsic_matrices": fields["intrinsic_matrices"][:1]},
        lambda fields: {**fields, "pos_w": fields["pos_w"][:, None]},
        lambda fields: {**fields, "noise": np.zeros(3), "actions": np.zeros((4, 7)), "info": np.zeros(4)},
    ],
    ids=["output/", "flat", "folders", "robomimic", "dots", "cameras", "no channel", "one K", "first K",
         "mixed", "more"],
)  # fmt: skip
def test_layouts(tmp_path: Path, layout: Callable[[Fields], Fields]) -> None:
    check(imported(write_h5(tmp_path / "a.h5", layout(camera_data())), tmp_path / "out"))


def test_a_file_of_one_frame_without_an_axis_for_it(tmp_path: Path) -> None:
    fields = {name: value[0] for name, value in flat(camera_data()).items()}
    check(imported(write_h5(tmp_path / "a.h5", fields), tmp_path / "out"), VIEWS[:1])


def test_frames_of_flat_names(tmp_path: Path) -> None:
    check(imported(write_frames(tmp_path / "a", camera_data(), between="."), tmp_path / "out"))


def several() -> tuple[Fields, list[list[View]]]:
    """Three cameras of one CameraData, each with views of its own: (frames, cameras, ...)."""
    views = [make_views(12)[start : start + 4] for start in (0, 4, 8)]
    each = [flat(camera_data(one)) for one in views]
    return {name: np.stack([fields[name] for fields in each], axis=1) for name in each[0]}, views


@pytest.mark.parametrize("layout", ["h5", "npz", "frames"])
def test_several_cameras_of_one_data(tmp_path: Path, layout: str) -> None:
    fields, views = several()
    if layout == "frames":
        path = write_frames(tmp_path / "a", fields)
    elif layout == "h5":
        path = write_h5(tmp_path / "a.h5", fields, compression="gzip")
    else:
        path = tmp_path / "a.npz"
        np.savez(path, **fields)
    sequences = import_dataset(path, tmp_path / "out")
    assert [sequence.root.name for sequence in sequences] == ["camera_0", "camera_1", "camera_2"]
    for sequence, seen in zip(sequences, views, strict=True):
        check(sequence, seen)


def test_cameras_of_several_groups(tmp_path: Path) -> None:
    other = make_views(7)[3:]
    demos = {
        "demo_0": {"obs": {"table": camera_data(), "wrist": camera_data(other)}},
        "demo_1": {
            "obs": {"table": camera_data(other[:2])},
            "states": {"robot": {"root_pos_w": np.zeros((2, 3))}},
        },
    }
    sequences = import_dataset(write_h5(tmp_path / "a.hdf5", {"data": demos}), tmp_path / "out")
    assert [sequence.root.name for sequence in sequences] == [
        "demo_0_obs_table",
        "demo_0_obs_wrist",
        "demo_1_obs_table",
    ]
    for sequence, seen in zip(sequences, (VIEWS, other, other[:2]), strict=True):
        check(sequence, seen)


def test_a_folder_of_recordings_is_not_taken_for_one_of_frames(tmp_path: Path) -> None:
    for index in range(2):
        write_h5(tmp_path / "a" / f"demo_{index}.h5", camera_data())
    with pytest.raises(
        BadFile, match=r"demo_0.h5: has 4 cameras in 'pos_w', and there are 2 files. If those are"
    ):
        imported(tmp_path / "a", tmp_path / "out")
    check(imported(tmp_path / "a" / "demo_1.h5", tmp_path / "out"))


def test_names() -> None:
    found = cameras_in(
        ["a/pos_w", "a/output/rgba", "a/output/rgb", "a/depth", "b_depth", "pos_w", "a/pos_w/x", "_" * 600]
    )
    assert found == {
        "": {"pos_w": "pos_w"},
        "a": {"pos_w": "a/pos_w", "rgb": "a/output/rgb", "depth": "a/depth"},
    }
    assert short_names(["data/x/a", "data/x/b"]) == {"data/x/a": "a", "data/x/b": "b"}
    assert short_names(["data/x/a"]) == {"data/x/a": ""}
    assert list(cameras_in(["/a/pos_w", "//b//pos_w", "/pos_w"])) == ["", "a", "b"]
    assert short_names(["", "a"]) == {"": "camera", "a": "a"}


def test_range_is_made_depth(tmp_path: Path) -> None:
    fields = camera_data()
    del fields["output"]["distance_to_image_plane"]
    sequence = imported(write_h5(tmp_path / "a.h5", fields), tmp_path / "out")
    check(sequence)
    assert sequence.made_by["depth"] == "output/distance_to_camera, made depth along z"


def test_depth_that_is_nothing_and_in_other_units(tmp_path: Path) -> None:
    fields = camera_data()
    depth = fields["output"]["distance_to_image_plane"]
    depth[0, 0, :4, 0] = np.nan, -1, -np.inf, 1e38
    depth_m = imported(write_h5(tmp_path / "a.h5", fields), tmp_path / "out", depth_unit_m=10.0)[0].depth_m
    np.testing.assert_array_equal(depth_m[0, :4], 0)
    np.testing.assert_allclose(depth_m[1:], VIEWS[0].units[1:] / 100, rtol=1e-6)
    fields["output"]["distance_to_image_plane"] = (np.nan_to_num(depth, posinf=0).clip(0, 9) * 1000).astype(
        np.uint16
    )
    path = write_h5(tmp_path / "b.h5", fields)
    with pytest.raises(BadFile, match=r"distance_to_image_plane' as uint16. Say the metres of one unit"):
        imported(path, tmp_path / "a")
    np.testing.assert_allclose(
        imported(path, tmp_path / "b", depth_unit_m=0.001)[0].depth_m[1:],
        VIEWS[0].units[1:] / 1000,
        atol=0.00101,
    )


def test_a_camera_that_zooms(tmp_path: Path) -> None:
    fields = camera_data()
    fields["intrinsic_matrices"][:, [0, 1], [0, 1]] = np.array([[10, 11, 10, 11]]).T
    sequence = imported(write_h5(tmp_path / "a.h5", fields), tmp_path / "out")
    assert [camera.fx for camera in sequence.intrinsics] == [10, 11, 10, 11]


def test_intrinsics_may_be_said(tmp_path: Path) -> None:
    fields = camera_data()
    del fields["intrinsic_matrices"]
    path = write_h5(tmp_path / "a.h5", fields)
    with pytest.raises(BadValue, match="given, since there are no intrinsic_matrices"):
        imported(path, tmp_path / "out")
    check(imported(path, tmp_path / "out", intrinsics=tuple(CAMERA.matrix.ravel())))


@pytest.mark.parametrize("layout", ["h5", "frames", "list", "colors"])
def test_ids_with_their_names(tmp_path: Path, layout: str) -> None:
    fields: Fields = {**camera_data(), "info": INFO}
    codes = fields["output"]["semantic_segmentation"][..., 0]
    if layout == "h5":
        path = write_h5(tmp_path / "a.h5", {**fields, "info": np.bytes_(json.dumps(INFO))})
    elif layout == "list":
        path = write_frames(tmp_path / "a", {**fields, "info": [INFO]})
    elif layout == "frames":
        path = write_frames(tmp_path / "a", fields)
    else:
        colors = np.array([[0, 0, 0, 0], [0, 0, 0, 255], [35, 198, 233, 255], [9, 8, 7, 255]], np.uint8)
        labels = {str(tuple(colors[int(code)].tolist())): label for code, label in LABELS.items()}
        fields["info"] = {**INFO, "semantic_segmentation": {"idToLabels": labels}}
        fields["output"]["semantic_segmentation"] = colors[codes]
        path = write_frames(tmp_path / "a", fields)
    sequence = imported(path, tmp_path / "out")
    assert sequence.classes == {1: "cone", 2: "cube"}
    assert {number: thing.name for number, thing in sequence.objects.items()} == {
        1: PRIMS["2"],
        2: PRIMS["3"],
    }
    for frame in sequence:
        shown = codes[frame.index]
        np.testing.assert_array_equal(frame.semantic, 2 * (shown == 2) + (shown == 3))
        np.testing.assert_array_equal(frame.instance, np.maximum(shown - 1, 0))


def test_reading_a_frame_reads_that_frame_alone(tmp_path: Path) -> None:
    root = write_frames(tmp_path / "a", camera_data())
    (recording,) = open_recordings(root, ImportOptions())
    for index in range(3):
        (root / f"frame_{index:04d}.npz").unlink()
    np.testing.assert_array_equal(recording.read(3).rgb, VIEWS[3].rgb)
    with pytest.raises(BadFile, match=r"frame_0002.npz: is not there"):
        recording.read(2)


def test_a_frame_of_a_large_file_takes_the_memory_of_a_frame(tmp_path: Path) -> None:
    """Zeros, packed: 4000 frames of 100 kB in a small file."""
    count, shape = 4000, (160, 160)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, value in flat(camera_data(VIEWS[:1])).items():
            if "output" not in name:
                file[name] = np.repeat(value, count, axis=0)
        for name, dtype, channels in (("rgb", "u1", 3), ("depth", "f4", 1)):
            full = (count, *shape, channels)
            file.create_dataset(
                name, full, dtype, chunks=(1, *full[1:]), compression="gzip", compression_opts=1
            )
    (recording,) = open_recordings(tmp_path / "a.h5", ImportOptions())
    assert len(recording) == count
    import tracemalloc

    tracemalloc.start()
    for index in range(0, count, 500):
        assert recording.read(index).rgb.shape == (*shape, 3)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * 2**20


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (("pos_w",), "no pos_w in a.h5"),
        (tuple(TURNS), "no quat_w_ros, quat_w_opengl or quat_w_world in a.h5"),
        (("output/rgb",), "no rgb in a.h5"),
        (
            ("output/distance_to_image_plane", "output/distance_to_camera"),
            "no distance_to_image_plane, depth or",
        ),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, gone: tuple[str, ...], words: str) -> None:
    path = write_h5(
        tmp_path / "a.h5", {name: value for name, value in flat(camera_data()).items() if name not in gone}
    )
    assert words in str(FORMATS["isaac_lab"].lacks(path))
    with pytest.raises(BadFile, match=r"isaac_lab \(no "):
        import_dataset(path, tmp_path / "out")
    with pytest.raises(BadFile, match=words):
        import_dataset(path, tmp_path / "out", format="isaac_lab")


def test_what_is_no_file_of_arrays(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.h5").write_bytes(b"no HDF5")
    (tmp_path / "a.npz").write_bytes(b"PK\3\4 no zip")
    (tmp_path / "a.txt").write_text("text")
    lacks = {
        name: FORMATS["isaac_lab"].lacks(tmp_path / name)
        for name in ("empty", "a.h5", "a.npz", "a.txt", "none")
    }
    none = "no .npz or .h5 file, nor a folder of numbered ones"
    assert lacks["empty"] == lacks["a.txt"] == lacks["none"] == none
    assert "is not a readable HDF5 file" in str(lacks["a.h5"]) and "is not a readable .npz" in str(
        lacks["a.npz"]
    )


def set_to(name: str, value: Any) -> Callable[[Fields], None]:
    return lambda fields: fields.__setitem__(name, value(fields[name]) if callable(value) else value)


def changed(name: str, place: Any, value: Any) -> Callable[[Fields], None]:
    return lambda fields: fields[name].__setitem__(place, value)


RGB, DEPTH = "output/rgb", "output/distance_to_image_plane"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed("pos_w", (1, 0), np.nan), r"has .*nan.* as pos_w of frame 1"),
        (changed("pos_w", (2, 0), 1e9), r"as pos_w of frame 2"),
        (changed("quat_w_ros", 1, 0), "which is not of length 1. Leave out frames from before"),
        (changed("quat_w_ros", 1, np.nan), "as quat_w_ros, which is not of length 1"),
        (changed("quat_w_ros", 1, (1, 0, 0, 0)), "that are one camera in neither order of quaternions"),
        (set_to("pos_w", lambda pos: pos[:, :2]), r"has 'pos_w' of shape \(4, 2\), where \(frames, 3\) or"),
        (set_to("pos_w", lambda pos: pos[:0]), r"has 'pos_w' of shape \(0, 3\)"),
        (set_to("pos_w", lambda pos: pos[0]), r"shape \(4, 4\), which does not fit a pos_w of shape \(3,\)"),
        (set_to("pos_w", lambda pos: pos[:, None, None]), r"has 'pos_w' of shape \(4, 1, 1, 3\), where"),
        (set_to("quat_w_ros", lambda q: q[:3]), r"'quat_w_ros' of shape \(3, 4\), which does not fit"),
        (set_to(RGB, lambda rgb: rgb[:3]), r"\(3, 12, 16, 3\), which does not fit a pos_w of shape \(4, 3\)"),
        (set_to(RGB, lambda rgb: rgb[..., :2]), r"shape \(4, 12, 16, 2\), which does not fit"),
        (set_to(RGB, lambda rgb: rgb / np.float32(255)), "'output/rgb' as float32. Save it as"),
        (set_to(RGB, lambda rgb: rgb.astype(np.uint16)), "as uint16. Save colours as uint8"),
        (set_to(RGB, lambda rgb: rgb[0, 0, 0]), r"of 0x0 pixels"),
        (set_to(DEPTH, lambda depth: depth[:, :6]), r"of shape \(6, 16, 1\), and colours of 16x12"),
        (set_to(DEPTH, lambda depth: depth > 0), "as bool. Save it as camera.data has it"),
        (changed("intrinsic_matrices", (0, 0, 0), 0), "has no camera in 'intrinsic_matrices'"),
        (changed("intrinsic_matrices", (0, 0, 1), 5), "has no camera in 'intrinsic_matrices'"),
        (changed("intrinsic_matrices", (0, 0, 2), np.nan), "has no camera in 'intrinsic_matrices'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, change: Callable[[Fields], None], words: str) -> None:
    fields = flat(camera_data())
    change(fields)
    with pytest.raises(BadFile, match=words) as told:
        import_dataset(write_h5(tmp_path / "a.h5", fields), tmp_path / "out", format="isaac_lab")
    assert str(told.value).startswith(str(tmp_path / "a.h5"))


def test_a_frame_that_lacks_an_array(tmp_path: Path) -> None:
    root = write_frames(tmp_path / "a", camera_data())
    with np.load(root / "frame_0002.npz") as frame:
        rest = {name: frame[name] for name in frame.files if name != "pos_w"}
    np.savez(root / "frame_0002.npz", **rest)
    with pytest.raises(BadFile, match=r"frame_0002.npz: has no 'pos_w', which other frames have"):
        imported(root, tmp_path / "out")


class Touches:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_pickle_in_an_npz_runs_no_code(tmp_path: Path) -> None:
    made = tmp_path / "made"
    root = write_frames(tmp_path / "a", {**camera_data(), "info": {"x": Touches(made)}})
    with pytest.raises(BadFile, match=r"frame_0000.npz: is a pickle that names '.*mkdir'"):
        imported(root, tmp_path / "out")
    root = write_frames(
        tmp_path / "b", {**camera_data(), "other_info": np.array({"x": Touches(made)})[None].repeat(4)}
    )
    check(imported(root, tmp_path / "out"))  # never looked at
    assert not made.exists()


def npy_header_of(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue()


def write_zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name[:-4]: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("pos_w", npy_header_of((10**12, 3)), "has 1000000000000 cameras in 'pos_w'"),
        (RGB, npy_header_of((10**6, 10**6, 3), "|u1"), "1000000x1000000 pixels"),
        (DEPTH, npy_header_of((HEIGHT, WIDTH, 1)), "0 bytes of 768"),
        (DEPTH, npy_header_of((HEIGHT, WIDTH, 10**12)), "does not fit"),
        (DEPTH, npy_header_of((HEIGHT, WIDTH, 1), "|V100000"), r"as \|V100000"),
        (DEPTH, b"\x93NUMPY\x01\x00v\x00{'descr': " + b"(" * 100 + b" " * 20, "broken array header"),
        (DEPTH, b"garbage", "is not a NumPy array file"),
        ("info", b"\x93NUMPY\x01\x00\x10\x00{'descr': '|O', garbage", "damaged pickle"),
    ],
)
def test_hostile_members(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    root = write_frames(tmp_path / "a", {**camera_data(), "info": INFO})
    first = root / "frame_0000.npz"
    write_zip(first, {**members_of(first), name: data})
    with pytest.raises(BadFile, match=words) as told:
        import_dataset(root, tmp_path / "out", format="isaac_lab")
    assert str(first) in str(told.value)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_files, "MAX_SLICE_BYTES", 2**20)
    monkeypatch.setattr(array_files, "MAX_VALUE_BYTES", 2**16)
    root = write_frames(tmp_path / "a", {**camera_data(), "info": INFO})
    first = root / "frame_0000.npz"
    members = members_of(first)
    write_zip(first, {**members, "info": members["info"] + bytes(2**18)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(BadFile, match=r"frame_0000.npz: has more than 0 MiB in 'info'"):
        imported(root, tmp_path / "out")
    rgb = npy_header_of((1000, 1000, 3), "|u1") + bytes(3 * 10**6)
    kept = {name: data for name, data in members.items() if "segmentation" not in name}
    write_zip(first, {**kept, RGB: rgb}, zipfile.ZIP_DEFLATED)
    with pytest.raises(
        BadFile, match=r"frame_0000.npz: has 3000000 bytes in 'output/rgb', more than is read"
    ):
        imported(root, tmp_path / "out")


def test_an_hdf5_file_leads_nowhere_else(tmp_path: Path) -> None:
    """Links, external files and virtual datasets of other files are as if they were not there."""
    fields = flat(camera_data())
    secret = write_h5(tmp_path / "secret.h5", {"pos_w": fields.pop("pos_w")})
    (tmp_path / "raw").write_bytes(np.zeros((4, 3), np.float32).tobytes())
    for kind in ("link", "soft", "external", "virtual", "huge", "text"):
        path = write_h5(tmp_path / f"{kind}.h5", fields)
        with h5py.File(path, "a") as file:
            if kind == "link":
                file["pos_w"] = h5py.ExternalLink(str(secret), "pos_w")
            elif kind == "soft":
                file["pos_w"] = h5py.SoftLink("/nowhere")
            elif kind == "external":
                file.create_dataset("pos_w", (4, 3), "f4", external=[(str(tmp_path / "raw"), 0, 48)])
            elif kind == "virtual":
                layout = h5py.VirtualLayout((4, 3), "f4")
                layout[:] = h5py.VirtualSource(str(secret), "pos_w", (4, 3))
                file.create_virtual_dataset("pos_w", layout)
            elif kind == "huge":
                file.create_dataset("pos_w", (10**9, 3), "f4", chunks=(10**8, 3), compression="gzip")
            else:
                file["pos_w"] = ["a", "b"]
        with pytest.raises(BadFile, match="has no pos_w"):
            import_dataset(path, tmp_path / "out", format="isaac_lab")


def test_an_hdf5_file_that_is_in_itself_ends(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "a.h5", camera_data())
    with h5py.File(path, "a") as file:
        file["again"] = file["/"]
    check(imported(path, tmp_path / "out"))


@pytest.mark.parametrize("layout", ["h5", "npz"])
def test_damage_ends_in_a_sentence(tmp_path: Path, layout: str) -> None:
    fields = camera_data(VIEWS[:2])
    path = tmp_path / f"a.{layout}"
    if layout == "h5":
        write_h5(path, fields)
    else:
        np.savez(path, **flat(fields))
    original, chance, ended = path.read_bytes(), random.Random(layout), set()
    for number in range(80):
        data = bytearray(original)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 8))] = chance.choice(
                (b"\xff" * 8, b"\0" * 8, b"\x7f", b"a/../b", b"")
            )
        path.write_bytes(data[: chance.randrange(len(data))] if chance.random() < 0.2 else data)
        try:
            import_dataset(path, tmp_path / f"out_{number}", format="isaac_lab")
            ended.add("recording")
        except SisgError as error:
            assert len(str(error)) < 1000
            ended.add("sentence")
    assert ended == {"recording", "sentence"}
    assert {at.name for at in tmp_path.iterdir() if not at.name.startswith("out_")} == {path.name}
