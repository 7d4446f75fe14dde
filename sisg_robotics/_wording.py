"""Words of sentences to people."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """The count with its noun: 1 frame, 2 frames."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
