from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets import RgbdFrame, RgbdSequence, import_seven_scenes
from sisg_robotics.errors import BadFile, BadSequence, BadValue, MissingPath, RequestError
from sisg_robotics.geometry import Intrinsics, invert, look_at, rigid_error, transform

WIDTH, HEIGHT = 64, 48
POSES = np.stack(
    [
        look_at(np.array([0.0, 0.0, 0.0]), np.array([x, 0.2, 2.0]), up=(0.0, -1.0, 0.0))
        for x in (0.0, 0.1, 0.4)
    ]
)
"""As in a recording: the world is about that of the first camera, so up is -y."""


def millimetres(index: int) -> np.ndarray:
    depth = np.random.default_rng([1, index]).integers(500, 4000, (HEIGHT, WIDTH), dtype=np.uint16)
    depth[0, :5], depth[1, :5] = 0, 65535
    return depth


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_seven_scenes(tmp_path / "source")


def write_seven_scenes(folder: Path) -> Path:
    """Three frames in the 7-Scenes layout, numbered by fives, poses rounded to four digits."""
    folder.mkdir(parents=True)
    for index, T in enumerate(POSES):
        stem = folder / f"frame-{5 * index:06d}"
        colors = np.random.default_rng(index).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        Image.fromarray(colors).save(f"{stem}.color.jpg")
        Image.fromarray(millimetres(index)).save(f"{stem}.depth.png")
        np.savetxt(f"{stem}.pose.txt", T, fmt="%.4f")
    np.savetxt(folder / "camera-intrinsics.txt", [[60.0, 0, 31.0], [0, 61.0, 23.0], [0, 0, 1]])
    return folder


def contents(root: Path) -> dict[str, tuple[bytes, int]]:
    paths = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def test_depth_is_metres_and_no_return_is_0(source: Path, tmp_path: Path) -> None:
    sequence = import_seven_scenes(source, tmp_path / "out")
    assert len(sequence) == 3
    for index, frame in enumerate(sequence):
        expected = (millimetres(index) / 1000).astype(np.float32)
        expected[:2, :5] = 0
        np.testing.assert_array_equal(frame.depth_m, expected)


def test_poses_are_made_rigid_and_keep_their_places_among_each_other(source: Path, tmp_path: Path) -> None:
    T = import_seven_scenes(source, tmp_path / "out").T_world_cam
    assert rigid_error(T).max() < 1e-12
    np.testing.assert_allclose(invert(T[0]) @ T, invert(POSES[0]) @ POSES, atol=2e-4)


def test_z_is_up(source: Path, tmp_path: Path) -> None:
    sequence = import_seven_scenes(source, tmp_path / "out")
    up = -sequence.T_world_cam[:, :3, 1].mean(axis=0)
    np.testing.assert_allclose(up / np.linalg.norm(up), [0, 0, 1], atol=1e-9)  # noise has no surfaces
    assert sequence.T_world_cam[0, 0, 2] > 0.9  # the first camera looks along +x
    assert sequence.made_by["world"].startswith("z is up by the cameras' mean up")
    T_world_source = np.array(sequence.made_by["T_world_source"])
    np.testing.assert_allclose(T_world_source @ POSES, sequence.T_world_cam, atol=2e-4)


