from __future__ import annotations

import json
import os
import pickle
import shutil
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, View, make_views
from PIL import Image
from scipy.spatial.transform import Rotation

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.datasets.importers.formats import FORMATS, format_of
from sisg_robotics.datasets.importers.mobility_gen import open_recordings
from sisg_robotics.errors import BadFile, BadValue
from sisg_robotics.geometry import Distortion, Intrinsics, look_at

K = (12.0, 0.0, 8.0, 0.0, 12.0, 6.0, 0.0, 0.0, 1.0)
CAMERA = Intrinsics(12.0, 12.0, 8.0, 6.0, WIDTH, HEIGHT)
RAY_LENGTHS = np.linalg.norm(CAMERA.pixel_rays(), axis=-1)
VIEWS = make_views()
LEFT, RIGHT = "robot.front_camera.left", "robot.front_camera.right"
CLASSES = {0: "BACKGROUND", 1: "UNLABELLED", 2: "chair", 3: "Sofa"}
PRIMS = {1: "UNLABELLED", 5: "/World/scene/chair_0/mesh", 9: "/World/scene/sofa/mesh"}

Change = Callable[[int, dict], object]


def encoded(range_m: np.ndarray) -> np.ndarray:
    """As MobilityGen's writer does; infinity becomes 0."""
    with np.errstate(divide="ignore"):
        return (65535 * (1.0 / (1.0 + range_m))).astype(np.uint16)


def range_of(view: View) -> np.ndarray:
    depth_m = np.where(view.units == 0, np.inf, view.units / 1000)
    return (depth_m * RAY_LENGTHS).astype(np.float32)


def ids_of(view: View, ids: Mapping[int, str]) -> np.ndarray:
    return np.resize(np.array(list(ids)), view.units.shape) + 0 * view.units


def normals_of(view: View) -> np.ndarray:
    normals = np.random.default_rng(view.units.ravel()[5]).normal(size=(HEIGHT, WIDTH, 4)).astype(np.float32)
    normals[..., :3] /= np.linalg.norm(normals[..., :3], axis=-1, keepdims=True)
    normals[0, :2] = 0
    return normals


def state_of(cameras: Mapping[str, np.ndarray], step: int) -> dict[str, Any]:
    """The state of a robot at one step; `cameras` are T_world_cam, OpenCV axes."""
    state: dict[str, Any] = OrderedDict()
    state["robot.action"] = np.array([0.5, -0.1])
    state["robot.position"] = np.array([step, 0, 0], dtype=np.float32)
    state["robot.joint_positions"] = np.arange(4, dtype=np.float32)
    state["keyboard.buttons"] = np.array([True, False])
    state["target_path"] = None
    for name, T in cameras.items():
        x, y, z, w = Rotation.from_matrix(T[:3, :3] * [1, -1, -1]).as_quat()
        state[f"{name}.position"] = T[:3, 3]
        state[f"{name}.orientation"] = np.array([w, x, y, z])
        labels = {str(key): {"class": label} for key, label in CLASSES.items()}
        prims = {str(key): label for key, label in PRIMS.items()}
        info = {"_uniqueInstanceIDs": np.array([1, 1], np.uint8), "idToLabels": labels}
        state[f"{name}.segmentation_info"] = info
        state[f"{name}.instance_id_segmentation_info"] = {"idToLabels": prims}
    return state


def write_pictures(root: Path, name: str, step: int, view: View) -> None:
    pictures = {
        "rgb/{}.rgb_image": (view.rgb, "jpg"),
        "depth/{}.depth_image": (encoded(range_of(view)), "png"),
        "segmentation/{}.segmentation_image": (ids_of(view, CLASSES).astype(np.uint16), "png"),
        "segmentation/{}.instance_id_segmentation_image": (ids_of(view, PRIMS).astype(np.uint16), "png"),
        "normals/{}.normals_image": (normals_of(view), "npy"),
    }
    for folder, (picture, ending) in pictures.items():
        path = root / "state" / folder.format(name) / f"{step:08d}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if ending == "npy":
            np.save(path, picture)
        else:
            Image.fromarray(picture).save(path)


