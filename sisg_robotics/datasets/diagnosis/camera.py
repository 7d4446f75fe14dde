"""Which of the camera's numbers are off: those that it takes to explain how frames disagree, and no others.

Fitted all together, the numbers take over each other's part, and a lens that is not quite a pinhole spreads
over all of them. So they are taken up group by group: first the one that alone explains most, then another
only where it explains clearly more still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .reading import Reading
from .refine import FRAMES, POINTS, Fit, fit
from .unknowns import Unknown, of_the_camera
from .views import Views

GROUPS: Mapping[str, tuple[str, ...]] = {
    "focal-length": ("log_focal",),
    "pose-scale": ("log_scale",),
    "principal-point": ("centre_x_px", "centre_y_px"),
    "camera-mount": ("mount_x_rad", "mount_y_rad", "mount_z_rad"),
    "camera-offset": ("mount_x_m", "mount_y_m", "mount_z_m"),
}
"""What is fitted together, by the code of the finding that it becomes."""
MUST_EXPLAIN = 0.06
"""Of the misfit, what a group must take away to be taken up."""
_MOST_GROUPS = 3


@dataclass(frozen=True, eq=False)
class CameraFit:
    """The groups that are off, the most telling first, and their numbers."""

    groups: tuple[str, ...]
    fit: Fit

    @property
    def reading(self) -> Reading:
        """The reading with these numbers put right."""
        return self.fit.reading


def fit_camera(views: Views, reading: Reading) -> CameraFit:
    """Take up groups as long as each explains clearly more; often none."""
    views = views.fewer(FRAMES, POINTS)
    groups: tuple[str, ...] = ()
    best = fit(views, reading, ())
    while len(groups) < _MOST_GROUPS:
        some, found = _best(views, reading, [(*groups, group) for group in GROUPS if group not in groups])
        if not _clearly_less(found, best):
            break
        groups, best = some, found
    return CameraFit(groups, best)


def by_leaving_out(views: Views, reading: Reading) -> CameraFit:
    """Fit all of them, then leave out what can be spared: where several are so far off that none explains
    anything alone.
    """
    views = views.fewer(FRAMES, POINTS)
    groups = tuple(GROUPS)
    best = _fitted(views, reading, groups)
    while len(groups) > 1:
        fewer = [tuple(other for other in groups if other != group) for group in groups]
        some, found = _best(views, reading, fewer)
        if _clearly_less(best, found):
            break
        groups, best = some, found
    return CameraFit(groups, best)


def _best(views: Views, reading: Reading, choices: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], Fit]:
    """Of some choices of groups, the one that leaves the least misfit."""
    fits = [(groups, _fitted(views, reading, groups)) for groups in choices]
    return min(fits, key=lambda found: found[1].misfit)


def _clearly_less(one: Fit, other: Fit) -> bool:
    return one.misfit <= (1 - MUST_EXPLAIN) * other.misfit


def _fitted(views: Views, reading: Reading, groups: tuple[str, ...]) -> Fit:
    return fit(views, reading, _numbers(groups))


def _numbers(groups: tuple[str, ...]) -> list[Unknown]:
    names = [name for group in groups for name in GROUPS[group]]
    return [unknown for unknown in of_the_camera() if unknown.name in names]
