"""Words of sentences to people."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """The count with its noun: 1 frame, 2 frames."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def in_short(thing: object, *facts: str) -> str:
    """One line on something that holds much, for its `__repr__`; empty facts are left out."""
    return f"<{type(thing).__name__} {', '.join(fact for fact in facts if fact)}>"
