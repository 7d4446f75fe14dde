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


def tour(
    space: FreeSpace,
    places: list[Cell],
    first: int,
    beside_m: Float64[np.ndarray, "k k"] | float = 0.0,
) -> tuple[list[int], list[np.ndarray]]:
    """An order for visiting all places, number `first` first, and the path of each leg, (n, 2) metres.

    `beside_m` is what else each step from place to place costs, as metres of way.
    """
    flat = np.array([i * space.mask.shape[1] + j for i, j in places])
    sources, row = np.unique(flat, return_inverse=True)
    cost, before = sparse.csgraph.dijkstra(space.graph, indices=sources, return_predecessors=True)
    between = cost[np.ix_(row, sources[row])] + beside_m
    order = _improved(_nearest_first(between, first), between)
    legs = [_path(space, before[row[a]], int(flat[a]), int(flat[b])) for a, b in pairwise(order)]
    return order, [_smooth(space, leg) for leg in legs]


def path_through(space: FreeSpace, places: list[Cell]) -> list[np.ndarray]:
    """The path of each leg from place to place in the order given, (n, 2) metres."""
    flat = [i * space.mask.shape[1] + j for i, j in places]
    _, before = sparse.csgraph.dijkstra(space.graph, indices=flat[:-1], return_predecessors=True)
    legs = [_path(space, row, a, b) for row, (a, b) in zip(before, pairwise(flat), strict=True)]
    return [_smooth(space, leg) for leg in legs]


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
    tour = np.array(order)
    improved = True
    while improved:
        improved = False
        for i in range(1, len(tour) - 1):
            last, after = tour[i + 1 :], tour[i + 2 :]  # the stretch from i to each of these is turned
            saved = cost[tour[i - 1], tour[i]] - cost[tour[i - 1], last]
            saved[:-1] += cost[last[:-1], after] - cost[tour[i], after]
            best = int(np.argmax(saved))
            if saved[best] > 1e-9:
                tour[i : i + 2 + best] = tour[i : i + 2 + best][::-1].copy()
                improved = True
    return tour.tolist()


def _path(
    space: FreeSpace, before: Int[np.ndarray, "n"], start: int, goal: int
) -> Float64[np.ndarray, "k 2"]:
    flat = [goal]
    while flat[-1] != start:
        flat.append(int(before[flat[-1]]))
    return space.center(np.stack(np.unravel_index(flat[::-1], space.mask.shape), axis=-1))


def _smooth(space: FreeSpace, path_xy_m: Float64[np.ndarray, "k 2"]) -> Float64[np.ndarray, "k 2"]:
    """The path with its corners rounded as far as free space allows; its ends stay."""
    if len(path_xy_m) < 3:
        return path_xy_m
    for sigma in _SMOOTHING_CELLS:
        beyond = int(4 * sigma) + 1  # the path turned about its ends keeps them where they are
        longer = np.pad(path_xy_m, ((beyond, beyond), (0, 0)), mode="reflect", reflect_type="odd")
        soft = ndimage.gaussian_filter1d(longer, sigma, axis=0)[beyond:-beyond]
        if space.is_free(soft).all():
            return soft
    return path_xy_m
