"""What is said about a recording, in sequence.json or by the caller: camera, meaning of poses, stamps.

Where one value of sequence.json is wrong, the others are still taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadFile, SisgError
from ...geometry import Distortion, Intrinsics
from ..finding import Finding
from ..metadata import FREE_KEYS, KEYS, SequenceMetadata
from ..plain import plain_metadata
from ..poses import PoseFormat

MAX_BYTES = 2**28


@dataclass(frozen=True, eq=False)
class Description:
    """What is known. `cameras` is one for all frames, one for each, or None; the rest None when unknown."""

    cameras: Intrinsics | tuple[Intrinsics, ...] | None = None
    pose_format: PoseFormat | None = None
    stamps_ns: tuple[int, ...] | None = None
    distortion: Distortion | None = None
    findings: tuple[Finding, ...] = ()

    def per_frame(self, count: int) -> tuple[Intrinsics | None, ...]:
        """The camera of each frame, None where it is not known."""
        if isinstance(self.cameras, tuple) and len(self.cameras) == count:
            return self.cameras
        return (self.cameras if isinstance(self.cameras, Intrinsics) else None,) * count


def read_description(
    root: Path,
    rgb: Mapping[str, Path],
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None,
    pose_format: PoseFormat | None,
) -> Description:
    """From sequence.json if it is there, else from the arguments of `RgbdSequence.open`."""
    path = root / "sequence.json"
    if path.exists():
        return _of_file(path)
    return _of_arguments(rgb, intrinsics, pose_format)


def _of_file(path: Path) -> Description:
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        message = "sequence.json is not a file that could describe a recording."
        return Description(findings=(Finding("metadata-unreadable", "error", message, "Write it again."),))
    try:
        return _known(SequenceMetadata.read(path))
    except (SisgError, RecursionError) as error:
        reason = "is nested too deep." if isinstance(error, RecursionError) else str(error)
    message = f"sequence.json {reason.removeprefix(f'{path}: ')}"
    remedy = "Mend that value, or write the file again."
    finding = Finding("metadata-unreadable", "error", message, remedy)
    return _known(_salvaged(path), finding)


def _salvaged(path: Path) -> SequenceMetadata | None:
    """What can be read when one of the values that may be absent, or all of them, are left out."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    known = {key: value for key, value in document.items() if key in KEYS}
    for left_out in ((), *((key,) for key in FREE_KEYS), FREE_KEYS):
        try:
            values = {key: value for key, value in known.items() if key not in left_out}
            return SequenceMetadata.from_json(path, values)
        except SisgError:
            continue
    return None


def _known(metadata: SequenceMetadata | None, *findings: Finding) -> Description:
    if metadata is None:
        return Description(findings=findings)
    known = metadata.intrinsics, metadata.pose_format, metadata.stamps_ns, metadata.distortion
    return Description(*known, findings)


def _of_arguments(
    rgb: Mapping[str, Path],
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None,
    pose_format: PoseFormat | None,
) -> Description:
    findings = []
    lacking = [
        name for name, value in (("intrinsics", intrinsics), ("pose_format", pose_format)) if value is None
    ]
    if lacking:
        message = f"There is no sequence.json and no {' and no '.join(lacking)} given"
        message += ": what depends on that is not checked."
        remedy = "Give them: what VLMaps' config calls cam_calib_mat and pose_info."
        findings.append(Finding("undescribed", "note", message, remedy))
    if intrinsics is None:
        return Description(pose_format=pose_format, findings=tuple(findings))
    cameras = None
    for frame, path in rgb.items():  # the nine numbers say no size: it is that of the first whole image
        try:
            cameras = plain_metadata({frame: path}, intrinsics, pose_format or PoseFormat()).intrinsics
            break
        except BadFile:
            continue
        except SisgError as error:
            remedy = "Give the intrinsics of these images, in pixels."
            findings.append(Finding("intrinsics-implausible", "error", str(error), remedy))
            break
    return Description(cameras, pose_format, findings=tuple(findings))
