"""Where a robot begins if nobody says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from ..errors import RequestError
from ..navigation import Costmap
from ..navigation.poses import Pose, as_pose


def roomiest_place(costmap: Costmap) -> tuple[float, float]:
    """The point farthest from everything, on the largest floor that hangs together; x and y in metres.

    Raises RequestError where the robot can be nowhere.
    """
    room_m = np.where(_largest_part(costmap), costmap.distance_m, -1.0)
    cell = np.array(np.unravel_index(int(np.argmax(room_m)), room_m.shape))
    x, y = costmap.center_of(cell).tolist()
    return x, y


def some_place(costmap: Costmap, rng: np.random.Generator) -> Pose:
    """A random pose on the largest floor that hangs together: x and y in metres, yaw in radians.

    Raises RequestError where the robot can be nowhere.
    """
    cells = np.argwhere(_largest_part(costmap))
    x, y = costmap.center_of(cells[rng.integers(len(cells))]).tolist()
    return x, y, float(rng.uniform(-np.pi, np.pi))


def check_start(truth: Costmap, start_xyyaw: Sequence[float]) -> Pose:
    """The start, if a robot can be there: raises RequestError if not, BadValue for what is no pose."""
    x, y, yaw = as_pose("start_xyyaw", start_xyyaw)
    if not np.isfinite(truth.cost_at(np.array([x, y]))):
        raise RequestError(
            f"The robot cannot stand at ({x:.2f}, {y:.2f}) in this scene. Give another start, or none."
        )
    return x, y, yaw


def _largest_part(costmap: Costmap) -> Bool[np.ndarray, "nx ny"]:
    costmap.check_passable()
    parts, _ = ndimage.label(costmap.passable)
    return np.asarray(parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:])))
