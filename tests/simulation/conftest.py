"""A small flat, explored once; grids that are known by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sisg_robotics.navigation import Costmap
from sisg_robotics.navigation.costmap import FREE, OCCUPIED, UNKNOWN
from sisg_robotics.scenes import Scene, generate_scene
from sisg_robotics.simulation import Exploration, Robot, explore

SMALL = Robot(width=64, height=48)
"""Its camera is small enough for tests."""


def grid(rows: str, *, cell_m: float = 0.1, radius_m: float = 0.05) -> Costmap:
    """A costmap drawn in characters: # is occupied, ? unknown, anything else free; up is +y."""
    value = {"#": OCCUPIED, "?": UNKNOWN}
    state = np.array([[value.get(c, FREE) for c in row] for row in rows.split()], dtype=np.int8)
    return Costmap(state[::-1].T.copy(), (0.0, 0.0), cell_m, radius_m)


@pytest.fixture(scope="session")
def draw_grid() -> Callable[..., Costmap]:
    return grid


@pytest.fixture(scope="session")
def small() -> Robot:
    return SMALL


@pytest.fixture(scope="session")
def flat() -> Scene:
    return generate_scene("a small flat", seed=0)


@pytest.fixture(scope="session")
def explored(flat: Scene) -> Exploration:
    """All of the flat, without asking for anything."""
    return explore(flat, robot=SMALL, start_xyyaw=(8.3, 3.0, 0.0))
