"""Ways through free space: shortest paths that keep to the middle, and a short tour of many places."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float64, Int
from scipy import ndimage, sparse

Cell = tuple[int, int]

_STEPS = ((1, 0), (0, 1), (1, 1), (1, -1))
_NARROW_COST_M = 0.25
"""A cell at this distance from the next obstacle costs twice its length."""
_SMOOTHING_CELLS = (8.0, 4.0, 2.0, 1.0)


@dataclass(frozen=True, eq=False)
class FreeSpace:
    """Connected cells where a robot's centre may be; that of cell (i, j) is origin + (ij + 0.5) * size."""

    mask: Bool[np.ndarray, "nx ny"]
    origin_xy_m: Float64[np.ndarray, "2"]
    cell_size_m: float
    clearance_m: Float64[np.ndarray, "nx ny"]
    """How far each cell is from the nearest cell that is not free."""
    graph: sparse.csr_array
    """Cost of a step between neighbouring cells, by flat cell index."""

    @classmethod
    def largest_part(
        cls, mask: Bool[np.ndarray, "nx ny"], origin_xy_m: Float64[np.ndarray, "2"], cell_size_m: float
    ) -> FreeSpace:
        """The largest connected part of a mask."""
        labels, count = ndimage.label(mask)
        if count > 1:
            sizes = np.bincount(labels.ravel())[1:]
            mask = labels == 1 + int(np.argmax(sizes))
        padded = np.pad(mask, 1)
        clearance = ndimage.distance_transform_edt(padded)[1:-1, 1:-1] * cell_size_m
        return cls(mask.copy(), origin_xy_m, cell_size_m, clearance, _graph(mask, clearance, cell_size_m))

    def center(self, cells: Int[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n 2"]:
        """Centres of cells, metres."""
        return self.origin_xy_m + (cells + 0.5) * self.cell_size_m

    def is_free(self, xy_m: Float64[np.ndarray, "n 2"]) -> Bool[np.ndarray, "n"]:
        """Whether each point lies in a free cell."""
        cells = np.floor((xy_m - self.origin_xy_m) / self.cell_size_m).astype(np.int64)
        inside = ((cells >= 0) & (cells < self.mask.shape)).all(axis=-1)
        cells = np.where(inside[:, None], cells, 0)
        return inside & self.mask[cells[:, 0], cells[:, 1]]


def tour(space: FreeSpace, places: list[Cell], first: int) -> tuple[list[int], list[np.ndarray]]:
    """An order for visiting all places, number `first` first, and the path of each leg, (n, 2) metres."""
    sources = [i * space.mask.shape[1] + j for i, j in places]
    cost, before = sparse.csgraph.dijkstra(space.graph, indices=sources, return_predecessors=True)
    order = _improved(_nearest_first(cost[:, sources], first), cost[:, sources])
    legs = [_path(space, before[a], sources[a], sources[b]) for a, b in pairwise(order)]
    return order, [_smooth(space, leg) for leg in legs]


def _graph(
    mask: Bool[np.ndarray, "nx ny"], clearance_m: Float64[np.ndarray, "nx ny"], cell_size_m: float
) -> sparse.csr_array:
    index = np.arange(mask.size).reshape(mask.shape)
    price = 1.0 + _NARROW_COST_M / np.maximum(clearance_m, cell_size_m)
    rows, columns, costs = [], [], []
    for di, dj in _STEPS:
        here = (slice(0, mask.shape[0] - di), slice(max(0, -dj), mask.shape[1] - max(0, dj)))
        there = (slice(di, None), slice(max(0, dj), mask.shape[1] + min(0, dj)))
        both = mask[here] & mask[there]
        rows.append(index[here][both])
        columns.append(index[there][both])
        costs.append(np.hypot(di, dj) * cell_size_m * (price[here] + price[there])[both] / 2)
    a, b, cost = (np.concatenate(parts) for parts in (rows, columns, costs))
    shape = (mask.size, mask.size)
    one_way = sparse.coo_array((cost, (a, b)), shape=shape)
    return sparse.csr_array(one_way + one_way.T)


def _nearest_first(cost: Float64[np.ndarray, "k k"], first: int) -> list[int]:
    order = [first]
    left = [place for place in range(len(cost)) if place != first]
    while left:
        order.append(min(left, key=lambda place: (cost[order[-1], place], place)))
        left.remove(order[-1])
    return order


def _improved(order: list[int], cost: Float64[np.ndarray, "k k"]) -> list[int]:
    """2-opt: turn a stretch round while that makes the tour shorter. The first place stays first."""

    def length(o: list[int]) -> float:
        return float(sum(cost[a, b] for a, b in pairwise(o)))

    best = length(order)
    improved = True
    while improved:
        improved = False
        for i in range(1, len(order) - 1):
            for j in range(i + 1, len(order)):
                turned = order[:i] + order[i : j + 1][::-1] + order[j + 1 :]
                if length(turned) < best - 1e-9:
                    order, best, improved = turned, length(turned), True
    return order


def _path(
    space: FreeSpace, before: Int[np.ndarray, "n"], start: int, goal: int
) -> Float64[np.ndarray, "k 2"]:
    flat = [goal]
    while flat[-1] != start:
        flat.append(int(before[flat[-1]]))
    return space.center(np.stack(np.unravel_index(flat[::-1], space.mask.shape), axis=-1))


def _smooth(space: FreeSpace, path_xy_m: Float64[np.ndarray, "k 2"]) -> Float64[np.ndarray, "k 2"]:
    """The path with its corners rounded as far as free space allows; its ends stay."""
    for sigma in _SMOOTHING_CELLS:
        beyond = int(4 * sigma) + 1  # the path turned about its ends keeps them where they are
        longer = np.pad(path_xy_m, ((beyond, beyond), (0, 0)), mode="reflect", reflect_type="odd")
        soft = ndimage.gaussian_filter1d(longer, sigma, axis=0)[beyond:-beyond]
        if space.is_free(soft).all():
            return soft
    return path_xy_m
