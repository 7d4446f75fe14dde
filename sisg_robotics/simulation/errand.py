"""An errand: one place after the other, driven in the scene with the map of before.

That map is believed until something is seen to be otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .._progress import progress_bar
from .._wording import counted, in_short
from ..datasets import RgbdFrame
from ..encoders import make_encoder
from ..errors import RequestError
from ..navigation import Costmap, plan_path
from ..navigation.poses import Pose
from ..scenes import Scene
from .follow import Drive
from .growing import GrowingMap
from .robot import Robot
from .sight import Sight
from .start import check_start
from .world import World, true_costmap


@dataclass(frozen=True, eq=False)
class Errand:
    """What was driven and seen; for each pose that was to be reached whether it was, and why not ("" if so).

    `costmap` is what the robot believes in the end, `frames` are what it saw.
    """

    drive: Drive
    frames: tuple[RgbdFrame, ...]
    arrived: tuple[bool, ...]
    notes: tuple[str, ...]
    costmap: Costmap

    def __repr__(self) -> str:
        reached = f"{sum(self.arrived)} of {counted(len(self.arrived), 'place')} reached"
        return in_short(self, reached, f"{self.drive.length_m:.2f} m", counted(len(self.frames), "frame"))


def run_errand(
    scene: Scene,
    known: Costmap,
    start_xyyaw: Sequence[float],
    poses_xyyaw: Sequence[Pose],
    *,
    robot: Robot | None = None,
    max_steps: int = 4000,
    folder: Path | str | None = None,
    progress: bool = False,
) -> Errand:
    """Drive from a start to poses in their order, with at most `max_steps` actions in all.

    `known` is the costmap that the robot starts with. What its camera sees on the way is entered, and the way
    planned anew where it is blocked. Raises RequestError for a start where the robot really cannot be.
    """
    robot = robot or Robot(radius_m=known.robot_radius_m)
    truth = true_costmap(scene, robot)
    sight = Sight(scene, robot, folder=folder)
    growing = GrowingMap(make_encoder("none"), robot, cell_size_m=known.cell_size_m, known=known)
    with progress_bar((), "driving", shown=progress, total=max_steps, unit="step") as bar:
        start = check_start(truth, start_xyyaw)
        world = World(sight, truth, growing, start, max_steps=max_steps, bar=bar)
        world.look()
        ends = [_go(world, pose) for pose in poses_xyyaw]
        drive = world.drive(arrived=all(arrived for arrived, _ in ends))
    arrived, notes = zip(*ends, strict=True) if ends else ((), ())
    return Errand(drive, tuple(world.frames), arrived, notes, growing.costmap())


def _go(world: World, pose: Pose) -> tuple[bool, str]:
    if world.spent:
        return False, "The budget of steps was used up before."
    costmap = world.growing.costmap()
    try:
        path = plan_path(costmap, world.pose[:2], pose[:2])
    except RequestError as error:
        return False, str(error)
    arrived, note = world.follow(path, costmap, pose[2])
    world.look()
    return arrived, note
