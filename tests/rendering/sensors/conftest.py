"""A flat world in front of a camera, with every answer known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.geometry import Intrinsics

CAMERA = Intrinsics(300.0, 300.0, 160.0, 120.0, 320, 240)


@pytest.fixture
def flat() -> SimpleNamespace:
    """A camera and depth pictures of planes: `wall(z)`, and `tilted(z, angle)` about the vertical axis."""

    def wall(z: float) -> np.ndarray:
        return np.full((CAMERA.height, CAMERA.width), z, dtype=np.float32)

    def tilted(z: float, angle_rad: float) -> np.ndarray:
        x = CAMERA.pixel_rays()[..., 0]  # 1/z is linear in x over the plane
        return (z / (1 + np.tan(angle_rad) * x)).astype(np.float32)

    def rng(seed: int = 0) -> np.random.Generator:
        return np.random.default_rng([7, seed])

    return SimpleNamespace(camera=CAMERA, wall=wall, tilted=tilted, rng=rng)
