"""Where spatial words point in a generated scene, by its own geometry alone: no map, no search.

Boxes are the true ones. A thing whose back is at a wall has the front that its asset has; left and right are
then those of somebody who stands before it. A thing away from all walls is seen from the robot. What is
neither is not asked about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ..scenes import PlacedObject, Scene
from ..scenes.free_space import object_box

AT_WALL_M = 0.25
AWAY_M = 0.9
"""A thing that is so far from every wall of its room has no back to it."""

COMPASS = {"north": (0.0, 1.0), "south": (0.0, -1.0), "east": (1.0, 0.0), "west": (-1.0, 0.0)}
SIDES = ("left", "right", "front", "behind")


@dataclass(frozen=True)
class Box:
    """A footprint along the world's axes."""

    middle_xy_m: tuple[float, float]
    half_xy_m: tuple[float, float]

    @classmethod
    def of(cls, thing: PlacedObject) -> Box:
        """Round a thing of a scene."""
        x, y, half_x, half_y, yaw, *_ = object_box(thing)
        c, s = abs(np.cos(yaw)), abs(np.sin(yaw))
        return cls((float(x), float(y)), (float(c * half_x + s * half_y), float(s * half_x + c * half_y)))

    def outside_m(self, points_xy_m: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, " n"]:
        """How far points are from it, 0 inside."""
        beyond = np.maximum(np.abs(points_xy_m - np.array(self.middle_xy_m)) - np.array(self.half_xy_m), 0)
        return np.linalg.norm(beyond, axis=1)

    def beyond(self, direction: Float64[np.ndarray, "2"], distance_m: float) -> Float64[np.ndarray, "2"]:
        """The point so far beyond its edge, straight out from its middle."""
        edge_m = 1 / max(float((np.abs(direction) / np.maximum(self.half_xy_m, 1e-9)).max()), 1e-9)
        return np.array(self.middle_xy_m) + (edge_m + distance_m) * direction


def direction_of(
    scene: Scene, thing: PlacedObject, side: str, robot_xy_m: Float64[np.ndarray, "2"] | None
) -> Float64[np.ndarray, "2"] | None:
    """Unit vector to a side of a thing, or to a point of the compass; None where nobody could say.

    Without a robot, only things with a front have sides of their own.
    """
    if side in COMPASS:
        return np.array(COMPASS[side])
    look = _look(scene, thing, robot_xy_m)
    if look is None:
        return None
    left = np.array([-look[1], look[0]])
    return {"left": left, "right": -left, "front": -look, "behind": look}[side]


def between(a: Box, b: Box) -> Float64[np.ndarray, "2"]:
    """The middle of the gap between two boxes along each axis."""
    low = np.maximum(np.subtract(a.middle_xy_m, a.half_xy_m), np.subtract(b.middle_xy_m, b.half_xy_m))
    high = np.minimum(np.add(a.middle_xy_m, a.half_xy_m), np.add(b.middle_xy_m, b.half_xy_m))
    return (low + high) / 2


def _look(
    scene: Scene, thing: PlacedObject, robot_xy_m: Float64[np.ndarray, "2"] | None
) -> Float64[np.ndarray, "2"] | None:
    room = next(room for room in scene.rooms if room.name == thing.room)
    box = Box.of(thing)
    low = np.subtract(box.middle_xy_m, box.half_xy_m) - np.array(room.lower_xy_m)
    high = np.array(room.upper_xy_m) - np.add(box.middle_xy_m, box.half_xy_m)
    front = np.round([np.cos(thing.yaw_rad), np.sin(thing.yaw_rad)], 6)
    if np.abs(front).max() > 0.999:  # square to the walls
        behind_m = float(low @ np.maximum(front, 0) + high @ np.maximum(-front, 0))
        if behind_m <= AT_WALL_M:
            return -front
    if robot_xy_m is not None and min(*low, *high) >= AWAY_M:
        look = np.array(box.middle_xy_m) - robot_xy_m
        return look / max(float(np.linalg.norm(look)), 1e-9)
    return None
