"""Where questions come from: the config, or somebody at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import BadValue, RequestError


def listed_questions(query: Any) -> list[str] | None:
    """The texts of the key `query`, which is one text or a list of them; None when it is not given."""
    if query is None:
        return None
    questions = query if isinstance(query, list) else [query]
    if len(questions) < 2 and not all(map(_says_something, questions or [None])):
        raise BadValue("query", query, "a text, or a list of texts such as [sofa,lamp]")
    for number, text in enumerate(questions, start=1):
        if not _says_something(text):
            raise BadValue(f"text {number} of {len(questions)} in query", text, "a word or more")
    return [str(text).strip() for text in questions]


def nobody_to_ask(key: str, example: str) -> RequestError:
    """The refusal of an application that would ask, were there a terminal."""
    return RequestError(f'Nothing was asked. Give it, as in {key}="{example}", or type it in a terminal.')


def _says_something(text: Any) -> bool:
    return isinstance(text, str | int | float) and bool(str(text).strip())


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
