"""Small faults that trying would miss: the true focal length, how the camera sits, how poses drift.

Some numbers are fitted so that the depth of every point agrees best with the depth where other frames see it:
Gauss-Newton on differences along the surface's normal, weighted after Tukey, of ever smaller width. Each
number comes with its uncertainty, so that a fault is said only where the recording can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import no_type_check

import numpy as np
from jaxtyping import Float64

from ..._numba import njit, prange
from ...geometry import pose
from .agreement import arguments, as_stored, depth_along_z
from .reading import Reading
from .views import Views

_WIDTHS = (2.0, 1.0, 1.0, 0.7, 0.5, 0.35, 0.25, 0.25)
"""What counts as the same depth at each step, in terms of what does for trying."""
_AT_FIRST = 6
"""Steps for which fewer points are enough."""
_FEWER_FRAMES, _FEWER_POINTS = 60, 60
_MOST_SLOPE = 3.0
_WEAK = 1e-9


@dataclass(frozen=True)
class Number:
    """One thing that is fitted: its name, unit included; a small change; the largest step; what it does."""

    name: str
    small: float
    largest: float
    applied: Callable[[Reading, float], Reading]


@dataclass(frozen=True, eq=False)
class Fit:
    """How far a reading is off, how well that is known (a standard deviation), and the reading put right."""

    off: dict[str, float]
    sigma: dict[str, float]
    reading: Reading
    noise: float
    """Typical difference left, as a share of what counts as the same depth."""


def fit(views: Views, reading: Reading, numbers: Sequence[Number]) -> Fit:
    """Fit these numbers, starting from none off."""
    off = np.zeros(len(numbers))
    few = views.fewer(_FEWER_FRAMES, _FEWER_POINTS)
    for step, width in enumerate(_WIDTHS):
        among = few if step < _AT_FIRST else views
        H, g, square, count = _normal_equations(among, reading, numbers, off, width)
        H = H + _WEAK * np.trace(H) * np.eye(len(off)) + 1e-300 * np.eye(len(off))
        largest = np.array([number.largest for number in numbers])
        off = off + np.clip(np.linalg.solve(H, -g), -largest, largest)
    variance = square / max(count - len(off), 1)
    sigma = np.sqrt(np.diag(np.linalg.inv(H)) * variance)
    names = [number.name for number in numbers]
    return Fit(
        dict(zip(names, off.tolist(), strict=True)),
        dict(zip(names, sigma.tolist(), strict=True)),
        applied(reading, numbers, off),
        float(np.sqrt(variance)),
    )


def of_the_camera() -> list[Number]:
    """Logarithms of the poses' scale and the focal length, the centre, how the camera is mounted."""
    mount = [Number(f"mount_{axis}_rad", 1e-4, 0.2, _mount(k)) for k, axis in enumerate("xyz")]
    return [
        Number("log_scale", 1e-4, 0.2, _scaled),
        Number("log_focal", 1e-4, 0.2, _focal),
        Number("centre_x_px", 0.05, 20.0, _centre(2)),
        Number("centre_y_px", 0.05, 20.0, _centre(3)),
        *mount,
    ]


def of_drift(count: int) -> list[Number]:
    """How far the last of `count` frames has come off the first, evenly on the way: metres and radians."""
    return _of_change(np.linspace(0, 1, count))


def of_a_jump(count: int, at: int) -> list[Number]:
    """How far all frames from number `at` on are off those before."""
    return _of_change((np.arange(count) >= at).astype(np.float64))


def _of_change(much: Float64[np.ndarray, "n"]) -> list[Number]:
    moves = [Number(f"move_{axis}_m", 1e-3, 0.2, _moved(much, k)) for k, axis in enumerate("xyz")]
    turns = [Number(f"turn_{axis}_rad", 1e-3, 0.1, _turned(much, k)) for k, axis in enumerate("xyz")]
    return moves + turns


def _scaled(reading: Reading, value: float) -> Reading:
    T = reading.T_world_cam.copy()
    T[:, :3, 3] *= np.exp(value)
    return replace(reading, T_world_cam=T)


def _focal(reading: Reading, value: float) -> Reading:
    return replace(reading, camera=reading.camera * np.exp([value, value, 0.0, 0.0]))


def _centre(which: int) -> Callable[[Reading, float], Reading]:
    return lambda reading, value: replace(reading, camera=reading.camera + value * np.eye(4)[which])


def _mount(axis: int) -> Callable[[Reading, float], Reading]:
    def applied(reading: Reading, value: float) -> Reading:
        return replace(reading, T_world_cam=reading.T_world_cam @ pose(_turn(axis, value), np.zeros(3)))

    return applied


def _moved(much: np.ndarray, axis: int) -> Callable[[Reading, float], Reading]:
    def applied(reading: Reading, value: float) -> Reading:
        T = reading.T_world_cam.copy()
        T[:, axis, 3] += value * much
        return replace(reading, T_world_cam=T)

    return applied


def _turned(much: np.ndarray, axis: int) -> Callable[[Reading, float], Reading]:
    """About an axis through the middle of the camera's places."""

    def applied(reading: Reading, value: float) -> Reading:
        middle = np.nanmean(reading.T_world_cam[:, :3, 3], axis=0)
        turns = np.stack([_turn(axis, value * share) for share in much])
        T = reading.T_world_cam.copy()
        T[:, :3, :3] = turns @ T[:, :3, :3]
        T[:, :3, 3] = np.einsum("nij,nj->ni", turns, T[:, :3, 3] - middle) + middle
        return replace(reading, T_world_cam=T)

    return applied


