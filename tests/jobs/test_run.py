"""Jobs on processes of this machine: none stops the others, and what goes wrong is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cases
import deeds
import pytest

from sisg_robotics.errors import BadValue, UnknownName
from sisg_robotics.jobs import Job, run_jobs
from sisg_robotics.jobs.cores import share_of_cores, usable_cores
from sisg_robotics.jobs.worker import CannotStart

HERE = Path(__file__).parent
needs_affinity = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux binds to cores")


def test_no_bad_job_stops_the_others() -> None:
    cases.check_that_no_bad_job_stops_the_others(workers=3)


def test_what_dies_is_tried_again_as_often_as_asked(tmp_path: Path) -> None:
    cases.check_that_attempts_are_counted(tmp_path, workers=2)


def test_preparing_takes_no_time_of_the_call_and_cannot_fail_it() -> None:
    job = Job("slow", deeds.tell_what_is_prepared, (7, 1.0), prepare=deeds.prepare_slowly)
    outcome = cases.outcomes_of([job], time_limit_s=0.8, retries=0, workers=1)["slow"]
    assert outcome.ok and outcome.value == [(7, 1.0)] and outcome.seconds < 0.8


def test_bars_of_ended_workers_leak_nothing() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "import deeds\nfrom sisg_robotics.jobs import Job, run_jobs\n"
        "print([end.value for end in run_jobs([Job('a', deeds.count_behind_a_bar, (4,))], workers=1)])"
    )
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("[6]\n", "")


def test_nothing_is_retried_when_nothing_is_asked() -> None:
    outcomes = cases.outcomes_of([Job("bug", deeds.raise_bug)], retries=0, workers=1)
    assert outcomes["bug"].attempts == 1


def test_jobs_are_drawn_only_as_workers_become_free() -> None:
    drawn = 0

    def endless() -> Iterator[Job]:
        nonlocal drawn
        while True:
            drawn += 1
            yield Job(str(drawn), deeds.square, (drawn,))

    outcomes = run_jobs(endless(), workers=2)
    for taken in range(1, 50):
        assert next(outcomes).ok
        assert drawn <= taken + 2 * 2
    outcomes.close()


def test_no_jobs_is_no_outcome_and_no_process() -> None:
    assert list(run_jobs([])) == []


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    jobs = [Job("quick", deeds.square, (2,)), Job("slow", deeds.note_pid_and_wait, (tmp_path,))]
    outcomes = run_jobs(jobs, workers=2)
    assert next(outcomes).key == "quick"
    pid = wait_for_pids(tmp_path, 1)[0]
    outcomes.close()
    assert not runs(pid)


@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_workers_end_with_the_program(tmp_path: Path, how: str) -> None:
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it\n"
        "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "import deeds\nfrom pathlib import Path\nfrom sisg_robotics.jobs import Job, run_jobs\n"
        f"jobs = [Job(str(n), deeds.note_pid_and_wait, (Path({str(tmp_path)!r}),)) for n in range(2)]\n"
        "list(run_jobs(jobs, workers=2))"
    )
    root = HERE.parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    pids = wait_for_pids(tmp_path, 2)
    if how == "SIGINT":
        os.killpg(program.pid, signal.SIGINT)  # as the terminal does: to the workers too
    else:
        program.kill()
    _, said = program.communicate(timeout=120)
    assert said.count("Traceback") == (how == "SIGINT")  # the program's own; the workers say nothing
    deadline = time.monotonic() + 120
    while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(runs(pid) for pid in pids)


@needs_affinity
def test_each_worker_has_cores_of_its_own_and_no_more_threads() -> None:
    cores = usable_cores()
    outcome = cases.outcomes_of([Job("seen", deeds.threads_seen)], workers=len(cores))["seen"]
    assert outcome.value == ([cores[0]], 1)
    assert usable_cores() == cores


def test_cores_are_shared_without_overlap_until_there_are_too_few() -> None:
    cores = tuple(range(10, 18))
    assert [share_of_cores(slot, 2, cores) for slot in range(4)] == [
        (10, 11), (12, 13), (14, 15), (16, 17)
    ]  # fmt: skip
    assert share_of_cores(4, 2, cores) == (10, 11)
    assert share_of_cores(0, 9, cores) == cores
    assert share_of_cores(1, 5, cores) == (10, 11, 15, 16, 17)


def test_each_worker_sees_its_gpu() -> None:
    jobs = [Job(str(n), deeds.environment_of, ("CUDA_VISIBLE_DEVICES",)) for n in range(2)]
    for devices, seen in (([3], "3"), ([], "")):
        outcomes = cases.outcomes_of(jobs, workers=1, devices=devices)
        assert {outcome.value for outcome in outcomes.values()} == {seen}


def test_a_function_that_others_cannot_import_is_refused() -> None:
    with pytest.raises(BadValue, match="at the top of a module"):
        Job("key", lambda: None)
    with pytest.raises(BadValue, match="at the top of a module"):
        Job("key", deeds.raise_bug, prepare=lambda: None)


def test_a_worker_that_cannot_start_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # no Python starts with this
    with pytest.raises(CannotStart, match="could not start: its process ended with status 1"):
        list(run_jobs([Job("key", deeds.square, (2,))], workers=1))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"executor": "slurm"}, "Unknown executor 'slurm'. Available: local, ray."),
        ({"workers": 0}, "number of workers is 0, but it must be 1 or more."),
        ({"threads": -1}, "threads is -1, but it must be 1 or more."),
        ({"retries": -1}, "retries is -1, but it must be 0 or more."),
        ({"time_limit_s": 0.0}, "time limit is 0.0, but it must be more than 0 seconds, or null for none."),
    ],
)
def test_a_wrong_argument_is_refused_at_the_call(options: dict, sentence: str) -> None:
    with pytest.raises((BadValue, UnknownName)) as refusal:
        run_jobs([], **options)
    assert str(refusal.value) == sentence


def wait_for_pids(folder: Path, count: int) -> list[int]:
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [int(path.name) for path in folder.iterdir()]


def runs(pid: int) -> bool:
    """Whether a process runs; one that ended and was not fetched by its parent does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
