from __future__ import annotations

import json
from pathlib import Path

import pytest

from sisg_robotics.datasets import ObjectInfo, PoseFormat
from sisg_robotics.datasets.metadata import SequenceMetadata
from sisg_robotics.errors import BadFile, BadValue
from sisg_robotics.geometry import Distortion, Intrinsics

CAMERA = Intrinsics(8.0, 8.0, 4.0, 3.0, 8, 6)
FULL = SequenceMetadata(
    intrinsics=(CAMERA, CAMERA.resized(16, 12)),
    pose_format=PoseFormat(pose_type="mobile_base", rotation_type="quat", camera_height_m=0.7),
    classes={1: "wall", 12: "sofa"},
    objects={65535: ObjectInfo("sofa", "sofa 2", "a low red fabric sofa"), 3: ObjectInfo("wall", "wall")},
    stamps_ns=(0, 10**18),
    made_by={"seed": 7, "versions": {"renderer": "1"}},
    distortion=Distortion(0.1, -0.2, 0.003, -0.004, 0.05, 0.6, 0.07, 1 / 3),
    sensor="realsense_d435",
)
LENS = dict.fromkeys(("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"), 0.0)
JSON = json.loads(SequenceMetadata(CAMERA).to_text())


def read(tmp_path: Path, text: str) -> SequenceMetadata:
    (tmp_path / "sequence.json").write_text(text)
    return SequenceMetadata.read(tmp_path / "sequence.json")


@pytest.mark.parametrize("metadata", [FULL, SequenceMetadata(CAMERA)])
def test_metadata_come_back(tmp_path: Path, metadata: SequenceMetadata) -> None:
    assert read(tmp_path, metadata.to_text()) == metadata


def test_a_pinhole_of_no_name_has_neither_key() -> None:
    assert not {"distortion", "sensor"} & JSON.keys()


def test_the_text_does_not_depend_on_the_order_of_ids() -> None:
    forward = SequenceMetadata(CAMERA, classes={1: "a", 2: "b"})
    backward = SequenceMetadata(CAMERA, classes={2: "b", 1: "a"})
    assert forward.to_text() == backward.to_text()


def test_only_the_version_it_knows_is_read(tmp_path: Path) -> None:
    for version in (2, "1", None):
        with pytest.raises(BadFile, match=f"has format_version {version!r}, but 1 is read here") as error:
            read(tmp_path, json.dumps(JSON | {"format_version": version}))
        assert error.value.exit_status == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"intrinsic": {}}, "has the unknown key 'intrinsic'. Known: format_version, intrinsics"),
        ({"intrinsics": {"fx": 1}}, r"the keys of intrinsics is \['fx'\]"),
        ({"intrinsics": JSON["intrinsics"] | {"fx": -1}}, "the focal length is .* positive, in pixels"),
        (
            {"intrinsics": JSON["intrinsics"] | {"width": 8.5}},
            "a number is 8.5, but it must be a whole number",
        ),
        ({"intrinsics": JSON["intrinsics"] | {"fx": "wide"}}, "has a value of the wrong kind"),
        ({"intrinsics": JSON["intrinsics"] | {"fx": 10**400}}, "has a value of the wrong kind"),
        ({"pose_type": "gps"}, "Unknown pose_type 'gps'"),
        ({"world_up": "x"}, "Unknown world_up 'x'"),
        ({"classes": {"sofa": 1}}, "has a value of the wrong kind"),
        ({"classes": {"0": "sofa"}}, "an id in classes is 0, but it must be 1 to"),
        ({"classes": {"1": 5}}, "a name is 5, but it must be text"),
        ({"classes": ["sofa"]}, "has a value of the wrong kind"),
        ({"objects": {"70000": {"class": "a", "name": "b"}}}, "an id in objects is 70000"),
        ({"objects": {"7": {"class": "sofa"}}}, r"the keys of an object is \['class'\]"),
        (
            {"distortion": {"k1": 0.1}},
            r"the keys of distortion is \['k1'\], but it must be k1, k2, p1, p2, k3",
        ),
        ({"distortion": LENS | {"k1": "bent"}}, "has a value of the wrong kind"),
        ({"distortion": LENS | {"k1": float("nan")}}, "distortion is .* but it must be finite numbers"),
        ({"distortion": None}, "has a value of the wrong kind"),
        ({"sensor": 5}, "a name is 5, but it must be text"),
        ({"stamps_ns": [1.5]}, "a number is 1.5, but it must be a whole number"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, changes: dict, sentence: str) -> None:
    with pytest.raises(BadFile, match=rf"sequence.json: {sentence}"):
        read(tmp_path, json.dumps(JSON | changes))


@pytest.mark.parametrize("key", ["intrinsics", "pose_type", "rotation_type", "world_up"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(BadFile, match=f"lacks the key '{key}'"):
        read(tmp_path, json.dumps({name: value for name, value in JSON.items() if name != key}))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format_version": 1', "[" * 100_000, '{"a":' * 100_000])
def test_what_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match=r"is not readable JSON|is not a JSON object"):
        read(tmp_path, text)


def test_made_by_must_be_plain_json() -> None:
    with pytest.raises(BadValue, match=r"made_by is .* plain JSON values"):
        SequenceMetadata(CAMERA, made_by={"path": Path("a")}).to_text()
