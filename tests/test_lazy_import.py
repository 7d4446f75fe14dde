"""`import sisg_robotics` is quick, and its names are there when they are used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sisg_robotics

HEAVY = ("torch", "open3d", "numba", "cv2", "h5py", "trimesh", "scipy", "transformers", "hydra")


def modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    root = Path(sisg_robotics.__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not modules_after("import sisg_robotics") & set(HEAVY)


def test_a_planted_import_is_seen() -> None:
    assert "h5py" in modules_after("import sisg_robotics, h5py")


def test_reading_keys_and_help_loads_no_renderer_and_no_model() -> None:
    loaded = modules_after(
        "import sisg_robotics.app.run, sisg_robotics.app.generated, sisg_robotics.app.scenes"
    )
    assert not loaded & {"torch", "open3d", "numba", "transformers"}


@pytest.mark.parametrize("name", sorted(sisg_robotics._HOME_OF))
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(sisg_robotics, name).__name__ == name
    assert name in dir(sisg_robotics)


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(sisg_robotics.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    declared = {
        alias.asname: (node.module or "")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert declared == sisg_robotics._HOME_OF


def test_what_the_docs_call_is_there() -> None:
    root = Path(sisg_robotics.__file__).resolve().parents[1]
    text = "".join(page.read_text(encoding="utf-8") for page in [root / "README.md", *root.glob("docs/*.md")])
    called = set(re.findall(r"\bsisg\.(\w+)", text))
    assert {"explore", "plan_path", "resolve_goal"} <= called <= set(dir(sisg_robotics))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'teleport'"):
        sisg_robotics.teleport  # noqa: B018
