"""fetch_models as it is typed: what there is, what comes, what was refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sisg_robotics.encoders.models.table import MODELS

REPO = "acme/tiny-clip"


def rows(out: str) -> dict[str, list[str]]:
    """The table's rows by their names."""
    lines = out.splitlines()[1:-1]
    return {line.split()[0]: line.split() for line in lines}


@pytest.mark.parametrize("arguments", [(), ("model=list",), ("model=null",)])
def test_nothing_asked_lists_what_there_is(sisg: Callable, folder: Path, arguments: tuple[str, ...]) -> None:
    ended = sisg("fetch_models", *arguments)
    assert ended.status == 0 and list(rows(ended.out)) == list(MODELS)
    assert {row[1] for row in rows(ended.out).values()} == {"-"}
    assert rows(ended.out)["clip_vit_b32"][1:5] == ["-", "609", "MIT,", "OpenAI"]
    assert ended.last_line == f"0 models in {folder}. Fetch one with model=, several with [a,b]."
    assert not folder.exists()


def test_the_list_says_what_is_here_and_what_is_damaged(
    sisg: Callable, hub: Any, folder: Path, put_in_table: Callable
) -> None:
    put_in_table()
    ended = sisg("fetch_models", f"model=[tiny_clip,{REPO}]")
    assert ended.status == 0, ended.err
    assert ended.out.splitlines()[0] == f"tiny_clip: 0 MB from {REPO}. Licence: MIT, Acme."
    assert ended.out.splitlines()[1] == f"{REPO}: 0 MB from {REPO}. Licence: mit."
    assert ended.last_line == f"2 models ready in {folder}."
    (folder / "tiny_clip" / "config.json").unlink()
    listed = rows(sisg("fetch_models").out)
    assert (listed["tiny_clip"][1], listed[REPO][1]) == ("damaged", "yes")


def test_another_folder_is_named_for_later(
    sisg: Callable, hub: Any, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = sisg("fetch_models", f"model={REPO}", "folder=stick")
    said = f"1 model ready in stick. Set SISG_MODELS={tmp_path}/stick where they are used."
    assert (ended.status, ended.last_line) == (0, said)
    assert (tmp_path / "stick/acme--tiny-clip/model.safetensors").is_file() and not folder.exists()


def test_one_that_fails_stops_no_other(sisg: Callable, hub: Any, folder: Path) -> None:
    ended = sisg("fetch_models", f"model=[nobody/nothing,{REPO}]")
    assert ended.status == 2 and (folder / "acme--tiny-clip").is_dir()
    assert ended.out.startswith("Not fetched: nobody/nothing: 127.0.0.1 has no nobody/nothing")
    assert ended.err == "fetch_models: 1 of 2 models not fetched: nobody/nothing.\n"


def test_one_that_fails_alone_is_one_sentence(sisg: Callable, hub: Any, folder: Path) -> None:
    ended = sisg("fetch_models", "model=nobody/nothing")
    assert ended.status == 2 and ended.err.count("\n") == 1 and ended.out == ""
    hub.given["config.json"] = b"{" * len(hub.repos[REPO]["config.json"])
    ended = sisg("fetch_models", f"model={REPO}")
    assert ended.status == 1 and ended.err.count("\n") == 1 and "Run it again." in ended.err


def test_an_unknown_name_stops_all_before_anything_is_asked(sisg: Callable, hub: Any, folder: Path) -> None:
    ended = sisg("fetch_models", f"model=[{REPO},clip_vit_b33]")
    assert ended.status == 2 and hub.asked == []
    assert ended.err.startswith("fetch_models: Unknown model 'clip_vit_b33'. Available: ")
    assert ended.err.endswith("Did you mean 'clip_vit_b32'?\n")


@pytest.mark.parametrize("model", ["[]", "[1]", "{a:b}", "5"])
def test_what_is_no_list_of_names_is_refused(sisg: Callable, folder: Path, model: str) -> None:
    ended = sisg("fetch_models", f"model={model}")
    assert ended.status == 2 and "it must be a name such as clip_vit_b32, or a list" in ended.err


def test_verifying_reads_every_byte(sisg: Callable, hub: Any, folder: Path) -> None:
    ended = sisg("fetch_models", "verify=true")
    assert (ended.status, ended.err) == (
        2,
        f"fetch_models: No model is in {folder}. Set SISG_MODELS or give folder=.\n",
    )
    sisg("fetch_models", f"model={REPO}")
    hub.asked.clear()
    ended = sisg("fetch_models", "verify=true")
    assert (ended.status, ended.last_line) == (0, f"1 model verified in {folder}.")
    weights = folder / "acme--tiny-clip/model.safetensors"
    weights.write_bytes(weights.read_bytes()[::-1])
    ended = sisg("fetch_models", "verify=true")
    assert ended.status == 1 and f"{weights}: its sha256 is" in ended.err and hub.asked == []
    assert sisg("fetch_models", "verify=true", "model=clip_vit_b32").status == 2


def test_the_documented_names_are_understood(sisg: Callable, hub: Any, folder: Path) -> None:
    hub.status = {"/api": 503}
    for name in ("clip_vit_b32", "clip_vit_l14", "siglip2"):
        assert "answered 503" in sisg("fetch_models", f"model={name}").err
