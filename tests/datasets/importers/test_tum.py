from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up import HEIGHT, WIDTH, View, make_views, quat_xyzw_text, write_color, write_depth

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.errors import BadFile, BadValue
from sisg_robotics.geometry import Distortion, Intrinsics

COLOR_S = ("1305031102.175304", "1305031102.211214", "1305031102.243211", "1305031102.275326")
DEPTH_S = ("1305031102.160407", "1305031102.194330", "1305031102.226738", "1305031102.262886")
"""The first stamps of freiburg1_xyz, as published."""
PAIRED = ((0, 0), (1, 2), (3, 3))
"""Closest first: 12.440 ms of the last, 14.897, 15.524; the third is 16.473 from a depth that is taken."""
VIEWS = make_views(4, units_per_m=5000)
K = (20.0, 0.0, 8.0, 0.0, 21.0, 6.0, 0.0, 0.0, 1.0)


def write_tum(root: Path, views: list[View] = VIEWS, *, stamps: tuple[str, ...] = COLOR_S) -> Path:
    """Colour, depth and pose of every view at one stamp."""
    root.mkdir(parents=True, exist_ok=True)
    texts = {"rgb.txt": "# color images\n# timestamp filename\n", "depth.txt": "# depth maps\n"}
    poses = "# ground truth trajectory\n# timestamp tx ty tz qx qy qz qw\n"
    for stamp, view in zip(stamps, views, strict=True):
        write_color(root / "rgb" / f"{stamp}.png", view)
        write_depth(root / "depth" / f"{stamp}.png", view)
        texts["rgb.txt"] += f"{stamp} rgb/{stamp}.png\n"
        texts["depth.txt"] += f"{stamp} depth/{stamp}.png\n"
        poses += f"{stamp} {quat_xyzw_text(view.T_world_cam)}\n"
    for name, text in {**texts, "groundtruth.txt": poses}.items():
        (root / name).write_text(text)
    return root


def imported(root: Path, out: Path, **options: object) -> RgbdSequence:
    (sequence,) = import_dataset(root, out, options=ImportOptions(**{"intrinsics": K, **options}))
    return sequence


def test_what_is_written_is_read(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "tum")
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["importer"] == "tum" and len(sequence) == 4
    assert (
        sequence.intrinsics[0] == Intrinsics(20.0, 21.0, 8.0, 6.0, WIDTH, HEIGHT)
        and sequence.distortion is None
    )
    assert sequence.stamps_ns[0] == 1305031102175304000
    for frame, view, stamp in zip(sequence, VIEWS, COLOR_S, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_array_equal(frame.depth_m, (view.units / 5000).astype(np.float32))
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-8)
        color = sequence.files["rgb"][frame.index].read_bytes()
        assert color == (root / "rgb" / f"{stamp}.png").read_bytes()


def test_pictures_are_paired_by_their_stamps(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "tum")
    (root / "depth.txt").write_text(
        "".join(f"{s} depth/{c}.png\n" for s, c in zip(DEPTH_S, COLOR_S, strict=True))
    )
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == [COLOR_S[color] for color, _ in PAIRED]
    for frame, (color, depth) in zip(sequence, PAIRED, strict=True):
        np.testing.assert_array_equal(frame.rgb, VIEWS[color].rgb)
        np.testing.assert_array_equal(frame.depth_m, (VIEWS[depth].units / 5000).astype(np.float32))
    assert sequence.stamps_ns[1] == 1305031102226738000  # the depth's


def test_what_has_no_partner_is_left_out_and_counted(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "tum")
    kept = (root / "depth.txt").read_text().splitlines()
    (root / "depth.txt").write_text("\n".join([*kept[:-1], "1305031109.5 depth/none.png"]))
    poses = (root / "groundtruth.txt").read_text().splitlines()
    (root / "groundtruth.txt").write_text("\n".join(poses[:-2]))
    sequence = imported(root, tmp_path / "out")
    assert sequence.made_by["frames"] == list(COLOR_S[:2])
    assert sequence.made_by["left_out"] == {
        "colour pictures without a depth picture": 1,
        "depth pictures without a colour picture": 1,
        "pairs without a pose": 1,
    }


