from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isaac_files import CAMERA, FX, FY, PLANAR, RADIAL, camera_params, ray_length, write_basic
from made_up import HEIGHT, WIDTH, View, make_views
from PIL import Image

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.datasets.importers import isaac_pose_writer
from sisg_robotics.errors import BadFile
from sisg_robotics.geometry import Intrinsics

VIEWS = make_views()


def record(view: View) -> dict[str, Any]:
    """As PoseWriter writes it, with one box in front of the camera; matrices have 5 digits."""
    params = camera_params(view)
    V = np.array(params["cameraViewTransform"]).reshape(4, 4)
    P = np.array(params["cameraProjection"]).reshape(4, 4)
    corners = np.array([[0, 0, -2], [0.3, 0.2, -2], [-0.3, 0.4, -3], [0.1, -0.4, -1.5]])
    clip = np.c_[corners, np.ones(4)] @ P
    ndc = clip[:, :2] / clip[:, 3:]
    pixels = np.rint(np.c_[(1 + ndc[:, 0]) * WIDTH / 2, (1 - ndc[:, 1]) * HEIGHT / 2])
    return {
        "camera_data": {
            "aperture": [20.955, 15.2908],
            "focal_length": 24.0,
            "resolution": [WIDTH, HEIGHT],
            "meters_per_scene_unit": 1.0,
            "intrinsics": {"fx": FX, "fy": FY, "cx": WIDTH / 2, "cy": HEIGHT / 2},
            "camera_view_matrix": np.round(V, 5).tolist(),
            "camera_projection_matrix": np.round(P, 5).tolist(),
        },
        "keypoint_order": ["Center", "LDB", "LDF", "LUB"],
        "objects": [
            {
                "label": "cube",
                "prim_path": "/World/Cube",
                "cuboid_keypoints_camera_frame": corners.tolist(),
                "cuboid_keypoints_projected": pixels.astype(int).tolist(),
            }
        ],
    }


def write_poses(
    root: Path,
    views: list[View] = VIEWS,
    *,
    suffix: str = ".png",
    change: Callable[[dict], object] = lambda record: None,
) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for index, view in enumerate(views):
        alpha = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
        picture = Image.fromarray(np.concatenate([view.rgb, alpha], axis=-1))
        (picture if suffix == ".png" else picture.convert("RGB")).save(root / f"{index:06d}{suffix}")
        document = record(view)
        change(document)
        (root / f"{index:06d}.json").write_text(json.dumps(document, indent=2))
    return root


def write_depth(root: Path, views: list[View] = VIEWS, kind: str = PLANAR) -> Path:
    """What a BasicWriter with the same output folder adds."""
    root.mkdir(parents=True, exist_ok=True)
    for index, view in enumerate(views):
        planar = np.where(view.units > 0, view.units / 1000, np.inf)
        depth = planar if kind == PLANAR else planar * ray_length()
        np.save(root / f"{kind}_{index:04d}.npy", depth.astype(np.float32))
    return root


def write_pose_writer(root: Path) -> Path:
    """For the tests of all formats: with depth."""
    return write_depth(write_poses(root))


def imported(root: Path, out: Path, **options: Any) -> RgbdSequence:
    (sequence,) = import_dataset(root, out, options=ImportOptions(**options))
    return sequence


def check(sequence: RgbdSequence, views: list[View], rtol: float = 0) -> None:
    assert sequence.made_by["importer"] == "isaac_pose_writer" and len(sequence) == len(views)
    assert set(sequence.intrinsics) == {CAMERA}
    for frame, view in zip(sequence, views, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_allclose(frame.depth_m, (view.units / 1000).astype(np.float32), rtol=rtol)
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=3e-5)


@pytest.mark.parametrize("kind", [PLANAR, RADIAL])
def test_with_the_depth_of_a_basic_writer_beside_it(tmp_path: Path, kind: str) -> None:
    root = write_depth(write_poses(tmp_path / "in"), kind=kind)
    (root / "000000_overlay.png").write_bytes(b"for people")
    sequence = imported(root, tmp_path / "out")
    check(sequence, VIEWS, rtol=0 if kind == PLANAR else 2e-7)
    assert sequence.made_by["frames"] == ["000000", "000001", "000002", "000003"]
    assert sequence.made_by["depth"] == kind
    copied = sequence.files["rgb"][1].read_bytes()
    assert copied == (root / "000001.png").read_bytes()


def test_without_depth_nothing_is_seen_and_that_is_said(tmp_path: Path) -> None:
    sequence = imported(write_poses(tmp_path / "in"), tmp_path / "out")
    assert "none: PoseWriter writes none" in sequence.made_by["depth"]
    empty = [View(view.rgb, np.zeros_like(view.units), view.T_world_cam) for view in VIEWS]
    check(sequence, empty)


