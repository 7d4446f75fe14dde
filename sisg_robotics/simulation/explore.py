"""Exploration: a robot that knows nothing drives where it may learn most, until it finds what was asked.

It looks all around, then goes again and again to the frontier that is most worth it, and maps what it sees
on the way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from .._progress import progress_bar
from .._wording import counted, in_short
from ..datasets import RgbdFrame
from ..encoders import Encoder, make_encoder
from ..errors import RequestError
from ..maps import QueryResult, VoxelMap
from ..maps.wording import clean
from ..navigation import Costmap, plan_path
from ..navigation.costmap import FREE
from ..navigation.planner import start_ways
from ..navigation.poses import Pose
from ..scenes import Scene
from .follow import Drive
from .frontiers import Frontier, find_frontiers, frontier_cells
from .growing import GrowingMap
from .robot import Robot
from .sight import Sight
from .start import check_start, some_place
from .world import World, true_costmap

Ended = Literal["found", "explored", "out of steps"]

ENOUGH, MOST = 0.2, 0.5
"""Share of a frontier that may be left for it to count as seen: from the way, and after the look."""


@dataclass(frozen=True, eq=False)
class Exploration:
    """What came of an exploration.

    ended     "found" what was asked for, "explored" all that can be reached, or "out of steps"
    note      the same in a sentence
    answer    what the map says of the question in the end, None without one
    seen      share of the floor that can be reached from the start which is floor in the costmap
    """

    ended: Ended
    note: str
    vmap: VoxelMap
    costmap: Costmap
    drive: Drive
    frames: tuple[RgbdFrame, ...]
    answer: QueryResult | None
    seen: float

    def __repr__(self) -> str:
        return in_short(self, self.ended, f"{self.drive.length_m:.2f} m", counted(len(self.frames), "frame"))

    @property
    def pose_xyyaw(self) -> Pose:
        """Where the robot is in the end."""
        return self.drive.pose


def explore(
    scene: Scene,
    question: str | None = None,
    *,
    encoder: str | Encoder | None = None,
    robot: Robot | None = None,
    start_xyyaw: Sequence[float] | None = None,
    seed: int = 0,
    max_steps: int = 6000,
    cell_size_m: float = 0.05,
    max_depth_m: float = 5.0,
    folder: Path | str | None = None,
    progress: bool = False,
) -> Exploration:
    """Explore a scene from nothing, with at most `max_steps` actions, and map it.

    Ends when the map has an answer to `question`, or without one when no frontier is left. `encoder` is a
    name or an encoder, by default "oracle" for a question and "none" without. `start_xyyaw` is the pose to
    begin with, by default a place drawn by `seed`. With `folder`, frames are kept there and a run that was
    interrupted goes on with them. The same arguments give the same bytes.

    Raises RequestError for a start where the robot cannot be, and for a question to an encoder that has no
    features.
    """
    robot = robot or Robot()
    sight = Sight(scene, robot, folder=folder)
    if not isinstance(encoder, Encoder):
        encoder = make_encoder(encoder or ("none" if question is None else "oracle"), sequence=sight)
    if question is not None:
        _check_question(question, encoder)
    truth = true_costmap(scene, robot)
    rng = np.random.default_rng(seed)
    start = some_place(truth, rng) if start_xyyaw is None else check_start(truth, start_xyyaw)
    growing = GrowingMap(encoder, robot, cell_size_m=cell_size_m, max_depth_m=max_depth_m)
    with progress_bar((), "exploring", shown=progress, total=max_steps, unit="step") as bar:
        world = World(sight, truth, growing, start, max_steps=max_steps, bar=bar)
        return _explored(world, scene, question)


def _explored(world: World, scene: Scene, question: str | None) -> Exploration:
    done: list[np.ndarray] = []
    world.look_around()
    while True:
        vmap = world.growing.to_map(scene.name)
        costmap = world.growing.costmap(vmap)
        answer = _ask(vmap, question)
        if answer is not None and answer.found:
            x, y, _ = answer.objects[0].center_xyz_m
            return _end(world, "found", f"Found {question!r} at {x:.2f}, {y:.2f} m", vmap, costmap, answer)
        if world.spent:
            said = "The budget of steps was used up before all was seen"
            return _end(world, "out of steps", said, vmap, costmap, answer)
        frontiers = find_frontiers(costmap, world.pose[:2], done_xy_m=done)
        if not frontiers:
            said = "All that can be reached was seen" + (f", and no {question!r}" if question else "")
            return _end(world, "explored", said, vmap, costmap, answer)
        if not _visit(world, costmap, frontiers[0]):
            done.append(costmap.center_of(frontiers[0].cells))


def _visit(world: World, costmap: Costmap, frontier: Frontier) -> bool:
    """Go and look at a frontier, unless it is seen from the way; whether most of it is none any more."""

    def left(now: Costmap) -> float:
        i, j = now.cell_of(costmap.center_of(frontier.cells)).T
        return float(frontier_cells(now)[i, j].mean())

    path = plan_path(costmap, world.pose[:2], frontier.stand_xy_m)
    x, y = frontier.middle_xy_m - path.points_xy_m[-1]
    arrived, _ = world.follow(path, costmap, math.atan2(y, x), enough=lambda now: left(now) < ENOUGH)
    if arrived:
        world.look()
    return left(world.growing.costmap()) < MOST


def _check_question(question: str, encoder: Encoder) -> None:
    """Before the work, not after."""
    clean(question)
    if not encoder.feature_dim:
        raise RequestError(
            f"A map of encoder={encoder.name} can't be asked. Give one that has features, such as 'oracle'."
        )


def _ask(vmap: VoxelMap, question: str | None) -> QueryResult | None:
    if question is None:
        return None
    answer = vmap.query(question)
    assert isinstance(answer, QueryResult)
    return answer


def _end(
    world: World, ended: Ended, said: str, vmap: VoxelMap, costmap: Costmap, answer: QueryResult | None
) -> Exploration:
    drive = world.drive()
    seen = _share_seen(world.truth, costmap, drive)
    note = (
        f"{said}, after {drive.length_m:.1f} m, {counted(len(drive.actions), 'step')} and "
        f"{counted(len(world.frames), 'frame')}; {100 * seen:.0f} % of the floor is mapped."
    )
    return Exploration(ended, note, vmap, costmap, drive, tuple(world.frames), answer, seen)


def _share_seen(truth: Costmap, costmap: Costmap, drive: Drive) -> float:
    """Of the cells that the robot's middle can reach, how many are floor in its map."""
    reachable = np.argwhere(np.isfinite(start_ways(truth, drive.poses_xyyaw[0, :2])))
    places = truth.center_of(reachable)
    inside = costmap.covers(places)
    cells = np.where(inside[:, None], costmap.cell_of(places), 0)
    return float((inside & (costmap.state[tuple(cells.T)] == FREE)).mean())
