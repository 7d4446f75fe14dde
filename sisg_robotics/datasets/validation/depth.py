"""Depth images that show nothing, too little, or a wall that is not there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from ..finding import Finding, named
from .look import DepthLook, FrameLook
from .recording import Recording

LEAST_VALID = 0.05
"""Share of pixels with depth below which a frame is called sparse."""
MOST_EMPTY = 0.5
"""Share of frames without depth above which the recording is worth nothing."""
SATURATED = 0.01
"""Share of pixels at exactly the largest depth from which a picture may be saturated."""
SPIKE = 5.0
"""So many times more pixels at the largest depth than just below it are no slanted surface."""
OTHER_WAY_DEG = (5.0, 85.0)
"""Between these, two directions are so different that no wall of a usual room is square to both."""


def check_depth(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Empty, sparse, constant, saturated depth, and depth of another size than most."""
    seen = {i: look.depth for i, look in enumerate(looks) if look.depth is not None}
    yield from _missing_depth(recording, seen)
    yield from _constant(recording, seen)
    yield from _saturated(recording, seen)
    yield from _odd_sizes(recording, seen)


def _missing_depth(recording: Recording, seen: dict[int, DepthLook]) -> Iterator[Finding]:
    empty = recording.ids([i for i, depth in seen.items() if depth.valid_share == 0])
    if empty:
        severity = "error" if len(empty) > MOST_EMPTY * len(recording.frame_ids) else "warning"
        message = f"The depth of {named(empty)} is empty: 0 everywhere."
        remedy = (
            "Look at the depth camera, its range and the unit; frames without depth add nothing to a map."
        )
        yield Finding("depth-empty", severity, message, remedy, empty, {"frames": len(empty)})
    shares = {i: depth.valid_share for i, depth in seen.items() if 0 < depth.valid_share < LEAST_VALID}
    if shares:
        sparse = recording.ids(list(shares))
        message = f"Less than {LEAST_VALID:.0%} of the pixels of {named(sparse)} have a depth."
        remedy = "Keep the camera within its range: most are blind below 0.4 m, on glass and in sunlight."
        evidence = {"frames": len(sparse), "least_valid_share": min(shares.values())}
        yield Finding("depth-sparse", "warning", message, remedy, sparse, evidence)


def _constant(recording: Recording, seen: dict[int, DepthLook]) -> Iterator[Finding]:
    """The same depth at every pixel: a wall seen square on, unless it is so in several directions."""
    frames_of: dict[float, list[int]] = defaultdict(list)
    for i, depth in seen.items():
        if depth.constant:
            frames_of[depth.max_m].append(i)
    indices = sorted(i for group in frames_of.values() for i in group)
    if indices:
        frames = recording.ids(indices)
        turned = any(_several_directions(recording, group) for group in frames_of.values())
        message = f"The depth of {named(frames)} is the same at every pixel"
        message += ", in several directions." if turned else ", as of a wall seen exactly square on."
        remedy = "Look at the depth camera's driver, and take those frames out; real depth is never so even."
        evidence = {"frames": len(frames), "depth_m": seen[indices[0]].max_m}
        yield Finding("depth-constant", "error" if turned else "warning", message, remedy, frames, evidence)


def _saturated(recording: Recording, seen: dict[int, DepthLook]) -> Iterator[Finding]:
    """Depth cut at a largest value, which then stands where nothing was seen: a wall that is not there.

    A wall seen square on has one depth too, but not in several directions.
    """
    candidates = [
        i
        for i, depth in seen.items()
        if not depth.constant
        and depth.at_max_share > SATURATED
        and depth.at_max_share > SPIKE * depth.just_below_share
    ]
    for value, times in Counter(seen[i].max_m for i in candidates).most_common(1):
        indices = [i for i in candidates if seen[i].max_m == value]
        if times < 2 or not _several_directions(recording, indices):
            continue
        frames = recording.ids(indices)
        share = float(np.mean([seen[i].at_max_share for i in indices]))
        message = f"The depth of {named(frames)} is saturated: {share:.0%} of the pixels are exactly "
        message += f"{value:g} m, whichever way the camera looks."
        remedy = f"Write 0, not the largest value, where nothing was seen: depth[depth >= {value:g}] = 0."
        evidence = {"frames": len(frames), "depth_m": value, "share": share}
        yield Finding("depth-saturated", "error", message, remedy, frames, evidence)


def _odd_sizes(recording: Recording, seen: dict[int, DepthLook]) -> Iterator[Finding]:
    sizes = Counter(depth.shape for depth in seen.values())
    if len(sizes) < 2 or len(set(recording.cameras)) > 1:
        return
    (height, width), _ = sizes.most_common(1)[0]
    odd = recording.ids([i for i, depth in seen.items() if depth.shape != (height, width)])
    message = f"The depth of {named(odd)} is of another size than the usual {width}x{height}."
    evidence = {"frames": len(odd), "width": width, "height": height}
    yield Finding("depth-other-size", "warning", message, "Write all depth in one size.", odd, evidence)


def _several_directions(recording: Recording, indices: Sequence[int]) -> bool:
    """Whether the cameras of these frames look in directions that no wall, nor two at right angles, are
    square to. Unknown ones do not count.
    """
    forward = recording.T_world_cam[list(indices), :3, 2]
    forward = forward[np.isfinite(forward).all(axis=1)]
    if not len(forward):
        return False
    angles_deg = np.degrees(np.arccos(np.clip(np.abs(forward @ forward[0]), 0, 1)))
    least, most = OTHER_WAY_DEG
    return bool(((angles_deg > least) & (angles_deg < most)).any())
