"""Poses printed with too few digits: the decimal grid they lie on, and what it does to the pictures.

A number printed with d decimals is a multiple of 10^-d, and its last digits are any of ten. Positions on a
grid for another reason (a planner's cells, steps of 0.25 m) have few different last digits; rotations that
are exact at few digits, such as quarter turns, stay rotations, while rounded ones do not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from ...geometry import rigid_error
from .pose_lines import PoseLines

MAX_DECIMALS = 8
LEAST_VALUES = 10
"""Fewer different numbers do not tell a grid."""
LEAST_LAST_DIGITS = 7
"""Of ten, how many different last digits there must be for numbers to be rounded ones."""
FEW = 4
"""The same two, where rotations that are none show that the file was rounded."""
INEXACT = (0.02, 4.0)
"""In units of the grid, how far from rigid rounded rotations are: typically at least, and at most."""


class Grids(NamedTuple):
    """The decimal grid on which numbers were rounded; 0 where none can be seen."""

    translation_m: float
    rotation: float
    """Of entries of matrices or quaternions."""
    rotation_error_rad: float
    """How far off a rotation can be for that."""

    def error_px(self, focal_px: float, depth_m: float) -> float:
        """How many pixels a point at that depth can be off."""
        return focal_px * (self.translation_m / 2 / depth_m + self.rotation_error_rad)


def find_grids(lines: PoseLines) -> Grids:
    """The grids of a file's poses."""
    finite = np.isfinite(lines.numbers).all(axis=1)
    rotation = decimal_grid(lines.rotation_numbers[finite], FEW, FEW)
    if rotation:
        error = np.median(rotation_errors(lines)[finite]) / rotation
        rotation = rotation if INEXACT[0] <= error <= INEXACT[1] else 0.0
    turn = np.sqrt(2) if lines.rotation_type == "mat" else 2.0  # d(angle) = 2 d(half angle)
    few = (FEW, FEW) if rotation else ()
    return Grids(decimal_grid(lines.translations_m[finite], *few), rotation, turn * rotation / 2)


def rotation_errors(lines: PoseLines) -> Float64[np.ndarray, "n"]:
    """How far each line's rotation is from one: max |R^T R - I|, or the quaternion's length from 1.

    NaN where the line is not all finite numbers.
    """
    errors = np.full(len(lines.numbers), np.nan)
    finite = np.isfinite(lines.numbers).all(axis=1)
    if lines.rotation_type == "mat":
        errors[finite] = rigid_error(lines.numbers[finite].reshape(-1, 4, 4))
    else:
        errors[finite] = np.abs(np.linalg.norm(lines.rotation_numbers[finite], axis=1) - 1)
    errors[finite & np.isnan(errors)] = np.inf  # numbers so large that their squares overflow
    return errors


def decimal_grid(
    numbers: Float64[np.ndarray, "n columns"],
    least_values: int = LEAST_VALUES,
    least_last_digits: int = LEAST_LAST_DIGITS,
) -> float:
    """10^-d where all numbers were rounded to d decimals, 0 where that cannot be seen."""
    varying = [column for column in numbers.T if len(np.unique(column)) > 1]
    values = np.unique(np.concatenate(varying)) if varying else np.zeros(0)
    if len(values) < least_values:
        return 0.0
    for decimals in range(MAX_DECIMALS + 1):
        scaled = values * 10.0**decimals
        if np.abs(scaled - np.rint(scaled)).max() < 1e-4:
            digits = np.unique(np.rint(np.abs(scaled)).astype(np.int64) % 10)
            return 10.0**-decimals if len(digits) >= least_last_digits else 0.0
    return 0.0
