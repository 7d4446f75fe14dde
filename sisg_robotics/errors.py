"""The errors a user can meet. The exception writes the sentence, so a raise site is one line.

`exit_status` is what an application returns: 1 when the data is bad, 2 when the request was wrong.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class SisgError(Exception):
    """Anything this project refuses to do, said in one sentence for the person who will mend it."""

    exit_status = 2


class RequestError(SisgError):
    """What was asked for cannot be done as asked."""

    exit_status = 2


class DataError(SisgError):
    """What was read is not what it should be."""

    exit_status = 1


class UnknownName(RequestError):
    """A name that is not in the list of things we have."""

    def __init__(self, kind: str, name: object, available: Iterable[str]) -> None:
        names = sorted(available)
        close = difflib.get_close_matches(str(name), names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        listed = ", ".join(names) if names else "none"
        super().__init__(f"Unknown {kind} {str(name)!r}. Available: {listed}.{hint}")


class BadValue(RequestError):
    """An argument outside what is accepted."""

    def __init__(self, name: str, given: object, accepted: str) -> None:
        super().__init__(f"{name} is {given!r}, but it must be {accepted}.")


class MissingPath(RequestError):
    """A file or folder that was named and is not there."""

    def __init__(self, what: str, path: Path | str, hint: str = "Check the path.") -> None:
        super().__init__(f"No {what} at {path}. {hint}")


class MissingDependency(RequestError):
    """A package that this part needs and that is not installed."""

    def __init__(self, package: str, needed_for: str, install: str) -> None:
        super().__init__(f"{needed_for} needs {package!r}, which is not installed. Run: {install}")


class BadFile(DataError):
    """A file that cannot be read as what it should be."""

    def __init__(self, path: Path | str, problem: str, remedy: str = "Write it again.") -> None:
        super().__init__(f"{path}: {problem}. {remedy}")


class BadSequence(DataError):
    """A recording whose parts do not fit together."""

    def __init__(self, root: Path | str, problem: str, remedy: str) -> None:
        super().__init__(f"Sequence {root}: {problem}. {remedy}")
