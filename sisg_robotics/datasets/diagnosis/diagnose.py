"""The diagnosis of a recording: from stored numbers to what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from .agreement import NEAR_IN_TIME, Agreement, agreement, matches
from .colour import MATCHES, ColourVerdict, find_lay
from .over_time import Jump, find_jump, share_by_gap
from .reading import Reading
from .refine import Fit, fit, of_drift, of_the_camera
from .search import GOOD_SHARE, Verdict, find_faults, right
from .upright import Upright, find_upright
from .views import Views

_FINE = 0.3
"""Of what counts as the same depth, for recordings without noise."""
_LEAST_TO_FIT = 0.3


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """All that cross-view evidence says of a recording."""

    views: Views
    verdict: Verdict
    camera: Fit | None
    """The camera's numbers, fitted to the best reading; None where it is too wrong for that."""
    reading: Reading
    """The best reading with the camera's numbers put right."""
    found: Agreement
    """How well its views agree."""
    by_gap: Float64[np.ndarray, "2"]
    """The share of points that agree, near in time and farther apart."""
    jump: Jump | None
    drift: Fit | None
    colour: ColourVerdict | None
    upright: Upright | None

    @property
    def told(self) -> bool:
        """Whether the views agree in the end."""
        return right(self.found)


def diagnose(
    views: Views,
    stated: Reading,
    brightness: Callable[[], Float32[np.ndarray, "n h w"]] | None = None,
) -> Diagnosis:
    """Look for what is wrong with a reading. `brightness` gives colour pictures of the views, in grey."""
    verdict = find_faults(views, stated)
    reading, camera = verdict.best.reading, verdict.best.camera
    if camera is None and verdict.best.agreement.share >= _LEAST_TO_FIT:
        camera = fit(views, reading, of_the_camera())
        if agreement(views, camera.reading).worth > verdict.best.agreement.worth:
            reading = camera.reading
    found = agreement(views, reading)
    edges = np.array([1, NEAR_IN_TIME, len(views.frames)])
    noisy = 1.0 if camera is None or camera.noise > 0.12 else _FINE
    fine = agreement(views, reading, times=noisy)
    return Diagnosis(
        views=views,
        verdict=verdict,
        camera=camera,
        reading=reading,
        found=found,
        by_gap=share_by_gap(fine, edges),
        jump=find_jump(fine),
        drift=fit(views, reading, of_drift(len(reading.T_world_cam)))
        if found.share >= _LEAST_TO_FIT
        else None,
        colour=_colour(views, reading, found, brightness),
        upright=find_upright(views, reading),
    )


def _colour(
    views: Views,
    reading: Reading,
    found: Agreement,
    brightness: Callable[[], Float32[np.ndarray, "n h w"]] | None,
) -> ColourVerdict | None:
    if brightness is None or found.share < GOOD_SHARE:
        return None
    return find_lay(brightness(), matches(views, reading, MATCHES), views.size)
