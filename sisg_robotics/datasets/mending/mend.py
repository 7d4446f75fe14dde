"""Writing the corrected copy, frame by frame, and looking at it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..._progress import progress_bar
from ...errors import BadSequence, RequestError
from ...geometry import Intrinsics
from ..files import is_whole
from ..finding import Finding
from ..frame import RgbdFrame
from ..poses import PoseFormat
from ..sequence import RgbdSequence
from ..validation.recording import read_recording
from ..validation.validate import examine, validate
from ..writer import SequenceWriter
from . import pictures
from .plan import Plan, plan

LEAST_FRAMES = 2


@dataclass(frozen=True, eq=False)
class Mended:
    """A corrected copy: what was found, what was changed, the copy, and what is still found in it.

    `sequence` is None where nothing was found that could be put right, and nothing was written. Findings come
    errors first.
    """

    found: tuple[Finding, ...]
    changes: tuple[str, ...]
    sequence: RgbdSequence | None
    left: tuple[Finding, ...]


def mend(
    source: RgbdSequence | Path | str,
    out: Path | str,
    *,
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None = None,
    pose_format: PoseFormat | None = None,
    progress: bool = False,
) -> Mended:
    """Write a corrected copy of a recording to the folder `out`, and validate it.

    What is wrong is found as by `validate`, whose arguments these are. Frames that cannot be put right are
    left out. The recording itself is not touched; a second call goes on where the first stopped. Raises
    RequestError when `out` is the recording or lies in it, BadSequence when too little is left.
    """
    recording = read_recording(source, intrinsics, pose_format)
    out = Path(out)
    if out.resolve().is_relative_to(recording.root.resolve()):
        raise RequestError(f"The corrected copy cannot be in {recording.root} itself. Give another folder.")
    examined = examine(recording, progress=progress)
    todo = plan(examined)
    if not todo.changes:
        return Mended(tuple(examined.findings), (), None, tuple(examined.findings))
    kept = np.flatnonzero(todo.kept).tolist()
    if len(kept) < LEAST_FRAMES or any(todo.cameras[index] is None for index in kept):
        first = next((found.message for found in examined.findings if found.severity == "error"), "")
        problem = f"too little of it can be put right: {len(kept)} frames with pose and camera. {first}"
        raise BadSequence(recording.root, problem.rstrip(". "), "See what validate says.")
    _write(todo, kept, out, progress)
    sequence = RgbdSequence.open(out)
    left = tuple(validate(sequence, progress=progress))
    return Mended(tuple(examined.findings), todo.changes, sequence, left)


def _write(todo: Plan, kept: list[int], out: Path, progress: bool) -> None:
    recording = todo.recording
    cameras = [camera for index in kept if (camera := todo.cameras[index]) is not None]
    sequence, stamps = recording.sequence, recording.stamps_ns if todo.stamps else None
    writer = SequenceWriter(
        out,
        T_world_cam=todo.T_world_cam[kept],
        intrinsics=cameras[0] if len(set(cameras)) == 1 else cameras,
        distortion=recording.distortion,
        sensor=None if sequence is None else sequence.sensor,
        classes=None if sequence is None else sequence.classes,
        objects=None if sequence is None else sequence.objects,
        made_by={
            "mended": list(todo.changes),
            "frames": list(recording.ids(kept)),
            "recording": recording.root.resolve().name,
            **({} if sequence is None else {"made_by": dict(sequence.made_by)}),
        },
        stamps_ns=None if stamps is None else [stamps[index] for index in kept],
        channels=todo.channels,
    )
    for place in progress_bar(writer.missing(), "mending", shown=progress):
        index = kept[place]
        frame = RgbdFrame(
            place,
            rgb=pictures.rgb(todo, index),
            depth_m=pictures.depth_m(todo, index),
            T_world_cam=writer.T_world_cam[place],
            intrinsics=writer.intrinsics[place],
            **pictures.extras(todo, index),
        )
        writer.write(frame, rgb_file=_same_file(todo, index))


def _same_file(todo: Plan, index: int) -> Path | None:
    """The colour file, where its colours are taken over as they are."""
    if any(todo.flip_color) or todo.lay != type(todo.lay)():
        return None
    file = todo.recording.files["rgb"][todo.recording.frame_ids[index + todo.color_later]]
    return file if is_whole(file) else None
