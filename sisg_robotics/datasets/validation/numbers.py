"""The numbers in poses.txt, line by line: readable, finite, rigid, and with enough digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...geometry.se3 import RIGID_TOLERANCE
from ..finding import Finding
from ..poses import QUATERNION_TOLERANCE, ROTATION_TYPES
from .look import FrameLook
from .pose_lines import PoseLines
from .recording import Recording
from .rounding import INEXACT, Grids, find_grids, rotation_errors

SLIGHT = 0.1
"""Share of the tolerance for quaternions from which their length is worth a warning."""
MOST_ERROR_PX = 1.0
"""Rounding that moves points by more than this is too coarse."""
USUAL_DEPTH_M = 2.0
"""Where no depth can be read."""


def check_numbers(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Everything that can be said of each pose by itself."""
    lines = recording.lines
    if lines is None or not len(lines.numbers):
        return
    yield from _readable(recording, lines)
    grids = find_grids(lines)
    yield from _rigid(recording, lines, grids)
    yield from _rounded(recording, lines, grids, looks)


def _readable(recording: Recording, lines: PoseLines) -> Iterator[Finding]:
    wanted = recording.rotation_type
    if wanted is not None and wanted != lines.rotation_type and len(lines.unreadable) < len(lines.numbers):
        has, takes = ROTATION_TYPES[lines.rotation_type], ROTATION_TYPES[wanted]
        message = f"poses.txt has {has} numbers a line, but rotation type '{wanted}' takes {takes}."
        remedy = f"Set the rotation type to '{lines.rotation_type}'."
        yield Finding("pose-wrong-type", "error", message, remedy, (), {"numbers": has, "expected": takes})
    if lines.unreadable:
        width = ROTATION_TYPES[lines.rotation_type]
        which, are = _lines(lines, lines.unreadable), _do(lines.unreadable, "are", "is")
        message = f"{which} of poses.txt {are} not {width} numbers."
        yield _about(recording, "pose-unreadable", message, "Write one pose a line.", lines.unreadable)
    readable = np.ones(len(lines.numbers), dtype=bool)
    readable[list(lines.unreadable)] = False
    bad = np.flatnonzero(readable & ~np.isfinite(lines.numbers).all(axis=1)).tolist()
    if bad:
        message = f"{_lines(lines, bad)} of poses.txt {_do(bad, 'have', 'has')} NaN or infinite values."
        remedy = "Tracking was lost there: take those frames out, or mend their poses."
        yield _about(recording, "pose-not-finite", message, remedy, bad)


def _rigid(recording: Recording, lines: PoseLines, grids: Grids) -> Iterator[Finding]:
    """Rotations that are none, unless rounding explains it."""
    with np.errstate(invalid="ignore"):
        errors = rotation_errors(lines)
    explained = INEXACT[1] * grids.rotation
    if lines.rotation_type == "quat":
        yield from _unit(recording, lines, errors, explained)
        return
    T = lines.numbers.reshape(-1, 4, 4)
    broken = np.abs(T[:, 3] - [0, 0, 0, 1]).max(axis=1) > 1e-6
    indices = np.flatnonzero(broken).tolist()
    if indices:
        transposed = bool((np.abs(T[broken, :3, 3]).max(axis=1) == 0).all())
        message = (
            f"{_lines(lines, indices)} of poses.txt {_do(indices, 'end', 'ends')} in other numbers than "
        )
        message += "0 0 0 1" + (", as a matrix written column by column." if transposed else ".")
        remedy = "Write the matrix row by row, the position in its last column."
        yield _about(recording, "pose-not-a-pose", message, remedy, indices)
    bad = np.flatnonzero((errors > max(RIGID_TOLERANCE, explained)) & ~broken).tolist()
    if bad:
        worst = bad[int(np.argmax(errors[bad]))]
        R = T[worst, :3, :3]
        determinant = float(np.linalg.det(R))
        what = "mirrors" if determinant < 0 else "scales or shears"
        have = _do(bad, "have", "has")
        message = f"{_lines(lines, bad)} of poses.txt {have} a matrix that {what} instead of only turning."
        remedy = "Divide a scale out of the 3x3 part; a mirror comes from swapped or negated axes."
        error = float(errors[worst])
        yield _about(
            recording, "pose-not-rigid", message, remedy, bad, worst_error=error, determinant=determinant
        )


