"""`sisg`: verbs, help, and how a wrong request ends."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from sisg_robotics.app import run
from sisg_robotics.app.config_keys import config_keys
from sisg_robotics.app.configs import CONFIGS
from sisg_robotics.app.folders import verbs

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_sisg_alone_lists_every_verb_with_a_line(sisg: Callable, arguments: tuple[str, ...]) -> None:
    ended = sisg(*arguments)
    lines = [line.split(maxsplit=1) for line in ended.out.splitlines() if line.startswith("  ")]
    assert ended.status == 0
    assert [name for name, _ in lines] == verbs()
    assert all(len(summary) > 20 for _, summary in lines)


def test_an_unknown_verb_is_refused_with_the_nearest(sisg: Callable) -> None:
    ended = sisg("create_mop")
    assert ended.status == 2
    assert ended.err.startswith("sisg: Unknown verb 'create_mop'. Available: create_map,")
    assert ended.err.endswith("Did you mean 'create_map'?\n")


@pytest.mark.parametrize("verb", sorted(CONFIGS))
def test_help_names_every_key_and_how_it_ends(sisg: Callable, verb: str) -> None:
    ended = sisg(verb, "--help")
    assert ended.status == 0
    assert all(f"  {key}=" in ended.out for key in config_keys(CONFIGS[verb]))
    assert f"python applications/{verb}.py" in ended.out
    assert "Exit status: 0 done" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 120


REFUSED = {
    "an unknown key": (["create_map", "encodr=none"], "Unknown config key 'encodr'. Did you mean 'encoder'?"),
    "an unknown key below": (
        ["create_map", "params.sc=1"],
        "Unknown config key 'params.sc'. Did you mean 'pa",
    ),
    "an added unknown key": (["create_map", "+a.b=1"], "Unknown config key 'a'. --help lists all keys."),
    "a number that is none": (
        ["create_map", "params.cs=wide"],
        "params.cs is 'wide', but it must be a number",
    ),
    "half a frame": (
        ["create_map", "render.frames=1.5"],
        "render.frames is 1.5, but it must be a whole",
    ),
    "a scene as if it were its name": (
        ["create_map", "scene=flat_3"],
        "scene is a group of keys (scene.prompt, scene.seed, scene.name) and takes no 'flat_3'. "
        "Did you mean scene_id=flat_3?",
    ),
    "a number for a group": (["create_map", "render=7"], "Unknown render '7'. Available: default, "),
    "a list without brackets": (
        ["navigate", "start=2,1"],
        "start is '2,1', but it must be a list of numbers, in brackets: start=[2,1].",
    ),
    "a list of words": (["navigate", "start=[a,b]"], "start is [a,b], but it must be a list of numbers."),
    "a seed in words": (
        ["create_map", "scene.seed=abc"],
        "scene.seed is 'abc', but it must be a whole ",
    ),
    "no number at all": (["index_map", "top_k=null"], "top_k is null, but it must be a whole number."),
    "two prompts": (["generate_scene", "prompt=[a,b]"], "prompt is [a,b], but it must be a text."),
    "a key with dashes": (["index_map", "--query", "sofa"], "Keys have no dashes: write query=sofa"),
    "a key with dashes and =": (["index_map", "--top-k=3"], "Keys have no dashes: write top_k=3"),
    "an unknown option": (["create_map", "--fast"], "Unknown option '--fast'. Write key=value; --help lists"),
    "an option in between": (
        ["create_map", "encoder=none", "--cfg", "job", "params.cs=1"],
        "Cannot read 'params.cs=1' there. Write all key=value in one row, then the options.",
    ),
    "an option wrongly used": (["create_map", "--cfg", "bla"], "invalid choice: 'bla'"),
    "an unknown encoder": (
        ["create_map", "encoder=clp"],
        "Unknown encoder 'clp'. Available: clip, lseg, none, oracle, tiny.",
    ),
    "an unknown encoder name": (["index_map", "encoder.name=a/b"], "No data folder at data."),
    "an unknown choice": (["create_map", "params=tiny"], "Unknown params 'tiny'. Available: default, fine."),
    "no key": (["create_map", "kitchen"], "Cannot read the argument 'kitchen'. Write key=value."),
    "no such config": (["create_map", "-cn", "mine"], "Cannot find primary config 'mine'."),
    "no such config folder": (["create_map", "-cp", "mine"], "Primary config directory not found."),
    "no data folder": (["create_map", "scene_id=flat"], "No data folder at data. Set data_paths."),
    "no scene folder": (["create_map", "scene_id=./flat"], "No scene folder at ./flat."),
    "no source": (["import_dataset"], "source is None, but it must be the folder of a recording"),
    "no such source": (["import_dataset", "source=there"], "No recording at there."),
    "an unknown format": (
        ["import_dataset", "source=.", "format=bag"],
        "Unknown format 'bag'. Available: auto, ",
    ),
    "no frame at all": (
        ["create_map", "map_config.skip_frame=0"],
        "map_config.skip_frame is 0, but it must be",
    ),
    "no cell at all": (
        ["create_map", "params.cs=0"],
        "params.cs is 0.0, but it must be a positive number of",
    ),
    "a cell without end": (["create_map", "map_config.cell_size=inf"], "map_config.cell_size is inf, but it"),
    "nothing near enough": (
        ["create_map", "max_depth_m=-1"],
        "max_depth_m is -1.0, but it must be a positive",
    ),
    "a seed below zero": (["render_dataset", "walk_seed=-1"], "walk_seed is -1, but it must be 0 or more."),
    "no answer wanted": (["index_map", "query=sofa", "top_k=0"], "top_k is 0, but it must be 1 or more."),
    "a scene that is a list": (
        ["create_map", "data_paths.vlmaps_data_dir=.", "scene_id=[1]"],
        "Unknown scene",
    ),
    "no map": (["index_map", "map=none.h5", "query=sofa"], "No map at none.h5. Build it with create_map."),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_a_wrong_request_is_one_sentence_and_status_2(sisg: Callable, case: str) -> None:
    arguments, sentence = REFUSED[case]
    ended = sisg(*arguments)
    assert ended.status == 2
    assert ended.err.startswith(f"{arguments[0]}: ") and sentence in ended.err
    assert ended.err.count("\n") == 1 and "Traceback" not in ended.err and ended.out == ""


def test_a_wrong_request_leaves_nothing_behind(sisg: Callable, empty_folder: Path) -> None:
    for arguments, _ in REFUSED.values():
        sisg(*arguments)
    assert list(empty_folder.iterdir()) == []


@pytest.mark.parametrize("text", ["a flat, a garden", "the cat's bed", 'a "low" sofa', "what is it?", "a=b"])
def test_free_text_needs_no_second_quoting(sisg: Callable, text: str) -> None:
    ended = sisg("generate_scene", f"prompt={text}", "--cfg", "job", "--package", "prompt")
    assert ended.status == 0
    assert ended.out.splitlines()[-1].strip("'") == text.replace(
        "'", "''" if ended.out.startswith("'") else "'"
    )


@pytest.mark.parametrize("how", ["key", "variable"])
def test_a_traceback_is_shown_to_those_who_ask(
    sisg: Callable, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "variable":
        monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    ended = sisg("create_map", "scene_id=flat", *(["debug=true"] if how == "key" else []))
    assert ended.status == 2
    assert "Traceback" in ended.err and "No data folder at data." in ended.err


def press_ctrl_c(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def press_ctrl_c_in_an_extension(*_: object) -> None:
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise SystemError("returned a result with an exception set") from None


@pytest.mark.parametrize("interrupted", [press_ctrl_c, press_ctrl_c_in_an_extension])
def test_an_interrupt_ends_in_one_line_and_status_130(
    sisg: Callable, monkeypatch: pytest.MonkeyPatch, interrupted: Callable
) -> None:
    monkeypatch.setattr(run, "read_config", interrupted)
    ended = sisg("create_map")
    assert ended.status == 130
    assert ended.err == "interrupted; run again to resume\n"


def test_what_the_system_refuses_is_one_sentence(sisg: Callable, empty_folder: Path) -> None:
    (empty_folder / "data").write_text("a file where a folder should be")
    ended = sisg("generate_scene")
    assert ended.status == 2
    assert ended.err.startswith("generate_scene: The system refused data") and ended.err.count("\n") == 1
