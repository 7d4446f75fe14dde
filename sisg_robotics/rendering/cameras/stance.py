"""Where a robot stands and which way it looks, and the poses of its cameras then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64

from ...errors import RequestError
from ...geometry import Intrinsics
from .camera_pose import camera_pose
from .rig import Rig, base_pose
from .trajectory import Trajectory
from .view_checks import in_words


class Stance(NamedTuple):
    """A place on the floor, a heading about +z, and how far the camera is tilted down; a rig never is."""

    x_m: float
    y_m: float
    yaw_rad: float
    pitch_down_rad: float = 0.0


def poses(
    stances: Sequence[Stance], camera_height_m: float, rig: Rig | None
) -> Float64[np.ndarray, "s k 4 4"]:
    """T_world_cam of the one camera, or of all cameras of a rig, at each stance."""
    one_of = {stance[2:]: stance for stance in stances}
    turned = {look: _pose_at_origin(stance, camera_height_m, rig) for look, stance in one_of.items()}
    each = 1 if rig is None else len(rig)
    T = np.array([turned[stance[2:]] for stance in stances]).reshape(len(stances), each, 4, 4)
    T[:, :, :2, 3] += np.round([stance[:2] for stance in stances], 9).reshape(-1, 1, 2)
    return T


def _pose_at_origin(stance: Stance, camera_height_m: float, rig: Rig | None) -> np.ndarray:
    if rig is None:
        return camera_pose(np.zeros(2), camera_height_m, stance.yaw_rad, stance.pitch_down_rad)[None]
    return base_pose(np.zeros(2), stance.yaw_rad) @ rig.T_base_cam


def trajectory_of(
    stances: Sequence[Stance], camera_height_m: float, rig: Rig | None, kind: str, **facts: Any
) -> Trajectory:
    """The trajectory through some stances. Raises RequestError when there is none."""
    if not stances:
        why = in_words(facts["rejected"])
        problem = f"No view of the {kind.replace('_', '-')} passes the checks ({why})."
        raise RequestError(f"{problem} Choose other places, or loosen the checks.")
    if rig is None:
        T = poses(stances, camera_height_m, None)[:, 0]
        return Trajectory(T, kind, **facts)
    T_world_base = np.stack([base_pose(np.array(stance[:2]), stance.yaw_rad) for stance in stances])
    return Trajectory.of_rig(rig, T_world_base, kind=kind, **facts)


def usual_intrinsics() -> Intrinsics:
    """What planners take for the camera where none is given: 90 degrees wide, 4:3."""
    return Intrinsics.from_fov(640, 480, np.pi / 2)
