"""At what heights a map has floors to drive on."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Int64

from ..errors import RequestError
from ..maps import VoxelMap

FULL = 1 / 3
"""A floor's layer has at least this share of the cells of the fullest layer."""

OPEN = 0.25
"""Share of a floor's cells, at least, over which a robot has headroom. A ceiling under a storey has none."""

FURNISHED = 0.05
"""Cells above a floor, at least, as a share of its own: walls stand on it, none on the roof."""

LOWEST_M = 0.2
"""What is lower belongs to the floor when headroom is looked for: rugs, noise."""


def floor_layers(vmap: VoxelMap, *, robot_height_m: float) -> list[int]:
    """The layers (z of cells) of all floors, the lowest first; of layers within headroom the lowest.

    A floor is a full layer with headroom over much of it and with walls or things standing on it, so that
    ceilings, tables and roofs are none; where nothing stands anywhere, the lowest layer. Raises
    RequestError for a map without cells or floors.
    """
    if not len(vmap):
        raise RequestError("The map has no cells, so it has no floor. Map a recording that shows one.")
    layers, counts = np.unique(vmap.cells[:, 2], return_counts=True)
    floors: list[int] = []
    bare: list[int] = []  # open, at the bottom of the map
    high = max(1, round(robot_height_m / vmap.cell_size_m))
    for layer in layers[counts >= FULL * counts.max()].tolist():
        if floors and layer - floors[-1] < high:
            continue
        rows = _fullest_near(vmap, layer)
        open_share, furniture_share = _above(vmap, rows, high)
        if open_share >= OPEN and furniture_share >= FURNISHED:
            floors.append(int(vmap.cells[rows[0], 2]))
        elif open_share >= OPEN and layer - layers[0] <= 2:
            bare.append(int(vmap.cells[rows[0], 2]))
    if not floors and not bare:
        raise RequestError(
            "The map has no floor: no layer of it is level and open above. Map a recording "
            "that shows the floor, in a world whose z points up."
        )
    return floors or bare[:1]


def _fullest_near(vmap: VoxelMap, layer: int) -> Int64[np.ndarray, " m"]:
    """Rows of the fullest of three layers: noise spreads a floor over its neighbours."""
    candidates = [np.flatnonzero(vmap.cells[:, 2] == layer + step) for step in (0, 1, 2)]
    return max(candidates, key=len)


def _above(vmap: VoxelMap, rows: Int64[np.ndarray, " m"], high: int) -> tuple[float, float]:
    """Share of these cells that have headroom, and the cells in that room as a share of them."""
    low = max(2, round(LOWEST_M / vmap.cell_size_m))
    blocked: Bool[np.ndarray, " m"] = np.zeros(len(rows), dtype=bool)
    for step in range(low, high):
        blocked |= vmap.row_of(vmap.cells[rows] + np.array([0, 0, step], dtype=np.int32)) >= 0
    z = vmap.cells[:, 2] - vmap.cells[rows[0], 2]
    return float(1 - blocked.mean()), float(np.count_nonzero((z >= low) & (z < high)) / len(rows))
