"""Poses and stamps in their order: out of order, jumping, standing still while the pictures move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Bool, Float64

from ..._wording import counted
from ..finding import Finding, named
from .look import FrameLook
from .recording import Recording
from .rounding import find_grids
from .steps import change_between, changes_of, intervals_ns, median_of, steps_of

TOP_SPEED_M_S = 5.0
"""Faster than indoor robots and people with a camera move."""
TOP_TURN_RAD_S = np.radians(720)
SHORTEST_INTERVAL_NS = 100_000
"""A shorter one between frames is no camera's: the stamps are not in nanoseconds."""
OUTLYING = 10.0
"""Steps this many times longer than three quarters of them are jumps, if nothing lies between."""
GAP = 3.0
"""How many times longer than the longest other step the shortest jump must be."""
MOST_JUMPS = 0.1
"""Of all steps. More are a way of recording, such as several cameras in turn, and then the next place."""
MOST_TIES = 0.95
"""Share of stamps that are those of the frame before, up to which they are those of several cameras."""
LEAST_STEPS = 10
LEAST_JUMP_M = 0.05
LEAST_JUMP_RAD = np.radians(15)
"""Smaller steps are no jumps, however still the camera stood."""
STILL_M = 1e-6
STILL_RAD = 1e-6
LEAST_CHANGE = 2.0
"""Mean change of a small grey picture, in levels of 255, that noise alone does not make."""
STATIC_CHANGE = 8.0
"""The same where the camera never moves, and people in view may."""
MOVING_SHARE = 0.3
"""Of the change that is usual when the camera moves, how much shows that it did."""
CUT_SHARE = 0.7
"""Of the change between frames far from each other, how much shows that the camera did go elsewhere."""


