"""What a question asks for, once its wrapping is off: the thing, its use, its colour, what it is not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..errors import BadValue

LONGEST = 1000
"""Characters of a question. Text encoders read about as much and drop the rest without a word."""

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

ALIKE_COLORS = ({"brown", "light brown"}, {"beige", "light brown"}, {"white", "beige"})
"""Colours that nobody tells apart with certainty, so one does not speak against the other."""

MATERIALS = (
    "wooden", "oak", "pine", "walnut", "lacquer", "metal", "steel", "brass", "plastic", "fabric", "velvet",
    "leather", "wool", "cotton", "ceramic", "porcelain", "marble", "stone", "clay", "wicker",
)  # fmt: skip
"""Materials that are told apart; one in a question is compared with all the others."""

_KINDS_OF = {
    "wooden": ("oak", "pine", "walnut"),
    "metal": ("steel", "brass"),
    "fabric": ("velvet", "wool", "cotton"),
    "ceramic": ("porcelain", "clay"),
}
_SAME_MATERIAL = {"wood": "wooden", "lacquered": "lacquer", "woollen": "wool", "woolen": "wool"}

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

_MATERIAL = re.compile(
    rf"\b({'|'.join((*MATERIALS, *_SAME_MATERIAL))})\b(?=\s+\w)"
)  # before what is made of it

_NOT = re.compile(
    r"\s*(?:(?:[,;:(]|\s-+)\s*(?:but\s+|and\s+)?(?:not|no)\b|\bbut\s+not\b|\band\s+not\b|"
    r"\b(?:that|which)\s+(?:is\s+not|isn't|are\s+not|aren't)\b|"
    r"[,;]?\s*\b(?:except(?:\s+for)?|other\s+than|excluding|apart\s+from)\b)\s+"
)
_AS_PICTURE = "\ufe0f"  # says that the character before it is to be drawn, as in many emoji
_ARTICLES = re.compile(r"^(?:(?:the|a|an|any|some|in)\s+)+|\s+(?:one|ones|thing|things)$")


@dataclass(frozen=True)
class Wording:
    """One question taken apart.

    `thing` is the text without wrapping and without colour; `use` the verb phrase of a question about what
    something is for ("sleep" in "a place to sleep"), "" otherwise; `color` one of COLORS or "", `material`
    one of MATERIALS or "".
    """

    thing: str
    use: str
    color: str
    pattern: str
    """The text with "{}" where its colour stands."""
    material: str = ""

    def made_of(self, material: str) -> str:
        """The thing, of another material."""
        return _MATERIAL.sub(material, self.thing, count=1)

    def in_color(self, color: str) -> str:
        """The same question about another colour."""
        return self.pattern.replace("{}", color)


def color_rivals(color: str) -> list[bool]:
    """For each of COLORS whether it speaks against that one."""
    alike = {color}.union(*(pair for pair in ALIKE_COLORS if color in pair))
    return [other not in alike for other in COLORS]


def material_rivals(material: str) -> list[bool]:
    """For each of MATERIALS whether it speaks against that one: not its kinds, nor what it is a kind of."""
    alike = {material, *_KINDS_OF.get(material, ())}
    alike.update(wider for wider, kinds in _KINDS_OF.items() if material in kinds)
    return [other not in alike for other in MATERIALS]


def clean(text: object) -> str:
    """The text without what no encoder can read; an emoji becomes its name, as "🪑" becomes "chair".

    One space stands between words: over a thousand of them the patterns below would take seconds. Raises
    BadValue for a text without any letter or digit, or with more than `LONGEST` characters.
    """
    accepted = "a word or a sentence, such as 'the red sofa'"
    if not isinstance(text, str):
        raise BadValue("query text", text, accepted)
    if len(text) > LONGEST:
        raise BadValue("query text", f"{text[:20]}... ({len(text)} characters)", f"at most {LONGEST} long")
    readable = "".join(_readable(character) for character in unicodedata.normalize("NFC", text))
    if not _has_words(readable):
        raise BadValue("query text", text, accepted)
    return " ".join(readable.split())


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _readable(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "So":
        return f" {unicodedata.name(character, '').lower()} "
    if kind in ("Cf", "Sk") or character == _AS_PICTURE:
        return ""
    return " " if kind[0] == "C" else character


def split_exclusions(text: str) -> tuple[str, ...]:
    """What is asked for, then what is excluded: "sofa, not the red one" gives "sofa" and "red sofa"."""
    wanted, *excluded = (part.strip(" ,;:()?!.") for part in _NOT.split(text))
    given = [_ARTICLES.sub("", part.lower()) for part in excluded]
    thing = parse(wanted).thing if wanted else ""
    given = [f"{part} {thing}" if _COLOR.fullmatch(part) else part for part in given if _has_words(part)]
    return (wanted, *given) if _has_words(wanted) else (text,)


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
    of = _MATERIAL.search(thing)
    material = _SAME_MATERIAL.get(of.group(1), of.group(1)) if of else ""
    return Wording(thing, use if use != thing else "", color, pattern, material)
