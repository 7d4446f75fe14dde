"""A map that grows while the robot drives, and what it may drive on meanwhile.

The costmap is that of the map so far, with two things that no camera says: what the robot stood on is floor,
and what it bumped into is none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float64, Int8, Int64

from ..datasets import RgbdFrame
from ..encoders import Encoder
from ..errors import RequestError
from ..maps import VoxelFusion, VoxelMap
from ..navigation import Costmap
from ..navigation.costmap import FREE, OCCUPIED, UNKNOWN
from ..navigation.poses import Pose
from .robot import Robot


class GrowingMap:
    """Frames fused as they come. `known` is a costmap of before, in whose cells what is seen now is entered.

    Its cells must be as large as those of the map, `cell_size_m`.
    """

    def __init__(
        self,
        encoder: Encoder,
        robot: Robot,
        *,
        cell_size_m: float = 0.05,
        max_depth_m: float = 5.0,
        known: Costmap | None = None,
    ) -> None:
        self._encoder, self._robot, self._known = encoder, robot, known
        self._fusion = VoxelFusion(encoder, cell_size_m=cell_size_m, max_depth_m=max_depth_m)
        self._stood: list[tuple[float, float]] = []
        self._bumps: list[tuple[float, float]] = []

    def add(self, frame: RgbdFrame, pose: Pose) -> None:
        """Fuse a frame that was taken from a pose."""
        self._fusion.add(frame, self._encoder.encode(frame) if self._encoder.feature_dim else None)
        self.stand(pose)

    def stand(self, pose: Pose) -> None:
        """Remember that the robot was here, so that here is floor."""
        self._stood.append(pose[:2])

    def bump(self, pose: Pose) -> None:
        """Remember that something stopped a step from here; a cell before the robot's hull is occupied."""
        reach = self._robot.radius_m + self._robot.step_m
        self._bumps.append((pose[0] + reach * np.cos(pose[2]), pose[1] + reach * np.sin(pose[2])))

    def to_map(self, name: str = "") -> VoxelMap:
        """The map of all frames so far."""
        return self._fusion.to_map(sequence=name)

    def costmap(self, vmap: VoxelMap | None = None) -> Costmap:
        """Where the robot can be as far as it knows. `vmap` is `to_map()` if it was made already.

        Raises RequestError where too little was seen to tell what is floor.
        """
        try:
            seen = Costmap.from_map(vmap or self.to_map(), robot_radius_m=self._robot.radius_m)
        except RequestError:
            if self._known is None:
                raise
            seen = self._known
        if self._known is not None:
            seen = joined(self._known, seen)
        return self._corrected(seen)

    def _corrected(self, costmap: Costmap) -> Costmap:
        """Floor where the robot stood, unless something is there, and none where it bumped into something."""
        if not self._stood:
            return costmap
        places = np.array(self._stood + self._bumps)
        costmap = grown_to(costmap, places.min(axis=0) - 1.0, places.max(axis=0) + 1.0)
        state = costmap.state.copy()
        reach = int(np.ceil(self._robot.radius_m / costmap.cell_size_m))
        span = np.arange(-reach, reach + 1)
        disc = np.argwhere(np.hypot(*np.meshgrid(span, span, indexing="ij")) <= reach) - reach  # (k, 2)
        stood = np.unique(costmap.cell_of(np.array(self._stood)), axis=0)
        under = (stood[:, None] + disc).reshape(-1, 2)
        i, j = under[state[tuple(under.T)] == UNKNOWN].T
        state[i, j] = FREE
        if self._bumps:
            i, j = costmap.cell_of(np.array(self._bumps)).T
            state[i, j] = OCCUPIED
        return replace(costmap, state=state)


def joined(known: Costmap, seen: Costmap) -> Costmap:
    """What was known, and over it what is seen now: new obstacles, and floor that was unknown.

    What is seen to be free where something was known stays occupied: a view misses more than it makes up.
    """
    low, high = _bounds(seen)
    known = grown_to(known, low, high)
    state = known.state.copy()
    cells = np.argwhere(seen.state != UNKNOWN)
    value = seen.state[tuple(cells.T)]
    i, j = known.cell_of(seen.center_of(cells)).T
    state[i, j] = np.where((value == OCCUPIED) | (state[i, j] == UNKNOWN), value, state[i, j])
    return replace(known, state=state)


def grown_to(costmap: Costmap, low_xy_m: np.ndarray, high_xy_m: np.ndarray) -> Costmap:
    """The same cells, and unknown ones around them as far as these corners."""
    low: Int64[np.ndarray, "2"] = np.minimum(costmap.cell_of(np.asarray(low_xy_m)), 0)
    high = np.maximum(costmap.cell_of(np.asarray(high_xy_m)) + 1, costmap.state.shape)
    before, after = -low, high - costmap.state.shape
    state: Int8[np.ndarray, "nx ny"] = np.pad(
        costmap.state, list(zip(before, after, strict=True)), constant_values=UNKNOWN
    )
    x, y = (np.array(costmap.origin_xy_m) + low * costmap.cell_size_m).tolist()
    return replace(costmap, state=state, origin_xy_m=(x, y))


def _bounds(costmap: Costmap) -> tuple[Float64[np.ndarray, "2"], Float64[np.ndarray, "2"]]:
    low = np.array(costmap.origin_xy_m)
    return low, low + np.array(costmap.state.shape) * costmap.cell_size_m
