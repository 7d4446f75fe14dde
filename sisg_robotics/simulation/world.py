"""A robot in a scene: it acts, bumps into what is there, and looks every now and then."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..datasets import RgbdFrame
from ..navigation import Costmap, Path
from ..navigation.planner import replan
from ..navigation.poses import Pose
from ..scenes import Scene
from .follow import Drive, Steering, step
from .growing import GrowingMap
from .robot import Action, Robot
from .sight import Sight

LOOK_EVERY_M, LOOK_EVERY_RAD = 0.4, math.radians(40)
"""A frame is taken after so much way or turning."""

DOWN_RAD = 1.0
"""How far it tilts its head at the start, to see the floor at its feet."""


TRUE_CELL_M = 0.02
"""Cells of the truth that the robot bumps into: finer than those of maps."""


def true_costmap(scene: Scene, robot: Robot) -> Costmap:
    """Where the robot really can be."""
    return Costmap.from_scene(scene, robot_radius_m=robot.radius_m, cell_size_m=TRUE_CELL_M)


class World:
    """Runs actions one by one, within a budget, and lets a map grow from what is seen.

    `drive` is what was done so far, `frames` how many pictures were taken.
    """

    def __init__(
        self,
        sight: Sight,
        truth: Costmap,
        growing: GrowingMap,
        start_xyyaw: Pose,
        *,
        max_steps: int,
        bar: Any = None,
    ) -> None:
        self.sight, self.truth, self.growing, self.robot = sight, truth, growing, sight.robot
        self.frames: list[RgbdFrame] = []
        self._poses, self._actions, self._collisions = [start_xyyaw], list[Action](), 0
        self._max_steps, self._bar, self._looked_from = max_steps, bar, start_xyyaw
        growing.stand(start_xyyaw)

    @property
    def pose(self) -> Pose:
        """Where the robot is."""
        return self._poses[-1]

    @property
    def spent(self) -> bool:
        """Whether the budget of steps is used up."""
        return len(self._actions) >= self._max_steps

    def drive(self, *, arrived: bool = True, note: str = "") -> Drive:
        """All that was done."""
        return Drive(np.array(self._poses), tuple(self._actions), self._collisions, arrived, note)

    def look(self, pitch_down_rad: float | None = None) -> None:
        """Take a frame and fuse it."""
        frame = self.sight.look(len(self.frames), self.robot.T_world_cam(self.pose, pitch_down_rad))
        self.frames.append(frame)
        self.growing.add(frame, self.pose)
        self._looked_from = self.pose

    def act(self, action: Action) -> bool:
        """Do it, look where enough has changed, and tell whether the robot bumped into something."""
        pose, bumped = step(self.robot, self.truth, self.pose, action)
        self._poses.append(pose)
        self._actions.append(action)
        self._collisions += bumped
        self.growing.stand(pose)
        if bumped:
            self.growing.bump(pose)
        if self._bar is not None:
            self._bar.update()
        turned = abs(math.remainder(pose[2] - self._looked_from[2], math.tau))
        if math.dist(pose[:2], self._looked_from[:2]) >= LOOK_EVERY_M or turned >= LOOK_EVERY_RAD - 1e-9:
            self.look()
        return bumped

    def look_around(self) -> None:
        """A whole turn on the spot, and once more with the head down, to begin with."""
        self.look()
        for number in range(round(math.tau / self.robot.turn_rad)):
            if self.spent:
                return
            self.act("left")
            if number % round(math.pi / 2 / self.robot.turn_rad) == 0:
                self.look(DOWN_RAD)

    def follow(
        self,
        path: Path,
        costmap: Costmap,
        goal_yaw_rad: float | None = None,
        *,
        enough: Callable[[Costmap], bool] = lambda _: False,
    ) -> tuple[bool, str]:
        """Go along a path, planned anew wherever the growing map blocks it; whether it arrived, and why not.

        `enough` is asked after each look, with the costmap as it is then, and ends the way where it says so.
        """
        while True:
            steering = Steering(path, costmap, self.robot, goal_yaw_rad)
            changed = self._until_a_look(steering.actions(lambda: self.pose))
            if self.spent:
                return False, "The budget of steps was used up on the way."
            if not changed:
                return steering.arrived and path.reached, steering.note or path.note
            costmap = self.growing.costmap()
            if enough(costmap):
                return False, ""
            path = replan(path, costmap, self.pose[:2])

    def _until_a_look(self, actions: Iterator[Action]) -> bool:
        """Act until a frame was taken or something hit; False when all was done before."""
        for action in actions:
            if self.spent:
                return True
            frames = len(self.frames)
            if self.act(action) or len(self.frames) > frames:
                return True
        return False
