"""What is to be done, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import BadValue


@dataclass(frozen=True)
class Job:
    """A call that can be made in another process: `function(*arguments)`.

    `function` is defined at the top of a module that the other process can import; the arguments and what
    it returns are small: files it writes itself.
    """

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    prepare: Callable[..., Any] | None = None
    """Called first, with the same arguments, outside the time limit: what only the first call waits for, such
    as compilers. What it raises is left for the call to meet."""
    timed: bool = True
    """Whether the run's time limit holds for it."""

    def __post_init__(self) -> None:
        for function in (self.function, self.prepare or self.function):
            if "<" in function.__qualname__:
                raise BadValue("the function of a job", function.__qualname__, "at the top of a module")


class Answer(NamedTuple):
    """What one attempt at a call gave. `final`: another attempt would give the same."""

    ok: bool
    reason: str = ""
    seconds: float = 0.0
    value: Any = None
    final: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a job after all attempts; `seconds` are those of the last one."""

    key: str
    ok: bool
    reason: str
    seconds: float
    value: Any = None
    attempts: int = 1
