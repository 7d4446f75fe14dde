"""Where the poses of a recording begin to drift.

Every frame is given a small correction (a turn and a shift) such that the points of all frames come to lie on
the surfaces that the other frames see: linearised least squares over all pairs of frames that see the same
place, a loop's two ends among them, weighted after Tukey. Poses without drift need corrections that only
scatter; drift makes them grow from one frame on. So a bend is fitted to them, constant before frame k and a
straight line from there: k that leaves the least is where drift sets in, if the line's end is beyond what
scatter explains. That all corrections share one turn and shift is nobody's fault and falls out.

Frames that few surfaces hold can slide a little together, although nothing disagrees: their corrections grow
too. So a line is believed only where poses that it takes back make frames agree better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import no_type_check

import numpy as np
from jaxtyping import Float64

from .._numba import njit
from ..geometry import invert, pose
from .looks import Stack
from .residuals import Residuals, offset_along_normal, residuals

GATES_M = (0.1, 0.1, 0.06, 0.04, 0.03)
"""Residuals beyond this count as another surface, step by step."""
LEAST_DRIFT_M = 0.01
"""Less is not called drift, however little corrections scatter."""
TIMES_SCATTER = 3.0
"""The line's end must be this many times the typical distance of corrections from it."""
MOST_MISFIT_LEFT = 0.95
"""Of the frames that drift, once it is taken back. Where nothing drifts, 0.99 and more is left."""
LEAST_FRAMES = 8
MOST_LOOKED_THROUGH = 0.3
"""With more, poses are wrong from the start and drift means nothing."""
_EXPECTED = 20.0
"""Corrections are expected to be none, as firmly as so many points would say so: points beside each other err
alike, and few of many count."""
_HELD = 8.0
"""Points that must look along a direction for a frame to be held in it; else it is left out."""
_LEAST_LINKED = 10
"""Points that two frames must share to be compared."""


@dataclass(frozen=True, eq=False)
class Corrections:
    """What would make n frames agree, relative to the first ones. NaN where surfaces do not hold a frame."""

    move_m: Float64[np.ndarray, "n 3"]
    """Shift of the camera, in the world."""
    turn_rad: Float64[np.ndarray, "n 3"]
    """Turn about an axis of the world: its direction times the angle."""


@dataclass(frozen=True, eq=False)
class Drift:
    """Drift from place `at` to place `last` among the frames that were used, and what takes it back."""

    at: int
    last: int
    """The last frame that surfaces hold."""
    move_m: Float64[np.ndarray, "3"]
    """Shift that the last camera needs, in the world; in between, its share."""
    turn_rad: Float64[np.ndarray, "3"]
    """The turn, about an axis of the world: its direction times the angle."""
    scatter_m: float
    """How far corrections typically are from the line."""

    @property
    def end_m(self) -> float:
        """How far the last one has come off."""
        return float(np.linalg.norm(self.move_m))

    @property
    def end_rad(self) -> float:
        """How far the last one has turned."""
        return float(np.linalg.norm(self.turn_rad))


