"""How far the frames of a recording agree on where surfaces are.

Points that one frame sees are looked for in another. Where that frame sees something at the same depth, the
two agree. Where it sees something farther, it looks through the point: they contradict each other. Where it
sees something nearer, the point is hidden and nothing is learned. In a right reading nothing contradicts but
noise and edges, however few frames look at the same place; in a wrong one contradictions outnumber agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float32, Int64

from ..._numba import njit, prange
from ...geometry import invert
from .reading import Reading
from .views import Views

NEAR_IN_TIME = 4
"""Views fewer apart than this are near each other in time."""
NEAR_TYPICAL, NEAR_SHARE = 0.01, 0.02
"""Depths that differ by less than these shares of the typical depth and of their own, together, are the same.

Nothing here is in metres, so that no unit is favoured.
"""
_CONTRADICTION_COSTS = 2.0
"""Agreements; about as many follow from chance in a wrong reading."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """Counts of points, for each pair of frames: of the row's frame, looked for in the column's."""

    agree: Int64[np.ndarray, "n n"]
    contradict: Int64[np.ndarray, "n n"]
    points: int
    """Sampled from all frames."""

    @property
    def share(self) -> float:
        """Of the points that another frame should see, those that it sees where they are; 0 without any."""
        agree, contradict = int(self.agree.sum()), int(self.contradict.sum())
        return agree / max(agree + contradict, 1)

    @property
    def seen_again(self) -> float:
        """In how many other frames a point is found, on average."""
        return float(self.agree.sum()) / max(self.points, 1)

    @property
    def worth(self) -> float:
        """What speaks for the reading, less what speaks against it, for each point."""
        against = _CONTRADICTION_COSTS * float(self.contradict.sum())
        return (float(self.agree.sum()) - against) / max(self.points, 1)

    @property
    def near_in_time(self) -> Agreement:
        """The same of views less than NEAR_IN_TIME apart alone."""
        place = np.arange(len(self.agree))
        near = np.abs(place[:, None] - place) < NEAR_IN_TIME
        return Agreement(self.agree * near, self.contradict * near, self.points)


def agreement(views: Views, reading: Reading, *, times: float = 1.0) -> Agreement:
    """Compare every frame with every other. `times` widens what counts as the same depth."""
    given = arguments(views, reading, times)
    counts = _compare(*given)
    points = int((views.pixels[given[4], :, 0] >= 0).sum())
    return Agreement(counts[..., AGREE], counts[..., CONTRADICT], points)


def matches(views: Views, reading: Reading, most: int) -> Int64[np.ndarray, "m 6"]:
    """At most `most` points that two frames agree on: view, column, row as stored, in one and the other."""
    given = arguments(views, reading, 1.0)
    found = _matches(*given, int(_compare(*given)[..., AGREE].sum()))
    return found if len(found) <= most else found[np.random.default_rng(0).permutation(len(found))[:most]]


def metres(stored: Float32[np.ndarray, "h w"], reading: Reading, frame: int) -> Float32[np.ndarray, "h w"]:
    """The picture of a frame as it should be: depth along z."""
    picture = (
        stored[:: -1 if reading.upside_down else 1, :: -1 if reading.mirrored else 1] * reading.depth_unit_m
    )
    if reading.radial:
        height, width = picture.shape
        fx, fy, cx, cy = reading.camera[frame].tolist()
        right = (np.arange(width) + 0.5 - cx) / fx
        down = (np.arange(height) + 0.5 - cy) / fy
        picture = picture / np.sqrt(right**2 + down[:, None] ** 2 + 1.0)
    return picture.astype(np.float32)


def arguments(views: Views, reading: Reading, times: float) -> tuple[Any, ...]:
    """What the kernels want: pictures, pixels, poses both ways, which are known, cameras, and how."""
    T = np.ascontiguousarray(reading.T_world_cam[views.frames])
    has_pose = np.isfinite(T).all(axis=(1, 2))
    T[~has_pose] = np.eye(4)
    how = np.array(
        [
            reading.depth_unit_m,
            reading.radial,
            reading.mirrored,
            reading.upside_down,
            NEAR_TYPICAL * views.typical * reading.depth_unit_m * times,
            NEAR_SHARE * times,
        ],
        dtype=np.float64,
    )
    camera = np.ascontiguousarray(reading.camera[views.frames])
    return views.stored, views.pixels, T, invert(T), has_pose, camera, how


AGREE, CONTRADICT, NOTHING = 0, 1, 2


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def relative(T_there_world, T_world_here, out):
    """T_there_here of rigid transforms, without the memory that a product of arrays takes."""
    for row in range(3):
        for column in range(4):
            total = T_there_world[row, 3] if column == 3 else 0.0
            for k in range(3):
                total += T_there_world[row, k] * T_world_here[k, column]
            out[row, column] = total


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def depth_along_z(stored, x, y, camera, how):
    """Depth along z of a pixel whose centre, in the picture as it should be, is (x, y)."""
    z = stored * how[0]
    if how[1] != 0.0:
        right, down = (x - camera[2]) / camera[0], (y - camera[3]) / camera[1]
        z /= np.sqrt(right * right + down * down + 1.0)
    return z


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def as_stored(column, row, width, height, how):
    """Where the pixel of a picture as it should be is stored, and the other way round."""
    return (width - 1 - column if how[2] != 0.0 else column, height - 1 - row if how[3] != 0.0 else row)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _look_for(stored, i, j, column, row, M, camera, how):
    """What frame j says of a pixel of frame i, and the stored pixel where it says so."""
    height, width = stored.shape[1], stored.shape[2]
    right_column, right_row = as_stored(column, row, width, height, how)
    u, v = right_column + 0.5, right_row + 0.5
    cam = camera[i]
    z = depth_along_z(stored[i, row, column], u, v, cam, how)
    x, y = (u - cam[2]) / cam[0] * z, (v - cam[3]) / cam[1] * z
    there_z = M[2, 0] * x + M[2, 1] * y + M[2, 2] * z + M[2, 3]
    if there_z <= how[4]:
        return NOTHING, 0, 0
    cam = camera[j]
    u = cam[0] * (M[0, 0] * x + M[0, 1] * y + M[0, 2] * z + M[0, 3]) / there_z + cam[2]
    v = cam[1] * (M[1, 0] * x + M[1, 1] * y + M[1, 2] * z + M[1, 3]) / there_z + cam[3]
    if not (0.0 <= u < width and 0.0 <= v < height):
        return NOTHING, 0, 0
    nearest, farthest = np.inf, 0.0
    left, top = int(u - 0.5), int(v - 0.5)  # of the four pixels whose centres lie around the point
    for beside_row in range(max(top, 0), min(top + 2, height)):
        for beside_column in range(max(left, 0), min(left + 2, width)):
            column_j, row_j = as_stored(beside_column, beside_row, width, height, how)
            seen = stored[j, row_j, column_j]
            if seen > 0.0:
                seen_z = depth_along_z(seen, beside_column + 0.5, beside_row + 0.5, cam, how)
                nearest, farthest = min(nearest, seen_z), max(farthest, seen_z)
    if there_z > farthest + how[4] + how[5] * farthest:
        return NOTHING, 0, 0
    if there_z < nearest - how[4] - how[5] * nearest:
        return CONTRADICT, 0, 0
    column_j, row_j = as_stored(int(u), int(v), width, height, how)
    return AGREE, column_j, row_j


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _compare(stored, pixels, T_world_cam, T_cam_world, has_pose, camera, how):
    count = len(stored)
    out = np.zeros((count, count, 3), dtype=np.int64)
    for i in prange(count):
        M = np.empty((3, 4))
        for j in range(count):
            if i == j or not (has_pose[i] and has_pose[j]):
                continue
            relative(T_cam_world[j], T_world_cam[i], M)
            for p in range(pixels.shape[1]):
                column, row = pixels[i, p, 0], pixels[i, p, 1]
                if column < 0:
                    break
                said, _, _ = _look_for(stored, i, j, column, row, M, camera, how)
                out[i, j, said] += 1
    return out


@njit(cache=True, nogil=True)
@no_type_check
def _matches(stored, pixels, T_world_cam, T_cam_world, has_pose, camera, how, total):
    count = len(stored)
    out = np.empty((total, 6), dtype=np.int64)
    found = 0
    M = np.empty((3, 4))
    for i in range(count):
        for j in range(count):
            if i == j or not (has_pose[i] and has_pose[j]):
                continue
            relative(T_cam_world[j], T_world_cam[i], M)
            for p in range(pixels.shape[1]):
                column, row = pixels[i, p, 0], pixels[i, p, 1]
                if column < 0:
                    break
                said, column_j, row_j = _look_for(stored, i, j, column, row, M, camera, how)
                if said == AGREE:
                    out[found, 0], out[found, 1], out[found, 2] = i, column, row
                    out[found, 3], out[found, 4], out[found, 5] = j, column_j, row_j
                    found += 1
    return out
