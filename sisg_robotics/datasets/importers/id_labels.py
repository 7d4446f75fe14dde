"""Replicator's ids where their labels come with the data, not in files of their own (isaac_labels.py).

info["idToLabels"]   {"0": {"class": "BACKGROUND"}, "1": {"class": "UNLABELLED"}, "2": {"class": "chair"}},
                     or {"4": "/World/room/chair_0"} for prims; keys may be numbers, or the texts of colours,
                     "(35, 198, 233, 255)"

Every frame and camera has a table of its own; names get one id in all. Those that differ by upper and lower
case alone are one, since older versions wrote them in lower case. Background, and what has no label, are 0.
The tables may be from a pickle, which can hold one list a million times within another: nothing of them is
walked through or written out but texts and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32, UInt32

from ...errors import BadFile
from .label_codes import MOST, MOST_LETTERS, NOTHING, UNNAMED, code_of


def names_by_code(path: Path, info: Any) -> dict[int, str]:
    """What each number, or packed colour, that is something is called.

    Raises BadFile, naming `path`, for what is no such table.
    """
    labels = info.get("idToLabels") if isinstance(info, dict) else None
    if not isinstance(labels, dict):
        raise BadFile(path, "has segmentation without idToLabels", "Leave the segmentation out.")
    names: dict[int, str] = {}
    for key, label in labels.items():
        code, name = code_of(key), _name(label)
        if code is None or name is None:
            problem = f"has the label {key!r:.60} that is neither a number nor a colour with a name"
            raise BadFile(path, problem, "Leave the segmentation out.")
        if name.lower() not in NOTHING:
            names[code] = name
    return names


class Names:
    """The names of all frames, as they are found, and the ids that they get."""

    def __init__(self) -> None:
        self._spelled: dict[str, str] = {}

    def add(self, path: Path, found: Mapping[int, str]) -> None:
        """Take in a frame's names. Raises BadFile when they become more than 16 bits tell apart."""
        for name in found.values():
            lower = name.lower()
            self._spelled[lower] = min(name, self._spelled.get(lower, name))
        if len(self._spelled) > MOST:
            raise BadFile(path, f"brings the labels to more than {MOST}", "Leave the segmentation out.")

    @property
    def by_id(self) -> dict[int, str]:
        """The name of each id, which are 1, 2, and so on in the order of the names."""
        return {number: self._spelled[lower] for number, lower in enumerate(sorted(self._spelled), 1)}


def renumbered(
    path: Path, codes: UInt32[np.ndarray, "h w"], found: Mapping[int, str], by_id: Mapping[int, str]
) -> Int32[np.ndarray, "h w"]:
    """A frame's picture, whose codes have the names `found`, in the ids of the whole recording."""
    id_of_name = {name.lower(): number for number, name in by_id.items()}
    small = int(codes.max(initial=0)) <= MOST
    values = np.flatnonzero(np.bincount(codes.ravel())) if small else np.unique(codes)
    ids = []
    for value in values.tolist():
        if value not in found and value not in UNNAMED:
            raise BadFile(path, f"shows the code {value}, which its labels do not name", "Record it again.")
        ids.append(id_of_name.get(found.get(value, "").lower(), 0))
    return np.array(ids, dtype=np.int32)[np.searchsorted(values, codes)]


def _name(label: Any) -> str | None:
    """The class, or the first that is said of another kind; a prim is its own name."""
    if isinstance(label, dict):
        label = label.get("class", next(iter(label.values()), None))
    return label if isinstance(label, str) and len(label) <= MOST_LETTERS else None
