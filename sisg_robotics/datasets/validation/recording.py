"""A folder read without giving up: all that is known of a recording before any picture is opened.

`RgbdSequence.open` stops at the first fault. Here each part is read by itself, and what is wrong with it
becomes a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..._wording import counted
from ...errors import MissingPath, SisgError
from ...geometry import Distortion, Intrinsics, pose, rigid_error
from ..finding import Finding, named
from ..poses import PoseFormat
from ..sequence import RgbdSequence, check_sane
from .describe import Description, read_description
from .folders import list_folders
from .pose_lines import PoseLines, read_pose_lines

MOST_BROKEN = 0.5
"""A matrix farther than this from a rotation (max |R^T R - I|) says nothing on where the camera looks."""


@dataclass(frozen=True, eq=False)
class Recording:
    """What a folder holds, where it can be known.

    `frame_ids` are all frames that rgb/ or depth/ have, in their order; the k-th pose, stamp and camera are
    the k-th frame's. `files` maps channel and frame id to the file.
    """

    root: Path
    frame_ids: tuple[str, ...]
    files: Mapping[str, Mapping[str, Path]]
    cameras: tuple[Intrinsics | None, ...]
    """One for each frame, of its colour image; None where it is not known."""
    lines: PoseLines | None
    """What stands in poses.txt."""
    pose_format: PoseFormat | None
    """What poses.txt is said to hold; None where nobody says."""
    distortion: Distortion | None
    """The lens that bent all pictures alike, where one is known."""
    T_world_cam: Float64[np.ndarray, "n 4 4"]
    """One for each frame, NaN where it is not known; of the robot's base where poses.txt does not say."""
    stamps_ns: tuple[int, ...] | None
    """One for each frame; None where there are none, or not as many."""
    sequence: RgbdSequence | None
    """The recording opened, where nothing that is checked on opening is wrong with it."""
    refusal: str | None
    """Why it cannot be opened."""
    findings: tuple[Finding, ...]
    """What was wrong with the parts read here."""

    @property
    def rotation_type(self) -> str | None:
        """What a line of poses.txt should be, "mat" or "quat"; None where nobody says."""
        return None if self.pose_format is None else self.pose_format.rotation_type

    def ids(self, indices: Iterable[int]) -> tuple[str, ...]:
        """Names of the frames at these positions."""
        return tuple(self.frame_ids[index] for index in indices)


def read_recording(
    source: RgbdSequence | Path | str,
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None = None,
    pose_format: PoseFormat | None = None,
) -> Recording:
    """Read a folder, or the one that a sequence was opened from. Raises MissingPath when there is none.

    `intrinsics` and `pose_format` are those of `RgbdSequence.open`; a sequence has its own.
    """
    root = Path(source.root if isinstance(source, RgbdSequence) else source)
    if not root.is_dir():
        raise MissingPath("recording", root, "Give a folder that holds rgb/, depth/ and poses.txt.")
    if isinstance(source, RgbdSequence) and intrinsics is None:
        intrinsics = source.intrinsics if len(set(source.intrinsics)) > 1 else source.intrinsics[0]
    listing = list_folders(root)
    count = len(listing.frame_ids)
    lines = read_pose_lines(root / "poses.txt", count)
    said = read_description(root, listing.files["rgb"], intrinsics, pose_format)
    if isinstance(source, RgbdSequence):  # opened by somebody who knew
        said = replace(said, findings=tuple(f for f in said.findings if f.code != "undescribed"))
    sequence, refusal = _opened(source, intrinsics, pose_format)
    return Recording(
        root=root,
        frame_ids=listing.frame_ids,
        files=listing.files,
        cameras=said.per_frame(count),
        lines=lines,
        pose_format=said.pose_format,
        distortion=said.distortion,
        T_world_cam=_poses(source, lines, said.pose_format, count),
        stamps_ns=said.stamps_ns if said.stamps_ns is not None and len(said.stamps_ns) == count else None,
        sequence=sequence,
        refusal=refusal,
        findings=(*listing.findings, *said.findings, *_counts(root, lines, said, listing.frame_ids)),
    )


