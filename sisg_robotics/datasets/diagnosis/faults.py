"""What may be wrong with a recording's conventions, and what takes each fault back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

import numpy as np

from .reading import (
    Reading,
    Undo,
    camera_axes,
    focal_times,
    inverted,
    moved_along,
    other_axes,
    translations_times,
    wxyz_read_as_xyzw,
    xyzw_read_as_wxyz,
)

MOST_SHIFT = 5
PLAUSIBLE_DEPTH_M = (0.2, 25.0)
"""The median depth of a recording indoors or around a robot."""
DEPTH_UNITS_M = {
    "millimetres": 1e-3,
    "centimetres": 1e-2,
    "5000 to a metre": 1 / 5000,
    "6553.5 to a metre": 1 / 6553.5,
}
_FOCAL_FACTORS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0)
"""Steps; how long the focal length really is comes from refinement."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. Faults of a group exclude each other; `undo`s apply in the order of groups."""

    code: str
    detail: str
    group: str
    undo: Undo = field(repr=False, compare=False)


GROUPS = (
    "rotation order",
    "pose unit",
    "direction",
    "axes",
    "shift",
    "depth kind",
    "picture",
    "focal length",
)


def usual_faults() -> list[Fault]:
    """Every fault that is looked for by trying, but for the unit of depth."""
    faults = [
        Fault("quaternion-order", "written as w x y z, read as x y z w", GROUPS[0], wxyz_read_as_xyzw),
        Fault("quaternion-order", "written as x y z w, read as w x y z", GROUPS[0], xyzw_read_as_wxyz),
        Fault("pose-unit", "millimetres", GROUPS[1], translations_times(1e-3)),
        Fault("pose-unit", "centimetres", GROUPS[1], translations_times(1e-2)),
        Fault("poses-inverted", "world-to-camera", GROUPS[2], inverted),
        Fault("camera-axes", "opengl", GROUPS[3], camera_axes("opengl")),
        Fault("camera-axes", "isaac_world", GROUPS[3], camera_axes("isaac_world")),
        Fault("depth-radial", "along the ray", GROUPS[5], lambda reading: replace(reading, radial=True)),
        *(
            Fault("depth-mirrored", "turned over", GROUPS[6], _turned_over(mirrored, upside_down))
            for mirrored, upside_down in ((True, False), (False, True), (True, True))
        ),
    ]
    faults += [
        Fault("camera-axes", _axes_name(R), GROUPS[3], other_axes(R))
        for R in _quarter_turns()
        if not _named(R)
    ]
    faults += [
        Fault("poses-shifted", f"{frames:+d} frames", GROUPS[4], moved_along(frames))
        for frames in range(-MOST_SHIFT, MOST_SHIFT + 1)
        if frames
    ]
    faults += [Fault("focal-length", f"{f:g} times", GROUPS[7], focal_times(f)) for f in _FOCAL_FACTORS]
    return faults


def depth_units(typical: float) -> list[Fault]:
    """The units in which a median depth of `typical` is plausible; none where it is in metres."""
    low, high = PLAUSIBLE_DEPTH_M
    if typical <= 0 or low <= typical <= high:
        return []
    return [
        Fault("depth-unit", name, "depth unit", _depth_in(unit))
        for name, unit in DEPTH_UNITS_M.items()
        if low <= typical * unit <= high
    ]


def readings_with(
    stated: Reading, units: Sequence[Fault], faults: Sequence[Fault], count: int
) -> Iterator[tuple[tuple[Fault, ...], Reading]]:
    """Every way to take back `count` faults of different groups, after the unit of depth."""
    starts = [((), stated)] if not units else [((unit,), unit.undo(stated)) for unit in units]
    for (named, start), some in product(starts, combinations(faults, count)):
        if len({fault.group for fault in some}) < count:
            continue
        reading = start
        for fault in sorted(some, key=lambda fault: GROUPS.index(fault.group)):
            reading = fault.undo(reading)
        yield (*named, *some), reading


def _depth_in(unit_m: float) -> Undo:
    return lambda reading: replace(reading, depth_unit_m=unit_m)


def _turned_over(mirrored: bool, upside_down: bool) -> Undo:
    return lambda reading: replace(reading, mirrored=mirrored, upside_down=upside_down)


def _quarter_turns() -> list[np.ndarray]:
    """The 23 turns that bring axes to axes, but for none at all."""
    found = []
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        for signs in product((1.0, -1.0), repeat=3):
            R = np.zeros((3, 3))
            R[np.arange(3), order] = signs
            if np.linalg.det(R) > 0 and not np.array_equal(R, np.eye(3)):
                found.append(R)
    return found


def _named(R: np.ndarray) -> bool:
    turn = np.eye(4)
    turn[:3, :3] = R
    none = Reading(np.eye(4)[None], np.ones(4))
    return any(
        np.allclose(camera_axes(name)(none).T_world_cam[0], turn) for name in ("opengl", "isaac_world")
    )


def _axes_name(R_theirs_cam: np.ndarray) -> str:
    """Where the axes of the stored camera point, as OpenCV's camera sees it: "x forward, y left, z up"."""
    words = (("right", "left"), ("down", "up"), ("forward", "backward"))
    rows = []
    for axis, row in zip("xyz", R_theirs_cam, strict=True):
        k = int(np.argmax(np.abs(row)))
        rows.append(f"{axis} {words[k][0 if row[k] > 0 else 1]}")
    return ", ".join(rows)
