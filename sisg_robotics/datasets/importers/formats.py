"""The formats that are read, the most particular first: `auto` takes the first that fits.

A format is a file beside this one. It holds two functions:

    lacks(path) -> str | None                          None when the folder or file is of this format, else
                                                       what is missing, in words; looks at names, not pictures
    open_recordings(path, options) -> list[Recording]  its cameras, ready to be read

The file is loaded when it is first asked, so one that needs an extra imports it inside `open_recordings`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from ...errors import BadFile, SisgError, UnknownName
from .recording import ImportOptions, Lacks, Open, Recording

LOOKED_INTO = 20
"""Folders in a folder of no format that are tried in its place."""


@dataclass(frozen=True)
class Format:
    """A format by its name, how it is told, and how it is opened."""

    name: str
    lacks: Lacks
    open: Open


def _format(name: str) -> Format:
    def lacks(path: Path) -> str | None:
        lack: str | None = import_module(f".{name}", __package__).lacks(path)
        return lack

    def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
        recordings: list[Recording] = import_module(f".{name}", __package__).open_recordings(path, options)
        return recordings

    return Format(name, lacks, open_recordings)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        name: _format(name)
        for name in (
            "seven_scenes",
            "scannet",
            "replica",
            "tum",
            "nerfstudio",
            "isaac_basic_writer",
            "isaac_pose_writer",
            "mobility_gen",
            "isaac_lab",
            "ros_bag",
            "vlmaps",
        )
    }
)


def format_of(source: Path, name: str = "auto") -> Format:
    """The format called `name`, or the first that fits.

    Raises BadFile that says which folder in `source` is of a format, if one is, and what each one missed; or
    that the recording is one of ours already.
    """
    if name != "auto":
        if name not in FORMATS:
            raise UnknownName("format", name, ("auto", *FORMATS))
        return FORMATS[name]
    missed = []
    for candidate in FORMATS.values():
        lack = candidate.lacks(source)
        if lack is None:
            return candidate
        missed.append(f"{candidate.name} ({lack})")
    if (source / "sequence.json").is_file():
        raise BadFile(source, "is a recording of ours already", f"Use it as it is, with scene_id={source}.")
    raise BadFile(
        source, "is of no format known here", f"{_hint(source)} What each format missed: {'; '.join(missed)}."
    )


def _hint(source: Path) -> str:
    """What to do with a folder of no format: it may be the one above."""
    folders = sorted(path for path in source.iterdir() if path.is_dir()) if source.is_dir() else []
    for folder in folders[:LOOKED_INTO]:
        for candidate in FORMATS.values():
            with contextlib.suppress(SisgError):  # what is wrong in there was not asked for
                if candidate.lacks(folder) is None:
                    return f"But {folder} is of the format {candidate.name}: give that folder."
    return "Give the folder that holds these, or say its format."
