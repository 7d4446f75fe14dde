"""Published file layouts, read the way their own loaders read them."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from sisg_robotics.errors import BadValue

FRONT = [0.0, -1.0, 0.0]
"""Where an imported object faces in Blender's world."""
R_BLENDER = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]])


def published(make, model, preset: str, **overrides):
    small = {"num_views": 3, "resolution": 16, "samples": 1, "layout": "published"}
    return make.view_set(model, preset=preset, **{**small, **overrides})


def array(made, name: str) -> np.ndarray:
    return np.load(io.BytesIO(made.files[name]), allow_pickle=False)


def eye(view) -> np.ndarray:
    """The camera's place in Blender's world, from our metadata."""
    return R_BLENDER @ np.array(view["camera_to_world"])[:3, 3]


def test_objaverse_xl_has_world_to_camera_in_blender_s_axes(block, make) -> None:
    made = published(make, block, "objaverse_xl")
    assert list(made.files)[:4] == ["000.png", "000.npy", "001.png", "001.npy"]
    for index, view in enumerate(made.views):
        R, t = np.split(array(made, f"{index:03d}.npy"), [3], axis=1)
        assert np.allclose(-R.T @ t[:, 0], eye(view))
        assert np.allclose(R @ [0, 0, 0] + t[:, 0], [0, 0, -view["pose"]["radius"]])  # the origin is ahead
    assert made.views[0]["focal_length_px"] == pytest.approx(16 * 35 / 32)


def test_openlrm_has_camera_to_world_and_one_lens(block, make) -> None:
    made = published(make, block, "openlrm", modalities=["mask"])
    assert {"rgba/000.png", "rgba/000_mask.npy", "pose/000.npy", "intrinsics.npy"} <= set(made.files)
    assert list(made.files)[-1] == "metadata.json"
    pose = array(made, "pose/000.npy")
    assert pose.shape == (3, 4)
    assert np.allclose(
        pose[:, 3], np.multiply(made.views[0]["pose"]["radius"], FRONT)
    )  # the first is frontal
    assert np.allclose(pose[:, 2], FRONT) and np.allclose(pose[:, 1], [0, 0, 1])  # backward, up
    assert np.allclose(array(made, "intrinsics.npy"), [[12, 12], [8, 8], [16, 16]])


def test_lgm_has_camera_to_world_in_opencv_s_axes_as_text(block, make) -> None:
    made = published(make, block, "lgm")
    assert {"rgb/000.png", "pose/002.txt"} <= set(made.files)
    for index, view in enumerate(made.views):
        numbers = [float(n) for n in made.files[f"pose/{index:03d}.txt"].decode().strip().split(" ")]
        T = np.reshape(numbers, (4, 4))
        assert np.allclose(T[:3, 3], eye(view)) and np.linalg.norm(T[:3, 3]) == pytest.approx(1.5)
        assert np.allclose(T[:3, 2], -T[:3, 3] / 1.5)  # forward, to the origin
        assert T[2, 1] <= 0  # y is down


def test_g_objaverse_has_axes_and_place_and_normals_with_depth(build, make, tmp_path) -> None:
    OpenEXR = pytest.importorskip("OpenEXR")
    model = make.model_of(build.sphere((0, 0, 0), 1.0, 90))
    made = published(make, model, "g_objaverse", resolution=33, radius_range=(1.4, 1.4))
    stem = "campos_512_v4/00002/00002"
    camera = json.loads(made.files[f"{stem}.json"])
    origin, forward = np.array(camera["origin"]), np.array(camera["z"])
    assert np.allclose(origin, eye(made.views[2])) and np.allclose(forward, -origin / 1.4)
    assert camera["y"][2] < 0 and np.allclose(np.cross(camera["x"], camera["y"]), forward)

    path = tmp_path / "nd.exr"
    path.write_bytes(made.files[f"{stem}_nd.exr"])
    with OpenEXR.File(str(path), separate_channels=True) as file:
        r, g, b, depth = (file.channels()[name].pixels for name in "RGBA")
    assert depth[16, 16] == pytest.approx(0.9, abs=2e-3) and depth[0, 0] == 0
    normal = np.stack([-r, -b, g], axis=-1)  # Unity's axes to Blender's, as the authors' example does
    assert np.allclose(normal[16, 16], -forward, atol=0.02)
    assert np.all(np.abs(np.linalg.norm(normal[depth > 0], axis=-1) - 1) < 1e-5)


def test_one_lens_for_all_views_where_the_files_hold_one(block, make) -> None:
    with pytest.raises(BadValue, match="field of view"):
        published(make, block, "lgm", fov_range_deg=(40.0, 50.0))


@pytest.mark.parametrize("preset", ["gs_lrm", "instantmesh", "freesplatter"])
def test_a_preset_without_published_files_has_ours(block, make, preset: str) -> None:
    made = published(make, block, preset)
    assert list(made.files) == ["000.png", "001.png", "002.png", "metadata.json"]
