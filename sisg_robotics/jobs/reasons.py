"""Why something failed, in one line for a log."""

from __future__ import annotations

import errno
import signal
import traceback
from pathlib import Path

from ..errors import SisgError

DISK_FULL = "the disk is full"
_PACKAGE = Path(__file__).resolve().parents[1]
_FULL = (errno.ENOSPC, errno.EDQUOT)


def reason_of(error: BaseException) -> str:
    """The error as one line. Our own errors are sentences already; for others the place is named too."""
    if isinstance(error, SisgError):
        return _one_line(str(error))
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"{DISK_FULL}: {error.filename or error.strerror}"
    said = _one_line(f"{type(error).__name__}: {error}".rstrip(": "))
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    last = (ours[1:] or frames)[-1:]  # the first is the worker's own
    return f"{said} ({Path(last[0].filename).name}, line {last[0].lineno})" if last else said


def reason_of_death(exit_code: int | None) -> str:
    """What a process died of. `exit_code` is that of multiprocessing: minus the signal, where it was one."""
    if exit_code is None or exit_code >= 0:
        return f"its process ended with status {exit_code}"
    name = signal.Signals(-exit_code).name
    memory = ", as the system does when memory is short" if -exit_code == signal.SIGKILL else ""
    return f"its process was killed by {name}{memory}"


def reason_of_time(limit_s: float) -> str:
    """That a call took too long."""
    return f"took longer than {limit_s:g} s"


def kind_of(reason: str) -> str:
    """What to count a reason by: the word before its colon ("no_faces"), or all of it."""
    word, colon, _ = reason.partition(": ")
    return word if colon and word.isidentifier() else reason


def _one_line(text: str) -> str:
    return " ".join(text.split())[:1000]
