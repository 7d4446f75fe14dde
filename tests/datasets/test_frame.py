from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame
from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Intrinsics

CAMERA = Intrinsics(8.0, 8.0, 4.0, 3.0, 8, 6)


def frame(**changes: object) -> RgbdFrame:
    parts: dict = {
        "index": 4,
        "rgb": np.zeros((6, 8, 3), np.uint8),
        "depth_m": np.ones((3, 4), np.float32),
        "T_world_cam": np.eye(4),
        "intrinsics": CAMERA,
    }
    return RgbdFrame(**(parts | changes))


def test_the_depth_camera_is_the_colour_camera_stretched() -> None:
    assert frame().depth_intrinsics == Intrinsics(4.0, 4.0, 2.0, 1.5, 4, 3)


def test_a_frame_keeps_its_own_copy_of_the_pose() -> None:
    T_world_cam = np.eye(4)
    made = frame(T_world_cam=T_world_cam)
    T_world_cam[0, 3] = 5
    assert made.T_world_cam[0, 3] == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rgb": np.zeros((6, 9, 3), np.uint8)}, r"the RGB size of frame 4 is \(6, 9\), but it must be 6x8"),
        ({"depth_m": np.full((3, 4), np.nan, np.float32)}, "the depth of frame 4 is 'NaN, inf or negative'"),
        ({"depth_m": np.full((3, 4), -1, np.float32)}, "the depth of frame 4"),
        ({"T_world_cam": np.eye(4) * 2}, "T_world_cam of frame 4"),
    ],
)
def test_a_frame_whose_parts_do_not_fit_is_refused(changes: dict, sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence):
        frame(**changes)
