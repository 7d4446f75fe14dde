"""What is known where an instruction is carried out: map, costmap, the robot's pose, walls, rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ...maps import MapObject, QueryResult, VoxelMap
from ..costmap import Costmap
from ..evidence import likely
from ..planner import start_ways
from ..poses import Pose
from ..rooms import Rooms, find_rooms, telling_names, wall_columns

FARTHEST_M = 2.5
"""From a thing to where the robot can be, for it to count as something one can go to."""


_known_rooms: WeakKeyDictionary[VoxelMap, WeakKeyDictionary[Costmap, Rooms]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Surroundings:
    """A map and its costmap, with what is found in them once for all instructions."""

    vmap: VoxelMap
    costmap: Costmap
    _answers: dict[str, QueryResult] = field(default_factory=dict)

    @cached_property
    def walls(self) -> Bool[np.ndarray, "nx ny"]:
        """Columns as tall as a wall."""
        return wall_columns(self.vmap, self.costmap)

    @cached_property
    def rooms(self) -> Rooms:
        """Rooms and their kinds, for which a map is asked some thirty questions, once a costmap."""
        known = _known_rooms.setdefault(self.vmap, WeakKeyDictionary())
        if self.costmap not in known:
            answers = self.vmap.query(telling_names())
            assert isinstance(answers, list)
            objects = {answer.text: likely(answer.objects) for answer in answers}
            known[self.costmap] = find_rooms(self.costmap, self.walls, objects)
        return known[self.costmap]

    def ask(self, text: str) -> QueryResult:
        """What the map answers, each text once."""
        if text not in self._answers:
            answer = self.vmap.query(text)
            assert isinstance(answer, QueryResult)
            self._answers[text] = answer
        return self._answers[text]


@dataclass(frozen=True, eq=False)
class Site:
    """The surroundings, and the robot in them."""

    around: Surroundings
    pose_xyyaw: Pose

    def at(self, pose_xyyaw: Pose) -> Site:
        """The same place with the robot elsewhere."""
        return Site(self.around, pose_xyyaw)

    @property
    def costmap(self) -> Costmap:
        """Where the robot can be."""
        return self.around.costmap

    @property
    def xy_m(self) -> Float64[np.ndarray, "2"]:
        """Where the robot is."""
        return np.array(self.pose_xyyaw[:2])

    @cached_property
    def cost(self) -> Float64[np.ndarray, "nx ny"]:
        """What the way from the robot to each cell costs, inf where there is none."""
        return start_ways(self.costmap, self.xy_m)

    @cached_property
    def reachable(self) -> Int64[np.ndarray, "k 2"]:
        """Cells to which there is a way."""
        return np.argwhere(np.isfinite(self.cost))

    def way_cost(self, thing: MapObject) -> float:
        """What it costs to come within a metre of a thing, or as near as one can; inf if nothing leads."""
        away = outside_m(self.costmap.center_of(self.reachable), thing)
        near = away <= min(max(1.0, float(away.min(initial=np.inf)) + 0.1), FARTHEST_M)
        if not near.any():
            return float("inf")
        return float((self.cost[tuple(self.reachable.T)] + away)[near].min())


def half_m(thing: MapObject) -> Float64[np.ndarray, "2"]:
    """Half of a thing's extent along x and y."""
    return np.array(thing.size_xyz_m[:2]) / 2


def middle_m(thing: MapObject) -> Float64[np.ndarray, "2"]:
    """The middle of a thing's footprint."""
    return np.array(thing.center_xyz_m[:2])


def outside_m(points_xy_m: Float64[np.ndarray, "n 2"], thing: MapObject) -> Float64[np.ndarray, " n"]:
    """How far points are from a thing's footprint, 0 inside."""
    beyond = np.maximum(np.abs(points_xy_m - middle_m(thing)) - half_m(thing), 0)
    return np.hypot(beyond[:, 0], beyond[:, 1])


def gap_m(a: MapObject, b: MapObject) -> float:
    """Between the boxes of two things, in space; 0 where they touch."""
    apart = np.abs(np.subtract(a.center_xyz_m, b.center_xyz_m))
    beyond = np.maximum(apart - np.add(a.size_xyz_m, b.size_xyz_m) / 2, 0)
    return float(np.linalg.norm(beyond))


def behind_walls(
    site: Site, points_xy_m: Float64[np.ndarray, "n 2"], thing: MapObject
) -> Bool[np.ndarray, " n"]:
    """Whether a wall stands between each point and the nearest point of a thing's footprint."""
    near = np.clip(points_xy_m, middle_m(thing) - half_m(thing), middle_m(thing) + half_m(thing))
    length = np.linalg.norm(near - points_xy_m, axis=1)
    share = np.linspace(0, 1, max(2, int(length.max(initial=0) / (site.costmap.cell_size_m / 2))))
    along = points_xy_m[:, None] + share[None, :, None] * (near - points_xy_m)[:, None]  # (n, s, 2)
    cells = np.clip(site.costmap.cell_of(along), 0, np.array(site.around.walls.shape) - 1)
    own = outside_m(along.reshape(-1, 2), thing).reshape(along.shape[:2]) < site.costmap.cell_size_m / 2
    hit = site.around.walls[cells[..., 0], cells[..., 1]] & ~own
    return hit.any(axis=1)
