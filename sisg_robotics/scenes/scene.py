"""A scene as data: rooms, walls with openings, things placed, lights. It knows no renderer and no file.

World: z up, metres; the floor is at z = 0. Rooms are rectangles along x and y.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64

from ..assets.asset import AssetSpec, MeshPart

XY = tuple[float, float]


@dataclass(frozen=True)
class Room:
    """A rectangle of floor with one use: its inner faces, from `lower_xy_m` to `upper_xy_m`."""

    name: str
    """Unique in the scene: "bedroom 2"."""
    kind: str
    """"bedroom", "kitchen", ..."""
    lower_xy_m: XY
    upper_xy_m: XY
    floor_material: str
    wall_material: str

    @property
    def size_xy_m(self) -> XY:
        """Extent along x and y."""
        return self.upper_xy_m[0] - self.lower_xy_m[0], self.upper_xy_m[1] - self.lower_xy_m[1]

    @property
    def area_m2(self) -> float:
        """Floor area."""
        return self.size_xy_m[0] * self.size_xy_m[1]

    def contains(self, xy_m: XY, margin_m: float = 0.0) -> bool:
        """Whether a point lies inside, at least `margin_m` from every wall."""
        return all(
            low + margin_m <= value <= high - margin_m
            for low, value, high in zip(self.lower_xy_m, xy_m, self.upper_xy_m, strict=True)
        )


@dataclass(frozen=True)
class Opening:
    """A hole in a wall, measured along the wall from its start."""

    kind: Literal["door", "window"]
    start_m: float
    width_m: float
    bottom_m: float
    top_m: float


@dataclass(frozen=True)
class Wall:
    """A straight wall along x or y: its centre line, thickness and openings."""

    start_xy_m: XY
    end_xy_m: XY
    thickness_m: float
    height_m: float
    openings: tuple[Opening, ...] = ()

    @property
    def length_m(self) -> float:
        """Length of the centre line."""
        return float(np.hypot(self.end_xy_m[0] - self.start_xy_m[0], self.end_xy_m[1] - self.start_xy_m[1]))


@dataclass(frozen=True)
class PlacedObject:
    """An asset somewhere in the scene."""

    object_id: int
    """Unique in the scene, 1 or more; the instance image carries it."""
    asset: AssetSpec
    description: str
    position_xyz_m: tuple[float, float, float]
    """Where the origin of the asset frame stands."""
    yaw_rad: float
    """Turn about +z of the asset's front from +x."""
    size_xyz_m: tuple[float, float, float]
    """Depth, width and height in the asset frame."""
    room: str
    supported_by: int | None = None
    """The object it stands on; None for floor, wall and ceiling."""

    @property
    def T_world_object(self) -> Float64[np.ndarray, "4 4"]:
        """Pose of the asset frame."""
        c, s = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        x, y, z = self.position_xyz_m
        return np.array([[c, -s, 0, x], [s, c, 0, y], [0, 0, 1, z], [0, 0, 0, 1]], dtype=np.float64)


@dataclass(frozen=True)
class Light:
    """A point light with a small radius. Intensity is the irradiance at 1 m, in display white units."""

    position_xyz_m: tuple[float, float, float]
    color_rgb: tuple[float, float, float]
    intensity: float


@dataclass(frozen=True)
class Unplaced:
    """Something that was asked for and is not in the scene."""

    what: str
    reason: str


@dataclass(frozen=True)
class Scene:
    """Everything that is in a flat, and what could not be put there."""

    name: str
    prompt: str
    seed: int
    ceiling_m: float
    rooms: tuple[Room, ...]
    walls: tuple[Wall, ...]
    objects: tuple[PlacedObject, ...]
    lights: tuple[Light, ...]
    unplaced: tuple[Unplaced, ...] = ()


@dataclass(frozen=True, eq=False)
class Instance:
    """One thing ready to be drawn or exported: meshes in their own frame, and their pose.

    The renderer and the exporters see a scene only as a list of these.
    """

    instance_id: int
    class_name: str
    name: str
    """"sofa", or for structure "wall of bedroom 1"."""
    description: str
    parts: tuple[MeshPart, ...]
    T_world_object: Float64[np.ndarray, "4 4"]
