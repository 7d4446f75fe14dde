"""Which of many views to take so that as much as possible is seen with few.

Greedy: always the view that adds most. What a view adds only shrinks as others are taken, so most need not be
looked at again (Minoux 1978); the result is within 1 - 1/e of the best (Nemhauser, Wolsey and Fisher 1978).
Once what is asked for is covered, further views are those that see most from a new side.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from ...geometry import Intrinsics
from .seen import Seen
from .site import Site
from .surface import Surface
from .view_checks import SEEN_BEFORE, ViewChecks, counted, first_fault

_AT_ONCE = 8
"""Stale gains that are computed together."""
_LEAST_SHARES = (0.008, 0.004, 0.002, 0.001, 0.0005, 0.0)
"""Of all that can be seen, what a view must promise in each round of looking for unseen points, where what a
candidate sees is only nearly known beforehand. Every round begins with what was really seen."""
_WORTHWHILE = 0.0005
"""Of all that can be seen, a view must show more than this from a new side to be taken for its own sake."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """c views to choose from, each of k cameras; view i stands at eye `eye_of[i]` of the site."""

    eye_of: Int64[np.ndarray, "c"]
    T_world_cam: Float64[np.ndarray, "c k 4 4"]
    intrinsics: tuple[Intrinsics, ...]
    exact: bool = True
    """Whether the cameras are at their eyes; those of a rig are only near."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The chosen rows of the candidates, in the order of choice, and what they see."""

    rows: list[int]
    seen: Seen
    rejected: dict[str, int]


def choose_views(
    site: Site,
    candidates: Candidates,
    checks: ViewChecks,
    *,
    most: int | None,
    views: int | None,
    target: float,
) -> Choice:
    """As few views as cover the share `target` of the visible surface, at most `most`; up to `views` more
    from new sides.

    A view that fails a check when its turn comes is left out, and counted.
    """
    seen = Seen.nothing(site.surface, site.visible)
    rows: list[int] = []
    faults: list[str | None] = []
    left = np.ones(len(candidates.eye_of), dtype=bool)
    shares = (0.0,) if candidates.exact else _LEAST_SHARES
    rounds = [(True, max(1, int(share * site.visible.sum()))) for share in shares]
    rounds += [(False, int(_WORTHWHILE * 16 * site.visible.sum()))] * (views is not None)
    for first_look, least in rounds:
        enough = most if first_look else views
        queue = _Queue(site, candidates, np.flatnonzero(left), first_look)
        hoped = seen
        while (enough is None or len(rows) < enough) and not (first_look and seen.coverage >= target):
            row, gain = queue.best(hoped)
            if gain < least:
                break
            left[row] = False
            T = candidates.T_world_cam[row]
            points = seen.points_in(candidates.intrinsics, T)
            fault = first_fault(site.surface, checks, candidates.intrinsics, T)
            if fault is None and checks.max_overlap is not None:
                fault = SEEN_BEFORE if seen.overlap(points, T) > checks.max_overlap else None
            faults.append(fault)
            if fault is None:
                rows.append(row)
                seen = seen.and_also(points, T)
            if candidates.exact:
                hoped = seen
            elif fault in (None, SEEN_BEFORE):
                hoped = hoped.and_also(_promised(site, candidates, row), T)
    return Choice(rows, seen, counted(faults))


def _promised(site: Site, candidates: Candidates, row: int) -> list[np.ndarray]:
    """What each camera of a candidate would see from the eye that it is taken to have."""
    starts, members = site.sight
    eye = int(candidates.eye_of[row])
    near = members[starts[eye] : starts[eye + 1]]
    found = []
    for camera, T in zip(candidates.intrinsics, candidates.T_world_cam[row], strict=True):
        uv = camera.project((site.surface.points_m[near] - T[:3, 3]) @ T[:3, :3])
        found.append(near[((uv >= 0) & (uv < [camera.width, camera.height])).all(axis=1)])
    return found


class _Queue:
    """Candidates by what they add, looked at again only when they come to the top."""

    def __init__(self, site: Site, candidates: Candidates, rows: np.ndarray, first_look: bool) -> None:
        cameras = candidates.intrinsics
        sizes = [(k.fx, k.fy, k.cx, k.cy, k.width, k.height) for k in cameras]
        self._site, self._candidates, self._first_look = site, candidates, first_look
        self._frames = np.array(sizes, dtype=np.float64)
        self._heap: list[tuple[int, int]] = []
        self._fresh: dict[int, Seen] = {}
        self._unseen = rows

    def best(self, seen: Seen) -> tuple[int, int]:
        """Take out the candidate that adds most, and tell what it adds; (-1, 0) when none is left."""
        if len(self._unseen):
            self._heap = [(-gain, row) for row, gain in self._gains(self._unseen, seen)]
            heapq.heapify(self._heap)
            self._fresh = dict.fromkeys((row for _, row in self._heap), seen)
            self._unseen = self._unseen[:0]
        while self._heap:
            gain, row = heapq.heappop(self._heap)
            if self._fresh[row] is seen:
                return row, -gain
            stale = [row]
            while self._heap and len(stale) < _AT_ONCE and self._fresh[self._heap[0][1]] is not seen:
                stale.append(heapq.heappop(self._heap)[1])
            for again, new in self._gains(np.array(stale), seen):
                heapq.heappush(self._heap, (-new, again))
                self._fresh[again] = seen
        return -1, 0

    def _gains(self, rows: np.ndarray, seen: Seen) -> Sequence[tuple[int, int]]:
        one = self._candidates
        gains = seen.gains(
            rows, one.eye_of, self._site.sight, one.T_world_cam, self._frames, first_look=self._first_look
        )
        return list(zip(rows.tolist(), gains.tolist(), strict=True))


def coverage(
    site: Site, intrinsics: Sequence[Intrinsics], T_world_cam: Float64[np.ndarray, "n 4 4"]
) -> float:
    """Share of the surface visible from anywhere the robot can stand that is in one of n pictures."""
    return covered(site.surface, site.visible, intrinsics, T_world_cam)


def covered(
    surface: Surface,
    visible: np.ndarray,
    intrinsics: Sequence[Intrinsics],
    T_world_cam: Float64[np.ndarray, "n 4 4"],
) -> float:
    """Share of some points of a surface that is in one of n pictures."""
    seen = np.zeros(len(surface), dtype=bool)
    for camera, T in zip(intrinsics, T_world_cam, strict=True):
        seen |= surface.seen_by(camera, T)
    return float((seen & visible).sum() / max(int(visible.sum()), 1))
