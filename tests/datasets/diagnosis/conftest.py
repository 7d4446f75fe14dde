"""Small recordings of a generated flat in memory: a walk that looks about, a drive with a fixed camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.evaluation.made_faults import Recorded
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering import walk_trajectory
from sisg_robotics.rendering.cameras import waypoint_trajectory
from sisg_robotics.rendering.raycaster import Raycaster
from sisg_robotics.scenes import Scene, generate_scene, scene_instances, walkable

CAMERA = Intrinsics.from_fov(160, 120, np.radians(80))
FRAMES = 48


@pytest.fixture(scope="session")
def scene() -> Scene:
    return generate_scene("a living room, a bedroom", seed=3)


@pytest.fixture(scope="session")
def walk(scene: Scene) -> Recorded:
    return rendered(scene, walk_trajectory(scene, count=FRAMES, intrinsics=CAMERA).T_world_cam)


@pytest.fixture(scope="session")
def drive(scene: Scene) -> Recorded:
    free = walkable(scene, robot_radius_m=0.3).centers_xy_m()
    corners = free[np.random.default_rng(1).permutation(len(free))[:5]].tolist()
    return rendered(scene, waypoint_trajectory(scene, corners, count=FRAMES, intrinsics=CAMERA).T_world_cam)


@pytest.fixture(scope="session")
def noisy(walk: Recorded) -> Recorded:
    """The walk with the noise of a Kinect (Khoshelham and Elberink 2012) and its holes."""
    rng = np.random.default_rng(0)
    noise = 0.0014 * walk.depth**2 * rng.standard_normal(walk.depth.shape)
    seen = (walk.depth > 0.5) & (walk.depth < 4.5) & (rng.random(walk.depth.shape) > 0.05)
    return replace(walk, depth=np.where(seen, walk.depth + noise, 0).astype(np.float32))


def rendered(scene: Scene, T_world_cam: np.ndarray) -> Recorded:
    rays = Raycaster(scene_instances(scene), scene.lights)
    views = [rays.render(CAMERA, T, channels=("rgb", "depth")) for T in T_world_cam]
    return Recorded(
        T_world_cam,
        np.array([CAMERA.fx, CAMERA.fy, CAMERA.cx, CAMERA.cy]),
        np.stack([view.depth_m for view in views]),
        np.stack([view.rgb.mean(axis=-1, dtype=np.float32) for view in views]),
    )
