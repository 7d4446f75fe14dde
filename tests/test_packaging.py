"""What is shipped: the wheel alone runs an application, and every requirement is pinned and explained."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["render.frames=4", "render.width=96", "render.height=72", "params.cs=0.1"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [name for line in project["dependencies"] + extras if (name := _name(line)) != project["name"]]


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower()


def test_the_wheel_holds_library_configs_applications_and_exporters(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"sisg_robotics/{path.relative_to(ROOT / 'sisg_robotics')}" for path in _library_files()}
    expected |= {
        f"sisg_robotics/_config/{p.relative_to(ROOT / 'config')}" for p in ROOT.glob("config/**/*.yaml")
    }
    for folder in ("applications", "exporters"):
        expected |= {f"sisg_robotics/_{folder}/{path.name}" for path in ROOT.glob(f"{folder}/*.py")}
    assert expected <= held
    assert not [name for name in held if "__pycache__" in name or name.startswith("tests/")]
    assert any(name.endswith("licenses/LICENSE") for name in held)


def _library_files() -> list[Path]:
    return [
        path
        for path in (ROOT / "sisg_robotics").rglob("*.*")
        if path.suffix in (".css", ".html", ".json", ".py", ".safetensors", ".txt")
    ]


def test_the_wheel_alone_makes_a_map_slow(wheel: Path, tmp_path: Path) -> None:
    """In an environment with nothing but what the wheel requires, in another folder, no checkout in sight."""
    environment, elsewhere = tmp_path / "environment", tmp_path / "elsewhere"
    elsewhere.mkdir()
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    install = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(install, env=clean, cwd=elsewhere, check=True, capture_output=True)
    (site_packages,) = environment.glob("lib/python*/site-packages")
    link_requirements("sisg-robotics", site_packages)
    run = [str(environment / "bin/sisg"), "create_map", *SMALL]
    done = subprocess.run(run, env=clean, cwd=elsewhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "data/demo/map/tiny.h5" in done.stdout.splitlines()[-1]
    assert (elsewhere / "data/demo/map/tiny.h5").is_file()
    assert [path.name for path in elsewhere.iterdir()] == ["data"]


def link_requirements(name: str, site_packages: Path) -> None:
    """Let another environment see what a distribution requires, and what that requires.

    Links, since copies of PyTorch and its like take gigabytes.
    """
    waiting, known = [(name, "")], set[tuple[str, str]]()
    while waiting:
        name, extra = waiting.pop()
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                wanted = {(canonicalize_name(requirement.name), e) for e in ("", *requirement.extras)} - known
                known |= wanted
                waiting += wanted
    for name in {name for name, _ in known}:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not top.endswith(".pth") and not (site_packages / top).exists():
                (site_packages / top).symlink_to(found.locate_file(top))


def test_every_requirement_is_pinned_exactly() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_name(line) for line in pins if line and not line.startswith("#")}
    assert all(re.match(r"[\w.-]+==[\w.]+(; python_version .*)?$", p) for p in pins if p and p[0] != "#")
    assert set(requirements()) <= pinned
    assert "torch==2.13.0" in pins


def test_every_requirement_is_explained() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([\w.-]+)`", page, flags=re.MULTILINE))
    assert explained == set(requirements())


def test_the_licence_is_the_whole_apache_text() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_no_file_of_the_project_names_a_home_folder() -> None:
    checked = [p for p in ROOT.glob("**/*") if p.suffix in (".py", ".yaml", ".md", ".toml") and p.is_file()]
    ours = [p for p in checked if not any(part.startswith(".venv") for part in p.parts)]
    assert not [p for p in ours if p != Path(__file__) and re.search(r"/(home|root|Users)/\w", p.read_text())]
