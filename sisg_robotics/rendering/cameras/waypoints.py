"""A drive through given points, by free floor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from ...errors import BadValue, RequestError
from ...geometry import Intrinsics
from ...scenes.scene import Scene
from .cover import coverage
from .path import LOOK_AHEAD_M, along, heading_rad, walked_m
from .rig import Rig
from .site import CAMERA_HEIGHT_M, ROBOT_RADIUS_M, Site
from .stance import Stance, poses, trajectory_of, usual_intrinsics
from .trajectory import Trajectory
from .view_checks import USUAL_CHECKS, ViewChecks, kept
from .walking import Cell, path_through

NEAR_M = 0.5
"""A waypoint on taken floor is moved to free floor that is not farther than this."""
FRAME_EVERY_M = 0.2
_PITCH_DOWN_RAD = 0.15


def waypoint_trajectory(
    scene: Scene,
    waypoints: Sequence[Sequence[float]],
    *,
    count: int | None = None,
    camera_height_m: float = CAMERA_HEIGHT_M,
    robot_radius_m: float = ROBOT_RADIUS_M,
    intrinsics: Intrinsics | None = None,
    rig: Rig | None = None,
    checks: ViewChecks = USUAL_CHECKS,
    site: Site | None = None,
) -> Trajectory:
    """From waypoint to waypoint, each (x, y) or (x, y, yaw) in metres and radians, in their order.

    The way is the shortest that keeps off the walls, with rounded corners; frames are spread evenly along it,
    the first at the first waypoint and the last at the last, `count` of them or one every 0.2 m. The camera
    looks ahead, and where a waypoint has a yaw, turns to it and back. Views that fail a check are left out.

    Raises BadValue for waypoints that are no points, RequestError for one from which free floor is farther
    than 0.5 m.
    """
    if count is not None and count < 1:
        raise BadValue("count", count, "at least 1")
    given = _checked(waypoints)
    site = site or Site.of(scene, camera_height_m=camera_height_m, robot_radius_m=robot_radius_m)
    intrinsics = intrinsics or usual_intrinsics()
    cameras = (intrinsics,) if rig is None else rig.intrinsics(intrinsics)
    cells = [_free_cell(site, point) for point in given]
    path, at_m = _way(site, cells)
    whole = float(walked_m(path)[-1])
    steps = int(whole / FRAME_EVERY_M) + 1 if count is None else max(1, count // len(cameras))
    turns = [(at, point[2]) for at, point in zip(at_m, given, strict=True) if len(point) == 3]
    stances = [
        Stance(*along(path, s), _yaw(path, s, turns), _PITCH_DOWN_RAD)
        for s in (np.linspace(0.0, whole, steps) if steps > 1 else [0.0])
    ]
    T = poses(stances, site.camera_height_m, rig)
    good, rejected = kept(site.surface, checks, cameras, T)
    return trajectory_of(
        [stances[step] for step in good],
        site.camera_height_m,
        rig,
        "waypoints",
        settings={"waypoints": [list(point) for point in given]},
        rejected=rejected,
        coverage=coverage(site, cameras * len(good), T[good].reshape(-1, 4, 4)),
    )


def _checked(waypoints: Sequence[Sequence[float]]) -> list[tuple[float, ...]]:
    try:
        points = [tuple(float(value) for value in point) for point in waypoints]
    except (TypeError, ValueError) as error:
        raise BadValue("waypoints", waypoints, "a list of [x, y] or [x, y, yaw]") from error
    if not points or any(len(point) not in (2, 3) or not np.all(np.isfinite(point)) for point in points):
        raise BadValue("waypoints", waypoints, "a list of [x, y] or [x, y, yaw], at least one")
    return points


def _free_cell(site: Site, point: Sequence[float]) -> Cell:
    """The free cell nearest to a point."""
    cells = np.argwhere(site.space.mask)
    away = site.space.center(cells) - np.array(point[:2])
    far2 = (away * away).sum(axis=1)
    best = int(np.argmin(far2))
    if far2[best] > NEAR_M**2:
        problem = f"Waypoint {tuple(point)} is {np.sqrt(far2[best]):.2f} m from the floor the robot reaches."
        raise RequestError(f"{problem} Give points on free floor.")
    return int(cells[best, 0]), int(cells[best, 1])


def _way(site: Site, cells: list[Cell]) -> tuple[Float64[np.ndarray, "k 2"], list[float]]:
    """The whole path, and how far along it every waypoint is."""
    parts = [site.space.center(np.array(cells[:1]))]
    at_m = [0.0]
    for leg in path_through(site.space, cells):
        parts.append(leg[1:])
        at_m.append(at_m[-1] + float(walked_m(leg)[-1]))
    return np.concatenate(parts), at_m


def _yaw(path: Float64[np.ndarray, "k 2"], s_m: float, turns: Sequence[tuple[float, float]]) -> float:
    """Ahead, or turned towards the yaw of the nearest waypoint that has one and is close."""
    ahead = heading_rad(path, s_m) if len(path) > 1 else 0.0
    if not turns:
        return ahead
    at, wanted = min(turns, key=lambda turn: abs(turn[0] - s_m))
    share = max(0.0, 1.0 - abs(at - s_m) / LOOK_AHEAD_M)
    return ahead + share * ((wanted - ahead + np.pi) % (2 * np.pi) - np.pi)