def check_stamps(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Stamps that do not rise, or are not nanoseconds."""
    if recording.stamps_ns is None or len(recording.stamps_ns) < 2:
        return
    intervals = intervals_ns(recording.stamps_ns)
    tied = intervals == 0
    several_cameras = not _rare(tied) and tied.mean() < MOST_TIES
    back = (np.flatnonzero((intervals < 0) | (tied & (not several_cameras))) + 1).tolist()
    if back:
        frames = recording.ids(back)
        message = f"The stamp of {named(frames)} is not later than that of the frame before."
        remedy = "Sort the frames by their stamps, with their poses; drop frames that came twice."
        evidence = {"frames": len(back), "worst_step_ms": float(intervals.min()) / 1e6}
        yield Finding("stamps-order", "error", message, remedy, frames, evidence)
    usual = float(np.median(np.abs(intervals)))
    if 0 < usual < SHORTEST_INTERVAL_NS:
        message = f"Stamps lie {usual:g} ns apart, which no camera does: they are not in nanoseconds."
        remedy = "Multiply seconds by 10^9, milliseconds by 10^6."
        yield Finding("stamps-unit", "error", message, remedy, (), {"median_interval_ns": usual})


def check_jumps(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Steps that no robot takes in that time, or that stand out of all others while the picture goes on."""
    steps = steps_of(recording)
    rate = median_of(steps.seconds[steps.seconds > 0])
    known = rate * 1e9 >= SHORTEST_INTERVAL_NS
    usual = np.maximum(steps.seconds, rate / 2) if known else np.ones_like(steps.seconds)
    speed, turn = steps.distance_m / usual, steps.angle_rad / usual  # a step where there are no stamps
    with np.errstate(invalid="ignore"):
        too_fast = known & ((speed > TOP_SPEED_M_S) | (turn > TOP_TURN_RAD_S))
        too_fast &= _rare(too_fast)
        outlying = _outlying(speed, steps.distance_m > LEAST_JUMP_M)
        outlying |= _outlying(turn, steps.angle_rad > LEAST_JUMP_RAD)
        outlying &= ~_cuts(looks)
    jumps = too_fast | outlying
    if not jumps.any():
        return
    places = _misplaced(jumps)
    frames = recording.ids(places)
    longest, typical = float(np.nanmax(steps.distance_m[jumps])), median_of(steps.distance_m)
    evidence = {
        "jumps": int(jumps.sum()),
        "longest_m": longest,
        "largest_turn_deg": float(np.degrees(np.nanmax(steps.angle_rad[jumps]))),
        "median_step_m": typical,
        "median_turn_deg": float(np.degrees(median_of(steps.angle_rad))),
    }
    message = f"The pose jumps at {named(frames)}: {longest:.2f} m and {evidence['largest_turn_deg']:.0f} "
    message += (
        f"degrees at most, where {typical:.2g} m and {evidence['median_turn_deg']:.2g} degrees are usual"
    )
    if not too_fast.any():
        message += ", while the picture goes on"
    if known:
        evidence["top_speed_m_s"] = float(np.nanmax(speed[jumps]))
        message += f"; that is {evidence['top_speed_m_s']:.1f} m/s"
    remedy = "Tracking was lost or a loop was closed there: take those frames out, or record in one go."
    severity = "error" if bool(too_fast.any()) else "warning"
    yield Finding("pose-jump", severity, f"{message}.", remedy, frames, evidence)


def check_stuck_poses(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """A pose that is the one before, while the picture is not."""
    steps = steps_of(recording)
    if not len(steps.distance_m) or recording.lines is None:
        return
    still = (steps.distance_m < STILL_M) & (steps.angle_rad < STILL_RAD)
    moving = ~still & np.isfinite(steps.distance_m)
    grids = find_grids(recording.lines)
    small = median_of(steps.distance_m[moving]) < 2 * grids.translation_m
    if small or median_of(steps.angle_rad[moving]) < 2 * grids.rotation_error_rad:
        return  # small steps are lost in the few digits, which is said elsewhere
    change = changes_of(looks)
    usual = median_of(change[moving])
    least = max(LEAST_CHANGE, MOVING_SHARE * usual) if moving.any() else STATIC_CHANGE
    with np.errstate(invalid="ignore"):
        stuck = (np.flatnonzero(still & (change > least)) + 1).tolist()
    if stuck:
        frames = recording.ids(stuck)
        message = f"The pose of {named(frames)} is that of the frame before, though the picture changed."
        if len(stuck) >= len(still) / 2:
            message = (
                f"{len(stuck)} of {counted(len(still), 'step')} repeat the pose, though pictures change."
            )
        remedy = "Poses come slower than pictures, or tracking stood still: interpolate poses at the stamps, "
        remedy += "or take those frames out."
        evidence = {"frames": len(stuck), "change": float(change[np.array(stuck) - 1].max())}
        evidence |= {"usual_change": usual} if moving.any() else {}
        yield Finding("pose-repeated", "error", message, remedy, frames, evidence)


def _outlying(size: Float64[np.ndarray, "n"], large: Bool[np.ndarray, "n"]) -> Bool[np.ndarray, "n"]:
    """Sizes far above the others, with nothing between: none in a recording of views far apart anyhow."""
    moving = size[np.isfinite(size) & (size > STILL_M)]
    if len(moving) < LEAST_STEPS:
        return np.zeros(len(size), dtype=bool)
    jumps = (size > OUTLYING * np.percentile(moving, 75)) & large
    others = moving[moving <= OUTLYING * np.percentile(moving, 75)]
    jumps &= size > GAP * others.max()
    return jumps & _rare(jumps)


def _rare(steps: Bool[np.ndarray, "n"]) -> bool:
    """Whether these steps are exceptions."""
    return int(steps.sum()) <= max(2, MOST_JUMPS * len(steps))


def _misplaced(jumps: Bool[np.ndarray, "n"]) -> list[int]:
    """The frames that are elsewhere: those between two jumps in a row, or else the one after a jump."""
    places, steps = [], [*jumps.tolist(), False]
    start = 0
    for step, jumped in enumerate(steps):
        if jumped:
            continue
        run = step - start  # jumps in a row, from frame `start` to frame `step`
        if run == 1:
            places.append(step if start else 0)  # the first frame, where it is not near the second
        places += range(start + 1, step) if run > 1 else []
        start = step + 1
    return places


def _cuts(looks: Sequence[FrameLook]) -> Bool[np.ndarray, "n"]:
    """Steps at which the picture is as another as anywhere in the recording: the camera did go elsewhere."""
    change, n = changes_of(looks), len(looks)
    apart = [change_between(looks[i], looks[(i + lag) % n]) for lag in (n // 3, n // 2) for i in range(n)]
    return change >= max(2 * LEAST_CHANGE, CUT_SHARE * median_of(np.array(apart)), median_of(change))
