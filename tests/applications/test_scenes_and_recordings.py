"""generate_scene, render_dataset and import_dataset."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sisg_robotics import RgbdSequence, load_scene, render
from sisg_robotics._wording import counted
from sisg_robotics.app.configs import RenderConfig
from sisg_robotics.app.generated import render_arguments
from sisg_robotics.rendering.cameras import TrajectoryPlan, ViewChecks
from sisg_robotics.scenes import walkable

TINY = ("frames=3", "width=48", "height=36")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sentence_becomes_a_scene_on_disk(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a bedroom, an office", "seed=4", "name=two rooms")
    assert ended.status == 0, ended.err
    scene = load_scene(Path("data/two rooms"))
    assert scene.prompt == "a bedroom, an office" and scene.seed == 4
    assert ended.last_line == (
        f"Wrote {counted(len(scene.rooms), 'room')} with {len(scene.objects)} objects to data/two rooms "
        "(scene.json, scene.glb, scene.png)."
    )
    written = {path.name for path in Path("data/two rooms").iterdir()}
    assert written == {"scene.glb", "scene.json", "scene.png"}


def test_a_name_is_made_where_none_is_given(sisg: Callable) -> None:
    assert sisg("generate_scene", "prompt=a bathroom", "seed=12").status == 0
    assert [path.name for path in Path("data").iterdir()] == ["flat_0012"]


def test_what_could_not_be_placed_is_said_with_the_reason(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a living room with 30 sofas")
    assert ended.status == 0, ended.err
    told = [line for line in ended.out.splitlines() if line.startswith("Not placed")]
    scene = load_scene(next(Path("data").iterdir()))
    assert len(told) == len({(item.what, item.reason) for item in scene.unplaced}) < len(scene.unplaced)
    assert all("sofa" in line and "because" in line for line in told)
    times = [int(count) for line in told for count in re.findall(r"^Not placed (\d+) times: ", line)]
    assert sum(times) + len(told) - len(times) == len(scene.unplaced)


def test_a_word_that_is_not_known_is_told_in_a_sentence(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a bathroom with a castle")
    reason = "it is no word for a room, thing, colour, material or number that we know"
    assert f"Not placed: castle, because {reason}.\n" in ended.out


def test_a_name_does_not_leave_the_data_folder(sisg: Callable) -> None:
    ended = sisg("generate_scene", "prompt=a bathroom", "name=../outside")
    assert ended.status == 2 and "name" in ended.err
    assert not Path("outside").exists()


def test_a_scene_that_was_rendered_is_not_replaced_by_another(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    assert sisg("generate_scene", "prompt=an office", "name=room").status == 0
    assert sisg("render_dataset", "scene_id=room", *TINY).status == 0
    assert sisg("generate_scene", "prompt=an office", "name=room").status == 0
    ended = sisg("generate_scene", "prompt=a bathroom", "name=room")
    assert ended.status == 2 and "data/room holds a recording of another scene" in ended.err
    assert load_scene(Path("data/room")).prompt == "an office"


def test_rendering_resumes_and_says_where(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    assert sisg("render_dataset", "scene_id=room", *TINY).last_line == "Wrote 3 frames to data/room."
    whole = Path("data/room/rgb/000001.png").read_bytes()
    Path("data/room/rgb/000001.png").write_bytes(whole[:50])
    kept = Path("data/room/rgb/000000.png").stat().st_mtime_ns
    assert sisg("render_dataset", "scene_id=room", *TINY).status == 0
    assert Path("data/room/rgb/000001.png").read_bytes() == whole
    assert Path("data/room/rgb/000000.png").stat().st_mtime_ns == kept


def test_other_frames_do_not_go_into_the_same_folder(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    sisg("render_dataset", "scene_id=room", *TINY)
    ended = sisg("render_dataset", "scene_id=room", "frames=5", "width=48", "height=36")
    assert ended.status == 2 and "holds another recording" in ended.err
    assert len(RgbdSequence.open("data/room")) == 3


def test_render_dataset_says_what_the_frames_see_and_what_was_left_out(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    ended = sisg("render_dataset", "scene_id=room", *TINY, "checks.max_overlap=0.05")
    assert ended.status == 0, ended.err
    (line,) = [line for line in ended.out.splitlines() if line.startswith("walk: ")]
    assert re.fullmatch(r"walk: 3 frames, which see \d+\.\d % of the surface visible to the robot; .*", line)
    rejected = json.loads(Path("data/room/trajectory.json").read_text())["rejected"]
    assert rejected["seen before"] > 0 and f"{rejected['seen before']} seen before" in line


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (("trajectory=orbit", "orbit_object=toilet"), "orbit: "),
        (("trajectory=look_around", "points=1"), "look_around: "),
        (("trajectory=walk", "rig=front_back", "samples=4", "channels=[mask]"), "walk: 2 frames"),
        (("trajectory=file", "poses_file=poses.txt", "sensor=kinect_v1", "keep_ideal=true"), "file: 1 frame"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_trajectory_can_be_asked_for(
    sisg: Callable, arguments: tuple[str, ...], beginning: str
) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    Path("poses.txt").write_text("0 0 1 0.8 -1 0 0 0.8 0 -1 0 1.3 0 0 0 1\n")
    ended = sisg("render_dataset", "scene_id=room", *TINY, *arguments)
    assert ended.status == 0, ended.err
    assert any(line.startswith(beginning) for line in ended.out.splitlines()), ended.out
    assert len(RgbdSequence.open("data/room")) > 0


def test_waypoints_are_metres_and_degrees(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    scene = load_scene(Path("data/room"))
    x, y = map(float, walkable(scene, robot_radius_m=0.25).centers_xy_m()[10])
    point = f"[{x:.3f},{y:.3f},90]"
    ended = sisg(
        "render_dataset", "scene_id=room", *TINY, "trajectory=waypoints", f"waypoints=[{point}]",
        "check_views=false",
    )  # fmt: skip
    assert ended.status == 0, ended.err
    ahead = RgbdSequence.open("data/room").T_world_cam[0, :2, 2]
    assert abs(ahead[0]) < 1e-6 < ahead[1]  # towards +y
    ended = sisg("render_dataset", "scene_id=room", *TINY, "trajectory=waypoints", "waypoints=here")
    assert ended.status == 2 and "waypoints is 'here'" in ended.err


def test_what_cannot_be_asked_for_is_said(sisg: Callable) -> None:
    sisg("generate_scene", "prompt=a bathroom", "name=room")
    for argument, told in (
        ("trajectory=fly", "Unknown trajectory 'fly'"),
        ("trajectory=file", "poses_file is None"),
        ("rig=seven", "Unknown rig 'seven'"),
        ("sensor=eye", "Unknown sensor 'eye'"),
        ("engine=crayons", "Unknown engine 'crayons'"),
        ("channels=[smell]", "channels"),
        ("samples=3", "samples is 3"),
        ("lens=[1,2]", "lens is [1.0, 2.0]"),
        ("lens=fish", "Unknown lens 'fish'"),
        ("orbit_object=[bed]", "orbit_object is ['bed']"),
        ("orbit_elevations_deg=[95]", "orbit_elevations_deg is [95.0]"),
        ("frames=0", "frames is 0"),
        ("checks.max_overlap=7", "max_overlap is 7"),
    ):
        ended = sisg("render_dataset", "scene_id=room", *TINY, argument)
        assert ended.status == 2 and told in ended.err, ended.err
    assert {path.name for path in Path("data/room").iterdir()} == {"scene.glb", "scene.json", "scene.png"}


def test_defaults_of_the_keys_are_those_beside_the_code() -> None:
    config = RenderConfig()
    assert render_arguments(config)["trajectory"] == TrajectoryPlan(
        orbit_elevations_deg=[20.0, 45.0], checks=ViewChecks()
    )
    usual = inspect.signature(render).parameters
    for name, given in render_arguments(config).items():
        if name != "trajectory":
            assert given == usual[name].default, name


def test_a_real_recording_is_imported_and_mapped(sisg: Callable, kinect_room: Path) -> None:
    ended = sisg("import_dataset", f"source={kinect_room}", "out=data/office")
    assert ended.status == 0, ended.err
    assert ended.last_line == "Wrote 60 frames to data/office."
    ended = sisg("create_map", "scene_id=office", "encoder=none", "map_config.skip_frame=20")
    assert ended.status == 0, ended.err
    assert "cells from 3 frames to data/office/map/none.h5" in ended.last_line
    ended = sisg("index_map", "scene_id=office", "encoder=none", "query=desk")
    assert ended.status == 2 and "encoder=tiny" in ended.err


def test_an_empty_source_is_bad_data(sisg: Callable) -> None:
    Path("nothing").mkdir()
    ended = sisg("import_dataset", "source=nothing")
    assert ended.status == 1 and ended.err.count("\n") == 1
    assert not Path("data").exists()
