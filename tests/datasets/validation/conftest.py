"""A small recording in smooth motion, drawn once, and copies of it to damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import sisg_robotics as sisg
from sisg_robotics.geometry import look_at
from sisg_robotics.rendering.cameras.trajectory import Trajectory
from sisg_robotics.scenes import walkable

FRAMES, WIDTH, HEIGHT = 24, 96, 72


def smooth_trajectory(scene: sisg.Scene) -> Trajectory:
    """A robot that turns by 120 degrees while it moves by half a metre."""
    grid = walkable(scene, robot_radius_m=0.4)
    x, y = np.median(grid.centers_xy_m(), axis=0)
    x, y = min(grid.centers_xy_m().tolist(), key=lambda point: abs(point[0] - x) + abs(point[1] - y))
    poses = []
    for i, yaw in enumerate(np.linspace(0.3, 2.4, FRAMES)):
        eye = np.array([x + 0.02 * i * np.cos(0.21), y + 0.02 * i * np.sin(0.21), 1.3 + 0.003 * np.sin(i)])
        poses.append(look_at(eye, eye + np.array([np.cos(yaw), np.sin(yaw), -0.2])))
    return Trajectory(np.stack(poses), "by hand")


@pytest.fixture(scope="session")
def smooth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording itself: not to be touched."""
    scene = sisg.generate_scene("a living room with a red sofa", seed=5)
    root = tmp_path_factory.mktemp("smooth") / "room"
    sisg.render(
        scene, root, trajectory=smooth_trajectory(scene), width=WIDTH, height=HEIGHT, sensor="realsense_d455"
    )
    return root


@pytest.fixture
def copied(smooth: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a copy of the recording."""

    def copy() -> Path:
        return Path(shutil.copytree(smooth, tmp_path / "room"))

    return copy
