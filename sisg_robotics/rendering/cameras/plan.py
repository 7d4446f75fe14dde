"""From the name of a trajectory and its options to the poses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadValue, UnknownName
from ...geometry import Intrinsics
from ...scenes import scene_instances
from ...scenes.scene import Scene
from .look_around import look_around_trajectory
from .orbit import orbit_object_trajectory, orbit_trajectory
from .pose_files import file_trajectory, fingerprint
from .rig import Rig
from .site import CAMERA_HEIGHT_M, ROBOT_RADIUS_M
from .surface import Surface
from .trajectory import Trajectory
from .view_checks import OFF, USUAL_CHECKS, ViewChecks
from .walk import walk_trajectory
from .waypoints import waypoint_trajectory

KINDS = ("walk", "look_around", "waypoints", "orbit", "file")
ORBIT_FRAMES = 36


@dataclass(frozen=True)
class TrajectoryPlan:
    """Which trajectory, and all that it depends on beside the scene and the cameras.

    `frames` None: as many as it takes (walk: to see nearly everything; look_around: 8 a turn; waypoints: one
    every 0.2 m; orbit: 36); a file's poses are all taken. What the other kinds need is ignored.
    """

    kind: str = "walk"
    frames: int | None = 120
    seed: int = 0
    camera_height_m: float = CAMERA_HEIGHT_M
    """Of one camera, or of a rig's preset; a rig that was made has its own."""
    robot_radius_m: float = ROBOT_RADIUS_M
    checks: ViewChecks | None = None
    """None: the usual; none for a file, whose poses somebody chose."""
    points: int | None = None
    """look_around: how many standing points; None: as many as see nearly everything."""
    waypoints: Sequence[Sequence[float]] = ()
    """waypoints: x, y in metres and, where wanted, yaw in radians."""
    orbit_object: int | str | None = None
    """orbit: an object's id or category; None: the largest thing on the floor, if there is no centre."""
    orbit_center_m: Sequence[float] | None = None
    orbit_radius_m: float | None = None
    """orbit: None: round an object, the smallest that leaves most views free."""
    orbit_elevations_deg: Sequence[float] = (20.0, 45.0)
    poses_file: str | None = None
    poses_format: str | None = None
    """file: poses, tum or nerfstudio; None: told by its name and first line."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownName("trajectory", self.kind, KINDS)
        if self.frames is not None and self.frames < 1:
            raise BadValue("frames", self.frames, "at least 1, or null for as many as it takes")
        if self.kind == "waypoints" and not self.waypoints:
            raise BadValue("waypoints", list(self.waypoints), "given: a list of [x, y] or [x, y, yaw]")
        if self.kind == "file" and not self.poses_file:
            raise BadValue("poses_file", self.poses_file, "given: the file of the poses")
        elevations = list(self.orbit_elevations_deg)
        if not elevations or not all(-90 < angle < 90 for angle in elevations):
            raise BadValue("orbit_elevations_deg", elevations, "one or more, between -90 and 90")

    @property
    def checks_used(self) -> ViewChecks:
        """What is asked of every view."""
        if self.checks is not None:
            return self.checks
        return OFF if self.kind == "file" else USUAL_CHECKS

    def to_json(self) -> dict[str, Any]:
        """What the poses depend on, as JSON values; a file by its contents."""
        used: dict[str, Any] = {"kind": self.kind, "checks": asdict(self.checks_used)}
        if self.kind == "file":
            return used | {"sha256": fingerprint(Path(str(self.poses_file))), "format": self.poses_format}
        used |= {"frames": self.frames, "seed": self.seed}
        if self.kind == "orbit":
            center = None if self.orbit_center_m is None else [float(x) for x in self.orbit_center_m]
            elevations = [float(angle) for angle in self.orbit_elevations_deg]
            where = {"object": self.orbit_object, "center_xyz_m": center, "radius_m": self.orbit_radius_m}
            return used | where | {"elevations_deg": elevations}
        used |= {"camera_height_m": self.camera_height_m, "robot_radius_m": self.robot_radius_m}
        if self.kind == "look_around":
            return used | {"points": self.points}
        if self.kind == "waypoints":
            return used | {"waypoints": [[float(value) for value in point] for point in self.waypoints]}
        return used


def plan_trajectory(
    scene: Scene, plan: TrajectoryPlan, intrinsics: Intrinsics, rig: Rig | None = None
) -> Trajectory:
    """The trajectory that a plan describes, through a scene, of a camera or a rig.

    Raises what the functions that make each kind raise.
    """
    if plan.kind == "orbit":
        if rig is not None:
            raise BadValue("rig", "given", "none with trajectory=orbit, whose camera looks at one point")
        return _orbit(scene, plan, intrinsics)
    if plan.kind == "file":
        return file_trajectory(
            str(plan.poses_file),
            file_format=plan.poses_format,
            rig=rig,
            surface=Surface.of(scene_instances(scene)),
            intrinsics=intrinsics,
            checks=plan.checks_used,
        )
    usual: dict[str, Any] = {
        "count": plan.frames,
        "camera_height_m": plan.camera_height_m if rig is None else rig.height_m,
        "robot_radius_m": plan.robot_radius_m,
        "intrinsics": intrinsics,
        "rig": rig,
        "checks": plan.checks_used,
    }
    if plan.kind == "look_around":
        return look_around_trajectory(scene, points=plan.points, seed=plan.seed, **usual)
    if plan.kind == "waypoints":
        return waypoint_trajectory(scene, plan.waypoints, **usual)
    return walk_trajectory(scene, seed=plan.seed, **usual)


def _orbit(scene: Scene, plan: TrajectoryPlan, intrinsics: Intrinsics) -> Trajectory:
    surface = Surface.of(scene_instances(scene))
    usual: dict[str, Any] = {
        "count": plan.frames or ORBIT_FRAMES,
        "elevations_rad": np.deg2rad(plan.orbit_elevations_deg).tolist(),
        "intrinsics": intrinsics,
        "seed": plan.seed,
        "checks": plan.checks_used,
    }
    if plan.orbit_center_m is None:
        chosen = _object_id(scene, plan.orbit_object)
        return orbit_object_trajectory(scene, surface, chosen, radius_m=plan.orbit_radius_m, **usual)
    if plan.orbit_radius_m is None:
        raise BadValue("orbit_radius_m", None, "given with orbit_center_m")
    return orbit_trajectory(surface, plan.orbit_center_m, radius_m=plan.orbit_radius_m, **usual)


def _object_id(scene: Scene, wanted: int | str | None) -> int:
    if isinstance(wanted, int):
        return wanted
    if wanted is None:
        standing = [item for item in scene.objects if item.supported_by is None and item.size_xyz_m[2] > 0.3]
        if not standing:
            raise BadValue("orbit_object", None, "given, since nothing large stands on the floor here")
        return max(standing, key=lambda item: float(np.prod(item.size_xyz_m))).object_id
    named = {item.asset.category: item.object_id for item in reversed(scene.objects)}
    if wanted not in named:
        raise UnknownName("object", wanted, named)
    return named[wanted]
