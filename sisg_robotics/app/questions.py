"""Where questions come from: the config, or somebody at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import BadValue


def listed_questions(query: Any) -> list[str] | None:
    """The texts of the key `query`, which is one text or a list of them; None when it is not given."""
    if query is None:
        return None
    questions = query if isinstance(query, list) else [query]
    if not questions or not all(
        isinstance(text, str | int | float) and str(text).strip() for text in questions
    ):
        raise BadValue("query", query, "a text, or a list of texts such as [sofa,lamp]")
    return [str(text).strip() for text in questions]


def ask_for_questions() -> Iterator[str]:
    """What somebody types, line by line, until an empty line or the end of input."""
    while True:
        try:
            question = input("What are you looking for? (Enter ends) ").strip()
        except EOFError:
            print()
            return
        if not question:
            return
        yield question
