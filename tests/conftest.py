"""What tests share: where real recordings lie, if anywhere, and a way to run applications."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("everywhere", deadline=None, max_examples=50)  # a slow machine is no failure
settings.load_profile("everywhere")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def kinect_room() -> Path:
    """A folder of real Kinect frames in the 7-Scenes layout."""
    folder = SHARED_DATA / "kinect_room"
    if not folder.is_dir():
        pytest.skip(f"no real recording at {folder}")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker is left with them alone at the end."""
    items.sort(key=lambda item: "slow" not in item.name)


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.strip().splitlines()[-1]


@pytest.fixture
def sisg(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Runs `sisg <arguments>` in this process."""

    def run(*arguments: str) -> Ended:
        from sisg_robotics.cli import main

        monkeypatch.setattr(sys, "argv", ["sisg", *arguments])
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        return Ended(status, *capsys.readouterr())

    return run
