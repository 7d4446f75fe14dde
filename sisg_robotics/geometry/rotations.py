"""Rotations as matrices and as quaternions whose order is in the name."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

from ..errors import BadValue


def matrix_from_quat_xyzw(quat_xyzw: Float[np.ndarray, "*batch 4"]) -> Float64[np.ndarray, "*batch 3 3"]:
    """Rotation matrix of a quaternion (x, y, z, w). The quaternion is normalised first.

    Raises BadValue for a quaternion of length zero or with values that are not finite.
    """
    q = np.asarray(quat_xyzw, dtype=np.float64)
    norm = np.linalg.norm(q, axis=-1, keepdims=True)
    if not np.all(np.isfinite(norm)) or np.any(norm < 1e-12):
        raise BadValue("quaternion", quat_xyzw.tolist(), "finite and not of length zero")
    x, y, z, w = np.moveaxis(q / norm, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)  # (*batch, 3, 3)


def quat_xyzw_from_matrix(R: Float[np.ndarray, "*batch 3 3"]) -> Float64[np.ndarray, "*batch 4"]:
    """Unit quaternion (x, y, z, w) with w >= 0 of a rotation matrix.

    The largest of the four components is found first and the others divided by it (Shepperd 1978),
    so half turns are as exact as small angles.
    """
    R = np.asarray(R, dtype=np.float64)
    xx, yy, zz = R[..., 0, 0], R[..., 1, 1], R[..., 2, 2]
    yz, zx, xy = R[..., 2, 1] + R[..., 1, 2], R[..., 0, 2] + R[..., 2, 0], R[..., 1, 0] + R[..., 0, 1]
    wx, wy, wz = R[..., 2, 1] - R[..., 1, 2], R[..., 0, 2] - R[..., 2, 0], R[..., 1, 0] - R[..., 0, 1]
    outer = np.stack(  # row k is 4 * q_k * q, q in order x, y, z, w
        [
            np.stack([1 + xx - yy - zz, xy, zx, wx], axis=-1),
            np.stack([xy, 1 - xx + yy - zz, yz, wy], axis=-1),
            np.stack([zx, yz, 1 - xx - yy + zz, wz], axis=-1),
            np.stack([wx, wy, wz, 1 + xx + yy + zz], axis=-1),
        ],
        axis=-2,
    )  # (*batch, 4, 4)
    best = np.argmax(np.diagonal(outer, axis1=-2, axis2=-1), axis=-1)
    q = np.take_along_axis(outer, best[..., None, None], axis=-2)[..., 0, :]
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    return np.where(q[..., 3:] < 0, -q, q)


def matrix_from_quat_wxyz(quat_wxyz: Float[np.ndarray, "*batch 4"]) -> Float64[np.ndarray, "*batch 3 3"]:
    """Rotation matrix of a quaternion (w, x, y, z), the order of Isaac Sim and MuJoCo."""
    return matrix_from_quat_xyzw(np.roll(quat_wxyz, -1, axis=-1))


def quat_wxyz_from_matrix(R: Float[np.ndarray, "*batch 3 3"]) -> Float64[np.ndarray, "*batch 4"]:
    """Unit quaternion (w, x, y, z) with w >= 0 of a rotation matrix."""
    return np.roll(quat_xyzw_from_matrix(R), 1, axis=-1)


def rotation_angle_rad(R: Float[np.ndarray, "*batch 3 3"]) -> Float64[np.ndarray, "*batch"]:
    """Angle of a rotation, in [0, pi], exact near zero as well as near pi."""
    q = quat_xyzw_from_matrix(R)
    return np.asarray(2 * np.arctan2(np.linalg.norm(q[..., :3], axis=-1), q[..., 3]))


def rotation_z(yaw_rad: float) -> Float64[np.ndarray, "3 3"]:
    """Rotation by a yaw about +z, counter-clockwise seen from above."""
    return rotation_about(2, yaw_rad)


def rotation_about(axis: int, angle_rad: float) -> Float64[np.ndarray, "3 3"]:
    """Rotation about +x, +y or +z (`axis` 0, 1, 2), counter-clockwise seen from its end."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    R = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    R[i, i], R[i, j], R[j, i], R[j, j] = c, -s, s, c
    return R
