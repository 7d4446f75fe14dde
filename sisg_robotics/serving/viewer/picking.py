"""Two clicks on the floor, and the path between them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float64

from ...maps import VoxelMap
from ...maps.picture import floor_height_m

if TYPE_CHECKING:
    from ...navigation import Costmap

ABOVE_FLOOR_M = 0.08
"""Where the line of a path is drawn: above the cells of the floor."""

SHORTEST_M = 0.05
"""A path shorter than this is none."""

Point = tuple[float, float]


def floor_point(origin_xyz_m: np.ndarray, direction: np.ndarray, floor_z_m: float) -> Point | None:
    """Where a ray meets the floor; None for one that goes up or along it."""
    if direction[2] >= -1e-6 or origin_xyz_m[2] <= floor_z_m:
        return None
    x, y, _ = origin_xyz_m + direction * ((floor_z_m - origin_xyz_m[2]) / direction[2])
    return float(x), float(y)


@dataclass(frozen=True)
class Picks:
    """The points that were clicked, at most two: start and goal. A third begins anew."""

    points: tuple[Point, ...] = ()

    def clicked(self, point: Point) -> Picks:
        """With one more point."""
        return Picks((point,)) if self.complete else Picks((*self.points, point))

    @property
    def complete(self) -> bool:
        """Whether a path can be asked for."""
        return len(self.points) == 2

    @property
    def hint(self) -> str:
        """What to do next."""
        return ("Click where to start.", "Click where to go.", "Click again for another path.")[
            len(self.points)
        ]


class Route(NamedTuple):
    """A path to draw, and what to say of it."""

    points_xyz_m: Float64[np.ndarray, "k 3"]
    said: str


def route(costmap: Costmap, picks: Picks) -> Route:
    """The path between two picked points over a `navigation.Costmap`. Raises BadValue where there is none."""
    from ...navigation import plan_path

    path = plan_path(costmap, *picks.points)
    xy = np.asarray(path.points_xy_m, np.float64).reshape(-1, 2)
    points = np.column_stack([xy, np.full(len(xy), costmap.floor_z_m + ABOVE_FLOOR_M)])
    nearest = f"{path.clearance_m:.2f} m from the nearest obstacle"
    said = f"{path.length_m:.1f} m long, {nearest if isfinite(path.clearance_m) else 'no obstacle near it'}."
    if path.note:
        said = path.note if path.length_m < SHORTEST_M else f"{path.note} {said}"
    return Route(points, said)


def make_costmap(vmap: VoxelMap, robot_radius_m: float) -> Costmap:
    """The costmap of a map, for `route`."""
    from ...navigation import Costmap

    return Costmap.from_map(vmap, robot_radius_m=robot_radius_m)


def floor_z_m(vmap: VoxelMap) -> float:
    """The height at which clicks meet the floor: its upper side."""
    return floor_height_m(vmap) + vmap.cell_size_m / 2
