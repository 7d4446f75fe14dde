"""Cheapest ways over a costmap, by SciPy's Dijkstra on the grid's 8-neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from .costmap import Costmap

Cell = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Ways:
    """From one cell to all others: what the way costs (inf: none), and the cell before each, flat, or -1."""

    cost: Float64[np.ndarray, "nx ny"]
    before: Int64[np.ndarray, " cells"]

    def cells_to(self, cell: Cell) -> Int64[np.ndarray, "k 2"]:
        """The cells of the cheapest way to a cell that has one, both ends included."""
        shape = self.cost.shape
        at = int(np.ravel_multi_index(cell, shape))
        flat = [at]
        while (at := int(self.before[at])) >= 0:
            flat.append(at)
        return np.stack(np.unravel_index(flat[::-1], shape), axis=1).astype(np.int64)


def ways_from(costmap: Costmap, cell: Cell) -> Ways:
    """Cheapest ways from a passable cell. A step costs its length times the mean cost of its two cells; no
    step goes between two cells that the robot cannot be in.
    """
    shape = costmap.state.shape
    cost, before = dijkstra(
        _steps(costmap), indices=int(np.ravel_multi_index(cell, shape)), return_predecessors=True
    )
    return Ways(cost.reshape(shape), np.where(before < 0, -1, before).astype(np.int64))


def _steps(costmap: Costmap) -> csr_array:
    """All steps between passable cells as a sparse matrix."""
    passable, cost = costmap.passable, costmap.cost.astype(np.float64)
    number = np.arange(passable.size).reshape(passable.shape)
    from_, to, weight = [], [], []
    for step in ((1, 0), (0, 1), (1, 1), (1, -1)):
        open_ = passable & _moved(passable, step)
        if all(step):
            open_ &= _moved(passable, (step[0], 0)) & _moved(passable, (0, step[1]))
        here, there = number[open_], _moved(number, step)[open_]
        price = np.hypot(*step) * costmap.cell_size_m * (cost[open_] + _moved(cost, step)[open_]) / 2
        from_ += [here, there]
        to += [there, here]
        weight += [price, price]
    edges = (np.concatenate(from_), np.concatenate(to))
    return csr_array((np.concatenate(weight), edges), shape=(passable.size, passable.size))


def _moved(grid: np.ndarray, step: Cell) -> np.ndarray:
    """For each cell what stands a step on; zeros beyond the border."""
    nx, ny = grid.shape
    dx, dy = 1 + step[0], 1 + step[1]
    return np.pad(grid, 1)[dx : dx + nx, dy : dy + ny]
