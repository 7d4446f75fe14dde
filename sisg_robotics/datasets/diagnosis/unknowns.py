"""Numbers that may be a little off in a reading, to be fitted: the camera's, a drift's, a jump's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from ...geometry import pose, rotation_about
from .reading import Reading


@dataclass(frozen=True)
class Unknown:
    """A number that is fitted: its name, unit included; a small change; the largest step; what it does."""

    name: str
    small: float
    largest: float
    applied: Callable[[Reading, float], Reading]


def of_the_camera() -> list[Unknown]:
    """Logarithms of the poses' scale and the focal length, the centre, how the camera is mounted."""
    mount = [Unknown(f"mount_{axis}_rad", 1e-4, 0.2, _mount_turned(k)) for k, axis in enumerate("xyz")]
    mount += [Unknown(f"mount_{axis}_m", 1e-3, 0.2, _mount_moved(k)) for k, axis in enumerate("xyz")]
    return [
        Unknown("log_scale", 1e-4, 0.2, _scaled),
        Unknown("log_focal", 1e-4, 0.2, _focal),
        Unknown("centre_x_px", 0.05, 20.0, _centre(2)),
        Unknown("centre_y_px", 0.05, 20.0, _centre(3)),
        *mount,
    ]


def of_drift(count: int) -> list[Unknown]:
    """How far the last of `count` frames has come off the first, evenly on the way: metres and radians."""
    return _of_change(np.linspace(0, 1, count))


def of_a_jump(count: int, at: int) -> list[Unknown]:
    """How far all frames from number `at` on are off those before."""
    return _of_change((np.arange(count) >= at).astype(np.float64))


def _of_change(much: Float64[np.ndarray, "n"]) -> list[Unknown]:
    moves = [Unknown(f"move_{axis}_m", 1e-3, 0.2, _moved(much, k)) for k, axis in enumerate("xyz")]
    turns = [Unknown(f"turn_{axis}_rad", 1e-3, 0.1, _turned(much, k)) for k, axis in enumerate("xyz")]
    return moves + turns


def _scaled(reading: Reading, value: float) -> Reading:
    T = reading.T_world_cam.copy()
    T[:, :3, 3] *= np.exp(value)
    return replace(reading, T_world_cam=T)


def _focal(reading: Reading, value: float) -> Reading:
    return replace(reading, camera=reading.camera * np.exp([value, value, 0.0, 0.0]))


def _centre(which: int) -> Callable[[Reading, float], Reading]:
    return lambda reading, value: replace(reading, camera=reading.camera + value * np.eye(4)[which])


def _mount_turned(axis: int) -> Callable[[Reading, float], Reading]:
    return lambda reading, value: _mounted(reading, pose(rotation_about(axis, value), np.zeros(3)))


def _mount_moved(axis: int) -> Callable[[Reading, float], Reading]:
    return lambda reading, value: _mounted(reading, pose(np.eye(3), value * np.eye(3)[axis]))


def _mounted(reading: Reading, T_stated_cam: Float64[np.ndarray, "4 4"]) -> Reading:
    return replace(reading, T_world_cam=reading.T_world_cam @ T_stated_cam)


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
        turns = np.stack([rotation_about(axis, value * share) for share in much])
        T = reading.T_world_cam.copy()
        T[:, :3, :3] = turns @ T[:, :3, :3]
        T[:, :3, 3] = np.einsum("nij,nj->ni", turns, T[:, :3, 3] - middle) + middle
        return replace(reading, T_world_cam=T)

    return applied


def applied(reading: Reading, unknowns: Sequence[Unknown], off: Float64[np.ndarray, "k"]) -> Reading:
    """The reading with each number changed by so much."""
    for unknown, value in zip(unknowns, off.tolist(), strict=True):
        reading = unknown.applied(reading, value)
    return reading
