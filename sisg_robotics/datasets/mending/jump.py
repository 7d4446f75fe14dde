"""Taking a jump back: where what comes after it belongs, found on a grid and then fitted."""

from __future__ import annotations

from itertools import product

import numpy as np
from jaxtyping import Float64

from ..diagnosis.agreement import agreement
from ..diagnosis.reading import Reading
from ..diagnosis.refine import fit_from_afar
from ..diagnosis.unknowns import applied, of_a_jump
from ..diagnosis.views import Views

MOVES_M = np.linspace(-0.75, 0.75, 11)
TURNS_RAD = np.linspace(-0.1, 0.1, 5)
"""What is tried along the level axes and about the upright one; the fit does the rest."""
_FRAMES, _POINTS = 24, 40


def jump_taken_back(views: Views, reading: Reading, at: int) -> Float64[np.ndarray, "n 4 4"]:
    """Camera poses with those from frame `at` on moved to where views agree with the ones before."""
    unknowns = of_a_jump(len(reading.T_world_cam), at)
    few = views.fewer(_FRAMES, _POINTS)
    tried = [
        applied(reading, unknowns, np.array([x, y, 0.0, 0.0, 0.0, turn]))
        for x, y, turn in product(MOVES_M, MOVES_M, TURNS_RAD)
    ]
    best = max(tried, key=lambda one: agreement(few, one).worth)
    return fit_from_afar(views, best, unknowns).T_world_cam
