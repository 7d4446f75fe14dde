"""One process that makes calls, one at a time, and can be killed.

It has a pipe of its own, so that one which dies in the middle of a word harms no other. To it goes a pickled
(function, arguments, prepare). From it comes "ready" once; then for each call "begun", when the function is
imported and prepared and the time limit starts to count, and an Answer. Both ends are ours; nothing from
outside is unpickled.
"""

from __future__ import annotations

import math
import os
import pickle
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

from tqdm import tqdm

from ..errors import RequestError, SisgError
from .cores import inherited_by_children
from .file_systems import Unreachable
from .job import Answer
from .reasons import reason_of, reason_of_death, reason_of_time

_SPAWN = get_context("spawn")  # a fork would share the locks of threads that it does not have
_START_LIMIT_S = 600.0
"""Time for a worker to start and to import a function, also on a slow network disk."""


class CannotStart(RequestError):
    """A worker that ended before it could take a call."""

    def __init__(self, how: str) -> None:
        super().__init__(
            f"A worker process could not start: {how}. In a script of your own, put the call under "
            "`if __name__ == '__main__':`."
        )


class Worker:
    """A process bound to `cores`, with `environment` added to ours."""

    def __init__(
        self, cores: tuple[int, ...] | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, dict(environment or {})), daemon=True)
        with inherited_by_children(cores):
            self._process.start()
        theirs.close()
        self._ready = False
        self._limit_s = math.inf
        self._stage_limit_s = _START_LIMIT_S
        self._stage_start = time.monotonic()
        self.busy = False

    @property
    def alive(self) -> bool:
        """Whether it can take another call."""
        return self._process.is_alive()

    @property
    def waitables(self) -> list[Any]:
        """What `multiprocessing.connection.wait` should watch while it is busy."""
        return [self._pipe, self._process.sentinel]

    @property
    def remaining_s(self) -> float:
        """Seconds until `answer` would give up on the call."""
        return self._stage_start + self._stage_limit_s - time.monotonic()

    def give(self, call: bytes, time_limit_s: float | None = None) -> None:
        """Hand it a call: a pickled (function, arguments, prepare)."""
        self.busy = True
        self._limit_s = math.inf if time_limit_s is None else time_limit_s
        self._begin_stage(_START_LIMIT_S)
        with suppress(OSError):  # it is dead: answer() finds out and says of what
            self._pipe.send_bytes(call)

    def ask(self, call: bytes, time_limit_s: float | None = None) -> Answer:
        """Hand it a call and wait for the answer."""
        self.give(call, time_limit_s)
        while True:
            wait(self.waitables, _bounded(self.remaining_s))
            answer = self.answer()
            if answer is not None:
                return answer

    def answer(self) -> Answer | None:
        """What came of the call; None while it is under way. Kills the process when its time is over.

        Raises CannotStart when the process ended before it was ready.
        """
        dead = not self._process.is_alive()  # asked first: what it said before it died still counts
        try:
            while self._pipe.poll():
                word = self._pipe.recv()
                if isinstance(word, Answer):
                    self.busy = False
                    return word
                self._ready = True
                self._begin_stage(self._limit_s if word == "begun" else _START_LIMIT_S)
        except (EOFError, OSError, pickle.UnpicklingError):
            dead = True
        if dead:
            return self._death()
        if self.remaining_s <= 0:
            self.kill()
            return Answer(False, reason_of_time(self._stage_limit_s), self._stage_limit_s)
        return None

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        self.busy = False
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _begin_stage(self, limit_s: float) -> None:
        self._stage_start, self._stage_limit_s = time.monotonic(), limit_s

    def _death(self) -> Answer:
        seconds = time.monotonic() - self._stage_start
        self._process.join(5)  # the pipe may close a moment before the process has ended
        how = reason_of_death(self._process.exitcode)
        self.kill()
        if not self._ready:
            raise CannotStart(how)
        return Answer(False, how, seconds)


def _bounded(seconds: float) -> float | None:
    return None if math.isinf(seconds) else max(0.0, seconds)


def _serve(pipe: Connection, environment: Mapping[str, str]) -> None:
    """The life of the process: call after call, until the pipe closes."""
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tqdm.set_lock(threading.RLock())  # its own is a semaphore of the system's, which a killed process leaks
    pipe.send("ready")
    while True:
        try:
            call = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send_bytes(_call(pipe, call))


def _end_with_parent() -> None:
    """Do not outlive a parent that was killed, even inside a call that never ends."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(pipe: Connection, call: bytes) -> bytes:
    """Make the call; its answer, pickled."""
    start = time.monotonic()
    try:
        function, arguments, prepare = pickle.loads(call)
        if prepare is not None:
            with suppress(Exception):
                prepare(*arguments)
        pipe.send("begun")
        start = time.monotonic()
        value = function(*arguments)
        return pickle.dumps(Answer(True, "", time.monotonic() - start, value))
    except BaseException as error:  # also SystemExit: a call must not end the worker
        final = isinstance(error, SisgError) and not isinstance(error, Unreachable)
        return pickle.dumps(Answer(False, reason_of(error), time.monotonic() - start, final=final))
