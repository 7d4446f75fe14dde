"""Rooms of voxels whose costmaps are known by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sisg_robotics.maps import VoxelMap

CELL_M = 0.05

Box = tuple[float, float, float, float, float, float]
"""x, y, z from and to, metres."""


def voxels(*boxes: Box) -> VoxelMap:
    """A map of the cells whose middles lie in boxes; the floor's cells are centred on z = 0."""
    filled = set()
    for x0, y0, z0, x1, y1, z1 in boxes:
        spans = [
            np.arange(np.floor(low / CELL_M + 0.5), np.floor(high / CELL_M + 0.5)).astype(int)
            for low, high in ((x0, x1), (y0, y1), (z0, z1))
        ]
        filled |= {tuple(c) for c in np.stack(np.meshgrid(*spans, indexing="ij"), -1).reshape(-1, 3).tolist()}
    cells = np.array(sorted(filled), dtype=np.int32).reshape(-1, 3)
    n = len(cells)
    return VoxelMap(
        cells=cells,
        features=np.zeros((n, 0), np.float32),
        weights=np.zeros(n, np.float32),
        rgb=np.full((n, 3), 128, np.uint8),
        observations=np.ones(n, np.int32),
        pixels=np.ones(n, np.int64),
        cell_size_m=CELL_M,
        origin_xyz_m=np.array([0.0, 0.0, -CELL_M / 2]),
    )


def room(size_x_m: float = 4.0, size_y_m: float = 3.0, *, at_z_m: float = 0.0) -> list[Box]:
    """Floor, ceiling at 2.5 m and four walls outside of it."""
    x, y, z = size_x_m, size_y_m, at_z_m
    return [
        (0, 0, z, x, y, z + 0.05),
        (0, 0, z + 2.5, x, y, z + 2.55),
        (-0.1, -0.1, z, 0, y + 0.1, z + 2.5),
        (x, -0.1, z, x + 0.1, y + 0.1, z + 2.5),
        (0, -0.1, z, x, 0, z + 2.5),
        (0, y, z, x, y + 0.1, z + 2.5),
    ]


@pytest.fixture(scope="session")
def make_voxels() -> Callable[..., VoxelMap]:
    return voxels


@pytest.fixture(scope="session")
def make_room() -> Callable[..., list[Box]]:
    return room