def _unit(recording: Recording, lines: PoseLines, errors: np.ndarray, explained: float) -> Iterator[Finding]:
    """Quaternions that are not of length 1: an error where the reader refuses them."""
    bad = np.flatnonzero(errors > max(SLIGHT * QUATERNION_TOLERANCE, explained)).tolist()
    if not bad:
        return
    worst = bad[int(np.argmax(errors[bad]))]
    length = float(np.linalg.norm(lines.rotation_numbers[worst]))
    message = (
        f"{_lines(lines, bad)} of poses.txt {_do(bad, 'have', 'has')} a quaternion that is not of length 1"
    )
    message += f", but {length:.4g}." if len(bad) == 1 else f", but up to {length:.4g}."
    remedy = "Normalise it; far from 1, the columns are in another order than px py pz qx qy qz qw."
    severity = "error" if errors[worst] > QUATERNION_TOLERANCE else "warning"
    yield _about(recording, "quaternion-not-unit", message, remedy, bad, severity, length=length)


def _rounded(
    recording: Recording, lines: PoseLines, grids: Grids, looks: Sequence[FrameLook]
) -> Iterator[Finding]:
    """Digits so few that points land in other pixels."""
    depths = [look.depth.median_m for look in looks if look.depth and look.depth.median_m > 0]
    depth_m = float(np.median(depths)) if depths else USUAL_DEPTH_M
    focals = [camera.fx for camera in recording.cameras if camera is not None]
    if not focals:
        return
    focal_px = float(np.median(focals))
    error_px = grids.error_px(focal_px, depth_m)
    if error_px <= MOST_ERROR_PX:
        return
    given = [
        f"{name} to {grid:g}{unit}"
        for name, grid, unit in (
            ("positions", grids.translation_m, " m"),
            ("rotations", grids.rotation, ""),
        )
        if grid
    ]
    tolerance = RIGID_TOLERANCE if lines.rotation_type == "mat" else QUATERNION_TOLERANCE
    refused = bool(np.nanmax(rotation_errors(lines)) > tolerance)
    severity = "error" if refused else "warning" if grids.rotation else "note"
    message = f"Poses are rounded: {' and '.join(given)}, which moves points {depth_m:.1f} m away by up to "
    message += f"{error_px:.1f} pixels."
    remedy = "Write poses with 6 decimals or more, as repr() or %.9g do."
    if severity == "note":
        message += " Or the camera really was on that grid: the numbers cannot tell."
    evidence = {
        "translation_grid_m": grids.translation_m,
        "rotation_grid": grids.rotation,
        "error_px": error_px,
        "focal_px": focal_px,
        "depth_m": depth_m,
    }
    yield Finding("pose-rounded", severity, message, remedy, (), evidence)


def _about(
    recording: Recording,
    code: str,
    message: str,
    remedy: str,
    indices: Sequence[int],
    severity: str = "error",
    **evidence: float | int,
) -> Finding:
    frames = recording.ids(index for index in indices if index < len(recording.frame_ids))
    return Finding(code, severity, message, remedy, frames, {"poses": len(indices), **evidence})


def _lines(lines: PoseLines, indices: Sequence[int]) -> str:
    numbers = [str(lines.line_numbers[index]) for index in indices]
    if len(numbers) == 1:
        return f"Line {numbers[0]}"
    return f"{len(numbers)} lines ({', '.join(numbers[:3])}{' ...' if len(numbers) > 3 else ''})"


def _do(indices: Sequence[int], many: str, one: str) -> str:
    return one if len(indices) == 1 else many
