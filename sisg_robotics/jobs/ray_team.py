"""Workers on a Ray cluster: one actor each, which guards a process of its own.

Ray decides where; the process that the actor guards is the same as on one machine, so a call that hangs or
crashes ends in the same words, and no more than that process is lost. An actor that gets no place yet is
given nothing; one that is lost with its machine is replaced.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import pickle
import socket
import sys
from collections.abc import Sequence
from typing import Any

from .._extras import install_command
from ..errors import MissingDependency, RequestError
from .cores import share_of_cores, usable_cores
from .job import Answer
from .local import device_environment
from .worker import CannotStart, Worker

LOST = "the Ray worker was lost with its machine or was killed"


class RayTeam:
    """Up to `workers` actors of `threads` cores each."""

    def __init__(
        self,
        *,
        workers: int | None = None,
        threads: int | None = None,
        devices: Sequence[int] | None = None,
        address: str | None = None,
    ) -> None:
        self._ray = _connected(address)
        cluster = int(self._ray.cluster_resources().get("CPU", 1))
        workers = workers or max(1, cluster // (threads or 1))
        self._threads = threads or max(1, cluster // workers)
        self._guard = self._ray.remote(num_cpus=self._threads, max_restarts=0, max_task_retries=0)(Guard)
        self._devices = devices
        self._waiting: list[tuple[int, bytes, float | None]] = []
        self._places: dict[Any, tuple[str, int]] = {}  # actor -> (node, its number there)
        self._idle: list[Any] = []
        self._arriving: dict[Any, Any] = {}  # reference -> actor
        self._calls: dict[Any, tuple[Any, int]] = {}  # reference -> (actor, ticket)
        self._size = workers
        for _ in range(workers):
            self._hire()

    @property
    def free(self) -> bool:
        """Whether a call can be given now."""
        return len(self._waiting) + len(self._calls) < self._size

    def give(self, ticket: int, call: bytes, time_limit_s: float | None) -> None:
        """Have a call made; `answers` will name it by its ticket."""
        self._waiting.append((ticket, call, time_limit_s))
        self._hand_over()

    def answers(self) -> list[tuple[int, Answer]]:
        """Wait until something came of some of the calls."""
        while True:
            references = [*self._arriving, *self._calls]
            ready, _ = self._ray.wait(references, num_returns=1)
            more, _ = self._ray.wait(references, num_returns=len(references), timeout=0)
            found = []
            for reference in dict.fromkeys([*ready, *more]):
                if reference in self._arriving:
                    self._arrive(reference)
                else:
                    found.append(self._take(reference))
            self._hand_over()
            if found:
                return found

    def close(self) -> None:
        """End all actors, and the processes that they guard with them. A cluster started here goes too."""
        for actor in [*self._arriving.values(), *self._places]:
            self._ray.kill(actor)
        self._places, self._arriving, self._calls, self._idle = {}, {}, {}, []
        _leave(self._ray)

    def _hire(self) -> None:
        actor = self._guard.remote(list(sys.path))
        self._arriving[actor.place.remote()] = actor

    def _arrive(self, reference: Any) -> None:
        actor = self._arriving.pop(reference)
        try:
            node = self._ray.get(reference)
        except self._ray.exceptions.RayError:
            self._hire()
            return
        taken = {number for other, number in self._places.values() if other == node}
        number = next(i for i in range(len(taken) + 1) if i not in taken)
        self._places[actor] = node, number
        self._idle.append(actor)

    def _hand_over(self) -> None:
        while self._idle and self._waiting:
            actor, (ticket, call, time_limit_s) = self._idle.pop(), self._waiting.pop(0)
            number = self._places[actor][1]
            environment = device_environment(number, self._devices)
            reference = actor.ask.remote(call, time_limit_s, number, self._threads, environment)
            self._calls[reference] = actor, ticket

    def _take(self, reference: Any) -> tuple[int, Answer]:
        actor, ticket = self._calls.pop(reference)
        try:
            answer: Answer = pickle.loads(self._ray.get(reference))
        except self._ray.exceptions.RayTaskError as error:
            raise error.as_instanceof_cause() from None
        except self._ray.exceptions.RayError:
            del self._places[actor]
            self._hire()
            return ticket, Answer(False, LOST)
        self._idle.append(actor)
        return ticket, answer


class Guard:
    """Lives in a Ray worker, and keeps one process busy."""

    def __init__(self, paths: list[str]) -> None:
        sys.path += [path for path in paths if path not in sys.path]
        self._worker: Worker | None = None

    def place(self) -> str:
        """The machine it is on."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def ask(
        self, call: bytes, time_limit_s: float | None, number: int, threads: int, environment: dict[str, str]
    ) -> bytes:
        """Make a call; its answer, pickled. `number` says which of the machine's cores are ours."""
        for attempt in range(3):
            if self._worker is None or not self._worker.alive:
                cores = share_of_cores(number, threads, usable_cores())
                self._worker = Worker(cores, environment)
            try:
                return pickle.dumps(self._worker.ask(call, time_limit_s))
            except CannotStart:
                self._worker = None
                if attempt == 2:
                    raise
        raise AssertionError


def require_ray() -> None:
    """Raise MissingDependency, naming what to install, where there is no Ray. Does not load it."""
    if importlib.util.find_spec("ray") is None:
        raise MissingDependency("ray", "executor=ray", install_command("ray"))


_STARTED_HERE = False
_CONNECT_LIMIT_S = 10.0


def _connected(address: str | None) -> Any:
    """The module `ray`, connected. A connection that the user made is used as it is."""
    global _STARTED_HERE
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # leave our GPU variables alone
    require_ray()
    import ray

    if not ray.is_initialized():
        _check_listens(address)
        try:
            ray.init(
                address=address, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR
            )
        except (ConnectionError, ValueError) as error:
            raise RequestError(f"No Ray cluster at {address!r}: {str(error).splitlines()[0]}") from error
        _STARTED_HERE = True
    return ray


def _check_listens(address: str | None) -> None:
    """Ray itself tries for many minutes when nobody is there."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():
        return  # None, "auto" and the like
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_LIMIT_S).close()
    except (OSError, OverflowError) as error:
        raise RequestError(
            f"No Ray cluster at {address!r}: {error}. Start one there, or leave it out."
        ) from error


def _leave(ray: Any) -> None:
    global _STARTED_HERE
    if _STARTED_HERE:
        ray.shutdown()
        _STARTED_HERE = False
