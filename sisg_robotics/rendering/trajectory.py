"""A robot's walk through all rooms, with a look around where there is most to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float64

from ..errors import BadValue, RequestError
from ..scenes import scene_instances, walkable
from ..scenes.scene import Scene
from .raycaster import Raycaster
from .viewpoints import camera_pose, choose_viewpoints, interest
from .walking import FreeSpace, tour

CAMERA_HEIGHT_M = 1.35
ROBOT_RADIUS_M = 0.25
CELL_SIZE_M = 0.05

_STANDING_SHARE = 0.78
"""Of all frames; the others are taken on the way."""
_FRAMES_A_TURN = 5
_TURN_STEPS = 16
_LOOK_AHEAD_M = 0.7
_PITCH_DOWN_RAD = (-0.06, 0.46)
"""From slightly up, for what hangs, to well down, for the floor at one's feet."""


Look = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""How much there is to see from a point in each of some directions."""


def walk_trajectory(
    scene: Scene,
    *,
    count: int,
    seed: int = 0,
    camera_height_m: float = CAMERA_HEIGHT_M,
    robot_radius_m: float = ROBOT_RADIUS_M,
    raycaster: Raycaster | None = None,
) -> Float64[np.ndarray, "n 4 4"]:
    """`count` camera poses T_world_cam along a walk through every room that the robot reaches.

    In each room there are one to four points from which most things are seen, chosen so that things are
    seen from several sides; there the camera turns once around. Between them it looks where it goes. Rooms
    get frames by their area. The centre of a robot of `robot_radius_m` could be at every pose. `raycaster`,
    if there is one of this scene already, saves making another.

    Raises BadValue for a count or height that makes no sense, RequestError when no room has free space.
    """
    if count < 1:
        raise BadValue("count", count, "at least 1")
    if not 0 < camera_height_m < scene.ceiling_m:
        raise BadValue(
            "camera_height_m", camera_height_m, f"between 0 and the ceiling at {scene.ceiling_m} m"
        )
    space = _free_space(scene, robot_radius_m)
    instances = scene_instances(scene)
    raycaster = raycaster or Raycaster(instances)
    most = max(len(scene.rooms), count // _FRAMES_A_TURN)
    points = choose_viewpoints(scene, instances, raycaster, space, height_m=camera_height_m, most=most)
    if not points:
        problem = f"Scene {scene.name!r} has no free floor for a robot of radius {robot_radius_m} m."
        raise RequestError(f"{problem} Give a smaller robot_radius_m.")
    rng = np.random.default_rng([seed, len(points)])
    order, legs = tour(space, [cell for cell, _ in points], int(rng.integers(len(points))))
    stops = space.center(np.array([points[place][0] for place in order]))
    rooms = [points[place][1] for place in order]
    turns = _frames_by_area(scene, rooms, count if len(stops) == 1 else round(_STANDING_SHARE * count))
    things = [item.object_id for item in scene.objects]

    def look(xy_m: Float64[np.ndarray, "2"], yaws_rad: Float64[np.ndarray, "y"]) -> np.ndarray:
        return interest(raycaster, things, xy_m, camera_height_m, yaws_rad)

    xy_yaw = _walk(stops, legs, turns, count - sum(turns), look, rng)
    low, high = _PITCH_DOWN_RAD
    sway = np.sin(2.4 * np.arange(len(xy_yaw)) + rng.uniform(0, 2 * np.pi))
    pitch = (low + high) / 2 + (high - low) / 2 * sway
    return np.stack(
        [camera_pose(row[:2], camera_height_m, row[2], down) for row, down in zip(xy_yaw, pitch, strict=True)]
    )


def _free_space(scene: Scene, robot_radius_m: float) -> FreeSpace:
    grid = walkable(scene, robot_radius_m=robot_radius_m, cell_size_m=CELL_SIZE_M)
    origin = np.array(grid.origin_xy_m, dtype=np.float64)
    return FreeSpace.largest_part(np.asarray(grid.mask), origin, float(grid.cell_size_m))


def _frames_by_area(scene: Scene, room_of_stop: Sequence[int], count: int) -> list[int]:
    """`count` frames over the stops: rooms by area, a room's stops alike, remainders to the largest."""
    visits = np.bincount(room_of_stop, minlength=len(scene.rooms))
    share = np.array([scene.rooms[room].area_m2 / visits[room] for room in room_of_stop])
    exact = count * share / share.sum()
    frames = np.floor(exact).astype(int)
    for stop in np.argsort(-(exact - frames), kind="stable")[: count - frames.sum()]:
        frames[stop] += 1
    return [int(n) for n in frames]


def _walk(
    stops: Float64[np.ndarray, "k 2"],
    legs: Sequence[np.ndarray],
    turns: Sequence[int],
    on_the_way: int,
    look: Look,
    rng: np.random.Generator,
) -> Float64[np.ndarray, "n 3"]:
    """x, y and yaw of every frame: at each stop its turn, on each leg its part of those on the way."""
    lengths = [float(np.linalg.norm(np.diff(leg, axis=0), axis=1).sum()) for leg in legs]
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    at = (np.arange(on_the_way) + 0.5) / max(on_the_way, 1) * starts[-1]
    rows: list[tuple[float, float, float]] = []
    yaw = float(rng.uniform(0, 2 * np.pi)) if not legs else _heading(legs[0], 0.0)
    for stop, xy in enumerate(stops):
        leaving = _heading(legs[stop], 0.0) if stop < len(legs) else yaw
        sweep = 2 * np.pi + (leaving - yaw + np.pi) % (2 * np.pi) - np.pi
        for turned in _turn(xy, yaw, sweep, turns[stop], look):
            rows.append((float(xy[0]), float(xy[1]), turned))
        if stop < len(legs):
            here = at[(at >= starts[stop]) & (at < starts[stop + 1])] - starts[stop]
            rows += [(*_along(legs[stop], s), _heading(legs[stop], s)) for s in here]
            yaw = _heading(legs[stop], lengths[stop])
    return np.array(rows)


def _turn(
    xy_m: Float64[np.ndarray, "2"], yaw_rad: float, sweep_rad: float, count: int, look: Look
) -> list[float]:
    """Yaws of a turn: all around, with a picture for each equal share of what there is to see."""
    if not count:
        return []
    edges = yaw_rad + sweep_rad * np.arange(_TURN_STEPS + 1) / _TURN_STEPS
    seen = np.concatenate([[0.0], np.cumsum(look(xy_m, (edges[1:] + edges[:-1]) / 2))])
    shares = (np.arange(count) + 0.5) / count * seen[-1]
    return [float(yaw) for yaw in np.interp(shares, seen, edges)]


def _along(leg: Float64[np.ndarray, "k 2"], distance_m: float) -> tuple[float, float]:
    """The point of a leg nearest to a distance from its beginning; one of its own, which are all free."""
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(leg, axis=0), axis=1))])
    x, y = leg[int(np.argmin(np.abs(walked - distance_m)))]
    return float(x), float(y)


def _heading(leg: Float64[np.ndarray, "k 2"], distance_m: float) -> float:
    """Where one looks: towards the point _LOOK_AHEAD_M on, or along the end of the leg."""
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(leg, axis=0), axis=1))])
    start = min(distance_m, max(walked[-1] - _LOOK_AHEAD_M, 0.0))
    here, there = (np.array(_along(leg, s)) for s in (start, start + _LOOK_AHEAD_M))
    return float(np.arctan2(*(there - here)[::-1]))
