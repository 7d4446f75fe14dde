"""A small recording of a generated flat, as arrays, and the same with a fault."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from sisg_robotics.datasets.diagnosis import Diagnosis, diagnose
from sisg_robotics.datasets.diagnosis.reading import Reading
from sisg_robotics.datasets.diagnosis.views import Views
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering import walk_trajectory
from sisg_robotics.rendering.raycaster import Raycaster
from sisg_robotics.scenes import generate_scene, scene_instances

CAMERA = Intrinsics.from_fov(160, 120, np.pi / 2)


@dataclass(frozen=True, eq=False)
class Recorded:
    """What the files of a recording would hold."""

    T_world_cam: np.ndarray
    camera: np.ndarray
    depth: np.ndarray
    brightness: np.ndarray

    @property
    def views(self) -> Views:
        return Views.of(np.arange(len(self.depth)), self.depth)

    @property
    def reading(self) -> Reading:
        return Reading(self.T_world_cam, self.camera)

    def but(self, **changed: np.ndarray) -> Recorded:
        return replace(self, **changed)

    def diagnosed(self) -> Diagnosis:
        return diagnose(self.views, self.reading, lambda: self.brightness)


@pytest.fixture(scope="session")
def flat() -> Recorded:
    scene = generate_scene("a living room, a bedroom", seed=3)
    T = walk_trajectory(scene, count=48, intrinsics=CAMERA).T_world_cam
    rays = Raycaster(scene_instances(scene), scene.lights)
    views = [rays.render(CAMERA, pose, channels=("rgb", "depth")) for pose in T]
    depth = np.stack([view.depth_m for view in views])
    brightness = np.stack([view.rgb.mean(axis=-1, dtype=np.float32) for view in views])
    camera = np.array([CAMERA.fx, CAMERA.fy, CAMERA.cx, CAMERA.cy])
    return Recorded(T, camera, depth, brightness)


@pytest.fixture(scope="session")
def noisy(flat: Recorded) -> Recorded:
    """With the noise of a Kinect (Khoshelham and Elberink 2012) and its holes."""
    rng = np.random.default_rng(0)
    noise = 0.0014 * flat.depth**2 * rng.standard_normal(flat.depth.shape)
    seen = (flat.depth > 0.5) & (flat.depth < 4.5) & (rng.random(flat.depth.shape) > 0.05)
    return flat.but(depth=np.where(seen, flat.depth + noise, 0).astype(np.float32))
