"""Frontiers: free floor beside what is unknown, where a robot learns more by looking (Yamauchi 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy import ndimage

from ..navigation import Costmap
from ..navigation.costmap import FREE, OCCUPIED, UNKNOWN
from ..navigation.planner import start_ways

SMALLEST_M = 0.3
"""A shorter frontier is noise at the edge of something."""

LOOK_FROM_M = (0.6, 2.0)
"""How far from a frontier's middle it is looked at: nearer it is below the picture."""

WORTH_M = 1.0
"""Added to the cost of every way, so that what is near does not outdo what is large altogether."""

LEAST_M2 = 0.2
"""A look that shows less unknown floor is not worth a way."""

TRIED = 40
"""Places for each frontier whose view is worked out."""

VIEW_M, VIEW_RAD, RAYS = 3.0, np.pi / 4, 19
"""How far, and to either side, a view is counted on; and the rays that stand for it."""

_ALL_AROUND = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True, eq=False)
class Frontier:
    """Cells beside the unknown that hang together: where to stand to look at them, and what that costs.

    `area_m2` is what of the unknown would come into view if nothing more stood in the way.
    """

    cells: Int64[np.ndarray, "k 2"]
    middle_xy_m: Float64[np.ndarray, "2"]
    stand_xy_m: Float64[np.ndarray, "2"]
    area_m2: float
    way_cost: float

    @property
    def worth(self) -> float:
        """Unknown floor for what it costs to go there."""
        return self.area_m2 / (self.way_cost + WORTH_M)


def find_frontiers(
    costmap: Costmap, position_xy_m: Sequence[float] | np.ndarray, *, done_xy_m: Sequence[np.ndarray] = ()
) -> list[Frontier]:
    """Those that can be gone to from a position, the one most worth it first.

    `done_xy_m` (n, 2) are points of frontiers that were looked at in vain; what lies beside them is left out.
    """
    edge = frontier_cells(costmap)
    for points in done_xy_m:
        cells = costmap.cell_of(np.asarray(points))
        inside = np.all((cells >= 1) & (cells < np.array(edge.shape) - 1), axis=1)
        for step in np.argwhere(_ALL_AROUND) - 1:
            edge[tuple((cells[inside] + step).T)] = False
    cost = start_ways(costmap, position_xy_m)
    reachable = np.argwhere(np.isfinite(cost))
    labels, _ = ndimage.label(edge, _ALL_AROUND)
    found: list[Frontier] = []
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        cells = np.argwhere(labels[box] == number) + [span.start for span in box]
        size_m = len(cells) * costmap.cell_size_m
        if size_m >= SMALLEST_M and (one := _looked_at(costmap, cells, reachable, cost)):
            found.append(one)
    return sorted(found, key=lambda one: -one.worth)


def frontier_cells(costmap: Costmap) -> Bool[np.ndarray, "nx ny"]:
    """Free cells with an unknown one at a side."""
    return (costmap.state == FREE) & ndimage.binary_dilation(costmap.state == UNKNOWN)


def _looked_at(
    costmap: Costmap,
    cells: Int64[np.ndarray, "k 2"],
    reachable: Int64[np.ndarray, "n 2"],
    cost: Float64[np.ndarray, "nx ny"],
) -> Frontier | None:
    """The frontier with the place from which a look is most worth the way; None where it shows too little."""
    middle = cells[np.argmin(np.linalg.norm(cells - cells.mean(axis=0), axis=1))]
    away_m = np.linalg.norm(reachable - middle, axis=1) * costmap.cell_size_m
    places = reachable[(away_m >= LOOK_FROM_M[0]) & (away_m <= LOOK_FROM_M[1])]
    places = places[_in_sight(costmap, places, middle)]
    if not len(places):
        return None
    places = places[np.argsort(cost[tuple(places.T)], kind="stable")]
    places = places[np.unique(np.linspace(0, len(places) - 1, TRIED).astype(int))]
    ways = cost[tuple(places.T)]
    area_m2 = _unknown_in_view(costmap, places, middle)
    best = int(np.argmax(area_m2 / (ways + WORTH_M)))
    if area_m2[best] < LEAST_M2:
        return None
    return Frontier(
        cells,
        costmap.center_of(middle),
        costmap.center_of(places[best]),
        float(area_m2[best]),
        float(ways[best]),
    )


def _in_sight(
    costmap: Costmap, places: Int64[np.ndarray, "n 2"], target: Int64[np.ndarray, "2"]
) -> Bool[np.ndarray, " n"]:
    """Whether nothing occupied lies between cells and a target."""
    share = np.linspace(0, 1, 2 * int(np.ceil(LOOK_FROM_M[1] / costmap.cell_size_m)))[:, None, None]
    along = np.round(places + share * (target - places)).astype(np.int64)  # (s, n, 2)
    return np.asarray((costmap.state[along[..., 0], along[..., 1]] != OCCUPIED).all(axis=0))


def _unknown_in_view(
    costmap: Costmap, places: Int64[np.ndarray, "n 2"], target: Int64[np.ndarray, "2"]
) -> Float64[np.ndarray, " n"]:
    """Area of unknown floor that somebody sees who looks from each place at a target, square metres."""
    cell_m = costmap.cell_size_m
    towards = target - places
    angle = np.arctan2(towards[:, 1], towards[:, 0])[:, None] + np.linspace(-VIEW_RAD, VIEW_RAD, RAYS)
    away = np.arange(1, int(VIEW_M / cell_m))  # cells
    rays = np.stack([np.cos(angle), np.sin(angle)], axis=-1)[:, :, None] * away[:, None]  # (n, r, s, 2)
    along = np.round(places[:, None, None] + rays).astype(np.int64)
    inside = np.all((along >= 0) & (along < np.array(costmap.state.shape)), axis=-1)
    i, j = np.moveaxis(np.where(inside[..., None], along, 0), -1, 0)
    state = np.where(inside, costmap.state[i, j], UNKNOWN)
    open_ = np.logical_and.accumulate(state != OCCUPIED, axis=-1)
    seen = (state == UNKNOWN) & open_ & (away * cell_m >= LOOK_FROM_M[0])
    share_of_angle = 2 * VIEW_RAD / RAYS
    return np.asarray((seen * away).sum(axis=(1, 2)) * cell_m**2 * share_of_angle)
