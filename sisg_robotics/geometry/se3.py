"""Rigid transforms as (4, 4) float64 matrices, named so that neighbours cancel."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from ..errors import BadValue

RIGID_TOLERANCE = 1e-3
"""Largest |R^T R - I| accepted at the door: poses printed with four digits pass, scaled ones do not."""


def as_se3(name: str, T: Any, *, tolerance: float = RIGID_TOLERANCE) -> Float64[np.ndarray, "*batch 4 4"]:
    """A checked float64 copy of rigid transforms, (*batch, 4, 4).

    Raises BadValue naming the argument when the shape, the last row, a value or a rotation is wrong.
    """
    out = np.array(T, dtype=np.float64)
    if out.ndim < 2 or out.shape[-2:] != (4, 4):
        raise BadValue(f"the shape of {name}", out.shape, "(..., 4, 4)")
    if not np.all(np.isfinite(out)):
        raise BadValue(name, "not finite", "a matrix of finite numbers")
    if not np.allclose(out[..., 3, :], [0, 0, 0, 1], atol=1e-6):
        raise BadValue(f"the last row of {name}", out[..., 3, :].tolist(), "[0, 0, 0, 1]")
    worst = float(np.max(rigid_error(out), initial=0.0))
    if worst > tolerance:
        accepted = f"a rotation: R^T R within {tolerance:g} of the identity, determinant +1"
        raise BadValue(f"the rotation of {name}", f"{worst:.2g} away", accepted)
    return out


def rigid_error(T: Float[np.ndarray, "*batch 4 4"]) -> Float64[np.ndarray, "*batch"]:
    """How far the rotation part is from a rotation: max |R^T R - I|, or 2 for a reflection.

    Infinite where that cannot be said: NaN, or numbers whose squares are no numbers.
    """
    R = np.asarray(T, dtype=np.float64)[..., :3, :3]
    with np.errstate(over="ignore", invalid="ignore"):
        deviation = np.abs(np.swapaxes(R, -1, -2) @ R - np.eye(3)).max(axis=(-1, -2))
        reflects = np.linalg.det(R) < 0
    deviation = np.where(np.isnan(deviation), np.inf, deviation)
    return np.where(reflects, np.maximum(deviation, 2.0), deviation)


def pose(
    R: Float[np.ndarray, "*batch 3 3"], p_m: Float[np.ndarray, "*batch 3"]
) -> Float64[np.ndarray, "*batch 4 4"]:
    """The transform with rotation R and translation p_m."""
    R = np.asarray(R, dtype=np.float64)
    T = np.zeros((*R.shape[:-2], 4, 4))
    T[..., :3, :3] = R
    T[..., :3, 3] = p_m
    T[..., 3, 3] = 1.0
    return T


def invert(T_a_b: Float[np.ndarray, "*batch 4 4"]) -> Float64[np.ndarray, "*batch 4 4"]:
    """T_b_a of T_a_b, by the transpose, so the result is as rigid as the input."""
    R_b_a = np.swapaxes(np.asarray(T_a_b, dtype=np.float64)[..., :3, :3], -1, -2)
    return pose(R_b_a, -(R_b_a @ T_a_b[..., :3, 3:])[..., 0])


def transform(
    T_a_b: Float[np.ndarray, "4 4"], points_b: Float[np.ndarray, "*points 3"]
) -> Float[np.ndarray, "*points 3"]:
    """Points given in frame b, in frame a: p_a = T_a_b @ p_b. Keeps float32 as float32."""
    dtype = points_b.dtype if points_b.dtype == np.float32 else np.float64
    R, p = T_a_b[:3, :3].astype(dtype), T_a_b[:3, 3].astype(dtype)
    return points_b @ R.T + p


def look_at(
    eye_m: Float[np.ndarray, "3"],
    target_m: Float[np.ndarray, "3"],
    up: tuple[float, float, float] = (0.0, 0.0, 1.0),
) -> Float64[np.ndarray, "4 4"]:
    """T_world_cam of an OpenCV camera (x right, y down, z forward) at `eye_m` that sees `target_m`.

    Looking straight along `up` is allowed: the image's right side is then +x of the world (+y where x is up).
    """
    eye = np.asarray(eye_m, dtype=np.float64)
    forward = np.asarray(target_m, dtype=np.float64) - eye
    distance = np.linalg.norm(forward)
    if not distance > 0:
        raise BadValue("target_m", np.asarray(target_m).tolist(), "finite, and another point than eye_m")
    forward = forward / distance
    right = np.cross(forward, up)
    if np.linalg.norm(right) < 1e-9:
        right = np.array([0.0, 1.0, 0.0] if abs(forward[0]) > 0.5 else [1.0, 0.0, 0.0])
    right = right / np.linalg.norm(right)
    return pose(np.stack([right, np.cross(forward, right), forward], axis=-1), eye)
