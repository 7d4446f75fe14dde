"""What tests share: where real recordings lie, if anywhere, and a way to run applications."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import settings

if TYPE_CHECKING:  # not before the hook that checks shapes
    from sisg_robotics.maps import VoxelMap

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


@pytest.fixture(scope="session")
def bare_map() -> Callable[..., VoxelMap]:
    """A grey map without features of given cells (n, 3), each with one pixel; other fields by name."""
    from sisg_robotics.maps import VoxelMap

    def make(cells: np.ndarray, cell_size_m: float = 0.1, **fields: Any) -> VoxelMap:
        n = len(cells)
        plain: dict[str, Any] = {
            "features": np.zeros((n, 0), np.float32),
            "weights": np.zeros(n, np.float32),
            "rgb": np.full((n, 3), 128, np.uint8),
            "observations": np.ones(n, np.int32),
            "pixels": np.ones(n, np.int64),
        }
        return VoxelMap(cells=cells, cell_size_m=cell_size_m, **plain | fields)

    return make


@pytest.fixture(scope="session")
def bare_floor(bare_map: Callable[..., VoxelMap]) -> VoxelMap:
    """4 x 3 m of grey floor in cells of 10 cm; its picture has 25 px a cell, margins of 70 and 54 px."""
    x, y = np.meshgrid(np.arange(40), np.arange(30), indexing="ij")
    return bare_map(np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3).astype(np.int32))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a network fails."""

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("something asked for a network")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refused)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)
    with pytest.raises(AssertionError, match="asked for a network"):
        socket.create_connection(("127.0.0.1", 9))


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
