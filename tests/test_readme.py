"""What README shows works: its Python runs in order, its commands exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import sisg_robotics
from sisg_robotics.app.folders import verbs

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    lines = "".join(blocks("bash") + blocks("sh") + blocks("console")).replace("\\\n", " ").splitlines()
    return [shlex.split(line.removeprefix("$ "), comments=True) for line in lines if line.strip()]


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render = sisg_robotics.render

    def small(*arguments: object, **options: object) -> object:
        return render(*arguments, **{**options, "frames": 12, "width": 96, "height": 72})

    monkeypatch.setattr(sisg_robotics, "render", small)
    monkeypatch.chdir(tmp_path)
    assert blocks("python"), "README shows no Python"
    names: dict[str, object] = {}
    for number, block in enumerate(blocks("python")):
        exec(compile(block, f"README.md, block {number}", "exec"), names)


def test_the_environment_is_entered_before_anything_needs_it() -> None:
    first = re.search(r"^```python$|^python ", README, flags=re.MULTILINE)
    assert first is not None and ". .venv/bin/activate" in README[: first.start()]


def test_no_page_installs_the_project_from_an_index() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "applications").glob("*.py")]
    wrong = [page.name for page in pages if re.search(r"pip install [\"']?sisg", page.read_text("utf-8"))]
    assert not wrong


def test_lines_to_type_in_order_name_nothing_the_reader_has_to_fill_in() -> None:
    in_order = next(block for block in blocks("sh") if ". .venv/bin/activate" in block)
    assert "path/to" not in in_order and "data/office" not in in_order
    assert not re.search(r"executor=ray|view_map|map_server", in_order)


def test_the_make_targets_of_the_readme_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for words in commands() if words[:1] == ["make"] and len(words) > 1}
    assert {"demo", "test"} <= targets
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_the_applications_of_the_readme_take_the_keys_shown(sisg: Callable) -> None:
    shown = 0
    for words in commands():
        verb, overrides = _application(words)
        if verb is not None:
            shown += 1
            assert verb in verbs(), verb
            ended = sisg(verb, *overrides, *([] if "--help" in overrides else ["--cfg", "job"]))
            assert ended.status == 0, f"{words}: {ended.err}"
    assert shown, "README shows no application"


def _application(words: list[str]) -> tuple[str | None, list[str]]:
    for position, word in enumerate(words):
        if re.fullmatch(r"applications/\w+\.py", word):
            return Path(word).stem, words[position + 1 :]
        if word.rpartition("/")[2] == "sisg" and position + 1 < len(words):
            return words[position + 1], words[position + 2 :]
    return None, []
