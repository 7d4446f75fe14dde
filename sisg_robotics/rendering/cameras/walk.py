"""A robot's walk that sees nearly everything a robot can see there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from jaxtyping import Int64

from ...errors import BadValue
from ...geometry import Intrinsics
from ...scenes.scene import Scene
from .cover import Candidates, choose_views
from .path import along, heading_rad, walked_m
from .rig import Rig
from .site import CAMERA_HEIGHT_M, ROBOT_RADIUS_M, Site
from .stance import Stance, poses, trajectory_of, usual_intrinsics
from .trajectory import Trajectory
from .view_checks import USUAL_CHECKS, ViewChecks, both, kept
from .walking import Cell, tour

Item = TypeVar("Item")

TARGET = 0.97
"""Share of the visible surface to be seen when the number of frames is free."""
_VIEWS_SHARE = 0.78
"""Of all frames, for views chosen for what they show; the others are taken on the way."""
_UP_RAD, _DOWN_RAD = 0.8, 1.15
"""How far up and down the pictures of all pitches reach together."""
_TURN_COST_M = 0.5
"""A turn of a radian costs as much as this way."""
_TILT_EVERY_M = 0.35
_PLACES_A_FRAME = 2
"""On the way, for each frame to be taken there."""


def walk_trajectory(
    scene: Scene,
    *,
    count: int | None = None,
    seed: int = 0,
    camera_height_m: float = CAMERA_HEIGHT_M,
    robot_radius_m: float = ROBOT_RADIUS_M,
    intrinsics: Intrinsics | None = None,
    rig: Rig | None = None,
    checks: ViewChecks = USUAL_CHECKS,
    target: float = TARGET,
    site: Site | None = None,
) -> Trajectory:
    """A walk through every place that the robot reaches, on which it sees nearly everything.

    "Everything" is the surface that a camera at that height, turned anywhere, sees from some place where the
    centre of a robot of `robot_radius_m` can be. Without `count`, there are as few views as see the share
    `target` of it. With `count` frames (of all cameras of a rig together), as much as possible is seen; what
    is left over of them shows things from further sides, and the way ahead. `seed` chooses the headings and
    where the walk begins.

    `intrinsics` are by default 90 degrees wide at 4:3. `site`, where there is one of this scene, height and
    radius, saves making another. Raises BadValue for a count or height that makes no sense, RequestError when
    the robot fits nowhere or no view passes the checks.
    """
    steps = _steps(count, rig)
    site = site or Site.of(scene, camera_height_m=camera_height_m, robot_radius_m=robot_radius_m)
    intrinsics = intrinsics or usual_intrinsics()
    cameras = (intrinsics,) if rig is None else rig.intrinsics(intrinsics)
    rng = np.random.default_rng(seed)
    eye_of, stances = _stances(site, cameras, rig, rng)
    candidates = Candidates(eye_of, poses(stances, site.camera_height_m, rig), cameras, rig is None)
    chosen = choose_views(
        site, candidates, checks, most=steps, views=steps and round(_VIEWS_SHARE * steps), target=target
    )
    views = [stances[row] for row in chosen.rows]
    order, legs = _tour(site, views, [site.standing[eye_of[row]] for row in chosen.rows], rng)
    walk, seen, rejected = [[views[place]] for place in order], chosen.seen, chosen.rejected
    missing = 0 if steps is None else steps - len(views)
    for_way = _on_the_way(legs, missing * _PLACES_A_FRAME)
    looks = list(dict.fromkeys(stance for _, stance in for_way))  # many frames come back to the same
    T = poses(looks, site.camera_height_m, rig)
    good, faults = kept(site.surface, checks, cameras, T)
    T_of = {looks[row]: T[row] for row in good}
    taken = _evenly([place for place in for_way if place[1] in T_of], missing)
    for leg, stance in taken:
        walk[leg].append(stance)
    for stance in dict.fromkeys(stance for _, stance in taken):
        seen = seen.and_also(seen.points_in(cameras, T_of[stance]), T_of[stance])
    return trajectory_of(
        [stance for part in walk for stance in part],
        site.camera_height_m,
        rig,
        "walk",
        settings={"seed": seed, "target": target},
        rejected=both(rejected, faults),
        coverage=seen.coverage,
    )


def _steps(count: int | None, rig: Rig | None) -> int | None:
    if count is not None and count < 1:
        raise BadValue("count", count, "at least 1")
    return count if count is None or rig is None else max(1, count // len(rig))


def _stances(
    site: Site, cameras: Sequence[Intrinsics], rig: Rig | None, rng: np.random.Generator
) -> tuple[Int64[np.ndarray, "c"], list[Stance]]:
    """Every heading and pitch at every standing point, and the number of that point."""
    fov_x, fov_y = cameras[0].fov_x_rad, 2 * float(np.arctan(cameras[0].height / 2 / cameras[0].fy))
    turns = max(8, int(np.ceil(2 * np.pi / (0.5 * fov_x))))
    low, high = fov_y / 2 - _UP_RAD, _DOWN_RAD - fov_y / 2
    tilts = max(1, int(np.ceil((high - low) / (0.45 * fov_y))) + 1)
    pitches = np.linspace(low, high, tilts) if high > low and rig is None else np.zeros(1)
    yaws = (np.arange(turns) + rng.uniform()) * 2 * np.pi / turns
    looks = [(float(yaw), float(pitch)) for yaw in yaws for pitch in pitches]
    eyes = site.eyes_m[:, :2].tolist()
    stances = [Stance(x, y, *look) for x, y in eyes for look in looks]
    return np.repeat(np.arange(len(eyes)), len(looks)), stances


def _tour(
    site: Site, views: Sequence[Stance], cells: list[Cell], rng: np.random.Generator
) -> tuple[list[int], list[np.ndarray]]:
    """An order of the views with a short way and small turns, and the paths between them."""
    if not views:
        return [], []
    ahead = poses([view._replace(x_m=0.0, y_m=0.0) for view in views], 0.0, None)[:, 0, :3, 2]
    apart = ahead[:, None] - ahead  # (s, s, 3)
    turned = np.round(np.sqrt((apart * apart).sum(axis=-1)), 9)
    return tour(site.space, cells, int(rng.integers(len(views))), _TURN_COST_M * turned)


def _on_the_way(legs: Sequence[np.ndarray], count: int) -> list[tuple[int, Stance]]:
    """`count` places evenly along all legs, with the number of the leg, looking where it goes."""
    ends = np.cumsum([walked_m(leg)[-1] for leg in legs])
    if not count or not len(ends) or not ends[-1] > 0:
        return []
    found = []
    pitches = np.linspace(-0.05, 0.45, 4)  # from slightly up to the floor before one's feet
    for number in range(count):
        at = (number + 0.5) / count * ends[-1]
        leg = int(np.searchsorted(ends, at))
        here = at - (ends[leg - 1] if leg else 0.0)
        look = heading_rad(legs[leg], here), float(pitches[3 * int(at / _TILT_EVERY_M) % 4])
        found.append((leg, Stance(*along(legs[leg], here), *look)))
    return found


def _evenly(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count` of the items, evenly spread."""
    if len(items) <= count:
        return list(items)
    return [items[int((k + 0.5) * len(items) / count)] for k in range(count)]
