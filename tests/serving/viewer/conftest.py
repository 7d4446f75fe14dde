"""A small flat of boxes, a small generated flat with its recording, and a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sisg_robotics as sisg
from sisg_robotics.maps import VoxelMap

CHROMIUM = Path(os.environ.get("SISG_CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def bare_map(cells: np.ndarray, rgb: np.ndarray, *, cell_size_m: float = 0.05) -> VoxelMap:
    """A map of colours alone; cells need no order and may repeat, in which case the first counts."""
    cells, first = np.unique(cells.astype(np.int32), axis=0, return_index=True)
    n = len(cells)
    return VoxelMap(
        cells=cells,
        features=np.zeros((n, 0), np.float32),
        weights=np.zeros(n, np.float32),
        rgb=rgb[first].astype(np.uint8),
        observations=np.ones(n, np.int32),
        pixels=np.ones(n, np.int64),
        cell_size_m=cell_size_m,
        origin_xyz_m=np.array([0.3, -0.2, 0.1]),
        sequence="made up",
    )


@pytest.fixture(scope="session")
def make_map() -> Callable[..., VoxelMap]:
    return bare_map


@pytest.fixture(scope="session")
def random_map() -> VoxelMap:
    """Four thousand cells around zero, in clumps, of random colours."""
    rng = np.random.default_rng(5)
    cells = np.rint(rng.normal(scale=(12, 9, 4), size=(6000, 3)))
    return bare_map(cells, rng.integers(0, 256, (6000, 3)))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A generated flat: `folder` of its recording, `map_file` by the oracle, `none_file` without features."""
    folder = tmp_path_factory.mktemp("viewer") / "home"
    scene = sisg.generate_scene("one living room with a red sofa and a bed", seed=4)
    sequence = sisg.render(scene, folder, frames=12, width=128, height=96, channels=("instance",))
    files = {}
    for name in ("oracle", "none"):
        encoder = sisg.make_encoder(name, sequence=sequence)
        vmap = sisg.build_map(sequence, encoder, cell_size_m=0.1)
        files[name] = vmap.save(folder / "map" / f"{name}.h5")
    return SimpleNamespace(folder=folder, map_file=files["oracle"], none_file=files["none"])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium driven by playwright. What needs it is skipped where it is not installed."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium, or name another in SISG_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=list(FLAGS))
        yield browser
        browser.close()
