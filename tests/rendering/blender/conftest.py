"""Blender is an extra: without it these tests are skipped, by its own sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from sisg_robotics._blender.process import BlenderProcess
from sisg_robotics.errors import MissingDependency
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering.blender import BlenderRenderer


@pytest.fixture(scope="session", autouse=True)
def blender_is_here() -> None:
    pytest.importorskip("OpenEXR")
    try:
        BlenderProcess().close()
    except MissingDependency as error:
        pytest.skip(str(error))


@pytest.fixture
def draw_with() -> Iterator[Callable[..., BlenderRenderer]]:
    """Makes renderers, and closes them at the end."""
    made: list[BlenderRenderer] = []

    def make(*arguments, **named) -> BlenderRenderer:
        made.append(BlenderRenderer(*arguments, **named))
        return made[-1]

    yield make
    for renderer in made:
        renderer.close()


def looking(eye: Sequence[float], at: Sequence[float]) -> np.ndarray:
    """A pose in OpenCV axes at `eye`, looking `at` something, level."""
    forward = np.subtract(at, eye) / np.linalg.norm(np.subtract(at, eye))
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    T = np.eye(4)
    T[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    T[:3, 3] = eye
    return T


@pytest.fixture(name="looking")
def _looking() -> Callable[..., np.ndarray]:
    return looking


@pytest.fixture
def camera() -> Intrinsics:
    """Small, with oblong pixels and its centre somewhere odd."""
    return Intrinsics(fx=131.0, fy=117.5, cx=70.3, cy=66.9, width=160, height=120)
