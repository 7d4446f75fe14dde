"""A flat as rectangles: areas are cut out of one rectangle, again and again, and the best of many cuts wins.

Cells tile the outer rectangle; a wall's centre line runs along each cell's edge, so a room's inner faces lie
half a wall inside its cell. Doors are the cheapest spanning tree over cells that share enough wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from .rooms import ROOM_KINDS

WALL_THICKNESS_M = 0.1
DOOR_WIDTH_M = 0.95
"""Hole in the wall; the frame leaves 0.9 m of it free."""
CORNER_M = 0.15
"""Wall left standing between a door and the next corner."""
_TRIES = 600
_GRID_M = 0.05

Cell = tuple[float, float, float, float]
"""x0, y0, x1, y1 on the walls' centre lines, metres."""


@dataclass(frozen=True)
class FloorPlan:
    """Cells in the order of the wanted kinds, and the pairs of cells that a door joins."""

    kinds: tuple[str, ...]
    cells: tuple[Cell, ...]
    doors: tuple[tuple[int, int], ...]


def plan_floor(kinds: Sequence[str], scales: Sequence[float], rng: np.random.Generator) -> FloorPlan:
    """The best of many random ways to cut a flat into these rooms.

    `scales` multiplies each room's usual area: 0.8 for a small one, 1.3 for a large one.
    """
    areas = [
        scale * rng.uniform(*ROOM_KINDS[kind].area_m2) for kind, scale in zip(kinds, scales, strict=True)
    ]
    best: tuple[float, FloorPlan] | None = None
    for _ in range(_TRIES):
        cells = _cut_flat(areas, rng)
        cost, doors = _judge(kinds, cells)
        if best is None or cost < best[0]:
            best = cost, FloorPlan(tuple(kinds), tuple(cells), doors)
    assert best is not None
    return _with_loop(best[1], rng)


def shared_edge(a: Cell, b: Cell) -> tuple[int, float, float, float] | None:
    """Where two cells touch: (axis along the edge, its other coordinate, from, to), or None."""
    for along, across in ((1, 0), (0, 1)):
        low, high = max(a[along], b[along]), min(a[along + 2], b[along + 2])
        if high - low < _GRID_M / 2:
            continue
        if a[across + 2] == b[across]:
            return along, b[across], low, high
        if b[across + 2] == a[across]:
            return along, a[across], low, high
    return None


def _cut_flat(areas: Sequence[float], rng: np.random.Generator) -> list[Cell]:
    total = sum(areas)
    # three rooms side by side need a long flat
    aspect = rng.uniform(1.0, 1.35 if len(areas) == 1 else 2.4 if len(areas) <= 3 else 1.9)
    width = _snap(np.sqrt(total * aspect))
    depth = _snap(total / width)
    if rng.random() < 0.5:
        width, depth = depth, width
    order = [int(i) for i in rng.permutation(len(areas))]
    cells: dict[int, Cell] = {}
    _cut((0.0, 0.0, width, depth), order, areas, rng, cells)
    return [cells[index] for index in range(len(areas))]


def _cut(
    cell: Cell, order: list[int], areas: Sequence[float], rng: np.random.Generator, out: dict[int, Cell]
) -> None:
    if len(order) == 1:
        out[order[0]] = cell
        return
    count = int(rng.integers(1, len(order)))
    first, second = order[:count], order[count:]
    share = sum(areas[i] for i in first) / sum(areas[i] for i in order)
    # areas may give way a little for the sake of shape
    share = min(0.9, max(0.1, share * rng.uniform(0.8, 1.25)))
    along = 0 if cell[2] - cell[0] >= cell[3] - cell[1] else 1
    if rng.random() < 0.15:
        along = 1 - along
    at = _snap(cell[along] + share * (cell[along + 2] - cell[along]))
    one, two = list(cell), list(cell)
    one[along + 2] = two[along] = at
    _cut((one[0], one[1], one[2], one[3]), first, areas, rng, out)
    _cut((two[0], two[1], two[2], two[3]), second, areas, rng, out)


def _judge(kinds: Sequence[str], cells: Sequence[Cell]) -> tuple[float, tuple[tuple[int, int], ...]]:
    """Cost of a plan (lower is better) and its doors."""
    cost = 0.0
    bounds = np.array(cells)
    outer = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
    for kind, cell in zip(kinds, cells, strict=True):
        short, long = sorted((cell[2] - cell[0], cell[3] - cell[1]))
        cost += 50.0 * max(0.0, ROOM_KINDS[kind].min_side_m + WALL_THICKNESS_M - short)
        cost += 3.0 * max(0.0, long / max(short, 0.1) - (2.6 if kind == "hallway" else 1.5))
        outside = sum(cell[side] == outer[side] for side in range(4))
        cost += 20.0 if not outside and ROOM_KINDS[kind].window_share > 0 else 0.0
    doors, missing = _spanning_doors(kinds, cells)
    cost += 200.0 * missing
    for index, kind in enumerate(kinds):
        passed_through = sum(index in pair for pair in doors) - 1
        cost += 3.0 * max(0, passed_through) * ROOM_KINDS[kind].passage_cost
    return cost, doors


def _spanning_doors(kinds: Sequence[str], cells: Sequence[Cell]) -> tuple[tuple[tuple[int, int], ...], int]:
    """Doors that join all cells, through hallways and living rooms first; and how many cells stay cut off."""
    pairs = [(i, j) for j in range(len(cells)) for i in range(j) if _has_room_for_door(cells[i], cells[j])]
    if not pairs:
        return (), len(cells) - 1
    # scipy takes a weight of 0 for no edge
    weights = [0.1 + ROOM_KINDS[kinds[i]].passage_cost + ROOM_KINDS[kinds[j]].passage_cost for i, j in pairs]
    rows, columns = zip(*pairs, strict=True)
    tree = minimum_spanning_tree(coo_matrix((weights, (rows, columns)), shape=(len(cells),) * 2).tocsr())
    doors = tuple(sorted((int(i), int(j)) for i, j in zip(*tree.nonzero(), strict=True)))
    return doors, len(cells) - 1 - len(doors)


def _has_room_for_door(a: Cell, b: Cell) -> bool:
    edge = shared_edge(a, b)
    return edge is not None and edge[3] - edge[2] >= DOOR_WIDTH_M + 2 * CORNER_M + WALL_THICKNESS_M


def _with_loop(plan: FloorPlan, rng: np.random.Generator) -> FloorPlan:
    """Sometimes one door more between rooms that people walk through, so that not every flat is a tree."""
    spare = [
        (i, j)
        for j in range(len(plan.cells))
        for i in range(j)
        if (i, j) not in plan.doors
        and ROOM_KINDS[plan.kinds[i]].passage_cost + ROOM_KINDS[plan.kinds[j]].passage_cost <= 3.5
        and _has_room_for_door(plan.cells[i], plan.cells[j])
    ]
    if not spare or rng.random() < 0.5:
        return plan
    extra = spare[int(rng.integers(len(spare)))]
    return FloorPlan(plan.kinds, plan.cells, (*plan.doors, extra))


def _snap(value_m: float) -> float:
    return round(round(value_m / _GRID_M) * _GRID_M, 4)