def _turn(axis: int, angle_rad: float) -> Float64[np.ndarray, "3 3"]:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    R = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    R[i, i], R[i, j], R[j, i], R[j, j] = c, -s, s, c
    return R


def applied(reading: Reading, numbers: Sequence[Number], off: Float64[np.ndarray, "k"]) -> Reading:
    """The reading with each number changed by so much."""
    for number, value in zip(numbers, off.tolist(), strict=True):
        reading = number.applied(reading, value)
    return reading


def _normal_equations(
    views: Views, reading: Reading, numbers: Sequence[Number], off: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray, float, int]:
    """H, g, the weighted sum of squares and the number of points, where the reading is off by so much."""
    small = np.array([number.small for number in numbers])
    changes = [np.zeros(len(off)), *np.diag(small)]
    asked = [arguments(views, applied(reading, numbers, off + change), width) for change in changes]
    stored, pixels, _, _, has_pose, _, how = asked[0]
    T, T_inverse, cameras = (np.stack([some[k] for some in asked]) for k in (2, 3, 5))
    H, g, square, count = _accumulate(stored, pixels, T, T_inverse, has_pose, cameras, small, how)
    return H.sum(axis=0), g.sum(axis=0), float(square.sum()), int(count.sum())


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _seen_z(stored, j, column, row, camera, how):
    at_column, at_row = as_stored(column, row, stored.shape[2], stored.shape[1], how)
    return depth_along_z(stored[j, at_row, at_column], column + 0.5, row + 0.5, camera, how)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _accumulate(stored, pixels, T_world_cam, T_cam_world, has_pose, cameras, steps, how):
    count, height, width = stored.shape
    many = cameras.shape[0]
    H = np.zeros((count, many - 1, many - 1))
    g = np.zeros((count, many - 1))
    square, number = np.zeros(count), np.zeros(count, dtype=np.int64)
    for i in prange(count):
        M = np.empty((many, 4, 4))
        r = np.empty(many)
        row_ = np.empty(many - 1)
        for j in range(count):
            if i == j or not (has_pose[i] and has_pose[j]):
                continue
            for k in range(many):
                M[k] = T_cam_world[k, j] @ T_world_cam[k, i]
            for p in range(pixels.shape[1]):
                column, row = pixels[i, p, 0], pixels[i, p, 1]
                if column < 0:
                    break
                at_column, at_row = as_stored(column, row, width, height, how)
                from_u, from_v = at_column + 0.5, at_row + 0.5
                raw = stored[i, row, column]
                ok = True
                slope_u = slope_v = scale = 0.0
                c0 = r0 = 0
                base = 0.0
                for k in range(many):
                    cam = cameras[k]
                    z = depth_along_z(raw, from_u, from_v, cam, how)
                    x, y = (from_u - cam[2]) / cam[0] * z, (from_v - cam[3]) / cam[1] * z
                    there_z = M[k, 2, 0] * x + M[k, 2, 1] * y + M[k, 2, 2] * z + M[k, 2, 3]
                    if there_z <= how[4]:
                        ok = False
                        break
                    u = (
                        cam[0] * (M[k, 0, 0] * x + M[k, 0, 1] * y + M[k, 0, 2] * z + M[k, 0, 3]) / there_z
                        + cam[2]
                    )
                    v = (
                        cam[1] * (M[k, 1, 0] * x + M[k, 1, 1] * y + M[k, 1, 2] * z + M[k, 1, 3]) / there_z
                        + cam[3]
                    )
                    if k == 0:
                        if not (1.0 <= u < width - 1 and 1.0 <= v < height - 1):
                            ok = False
                            break
                        c0, r0 = int(u), int(v)
                        base = _seen_z(stored, j, c0, r0, cam, how)
                        left = _seen_z(stored, j, c0 - 1, r0, cam, how)
                        right = _seen_z(stored, j, c0 + 1, r0, cam, how)
                        up = _seen_z(stored, j, c0, r0 - 1, cam, how)
                        down = _seen_z(stored, j, c0, r0 + 1, cam, how)
                        if not (base > 0 and left > 0 and right > 0 and up > 0 and down > 0):
                            ok = False
                            break
                        slope_u, slope_v = (right - left) / 2, (down - up) / 2
                        bend = max(abs(right + left - 2 * base), abs(up + down - 2 * base))
                        tilt_u, tilt_v = slope_u * cam[0] / base, slope_v * cam[1] / base
                        scale = np.sqrt(1.0 + tilt_u * tilt_u + tilt_v * tilt_v)
                        if scale > _MOST_SLOPE or bend > how[4] + how[5] * base:
                            ok = False
                            break
                        seen = base
                    else:
                        seen = _seen_z(stored, j, c0, r0, cam, how)
                    seen += slope_u * (u - c0 - 0.5) + slope_v * (v - r0 - 0.5)
                    r[k] = (there_z - seen) / scale
                    if k == 0:
                        near = how[4] + how[5] * base
                        if abs(r[0]) >= near:
                            ok = False
                            break
                if not ok:
                    continue
                near = how[4] + how[5] * base
                t = r[0] / near
                weight = (1.0 - t * t) ** 2
                for a in range(many - 1):
                    row_[a] = (r[a + 1] - r[0]) / steps[a] / near
                for a in range(many - 1):
                    g[i, a] += weight * row_[a] * t
                    for b in range(many - 1):
                        H[i, a, b] += weight * row_[a] * row_[b]
                square[i] += weight * t * t
                number[i] += 1
    return H, g, square, number
