"""Whether a recording can be trusted: every check, and what each has to say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..._progress import progress_bar
from ...errors import BadValue
from ...geometry import Intrinsics
from ..finding import Finding, by_severity
from ..poses import PoseFormat
from ..sequence import RgbdSequence
from .conventions import Conventions, both, check_conventions
from .depth import check_depth
from .look import FrameLook, look_at
from .motion import check_jumps, check_stamps, check_stuck_poses
from .numbers import check_numbers
from .pictures import check_color, check_files, check_repeats
from .recording import Recording, read_recording

Check = Callable[[Recording, Sequence[FrameLook]], Iterable[Finding]]
"""A check: of what a folder holds and what each of its frames looks like, to findings."""

CHECKS: tuple[Check, ...] = (
    check_files,
    check_numbers,
    check_stamps,
    check_jumps,
    check_stuck_poses,
    check_color,
    check_depth,
    check_repeats,
)
READ_AHEAD = 64
"""Frames given to the threads at a time."""


def validate(
    source: RgbdSequence | Path | str,
    *,
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None = None,
    pose_format: PoseFormat | None = None,
    conventions: bool = True,
    progress: bool = False,
    threads: int | None = None,
) -> list[Finding]:
    """Everything that is wrong with a recording, errors first; empty when all is well.

    `source` is a folder, or a sequence, whose folder is read again. `intrinsics` and `pose_format` describe a
    folder without sequence.json, as for `RgbdSequence.open`; without them, what depends on them is not
    checked, and a note says so. With `conventions`, frames are compared with each other too (see diagnosis/).
    Each file is read once, by `threads` (None: all cores, at most 8), but for up to 80 that are compared; the
    number of threads changes nothing but the time. Nothing is written. Raises MissingPath when there is no
    such folder.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a file may hold any numbers
        recording = read_recording(source, intrinsics, pose_format)
    return examine(recording, conventions=conventions, progress=progress, threads=threads).findings


@dataclass(frozen=True, eq=False)
class Examination:
    """What was found in a recording, errors first, and what comparing its frames brought, if they were."""

    recording: Recording
    findings: list[Finding]
    conventions: Conventions | None


def examine(
    recording: Recording, *, conventions: bool = True, progress: bool = False, threads: int | None = None
) -> Examination:
    """`validate` of a folder that was read, with all that was found out."""
    if threads is not None and threads < 1:
        raise BadValue("threads", threads, "1 or more, or None for all cores")
    compared = None
    with np.errstate(over="ignore", invalid="ignore"):
        looks = list(_looks(recording, progress, threads or min(8, os.cpu_count() or 1)))
        findings = list(recording.findings)
        for check in CHECKS:
            findings += check(recording, looks)
        if conventions:
            compared = check_conventions(recording, findings)
    if compared is not None:
        findings = both(findings, compared)
    if recording.refusal is not None and not any(found.severity == "error" for found in findings):
        remedy = "Mend what it says; until then the recording cannot be opened."
        findings.append(Finding("refused", "error", recording.refusal, remedy))
    return Examination(recording, by_severity(findings), compared)


def _looks(recording: Recording, progress: bool, threads: int) -> Iterator[FrameLook]:
    indices = range(len(recording.frame_ids))
    with ThreadPoolExecutor(threads) as pool:
        batches = (indices[start : start + READ_AHEAD] for start in range(0, len(indices), READ_AHEAD))
        looked = (
            look for batch in batches for look in pool.map(lambda index: look_at(recording, index), batch)
        )
        yield from progress_bar(looked, "looking", shown=progress, total=len(indices))
