"""import_dataset: foreign recordings by the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics import ImportOptions, RgbdSequence
from sisg_robotics.app.configs import ImportDatasetConfig

K = "cam_calib_mat=[20,0,8,0,21,6,0,0,1]"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_pictures(color: Path, depth: Path) -> None:
    for path, pixels in (
        (color, np.full((12, 16, 3), 90, np.uint8)),
        (depth, np.full((12, 16), 2000, np.uint16)),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)


def write_tum(root: Path) -> None:
    for index in range(5):
        write_pictures(root / "rgb" / f"{index}.png", root / "depth" / f"{index}.png")
    for name in ("rgb", "depth"):
        (root / f"{name}.txt").write_text("".join(f"{index}.5 {name}/{index}.png\n" for index in range(5)))
    (root / "groundtruth.txt").write_text("".join(f"{index}.5 {index} 0 1 0 0 0 1\n" for index in range(5)))


def test_the_format_is_told_and_the_folder_named_as_the_source(sisg: Callable) -> None:
    write_tum(Path("walk.2"))
    ended = sisg("import_dataset", "source=walk.2", K, "every=2", "max_frames=2", "depth_unit_m=0.001")
    assert ended.status == 0, ended.err
    assert ended.last_line == "Wrote 2 frames to data/walk.2."
    sequence = RgbdSequence.open("data/walk.2")
    assert sequence.made_by["importer"] == "tum" and sequence.made_by["frames"] == ["0", "2"]
    assert sequence[0].depth_m[0, 0] == 2.0


def test_what_the_source_does_not_say_is_asked_for(sisg: Callable) -> None:
    write_tum(Path("walk"))
    ended = sisg("import_dataset", "source=walk")
    assert ended.status == 2 and "intrinsics is None" in ended.err and ended.err.count("\n") == 1


def test_several_cameras_are_listed(sisg: Callable) -> None:
    frames = []
    for index, k1 in enumerate((0.0, 0.1)):
        write_pictures(Path(f"capture/{index}.png"), Path(f"capture/depth{index}.png"))
        pose = np.eye(4).tolist()
        files = {"file_path": f"{index}.png", "depth_file_path": f"depth{index}.png"}
        frames.append({**files, "transform_matrix": pose, "k1": k1})
    Path("capture/transforms.json").write_text(json.dumps({"fl_x": 20, "frames": frames}))
    ended = sisg("import_dataset", "source=capture", "out=here")
    assert ended.status == 0, ended.err
    assert ended.last_line == "Wrote 2 frames of 2 cameras to here (lens_0, lens_1)."


def test_a_plain_vlmaps_folder_with_its_config(sisg: Callable) -> None:
    write_pictures(Path("scene/rgb/0.png"), Path("depth.png"))
    Path("scene/depth").mkdir()
    np.save("scene/depth/0.npy", np.full((12, 16), 2.0, np.float32))
    Path("scene/poses.txt").write_text("1 0 0 1 0 1 0 2 0 0 1 3 0 0 0 1\n")
    info = ("pose_info.pose_type=camera_base", "pose_info.rot_type=mat", "pose_info.world_up=z")
    ended = sisg("import_dataset", "source=scene", K, *info)
    assert ended.status == 0, ended.err
    np.testing.assert_array_equal(RgbdSequence.open("data/scene").T_world_cam[0, :3, 3], [1, 2, 3])


def test_a_folder_of_no_format_is_bad_data(sisg: Callable) -> None:
    Path("photos").mkdir()
    ended = sisg("import_dataset", "source=photos")
    assert ended.status == 1 and ended.err.count("\n") == 1
    assert "photos: is of no format known here" in ended.err and "replica (no traj.txt)" in ended.err
    assert not Path("data").exists()


def test_defaults_of_the_keys_are_those_beside_the_code() -> None:
    config, usual = ImportDatasetConfig(), ImportOptions()
    for name in ("max_frames", "every", "one_sequence", "world_up", "align_color", "distortion",
                 "depth_unit_m", "max_stamp_difference_s", "interpolate_poses"):  # fmt: skip
        assert getattr(config, name) == getattr(usual, name), name
