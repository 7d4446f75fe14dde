"""The diagnosis of a recording: from stored numbers to what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64

from .agreement import NEAR_IN_TIME, Agreement, agreement, matches
from .camera import CameraFit, by_leaving_out, fit_camera
from .colour import MATCHES, ColourVerdict, find_lay, find_moment
from .over_time import Jump, find_jump, share_by_gap
from .reading import Reading
from .refine import Fit, fit
from .search import AS_GOOD, GOOD_SHARE, Trial, Verdict, find_faults, right, right_near_in_time
from .unknowns import of_drift
from .upright import Upright, find_upright
from .views import Views

_FINE = 0.3
"""Of what counts as the same depth, for recordings without noise."""
_LEAST_TO_FIT = 0.3
_LEAST_MOVED = 0.02
"""Of the picture's width, between a point in one view and in another, for the two to be told apart."""
NOISY = 0.12
"""Typical difference, as a share of what counts as the same depth, above which depth is noisy."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """All that cross-view evidence says of a recording."""

    views: Views
    verdict: Verdict
    camera: CameraFit | None
    """The camera's numbers, fitted to the best reading; None where it is too wrong for that."""
    reading: Reading
    """The best reading with the camera's numbers put right."""
    found: Agreement
    """How well its views agree."""
    by_gap: Float64[np.ndarray, "2"]
    """The share of points that agree, near in time and farther apart."""
    jump: Jump | None
    drift: Fit | None
    without_drift: float
    """The share of points that agree once an even drift is taken out; 0 where none could be fitted."""
    colour: ColourVerdict | None
    upright: Upright | None

    @property
    def told(self) -> bool:
        """Whether the views agree in the end."""
        return right(self.found)

    @property
    def evidence(self) -> dict[str, float]:
        """How well views agree as stated, mended, and by the next best explanation."""
        second = self.verdict.second
        said = {
            "agree_as_stated": self.verdict.stated.agreement.share,
            "agree_when_mended": self.verdict.best.agreement.share,
        }
        return said if second is None else said | {"agree_next_best": second.agreement.share}


def diagnose(
    views: Views,
    stated: Reading,
    brightness: Callable[[int], Float32[np.ndarray, "n h w"]] | None = None,
) -> Diagnosis:
    """Look for what is wrong with a reading. `brightness` gives colour pictures in grey: of the views
    for 0, of frames later by so many for other numbers.
    """
    verdict = find_faults(views, stated)
    verdict, camera, found = _with_camera(views, verdict)
    reading = verdict.best.reading if camera is None else camera.reading
    noisy = camera is None or camera.fit.noise > NOISY
    fine = agreement(views, reading, times=1.0 if noisy else _FINE)
    fits = found.share >= _LEAST_TO_FIT
    drift = fit(views, reading, of_drift(len(reading.T_world_cam))) if fits else None
    return Diagnosis(
        views=views,
        verdict=verdict,
        camera=camera,
        reading=reading,
        found=found,
        by_gap=share_by_gap(fine, np.array([1, NEAR_IN_TIME, len(views.frames)])),
        jump=find_jump(fine),
        drift=drift,
        without_drift=0.0 if drift is None else agreement(views, drift.reading).share,
        colour=_colour(views, reading, found, brightness),
        upright=find_upright(views, reading),
    )


def _with_camera(views: Views, verdict: Verdict) -> tuple[Verdict, CameraFit | None, Agreement]:
    """The verdict with the camera's numbers fitted, and how well views agree then.

    What a number of the camera explains is no fault of another kind: where the stated reading fits as well as
    the best one, it is the best.
    """
    camera, found = _camera(views, verdict.best)
    if verdict.best.faults and verdict.plausible and verdict.stated.agreement.share >= _LEAST_TO_FIT:
        other = fit_camera(views, verdict.stated.reading)
        found_other = agreement(views, other.reading)
        if right(found_other) and found_other.worth >= AS_GOOD * found.worth:
            return replace(verdict, best=verdict.stated), other, found_other
    return verdict, camera, found


def _camera(views: Views, best: Trial) -> tuple[CameraFit | None, Agreement]:
    """The camera's numbers fitted to a reading, where that makes views agree better, and how well they do."""
    if best.unfitted is None and best.agreement.share < _LEAST_TO_FIT:
        return None, best.agreement
    start = best.reading if best.unfitted is None else best.unfitted
    camera = fit_camera(views, start)
    found = agreement(views, camera.reading)
    far_off = not (right(found) or right_near_in_time(found))
    if (best.unfitted is not None and found.worth < AS_GOOD * best.agreement.worth) or far_off:
        other = by_leaving_out(views, start)
        found_other = agreement(views, other.reading)
        if right(found_other) and found_other.worth > found.worth:
            camera, found = other, found_other
    if camera.groups and found.worth < AS_GOOD * best.agreement.worth:
        return None, best.agreement
    return camera, found


def _colour(
    views: Views,
    reading: Reading,
    found: Agreement,
    brightness: Callable[[int], Float32[np.ndarray, "n h w"]] | None,
) -> ColourVerdict | None:
    if brightness is None or found.share < GOOD_SHARE:
        return None
    found_again = matches(views, reading, MATCHES)
    moved = np.abs(found_again[:, 1:3] - found_again[:, 4:6]).max(axis=1) > _LEAST_MOVED * views.size[0]
    found_again = found_again[moved]  # a camera that stands still says nothing on how colour lies over depth
    lay = find_lay(brightness(0), found_again, views.size)
    return find_moment(brightness, found_again, views.size, lay)
