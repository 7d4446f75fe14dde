"""Which cores a worker may use, and starting a process under them.

Numba, OpenMP, the BLAS libraries, PyTorch, TBB (inside Open3D) and Cycles all make as many threads as there
are cores that their process may run on. So a worker bound to its share of the cores keeps all of them within
it; TBB knows no other way. Linux only: elsewhere the workers share all cores.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


def usable_cores() -> tuple[int, ...]:
    """The numbers of the cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def share_of_cores(slot: int, threads: int, cores: tuple[int, ...]) -> tuple[int, ...]:
    """The `threads` cores of worker number `slot`; workers too many for the cores double up evenly."""
    if threads >= len(cores):
        return cores
    start = slot * threads
    return tuple(sorted({cores[(start + i) % len(cores)] for i in range(threads)}))


@contextmanager
def inherited_by_children(cores: tuple[int, ...] | None) -> Iterator[None]:
    """Processes started inside run on these cores and do not hear Ctrl-C, which is for us to handle."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        if before is not None and cores is not None:
            os.sched_setaffinity(0, cores)
        yield
    finally:
        if before is not None:
            os.sched_setaffinity(0, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
