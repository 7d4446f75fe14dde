"""One text model for all tests here, and one small frame with known object ids."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.datasets.frame import RgbdFrame
from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.encoders.minilm import MiniLM
from sisg_robotics.geometry import Intrinsics

FrameOf = Callable[["np.ndarray | None"], RgbdFrame]


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return make_text_encoder("all-MiniLM-L6-v2")


@pytest.fixture
def objects() -> dict[int, SimpleNamespace]:
    """Ids with gaps, as a scene from which something was removed has them."""
    return {
        7: SimpleNamespace(class_name="sofa", name="sofa", description="a low red fabric sofa"),
        2: SimpleNamespace(class_name="wall", name="wall of kitchen", description="a white painted wall"),
    }


def _frame_of(instance: np.ndarray | None) -> RgbdFrame:
    camera = Intrinsics(fx=4.0, fy=4.0, cx=2.0, cy=1.5, width=4, height=3)
    return RgbdFrame(
        index=5,
        rgb=np.zeros((3, 4, 3), np.uint8),
        depth_m=np.ones((3, 4), np.float32),
        T_world_cam=np.eye(4),
        intrinsics=camera,
        instance=instance,
    )


@pytest.fixture
def frame_of() -> FrameOf:
    """A frame of 4 x 3 pixels with these instance ids."""
    return _frame_of


@pytest.fixture
def frame() -> RgbdFrame:
    """The left half shows id 2, the right id 7, one pixel nothing."""
    instance = np.array([[2, 2, 7, 7], [2, 2, 7, 7], [0, 2, 7, 7]], np.uint16)
    return _frame_of(instance)
