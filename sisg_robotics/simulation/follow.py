"""Following a path in small steps, and what that came to.

The robot looks a little ahead on the path and takes, of all headings that its turns can reach, the one whose
next step is free in its costmap and comes nearest to that point. Where it bumps into the truth it stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from .._wording import counted, in_short
from ..errors import BadValue
from ..navigation import Costmap, Path
from ..navigation.poses import Pose, wrapped
from .robot import Action, Robot

AHEAD_M = 0.3
"""How far ahead on the path the robot looks."""

STUCK_AFTER = 25
"""Steps forward without coming nearer to the path's end, after which it gives up."""

TURN_COST_M = 0.002
"""What a turn counts beside metres away from the point ahead: of equal headings the nearer one."""


@dataclass(frozen=True, eq=False)
class Drive:
    """What a robot did: its poses (k + 1, 3), x, y, yaw, the first before the first of k actions.

    `collisions` counts steps that something in the world stopped. `arrived` is true where it came to the end
    of its path; `note` says why not.
    """

    poses_xyyaw: Float64[np.ndarray, "k1 3"]
    actions: tuple[Action, ...] = ()
    collisions: int = 0
    arrived: bool = False
    note: str = ""

    def __repr__(self) -> str:
        return in_short(
            self,
            f"{self.length_m:.2f} m",
            counted(len(self.actions), "step"),
            counted(self.collisions, "collision"),
            "arrived" if self.arrived else "not arrived",
        )

    @property
    def pose(self) -> Pose:
        """Where it is now."""
        x, y, yaw = self.poses_xyyaw[-1].tolist()
        return x, y, yaw

    @property
    def length_m(self) -> float:
        """Metres that were driven."""
        return float(np.linalg.norm(np.diff(self.poses_xyyaw[:, :2], axis=0), axis=1).sum())

    def then(self, other: Drive) -> Drive:
        """Both, one after the other."""
        return Drive(
            np.vstack([self.poses_xyyaw, other.poses_xyyaw[1:]]),
            self.actions + other.actions,
            self.collisions + other.collisions,
            other.arrived,
            other.note,
        )


def follow(
    path: Path,
    truth: Costmap,
    start_xyyaw: Pose,
    *,
    costmap: Costmap | None = None,
    goal_yaw_rad: float | None = None,
    robot: Robot | None = None,
    max_steps: int = 2000,
) -> Drive:
    """Drive along a path with at most `max_steps` actions, and turn to a yaw at its end.

    `truth` is the world as it is: a step into it is a collision. `costmap` is what the robot believes, by
    default the same; it takes no step that this forbids. Raises BadValue for a budget below 1.
    """
    if max_steps < 1:
        raise BadValue("max_steps", max_steps, "1 or more")
    steering = Steering(path, costmap or truth, robot or Robot(), goal_yaw_rad)
    poses, actions, collisions = [start_xyyaw], list[Action](), 0
    for action in steering.actions(lambda: poses[-1]):
        if len(actions) == max_steps:
            note = f"The budget of {max_steps} steps was used up on the way."
            return _drive(poses, actions, collisions, False, note)
        pose, bumped = step(steering.robot, truth, poses[-1], action)
        poses.append(pose)
        actions.append(action)
        collisions += bumped
    return _drive(poses, actions, collisions, steering.arrived, steering.note)


def step(robot: Robot, truth: Costmap, pose: Pose, action: Action) -> tuple[Pose, bool]:
    """Where an action really takes the robot, and whether something stopped it."""
    there = robot.moved(pose, action)
    if action == "forward" and not np.isfinite(truth.cost_at(np.array(there[:2]))):
        return pose, True
    return there, False


