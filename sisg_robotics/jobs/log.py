"""Who succeeded and who failed, and why: CSV files that only grow, a whole line at a time."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from .job import Outcome
from .storage import Store

COLUMNS = ("key", "name", "seconds", "attempts", "reason")
_LONGEST_LINE = 2**16


def log_folder(store: Store, task: str) -> Path:
    """Where the logs of a task lie: beside its results, or here when those go elsewhere."""
    if store.is_local:
        return store.folder
    return Path("logs") / f"{task}_{hashlib.sha256(store.url.encode()).hexdigest()[:12]}"


class CsvLog:
    """A CSV file of outcomes, with a header. A last line cut off by a kill is dropped when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self) -> Iterator[dict[str, str]]:
        """What is in it, line by line."""
        if self.path.exists():
            with self.path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    if None not in row.values() and None not in row:  # else: cut off
                        yield row

    def keys(self) -> set[str]:
        """The keys in it."""
        return {row["key"] for row in self.rows()}

    def begin(self) -> None:
        """Write the header where there is none, and drop a line that was cut off."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists() or not self.path.stat().st_size:
            self._write(COLUMNS)
            return
        with self.path.open("rb+") as file:
            start = max(0, file.seek(0, os.SEEK_END) - _LONGEST_LINE)
            file.seek(start)
            file.truncate(start + file.read().rfind(b"\n") + 1)
        if not self.path.stat().st_size:
            self._write(COLUMNS)

    def append(self, outcome: Outcome, name: str) -> None:
        """Add a line; `name` is what the item is called outside."""
        self._write((outcome.key, name, f"{outcome.seconds:.3f}", outcome.attempts, outcome.reason))

    def _write(self, row: tuple[object, ...]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        line = text.getvalue().encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            written = os.write(handle, line)  # one call: no other writer's line can come between
            if written < len(line):
                os.ftruncate(handle, os.fstat(handle).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        finally:
            os.close(handle)
