"""Whether a view is worth taking: enough room, enough to see, and not what was seen already.

The shares and depths are of a coarse picture, one ray for each of its pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float64

from ...errors import BadValue
from ...geometry import Intrinsics
from .surface import Surface

TOO_NEAR = "too near a surface"
INSIDE = "inside of something"
BACKGROUND = "too much background"
CLOSE_UP = "something right before the camera"
SHALLOW = "mean depth too small"
BARE = "too few things in view"
SEEN_BEFORE = "seen before"
_LONGER_SIDE = 48
"""Pixels of the coarse picture."""
_INSIDE_SHARE = 0.5
"""Of the rays that hit something, from behind."""


@dataclass(frozen=True)
class ViewChecks:
    """What a view must be to be kept; None switches a check off."""

    min_clearance_m: float | None = 0.10
    """From the camera to the nearest surface, in any direction; also that it is inside of nothing."""
    max_background_share: float | None = 0.5
    """Of the picture's rays, those that hit nothing."""
    min_depth_m: float | None = 0.15
    """Of the nearest ray."""
    min_mean_depth_m: float | None = 0.5
    """Over the rays that hit something."""
    min_things: int | None = 2
    """Different instances in view; walls, floors and ceilings count."""
    max_overlap: float | None = 0.9
    """Share of the view's surface that kept views saw already from a similar side and distance.
    For planners that choose among many views."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            most = 1.0 if field.name in ("max_background_share", "max_overlap") else np.inf
            if value is not None and not 0 <= value <= most:
                raise BadValue(field.name, value, "0 to 1" if most == 1 else "0 or more, or none")


USUAL_CHECKS = ViewChecks()
OFF = ViewChecks(*(None,) * len(fields(ViewChecks)))
"""Everything is kept."""


def first_fault(
    surface: Surface,
    checks: ViewChecks,
    intrinsics: Sequence[Intrinsics],
    T_world_cam: Float64[np.ndarray, "k 4 4"],
) -> str | None:
    """Why a view is not worth taking, or None; of a rig's k cameras, all must have room and one must be good.

    The overlap with other views is not looked at here, but where views are chosen.
    """
    faults = [_crowded(surface, checks, T) for T in T_world_cam]
    crowded = next(filter(None, faults), None)
    if crowded is not None:
        return crowded
    faults = [_fault(surface, checks, camera, T) for camera, T in zip(intrinsics, T_world_cam, strict=True)]
    return faults[0] if all(faults) else None


def _crowded(surface: Surface, checks: ViewChecks, T_world_cam: Float64[np.ndarray, "4 4"]) -> str | None:
    if checks.min_clearance_m is None:
        return None
    clearance_m = float(surface.clearance_m(T_world_cam[None, :3, 3])[0])
    return TOO_NEAR if clearance_m < checks.min_clearance_m else None


def _fault(
    surface: Surface, checks: ViewChecks, intrinsics: Intrinsics, T_world_cam: Float64[np.ndarray, "4 4"]
) -> str | None:
    views = surface.look(coarse(intrinsics), T_world_cam[None])
    hit = views.instance[0] > 0
    depth_m = views.depth_m[0][hit].astype(np.float64)
    background = 1.0 - hit.mean()
    if checks.min_clearance_m is not None and views.back[0].sum() > _INSIDE_SHARE * max(hit.sum(), 1):
        return INSIDE
    if checks.max_background_share is not None and background > checks.max_background_share:
        return BACKGROUND
    if checks.min_depth_m is not None and depth_m.min(initial=np.inf) < checks.min_depth_m:
        return CLOSE_UP
    if checks.min_mean_depth_m is not None and len(depth_m) and depth_m.mean() < checks.min_mean_depth_m:
        return SHALLOW
    if checks.min_things is not None and len(np.unique(views.instance[0][hit])) < checks.min_things:
        return BARE
    return None


def coarse(intrinsics: Intrinsics) -> Intrinsics:
    """The same view in few pixels."""
    scale = _LONGER_SIDE / max(intrinsics.width, intrinsics.height)
    size = (max(1, round(side * scale)) for side in (intrinsics.width, intrinsics.height))
    return intrinsics.resized(*size)


def kept(
    surface: Surface,
    checks: ViewChecks,
    intrinsics: Sequence[Intrinsics],
    T_world_cam: Float64[np.ndarray, "s k 4 4"],
) -> tuple[list[int], dict[str, int]]:
    """The steps worth taking, and how many were left out for each reason."""
    faults = [first_fault(surface, checks, intrinsics, T) for T in T_world_cam]
    return [step for step, fault in enumerate(faults) if fault is None], counted(faults)


def counted(faults: Sequence[str | None]) -> dict[str, int]:
    """How often each reason occurs, in alphabetical order."""
    return {reason: faults.count(reason) for reason in sorted({fault for fault in faults if fault})}


def in_words(rejected: Mapping[str, int]) -> str:
    """Counts of reasons, as "2 too near a surface, 1 seen before"."""
    return ", ".join(f"{count} {reason}" for reason, count in rejected.items())


def both(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    """Two counts of reasons as one."""
    return {reason: a.get(reason, 0) + b.get(reason, 0) for reason in sorted({*a, *b})}
