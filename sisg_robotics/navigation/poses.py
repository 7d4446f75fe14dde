"""Where a robot stands: checked at the door, angles kept between -pi and pi."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..errors import BadValue

Pose = tuple[float, float, float]
"""x and y in metres, yaw in radians, world frame."""

XY = Sequence[float] | np.ndarray
"""x and y in metres, world frame."""


def as_pose(name: str, given: Any) -> Pose:
    """A pose. Raises BadValue, naming the argument, for anything but three finite numbers."""
    x, y, yaw = _numbers(name, given, 3, "three finite numbers: x and y in metres, yaw in radians")
    return x, y, yaw


def as_point(name: str, given: Any) -> Float64[np.ndarray, "2"]:
    """A point. Raises BadValue, naming the argument, for anything but two finite numbers."""
    return np.array(_numbers(name, given, 2, "two finite numbers, x and y in metres"))


def wrapped(angle_rad: float) -> float:
    """The same angle between -pi and pi."""
    return math.atan2(math.sin(angle_rad), math.cos(angle_rad))


def _numbers(name: str, given: Any, count: int, accepted: str) -> list[float]:
    try:
        numbers = [float(value) for value in given]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise BadValue(name, given, accepted)
    return numbers