def write_mobility_gen(
    root: Path,
    views: list[View] = VIEWS,
    cameras: tuple[str, ...] = (LEFT,),
    *,
    npz: bool = False,
    change: Change = lambda step, state: None,
) -> Path:
    """The layout of a replay; the second camera stands 15 cm to the right of the first."""
    common = root / "state" / "common"
    common.mkdir(parents=True)
    for step, view in enumerate(views):
        poses = {}
        for number, name in enumerate(cameras):
            poses[name] = view.T_world_cam.copy()
            poses[name][:3, 3] += 0.15 * number * poses[name][:3, 0]
            write_pictures(root, name, step, view)
        state = state_of(poses, step)
        change(step, state)
        if npz:
            np.savez(common / f"{step:08d}.npz", **{k: v for k, v in state.items() if v is not None})
        else:
            np.save(common / f"{step:08d}.npy", np.array(state, dtype=object), allow_pickle=True)
    config = {
        "scenario_type": "RandomPathFollowingScenario",
        "robot_type": "CarterRobot",
        "scene_usd": "a.usd",
    }
    (root / "config.json").write_text(json.dumps(config))
    (root / "stage.usd").write_bytes(b"PXR-USDC")
    return root


def imported(root: Path, out: Path, **options: Any) -> RgbdSequence:
    (sequence,) = import_dataset(root, out, options=ImportOptions(**{"intrinsics": K, **options}))
    return sequence


@pytest.mark.parametrize("npz", [False, True], ids=["npy", "npz"])
def test_what_is_written_is_read(tmp_path: Path, npz: bool) -> None:
    root = write_mobility_gen(tmp_path / "replay", npz=npz)
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["importer"] == "mobility_gen" and len(sequence) == 4
    assert sequence.made_by["robot_type"] == "CarterRobot"
    assert sequence.intrinsics[0] == CAMERA
    assert set(sequence.classes.values()) == {"chair", "Sofa"}
    classes = {name: number for number, name in sequence.classes.items()}
    for frame, view in zip(sequence, VIEWS, strict=True):
        original = root / "state" / "rgb" / f"{LEFT}.rgb_image" / f"{frame.index:08d}.jpg"
        assert sequence.files["rgb"][frame.index].read_bytes() == original.read_bytes()
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-12)
        depth_m = view.units / 1000
        step_m = (1 + depth_m * RAY_LENGTHS) ** 2 / 65535  # of the distance; of depth it is less
        too_far = frame.depth_m - depth_m
        assert (too_far >= -1e-6).all() and (too_far <= step_m * 1.01 + 1e-6).all()
        assert (frame.depth_m[view.units == 0] == 0).all()
        codes = ids_of(view, CLASSES)
        np.testing.assert_array_equal(
            frame.semantic, np.where(codes == 2, classes["chair"], np.where(codes == 3, classes["Sofa"], 0))
        )
        codes = ids_of(view, PRIMS)
        names = {number: thing.name for number, thing in sequence.objects.items()}
        assert frame.instance is not None and frame.normal is not None
        for code, prim in PRIMS.items():
            shown = {names.get(number, "UNLABELLED") for number in frame.instance[codes == code].tolist()}
            assert shown == {prim}
        np.testing.assert_allclose(frame.normal, normals_of(view)[..., :3], atol=1e-3)


def test_depth_by_hand(tmp_path: Path) -> None:
    """65535 / 13107 - 1 = 4 m along the ray. That of the last pixel goes 7.5 / 12 to the right and 5.5 / 12
    down for 1 ahead, so it is sqrt(1 + 0.390625 + 0.2100694) long, and the depth 3.1616 m. 0 is nothing, and
    65535 is at the camera, which is nothing too."""
    root = write_mobility_gen(tmp_path / "replay")
    units = np.full((HEIGHT, WIDTH), 13107, np.uint16)
    units[0, :2] = 0, 65535
    Image.fromarray(units).save(root / "state" / "depth" / f"{LEFT}.depth_image" / "00000000.png")
    depth_m = imported(root, tmp_path / "out")[0].depth_m
    assert depth_m[0, 0] == depth_m[0, 1] == 0
    assert depth_m[-1, -1] == pytest.approx(3.16159, abs=1e-5)
    assert depth_m[6, 8] == pytest.approx(4 / np.sqrt(1 + 2 * (0.5 / 12) ** 2), abs=1e-6)


def test_a_camera_by_hand(tmp_path: Path) -> None:
    """USD's identity looks along -z with y up; w x y z = (0.7071, 0.7071, 0, 0) turns it by 90 degrees about
    x, so that it looks along +y with z up: OpenCV's x, y, z are the world's x, -z, y."""

    def change(step: int, state: dict) -> None:
        state[f"{LEFT}.position"] = np.array([1, 2, 3], np.float32)
        state[f"{LEFT}.orientation"] = np.array([np.sqrt(0.5), np.sqrt(0.5), 0, 0])

    sequence = imported(write_mobility_gen(tmp_path / "replay", change=change), tmp_path / "out")
    expected = [[1, 0, 0, 1], [0, 0, 1, 2], [0, -1, 0, 3], [0, 0, 0, 1]]
    np.testing.assert_allclose(sequence.T_world_cam[0], expected, atol=1e-15)


