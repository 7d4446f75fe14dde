"""Faults that grow or strike on the way: drift, and a jump where a loop was closed badly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float64, Int64

from .agreement import Agreement

LEAST_POINTS = 300
"""Agreeing and contradicting together, for a share of them to say something."""
_ENDS = 4
"""Frames at either end among which a jump is not looked for."""


@dataclass(frozen=True)
class Jump:
    """Where the poses of a recording break: before view `at`. Shares of points that agree."""

    at: int
    across: float
    within: float


def find_jump(found: Agreement) -> Jump | None:
    """The place at which the views before and after agree least, compared with those on one side.

    None where nothing can be said of any place. That the views are in the order of time is all that is used.
    """
    agree, contradict = _both_ways(found)
    count = len(agree)
    best: Jump | None = None
    for at in range(_ENDS, count - _ENDS + 1):
        across = _share(agree[:at, at:], contradict[:at, at:])
        before = _share(agree[:at, :at], contradict[:at, :at])
        after = _share(agree[at:, at:], contradict[at:, at:])
        if across is None or before is None or after is None:
            continue
        jump = Jump(at, across, min(before, after))
        if best is None or jump.within - jump.across > best.within - best.across:
            best = jump
    return best


def share_by_gap(found: Agreement, edges: Int64[np.ndarray, "e"]) -> Float64[np.ndarray, "_"]:
    """The share of points that agree between views edges[k] to edges[k + 1] - 1 apart; NaN where too few."""
    agree, contradict = _both_ways(found)
    gap = np.abs(np.subtract.outer(np.arange(len(agree)), np.arange(len(agree))))
    shares = []
    for low, high in pairwise(edges):
        apart = (gap >= low) & (gap < high)
        share = _share(agree[apart], contradict[apart])
        shares.append(np.nan if share is None else share)
    return np.array(shares)


def _both_ways(found: Agreement) -> tuple[np.ndarray, np.ndarray]:
    return found.agree + found.agree.T, found.contradict + found.contradict.T


def _share(agree: np.ndarray, contradict: np.ndarray) -> float | None:
    total = int(agree.sum() + contradict.sum())
    return float(agree.sum()) / total if total >= LEAST_POINTS else None
