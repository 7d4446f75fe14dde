"""The files of each channel, and what is wrong with their names and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..._wording import counted
from ..finding import Finding, named
from ..layout import REQUIRED_CHANNELS, SUFFIXES

REGULAR_SHARE = 0.8
"""Of the distances between frame numbers, how many must be equal for a larger one to be a gap."""


@dataclass(frozen=True)
class Listing:
    """All frames that rgb/ or depth/ have, in order; the file of each frame and channel; what is wrong."""

    frame_ids: tuple[str, ...]
    files: Mapping[str, Mapping[str, Path]]
    findings: tuple[Finding, ...]


def list_folders(root: Path) -> Listing:
    """What lies in the channels' folders of a recording."""
    files, findings = {}, []
    for channel in SUFFIXES:
        files[channel], found = _files_of(root / channel, channel)
        findings += found
    files, renamed = _same_names(files)
    frame_ids = in_order({frame for channel in REQUIRED_CHANNELS for frame in files[channel]})
    findings += renamed + _numbering(frame_ids) + _lacking(files, frame_ids)
    return Listing(frame_ids, files, tuple(findings))


def in_order(frames: Iterable[str]) -> tuple[str, ...]:
    """By number where all are numbers, else by name."""
    frames = list(frames)
    numbered = all(frame.isdecimal() for frame in frames)
    return tuple(sorted(frames, key=lambda frame: (int(frame) if numbered else 0, frame)))


def _files_of(folder: Path, channel: str) -> tuple[dict[str, Path], list[Finding]]:
    """The file of each frame; files that are none, and second ones, are findings."""
    files: dict[str, Path] = {}
    twice, strange = [], []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.suffix.lower() not in SUFFIXES[channel] or not path.is_file():
            strange.append(path.name)
        elif path.stem in files:
            twice.append(path.stem)
        else:
            files[path.stem] = path
    findings = []
    if twice:
        message = f"{channel}/ has more than one file for {named(twice)}."
        remedy = "Keep one file for each frame."
        findings.append(
            Finding(f"{channel}-twice", "error", message, remedy, in_order(twice), {"frames": len(twice)})
        )
    if strange:
        shown = ", ".join(strange[:3]) + (" ..." if len(strange) > 3 else "")
        message = f"{channel}/ holds {counted(len(strange), 'file')} that nothing reads: {shown}."
        remedy = f"Move {'it' if len(strange) == 1 else 'them'} elsewhere; this folder is for "
        remedy += f"{' or '.join(SUFFIXES[channel])} files."
        evidence = {"files": len(strange)}
        findings.append(Finding(f"{channel}-extra", "warning", message, remedy, (), evidence))
    return files, findings


def _same_names(
    files: Mapping[str, dict[str, Path]],
) -> tuple[dict[str, dict[str, Path]], list[Finding]]:
    """Files of the same number under the name that rgb/ gives it, where only zeros before it differ."""
    number_of = {int(frame): frame for frame in files["rgb"] if frame.isdecimal()}
    renamed: dict[str, dict[str, Path]] = {}
    findings = []
    for channel, found in files.items():
        other = [frame for frame in found if frame not in files["rgb"] and frame.isdecimal()]
        fitting = {frame: number_of[int(frame)] for frame in other if int(frame) in number_of}
        fitting = {frame: name for frame, name in fitting.items() if name not in found}
        if fitting:
            message = f"{channel}/ names {named(list(fitting)[:6])} otherwise than rgb/ does."
            remedy = "Rename them with as many zeros as in rgb/."
            frames = in_order(fitting.values())
            findings.append(
                Finding(f"{channel}-names", "error", message, remedy, frames, {"files": len(fitting)})
            )
        renamed[channel] = {fitting.get(frame, frame): path for frame, path in found.items()}
    return renamed, findings


def _numbering(frame_ids: tuple[str, ...]) -> list[Finding]:
    """Names that are no numbers, and numbers left out."""
    words = [frame for frame in frame_ids if not frame.isdecimal()]
    if words:
        if len(words) == len(frame_ids):
            return []
        shown = ", ".join(words[:3]) + (" ..." if len(words) > 3 else "")
        message = f"{len(words)} of {len(frame_ids)} frames not named by a number ({shown}), so that all are "
        message += "ordered as words: 10 before 2."
        remedy = "Name every frame by its number, or give all the same number of digits."
        evidence = {"frames": len(words)}
        return [Finding("numbering-mixed", "warning", message, remedy, tuple(words), evidence)]
    numbers = [int(frame) for frame in frame_ids]
    distances = Counter(after - before for before, after in pairwise(numbers))
    if not distances:
        return []
    usual, times = distances.most_common(1)[0]
    if times < REGULAR_SHARE * (len(numbers) - 1):
        return []
    sides = [i for i in range(1, len(numbers)) if numbers[i] - numbers[i - 1] > usual]
    if not sides:
        return []
    missing = sum((numbers[i] - numbers[i - 1] - 1) // usual for i in sides)
    frames = tuple(dict.fromkeys(frame_ids[j] for i in sides for j in (i - 1, i)))
    where = ", ".join(f"{frame_ids[i - 1]} and {frame_ids[i]}" for i in sides[:3])
    message = f"{counted(missing, 'frame')} missing between {where}{' ...' if len(sides) > 3 else ''}."
    remedy = "Record or copy the missing frames; or, if they were left out on purpose, leave it so."
    return [Finding("numbering-gap", "warning", message, remedy, frames, {"missing": missing, "step": usual})]


def _lacking(files: Mapping[str, Mapping[str, Path]], frame_ids: tuple[str, ...]) -> list[Finding]:
    """Frames that a channel lacks or that only it has."""
    if not frame_ids:
        remedy = "It needs rgb/*.png, depth/*.npy and poses.txt. Recordings of other layouts can be imported."
        return [Finding("no-frames", "error", "There is no frame: rgb/ and depth/ are empty.", remedy)]
    findings = []
    known = set(frame_ids)
    for channel, found in files.items():
        missing = tuple(frame for frame in frame_ids if frame not in found)
        if missing and (found or channel in REQUIRED_CHANNELS):
            message = f"{channel}/ lacks {named(missing)} of {len(frame_ids)}."
            remedy = f"Record or render {_them(missing)} again, or remove what is left, with the pose."
            evidence = {"missing": len(missing), "frames": len(frame_ids)}
            findings.append(Finding(f"{channel}-missing", "error", message, remedy, missing, evidence))
        extra = in_order(set(found) - known)
        if extra:
            message = f"{channel}/ has {named(extra)}, which rgb/ and depth/ lack."
            remedy = f"Remove {_them(extra)} from {channel}/."
            findings.append(
                Finding(f"{channel}-alone", "error", message, remedy, extra, {"files": len(extra)})
            )
    return findings


def _them(frames: tuple[str, ...]) -> str:
    return "that frame" if len(frames) == 1 else "those frames"
