"""The order in which quaternions are written, told from one orientation in two camera conventions.

Isaac Lab writes w x y z up to 2.x and x y z w from 3.0 on, and says neither. It has each orientation in three
conventions that differ by fixed turns:

    quat_w_ros     x right, y down, z forward: OpenCV's axes
    quat_w_opengl  x right, y up, z backward: half a turn about x away
    quat_w_world   x forward, y left, z up

Read in the right order, two of them are the same camera; read in the other, they are not, but for a few
orientations (such as 0.5 0.5 0.5 -0.5 in ros and opengl), which a third convention or a camera that turns
tells apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile, BadValue
from ...geometry import CAMERA_AXES, matrix_from_quat_wxyz, matrix_from_quat_xyzw

CONVENTIONS = {"quat_w_ros": "opencv", "quat_w_opengl": "opengl", "quat_w_world": "isaac_world"}
"""The camera axes of each, the one that is taken first."""
ORDERS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "wxyz": matrix_from_quat_wxyz,
    "xyzw": matrix_from_quat_xyzw,
}
SAME = 1e-3
"""How far two matrices of one rotation may be apart; float32 makes 1e-6 of it."""
UNIT_TOLERANCE = 1e-3


def read_in_order(
    path: Path, cameras: Sequence[Mapping[str, Float64[np.ndarray, "... 4"]]], asked: str | None
) -> tuple[list[Float64[np.ndarray, "... 3 3"]], str]:
    """R_world_cam, OpenCV axes, of the quaternions of each camera, and how their order was told.

    `cameras` have the quaternions by their convention; all of one file have one order. Raises BadFile, naming
    `path`, where no order makes them agree, and BadValue where they do not tell the order and it is not
    `asked`, or tell another.
    """
    for quats in cameras:
        _check_lengths(path, quats)
    turned = {order: [_rotations(quats, matrix) for quats in cameras] for order, matrix in ORDERS.items()}
    fits = [
        order
        for order, rotations in turned.items()
        if all(np.abs(R - several[0]).max() < SAME for several in rotations for R in several)
    ]
    names = " and ".join(name for name in CONVENTIONS if any(name in quats for quats in cameras))
    if not fits:
        problem = f"has {names} that are one camera in neither order of quaternions"
        raise BadFile(path, problem, "Save them at one moment.")
    if asked is not None:
        if asked not in fits:
            raise BadValue("quaternion_order", asked, f"{fits[0]}, in which alone {names} are one camera")
        order, why = asked, "as was asked"
    elif len(fits) == 1:
        order, why = fits[0], f"in which alone {names} are one camera"
    else:
        versions = "wxyz (Isaac Lab up to 2.x) or xyzw (from 3.0 on)"
        raise BadValue("quaternion_order", None, f"{versions}, since {names} do not tell which here")
    return [several[0] for several in turned[order]], f"{order}, {why}"


def _check_lengths(path: Path, quats: Mapping[str, Float64[np.ndarray, "... 4"]]) -> None:
    for name, values in quats.items():
        wrong = ~(np.abs(np.linalg.norm(values, axis=-1) - 1) <= UNIT_TOLERANCE)
        if wrong.any():
            told = f"has {values[wrong][0].tolist()} as {name}, which is not of length 1"
            raise BadFile(path, told, "Leave out frames from before the camera's first update.")


def _rotations(
    quats: Mapping[str, Float64[np.ndarray, "... 4"]], matrix: Callable[[np.ndarray], np.ndarray]
) -> list[Float64[np.ndarray, "... 3 3"]]:
    """R_world_cam, OpenCV axes, by each of the conventions."""
    return [matrix(quats[name]) @ CAMERA_AXES[axes].T for name, axes in CONVENTIONS.items() if name in quats]