class Steering:
    """Chooses actions along a path for a robot that tells where it is.

    `arrived` and `note` say how it ended.
    """

    def __init__(self, path: Path, costmap: Costmap, robot: Robot, goal_yaw_rad: float | None) -> None:
        self.path, self.costmap, self.robot = path, costmap, robot
        self.arrived, self.note = False, ""
        self._goal_yaw_rad = goal_yaw_rad
        points = path.points_xy_m
        along = np.linalg.norm(np.diff(points, axis=0), axis=1)
        self._left_m = np.append(np.cumsum(along[::-1])[::-1], 0.0)  # from each point to the end
        self._at = 0
        turns = math.floor(math.pi / robot.turn_rad + 1e-9)
        self._turns = np.arange(-turns, turns + 1)

    def actions(self, where: Callable[[], Pose]) -> Iterator[Action]:
        """Actions until the end of the path is reached, or no step comes nearer; the last is a stop."""
        best_m, tries = math.inf, 0
        while (away_m := self._away_m(where())) > 0.6 * self.robot.step_m:
            if away_m < best_m - 0.1 * self.robot.step_m:
                best_m, tries = away_m, 0
            turns = self._turns_to_step(where(), away_m)
            if turns is None or tries == STUCK_AFTER:
                break
            yield from _turned(turns)
            yield "forward"
            tries += 1
        self.arrived = self._away_m(where()) <= 2 * self.robot.step_m
        if not self.arrived:
            self.note = f"No step leads on; {self._away_m(where()):.2f} m of the path are left."
        elif self._goal_yaw_rad is not None:
            yield from _turned(round(wrapped(self._goal_yaw_rad - where()[2]) / self.robot.turn_rad))
        yield "stop"

    def _away_m(self, pose: Pose) -> float:
        """From a pose to the end, along the path from the point of it that is nearest."""
        points = self.path.points_xy_m
        near = slice(self._at, self._at + 40)  # never back, never far ahead: a path may come by twice
        off_m = np.linalg.norm(points[near] - pose[:2], axis=1)
        self._at += int(np.argmin(off_m))
        end_m = float(np.linalg.norm(points[-1] - pose[:2]))
        return end_m if self._left_m[self._at] <= AHEAD_M else float(off_m.min() + self._left_m[self._at])

    def _turns_to_step(self, pose: Pose, away_m: float) -> int | None:
        """How often to turn left (right where negative) before the next step, None where no step is free."""
        here, target = np.array(pose[:2]), self._point_ahead(np.array(pose[:2]))
        yaws = pose[2] + self._turns * self.robot.turn_rad
        ends = here + self.robot.step_m * np.stack([np.cos(yaws), np.sin(yaws)], axis=1)  # (n, 2)
        free = np.isfinite(self.costmap.cost_at(ends)) & np.isfinite(self.costmap.cost_at((here + ends) / 2))
        if not np.isfinite(self.costmap.cost_at(here)):  # a map can be wrong about where the robot is
            free = np.ones(len(ends), dtype=bool)
        if not free.any():
            return None
        off_m = np.linalg.norm(ends - target, axis=1) + TURN_COST_M * np.abs(self._turns)
        return int(self._turns[np.argmin(np.where(free, off_m, np.inf))])

    def _point_ahead(self, here: Float64[np.ndarray, "2"]) -> Float64[np.ndarray, "2"]:
        """The farthest point of the next stretch that is straight ahead over free floor."""
        points = self.path.points_xy_m
        ahead = self._left_m[self._at] - self._left_m[self._at :] <= AHEAD_M
        stretch = points[self._at :][ahead]
        share = np.linspace(0, 1, 8)[:, None, None]
        lines = here + share * (stretch - here)  # (8, n, 2)
        clear = np.isfinite(self.costmap.cost_at(lines)).all(axis=0)
        last = int(np.flatnonzero(clear)[-1]) if clear.any() else min(1, len(stretch) - 1)
        return np.asarray(stretch[last])


def _turned(turns: int) -> Iterator[Action]:
    for _ in range(abs(turns)):
        yield "left" if turns > 0 else "right"


def _drive(poses: list[Pose], actions: list[Action], collisions: int, arrived: bool, note: str) -> Drive:
    return Drive(np.array(poses, dtype=np.float64), tuple(actions), collisions, arrived, note)
