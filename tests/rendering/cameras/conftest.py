"""Rooms built by hand, whose visible surface is known by thinking."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.rendering.cameras import Site, Surface
from sisg_robotics.rendering.cameras.walking import FreeSpace
from sisg_robotics.scenes import Scene, generate_scene

SIZE_M = (4.0, 3.0, 2.5)


def shell(build, lower, upper):
    """Six rectangles that face into a room: floor, ceiling, and four walls."""
    x, y, z = np.array(upper, dtype=np.float64) - lower
    ex, ey, ez = np.eye(3) * [x, y, z]
    low, high = np.array(lower, dtype=np.float64), np.array(upper, dtype=np.float64)
    faces = [
        (low, ex, ey),
        (high, -ey, -ex),
        (low, ey, ez),
        (low, ez, ex),
        (high, -ez, -ey),
        (high, -ex, -ez),
    ]
    return [build.thing(k + 1, "wall", build.rectangle(*face)) for k, face in enumerate(faces)]


def site_of(things, free_xy, *, camera_height_m=1.3, cell_m=0.05):
    """A site of hand-made things, whose free floor is a box (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = free_xy
    shape = round((x1 - x0) / cell_m), round((y1 - y0) / cell_m)
    space = FreeSpace.largest_part(np.ones(shape, dtype=bool), np.array([x0, y0]), cell_m)
    scene = Scene("by hand", "", 0, 2.5, (), (), (), ())
    return Site(scene, Surface.of(things), space, camera_height_m, 0.25)


@pytest.fixture
def rooms(build):
    """Makers of hand-made rooms and sites, and the size of the usual room."""
    return SimpleNamespace(
        shell=lambda lower=(0, 0, 0), upper=SIZE_M: shell(build, lower, upper), site_of=site_of, size_m=SIZE_M
    )


@pytest.fixture(scope="session")
def flat():
    """A generated flat of a few rooms."""
    return generate_scene("a bedroom, a bathroom", seed=5)


@pytest.fixture(scope="session")
def flat_site(flat):
    return Site.of(flat)
