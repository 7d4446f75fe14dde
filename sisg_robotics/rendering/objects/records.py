"""The logs of a batch of objects: who was rendered, who failed and why, across runs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ...jobs import Outcome, Store
from ...jobs.log import CsvLog, log_folder
from ...jobs.reasons import DISK_FULL
from .sources import ObjectSource

SUCCESS_LOG, FAILED_LOG = "render-objects-success.csv", "render-objects-failed.csv"
UNTOLD = "rendered by a run that was stopped before it wrote this down"
"""The note on an object that is there, and of which no more is known."""


class Records:
    """Two CSV files on this machine. Those of a store elsewhere are copied there when the run ends."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._success, self._failed = CsvLog(folder / SUCCESS_LOG), CsvLog(folder / FAILED_LOG)
        self.failures: dict[str, str] = {}
        """uid to reason, of all runs; but not of a full disk, which is no fault of the object."""

    @classmethod
    def open(cls, store: Store, log_dir: str | Path | None, *, forget_failures: bool) -> Records:
        """The records of a store, from earlier runs too."""
        folder = log_folder(store, "render_objects") if log_dir is None else Path(log_dir).expanduser()
        records = cls(store, folder)
        for log in (records._success, records._failed):
            if not log.path.exists() and not records._at_home:
                with suppress(FileNotFoundError):
                    store.download(log.path.name, log.path, most_bytes=2**33)
        if forget_failures:
            records._failed.path.unlink(missing_ok=True)
        records._success.begin()
        records._failed.begin()
        for row in records._failed.rows():
            if not row["reason"].startswith(DISK_FULL):
                records.failures[row["key"]] = row["reason"]
        return records

    @property
    def _at_home(self) -> bool:
        return self._store.is_local and self._store.folder.resolve() == self._folder.resolve()

    def write(self, outcome: Outcome, name: str) -> None:
        """Add what came of an object; `name` is its identifier. One that is rendered may have a note."""
        if outcome.ok:
            self._success.append(replace(outcome, reason=str(outcome.value or "")), name)
            return
        self._failed.append(outcome, name)
        self.failures[outcome.key] = outcome.reason

    def complete(self, present: Iterable[ObjectSource]) -> None:
        """Name also what a killed run had rendered and not yet told."""
        told = self._success.keys()
        for source in present:
            if source.uid not in told:
                self._success.append(Outcome(source.uid, True, UNTOLD, 0.0), source.identifier)

    def close(self) -> None:
        """Copy the logs to where the sets are."""
        if not self._at_home:
            for log in (self._success, self._failed):
                self._store.write(log.path.name, log.path.read_bytes())