def test_both_cameras_become_recordings_or_one(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay", cameras=(LEFT, RIGHT))
    options = ImportOptions(intrinsics=K)
    left, right = import_dataset(root, tmp_path / "out", options=options)
    assert (left.root.name, right.root.name) == (LEFT, RIGHT)
    apart_m = right.T_world_cam[:, :3, 3] - left.T_world_cam[:, :3, 3]
    np.testing.assert_allclose(apart_m, 0.15 * left.T_world_cam[:, :3, 0], atol=1e-12)
    (both,) = import_dataset(root, tmp_path / "one", options=ImportOptions(intrinsics=K, one_sequence=True))
    assert len(both) == 8 and both.made_by["frames"][4] == f"{RIGHT}/00000000"


def test_labels_that_change_from_frame_to_frame(tmp_path: Path) -> None:
    """The same code is another class in the next frame, and an old version wrote names in lower case."""

    def change(step: int, state: dict) -> None:
        names = ("chair", "Sofa") if step % 2 else ("sofa", "chair")
        state[f"{LEFT}.segmentation_info"]["idToLabels"].update(
            {"2": {"class": names[0]}, "3": {"prim": names[1]}}
        )

    sequence = imported(write_mobility_gen(tmp_path / "replay", change=change), tmp_path / "out")
    assert sequence.classes == {1: "chair", 2: "Sofa"}
    for frame, view in zip(sequence, VIEWS, strict=True):
        codes = ids_of(view, CLASSES)
        chair, sofa = (2, 3) if frame.index % 2 else (3, 2)
        np.testing.assert_array_equal(frame.semantic, (codes == chair) + 2 * (codes == sofa))


def test_channels_that_are_not_whole_are_left_out_and_said(tmp_path: Path) -> None:
    def change(step: int, state: dict) -> None:
        if step == 2:
            state[f"{LEFT}.segmentation_info"] = None

    root = write_mobility_gen(tmp_path / "replay", change=change)
    (root / "state" / "normals" / f"{LEFT}.normals_image" / "00000001.npy").unlink()
    sequence = imported(root, tmp_path / "out")
    assert set(sequence.channels) & {"semantic", "instance", "normal"} == {"instance"}
    said = sequence.made_by["left_out"]["channels that some frames have not, or not the names of"]
    assert said == ["semantic", "normal"]


def test_frames_that_are_not_whole_are_left_out_and_counted(tmp_path: Path) -> None:
    def change(step: int, state: dict) -> None:
        if step == 1:
            state[f"{LEFT}.position"] = None

    root = write_mobility_gen(tmp_path / "replay", make_views(6), change=change)
    (root / "state" / "rgb" / f"{LEFT}.rgb_image" / "00000003.jpg").unlink()
    (root / "state" / "common" / "00000004.npy").unlink()
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == ["00000000", "00000002", "00000005"]
    left_out = sequence.made_by["left_out"]
    assert left_out["frames without colour, depth or a state"] == 2
    assert left_out["frames without a pose"] == 1


def test_a_lens_bends_the_rays_that_distance_is_along(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    lens = Distortion(k1=0.2)
    straight, bent = (
        imported(root, tmp_path / name, distortion=distortion)[0].depth_m[-1, -1]
        for name, distortion in (("straight", None), ("bent", (0.2,)))
    )
    ray = lens.rays(CAMERA, np.array([WIDTH - 0.5, HEIGHT - 0.5]))
    assert bent / straight == pytest.approx(RAY_LENGTHS[-1, -1] / np.linalg.norm(ray), rel=1e-6)
    assert bent > straight


def test_stages_in_other_units(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    metres, centimetres = (
        imported(root, tmp_path / str(unit), depth_unit_m=unit)[0].depth_m for unit in (None, 0.01)
    )
    np.testing.assert_allclose(centimetres, metres / 100, rtol=1e-6)


def test_folders_as_the_documents_of_isaac_sim_6_call_them(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay", npz=True)
    depth = root / "state" / "depth"
    (depth / f"{LEFT}.depth_image").rename(depth / f"{LEFT}.depth_image_m")
    assert len(imported(root, tmp_path / "out")) == 4


def test_files_of_other_names(tmp_path: Path) -> None:
    """Names without zeros, another kind of picture, and a number beyond all."""
    root = write_mobility_gen(tmp_path / "replay")
    for path in [*root.rglob("00000002.*"), *root.rglob("00000003.*")]:
        path.rename(path.with_name(path.name.lstrip("0")))
    color = root / "state" / "rgb" / f"{LEFT}.rgb_image"
    Image.open(color / "00000001.jpg").save(color / "00000001.png")
    (color / "00000001.jpg").unlink()
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == [f"{step:08d}" for step in range(4)]
    assert [path.suffix for path in sequence.files["rgb"]] == [".jpg", ".png", ".jpg", ".jpg"]
    (color / f"{'9' * 30}.jpg").write_bytes(b"")
    with pytest.raises(BadFile, match=r"9{30}.jpg: has a number that no frame has"):
        imported(root, tmp_path / "again")


def test_reading_a_frame_reads_that_frame_alone(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    (recording,) = open_recordings(root, ImportOptions(intrinsics=K))
    for path in root.rglob("0000000[012].*"):
        path.unlink()
    np.testing.assert_array_equal(recording.read(3).depth_m, recording.depth_of(3))
    with pytest.raises(BadFile, match="00000002"):
        recording.read(2)


def test_intrinsics_are_asked_for(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    with pytest.raises(BadValue, match=r"intrinsics is None, .* given, since MobilityGen keeps none\.$"):
        import_dataset(root, tmp_path / "out")


def test_the_hawk_is_offered(tmp_path: Path) -> None:
    """960 pixels x 2.87343 / 5.76 = 478.905."""
    root = write_mobility_gen(tmp_path / "replay")
    Image.new("RGB", (960, 600)).save(root / "state" / "rgb" / f"{LEFT}.rgb_image" / "00000000.jpg")
    with pytest.raises(BadValue, match=r"\(for the Hawk: 478.905, 0, 480, 0, 478.905, 300, 0, 0, 1\)"):
        import_dataset(root, tmp_path / "out")


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("state/common", "no state/common/00000000.npy or .npz"),
        ("state/rgb", "no state/rgb/<camera>.rgb_image/, which the replay"),
        ("state/depth", "no state/depth/<camera>.depth_image/, which the replay"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, missing: str, words: str) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    assert format_of(root).name == "mobility_gen"
    shutil.rmtree(root / missing)
    assert words in str(FORMATS["mobility_gen"].lacks(root))
    with pytest.raises(BadFile, match=r"mobility_gen \(no state/"):
        import_dataset(root, tmp_path / "out")


def test_cameras_with_colour_or_depth_alone(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    depth = root / "state" / "depth"
    (depth / f"{LEFT}.depth_image").rename(depth / f"{RIGHT}.depth_image")
    with pytest.raises(BadFile, match=r"no frame with colour, depth and a pose of one camera \(none\)"):
        imported(root, tmp_path / "out")


def set_to(key: str, value: Any) -> Change:
    return lambda step, state: state.__setitem__(f"{LEFT}.{key}", value)


class Touches:
    """Pickled, a call that makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("npz", [False, True], ids=["npy", "npz"])
@pytest.mark.parametrize("key", ["position", "segmentation_info", "anything"])
def test_a_state_runs_no_code(tmp_path: Path, npz: bool, key: str) -> None:
    made = tmp_path / "made"
    state = np.array({"inside": Touches(made)}, dtype=object)
    root = write_mobility_gen(tmp_path / "replay", change=set_to(key, state), npz=npz)
    if npz and key == "anything":
        assert len(imported(root, tmp_path / "out")) == 4  # it is never looked at
    else:
        with pytest.raises(BadFile, match=r"state/common/00000000.np[yz]: is a pickle that names '.*mkdir'"):
            imported(root, tmp_path / "out")
    assert not made.exists()
    if not npz:
        np.load(root / "state" / "common" / "00000000.npy", allow_pickle=True)
        assert made.exists()  # so it does what the test says


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_to("position", np.zeros(4)), "has no 3 numbers as 'robot.front_camera.left.position'"),
        (set_to("position", [0, 0, 0]), "has no 3 numbers as"),
        (set_to("position", np.array(["a", "b", "c"])), "has no 3 numbers as"),
        (set_to("position", np.array([0, np.nan, 0])), r"has \[0.0, nan, 0.0\] as"),
        (set_to("position", np.array([0, 1e9, 0])), r"puts robot.front_camera.left at \[0.0, 1"),
        (set_to("orientation", np.zeros(4)), "which is not of length 1"),
        (set_to("orientation", np.array([2.0, 0, 0, 0])), "which is not of length 1"),
        (set_to("segmentation_info", {"labels": {}}), "has segmentation without idToLabels"),
        (set_to("segmentation_info", "chairs"), "has segmentation without idToLabels"),
        (set_to("segmentation_info", {"idToLabels": {"chair": "2"}}), "has the label 'chair' that is"),
        (set_to("segmentation_info", {"idToLabels": {"2": 5}}), "has the label '2' that is neither"),
        (set_to("segmentation_info", {"idToLabels": {"2": "x" * 2000}}), "has the label '2' that is neither"),
        (set_to("segmentation_info", {"idToLabels": {"2": {"class": "chair"}}}), "shows the code 3, which"),
    ],
)  # fmt: skip
def test_a_wrong_state_is_named(tmp_path: Path, change: Change, words: str) -> None:
    root = write_mobility_gen(tmp_path / "replay", change=change)
    with pytest.raises(BadFile, match=words) as told:
        imported(root, tmp_path / "out")
    assert str(root) in str(told.value)


STATE, DEPTH = "common/00000001.npy", f"depth/{LEFT}.depth_image/00000001.png"
COLOR, NORMAL = f"rgb/{LEFT}.rgb_image/00000001.jpg", f"normals/{LEFT}.normals_image/00000001.npy"
IDS = f"segmentation/{LEFT}.segmentation_image/00000001.png"


def plain_array(path: Path) -> None:
    np.save(path, np.zeros(3))


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        (STATE, lambda path: path.write_bytes(b""), "is not a NumPy array file"),
        (STATE, lambda path: path.write_bytes(path.read_bytes()[:-40]), "damaged pickle"),
        (STATE, plain_array, "holds no dictionary"),
        (STATE, lambda path: path.write_bytes(path.read_bytes()[:100]), "damaged pickle"),
        (STATE, lambda path: path.write_bytes(pickle.dumps({})), "is not a NumPy array file"),
        (STATE, lambda path: np.save(path, [[{}]]), "has an array of objects"),
        (STATE, lambda path: np.save(path, np.array([1], dtype=object).reshape(())), "no dictionary"),
        (DEPTH, lambda path: path.write_bytes(b"png"), "is not a readable image"),
        (DEPTH, lambda path: Image.new("L", (WIDTH, HEIGHT)).save(path), "mode L"),
        (DEPTH, lambda path: Image.new("I;16", (3, 3)).save(path), r"has shape \(3, 3\)"),
        (COLOR, lambda path: path.write_bytes(b"jpg"), "is not a readable image"),
        (NORMAL, plain_array, r"shape \(3,\)"),
        (NORMAL, lambda path: np.save(path, np.array({})), "pickled Python objects"),
        (IDS, lambda path: Image.new("I;16", (3, 3)).save(path), r"has shape \(3, 3\)"),
        (STATE, lambda path: shutil.copy(path, path.with_suffix(".npz")), "frame 1 has 00000001.npy and"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(
    tmp_path: Path, name: str, damage: Callable[[Path], object], words: str
) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    damage(root / "state" / name)
    with pytest.raises(BadFile, match=words) as told:
        imported(root, tmp_path / "out")
    assert str(root) in str(told.value)


def test_folders_and_files_that_lead_outside(tmp_path: Path) -> None:
    root = write_mobility_gen(tmp_path / "replay")
    elsewhere = shutil.move(root / "state" / "depth", tmp_path / "elsewhere")
    (root / "state" / "depth").symlink_to(elsewhere)
    with pytest.raises(BadFile, match=r"depth_image/00000000.png', outside"):
        imported(root, tmp_path / "out")


def test_a_turned_world_stays_as_it_is(tmp_path: Path) -> None:
    eye = np.array([1.0, 2.0, 1.5])
    view = View(VIEWS[0].rgb, VIEWS[0].units, look_at(eye, eye + np.array([0, 1, -0.2])))
    sequence = imported(write_mobility_gen(tmp_path / "replay", [view]), tmp_path / "out")
    np.testing.assert_allclose(sequence.T_world_cam[0], view.T_world_cam, atol=1e-12)
    assert "the source's z axis" in sequence.made_by["world"]
