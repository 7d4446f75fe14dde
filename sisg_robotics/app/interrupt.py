"""Ctrl-C, noticed even where it surfaces as something else.

Raised inside a compiled extension, KeyboardInterrupt comes out as SystemError, ImportError or whatever that
extension makes of an exception it did not expect. So it is written down when it happens.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noticing_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether Ctrl-C was pressed since; it still raises KeyboardInterrupt."""
    pressed = threading.Event()

    def press(_signal: int, _frame: FrameType | None) -> None:
        pressed.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
