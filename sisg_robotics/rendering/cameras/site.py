"""A scene as a planner of cameras sees it: where a robot can stand, and what can be seen from there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ...errors import BadValue, RequestError
from ...scenes import scene_instances, walkable
from ...scenes.scene import Scene
from .surface import Surface
from .walking import Cell, FreeSpace

CAMERA_HEIGHT_M = 1.35
ROBOT_RADIUS_M = 0.25
CELL_SIZE_M = 0.05
STANDING_STEP_M = 0.3
MOST_STANDING = 600
LOOKOUT_STEP_M = 0.15
"""Between places where it is asked whether something is seen that no standing place shows."""
_AT_ONCE = 32


@dataclass(frozen=True, eq=False)
class Site:
    """A scene, its surface, and the free space of a round robot whose camera is at some height."""

    scene: Scene
    surface: Surface
    space: FreeSpace
    camera_height_m: float
    robot_radius_m: float

    @classmethod
    def of(
        cls,
        scene: Scene,
        *,
        camera_height_m: float = CAMERA_HEIGHT_M,
        robot_radius_m: float = ROBOT_RADIUS_M,
    ) -> Site:
        """Raises BadValue for a height outside the rooms, RequestError when the robot fits nowhere."""
        if not 0 < camera_height_m < scene.ceiling_m:
            accepted = f"between 0 and the ceiling at {scene.ceiling_m} m"
            raise BadValue("camera_height_m", camera_height_m, accepted)
        if not robot_radius_m > 0:
            raise BadValue("robot_radius_m", robot_radius_m, "more than 0")
        grid = walkable(scene, robot_radius_m=robot_radius_m, cell_size_m=CELL_SIZE_M)
        if not grid.mask.any():
            problem = f"Scene {scene.name!r} has no free floor for a robot of radius {robot_radius_m} m."
            raise RequestError(f"{problem} Give a smaller robot_radius_m.")
        origin = np.array(grid.origin_xy_m, dtype=np.float64)
        space = FreeSpace.largest_part(np.asarray(grid.mask), origin, float(grid.cell_size_m))
        return cls(scene, Surface.of(scene_instances(scene)), space, camera_height_m, robot_radius_m)

    @cached_property
    def standing(self) -> list[Cell]:
        """Cells such that every place where the robot can stand is near one, and what it sees anywhere is
        seen from one of them: the roomiest of every block, and of more blocks those that show more."""
        return self._outlook[0]

    @cached_property
    def eyes_m(self) -> Float64[np.ndarray, "e 3"]:
        """The camera at every standing cell."""
        return self._eyes_m(self.standing)

    @property
    def sight(self) -> tuple[Int64[np.ndarray, "_"], Int64[np.ndarray, "_"]]:
        """What eye e sees, looking everywhere: points members[starts[e]:starts[e + 1]] of the surface."""
        return self._outlook[1]

    @cached_property
    def _outlook(self) -> tuple[list[Cell], tuple[Int64[np.ndarray, "_"], Int64[np.ndarray, "_"]]]:
        cells = self._roomiest(STANDING_STEP_M, MOST_STANDING)
        rows = self.surface.seen_from(self._eyes_m(cells))
        more = self._that_show(np.asarray(~rows.any(axis=0)))
        if more:
            rows = np.concatenate([rows, self.surface.seen_from(self._eyes_m(more))])
        return cells + more, (np.concatenate([[0], np.cumsum(rows.sum(axis=1))]), np.nonzero(rows)[1])

    def _that_show(self, unseen: Bool[np.ndarray, "p"]) -> list[Cell]:
        """Places enough to see those of some points that are seen from anywhere, LOOKOUT_STEP_M apart."""
        left = unseen.copy()
        places = self._roomiest(LOOKOUT_STEP_M, 4 * MOST_STANDING)
        found = []
        for start in range(0, len(places), _AT_ONCE):
            some, points = places[start : start + _AT_ONCE], np.flatnonzero(left)
            rows = self.surface.part(left).seen_from(self._eyes_m(some))
            for place, seen in zip(some, rows, strict=True):
                if left[points[seen]].any():
                    found.append(place)
                    left[points[seen]] = False
        return found

    def _roomiest(self, step_m: float, most: int) -> list[Cell]:
        """The free cell with most clearance of every block `step_m` wide, or wider to have `most` about."""
        free = np.argwhere(self.space.mask)
        step = max(round(step_m / self.space.cell_size_m), int(np.sqrt(len(free) / most)))
        room = self.space.clearance_m[free[:, 0], free[:, 1]]
        block = free // step
        order = np.lexsort((free[:, 1], free[:, 0], -room, block[:, 1], block[:, 0]))
        _, first = np.unique(block[order], axis=0, return_index=True)
        return [(int(i), int(j)) for i, j in free[order[first]]]

    def _eyes_m(self, cells: list[Cell]) -> Float64[np.ndarray, "e 3"]:
        xy = self.space.center(np.array(cells))
        return np.column_stack([xy, np.full(len(xy), self.camera_height_m)])

    @cached_property
    def visible(self) -> Bool[np.ndarray, "p"]:
        """Points of the surface that can be seen from anywhere the robot can stand."""
        visible = np.zeros(len(self.surface), dtype=bool)
        visible[self.sight[1]] = True
        return visible
