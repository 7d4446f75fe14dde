"""poses.txt read line by line without giving up: what cannot be read becomes NaN and is remembered.

Which of the two layouts (7 or 16 numbers a line, see datasets/poses.py) the file has is told by its lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ...geometry import matrix_from_quat_xyzw, pose
from ..poses import ROTATION_TYPES

MAX_BYTES = 2**28
MAX_LINES_BESIDE_FRAMES = 1000
"""Lines beyond the frames are counted; only this many of them are read."""


@dataclass(frozen=True, eq=False)
class PoseLines:
    """The lines of a poses.txt that hold something, in their order.

    `rotation_type` is "mat" or "quat", as most lines say; `numbers` are theirs, NaN in rows of `unreadable`
    lines. `line_numbers` count from 1 in the file. `count` is the number of lines, also of those not read.
    """

    rotation_type: str
    numbers: Float64[np.ndarray, "n width"]
    line_numbers: tuple[int, ...]
    unreadable: tuple[int, ...]
    """Indices of lines that are not that many numbers."""
    count: int

    @property
    def translations_m(self) -> Float64[np.ndarray, "n 3"]:
        """Positions, as they stand in the file."""
        return self.numbers[:, [3, 7, 11]] if self.rotation_type == "mat" else self.numbers[:, :3]

    @property
    def rotation_numbers(self) -> Float64[np.ndarray, "n entries"]:
        """The nine entries of the matrices or the four of the quaternions (x, y, z, w), as they stand."""
        if self.rotation_type == "mat":
            return self.numbers[:, [0, 1, 2, 4, 5, 6, 8, 9, 10]]
        return self.numbers[:, 3:]

    @property
    def T_file(self) -> Float64[np.ndarray, "n 4 4"]:
        """Poses as they stand in the file, NaN where there is none; rotations are not mended."""
        R = np.full((len(self.numbers), 3, 3), np.nan)
        there = np.isfinite(self.numbers).all(axis=1)
        if self.rotation_type == "mat":
            R[there] = self.rotation_numbers[there].reshape(-1, 3, 3)
        else:
            length = np.linalg.norm(self.rotation_numbers, axis=1)
            there &= (length > 1e-6) & (length < 1e6)
            R[there] = matrix_from_quat_xyzw(self.rotation_numbers[there])
        return pose(R, self.translations_m)


def read_pose_lines(path: Path, frames: int) -> PoseLines | None:
    """The lines of a file for that many frames, or None when it is too large to be poses or not a file."""
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    rows: list[list[float] | None] = []
    line_numbers, count = [], 0
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, start=1):
            words = text.split("#")[0].split()
            if not words:
                continue
            count += 1
            if count <= frames + MAX_LINES_BESIDE_FRAMES:
                rows.append(_numbers(words))
                line_numbers.append(number)
    widths = [len(row) for row in rows if row is not None]
    rotation_type = max(ROTATION_TYPES, key=lambda name: widths.count(ROTATION_TYPES[name]))
    width = ROTATION_TYPES[rotation_type]
    numbers = np.full((len(rows), width), np.nan)
    unreadable = []
    for index, row in enumerate(rows):
        if row is None or len(row) != width:
            unreadable.append(index)
        else:
            numbers[index] = row
    return PoseLines(rotation_type, numbers, tuple(line_numbers), tuple(unreadable), count)


def _numbers(words: list[str]) -> list[float] | None:
    if len(words) > max(ROTATION_TYPES.values()):
        return None
    try:
        return [float(word) for word in words]
    except ValueError:
        return None
