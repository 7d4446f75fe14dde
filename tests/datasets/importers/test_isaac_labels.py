"""Classes and objects, whose numbers and colours differ from frame to frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isaac_files import (
    class_picture,
    imported,
    labelled,
    write_basic,
)
from made_up import HEIGHT, WIDTH
from PIL import Image

from sisg_robotics.datasets import ImportOptions, import_dataset


@pytest.mark.parametrize("colorize", [True, False])
def test_ids_mean_the_same_in_every_frame(tmp_path: Path, colorize: bool) -> None:
    """They are numbered in the order of the names, whatever code each frame gave them."""
    root = write_basic(tmp_path / "in", extra=labelled(colorize=colorize))
    sequence = imported(root, tmp_path / "out")
    assert sequence.classes == {1: "chair", 2: "lamp", 3: "sofa,furniture", 4: "Table"}
    assert [sequence.objects[i].name for i in (1, 2, 3, 4)] == [
        "/World/Tabl_0",
        "/World/chai_0",
        "/World/lamp_0",
        "/World/sofa_0",
    ]
    assert [sequence.objects[i].class_name for i in (1, 2, 3, 4)] == [
        "Table",
        "chair",
        "lamp",
        "sofa,furniture",
    ]
    for frame in sequence:
        picture = class_picture(frame.index)
        np.testing.assert_array_equal(frame.semantic, np.array([0, 1, 4, 3, 2])[picture])
        np.testing.assert_array_equal(frame.instance, np.array([0, 2, 1, 4, 3])[picture])
        np.testing.assert_allclose(frame.normal[1:], np.broadcast_to([0, 0.6, 0.8], (11, 16, 3)), atol=5e-3)
        assert not frame.normal[0].any()


def test_leaf_prims_are_taken_where_no_others_are(tmp_path: Path) -> None:
    root = write_basic(tmp_path / "in", extra=labelled(kind="instance_id_segmentation"))
    sequence = imported(root, tmp_path / "out")
    assert sequence.objects[2].name == "/World/chai_0" and sequence.objects[2].class_name == "unlabelled"
    np.testing.assert_array_equal(sequence[3].instance, np.array([0, 2, 1, 4, 3])[class_picture(3)])


def test_small_and_large_letters_are_one_class_in_all_cameras(tmp_path: Path) -> None:
    write_basic(tmp_path / "in", layout="folders", camera="a", extra=labelled(spell=str.upper))
    write_basic(tmp_path / "in", layout="folders", camera="b", extra=labelled(spell=str.lower))
    (sequence,) = import_dataset(tmp_path / "in", tmp_path / "out", options=ImportOptions(one_sequence=True))
    assert sequence.classes == {1: "CHAIR", 2: "LAMP", 3: "SOFA,FURNITURE", 4: "TABLE"}
    np.testing.assert_array_equal(sequence[2].semantic, sequence[6].semantic)


def test_what_means_nothing_is_0(tmp_path: Path) -> None:
    """BACKGROUND and UNLABELLED are no classes, and neither need be named."""

    def extra(at: Callable[[str, str], Path], index: int, number: str) -> None:
        picture = np.array([0, 1, 2, 3], np.uint16).repeat(HEIGHT * WIDTH // 4).reshape(HEIGHT, WIDTH)
        Image.fromarray(picture).save(at("", f"semantic_segmentation_{number}.png"))
        labels: Mapping[str, Any] = {"2": {"class": "unlabelled"}, "3": {"shape": "cube", "colour": "red"}}
        at("", f"semantic_segmentation_labels_{number}.json").write_text(json.dumps(labels))

    sequence = imported(write_basic(tmp_path / "in", extra=extra), tmp_path / "out")
    assert sequence.classes == {1: "cube,red"} and sequence.channels == ("semantic",)
    assert sequence[0].semantic.sum() == HEIGHT * WIDTH // 4
