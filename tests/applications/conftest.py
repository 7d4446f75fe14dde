"""A small demo scene with its map, made once for all tests of applications."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sisg_robotics.app.configs import CreateMapConfig, EncoderConfig, ParamsConfig, RenderConfig

SMALL = ("render.frames=8", "render.width=96", "render.height=72", "params.cs=0.1", "encoder=oracle")
"""The demo scene at a size that tests can afford, with an encoder that sees at that size."""


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `create_map` ran once."""
    from runpy import run_path

    from sisg_robotics.app.folders import applications_dir

    folder = tmp_path_factory.mktemp("demo")
    config = CreateMapConfig(
        render=RenderConfig(frames=8, width=96, height=72),
        encoder=EncoderConfig("oracle"),
        params=ParamsConfig(cs=0.1),
    )
    create_map = run_path(str(applications_dir() / "create_map.py"))["create_map"]
    here = Path.cwd()
    os.chdir(folder)
    try:
        create_map(config)
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def in_demo_folder(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That folder, as the current one. Tests must leave what is in it alone."""
    monkeypatch.chdir(demo_folder)
    before = _stamps(demo_folder)
    yield demo_folder
    changed = {path for path, stamp in before.items() if _stamps(demo_folder).get(path) != stamp}
    assert not changed, f"a test changed {changed}"


def _stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
