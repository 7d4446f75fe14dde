"""How a depth camera's noise grows with distance z and with the angle theta at which it sees a surface.

Every published law used here is of one form; `catalogue.py` has the numbers with their sources.

    along the ray    sigma_z = a0 + a1 z + a2 z^2 + g z^p theta^2 / (pi/2 - theta)^2       metres
    across it        sigma_L = b0 + b1 theta / (pi/2 - theta) + f c / z                    pixels
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import no_type_check

import numpy as np

from ..._numba import njit
from ...errors import BadValue

STEEPEST_RAD = np.radians(89.0)
"""The laws have a pole at 90 degrees; beyond this angle they stay what they are here."""
SPREAD_LIMIT = 2.5
"""No grazing limit strays further than this many spreads, so that dropouts stay where they are said to be."""


@dataclass(frozen=True)
class AxialNoise:
    """Standard deviation of depth, the rounding to levels included. `at` is the law."""

    a0_m: float = 0.0
    a1: float = 0.0
    a2_per_m: float = 0.0
    grazing: float = 0.0
    """g of the law; metres^(1 - p)."""
    grazing_power: float = 0.0
    grazing_from_rad: float = 0.0
    """Below this angle the last term is left out."""

    def __post_init__(self) -> None:
        if not np.all(np.isfinite(astuple(self))) or self.grazing < 0:
            raise BadValue("axial noise", astuple(self), "finite numbers, with grazing at least 0")

    def at(self, depth_m: float, angle_rad: float = 0.0) -> float:
        """Standard deviation in metres at a distance, for a surface seen at an angle (0 is face on)."""
        return float(axial_sigma_m(tuple(map(float, astuple(self))), float(depth_m), float(angle_rad)))


@dataclass(frozen=True)
class LateralNoise:
    """Standard deviation of where a depth edge is seen, in pixels."""

    b0_px: float = 0.0
    b1_px: float = 0.0
    c_m: float = 0.0

    def __post_init__(self) -> None:
        if not all(np.isfinite(value) and value >= 0 for value in astuple(self)):
            raise BadValue("lateral noise", astuple(self), "finite numbers of at least 0")


@dataclass(frozen=True)
class Grazing:
    """Surfaces seen at more than about `limit_rad` return nothing; `spread_rad` is its standard deviation."""

    limit_rad: float = float(np.pi / 2)
    spread_rad: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.limit_rad <= np.pi / 2 and 0 <= self.spread_rad < 1):
            raise BadValue("grazing", astuple(self), "a limit up to pi/2 and a spread below 1, in radians")


def law_numbers(axial: AxialNoise, lateral: LateralNoise, grazing: Grazing) -> list[tuple[float, ...]]:
    """The three laws as compiled code wants them."""
    return [tuple(map(float, astuple(law))) for law in (axial, lateral, grazing)]


@njit(cache=True, nogil=True)
@no_type_check
def axial_sigma_m(axial, z, angle):
    """The law of AxialNoise."""
    a0, a1, a2, grazing, power, start = axial
    sigma = a0 + a1 * z + a2 * z * z
    if grazing > 0.0 and angle >= start:
        angle = min(angle, STEEPEST_RAD)
        sigma += grazing * z**power * (angle / (np.pi / 2 - angle)) ** 2
    return max(sigma, 0.0)


@njit(cache=True, nogil=True)
@no_type_check
def lateral_sigma_px(lateral, z, angle, focal_px):
    """The law of LateralNoise."""
    b0, b1, c = lateral
    angle = min(angle, STEEPEST_RAD)
    return b0 + b1 * angle / (np.pi / 2 - angle) + focal_px * c / z


@njit(cache=True, nogil=True)
@no_type_check
def too_oblique(grazing, angle, chance):
    """Whether a surface at this angle returns nothing; `chance` is normal."""
    limit, spread = grazing
    return angle > limit + spread * min(max(chance, -SPREAD_LIMIT), SPREAD_LIMIT)
