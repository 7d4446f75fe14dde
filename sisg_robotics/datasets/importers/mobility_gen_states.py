"""MobilityGen's state/common: what it says of each camera at one step.

00000000.npy              a pickled dictionary (Isaac Sim 4.5 and 5); or
00000000.npz              an array for each key, the dictionaries in it pickled (from Isaac Sim 6.0 on)

<camera>.position         (3), x y z in the world
<camera>.orientation      (4), w x y z, of the camera in USD axes: x right, y up, z backward
<camera>.segmentation_info, <camera>.instance_id_segmentation_info    dictionaries (see id_labels.py) or None

The dictionaries are read by plain_pickle.py, which makes arrays and plain values and calls nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile
from ...geometry import camera_pose_to_opencv, matrix_from_quat_wxyz, pose
from .array_files import open_arrays, read_npy_value
from .reading import LARGEST_M

STATE = r"(\d+)\.np[yz]"
INFO = {"semantic": "segmentation_info", "instance": "instance_id_segmentation_info"}
UNIT_TOLERANCE = 1e-3


def keys_of(camera: str) -> list[str]:
    """What is read of a camera."""
    return [f"{camera}.{key}" for key in ("position", "orientation", *INFO.values())]


def read_state(path: Path, keys: Iterable[str]) -> dict[str, Any]:
    """What a state says under the keys; what it lacks is None. Raises BadFile."""
    if path.suffix == ".npz":
        with open_arrays(path) as file:
            return {key: file.read(key) if key in file.arrays else file.value(key) for key in keys}
    state = read_npy_value(path)
    if not isinstance(state, dict):
        raise BadFile(path, "holds no dictionary", "A state of MobilityGen is one.")
    return {key: state.get(key) for key in keys}


def read_camera_pose(path: Path, camera: str, state: Mapping[str, Any]) -> Float64[np.ndarray, "4 4"] | None:
    """T_world_cam, OpenCV axes, of a camera; None where the state says none."""
    position = _numbers(path, f"{camera}.position", state, 3)
    quat_wxyz = _numbers(path, f"{camera}.orientation", state, 4)
    if position is None or quat_wxyz is None:
        return None
    if abs(float(np.linalg.norm(quat_wxyz)) - 1) > UNIT_TOLERANCE:
        problem = f"has the orientation {quat_wxyz.tolist()} of {camera}, which is not of length 1"
        raise BadFile(path, problem, "Leave that frame out.")
    if np.abs(position).max() > LARGEST_M:
        raise BadFile(path, f"puts {camera} at {position.tolist()}", "Positions are metres.")
    return camera_pose_to_opencv(pose(matrix_from_quat_wxyz(quat_wxyz), position), "usd")


def _numbers(path: Path, key: str, state: Mapping[str, Any], count: int) -> Float64[np.ndarray, "_"] | None:
    """So many finite numbers; None where the state has none."""
    value = state.get(key)
    if value is None:
        return None
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or value.size != count:
        raise BadFile(path, f"has no {count} numbers as {key!r}", "Leave that frame out.")
    numbers = value.astype(np.float64).ravel()
    if not np.isfinite(numbers).all():
        raise BadFile(path, f"has {numbers.tolist()} as {key!r}", "Leave that frame out.")
    return numbers
