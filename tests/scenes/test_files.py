from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sisg_robotics.assets import read_glb
from sisg_robotics.errors import BadFile, MissingPath
from sisg_robotics.scenes import Scene, load_scene, save_scene, scene_instances

PROMPT, SEED = "a bedroom and a bathroom", 4


@pytest.fixture
def scene(scene_of) -> Scene:
    return scene_of(PROMPT, SEED)


@pytest.fixture
def saved(scene: Scene, tmp_path: Path) -> Path:
    return save_scene(scene, tmp_path / "flat")


def test_a_scene_comes_back_as_it_was(scene: Scene, saved: Path) -> None:
    assert saved.name == "scene.json"
    assert load_scene(saved) == scene
    assert load_scene(saved.parent) == scene


def test_saving_again_gives_the_same_bytes_and_leaves_nothing_else(scene: Scene, saved: Path) -> None:
    before = saved.read_bytes()
    save_scene(scene, saved.parent)
    assert saved.read_bytes() == before
    assert sorted(path.name for path in saved.parent.iterdir()) == ["scene.glb", "scene.json"]


def test_the_glb_holds_every_instance_with_its_words(scene: Scene, saved: Path) -> None:
    nodes = {node.extras["id"]: node for node in read_glb(saved.with_name("scene.glb"))}
    instances = scene_instances(scene)
    assert sorted(nodes) == sorted(item.instance_id for item in instances)
    assert len({node.name for node in nodes.values()}) == len(instances)
    for item in instances:
        extras = nodes[item.instance_id].extras
        assert (extras["class"], extras["name"], extras["description"]) == (
            item.class_name, item.name, item.description,
        )  # fmt: skip


def test_a_failed_write_leaves_the_last_scene(
    scene: Scene, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="disk full"):
        save_scene(scene, saved.parent)
    monkeypatch.undo()
    assert load_scene(saved) == scene


def _edit(saved: Path, change: Callable[[dict], Any]) -> Path:
    data = json.loads(saved.read_text())
    change(data)
    saved.write_text(json.dumps(data))
    return saved


BAD: dict[str, tuple[Callable[[dict], Any], str]] = {
    "another version": (lambda d: d.update(format_version=99), "format_version is 99"),
    "no version": (lambda d: d.pop("format_version"), "no format_version"),
    "no rooms": (lambda d: d.update(rooms=[]), "not one or more"),
    "a missing value": (lambda d: d["rooms"][0].pop("kind"), r"rooms\[0\] has no kind"),
    "a value too many": (lambda d: d["rooms"][0].update(colour="red"), "not part of a Room"),
    "a word for a number": (lambda d: d.update(ceiling_m="high"), "ceiling_m is 'high', not a number"),
    "not finite": (lambda d: d["objects"][0].update(yaw_rad=float("nan")), "yaw_rad is nan"),
    "a short position": (lambda d: d["objects"][0].update(position_xyz_m=[1.0]), "has 1 values, not 3"),
    "an unknown category": (lambda d: d["objects"][0]["asset"].update(category="flumph"), "'flumph'"),
    "an unknown colour": (lambda d: d["objects"][0]["asset"].update(color="infra"), "'infra'"),
    "an unknown floor": (lambda d: d["rooms"][0].update(floor_material="lava"), "'lava'"),
    "a room that is not there": (lambda d: d["objects"][0].update(room="attic"), "'attic'"),
    "two things with one id": (lambda d: d["objects"][1].update(object_id=1), "object_ids"),
    "a strange opening": (
        lambda d: d["walls"][-1]["openings"].append({"kind": "gate"}),
        "'gate', not one of door",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_scene_file_is_refused_with_the_place_of_the_fault(saved: Path, name: str) -> None:
    change, message = BAD[name]
    with pytest.raises(BadFile, match=message):
        load_scene(_edit(saved, change))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"[1, 2]", b'{"format_version": 1', b"[" * 100000])
def test_what_is_no_scene_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scene.json"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        load_scene(path)


def test_a_missing_scene_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match="scene file"):
        load_scene(tmp_path)