def _opened(
    source: RgbdSequence | Path | str,
    intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None,
    pose_format: PoseFormat | None,
) -> tuple[RgbdSequence | None, str | None]:
    """The recording opened, or why it cannot be."""
    root = Path(source.root if isinstance(source, RgbdSequence) else source)
    if not (root / "sequence.json").exists() and (intrinsics is None or pose_format is None):
        return (source if isinstance(source, RgbdSequence) else None), None
    try:
        return RgbdSequence.open(root, intrinsics=intrinsics, pose_format=pose_format), None
    except (SisgError, OSError, RecursionError) as error:
        return None, str(error)


def _poses(
    source: RgbdSequence | Path | str, lines: PoseLines | None, pose_format: PoseFormat | None, count: int
) -> Float64[np.ndarray, "n 4 4"]:
    """The pose of each frame, its rotation the nearest one; NaN where there is none, or nothing near."""
    if pose_format is None and isinstance(source, RgbdSequence) and len(source) == count:
        return source.T_world_cam
    T = np.full((count, 4, 4), np.nan)
    if lines is None:
        return T
    T_file = lines.T_file[:count]
    there = np.isfinite(T_file).all(axis=(1, 2))
    there[there] = rigid_error(T_file[there]) < MOST_BROKEN
    U, _, Vt = np.linalg.svd(T_file[there, :3, :3])
    rigid = pose(U @ Vt, T_file[there, :3, 3])
    T[: len(T_file)][there] = rigid if pose_format is None else pose_format.to_world_cam(rigid)
    return T


def _counts(
    root: Path, lines: PoseLines | None, said: Description, frame_ids: tuple[str, ...]
) -> Iterator[Finding]:
    """Whether poses, cameras and stamps are as many as frames."""
    count = len(frame_ids)
    if lines is None:
        problem = "is not a file of poses" if (root / "poses.txt").exists() else "is missing"
        remedy = "A recording needs a line with a pose for each frame."
        yield Finding("poses-missing", "error", f"poses.txt {problem}.", remedy)
    elif lines.count != count and count:
        message = f"poses.txt has {counted(lines.count, 'pose')} for {counted(count, 'frame')}."
        remedy = "Every frame needs its pose: add what is missing, in its place, or remove what is too much."
        if lines.count < count:
            message = f"{message[:-1]}: none is left for {named(frame_ids[lines.count :])}."
        evidence = {"poses": lines.count, "frames": count}
        yield Finding("poses-count", "error", message, remedy, frame_ids[lines.count :], evidence)
    yield from _implausible(root, said.per_frame(count), frame_ids)
    given = {"intrinsics": len(said.cameras) if isinstance(said.cameras, tuple) else count}
    given["stamps"] = count if said.stamps_ns is None else len(said.stamps_ns)
    for name, number in given.items():
        if number != count and count:
            message = f"sequence.json has {number} {name} for {counted(count, 'frame')}."
            evidence = {name: number, "frames": count}
            yield Finding(f"{name}-count", "error", message, f"Give {name} for each frame.", (), evidence)


def _implausible(
    root: Path, cameras: tuple[Intrinsics | None, ...], frame_ids: tuple[str, ...]
) -> Iterator[Finding]:
    """Cameras that no lens makes."""
    at_fault = []
    for frame, camera in zip(frame_ids, cameras, strict=True):
        try:
            if camera is not None:
                check_sane(root, frame, camera)
        except SisgError:
            at_fault.append((frame, camera))
    if at_fault:
        frames = tuple(frame for frame, _ in at_fault)
        values = {name: getattr(at_fault[0][1], name) for name in ("fx", "fy", "cx", "cy", "width", "height")}
        said = ", ".join(f"{name} {value:g}" for name, value in values.items())
        message = f"The intrinsics of {named(frames)} are those of no camera: {said}."
        remedy = "Give them in pixels of the images: 45 to 90 degrees of view have fx from 0.5 to 1.2 widths."
        yield Finding("intrinsics-implausible", "error", message, remedy, frames, values)