@pytest.mark.parametrize("own", [True, False])
def test_each_render_product_has_a_folder(tmp_path: Path, own: bool) -> None:
    """The depth of several lies in folders of its own, or of one writer for each."""
    views = make_views(5)
    for name, seen in (("Replicator", views[:3]), ("Replicator_01", views[3:])):
        write_poses(tmp_path / "in" / name, seen)
        write_depth(tmp_path / "in" / name / ("" if own else PLANAR), seen)
    first, second = import_dataset(tmp_path / "in", tmp_path / "out")
    assert (first.root.name, second.root.name) == ("Replicator", "Replicator_01")
    check(first, views[:3])
    check(second, views[3:])


def test_one_folder_and_flat_depth(tmp_path: Path) -> None:
    write_poses(tmp_path / "in" / "Replicator")
    check(imported(write_depth(tmp_path / "in"), tmp_path / "out"), VIEWS)


def test_frames_are_paired_by_number_and_others_are_counted(tmp_path: Path) -> None:
    write_poses(tmp_path / "in" / "Replicator")
    write_depth(tmp_path / "in" / "Replicator", make_views(6))
    (tmp_path / "in" / "Replicator" / "000001.json").unlink()
    sequence = imported(tmp_path / "in", tmp_path / "out")
    check(sequence, [VIEWS[place] for place in (0, 2, 3)])
    assert sequence.made_by["left_out"]["frames without a record, colour or depth"] == 3


def test_flat_numbers_say_no_pairs_where_frames_were_skipped(tmp_path: Path) -> None:
    root = write_depth(write_poses(tmp_path / "in"), make_views(5))
    with pytest.raises(
        BadFile, match=r"has 4 records and 5 of distance_to_image_plane, .* skip_empty_frames"
    ):
        imported(root, tmp_path / "out")


def test_a_folder_with_both_writers_is_the_basic_writers(tmp_path: Path) -> None:
    root = write_basic(write_poses(tmp_path / "in"))
    assert imported(root, tmp_path / "out").made_by["importer"] == "isaac_basic_writer"


def test_the_camera_by_its_projection_and_more_digits_where_they_agree(tmp_path: Path) -> None:
    """cx and cy of the record add the aperture's offset in millimetres to pixels: not taken."""

    def change(document: dict) -> None:
        document["camera_data"]["intrinsics"] = {"fx": FX + 1e-5, "fy": FY - 1e-5, "cx": 9.0, "cy": 7.0}

    sequence = imported(write_poses(tmp_path / "in", change=change), tmp_path / "out")
    assert sequence.intrinsics[0] == Intrinsics(FX + 1e-5, FY - 1e-5, 8.0, 6.0, WIDTH, HEIGHT)

    def other(document: dict) -> None:
        document["camera_data"]["intrinsics"] = {"fx": 30.0, "fy": 30.0, "cx": 8.0, "cy": 6.0}

    camera = imported(write_poses(tmp_path / "other", change=other), tmp_path / "o").intrinsics[0]
    np.testing.assert_allclose((camera.fx, camera.fy), (FX, FY), atol=5e-5)  # P has 5 digits


def test_another_camera_is_told_by_the_corners_and_asked_for(tmp_path: Path) -> None:
    """The corners are seen by an OpenCV camera, whose focal length, twice that of P, no record says."""

    def change(document: dict) -> None:
        seen = document["objects"][0]["cuboid_keypoints_projected"]
        document["objects"][0]["cuboid_keypoints_projected"] = [[2 * u - 8, 2 * v - 6] for u, v in seen]

    root = write_poses(tmp_path / "in", change=change)
    with pytest.raises(BadFile, match=r"000000.json: has corners of boxes \d px from .* cam_calib_mat"):
        imported(root, tmp_path / "out")
    K = (40.0, 0.0, 8.0, 0.0, 40.0, 6.0, 0.0, 0.0, 1.0)
    assert imported(root, tmp_path / "out", intrinsics=K).intrinsics[0].fx == 40.0


@pytest.mark.parametrize("form", ["dope", "centerpose"])
def test_the_short_forms_ask_for_the_unit(tmp_path: Path, form: str) -> None:
    def change(document: dict) -> None:
        data, thing = document["camera_data"], document["objects"][0]
        for key in ("aperture", "focal_length", "resolution", "meters_per_scene_unit"):
            del data[key]
        points, pixels = thing.pop("cuboid_keypoints_camera_frame"), thing.pop("cuboid_keypoints_projected")
        thing["projected_cuboid"] = pixels
        if form == "centerpose":
            data |= {"width": WIDTH, "height": HEIGHT}
            thing["keypoints_3d"] = points

    root = write_depth(write_poses(tmp_path / "in", change=change))
    with pytest.raises(BadFile, match=r"000000.json: does not say 'meters_per_scene_unit', .* depth_unit_m"):
        imported(root, tmp_path / "out")
    check(imported(root, tmp_path / "out", depth_unit_m=1.0), VIEWS)


def test_jpeg_by_its_long_name(tmp_path: Path) -> None:
    root = write_poses(tmp_path / "in", suffix=".jpeg")
    assert imported(root, tmp_path / "out").files["rgb"][0].suffix == ".png"


