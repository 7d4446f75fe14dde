"""NVIDIA's own files: signs, axes and pixel centres are Isaac Sim's, not those of our reading of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.datasets.importers.isaac_labels import read_labels
from sisg_robotics.geometry import invert, pose, transform

GOLDENS = Path(__file__).resolve().parents[4] / "shared" / "data" / "isaac_goldens"
SIZE = 4
FOCAL_PX = SIZE * 50 / 20.955
"""Of the point clouds: the golden camera has a focal length of 50 and an aperture of 20.955."""


@pytest.fixture
def goldens() -> Path:
    if not GOLDENS.is_dir():
        pytest.skip(f"no files of NVIDIA's at {GOLDENS}")
    return GOLDENS


def one(source: Path, out: Path, **options: object) -> RgbdSequence:
    (sequence,) = import_dataset(source, out, options=ImportOptions(**options))
    return sequence


@pytest.fixture
def pose_writer(goldens: Path, tmp_path: Path) -> tuple[dict, RgbdSequence]:
    """PoseWriter's record of three cubes, and what it is imported as; the picture was not published."""
    (tmp_path / "in").mkdir()
    shutil.copy(goldens / "pose_writer_pinhole_rp1.json", tmp_path / "in" / "000000.json")
    Image.fromarray(np.zeros((512, 512, 4), np.uint8)).save(tmp_path / "in" / "000000.png")
    record = json.loads((tmp_path / "in" / "000000.json").read_text())
    return record, one(tmp_path / "in", tmp_path / "out")


def test_the_camera_looks_down_from_ten_metres(pose_writer: tuple[dict, RgbdSequence]) -> None:
    _, sequence = pose_writer
    expected = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, -1, 10], [0, 0, 0, 1]]
    np.testing.assert_allclose(sequence.T_world_cam[0], expected, atol=1e-12)
    camera = sequence.intrinsics[0]
    np.testing.assert_allclose((camera.fx, camera.fy), 24 * 512 / 20.955, rtol=1e-7)
    assert (camera.cx, camera.cy, camera.width, camera.height) == (256, 256, 512, 512)


def test_corners_of_cubes_are_where_isaac_sim_has_them(pose_writer: tuple[dict, RgbdSequence]) -> None:
    """In the camera to the digits of the record, in the picture to the whole pixels it gives."""
    record, sequence = pose_writer
    T_cam_world = invert(sequence.T_world_cam[0])
    assert len(record["objects"]) == 3
    for cube in record["objects"]:
        points_cam = transform(T_cam_world, np.array(cube["cuboid_keypoints_world_frame"]))
        in_usd = points_cam * [1, -1, -1]
        np.testing.assert_allclose(in_usd, cube["cuboid_keypoints_camera_frame"], atol=2e-6)
        uv = sequence.intrinsics[0].project(points_cam)
        assert np.abs(uv - cube["cuboid_keypoints_projected"]).max() <= 0.501


def clouds(goldens: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of a 4x4 picture in the camera (OpenCV axes) and in the world, and the pose between (Kabsch)."""
    in_cam, in_world = (
        np.load(goldens / f"pointcloud_data_{frame}_frame_res_4_4.npy", allow_pickle=False).astype(np.float64)
        for frame in ("camera", "world")
    )
    a, b = in_cam - in_cam.mean(axis=0), in_world - in_world.mean(axis=0)
    U, _, Vt = np.linalg.svd(b.T @ a)
    R = U @ np.diag([1, 1, np.linalg.det(U @ Vt)]) @ Vt
    return in_cam, in_world, pose(R, in_world.mean(axis=0) - R @ in_cam.mean(axis=0))


@pytest.mark.parametrize("kind", ["distance_to_image_plane", "distance_to_camera"])
@pytest.mark.parametrize("unit_m", [1.0, 0.01])
def test_points_are_where_isaac_sim_has_them(goldens: Path, tmp_path: Path, kind: str, unit_m: float) -> None:
    """Its own point cloud, written as BasicWriter writes depth of either kind, comes back as that cloud."""
    in_cam, in_world, T_world_cam = clouds(goldens)
    T_usd_world = invert(T_world_cam * [1, -1, -1, 1])
    T_usd_world[:3, 3] /= unit_m
    params = {
        "cameraModel": "pinhole",
        "cameraProjection": [FOCAL_PX / 2, 0, 0, 0, 0, FOCAL_PX / 2, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0],
        "cameraViewTransform": T_usd_world.T.ravel().tolist(),
        "metersPerSceneUnit": float(np.float32(unit_m)),
        "renderProductResolution": [SIZE, SIZE],
    }
    depth = in_cam[:, 2] if kind == "distance_to_image_plane" else np.linalg.norm(in_cam, axis=1)
    root = tmp_path / "in"
    root.mkdir()
    (root / "camera_params_0000.json").write_text(json.dumps(params))
    np.save(root / f"{kind}_0000.npy", (depth / unit_m).astype(np.float32).reshape(SIZE, SIZE))
    Image.fromarray(np.zeros((SIZE, SIZE, 4), np.uint8)).save(root / "rgb_0000.png")
    frame = one(root, tmp_path / "out")[0]
    points = frame.intrinsics.points(frame.depth_m).reshape(-1, 3)
    np.testing.assert_allclose(points, in_cam, atol=5e-6)
    np.testing.assert_allclose(transform(frame.T_world_cam, points), in_world, atol=5e-6)


def test_a_label_table_is_read(goldens: Path) -> None:
    labels = read_labels(goldens / "semantic_segmentation_labels_0000.json")
    packed = {
        name: r + (g << 8) + (b << 16) + (255 << 24)
        for name, (r, g, b) in {
            "": (0, 0, 0),
            "banana": (35, 198, 233),
            "crate": (93, 220, 11),
            "large_marker": (243, 69, 141),
        }.items()
    }
    assert labels == {0: "", **{code: name for name, code in packed.items()}}
