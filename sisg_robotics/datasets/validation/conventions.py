"""Whether poses, depth and camera mean what they are taken for, by what frames see of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool

from ..finding import Finding
from .recording import Recording

if TYPE_CHECKING:
    from ..diagnosis import Diagnosis
    from .evidence import Evidence

LEAST_FRAMES = 6
LEAST_SHARE = 0.5
"""Fewer frames, and a smaller share of all, say nothing that could be relied on."""
READABLE_ALL_THE_SAME = ("depth-too-far", "depth-wrong-type", "pose-jump")
"""Findings that name frames which a diagnosis can look at, and explain."""
ABOUT_FRAMES = ("rgb-", "depth-", "pose-", "quaternion-")
"""Findings whose frames show or say something wrong, by the beginnings of their codes."""


@dataclass(frozen=True, eq=False)
class Conventions:
    """What comparing frames brought: the evidence, the diagnosis, and its findings."""

    evidence: Evidence
    diagnosis: Diagnosis
    findings: tuple[Finding, ...]


def check_conventions(recording: Recording, so_far: Sequence[Finding]) -> Conventions | None:
    """Diagnose the frames with which nothing else is wrong; None where they are too few."""
    usable = usable_frames(recording, so_far)
    if usable.sum() < max(LEAST_FRAMES, LEAST_SHARE * len(usable)):
        return None
    from ..diagnosis.diagnose import diagnose  # compiled kernels: loaded when they are needed
    from ..diagnosis.explain import explain
    from .evidence import read_evidence

    evidence = read_evidence(recording, usable)
    if evidence is None or len(evidence.views.frames) < LEAST_FRAMES:
        return None
    diagnosis = diagnose(evidence.views, evidence.stated, evidence.brightness)
    form = recording.pose_format
    mobile_base = form is not None and form.pose_type == "mobile_base"
    return Conventions(evidence, diagnosis, tuple(explain(diagnosis, mobile_base=mobile_base)))


def both(so_far: Sequence[Finding], conventions: Conventions) -> list[Finding]:
    """All findings; a jump that is proven stands in place of one suspected."""
    proven = {finding.code for finding in conventions.findings}
    suspected = [finding for finding in so_far if finding.code != "pose-jump" or finding.code not in proven]
    return [*suspected, *conventions.findings]


def usable_frames(recording: Recording, so_far: Sequence[Finding]) -> Bool[np.ndarray, "n"]:
    """Frames that no finding speaks of; none at all where poses cannot be told, or no camera is."""
    usable = np.ones(len(recording.frame_ids), dtype=bool)
    if recording.lines is None or recording.lines.count != len(usable):
        return np.zeros_like(usable)
    place = {frame: index for index, frame in enumerate(recording.frame_ids)}
    for finding in so_far:
        if finding.code.startswith("intrinsics-"):
            return np.zeros_like(usable)
        if not finding.code.startswith(ABOUT_FRAMES) or finding.code in READABLE_ALL_THE_SAME:
            continue
        if not finding.frames and finding.severity == "error":
            return np.zeros_like(usable)  # of the whole recording
        usable[[place[frame] for frame in finding.frames if frame in place]] = False
    return usable