@pytest.mark.parametrize(
    ("texts", "missed"),
    [
        ({"notes.txt": ""}, "no 000000.json beside 000000.png, here or in <render product>/"),
        ({"000000.json": "{}"}, "no 000000.json beside 000000.png, here or in <render product>/"),
        ({"0.json": "{}", "0.png": ""}, "no camera_data with a camera_view_matrix in 0.json"),
        ({"a/0.json": "[" * 10**5, "a/0.png": ""}, "no camera_data with a camera_view_matrix in 0.json"),
        ({"a/0.json": '{"camera_data": {"camera_view_matrix": 1}}', "a/0.jpg": ""}, None),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, texts: dict[str, str], missed: str | None) -> None:
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert isaac_pose_writer.lacks(tmp_path) == missed
    with pytest.raises(BadFile, match=r"has no 000000\.json|has no camera_data|is JSON nested|does not"):
        import_dataset(tmp_path, tmp_path / "out", format="isaac_pose_writer")


def set_in(key: str, value: Any) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        document = record(VIEWS[1])
        document["camera_data"][key] = value
        (root / "000001.json").write_text(json.dumps(document))

    return change


def moved(name: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        shutil.move(root / name, root.parent / "elsewhere")
        (root / name).symlink_to(root.parent / "elsewhere")

    return change


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (set_in("camera_view_matrix", [[1, 2], [3, 4]]), "000001.json: has no 16 numbers 'camera_view_ma"),
        (set_in("camera_view_matrix", [[float("inf")] * 4] * 4), "000001.json: is not readable JSON"),
        (
            set_in("camera_view_matrix", [[1e300] * 4] * 4),
            "000001.json: has '1e.300' in 'camera_view_matrix'",
        ),
        (set_in("camera_view_matrix", [[2.0] * 4] * 4), "000001.json: camera_view_matrix does not end in"),
        (
            set_in("camera_projection_matrix", "no"),
            "000001.json: has no 16 numbers 'camera_projection_matrix",
        ),
        (set_in("resolution", [1e9, 1e9]), "000001.json: has '1000000000.0' in 'resolution'"),
        (set_in("resolution", [12, 16]), r"000001.json: has corners of boxes \d px from where"),
        (set_in("intrinsics", {"fx": "long"}), "000001.json: has 'long' as 'fx'"),
        (set_in("meters_per_scene_unit", -1), "000001.json: has -1 as 'meters_per_scene_unit'"),
        (set_in("meters_per_scene_unit", 0.01), "in: has 2 stage units. Record them together"),
        (lambda root: (root / "000001.json").write_text("[" * 100_000), "000001.json: is JSON nested too de"),
        (lambda root: (root / "000001.json").write_text("{"), "000001.json: is not readable JSON"),
        (lambda root: (root / "000001.json").write_text("{}"), "000001.json: has no camera_data with a cam"),
        (lambda root: (root / "000001.png").write_bytes(b"\x89PNG"), "000001.png: is not a readable image"),
        (lambda root: (root / f"{PLANAR}_0001.npy").write_bytes(b"\x80"), "0001.npy: is a Python pickle"),
        (moved("000001.json"), "'000001.json', outside"),
        (moved("000001.png"), "'000001.png', outside"),
        (moved(f"{PLANAR}_0001.npy"), "'distance_to_image_plane_0001.npy', outside"),
        (lambda root: [path.unlink() for path in root.glob("*1.png")] and None, None),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, break_it: Callable, sentence: str | None) -> None:
    root = write_pose_writer(tmp_path / "in")
    break_it(root)
    if sentence is None:
        check(imported(root, tmp_path / "out"), [VIEWS[place] for place in (0, 2, 3)])
        return
    with pytest.raises(BadFile, match=sentence) as told:
        imported(root, tmp_path / "out")
    assert str(root) in str(told.value)


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    write_poses(tmp_path / "secret")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "eye").symlink_to(tmp_path / "secret")
    with pytest.raises(BadFile, match=r"the file 'eye/00000\d\.\w+', outside .*in\. Copy"):
        import_dataset(tmp_path / "in", tmp_path / "out")


@pytest.mark.parametrize("objects", [3, [3], [{}], [{"keypoints_3d": [[1]], "projected_cuboid": "no"}]])
def test_objects_that_are_no_boxes_are_passed_over(tmp_path: Path, objects: Any) -> None:
    def change(document: dict) -> None:
        document["objects"] = objects

    assert len(imported(write_poses(tmp_path / "in", change=change), tmp_path / "out")) == 4


def test_a_camera_that_is_all_0_is_left_out(tmp_path: Path) -> None:
    root = write_pose_writer(tmp_path / "in")
    set_in("camera_view_matrix", [[0.0] * 4] * 4)(root)
    sequence = imported(root, tmp_path / "out")
    check(sequence, [VIEWS[place] for place in (0, 2, 3)])
    assert sequence.made_by["left_out"]["frames whose camera is all 0"] == 1
