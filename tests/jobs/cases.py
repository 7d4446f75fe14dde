"""What both executors must do, alike."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import deeds

from sisg_robotics.jobs import Job, Outcome, run_jobs

BAD = {
    "bug": (deeds.raise_bug, (), "ZeroDivisionError: division by zero (deeds.py, line ", 2),
    "refused": (deeds.refuse, (), "chair.glb: it has no faces. Write it again.", 1),
    "away": (deeds.reach_nobody, (), "s3://bucket/chair.glb: it said 503", 2),
    "left": (deeds.leave, (3,), "its process ended with status 3", 2),
    "exit": (deeds.exit_politely, (), "SystemExit: 4 (deeds.py, line ", 2),
    "segfault": (deeds.segfault, (), "its process was killed by SIGSEGV", 2),
    "killed": (deeds.killed, (), "its process was killed by SIGKILL, as the system does when memory is", 2),
    "hang": (deeds.hang, (), "took longer than 0.5 s", 2),
    "unpicklable": (deeds.unpicklable, (), "AttributeError: Can't pickle local object", 2),
}
"""What goes wrong, the beginning of its reason, and how often it is tried when one retry is allowed."""


def outcomes_of(jobs: Iterable[Job], **options: Any) -> dict[str, Outcome]:
    return {outcome.key: outcome for outcome in run_jobs(jobs, **options)}


def check_that_no_bad_job_stops_the_others(**options: Any) -> None:
    good = [Job(f"square {n}", deeds.square, (n,)) for n in range(20)]
    bad = [Job(key, function, arguments) for key, (function, arguments, *_) in BAD.items()]
    patient = Job("patient", deeds.take, (0.8,), timed=False)
    mixed = [*good[:3], *bad, patient, *good[3:]]
    outcomes = outcomes_of(mixed, time_limit_s=0.5, retries=1, **options)
    assert outcomes.keys() == {job.key for job in mixed}
    for number in range(20):
        outcome = outcomes[f"square {number}"]
        assert (outcome.ok, outcome.value, outcome.reason, outcome.attempts) == (True, number**2, "", 1)
    assert (outcomes["patient"].value, outcomes["patient"].attempts) == (0.8, 1)
    for key, (_, _, reason, attempts) in BAD.items():
        assert not outcomes[key].ok and outcomes[key].value is None
        assert outcomes[key].reason.startswith(reason), outcomes[key].reason
        assert outcomes[key].attempts == attempts, key


def check_that_attempts_are_counted(tmp_path: Path, **options: Any) -> None:
    jobs = [Job(str(n), deeds.succeed_on_attempt, (n, tmp_path / str(n))) for n in (1, 2, 3, 4)]
    outcomes = outcomes_of(jobs, retries=2, **options)
    assert {key: (outcome.ok, outcome.attempts) for key, outcome in outcomes.items()} == {
        "1": (True, 1),
        "2": (True, 2),
        "3": (True, 3),
        "4": (False, 3),
    }
    assert [(tmp_path / str(n)).stat().st_size for n in (1, 2, 3, 4)] == [1, 2, 3, 3]
