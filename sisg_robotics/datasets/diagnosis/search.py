"""Which faults explain a recording: all single ones are tried, then pairs, and what agrees best is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .agreement import Agreement, agreement
from .faults import Fault, depth_units, readings_with, usual_faults
from .reading import Reading
from .refine import fit
from .unknowns import of_the_camera
from .views import Views

GOOD_SHARE = 0.85
"""Of the points that should be seen again, those that are, where the reading is right."""
CLEARLY_BETTER = 0.08
"""Of its own worth, by which a reading must be better than one with a fault less to be believed instead."""
AS_GOOD = 0.97
"""A reading of at least this part of the best one's worth cannot be told from it."""
LEAST_SEEN_AGAIN = 0.2
"""In how many other frames a point must be found, on average, for anything to be told."""
_COARSE_FRAMES, _COARSE_POINTS = 40, 60
_FINALISTS = 12
_TO_FIT = 4


@dataclass(frozen=True, eq=False)
class Trial:
    """A reading, the faults that it takes back, and how well its frames agree."""

    faults: tuple[Fault, ...]
    reading: Reading
    agreement: Agreement
    unfitted: Reading | None = None
    """The reading before the camera's numbers were fitted to make it agree; None where they were not."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """What was found by trying. `as_good` are other readings that explain the recording just as well."""

    stated: Trial
    best: Trial
    as_good: tuple[Trial, ...]
    second: Trial | None
    """The best of those that are not as good."""
    plausible: bool
    """Whether the stated reading has depths that a camera sees."""


def find_faults(views: Views, stated: Reading) -> Verdict:
    """Try what may be wrong until one reading agrees.

    First every single fault; then the best of these with the camera's numbers fitted; then, unless some
    reading agrees between views near in time (poses drift, or jump), every two faults together.
    """
    coarse = views.fewer(_COARSE_FRAMES, _COARSE_POINTS)
    faults, units = usual_faults(), depth_units(views.typical)
    none = _tried(views, [((), stated)])[0]
    trials = [] if units else [none]
    for count in (0, 1) if units else (1,):
        trials = _finals(views, coarse, readings_with(stated, units, faults, count), trials)
    if not any(right(trial.agreement) or right_near_in_time(trial.agreement) for trial in trials):
        trials += [_fitted(views, trial) for trial in _best(trials)[:_TO_FIT]]
    if not any(right(trial.agreement) or right_near_in_time(trial.agreement) for trial in trials):
        trials = _finals(views, coarse, readings_with(stated, units, faults, 2), trials)
    return _verdict(none, trials, plausible=not units)


def right(found: Agreement) -> bool:
    """Whether views agree, and see enough of the same places for that to mean something."""
    return found.share >= GOOD_SHARE and found.seen_again >= LEAST_SEEN_AGAIN


def right_near_in_time(found: Agreement) -> bool:
    """The same for views near in time alone."""
    return right(found.near_in_time)


def _verdict(stated: Trial, trials: list[Trial], plausible: bool) -> Verdict:
    order = _best(trials)
    if not right(order[0].agreement):
        order = sorted(trials, key=lambda trial: -trial.agreement.near_in_time.worth)
    if not right_near_in_time(order[0].agreement):
        return Verdict(stated, _best(trials)[0], (), None, plausible)
    best = _simplest(order)
    if best.unfitted is not None:  # the same reading may be reached from several
        best = min((trial for trial in order if _as_good(trial, best)), key=lambda trial: len(trial.faults))
    others = [trial for trial in order if trial is not best]
    as_good = tuple(trial for trial in others if trial.unfitted is None and _as_good(trial, best))
    rest = [trial for trial in others if trial not in as_good]
    return Verdict(stated, best, as_good, rest[0] if rest else None, plausible)


def _simplest(order: list[Trial]) -> Trial:
    """The best, or one with fewer faults that is nearly as good."""
    best = order[0]
    for trial in sorted(order, key=lambda trial: (len(trial.faults), -trial.agreement.worth)):
        margin = (1 + CLEARLY_BETTER) ** (len(best.faults) - len(trial.faults))
        if trial.agreement.worth * margin >= best.agreement.worth > 0:
            return trial
    return best


def _as_good(trial: Trial, best: Trial) -> bool:
    return trial is best or trial.agreement.worth >= AS_GOOD * best.agreement.worth > 0


def _best(trials: list[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: -trial.agreement.worth)


def _fitted(views: Views, trial: Trial) -> Trial:
    reading = fit(views, trial.reading, of_the_camera()).reading
    return Trial(trial.faults, reading, agreement(views, reading), unfitted=trial.reading)


def _finals(
    views: Views,
    coarse: Views,
    readings: Iterable[tuple[tuple[Fault, ...], Reading]],
    trials: list[Trial],
) -> list[Trial]:
    """`trials` and the most promising of some readings, compared in full."""
    first = _best(_tried(coarse, readings))[:_FINALISTS]
    return trials + _tried(views, [(trial.faults, trial.reading) for trial in first])


def _tried(views: Views, readings: Iterable[tuple[tuple[Fault, ...], Reading]]) -> list[Trial]:
    return [Trial(faults, reading, agreement(views, reading)) for faults, reading in readings]
