"""The way a recording's camera took, drawn into the scene of one browser."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...datasets import RgbdSequence
from ...geometry import quat_wxyz_from_matrix
from .drawing import polyline, spread_frames

MOST_CAMERAS = 40
CAMERA_SIZE_M = 0.12
WAY = (25, 113, 194)


def draw_cameras(scene: Any, recording: RgbdSequence) -> list[Any]:
    """A line through all places of the camera and frusta at some; gives the handles."""
    T_world_cam = recording.T_world_cam
    handles = [scene.add_line_segments("/cameras/way", polyline(T_world_cam[:, :3, 3]), WAY,
                                       thickness=1.5, thickness_units="screen")]  # fmt: skip
    for index in spread_frames(T_world_cam, MOST_CAMERAS):
        camera, pose = recording.intrinsics[index], T_world_cam[index]
        frustum = scene.add_camera_frustum(
            f"/cameras/{index}",
            fov=2 * float(np.arctan(camera.height / 2 / camera.fy)),
            aspect=camera.width / camera.height,
            scale=CAMERA_SIZE_M,
            thickness=1.0,
            thickness_units="screen",
            color=WAY,
            wxyz=quat_wxyz_from_matrix(pose[:3, :3]),
            position=pose[:3, 3],
            cast_shadow=False,
        )
        handles.append(frustum)
    return handles
