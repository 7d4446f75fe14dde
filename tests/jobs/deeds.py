"""What the tests have other processes do; a module of its own so that those processes can import it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from sisg_robotics.errors import BadFile
from sisg_robotics.jobs import Unreachable


def square(number: int) -> int:
    return number * number


def count_behind_a_bar(number: int) -> int:
    from tqdm import tqdm

    return sum(tqdm(range(number), disable=True))


def raise_bug() -> None:
    raise ZeroDivisionError("division by zero")


def refuse() -> None:
    raise BadFile("chair.glb", "it has no faces")


def reach_nobody() -> None:
    raise Unreachable("s3://bucket/chair.glb: it said 503")


PREPARED: list[tuple[int, float]] = []


def prepare_slowly(number: int, seconds: float) -> None:
    PREPARED.append((number, seconds))
    time.sleep(seconds)
    raise ZeroDivisionError("which is for the call to meet")


def tell_what_is_prepared(number: int, seconds: float) -> list[tuple[int, float]]:
    return PREPARED


def leave(status: int) -> None:
    os._exit(status)


def exit_politely() -> None:
    raise SystemExit(4)


def segfault() -> None:
    signal.raise_signal(signal.SIGSEGV)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def take(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def hang() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})
    while True:
        time.sleep(60)


def unpicklable() -> Any:
    return lambda: None


def succeed_on_attempt(number: int, notes: Path) -> int:
    """Notes each attempt as a byte, and dies in all before number `number`."""
    with notes.open("ab") as file:
        file.write(b".")
    if notes.stat().st_size < number:
        os._exit(9)
    return notes.stat().st_size


def threads_seen() -> tuple[list[int], int]:
    import numba

    return sorted(os.sched_getaffinity(0)), numba.config.NUMBA_NUM_THREADS


def environment_of(name: str) -> str | None:
    return os.environ.get(name)


def note_pid_and_wait(folder: Path) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(600)


def kill_parent_once(note: Path) -> None:
    """The first time, kill the process that guards this one."""
    if not note.exists():
        note.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
