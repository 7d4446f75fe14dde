"""Where a robot can drive: the free floor of a scene on a grid, shrunk by the robot's radius."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from ..assets import make_asset
from ..errors import BadValue
from .boxes import Boxes, asset_boxes, box_between, cover
from .doors import JAMB_M, door_leaves
from .openings import face, room_openings
from .scene import PlacedObject, Scene
from .space import ROBOT_HEIGHT_M, STEP_M


@dataclass(frozen=True, eq=False)
class WalkableGrid:
    """Cells on which the middle of a robot may be; cell (i, j) begins at origin + (i, j) * cell size."""

    mask: Bool[np.ndarray, "nx ny"]
    origin_xy_m: tuple[float, float]
    cell_size_m: float

    def contains(self, xy_m: tuple[float, float]) -> bool:
        """Whether the robot may stand at a point."""
        cell = np.floor((np.array(xy_m) - self.origin_xy_m) / self.cell_size_m).astype(int)
        return bool(np.all(cell >= 0) and np.all(cell < self.mask.shape) and self.mask[tuple(cell)])

    def centers_xy_m(self) -> np.ndarray:
        """Middles of all walkable cells, (n, 2)."""
        return self.origin_xy_m + (np.argwhere(self.mask) + 0.5) * self.cell_size_m


def walkable(scene: Scene, *, robot_radius_m: float, cell_size_m: float = 0.05) -> WalkableGrid:
    """The largest connected area in which a round robot can be anywhere.

    Things lower than 3 cm (rugs) are driven over, things that begin above 1.5 m are passed under. A cell is
    walkable when no taken cell comes nearer to its middle than the robot's radius.
    """
    if not 0 < robot_radius_m < 5 or not 0.005 <= cell_size_m <= 1:
        raise BadValue(
            "the robot radius and cell size", (robot_radius_m, cell_size_m), "up to 5 m, and 0.005 to 1 m"
        )
    free, origin = free_floor(scene, cell_size_m)
    padded = np.pad(free, 1, constant_values=False)
    distance_m = (ndimage.distance_transform_edt(padded)[1:-1, 1:-1] - 0.5) * cell_size_m
    labels, count = ndimage.label(distance_m >= robot_radius_m)
    if count == 0:
        return WalkableGrid(np.zeros_like(free), origin, cell_size_m)
    largest = 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
    return WalkableGrid(labels == largest, origin, cell_size_m)


def free_floor(scene: Scene, cell_size_m: float) -> tuple[Bool[np.ndarray, "nx ny"], tuple[float, float]]:
    """Cells on the floor of a room or an open doorway that no thing touches; and the grid's origin."""
    lower = np.min([room.lower_xy_m for room in scene.rooms], axis=0) - 0.1
    upper = np.max([room.upper_xy_m for room in scene.rooms], axis=0) + 0.1
    count = np.ceil((upper - lower) / cell_size_m).astype(int)
    axes = [low + (np.arange(n) + 0.5) * cell_size_m for low, n in zip(lower, count, strict=True)]
    xy = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    free = np.zeros(xy.shape[:2], dtype=bool)
    for room in scene.rooms:
        free |= np.all((xy >= room.lower_xy_m) & (xy <= room.upper_xy_m), axis=-1)
    for passage in _passages(scene):
        free |= cover(passage, xy)
    for obstacle in _obstacles(scene):
        free &= ~cover(obstacle, xy, cell_size_m / 2)  # whatever a thing touches: a door leaf is thin
    return free, (float(lower[0]), float(lower[1]))


def object_box(item: PlacedObject) -> np.ndarray:
    """The upright box round an object, see `scenes.boxes`."""
    pose = np.array([[*item.position_xyz_m, item.yaw_rad]])
    return asset_boxes(make_asset(item.asset), pose)[0]


def _passages(scene: Scene) -> Boxes:
    """The floor of doorways between rooms, from face to face."""
    by_name = {room.name: room for room in scene.rooms}
    boxes = []
    for name, holes in room_openings(scene.rooms, scene.walls).items():
        for hole in holes:
            if hole.kind == "door" and hole.beyond is not None:
                axis, at, inwards = face(by_name[name], hole.side)
                near, far = sorted((at, at - inwards * scene.walls[hole.wall].thickness_m))
                low, high = hole.low_m + JAMB_M, hole.high_m - JAMB_M
                corners = ((near, low), (far, high)) if axis == 0 else ((low, near), (high, far))
                boxes.append(box_between((*corners[0], 0.0), (*corners[1], hole.top_m)))
    return np.array(boxes).reshape(-1, 7)


def _obstacles(scene: Scene) -> Boxes:
    boxes = [object_box(item) for item in scene.objects]
    boxes += [
        box_between(leaf.lower_xyz_m, leaf.upper_xyz_m) for leaf in door_leaves(scene.rooms, scene.walls)
    ]
    solid = [box for box in boxes if box[6] > STEP_M and box[5] < ROBOT_HEIGHT_M]
    return np.array(solid).reshape(-1, 7)
