"""The command line as Hydra gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sisg_robotics.app.arguments import hydra_arguments


def prepared(*arguments: str) -> list[str]:
    return [
        argument for argument in hydra_arguments(arguments, "scratch") if not argument.startswith("hydra")
    ]


@pytest.mark.parametrize(
    "argument", ["params.cs=0.02", "query=[sofa,lamp]", "+encoder=none", "~scene", "q='a b'"]
)
def test_what_hydra_understands_is_left_alone(argument: str) -> None:
    assert prepared(argument) == [argument]


@pytest.mark.parametrize(
    ("given", "quoted"),
    [
        ("prompt=two bedrooms, a kitchen", "prompt='two bedrooms, a kitchen'"),
        ("query=the cat's bed", r"query='the cat\'s bed'"),
        ("query=is it (here)?", "query='is it (here)?'"),
    ],
)
def test_free_text_is_quoted(given: str, quoted: str) -> None:
    assert prepared(given) == [quoted]


def test_commas_stay_a_sweep_where_one_is_asked_for() -> None:
    assert prepared("-m", "params.cs=0.02,0.05") == ["-m", "params.cs=0.02,0.05"]


def test_a_config_folder_is_taken_from_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert prepared("-cp", "mine") == ["-cp", str(tmp_path / "mine")]
    assert prepared("--config-path", "pkg://mine") == ["--config-path", "pkg://mine"]


@pytest.mark.parametrize(
    "arguments", [["--cfg", "job"], ["a=1", "--cfg", "job"], ["--cfg", "job", "a=1"], []]
)
def test_all_overrides_stand_in_one_row(arguments: list[str]) -> None:
    whole = hydra_arguments(arguments, "scratch")
    is_override = ["=" in argument for argument in whole]
    assert is_override.count(True) == 5 + arguments.count("a=1")
    first, last = is_override.index(True), len(is_override) - 1 - is_override[::-1].index(True)
    assert all(is_override[first : last + 1])
