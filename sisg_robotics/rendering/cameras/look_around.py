"""Turning on the spot, where there is most to see."""

from __future__ import annotations

import numpy as np

from ...errors import BadValue
from ...geometry import Intrinsics
from ...scenes.scene import Scene
from .cover import coverage
from .rig import Rig
from .site import CAMERA_HEIGHT_M, ROBOT_RADIUS_M, Site
from .stance import Stance, poses, trajectory_of, usual_intrinsics
from .trajectory import Trajectory
from .view_checks import USUAL_CHECKS, ViewChecks, kept
from .walking import tour

FRAMES_A_TURN = 8
TARGET = 0.97
_PITCH_DOWN_RAD = 0.15


def look_around_trajectory(
    scene: Scene,
    *,
    points: int | None = None,
    count: int | None = None,
    seed: int = 0,
    camera_height_m: float = CAMERA_HEIGHT_M,
    robot_radius_m: float = ROBOT_RADIUS_M,
    intrinsics: Intrinsics | None = None,
    rig: Rig | None = None,
    checks: ViewChecks = USUAL_CHECKS,
    site: Site | None = None,
) -> Trajectory:
    """Whole turns at a number of standing points, each turn in equal steps to the left.

    The points are those from which one sees most when looking everywhere, each what the ones before did not
    see; without `points`, as many as see 97 % of all that can be seen. `count` frames (of all cameras of a
    rig together) are spread over them, by default 8 headings at each. Views that fail a check are left out.
    """
    if points is not None and points < 1:
        raise BadValue("points", points, "at least 1")
    if count is not None and count < 1:
        raise BadValue("count", count, "at least 1")
    site = site or Site.of(scene, camera_height_m=camera_height_m, robot_radius_m=robot_radius_m)
    intrinsics = intrinsics or usual_intrinsics()
    cameras = (intrinsics,) if rig is None else rig.intrinsics(intrinsics)
    headings = None if count is None else max(count // len(cameras), 1)
    chosen = _points(site, points if headings is None else min(points or headings, headings))
    rng = np.random.default_rng(seed)
    order, _ = tour(site.space, [site.standing[eye] for eye in chosen], int(rng.integers(len(chosen))))
    headings = FRAMES_A_TURN * len(order) if headings is None else headings
    stances = []
    for turn, place in enumerate(order):
        share = (turn + 1) * headings // len(order) - turn * headings // len(order)
        x, y, _ = site.eyes_m[chosen[place]].tolist()
        start = float(rng.uniform(0, 2 * np.pi))
        yaws = start + 2 * np.pi * np.arange(share) / max(share, 1)
        stances += [Stance(x, y, float(yaw), _PITCH_DOWN_RAD) for yaw in yaws]
    T = poses(stances, site.camera_height_m, rig)
    good, rejected = kept(site.surface, checks, cameras, T)
    T_kept = T[good].reshape(-1, 4, 4)
    return trajectory_of(
        [stances[step] for step in good],
        site.camera_height_m,
        rig,
        "look_around",
        settings={"seed": seed, "points": points},
        rejected=rejected,
        coverage=coverage(site, cameras * len(good), T_kept),
    )


def _points(site: Site, most: int | None) -> list[int]:
    """Numbers of eyes, greedily, by what each one sees that those before it did not."""
    starts, members = site.sight
    unseen = site.visible.copy()
    enough = int((1 - TARGET) * unseen.sum())
    chosen: list[int] = []
    while unseen.any() and (unseen.sum() > enough if most is None else len(chosen) < most):
        new = np.add.reduceat(np.append(unseen[members], False).astype(np.int64), starts[:-1])
        new[starts[1:] == starts[:-1]] = 0
        eye = int(np.argmax(new))
        chosen.append(eye)
        unseen[members[starts[eye] : starts[eye + 1]]] = False
    return chosen
