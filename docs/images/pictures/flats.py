"""Generated flats, and places in them to photograph from."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from sisg_robotics import Intrinsics, Scene, generate_scene
from sisg_robotics.assets import MeshPart
from sisg_robotics.geometry import look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.overview import LEFT_OUT
from sisg_robotics.scenes import scene_instances
from sisg_robotics.scenes.scene import Instance

LENS_RAD = 1.3
"""Field of view across the picture: a wide lens, as rooms are photographed with."""


class Flat(NamedTuple):
    """A generated scene, ready to be drawn."""

    scene: Scene
    instances: tuple[Instance, ...]
    raycaster: Raycaster


@functools.cache
def flat(prompt: str, seed: int) -> Flat:
    """Kept, since several pictures show the same one."""
    scene = generate_scene(prompt, seed=seed)
    instances = scene_instances(scene)
    return Flat(scene, instances, Raycaster(instances, scene.lights))


@dataclass(frozen=True)
class RoomView:
    """A photograph of a room, chosen by hand. `eye` and `target` are shares of the room's length along x and
    y, and a height in metres."""

    prompt: str
    seed: int
    room: str
    eye: tuple[float, float, float]
    target: tuple[float, float, float]

    @property
    def flat(self) -> Flat:
        """Where it is taken."""
        return flat(self.prompt, self.seed)

    @property
    def T_world_cam(self) -> Float64[np.ndarray, "4 4"]:
        """The camera's pose, OpenCV axes."""
        (room,) = (room for room in self.flat.scene.rooms if room.name == self.room)
        lower, upper = np.array(room.lower_xy_m), np.array(room.upper_xy_m)
        eye, target = (
            np.array([*(lower + (upper - lower) * place[:2]), place[2]]) for place in (self.eye, self.target)
        )
        return look_at(eye, target)


def camera(width: int, height: int, scale: float = 1.0, fov_x_rad: float = LENS_RAD) -> Intrinsics:
    """A camera with `scale` times as many pixels."""
    return Intrinsics.from_fov(max(4, round(scale * width)), max(3, round(scale * height)), fov_x_rad)


def cutaway(scene: Scene, far_xy_m: tuple[float, float]) -> tuple[Instance, ...]:
    """A one-room scene without its ceiling, and of its walls the two that meet at the corner `far_xy_m`."""
    kept = []
    for thing in scene_instances(scene):
        if thing.class_name in ("wall", "window", "door"):
            parts = tuple(_near(part, far_xy_m) for part in thing.parts)
            thing = replace(thing, parts=tuple(part for part in parts if len(part.triangles)))
        if thing.parts and thing.class_name not in LEFT_OUT:
            kept.append(thing)
    return tuple(kept)


def _near(part: MeshPart, far_xy_m: tuple[float, float]) -> MeshPart:
    """The triangles of a mesh that stand by one of the two walls."""
    middle = part.vertices_m[part.triangles].mean(axis=1)[:, :2]
    by_wall = (np.abs(middle - np.array(far_xy_m)) < 0.2).any(axis=1)
    return replace(part, triangles=part.triangles[by_wall])
