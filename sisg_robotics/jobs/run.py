"""Many calls on many processes: each within its time, tried again, and none that stops the others."""

from __future__ import annotations

import operator
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tqdm import tqdm

from ..errors import BadValue, UnknownName
from .job import Answer, Job, Outcome
from .local import LocalTeam
from .ray_team import RayTeam, require_ray

EXECUTORS = ("local", "ray")


@runtime_checkable
class Team(Protocol):
    """Those who make the calls: processes here, or a Ray cluster's."""

    @property
    def free(self) -> bool: ...  # noqa: D102
    def give(self, ticket: int, call: bytes, time_limit_s: float | None) -> None: ...  # noqa: D102
    def answers(self) -> list[tuple[int, Answer]]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def run_jobs(
    jobs: Iterable[Job],
    *,
    executor: str = "local",
    workers: int | None = None,
    threads: int | None = None,
    time_limit_s: float | None = None,
    retries: int = 1,
    address: str | None = None,
    devices: Sequence[int] | None = None,
    progress: bool = False,
    name: str = "jobs",
    total: int | None = None,
) -> Generator[Outcome, None, None]:
    """Do all jobs and give what came of each, as they finish.

    `jobs` is drawn from as workers become free, so it may be endless. Each worker is a process on `threads`
    cores (default: the cores divided by `workers`; by default as many workers as cores). A call that takes
    longer than `time_limit_s`, or whose process dies, or that raises, is tried `retries` times more; our own
    errors, but for Unreachable, say that the input is bad, and are not. The limit counts from when the
    function is imported and prepared.

    `executor="ray"` does the same on the Ray cluster at `address` ("auto": the one this machine belongs to),
    or on one that is started here when there is none; `workers` is then by default as many as it has cores.
    `devices`: GPU numbers, of which each worker sees one. `progress` shows a bar called `name` that counts up
    to `total`. Leaving the iterator, also by Ctrl-C, ends the workers.

    Raises UnknownName, BadValue for a wrong argument, MissingDependency without Ray, and CannotStart.
    """
    check_options(executor, workers, threads, time_limit_s, retries)
    team: Team
    if executor == "ray":
        team = RayTeam(workers=workers, threads=threads, devices=devices, address=address)
    else:
        team = LocalTeam(workers=workers, threads=threads, devices=devices)
    total = total if total is not None else operator.length_hint(jobs) or None
    bar = tqdm(total=total, desc=name, unit="item", disable=None if progress else True)
    return _run(team, iter(jobs), time_limit_s, retries, bar)


@dataclass
class _Attempt:
    job: Job
    call: bytes
    number: int = 1


def check_options(
    executor: str, workers: int | None, threads: int | None, time_limit_s: float | None, retries: int
) -> None:
    """Raise UnknownName, BadValue or MissingDependency, as `run_jobs` would, before anything is begun."""
    if executor not in EXECUTORS:
        raise UnknownName("executor", executor, EXECUTORS)
    if executor == "ray":
        require_ray()
    least = {"number of workers": (workers, 1), "threads": (threads, 1), "retries": (retries, 0)}
    for name, (value, minimum) in least.items():
        if value is not None and value < minimum:
            raise BadValue(name, value, f"{minimum} or more")
    if time_limit_s is not None and not time_limit_s > 0:
        raise BadValue("time limit", time_limit_s, "more than 0 seconds, or null for none")


def _run(
    team: Team, jobs: Iterator[Job], time_limit_s: float | None, retries: int, bar: tqdm
) -> Generator[Outcome, None, None]:
    again: deque[_Attempt] = deque()
    running: dict[int, _Attempt] = {}
    finished: list[Outcome] = []
    ticket = failures = 0
    try:
        while True:
            while team.free and (attempt := _next(again, jobs)):
                ticket += 1
                running[ticket] = attempt
                team.give(ticket, attempt.call, time_limit_s if attempt.job.timed else None)
            yield from finished  # after the workers have new work
            finished.clear()
            if not running:
                return
            for done, answer in team.answers():
                attempt = running.pop(done)
                if not answer.ok and not answer.final and attempt.number <= retries:
                    again.append(_Attempt(attempt.job, attempt.call, attempt.number + 1))
                    continue
                finished.append(_outcome(attempt, answer))
                failures += not answer.ok
                bar.set_postfix(failed=failures, refresh=False)
                bar.update()
    finally:
        team.close()
        bar.close()


def _next(again: deque[_Attempt], jobs: Iterator[Job]) -> _Attempt | None:
    if again:
        return again.popleft()
    job = next(jobs, None)
    return None if job is None else _Attempt(job, pickle.dumps((job.function, job.arguments, job.prepare)))


def _outcome(attempt: _Attempt, answer: Answer) -> Outcome:
    return Outcome(attempt.job.key, answer.ok, answer.reason, answer.seconds, answer.value, attempt.number)
