"""Doing only the newest of what is asked for: one types faster than a map answers."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

Job = Callable[[], None]


class Latest:
    """A thread that does the newest job given to it, once none newer came for `quiet_s` seconds.

    Jobs that a newer one overtook are never done. A job that fails prints why, and the thread goes on.
    """

    def __init__(self, quiet_s: float = 0.0) -> None:
        self._quiet_s = quiet_s
        self._changed = threading.Condition()
        self._job: Job | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def give(self, job: Job) -> None:
        """Have this done next, in place of what was to be done next. After `close`, nothing happens."""
        with self._changed:
            if not self._closed:
                self._job = job
                self._changed.notify()

    def close(self) -> None:
        """Do nothing more; a job that is being done is finished."""
        with self._changed:
            self._closed, self._job = True, None
            self._changed.notify()

    def join(self) -> None:
        """Wait until the thread has ended, after `close`."""
        self._thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                traceback.print_exc()

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._job is not None)
            while not self._closed and self._overtaken(self._job):
                pass
            job, self._job = self._job, None
            return job

    def _overtaken(self, job: Job | None) -> bool:
        """Whether something newer than this job comes within the quiet time."""
        return self._changed.wait_for(lambda: self._closed or self._job is not job, timeout=self._quiet_s)
