"""Which files make up a recording, and whether they agree on its frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import BadSequence

SUFFIXES = {
    "rgb": (".png", ".jpg", ".jpeg"),
    "depth": (".npy",),
    "semantic": (".npy",),
    "instance": (".png",),
    "normal": (".npy",),
    "range": (".npy",),
    "albedo": (".png",),
    "mask": (".png",),
    "flow": (".npy",),
}
"""Channels, which are folders, and the files they hold."""
FIELDS = {channel: channel for channel in SUFFIXES} | {
    "depth": "depth_m",
    "range": "range_m",
    "flow": "flow_px",
}
"""The field of RgbdFrame that holds each channel."""
REQUIRED_CHANNELS = ("rgb", "depth")
RESUME = "Record or render the rest; rendering resumes where it stopped."


def list_files(root: Path, channel: str) -> dict[str, Path]:
    """The files of a channel by frame id: by number where all ids are numbers, else by name."""
    found: dict[str, Path] = {}
    folder = root / channel
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix.lower() not in SUFFIXES[channel] or path.name.startswith("."):
            continue
        if path.stem in found:
            problem = f"frame {path.stem} has two {channel} files: {found[path.stem].name}, {path.name}"
            raise BadSequence(root, problem, "Keep one.")
        found[path.stem] = path
    numbered = all(stem.isdecimal() for stem in found)
    return {stem: found[stem] for stem in sorted(found, key=lambda stem: int(stem) if numbered else stem)}


def matched_frames(root: Path, files: Mapping[str, Mapping[str, Path]], poses: int) -> tuple[str, ...]:
    """The ids of the frames, when every channel and poses.txt agree on them."""
    rgb = list(files["rgb"])
    if not any(files[channel] for channel in REQUIRED_CHANNELS):
        problem = f"0 frames, though poses.txt has {_plural(poses, 'pose')}" if poses else "0 frames"
        raise BadSequence(root, problem, "Record or render it again.")
    everything = {stem: None for channel in REQUIRED_CHANNELS for stem in files[channel]}  # in order
    for channel, found in files.items():
        missing = [stem for stem in everything if stem not in found]
        if missing and (found or channel in REQUIRED_CHANNELS):
            problem = f"{channel}/ lacks {_names(missing)} of {len(everything)}"
            raise BadSequence(root, problem, RESUME)
        extra = [stem for stem in found if stem not in everything]
        if extra:
            raise BadSequence(
                root, f"{channel}/ has {_names(extra)}, which rgb/ and depth/ lack", "Remove them."
            )
    counts = f"poses.txt has {_plural(poses, 'pose')} for {_plural(len(rgb), 'frame')}"
    if poses < len(rgb):
        problem = f"{counts}: none for {_names(rgb[poses:])}"
        raise BadSequence(root, problem, "Add the poses or remove the frames.")
    if poses > len(rgb):
        missing = [f"{index:06d}" for index in range(poses) if f"{index:06d}" not in files["rgb"]]
        told = f"no pictures for {_names(missing)}" if len(missing) == poses - len(rgb) else "too many"
        raise BadSequence(root, f"{counts}: {told}", RESUME)
    return tuple(rgb)


def _names(stems: Sequence[str]) -> str:
    if len(stems) > 6:
        return f"{len(stems)} frames ({', '.join(stems[:3])} ... {stems[-1]})"
    return f"{'frame' if len(stems) == 1 else 'frames'} {', '.join(stems)}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