def corrections(stack: Stack, found: Residuals) -> Corrections:
    """The small turn and shift of every frame."""
    n, radius_m = len(stack.counts), stack.typical_distance_m
    linked = np.argwhere(found.pairs + found.pairs.T >= _LEAST_LINKED)
    center = np.median(stack.T_world_cam[:, :3, 3], axis=0)
    T = stack.T_world_cam.copy()
    off = np.zeros((n, 6))  # shift at the center, then turn
    units = np.array([1.0, 1.0, 1.0, radius_m, radius_m, radius_m])
    expected = np.tile(_EXPECTED * units**2, n)
    for gate_m in GATES_M:
        H, g = _equations(
            stack.depth_m, stack.cameras, T, invert(T), stack.points_m, stack.normals, stack.counts,
            linked, center, gate_m,
        )  # fmt: skip
        own = H.reshape(n, 6, n, 6)[np.arange(n), :, np.arange(n)] / np.outer(units, units)
        H[np.diag_indices(6 * n)] += expected
        step = np.linalg.solve(H, -(g + expected * off.ravel())).reshape(n, 6)
        off = off + step
        T = _moved(T, step, center)
    off[np.linalg.eigvalsh(own)[:, 0] < _HELD] = np.nan
    off = off - _typical(off[: max(LEAST_FRAMES, n // 4)])
    arm = stack.T_world_cam[:, :3, 3] - center
    return Corrections(off[:, :3] + np.cross(off[:, 3:], arm), off[:, 3:])


def find_drift(needed: Corrections, radius_m: float) -> Drift | None:
    """Where corrections begin to grow, or None. A turn counts as what it moves at `radius_m`."""
    off = np.concatenate([needed.move_m, radius_m * needed.turn_rad], axis=1)
    known = np.flatnonzero(np.isfinite(off).all(axis=1))
    if len(known) < LEAST_FRAMES:
        return None
    some = off[known]
    best: tuple[float, int, np.ndarray, np.ndarray] | None = None
    for at in range(len(known) - LEAST_FRAMES // 2):
        grown = np.maximum(0.0, known - known[at])
        basis = np.stack([np.ones(len(known)), grown], axis=1)
        line, *_ = np.linalg.lstsq(basis, some, rcond=None)
        left = some - basis @ line
        cost = float(np.abs(left).sum())
        if best is None or cost < best[0]:
            best = cost, at, line[1] * grown[-1], left
    assert best is not None
    _, at, end, left = best
    scatter_m = float(np.median(np.linalg.norm(left, axis=1)))
    found = Drift(int(known[at]), int(known[-1]), end[:3], end[3:] / radius_m, scatter_m)
    shown = max(found.end_m, found.end_rad * radius_m) >= max(LEAST_DRIFT_M, TIMES_SCATTER * scatter_m)
    return found if shown else None


def lowers_misfit(drift: Drift, stack: Stack, found: Residuals) -> bool:
    """Whether the frames that drift agree better once it is taken back; `found` is of the stack as it is."""
    back = replace(stack, T_world_cam=taken_back(drift, stack.T_world_cam))
    moved = slice(drift.at + 1, None)
    return residuals(back).misfit_of(moved) < MOST_MISFIT_LEFT * found.misfit_of(moved)


def taken_back(drift: Drift, T_world_cam: Float64[np.ndarray, "n 4 4"]) -> Float64[np.ndarray, "n 4 4"]:
    """Poses without the drift: each turned about its own camera and shifted by its share of the end."""
    from scipy.spatial.transform import Rotation

    share = np.clip((np.arange(len(T_world_cam)) - drift.at) / (drift.last - drift.at), 0.0, 1.0)[:, None]
    R = Rotation.from_rotvec(share * drift.turn_rad).as_matrix()
    return pose(R @ T_world_cam[:, :3, :3], T_world_cam[:, :3, 3] + share * drift.move_m)


def _typical(off: Float64[np.ndarray, "k 6"]) -> Float64[np.ndarray, "6"]:
    known = off[np.isfinite(off).all(axis=1)]
    return np.median(known, axis=0) if len(known) else np.zeros(6)


def _moved(
    T: Float64[np.ndarray, "n 4 4"], step: Float64[np.ndarray, "n 6"], center: Float64[np.ndarray, "3"]
) -> Float64[np.ndarray, "n 4 4"]:
    """Poses turned about the center and shifted."""
    from scipy.spatial.transform import Rotation

    R = Rotation.from_rotvec(step[:, 3:]).as_matrix()
    place = np.einsum("nij,nj->ni", R, T[:, :3, 3] - center) + center + step[:, :3]
    return pose(R @ T[:, :3, :3], place)


@njit(cache=True, nogil=True)
@no_type_check
def _equations(depth_m, cameras, T_world_cam, T_cam_world, points, normals, counts, linked, center, gate_m):
    """Normal equations of all frames' shifts and turns; residuals in metres, unweighted by their noise."""
    n = points.shape[0]
    H, g = np.zeros((6 * n, 6 * n)), np.zeros(6 * n)
    row = np.empty(12)
    at = np.empty(12, dtype=np.int64)
    for pair in range(linked.shape[0]):
        i, j = linked[pair, 0], linked[pair, 1]
        M = T_cam_world[j] @ T_world_cam[i]
        T = T_world_cam[i]
        for k in range(6):
            at[k], at[6 + k] = 6 * i + k, 6 * j + k
        for p in range(counts[i]):
            offset, seen = offset_along_normal(depth_m, cameras, j, M, points[i, p], normals[i, p])
            if not seen or abs(offset) >= gate_m:
                continue
            point, normal = points[i, p], normals[i, p]
            x = T[0, 0] * point[0] + T[0, 1] * point[1] + T[0, 2] * point[2] + T[0, 3] - center[0]
            y = T[1, 0] * point[0] + T[1, 1] * point[1] + T[1, 2] * point[2] + T[1, 3] - center[1]
            z = T[2, 0] * point[0] + T[2, 1] * point[1] + T[2, 2] * point[2] + T[2, 3] - center[2]
            a = T[0, 0] * normal[0] + T[0, 1] * normal[1] + T[0, 2] * normal[2]
            b = T[1, 0] * normal[0] + T[1, 1] * normal[1] + T[1, 2] * normal[2]
            c = T[2, 0] * normal[0] + T[2, 1] * normal[1] + T[2, 2] * normal[2]
            row[0], row[1], row[2] = a, b, c
            row[3], row[4], row[5] = y * c - z * b, z * a - x * c, x * b - y * a
            for k in range(6):
                row[6 + k] = -row[k]
            share = offset / gate_m
            weight = (1.0 - share * share) ** 2
            for k in range(12):
                g[at[k]] += weight * row[k] * offset
                for m in range(12):
                    H[at[k], at[m]] += weight * row[k] * row[m]
    return H, g
