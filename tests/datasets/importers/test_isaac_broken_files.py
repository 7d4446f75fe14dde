"""Broken and hostile files of a BasicWriter each end in a sentence that names them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isaac_files import (
    PLANAR,
    imported,
    write_basic,
    write_labelled,
)

from sisg_robotics.datasets import import_dataset
from sisg_robotics.errors import BadFile


def set_in(key: str, value: Any) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        params = json.loads((root / "camera_params_0001.json").read_text())
        params[key] = value
        (root / "camera_params_0001.json").write_text(json.dumps(params))

    return change


def bare(root: Path) -> Path:
    """The first frame has no other channels, so that none is taken."""
    for name in ("semantic_segmentation", "instance_segmentation", "normals"):
        (root / f"{name}_0000.png").unlink()
    return root


def replaced(name: str, data: bytes | str) -> Callable[[Path], object]:
    text = data.encode() if isinstance(data, str) else data
    return lambda root: (root / name).write_bytes(text)


def cut(name: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_bytes((root / name).read_bytes()[:-30])


def linked(name: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        shutil.move(root / name, root.parent / "elsewhere")
        (root / name).symlink_to(root.parent / "elsewhere")

    return change


HUGE = b"\x93NUMPY\x01\x00\x76\x00" + (
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }".ljust(117) + b"\n"
)
PICKLED = b"\x93NUMPY\x01\x00\x76\x00" + (
    b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n\x80\x04K\x01."
)
PARAMS, DEPTH = "camera_params_0001.json", f"{PLANAR}_0001.npy"
LABELS, MAPPING = "semantic_segmentation_labels_0001.json", "instance_segmentation_mapping_0001.json"


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (set_in("cameraModel", "fisheyePolynomial"), f"{PARAMS}: has the cameraModel 'fisheyePolynomial'; r"),
        (set_in("cameraModel", "pinholeOpenCV"), f"{PARAMS}: is of the model pinholeOpenCV, but lacks 'came"),
        (set_in("cameraViewTransform", [1, 2]), f"{PARAMS}: has no 16 numbers 'cameraViewTransform'"),
        (set_in("cameraViewTransform", [[1, 2], [3]]), f"{PARAMS}: has no 16 numbers 'cameraViewTransform'"),
        (set_in("cameraViewTransform", [2.0] * 16), f"{PARAMS}: cameraViewTransform does not end in 0 0 0 1"),
        (
            set_in("cameraViewTransform", [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]),
            f"{PARAMS}: cameraViewTransform is not a rigid pose",
        ),
        (set_in("cameraViewTransform", [10**400] * 16), f"{PARAMS}: has '1000"),
        (set_in("cameraViewTransform", [True] * 16), f"{PARAMS}: has 'True' in 'cameraViewTransform'"),
        (set_in("cameraViewTransform", ["1"] * 16), f"{PARAMS}: has '1' in 'cameraViewTransform'"),
        (set_in("cameraViewTransform", [float("nan")] * 16), f"{PARAMS}: is not readable JSON"),
        (set_in("cameraViewTransform", [1e300] * 16), f"{PARAMS}: has '1e.300' in 'cameraViewTransform'"),
        (set_in("cameraProjection", np.eye(4).ravel().tolist()), f"{PARAMS}: cameraProjection is no persp"),
        (set_in("cameraProjection", [1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0]), "is skewed"),
        (set_in("cameraProjection", [0.0] * 16), f"{PARAMS}: cameraProjection is no perspective projection"),
        (set_in("renderProductResolution", [16, 0]), f"{PARAMS}: has .16.0, 0.0. as 'renderProductRes"),
        (set_in("renderProductResolution", [1e6, 1e6]), f"{PARAMS}: has .1000000.0, 1000000.0. as 'render"),
        (set_in("renderProductResolution", [12, 16]), r"rgb_0001.png: has shape \(12, 16\), but"),
        (set_in("metersPerSceneUnit", 0.0), f"{PARAMS}: does not say 'metersPerSceneUnit', .* depth_unit_m"),
        (set_in("metersPerSceneUnit", "1"), f"{PARAMS}: has '1' as 'metersPerSceneUnit'"),
        (set_in("metersPerSceneUnit", 0.5), f"{PARAMS}: has another lens or stage unit than the frames bef"),
        (replaced(PARAMS, "[" * 100_000), f"{PARAMS}: is JSON nested too deep"),
        (replaced(PARAMS, "[1]"), f"{PARAMS}: holds a JSON list"),
        (cut(PARAMS), f"{PARAMS}: is not readable JSON"),
        (linked(PARAMS), "'camera_params_0001.json', outside"),
        (replaced("camera_params_1.json", "{}"), None),
        (cut("rgb_0001.png"), "rgb_0001.png: is not a readable image"),
        (linked("rgb_0001.png"), "'rgb_0001.png', outside"),
        (cut(DEPTH), f"{DEPTH}: holds 738 bytes where its header promises 768"),
        (replaced(DEPTH, HUGE), f"{DEPTH}: holds 0 bytes where its header promises 4000000000000"),
        (replaced(DEPTH, PICKLED), f"{DEPTH}: holds pickled Python objects"),
        (replaced(DEPTH, b"\x80\x04K\x01."), f"{DEPTH}: is a Python pickle"),
        (lambda root: np.save(root / DEPTH, np.zeros((2, 2), complex)), f"{DEPTH}: is complex128 of shape"),
        (lambda root: np.save(root / DEPTH, np.zeros((2, 2, 2))), f"{DEPTH}: has shape"),
        (lambda root: np.save(root / DEPTH, np.zeros((0, 2))), f"{DEPTH}: is float64 of shape"),
        (lambda root: np.save(bare(root) / DEPTH, np.ones((3, 16))), "frame 0001 has depth of 16x3 and co"),
        (lambda root: np.save(root / DEPTH, np.ones((6, 8))), r"has shape \(12, 16\), but the depth of its "),
        (cut("semantic_segmentation_0001.png"), "semantic_segmentation_0001.png: is not a readable image"),
        (
            replaced(LABELS, "{}"),
            r"semantic_segmentation_0001.png: shows the colour \(.* 255\), which semantic_segmentation_lab",
        ),
        (replaced(LABELS, '{"(1, 2)": "a"}'), f"{LABELS}: labels '.1, 2.', which is neither a number nor"),
        (replaced(LABELS, '{"(1, 2, 3, 256)": "a"}'), f"{LABELS}: labels '.1, 2, 3, 256.', which is neither"),
        (replaced(LABELS, '{"9999999999": "a"}'), f"{LABELS}: labels '9999999999', which is neither"),
        (replaced(LABELS, '{"1": 3}'), f"{LABELS}: labels '1' with '3', where a name is expected"),
        (replaced(LABELS, '{"1": {"class": {}}}'), f"{LABELS}: labels '1' with '{{}}', where a name"),
        (replaced(MAPPING, json.dumps({"1": "x" * 2000})), f"{MAPPING}: labels '1' with 'xxx"),
        (linked(MAPPING), "'instance_segmentation_mapping_0001.json', outside"),
        (
            replaced(MAPPING, json.dumps({str(i): f"/{i}" for i in range(70000)})),
            f"{MAPPING}: brings the objects to more than 65535",
        ),
        (cut("normals_0001.png"), "normals_0001.png: is not a readable image"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, break_it: Callable, sentence: str | None) -> None:
    root = write_labelled(tmp_path / "in")
    break_it(root)
    if sentence is None:  # a number that no other file has is a frame without colour
        assert imported(root, tmp_path / "out").made_by["left_out"]["frames without rgb"] == ["1"]
        return
    with pytest.raises(BadFile, match=sentence) as told:
        imported(root, tmp_path / "out")
    assert str(root) in str(told.value)


def test_two_names_of_one_number_are_told(tmp_path: Path) -> None:
    root = write_basic(tmp_path / "in", numbers=["0", "1", "01", "2"])
    with pytest.raises(BadFile, match=r"has frames numbered 0?1 and 0?1, which are one. Keep one"):
        imported(root, tmp_path / "out")


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    write_basic(tmp_path / "secret")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "eye").symlink_to(tmp_path / "secret")
    with pytest.raises(BadFile, match=r"names? .*|the file 'eye/.*', outside"):
        import_dataset(tmp_path / "in", tmp_path / "out", format="isaac_basic_writer")
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "rgb_0000.png").symlink_to(tmp_path / "loop" / "rgb_0000.png")
    with pytest.raises(BadFile, match=r"has no rgb_0000\.png"):
        import_dataset(tmp_path / "loop", tmp_path / "out", format="isaac_basic_writer")
    assert not (tmp_path / "out").exists()