def test_poses_are_interpolated_or_the_nearest(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "tum", VIEWS[:1], stamps=("100.010",))
    half = np.sqrt(0.5)  # a quarter turn about z
    (root / "groundtruth.txt").write_text(f"100.000 0 0 0 0 0 0 1\n100.015 3 0 6 0 0 {half:.9f} {half:.9f}\n")
    T = imported(root, tmp_path / "a").T_world_cam[0]
    c, s = np.cos(np.pi / 3), np.sin(np.pi / 3)  # two thirds of it
    np.testing.assert_allclose(T, [[c, -s, 0, 2], [s, c, 0, 0], [0, 0, 1, 4], [0, 0, 0, 1]], atol=1e-8)
    T = imported(root, tmp_path / "b", interpolate_poses=False).T_world_cam[0]
    np.testing.assert_allclose(T, [[0, -1, 0, 3], [1, 0, 0, 0], [0, 0, 1, 6], [0, 0, 0, 1]], atol=1e-8)


def test_across_a_gap_the_nearest_pose_is_taken(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "tum", VIEWS[:1], stamps=("100.010",))
    (root / "groundtruth.txt").write_text("100.000 0 0 1 0 0 0 1\n101.0 99 0 1 0 0 0 1\n")
    np.testing.assert_allclose(imported(root, tmp_path / "out").T_world_cam[0, :3, 3], [0, 0, 1])


@pytest.mark.parametrize(
    ("name", "camera", "lens"),
    [
        ("freiburg1_xyz", (517.3, 516.5, 319.1, 255.8), (0.2624, -0.9531, -0.0054, 0.0026, 1.1633)),
        ("freiburg2_desk", (520.9, 521.0, 325.6, 250.2), (0.2312, -0.7849, -0.0033, -0.0001, 0.9172)),
        ("freiburg3_long_office", (535.4, 539.2, 320.6, 248.1), None),
    ],
)
def test_the_published_cameras(tmp_path: Path, name: str, camera: tuple, lens: tuple | None) -> None:
    """Principal points are half a pixel more than published, since centres were counted at integers there."""
    root = write_tum(
        tmp_path / f"rgbd_dataset_{name}", make_views(1, size=(640, 480), units_per_m=5000), stamps=("1.5",)
    )
    (sequence,) = import_dataset(root, tmp_path / "out")
    k = sequence.intrinsics[0]
    np.testing.assert_allclose((k.fx, k.fy, k.cx, k.cy), camera)
    assert sequence.distortion == (None if lens is None else Distortion(*lens))
    assert name.split("_")[0] in sequence.made_by["intrinsics"]


def test_the_camera_may_be_named_by_the_comments_of_the_list(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "renamed", make_views(1, size=(640, 480), units_per_m=5000), stamps=("1.5",))
    listed = (root / "rgb.txt").read_text()
    (root / "rgb.txt").write_text("# color images\n# file: 'rgbd_dataset_freiburg2_xyz.bag'\n" + listed)
    (sequence,) = import_dataset(root, tmp_path / "out")
    assert sequence.intrinsics[0].fx == 520.9


def test_a_camera_that_nobody_says_is_asked_for(tmp_path: Path) -> None:
    root = write_tum(tmp_path / "my_robot")
    with pytest.raises(BadValue, match="intrinsics is None, but it must be given: no list says the camera"):
        import_dataset(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("groundtruth.txt", "1.0 0 0 0 1 0 0", "line 1 has 7 words, but a pose is stamp tx ty tz qx qy"),
        ("groundtruth.txt", "1.0 0 0 0 1 2 0 0", "line 1 has a quaternion of length 2.236"),
        ("groundtruth.txt", "1.0 0 0 inf 0 0 0 1", "line 1 has a value that is no metres or quaternion"),
        ("groundtruth.txt", "1.0 0 0 no 0 0 0 1", "line 1 is not all numbers"),
        ("groundtruth.txt", "# nothing", "has no pose"),
        ("rgb.txt", "now rgb/1.png", "line 1 begins with 'now', not a stamp in seconds"),
        ("rgb.txt", "1e99 rgb/1.png", "line 1 has the stamp 1e99"),
        ("rgb.txt", "1.0", "line 1 is not a stamp and a file name"),
        ("rgb.txt", "1.0 a.png\n1.000 b.png", "line 2 repeats the stamp 1.000"),
        ("depth.txt", "1.0 ../../secret.png", r"it names '../../secret.png', outside"),
        ("depth.txt", "1.0 /etc/secret.png", r"it names '/etc/secret.png', outside"),
        ("depth.txt", "1.0 depth/none.png", "none.png: is not there"),
        ("depth.txt", "7.0 depth/1.png", "has no colour, depth and pose within 0.02 s of each other"),
    ],
)  # fmt: skip
def test_a_bad_list_is_named(tmp_path: Path, name: str, line: str, sentence: str) -> None:
    root = write_tum(tmp_path / "tum", VIEWS[:1], stamps=("1.0",))
    (root / name).write_text(line + "\n")
    with pytest.raises(BadFile, match=sentence):
        imported(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()
