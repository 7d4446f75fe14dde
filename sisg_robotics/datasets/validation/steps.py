"""From frame to frame: how far the camera went, in what time, and how much the picture changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from ...geometry import rotation_angle_rad
from .look import FrameLook
from .recording import Recording


class Steps(NamedTuple):
    """From each frame to the next: metres, radians, seconds (NaN without stamps). NaN where not known."""

    distance_m: Float64[np.ndarray, "n"]
    angle_rad: Float64[np.ndarray, "n"]
    seconds: Float64[np.ndarray, "n"]


def steps_of(recording: Recording) -> Steps:
    """The steps of a recording's poses and stamps."""
    T = recording.T_world_cam
    there = np.isfinite(T).all(axis=(1, 2))
    both = there[1:] & there[:-1]
    angle = np.full(len(both), np.nan)
    R = T[:, :3, :3]
    angle[both] = rotation_angle_rad(np.swapaxes(R[:-1][both], 1, 2) @ R[1:][both])
    seconds = np.full(len(both), np.nan)
    if recording.stamps_ns is not None:
        seconds = intervals_ns(recording.stamps_ns) / 1e9
    return Steps(np.linalg.norm(np.diff(T[:, :3, 3], axis=0), axis=1), angle, seconds)


def intervals_ns(stamps_ns: Sequence[int]) -> Float64[np.ndarray, "n"]:
    """From each stamp to the next, subtracted as whole numbers: today's have more digits than a float."""
    most = 2**62
    return np.array(
        [max(-most, min(after - before, most)) for before, after in pairwise(stamps_ns)], np.float64
    )


def changes_of(looks: Sequence[FrameLook]) -> Float64[np.ndarray, "n"]:
    """How much each picture differs from the one before."""
    return np.array([change_between(before, after) for before, after in pairwise(looks)], dtype=np.float64)


def change_between(before: FrameLook, after: FrameLook) -> float:
    """How much two pictures differ: mean over cells, brightness aside, 0 to 255. NaN without one."""
    if before.color is None or after.color is None:
        return float("nan")
    difference = after.color.grid.astype(np.float64) - before.color.grid
    return float(np.abs(difference - np.median(difference)).mean())


def median_of(values: Float64[np.ndarray, "n"]) -> float:
    """The median of those that are finite, 0 where none is."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else 0.0
