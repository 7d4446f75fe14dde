"""Whatever a damaged file trips inside a reader leaves it as one sentence that names the file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from .source import Source

_TRIPS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


@contextmanager
def at_the_door(source: Source) -> Iterator[None]:
    """Turns what damaged files cause into `BadModel` ("damaged")."""
    try:
        with np.errstate(all="ignore"):  # numbers that overflow become infinite, which is looked for
            yield
    except _TRIPS as error:
        text = " ".join(str(error).split())[:120]
        raise source.bad("damaged", f"is damaged ({type(error).__name__}: {text})") from error
