"""A whole scene in one picture: without its ceilings, seen from above and a little from the side."""

from __future__ import annotations

from itertools import product

import numpy as np
from jaxtyping import Float64, UInt8

from .._theme import LIGHT, Theme
from ..geometry import Intrinsics, invert, look_at, transform
from ..scenes import scene_instances
from ..scenes.scene import Scene
from .raycaster import Raycaster

LEFT_OUT = ("ceiling", "ceiling lamp")
_FOV_X_RAD = 0.8
_TILT = 0.4
"""How far the camera stands to the side, relative to its height above the floor."""
_WALL_M = 0.2
_FILLED = 0.92
"""Share of the picture's width or height that the scene takes up."""


def render_overview(
    scene: Scene, *, width: int = 1280, height: int = 800, theme: Theme = LIGHT
) -> UInt8[np.ndarray, "h w 3"]:
    """The scene as a doll's house, its longer side across the picture."""
    lower = np.min([room.lower_xy_m for room in scene.rooms], axis=0)
    upper = np.max([room.upper_xy_m for room in scene.rooms], axis=0)
    side = np.array([0.0, -1.0]) if upper[0] - lower[0] >= upper[1] - lower[1] else np.array([1.0, 0.0])
    target = np.array([*(lower + upper) / 2, scene.ceiling_m / 3])
    toward = np.array([*side * _TILT, 1.0]) / np.hypot(_TILT, 1.0)
    floor = product((lower[0] - _WALL_M, upper[0] + _WALL_M), (lower[1] - _WALL_M, upper[1] + _WALL_M))
    corners = np.array([[x, y, z] for x, y in floor for z in (0.0, scene.ceiling_m)])
    camera = Intrinsics.from_fov(width, height, _FOV_X_RAD)
    T_world_cam = _fitting(camera, target, toward, corners)
    shown = [thing for thing in scene_instances(scene) if thing.class_name not in LEFT_OUT]
    renderer = Raycaster(shown, scene.lights)
    seen = renderer.render(camera, T_world_cam, channels=("rgb", "coverage"), samples=4)
    assert seen.rgb is not None and seen.coverage is not None
    share = seen.coverage[..., None] / 255
    return np.rint(share * seen.rgb + (1 - share) * np.array(theme.desk)).astype(np.uint8)


def _fitting(
    camera: Intrinsics,
    target: Float64[np.ndarray, "3"],
    toward: Float64[np.ndarray, "3"],
    points: Float64[np.ndarray, "n 3"],
) -> Float64[np.ndarray, "4 4"]:
    """A camera that looks at `target` from the direction `toward`, just far enough to see all points."""
    distance_m = 2 * float(np.linalg.norm(np.ptp(points, axis=0)))
    middle = np.array([camera.cx, camera.cy])
    for _ in range(8):  # what is seen shrinks nearly in proportion to the distance, so this settles quickly
        T_world_cam = look_at(target + distance_m * toward, target)
        uv = camera.project(transform(invert(T_world_cam), points))
        distance_m *= float(np.max(np.abs(uv - middle) / middle)) / _FILLED
    return T_world_cam
