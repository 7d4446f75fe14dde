"""A text as single instructions: wrapping off, sequences split, numbers written as digits."""

from __future__ import annotations

import re
import unicodedata

from ...maps.wording import clean

_POLITE = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|robot|please|kindly|now|first|firstly|so|and|then|next|after that|"
    r"afterwards|finally|lastly|can you|could you|would you|will you|i want you to|i would like you to|"
    r"i'd like you to|"
    r"you should|you must|try to|let's|let us|i want to|i need to|i would like to|i'd like to)\b[,:]?\s*)+"
)
_ENDING = re.compile(r"[\s,;]*\b(?:please|thanks|thank you|now)?[\s.!?,;]*$")

_VERBS = (
    r"go|move|drive|walk|head|navigate|come|travel|turn|rotate|face|look|stop|stand|find|approach|reach|visit|"
    r"return|take me|bring me|proceed|continue|back up|step|wait|park|pass|spin|get"
)
_NEXT = re.compile(
    r"\s*(?:[,;.]\s*)?\b(?:and then|then|after that|afterwards|and afterwards|and finally|finally|"
    r"and after that)\b[,:]?\s*|\s*[;.!?]\s+"
    rf"|\s*,?\s+and\s+(?=(?:{_VERBS})\b)|\s*,\s*(?=(?:{_VERBS})\b)"
)

_LISTED = re.compile(r"\s*,\s*(?:and\s+)?(?=(?:the|my|an?)\s+(?!one\b|other\b))|(?<=,)\s*and\s+(?=the\b)")
"""Between the things of a list, each of which is gone to."""

_NUMBERS = {
    "a couple of": "2", "half a": "0.5", "one and a half": "1.5", "a half": "0.5", "two and a half": "2.5",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "ninety": "90", "forty-five": "45", "forty five": "45", "thirty": "30",
    "sixty": "60", "one hundred and eighty": "180", "a": "1", "an": "1",
}  # fmt: skip
_UNIT = r"(?:m|meters?|metres?|cm|centimeters?|centimetres?|feet|foot|ft|steps?|degrees?|deg|°)"
_COUNTED = re.compile(
    rf"\b({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?=\s+(?:more\s+)?{_UNIT}(?![a-z]))"
)


def split_clauses(text: object) -> list[str]:
    """The instructions of a text in their order, lower case, without politeness.

    Raises BadValue for what is no text, empty, or longer than a question may be.
    """
    plain = unicodedata.normalize("NFKC", clean(text)).lower().replace("’", "'").replace("`", "'")
    plain = re.sub(r"(\d)\s*,\s*(?=\d)", r"\1.", " ".join(plain.split()))
    clauses = (
        _ENDING.sub("", _POLITE.sub("", part.strip()))
        for step in _NEXT.split(plain)
        for part in _listed(step)
    )
    return [_COUNTED.sub(lambda found: _NUMBERS[found.group(1)], clause) for clause in clauses if clause]


def _listed(step: str) -> list[str]:
    """The parts of "the armchair, the ottoman and the fridge"; anything else whole."""
    if "between" in step or not (parts := _LISTED.split(step))[1:]:
        return [step]
    *first, last = parts
    return [*first, *re.split(r"\s+and\s+(?=the\b)", last)]
