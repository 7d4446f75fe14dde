"""The numbered files of a folder in eight bytes each: a source of many cameras has millions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ...errors import BadFile
from .reading import numbered_files

MOST_DIGITS = 18


class CompactFiles:
    """The files of `root`/`folder` of a pattern with a group for the number (see `numbered_files`).

    Of names as most are, 00000012.png, only the number is kept, which must have at most 18 digits.
    """

    def __init__(self, root: Path, pattern: str, *, folder: str) -> None:
        found = numbered_files(root, pattern, folder=folder)
        if max(found, default=0) >= 10**MOST_DIGITS:
            raise BadFile(found[max(found)], "has a number that no frame has", "Number frames from 0.")
        self.numbers = np.fromiter(found, np.int64, len(found))
        """In ascending order."""
        self._folder = root / folder
        suffixes = Counter(path.suffix for path in found.values())
        self._suffix = suffixes.most_common(1)[0][0] if suffixes else ""
        self._unusual = {
            number: path.name for number, path in found.items() if path.name != self._usual(number)
        }

    def __len__(self) -> int:
        return len(self.numbers)

    def __contains__(self, number: int) -> bool:
        place = int(np.searchsorted(self.numbers, number))
        return place < len(self.numbers) and int(self.numbers[place]) == number

    def __getitem__(self, number: int) -> Path:
        return self._folder / self._unusual.get(number, self._usual(number))

    def _usual(self, number: int) -> str:
        return f"{number:08d}{self._suffix}"