def test_the_file_of_intrinsics_is_believed(source: Path, tmp_path: Path) -> None:
    sequence = import_seven_scenes(source, tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(60.0, 61.0, 31.0, 23.0, WIDTH, HEIGHT)
    assert sequence.made_by["intrinsics"] == "camera-intrinsics.txt"


def test_without_that_file_the_published_default_is_taken_and_said(source: Path, tmp_path: Path) -> None:
    (source / "camera-intrinsics.txt").unlink()
    sequence = import_seven_scenes(source, tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(58.5, 58.5, 32.0, 24.0, WIDTH, HEIGHT)
    assert "the published default, focal length 58.5 at 64x48" in sequence.made_by["intrinsics"]


def test_registered_colour_files_are_copied_byte_for_byte(source: Path, tmp_path: Path) -> None:
    sequence = import_seven_scenes(source, tmp_path / "out", align_color=False)
    for index, path in enumerate(sequence.files["rgb"]):
        assert path.read_bytes() == (source / f"frame-{5 * index:06d}.color.jpg").read_bytes()
    assert sequence.made_by["color"] == "as recorded"


def test_larger_registered_colours_get_their_own_intrinsics(source: Path, tmp_path: Path) -> None:
    for path in source.glob("*.color.jpg"):
        Image.open(path).resize((128, 96)).save(path)
    frame = import_seven_scenes(source, tmp_path / "out", align_color=False)[0]
    assert frame.rgb.shape == (96, 128, 3)
    assert frame.intrinsics == Intrinsics(120.0, 122.0, 62.0, 46.0, 128, 96)
    assert frame.depth_intrinsics == Intrinsics(60.0, 61.0, 31.0, 23.0, WIDTH, HEIGHT)


def test_the_first_frames_may_be_enough(source: Path, tmp_path: Path) -> None:
    sequence = import_seven_scenes(source, tmp_path / "out", max_frames=2)
    assert sequence.made_by["frames"] == ["000000", "000005"] and len(sequence) == 2
    with pytest.raises(RequestError, match="holds another recording"):
        import_seven_scenes(source, tmp_path / "out")
    with pytest.raises(BadValue, match="max_frames is 0"):
        import_seven_scenes(source, tmp_path / "out", max_frames=0)


def test_a_second_run_writes_only_what_is_missing_and_the_source_is_unchanged(
    source: Path, tmp_path: Path
) -> None:
    original, out = contents(source), tmp_path / "out"
    import_seven_scenes(source, out)
    first = contents(out)
    (out / "depth" / "000001.npy").write_bytes(first["depth/000001.npy"][0][:100])
    (out / "rgb" / "000001.png").unlink()
    import_seven_scenes(source, out)
    again = contents(out)
    assert {name: data for name, (data, _) in again.items()} == {
        name: data for name, (data, _) in first.items()
    }
    assert sorted(name for name in again if again[name] != first[name]) == [
        "depth/000001.npy",
        "rgb/000001.png",
    ]
    assert contents(source) == original


def test_what_is_missing_is_named(source: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match=r"No recording at .*nowhere"):
        import_seven_scenes(tmp_path / "nowhere", tmp_path / "out")
    (source / "frame-000005.depth.png").unlink()
    with pytest.raises(BadSequence, match=r"1 frame has no depth file \(000005\)"):
        import_seven_scenes(source, tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadSequence, match=r"0 frames. It needs frame-NNNNNN.color.png"):
        import_seven_scenes(tmp_path / "empty", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 0 0 0 0 1 0 0 0 0 1 0 0 0 0", "is not a 4x4 matrix of finite numbers"),
        ("nan 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "is not a 4x4 matrix of finite numbers"),
        ("-1.#IND 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "is not a 4x4 matrix of numbers"),
        ("1.1 0 0 0 0 1.1 0 0 0 0 1.1 0 0 0 0 1", r"is not a rigid pose \(off by 0.21\)"),
    ],
)
def test_a_bad_pose_file_is_named(source: Path, tmp_path: Path, text: str, sentence: str) -> None:
    (source / "frame-000005.pose.txt").write_text(text)
    with pytest.raises(BadFile, match=rf"frame-000005.pose.txt: {sentence}"):
        import_seven_scenes(source, tmp_path / "out")


def test_bad_pictures_are_named(source: Path, tmp_path: Path) -> None:
    depth = source / "frame-000005.depth.png"
    Image.fromarray(millimetres(0)[:10]).save(depth)
    with pytest.raises(BadFile, match=r"frame-000005.depth.png: has shape \(10, 64\), but the first frame"):
        import_seven_scenes(source, tmp_path / "out")
    Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8)).save(depth)
    with pytest.raises(BadFile, match=r"frame-000005.depth.png: is an image of mode RGB. Accepted: I;16"):
        import_seven_scenes(source, tmp_path / "out")


@pytest.fixture(scope="module")
def office(kinect_room: Path, tmp_path_factory: pytest.TempPathFactory) -> RgbdSequence:
    return import_seven_scenes(kinect_room, tmp_path_factory.mktemp("office"), align_color=False)


def test_a_real_recording_keeps_its_depth(office: RgbdSequence, kinect_room: Path) -> None:
    assert len(office) == 60 and rigid_error(office.T_world_cam).max() < 1e-12
    recorded = np.asarray(Image.open(kinect_room / "frame-000000.depth.png"))
    expected = np.where(recorded == 65535, 0, recorded) / 1000
    np.testing.assert_array_equal(office[0].depth_m, expected.astype(np.float32))


def residuals(a: RgbdFrame, b: RgbdFrame) -> np.ndarray:
    """Depth that b measured, less that of a's points in b's view, where b sees them."""
    points = a.depth_intrinsics.points(a.depth_m)[a.depth_m > 0].astype(np.float64)
    in_b = transform(invert(b.T_world_cam) @ a.T_world_cam, points)
    uv = b.depth_intrinsics.project(in_b[in_b[:, 2] > 0])
    column, row = np.floor(uv).astype(int).T
    height, width = b.depth_m.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    measured = b.depth_m[row[inside], column[inside]]
    return (measured - in_b[in_b[:, 2] > 0][inside, 2])[measured > 0]


@pytest.mark.parametrize(("other", "apart_m"), [(5, 0.03), (20, 0.5)])
def test_two_frames_of_a_real_recording_see_the_same_surfaces(
    office: RgbdSequence, other: int, apart_m: float
) -> None:
    a, b = office[0], office[other]
    assert np.linalg.norm(a.T_world_cam[:3, 3] - b.T_world_cam[:3, 3]) > apart_m
    found = residuals(a, b)
    assert found.size > 100_000
    assert np.median(np.abs(found)) < 0.03


def test_with_inverted_poses_they_would_not(office: RgbdSequence) -> None:
    a, b = (replace(office[index], T_world_cam=invert(office.T_world_cam[index])) for index in (0, 20))
    assert np.median(np.abs(residuals(a, b))) > 0.2


def test_a_real_floor_is_level_and_at_0(office: RgbdSequence) -> None:
    assert office.made_by["world"].endswith("x and y along the walls, z = 0 on the floor")
    frame = office[0]
    points = transform(frame.T_world_cam, frame.depth_intrinsics.points(frame.depth_m)[frame.depth_m > 0])
    carpet = points[np.abs(points[:, 2]) < 0.1]
    normal = np.linalg.svd(carpet - carpet.mean(axis=0), full_matrices=False)[2][2]
    assert len(carpet) > 10_000
    assert np.degrees(np.arccos(abs(normal[2]))) < 2
    assert abs(np.median(carpet[:, 2])) < 0.03


def test_real_colours_fall_on_their_surfaces(kinect_room: Path, tmp_path: Path) -> None:
    recorded = import_seven_scenes(kinect_room, tmp_path / "a", max_frames=4, align_color=False)
    aligned = import_seven_scenes(kinect_room, tmp_path / "b", max_frames=4)

    def contrast_at_depth_edges(frame: RgbdFrame) -> float:
        change = np.hypot(*np.gradient(frame.rgb.mean(axis=-1)))
        edge = (np.abs(np.diff(frame.depth_m, axis=1, prepend=0)) > 0.1) & (frame.depth_m > 0)
        return float(change[:, 8:-8][edge[:, 8:-8]].mean() / change[:, 8:-8].mean())

    before = np.mean([contrast_at_depth_edges(frame) for frame in recorded])
    after = np.mean([contrast_at_depth_edges(frame) for frame in aligned])
    assert after > 1.8 * before
