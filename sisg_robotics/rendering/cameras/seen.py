"""What has been seen of a surface, from which sides and distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8, UInt64

from ..._numba import njit, prange
from ...geometry import Intrinsics
from ..vectors import dot, minus, row3
from .surface import Surface

_FIRST_LOOK = (1,)
_SIDES = (16, 4, 1)
"""What one more side of a point is worth, when none, one or two were seen."""


@dataclass(frozen=True, eq=False)
class Seen:
    """For each point of a surface, the sides from which it was seen: 16 directions times 4 distances.

    A direction is one of 8 sectors around the vertical, and steep or not; distances part at 1, 2 and 4 m.
    Counts are whole numbers, so that they are the same on every machine.
    """

    surface: Surface
    visible: Bool[np.ndarray, "p"]
    """Points that can be seen at all; only they count."""
    sides: UInt64[np.ndarray, "p"]
    """A bit for each side."""
    looks: UInt8[np.ndarray, "p"]
    """How many sides."""

    @classmethod
    def nothing(cls, surface: Surface, visible: Bool[np.ndarray, "p"]) -> Seen:
        """Before the first view."""
        count = len(surface)
        return cls(surface, visible, np.zeros(count, dtype=np.uint64), np.zeros(count, dtype=np.uint8))

    @property
    def coverage(self) -> float:
        """Share of what can be seen at all that was seen."""
        return float((self.looks[self.visible] > 0).sum() / max(int(self.visible.sum()), 1))

    def points_in(
        self, intrinsics: Sequence[Intrinsics], T_world_cam: Float64[np.ndarray, "k 4 4"]
    ) -> list[Int64[np.ndarray, "_"]]:
        """Numbers of the points that count, in each of some pictures."""
        pairs = zip(intrinsics, T_world_cam, strict=True)
        return [np.flatnonzero(self.surface.seen_by(camera, T) & self.visible) for camera, T in pairs]

    def overlap(self, points: Sequence[np.ndarray], T_world_cam: Float64[np.ndarray, "k 4 4"]) -> float:
        """Share of these points that were seen already from the side of these cameras."""
        known = sum(
            int(
                (
                    (self.sides[some] >> _bits(self.surface.points_m, some, T[:3, 3].copy())) & np.uint64(1)
                ).sum()
            )
            for some, T in zip(points, T_world_cam, strict=True)
        )
        return known / max(sum(map(len, points)), 1)

    def and_also(self, points: Sequence[np.ndarray], T_world_cam: Float64[np.ndarray, "k 4 4"]) -> Seen:
        """What has been seen after some more pictures."""
        sides, looks = self.sides.copy(), self.looks.copy()
        for some, T in zip(points, T_world_cam, strict=True):
            bit = np.uint64(1) << _bits(self.surface.points_m, some, T[:3, 3].copy())
            new = (sides[some] & bit) == 0
            sides[some] |= bit
            looks[some[new]] += np.uint8(1)
        return Seen(self.surface, self.visible, sides, looks)

    def gains(
        self,
        rows: Int64[np.ndarray, "r"],
        eye_of: Int64[np.ndarray, "c"],
        sight: tuple[np.ndarray, np.ndarray],
        T_world_cam: Float64[np.ndarray, "c k 4 4"],
        frames: Float64[np.ndarray, "k 6"],
        *,
        first_look: bool,
    ) -> Int64[np.ndarray, "r"]:
        """What the candidates `rows` would add: points never seen, or else sides of points.

        Candidate c has the eye eye_of[c], which sees the points sight[1][sight[0][e]:sight[0][e + 1]]; of
        these, those inside of the picture of one of its k cameras (fx, fy, cx, cy, width, height) count.
        """
        worth = np.zeros(256, dtype=np.int64)
        worth[: len(_FIRST_LOOK if first_look else _SIDES)] = _FIRST_LOOK if first_look else _SIDES
        points = self.surface.points_m
        return _gains(rows, eye_of, *sight, T_world_cam, frames, points, self.sides, self.looks, worth)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _side(point, eye):
    """The number of the side of a point on which an eye is, 0 to 63."""
    away = minus(eye, point)
    flat2 = away[0] * away[0] + away[1] * away[1]
    far2 = dot(away, away)
    sector = (away[0] > 0.0) + 2 * (away[1] > 0.0) + 4 * (abs(away[0]) > abs(away[1]))
    steep = away[2] * away[2] > flat2
    band = (far2 > 1.0) + (far2 > 4.0) + (far2 > 16.0)
    return sector + 8 * steep + 16 * band


@njit(cache=True, nogil=True)
@no_type_check
def _bits(points, some, eye):
    out = np.empty(some.shape[0], dtype=np.uint64)
    for i in range(some.shape[0]):
        out[i] = _side(row3(points, some[i]), row3(eye.reshape(1, 3), 0))
    return out


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _gains(rows, eye_of, starts, members, T_world_cam, frames, points, sides, looks, worth):
    out = np.zeros(rows.shape[0], dtype=np.int64)
    for r in prange(rows.shape[0]):
        c = rows[r]
        total = 0
        for k in range(T_world_cam.shape[1]):
            T = T_world_cam[c, k]
            eye = (T[0, 3], T[1, 3], T[2, 3])
            for m in range(starts[eye_of[c]], starts[eye_of[c] + 1]):
                p = members[m]
                if worth[looks[p]] == 0:
                    continue
                d = minus(row3(points, p), eye)
                z = T[0, 2] * d[0] + T[1, 2] * d[1] + T[2, 2] * d[2]
                if z <= 0.0:
                    continue
                u = frames[k, 0] * (T[0, 0] * d[0] + T[1, 0] * d[1] + T[2, 0] * d[2]) + frames[k, 2] * z
                v = frames[k, 1] * (T[0, 1] * d[0] + T[1, 1] * d[1] + T[2, 1] * d[2]) + frames[k, 3] * z
                if u < 0.0 or u >= frames[k, 4] * z or v < 0.0 or v >= frames[k, 5] * z:
                    continue
                if not (sides[p] >> np.uint64(_side(row3(points, p), eye))) & np.uint64(1):
                    total += worth[looks[p]]
        out[r] = total
    return out
