"""Poses of a frame at known moments, and at any between them.

Between two moments positions lie on the line, and rotations on the great circle (slerp; Shoemake, SIGGRAPH
1985). Where two moments are farther apart than is asked, or on one side there is none, nothing is known: as
in tf2, poses are not carried on.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.spatial.transform import Rotation

from ...errors import BadFile
from ...geometry import pose
from ..poses import QUATERNION_TOLERANCE
from .reading import LARGEST_M


class Samples:
    """Poses of one child in one parent, as they came: bytes of numbers, not objects."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stamps = array("q")
        self.values = array("d")

    def add(self, stamp_ns: int, values: Sequence[float]) -> None:
        """Note a pose: x y z qx qy qz qw."""
        self.stamps.append(stamp_ns)
        self.values.extend(values)

    def keep_last(self) -> None:
        """Of a static transform only the last is needed."""
        del self.stamps[:-1], self.values[:-7]


@dataclass(frozen=True, eq=False)
class Track:
    """Poses of a frame in another at known moments, sorted, none twice."""

    what: str
    stamps_ns: Int64[np.ndarray, "n"]
    p_m: Float64[np.ndarray, "n 3"]
    quat_xyzw: Float64[np.ndarray, "n 4"]

    def at(
        self, wanted_ns: Int64[np.ndarray, "k"], max_gap_ns: int, interpolate: bool
    ) -> tuple[Float64[np.ndarray, "k 4 4"], Bool[np.ndarray, "k"]]:
        """Poses at the moments wanted, and where they are known."""
        last = len(self.stamps_ns) - 1
        after = np.minimum(np.searchsorted(self.stamps_ns, wanted_ns), last)
        exact = self.stamps_ns[after] == wanted_ns
        before = np.where(exact, after, np.maximum(after - 1, 0))
        gap_ns = self.stamps_ns[after] - self.stamps_ns[before]
        since_ns = wanted_ns - self.stamps_ns[before]
        inside = (since_ns >= 0) & (since_ns <= gap_ns)
        share = np.where(inside, since_ns / np.maximum(gap_ns, 1), 0.0)
        if not interpolate:
            share = np.rint(share)
        start, end = (Rotation.from_quat(self.quat_xyzw[at]) for at in (before, after))
        turn = (start.inv() * end).as_rotvec()
        R = (start * Rotation.from_rotvec(share[:, None] * turn)).as_matrix()
        p_m = self.p_m[before] + share[:, None] * (self.p_m[after] - self.p_m[before])
        return pose(R, p_m), inside & (gap_ns <= max_gap_ns)

    @property
    def usual_gap_s(self) -> float:
        """The median time between two moments."""
        return float(np.median(np.diff(self.stamps_ns)) / 1e9) if len(self.stamps_ns) > 1 else np.inf


def track_of(what: str, samples: Samples) -> Track:
    """The poses that came, in order. Raises BadFile where they are no poses."""
    stamps_ns = np.array(samples.stamps, dtype=np.int64)
    values = np.array(samples.values, dtype=np.float64).reshape(-1, 7)
    if not (np.abs(values) < LARGEST_M).all():
        raise BadFile(samples.path, f"{what} has values that are no metres or quaternions", "Record it anew.")
    length = np.linalg.norm(values[:, 3:], axis=1)
    worst = int(np.abs(length - 1).argmax())
    if abs(length[worst] - 1) > QUATERNION_TOLERANCE:
        problem = f"{what} has a quaternion of length {length[worst]:.4g}"
        raise BadFile(samples.path, problem, "Rotations are unit quaternions x y z w.")
    stamps_ns, first = np.unique(stamps_ns, return_index=True)
    return Track(what, stamps_ns, values[first, :3], values[first, 3:])
