"""Moments: stamps read exactly, two streams matched by them, poses at any time between two known ones."""

from __future__ import annotations

import heapq
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.spatial.transform import Rotation, Slerp

from ...errors import BadFile
from ...geometry import pose

LATEST_S = 9_000_000_000
"""The year 2255; nanoseconds up to there fit 64 bits."""


def stamp_ns(path: Path, number: int, word: str) -> int:
    """Seconds as written ("1305031102.175304"), in nanoseconds, without the rounding of a float."""
    try:
        seconds = Decimal(word)
    except InvalidOperation as error:
        raise BadFile(path, f"line {number} begins with {word[:40]!r}, not a stamp in seconds") from error
    if not (seconds.is_finite() and -LATEST_S < seconds < LATEST_S):  # abs() would overflow
        raise BadFile(path, f"line {number} has the stamp {word[:40]}", "Stamps are seconds.")
    return round(seconds * 10**9)


def associate(
    first_ns: Int64[np.ndarray, "n"], second_ns: Int64[np.ndarray, "m"], max_difference_ns: int
) -> Int64[np.ndarray, "k 2"]:
    """Pairs (i, j) of one stamp of each stream, closest pairs first, each stamp used once; sorted by i.

    As TUM's associate.py does, of which this gives the result: there all pairs are listed and sorted. The
    closest two that are left always stand side by side in time, so it is enough to keep a heap of
    neighbours, which takes n log n. Both streams must be sorted and without repetition.
    """
    stamps = np.concatenate([first_ns, second_ns])
    order = np.argsort(stamps, kind="stable")
    stream = (order >= len(first_ns)).tolist()
    at, source = stamps[order].tolist(), order.tolist()
    left, right = list(range(-1, len(at) - 1)), [*range(1, len(at)), -1]
    taken = [False] * len(at)
    heap: list[tuple[int, int, int]] = []

    def offer(a: int, b: int) -> None:
        if a >= 0 and b >= 0 and stream[a] != stream[b] and at[b] - at[a] < max_difference_ns:
            heapq.heappush(heap, (at[b] - at[a], a, b))

    for place in range(len(at) - 1):
        offer(place, place + 1)
    pairs = []
    while heap:
        _, a, b = heapq.heappop(heap)
        if taken[a] or taken[b]:
            continue
        taken[a] = taken[b] = True
        first, second = (a, b) if stream[b] else (b, a)
        pairs.append((source[first], source[second] - len(first_ns)))
        before, after = left[a], right[b]
        if before >= 0:
            right[before] = after
        if after >= 0:
            left[after] = before
        offer(before, after)
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def poses_at(
    wanted_ns: Int64[np.ndarray, "n"],
    known_ns: Int64[np.ndarray, "m"],
    p_m: Float64[np.ndarray, "m 3"],
    quat_xyzw: Float64[np.ndarray, "m 4"],
    *,
    max_difference_ns: int,
    interpolate: bool = True,
) -> tuple[Float64[np.ndarray, "n 4 4"], Bool[np.ndarray, "n"]]:
    """Poses at the moments wanted, and where there is one: some known pose at most that far away in time.

    Between two known poses that are both that near: positions on the line, rotations on the great circle
    (slerp; Shoemake, SIGGRAPH 1985). Else, and with `interpolate=False`: the nearest. `known_ns` is sorted
    and without repetition.
    """
    after = np.clip(np.searchsorted(known_ns, wanted_ns), 1, max(1, len(known_ns) - 1))
    before = after - 1
    after = np.minimum(after, len(known_ns) - 1)
    since, until = np.abs(wanted_ns - known_ns[before]), np.abs(known_ns[after] - wanted_ns)
    nearest = np.where(since <= until, before, after)
    there = np.minimum(since, until) <= max_difference_ns
    R = Rotation.from_quat(quat_xyzw[nearest]).as_matrix()
    p = p_m[nearest].astype(np.float64)
    inside = (known_ns[before] <= wanted_ns) & (wanted_ns <= known_ns[after])
    between = inside & (np.maximum(since, until) <= max_difference_ns) & (before < after)
    if interpolate and between.any():
        seconds = (known_ns - known_ns[0]) / 1e9  # small numbers keep the nanoseconds
        moments = (wanted_ns[between] - known_ns[0]) / 1e9
        R[between] = Slerp(seconds, Rotation.from_quat(quat_xyzw))(moments).as_matrix()
        p[between] = np.stack([np.interp(moments, seconds, p_m[:, axis]) for axis in range(3)], axis=-1)
    return pose(R, p), there
