"""Workers on this machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from multiprocessing.connection import wait

from .cores import share_of_cores, usable_cores
from .job import Answer
from .worker import CannotStart, Worker

_STARTS = 3
"""Workers that may die in a row before they are ready: one may be the system's doing, three are not."""


class LocalTeam:
    """Up to `workers` processes, each on `threads` cores, started when first needed, replaced when dead."""

    def __init__(
        self,
        *,
        workers: int | None = None,
        threads: int | None = None,
        devices: Sequence[int] | None = None,
    ) -> None:
        cores = usable_cores()
        workers = workers or max(1, len(cores) // (threads or 1))
        threads = threads or max(1, len(cores) // workers)
        self._cores = [share_of_cores(slot, threads, cores) for slot in range(workers)]
        self._environment = [device_environment(slot, devices) for slot in range(workers)]
        self._workers: list[Worker | None] = [None] * workers
        self._calls: dict[int, tuple[int, bytes, float | None]] = {}  # slot -> (ticket, call, limit)
        self._failed_starts = 0

    @property
    def free(self) -> bool:
        """Whether a call can be given now."""
        return len(self._calls) < len(self._workers)

    def give(self, ticket: int, call: bytes, time_limit_s: float | None) -> None:
        """Have a call made; `answers` will name it by its ticket."""
        idle = [slot for slot in range(len(self._workers)) if slot not in self._calls]
        slot = next((slot for slot in idle if self._workers[slot] is not None), idle[0])
        self._calls[slot] = ticket, call, time_limit_s
        self._hand_over(slot)

    def answers(self) -> list[tuple[int, Answer]]:
        """Wait until something came of some of the calls. Raises CannotStart."""
        while True:
            busy = {slot: self._workers[slot] for slot in self._calls}
            soonest_s = min((worker.remaining_s for worker in busy.values() if worker), default=0.0)
            watched = [item for worker in busy.values() if worker for item in worker.waitables]
            wait(watched, None if math.isinf(soonest_s) else max(0.0, soonest_s))
            found = [(self._calls[slot][0], slot, self._answer(slot)) for slot in busy]
            done = [(ticket, slot, answer) for ticket, slot, answer in found if answer is not None]
            for _, slot, _ in done:
                del self._calls[slot]
            if done:
                return [(ticket, answer) for ticket, _, answer in done]

    def close(self) -> None:
        """End all workers now."""
        for worker in self._workers:
            if worker is not None:
                worker.kill()
        self._workers = [None] * len(self._workers)

    def _hand_over(self, slot: int) -> None:
        worker = self._workers[slot]
        if worker is None or not worker.alive:
            worker = self._workers[slot] = Worker(self._cores[slot], self._environment[slot])
        _, call, time_limit_s = self._calls[slot]
        worker.give(call, time_limit_s)

    def _answer(self, slot: int) -> Answer | None:
        worker = self._workers[slot]
        assert worker is not None
        try:
            answer = worker.answer()
        except CannotStart:
            self._failed_starts += 1
            if self._failed_starts >= _STARTS:
                raise
            self._workers[slot] = None
            self._hand_over(slot)
            return None
        if answer is not None:
            self._failed_starts = 0
            if not worker.alive:
                self._workers[slot] = None
        return answer


def device_environment(slot: int, devices: Sequence[int] | None) -> dict[str, str]:
    """What shows a worker its GPU and hides the others. None: all of them; an empty list: none."""
    if devices is None:
        return {}
    own = str(devices[slot % len(devices)]) if devices else ""
    return {"CUDA_VISIBLE_DEVICES": own, "HIP_VISIBLE_DEVICES": own}
