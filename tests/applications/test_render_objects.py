"""render_objects and render_scenes, as they are typed."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sisg_robotics.app.configs import RenderObjectsConfig
from sisg_robotics.app.object_views import device_numbers, said, view_settings
from sisg_robotics.app.scene_lists import prompt_list
from sisg_robotics.errors import BadValue, MissingPath
from sisg_robotics.rendering.objects import RenderObjectsReport

SMALL = ("num_renders=2", "resolution=24", "samples=1", "processes=2")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_arguments_a_few_things_of_ours_are_rendered_once(sisg: Callable) -> None:
    arguments = ["render_objects", *SMALL, "render_normals=true", "limit=2"]
    ended = sisg(*arguments)
    assert ended.status == 0, ended.err
    assert ended.last_line == "Rendered 2 of 2 objects to data/object_views."
    archives = sorted(Path("data/object_views").glob("*.zip"))
    with zipfile.ZipFile(archives[0]) as archive:
        names = [name.partition("/")[2] for name in archive.namelist()]
    assert names == ["000.png", "000_normal.npy", "001.png", "001_normal.npy", "metadata.json"]
    ended = sisg(*arguments)
    assert ended.last_line == "Rendered 0 of 2 objects to data/object_views; 2 objects there before."


def test_bad_objects_are_counted_by_reason_and_all_of_them_is_status_1(sisg: Callable) -> None:
    Path("models").mkdir()
    for name in ("a.stl", "b.stl"):
        Path("models", name).touch()
    ended = sisg("render_objects", "objects=models", *SMALL)
    assert ended.status == 1
    assert re.search(
        r"2 failed: empty_file: is empty \(models/[ab]\.stl and 1 other\)\. No object", ended.err
    )
    assert "No object was rendered to data/object_views; 2 failed (render-objects-failed.csv)." in ended.err


def test_the_most_frequent_reasons_are_told_with_an_example_each() -> None:
    report = RenderObjectsReport("views", found=12, rendered=1, failed=11)
    report.reasons.update({"ab": 1, "b": 2, "c": 2, "took longer than 3 s": 2, "d": 2, "e": 2})
    report.examples.update({kind: ("x.glb", f"{kind}: it is bad.") for kind in report.reasons})
    first, *_, rest, summary = said(report).splitlines()
    assert first == "2 failed: b: it is bad (x.glb and 1 other)."
    assert rest == "1 failed for other reasons."
    assert summary == "Rendered 1 of 12 objects to views; 11 failed (render-objects-failed.csv)."


def test_objects_without_their_textures_are_rendered_and_counted(sisg: Callable) -> None:
    Path("models").mkdir()
    Path("models/a.mtl").write_text("newmtl skin\nmap_Kd wood.png\n")
    Path("models/a.obj").write_text("mtllib a.mtl\nusemtl skin\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    ended = sisg("render_objects", "objects=models", *SMALL)
    told = "1 of them without some textures (render-objects-success.csv)"
    assert ended.last_line == f"Rendered 1 of 1 object to data/object_views; {told}."
    rows = Path("data/object_views/render-objects-success.csv").read_text().splitlines()
    assert rows[1].endswith(",models/a.obj," + rows[1].split(",")[2] + ",1,missing_textures: wood.png")


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("objects=nowhere", "No folder of objects at nowhere."),
        ("objects=[]", "No objects in an empty list."),
        ("preset=gs_lrn", "Unknown preset of object views 'gs_lrn'."),
        ("executor=slurm", "Unknown executor 'slurm'. Available: local, ray."),
        ("save_format=rar", "Unknown save format 'rar'."),
        ("devices=all", "devices is 'all', but it must be a number of GPUs or a list of their numbers"),
        ("processes=0", "number of workers is 0, but it must be 1 or more."),
    ],
)
def test_a_wrong_request_is_one_sentence(sisg: Callable, argument: str, sentence: str) -> None:
    ended = sisg("render_objects", argument)
    assert ended.status == 2 and sentence in ended.err and ended.err.count("\n") == 1, ended.err
    assert not Path("data/object_views").exists()


def test_keys_become_settings_over_those_of_the_preset() -> None:
    settings = view_settings(RenderObjectsConfig(preset="lgm"))
    assert (settings.num_views, settings.resolution, settings.modalities) == (100, (512, 512), ())
    config = RenderObjectsConfig(
        preset="lgm", num_renders=3, resolution=[64, 48], render_depth=True, render_mask=True,
        only_northern_hemisphere=True, background="black", file_layout="published",
    )  # fmt: skip
    settings = view_settings(config)
    assert (settings.num_views, settings.resolution) == (3, (64, 48))
    assert settings.modalities == ("depth", "mask") and settings.only_northern_hemisphere
    assert (settings.background, settings.layout, settings.preset) == ("black", "published", "lgm")


def test_devices_are_a_count_or_numbers() -> None:
    assert [device_numbers(given) for given in (None, 0, 2, [3, 1])] == [None, [], [0, 1], [3, 1]]
    for wrong in (-1, [-1], "gpu", [0.5]):
        with pytest.raises(BadValue, match="devices"):
            device_numbers(wrong)


def test_many_flats_are_rendered_and_only_the_missing_again(sisg: Callable) -> None:
    arguments = ["render_scenes", "prompts=a bathroom", "count=2", "frames=2", "width=32", "height=24"]
    ended = sisg(*arguments)
    assert ended.status == 0, ended.err
    assert ended.last_line == "Rendered 2 scenes to data/scenes."
    folders = sorted(path for path in Path("data/scenes").iterdir() if path.is_dir())
    assert [folder.name[-5:] for folder in folders] == ["_0000", "_0001"]
    stories = [json.loads((folder / "scene.json").read_text()) for folder in folders]
    assert [story["seed"] for story in stories] == [0, 1]
    assert all(len(list(folder.glob("depth/*.npy"))) == 2 for folder in folders)
    ended = sisg(*arguments, "processes=1")
    assert ended.last_line == "Rendered 0 scenes to data/scenes; 2 there before."
    ended = sisg(*arguments, "sensor=kinect_v1")
    assert ended.status == 2 and "was begun with" in ended.err


def test_prompts_are_a_sentence_a_list_or_a_file(tmp_path: Path) -> None:
    Path("prompts.txt").write_text("a kitchen\n\n an office \n")
    assert prompt_list("prompts.txt") == ["a kitchen", "an office"]
    assert prompt_list("a kitchen, an office") == ["a kitchen, an office"]
    assert prompt_list(["a", "b"]) == ["a", "b"]
    with pytest.raises(MissingPath, match=r"No list of prompts at none\.txt"):
        prompt_list("none.txt")
    with pytest.raises(BadValue, match="a sentence, a list"):
        prompt_list(7)
