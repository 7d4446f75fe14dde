"""How well a robot does what it is told: VLMaps' protocol on generated flats, against their truth.

A task is a start pose and four instructions in a row; the robot resolves each on the map, plans on the map's
costmap, drives and stops. An object goal succeeds within 1 m of the footprint of a thing of the asked kind, a
spatial goal within 1 m of the point that the words mean by the scene's own geometry (Huang et al., "Visual
Language Maps for Robot Navigation", ICRA 2023). After a failure the robot goes on from where it stands. SPL
is S L* / max(L, L*) (Anderson et al., 2018), L* being the shortest way over the true floor to the point, or
to within 1 m of a thing. Goals that nobody could reach are counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from ..errors import SisgError
from ..maps import VoxelMap
from ..navigation import Costmap, plan_path
from ..navigation.goals import resolve_goals
from ..navigation.planner import start_ways
from ..navigation.poses import Pose
from .spatial_truth import Box

WITHIN_M = 1.0


@dataclass(frozen=True)
class Subgoal:
    """An instruction, and the boxes or the point within `WITHIN_M` of which the robot must stop."""

    text: str
    boxes: tuple[Box, ...] = ()
    point_xy_m: tuple[float, float] | None = None

    def off_m(self, points_xy_m: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, " n"]:
        """How far points are from where the robot is wanted."""
        if self.point_xy_m is not None:
            return np.linalg.norm(points_xy_m - np.array(self.point_xy_m), axis=1)
        return np.min([box.outside_m(points_xy_m) for box in self.boxes], axis=0)


@dataclass(frozen=True)
class Task:
    """Where the robot starts, and what it is told."""

    start_xyyaw: Pose
    subgoals: tuple[Subgoal, ...]


class Outcome(NamedTuple):
    """What became of one instruction."""

    success: bool
    spl: float
    off_m: float
    """From where the robot stopped to where it was wanted."""
    touched: int
    """Points of the path at which the robot overlaps what is truly there by more than half a cell."""
    reachable: bool
    """Whether the true floor has a way."""
    said: str
    """What the robot said of the goal."""
    path_xy_m: Float64[np.ndarray, "k 2"] | None = None
    """Its way, None where it did not move."""


class NavigationScores(NamedTuple):
    """Shares in [0, 1] over tasks whose goals can all be reached, NaN where there is none."""

    in_a_row: tuple[float, ...]
    """That the first, the first two, ... of a task's goals succeed."""
    subgoals: float
    spl: float
    touching: float
    """Share of drives that touch something."""
    unreachable: int
    """Goals that no way leads to, left out of all of the above with their tasks."""


def run_task(task: Task, vmap: VoxelMap, costmap: Costmap, truth: Costmap) -> list[Outcome]:
    """Drive a task on a map; `truth` is the scene's own costmap."""
    pose, outcomes = task.start_xyyaw, []
    for subgoal in task.subgoals:
        outcome, pose = _drive(subgoal, pose, vmap, costmap, truth)
        outcomes.append(outcome)
    return outcomes


def score_navigation(tasks: Iterable[Sequence[Outcome]]) -> NavigationScores:
    """Scores over the outcomes of tasks."""
    all_tasks = [list(task) for task in tasks]
    kept = [task for task in all_tasks if all(outcome.reachable for outcome in task)]
    single = [outcome for task in kept for outcome in task]
    longest = max((len(task) for task in kept), default=0)
    rows = tuple(_mean([all(one.success for one in task[: n + 1]) for task in kept]) for n in range(longest))
    return NavigationScores(
        in_a_row=rows,
        subgoals=_mean([one.success for one in single]),
        spl=_mean([one.spl for one in single]),
        touching=_mean([one.touched > 0 for one in single]),
        unreachable=sum(not outcome.reachable for task in all_tasks for outcome in task),
    )


def _drive(
    subgoal: Subgoal, pose: Pose, vmap: VoxelMap, costmap: Costmap, truth: Costmap
) -> tuple[Outcome, Pose]:
    shortest_m = _shortest_m(subgoal, pose, truth)
    reachable = bool(np.isfinite(shortest_m))
    try:
        goals = resolve_goals(subgoal.text, vmap, pose, costmap=costmap)
        path = plan_path(costmap, pose[:2], goals[-1].xy_m)
    except SisgError as error:
        return Outcome(False, 0.0, float("inf"), 0, reachable, str(error)), pose
    stop = path.points_xy_m[-1]
    off_m = float(subgoal.off_m(stop[None])[0])
    success = all(goal.found for goal in goals) and off_m < WITHIN_M
    spl = shortest_m / max(path.length_m, shortest_m, 1e-9) if success and shortest_m > 0 else float(success)
    hull_m = truth.distance_at(path.points_xy_m) - truth.robot_radius_m
    said = " ".join(filter(None, (goals[-1].reading, goals[-1].note, path.note)))
    touched = int(np.count_nonzero(hull_m < -truth.cell_size_m / 2 - 1e-6))
    after = (float(stop[0]), float(stop[1]), goals[-1].yaw_rad)
    return Outcome(success, spl, off_m, touched, reachable, said, path.points_xy_m), after


def _shortest_m(subgoal: Subgoal, pose: Pose, truth: Costmap) -> float:
    """Length of the shortest true way to a place that counts, inf without one."""
    flat = Costmap(truth.state, truth.origin_xy_m, truth.cell_size_m, truth.robot_radius_m, steepness=0.0)
    try:
        ways = start_ways(flat, pose[:2])
    except SisgError:  # the robot stands where it truly cannot
        return float("inf")
    cells = np.argwhere(np.isfinite(ways))
    near_m = flat.cell_size_m if subgoal.boxes == () else WITHIN_M
    good = subgoal.off_m(flat.center_of(cells)) < near_m
    return float(ways[tuple(cells[good].T)].min(initial=np.inf))


def _mean(values: Sequence[bool] | Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
