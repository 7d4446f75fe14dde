"""A plain VLMaps scene: what its config says stands in for sequence.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import BadValue
from ..geometry import Intrinsics
from .files import image_size
from .metadata import SequenceMetadata
from .poses import PoseFormat


def plain_metadata(
    rgb: Mapping[str, Path],
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None,
    pose_format: PoseFormat | None,
) -> SequenceMetadata:
    """The metadata of a scene from the arguments of `RgbdSequence.open`."""
    where = "for a folder without sequence.json"
    if intrinsics is None:
        raise BadValue(
            "intrinsics", None, f"given {where}: a camera, or VLMaps' nine numbers of cam_calib_mat"
        )
    if pose_format is None:
        raise BadValue("pose_format", None, f"given {where}: a PoseFormat, or VLMaps' pose_info")
    if isinstance(intrinsics, Intrinsics):
        return SequenceMetadata(intrinsics, pose_format)
    items = list(intrinsics)
    if items and all(isinstance(item, Intrinsics) for item in items):
        return SequenceMetadata(tuple(items), pose_format)
    return SequenceMetadata(_calibrated(items, rgb), pose_format)


def _calibrated(cam_calib_mat: Sequence[Any], rgb: Mapping[str, Path]) -> Intrinsics:
    K = np.array(cam_calib_mat, dtype=np.float64)
    if (
        K.size != 9
        or not np.all(np.isfinite(K))
        or not np.allclose(K.ravel()[[1, 3, 6, 7, 8]], [0, 0, 0, 0, 1])
    ):
        raise BadValue("cam_calib_mat", K.ravel().tolist(), "fx, 0, cx, 0, fy, cy, 0, 0, 1")
    width, height = image_size(next(iter(rgb.values())))
    camera = Intrinsics.from_matrix(K.reshape(3, 3), width, height)
    if not (width / 4 <= camera.cx <= width * 3 / 4 and height / 4 <= camera.cy <= height * 3 / 4):
        accepted = (
            f"of these {width}x{height} images: its centre ({camera.cx:g}, {camera.cy:g}) is far off theirs"
        )
        raise BadValue("cam_calib_mat", K.ravel().tolist(), accepted)
    return camera
