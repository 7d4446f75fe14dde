"""What a question asks for, once its wrapping is off: the thing, what it is for, its colour."""

from __future__ import annotations

import re
from dataclasses import dataclass

COLORS = (
    "white",
    "grey",
    "black",
    "red",
    "orange",
    "yellow",
    "green",
    "turquoise",
    "blue",
    "purple",
    "pink",
    "brown",
    "light brown",
    "beige",
)
"""Colours that are told apart; a colour in a question is compared with all the others."""

_SAME_COLOR = {"gray": "grey", "teal": "turquoise", "cyan": "turquoise", "violet": "purple", "cream": "beige"}

_ASKING = re.compile(
    r"^(?:please|hey|ok|can you|could you|show me|find me|find|take me to|bring me to|bring me|bring|give me|"
    r"get me|get|go to|look for|navigate to|point to|where is|where are|where's|is there|are there|"
    r"i am looking for|i'm looking for|do we have|do you see)\s+"
)

_FOR_SOMETHING = re.compile(
    # "something to ...", "a good place where I can ...", "a machine that ..."
    r"^(?:(?:(?:the|a|an|some)\s+)?(?:\w+\s+)?"
    r"(?:something|somewhere|anything|anywhere|place|spot|thing|object|device|item|machine|appliance|"
    r"piece of furniture|furniture|tool|equipment)\s+"
    r"(?:(?:for|to|that|which|where|on|in|with|i|you|we|one|someone|people)\s+)+"
    r"(?:(?:can|could|may)\s+)?(?:be used\s+)?(?:(?:to|for)\s+)?"
    # "where can I ...", "I want to ..."
    r"|(?:where|how|what|on what)\s+(?:can|could|do|should|would|might)\s+(?:i|we|you|one|people)\s+"
    r"|(?:i|we)\s+(?:want|need|would like|have|wish)\s+to\s+|i'd like to\s+|what\s+(?=\w+s\b)"
    # "I am thirsty"
    r"|(?:i am|i'm|i feel|we are|we're)\s+)"
)

_COLOR = re.compile(
    r"\b(" + "|".join(sorted({*COLORS, *_SAME_COLOR}, key=len, reverse=True)) + r")\b(?:[- ]colou?red)?\s*"
)


@dataclass(frozen=True)
class Wording:
    """One question taken apart.

    `thing` is the text without wrapping and without colour; `use` the verb phrase of a question about what
    something is for ("sleep" in "a place to sleep"), "" otherwise; `color` one of COLORS or "".
    """

    thing: str
    use: str
    color: str
    pattern: str
    """The text with "{}" where its colour stands."""

    def in_color(self, color: str) -> str:
        """The same question about another colour."""
        return self.pattern.format(color)


def parse(text: str) -> Wording:
    """Take a question apart; any text has an answer, if only itself."""
    plain = " ".join(re.sub(r"[?!.,;{}]+", " ", text.lower()).split()) or text
    while (shorter := _ASKING.sub("", plain)) != plain:
        plain = shorter
    found = _COLOR.search(plain)
    color = _SAME_COLOR.get(found.group(1), found.group(1)) if found else ""
    thing = " ".join((plain[: found.start()] + plain[found.end() :]).split()) if found else plain
    if thing in ("", "a", "an", "the", "something", "things", "anything"):  # the colour is all there is
        thing = plain
    use = _FOR_SOMETHING.sub("", thing)
    pattern = f"{plain[: found.start(1)]}{{}}{plain[found.end(1) :]}" if found else plain
    return Wording(thing=thing, use=use if use != thing else "", color=color, pattern=pattern)
