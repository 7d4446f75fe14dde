"""Where a robot can be, and at what cost: free floor, obstacles and the unknown on a grid.

A cell is occupied where something lies between the heights that the robot cannot pass, free where floor was
seen and nothing stands, else unknown. Small gaps in a seen floor count as seen; what noise made does not
count (strays.py). The robot is round. Its middle may be on free cells that keep its radius from everything
occupied; near things it costs more:

    cost(d) = 1 + steepness exp(-(d - radius) / decay),   d = distance to the nearest occupied cell
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int8, Int64
from scipy import ndimage

from .._wording import in_short
from ..errors import BadValue, RequestError
from ..maps import QueryResult, VoxelMap
from ..scenes import Scene
from ..scenes.free_space import free_floor
from .floors import floor_layers
from .strays import fringe, seen_once

FREE, OCCUPIED, UNKNOWN = 0, 1, 2

ROBOT_RADIUS_M = 0.2
ROBOT_HEIGHT_M = 1.5
STEP_M = 0.06
"""What is lower is driven over: rugs, thresholds, and the noise of a floor."""

STEEPNESS, DECAY_M = 4.0, 0.25

GAP_M = 0.15
"""Gaps in a seen floor up to about twice this are taken for floor."""

FARTHEST = 1 << 40
"""Cells from the origin, beyond which coordinates are no longer told apart."""

ANSWERS = 0.5
"""Score from which on a voxel is what a word names."""


@dataclass(frozen=True, eq=False)
class Costmap:
    """A grid over the floor; cell (i, j) begins at origin_xy_m + (i, j) * cell_size_m, i along x, j along y.

    `state` is FREE, OCCUPIED or UNKNOWN. `floor_z_m` is the height of the floor in the world.
    """

    state: Int8[np.ndarray, "nx ny"]
    origin_xy_m: tuple[float, float]
    cell_size_m: float
    robot_radius_m: float = ROBOT_RADIUS_M
    floor_z_m: float = 0.0
    steepness: float = STEEPNESS
    decay_m: float = DECAY_M

    def __post_init__(self) -> None:
        if not 0 < self.robot_radius_m < 5:
            raise BadValue("robot_radius_m", self.robot_radius_m, "more than 0 and less than 5 metres")
        if not 0.005 <= self.cell_size_m <= 1:
            raise BadValue("cell_size_m", self.cell_size_m, "between 0.005 and 1 metre")
        if not np.isin(self.state, (FREE, OCCUPIED, UNKNOWN)).all():
            raise BadValue("Costmap.state", np.unique(self.state).tolist(), "0 free, 1 occupied or 2 unknown")

    def __repr__(self) -> str:
        (nx, ny), (x, y) = self.state.shape, self.origin_xy_m
        return in_short(
            self,
            f"{nx} x {ny} cells of {100 * self.cell_size_m:g} cm",
            f"from ({x:.2f}, {y:.2f}) m",
            f"{100 * (self.state == FREE).sum() / max(self.state.size, 1):.0f} % free",
            f"robot radius {self.robot_radius_m:g} m",
        )

    @classmethod
    def from_map(
        cls,
        vmap: VoxelMap,
        *,
        robot_radius_m: float = ROBOT_RADIUS_M,
        robot_height_m: float = ROBOT_HEIGHT_M,
        step_m: float = STEP_M,
        floor: int = 0,
        ignore: Sequence[str] = (),
        obstacles: Sequence[str] = (),
        steepness: float = STEEPNESS,
        decay_m: float = DECAY_M,
    ) -> Costmap:
        """The costmap of one floor of a map, 0 being the lowest.

        `ignore` names what is no obstacle ("curtain"), `obstacles` what is one whatever its height ("rug");
        both ask the map, so that it must have features. Raises RequestError for a map without a floor.
        """
        if not robot_height_m > step_m >= 0:
            raise BadValue("robot_height_m and step_m", (robot_height_m, step_m), "a height above the step")
        layers = floor_layers(vmap, robot_height_m=robot_height_m)
        if not 0 <= floor < len(layers):
            raise BadValue("floor", floor, f"0 to {len(layers) - 1}, the floors of this map from the lowest")
        height_m = (vmap.cells[:, 2] - layers[floor]) * vmap.cell_size_m  # above the floor, cell to cell
        blocks = (height_m > step_m) & (height_m < robot_height_m) & ~fringe(vmap) & ~_named(vmap, ignore)
        blocks |= _named(vmap, obstacles) & (np.abs(height_m) < robot_height_m)
        seen = (np.abs(height_m) <= max(step_m, vmap.cell_size_m)) & ~blocks
        blocks &= ~seen_once(vmap, seen, blocks)
        state, low_cell = _grid(vmap, seen, blocks)
        return cls(
            state=_with_gaps_filled(state, round(GAP_M / vmap.cell_size_m)),
            origin_xy_m=_xy(low_cell * vmap.cell_size_m + vmap.origin_xyz_m[:2]),
            cell_size_m=vmap.cell_size_m,
            robot_radius_m=robot_radius_m,
            floor_z_m=float((layers[floor] + 0.5) * vmap.cell_size_m + vmap.origin_xyz_m[2]),
            steepness=steepness,
            decay_m=decay_m,
        )

    @classmethod
    def from_scene(
        cls, scene: Scene, *, robot_radius_m: float = ROBOT_RADIUS_M, cell_size_m: float = 0.05
    ) -> Costmap:
        """The truth of a generated scene: free floor as the scene has it, everything else occupied."""
        free, origin_xy_m = free_floor(scene, cell_size_m)
        state = np.where(free, FREE, OCCUPIED).astype(np.int8)
        return cls(state, origin_xy_m, cell_size_m, robot_radius_m)

    @cached_property
    def distance_m(self) -> Float32[np.ndarray, "nx ny"]:
        """From the middle of each cell to the nearest occupied cell; inf where nothing is occupied."""
        if not (self.state == OCCUPIED).any():
            return np.full(self.state.shape, np.inf, dtype=np.float32)
        cells = ndimage.distance_transform_edt(self.state != OCCUPIED)
        return (np.maximum(cells - 0.5, 0) * self.cell_size_m).astype(np.float32)

    @cached_property
    def passable(self) -> Bool[np.ndarray, "nx ny"]:
        """Where the robot's middle may be."""
        return (self.state == FREE) & (self.distance_m >= self.robot_radius_m)

    def check_passable(self) -> None:
        """Raises RequestError where the robot's middle may be nowhere."""
        if not self.passable.any():
            raise RequestError(
                f"Nowhere on this map can a robot of radius {self.robot_radius_m:g} m be. Give a smaller "
                "radius, or map the floor."
            )

    @cached_property
    def cost(self) -> Float32[np.ndarray, "nx ny"]:
        """Cost of a metre: 1 far from everything, more near things, inf where the robot cannot be."""
        near = np.exp(
            -(np.maximum(self.distance_m, self.robot_radius_m) - self.robot_radius_m) / self.decay_m
        )
        return np.where(self.passable, 1 + self.steepness * near, np.inf).astype(np.float32)

    def cell_of(self, xy_m: Float[np.ndarray, "*n 2"]) -> Int64[np.ndarray, "*n 2"]:
        """The cells of world points, which may lie outside the grid."""
        cells = np.floor((xy_m - np.array(self.origin_xy_m)) / self.cell_size_m)
        return np.clip(cells, -FARTHEST, FARTHEST).astype(np.int64)

    def center_of(self, cells: Int64[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n 2"]:
        """World points in the middle of cells."""
        return (cells + 0.5) * self.cell_size_m + np.array(self.origin_xy_m)

    def covers(self, xy_m: Float[np.ndarray, "*n 2"]) -> Bool[np.ndarray, "*n"]:
        """Which points lie on the grid."""
        cells = self.cell_of(xy_m)
        return np.asarray(np.all((cells >= 0) & (cells < self.state.shape), axis=-1))

    def cost_at(self, xy_m: Float[np.ndarray, "*n 2"]) -> Float32[np.ndarray, "*n"]:
        """Cost at world points, inf outside the grid."""
        return self._at(self.cost, xy_m, np.float32(np.inf))

    def distance_at(self, xy_m: Float[np.ndarray, "*n 2"]) -> Float32[np.ndarray, "*n"]:
        """Distance of world points to what is occupied, as of their cells; 0 outside the grid."""
        return self._at(self.distance_m, xy_m, np.float32(0))

    def _at(self, grid: np.ndarray, xy_m: np.ndarray, outside: np.float32) -> np.ndarray:
        covered = self.covers(xy_m)
        cells = np.where(covered[..., None], self.cell_of(xy_m), 0)
        return np.asarray(np.where(covered, grid[cells[..., 0], cells[..., 1]], outside))


def _named(vmap: VoxelMap, words: Sequence[str]) -> Bool[np.ndarray, " n"]:
    """Voxels of what the words name, as far as it is there."""
    if isinstance(words, str):
        raise BadValue("words for obstacles", words, "a list of texts, such as ['curtain']")
    named = np.zeros(len(vmap), dtype=bool)
    for text in words:
        answer = vmap.query(text)
        assert isinstance(answer, QueryResult)
        if answer.found:
            named |= answer.scores >= ANSWERS
    return named


def _grid(
    vmap: VoxelMap, seen: Bool[np.ndarray, " n"], blocks: Bool[np.ndarray, " n"]
) -> tuple[Int8[np.ndarray, "nx ny"], Int64[np.ndarray, "2"]]:
    """State of the cells over the floor, and the lowest of them; an unknown cell all around."""
    xy = vmap.cells[seen | blocks][:, :2].astype(np.int64)
    low_cell = xy.min(axis=0) - 1
    state = np.full(xy.max(axis=0) + 2 - low_cell, UNKNOWN, dtype=np.int8)
    for rows, value in ((seen, FREE), (blocks, OCCUPIED)):
        i, j = (vmap.cells[rows][:, :2] - low_cell).T
        state[i, j] = value
    return state, low_cell


def _with_gaps_filled(state: Int8[np.ndarray, "nx ny"], reach: int) -> Int8[np.ndarray, "nx ny"]:
    """Unknown cells that floor encloses within `reach` cells become free, but not the inside of walls."""
    span = np.arange(-reach, reach + 1)
    disc = np.hypot(*np.meshgrid(span, span)) <= reach + 0.5
    padded = np.pad(state == FREE, reach)
    closed = ndimage.binary_closing(padded, disc)[reach : -reach or None, reach : -reach or None]
    gaps, count = ndimage.label((state == UNKNOWN) & closed)
    if not count:
        return state
    beside = {value: np.zeros(count + 1) for value in (FREE, OCCUPIED)}
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        neighbor = np.roll(state, step, axis)
        for value, number in beside.items():
            number += np.bincount(gaps[neighbor == value], minlength=count + 1)
    floor = beside[FREE] > beside[OCCUPIED]
    floor[0] = False
    return np.where(floor[gaps], np.int8(FREE), state)


def _xy(values: np.ndarray) -> tuple[float, float]:
    x, y = (float(v) for v in values)
    return x, y
