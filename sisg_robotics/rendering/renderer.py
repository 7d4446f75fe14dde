"""How a view is asked for, whoever draws it: the ray caster or Blender."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float64

from ..errors import BadValue
from ..geometry import Distortion, Intrinsics, as_se3
from .channels import RenderedChannels


@runtime_checkable
class Renderer(Protocol):
    """Raycaster and BlenderRenderer."""

    def render(
        self,
        intrinsics: Intrinsics,
        T_world_cam: Float[np.ndarray, "4 4"],
        *,
        channels: Sequence[str],
        samples: int = 1,
        distortion: Distortion | None = None,
        T_world_cam_next: Float[np.ndarray, "4 4"] | None = None,
    ) -> RenderedChannels:
        """One view."""
        ...


def next_pose(
    channels: Set[str], T_world_cam_next: Float[np.ndarray, "4 4"] | None
) -> Float64[np.ndarray, "4 4"] | None:
    """The pose in the next picture where it is needed: for "flow". Raises BadValue where it is missing."""
    if "flow" not in channels:
        return None
    if T_world_cam_next is None:
        raise BadValue("T_world_cam_next", None, "given when the channel flow is asked for")
    return as_se3("T_world_cam_next", T_world_cam_next)
