"""Noun phrases: "the second chair from the door", "the largest table in the kitchen", "a blue one"."""

from __future__ import annotations

import re
from dataclasses import replace

from .instruction import Rank, Relation, Thing, Where

_DETERMINER = re.compile(r"^(?:(?:the|a|an|my|your|our|his|her|their|this|that|some|any|one of the)\s+)+")

_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "1st": 1, "2nd": 2, "3rd": 3,
    "4th": 4, "5th": 5, "6th": 6, "other": 2, "last": -1,
}  # fmt: skip
_RANKS: dict[str, Rank] = {
    "nearest": "nearest", "closest": "nearest", "farthest": "farthest", "furthest": "farthest",
    "most distant": "farthest", "largest": "largest", "biggest": "largest", "smallest": "smallest",
    "tallest": "tallest", "highest": "tallest", "lowest": "lowest", "shortest": "lowest",
    "leftmost": "leftmost", "rightmost": "rightmost",
}  # fmt: skip
_WHICH = re.compile(rf"^({'|'.join((*_ORDINALS, *_RANKS))})\s+")

_RELATION_WORDS: dict[str, Relation] = {
    r"on top of|on|upon|standing on|lying on": "on",
    r"underneath|under|below|beneath": "under",
    r"next to|beside|near to|near|close to|by|alongside|along": "near",
    r"inside of|inside|within|in": "in",
    r"(?:to|on|at) the left(?: side)? of|left of": "left",
    r"(?:to|on|at) the right(?: side)? of|right of": "right",
    r"in front of": "front",
    r"at the back of|behind": "behind",
    r"opposite to|opposite of|opposite|across from": "opposite",
    r"in between|between": "between",
}
_ALL = "|".join(f"(?P<r{i}>{words})" for i, words in enumerate(_RELATION_WORDS))
_RELATED = re.compile(rf"\s(?:(?:that|which) (?:is|are|stands?|lies|hangs) )?(?:{_ALL})\s+(?=\S)")
_MEASURED = re.compile(
    r"\s(?:(?:that|which) is )?(closest|nearest|farthest|furthest|most distant)(?:\s+(?:to|from))?\s+"
)
_FROM = re.compile(r"\s(?:counted |counting |as )?from\s+")
_AT_A_SIDE = re.compile(r"\s(?:on|at|to) (?:the|your|my) (?:far )?(left|right)(?:[ -]hand)?(?: side)?$")
_PURPOSE = re.compile(
    r"^(?:somewhere|something|anywhere|anything|(?:a |the )?(?:place|spot|thing)s? (?:to|for|where))\b"
)
_PRONOUN = re.compile(r"^(?:(.*?)\s*\b(?:one|ones)|it|that|them|there)$")


def parse_thing(text: str, before: Thing | None = None) -> Thing | None:
    """The thing that a phrase names; `before` is what "one" and "it" stand for. None for no phrase at all."""
    plain = text.strip(" ,.;:!?")
    if not plain:
        return None
    if _PURPOSE.match(plain):
        return Thing(plain)
    plain, excluded = _without_exclusions(plain)
    plain = _DETERMINER.sub("", plain + " ").strip()
    which = Thing("")
    while found := _WHICH.match(plain + " "):
        which = _chosen(which, found.group(1))
        plain = _DETERMINER.sub("", plain[found.end() :].strip() + " ").strip()
    head, thing = _with_modifiers(plain, which, before)
    head = _DETERMINER.sub("", head + " ").strip()
    if not head:
        return None
    if (found := _PRONOUN.match(head)) is not None:
        if before is None:
            return None if head in ("it", "that", "them", "there") else replace(thing, text=head + excluded)
        described = (found.group(1) or "").strip()
        name = before.text.split(",")[0]
        if not described and not which.nth and not which.rank and not thing.where and not excluded:
            return before
        return replace(
            thing, text=" ".join(filter(None, (described, _uncolored(name, described)))) + excluded
        )
    return replace(thing, text=head + excluded)


def _chosen(which: Thing, word: str) -> Thing:
    return replace(which, rank=_RANKS[word]) if word in _RANKS else replace(which, nth=_ORDINALS[word])


def _with_modifiers(plain: str, which: Thing, before: Thing | None) -> tuple[str, Thing]:
    """The head of a phrase, and what is said of it after the head."""
    if found := _AT_A_SIDE.search(" " + plain):
        at = max(found.start() - 1, 0)
        rank: Rank = "leftmost" if found.group(1) == "left" else "rightmost"
        return plain[:at], replace(which, rank=rank)
    first = min(
        (found for pattern in (_MEASURED, _FROM, _RELATED) if (found := pattern.search(" " + plain))),
        key=lambda found: found.start(),
        default=None,
    )
    if first is None:
        return plain, which
    head, rest = (" " + plain)[: first.start()].strip(), (" " + plain)[first.end() :].strip()
    if first.re is _FROM:
        if rest in ("the left", "left", "the right", "right"):
            return head, replace(which, rank="leftmost" if "left" in rest else "rightmost")
        return head, replace(which, reference=parse_thing(rest, before))
    if first.re is _MEASURED:
        reference = None if rest in ("me", "you", "us", "the robot", "here") else parse_thing(rest, before)
        return head, replace(which, rank=_RANKS[first.group(1)], reference=reference)
    where = _where(first, rest, before)
    return (head, replace(which, where=(where,))) if where else (plain, which)


def _where(found: re.Match[str], rest: str, before: Thing | None) -> Where | None:
    number = next(i for i in range(len(_RELATION_WORDS)) if found.group(f"r{i}"))
    relation = list(_RELATION_WORDS.values())[number]
    if relation == "between":
        pair = split_pair(rest, before)
        return Where("between", *pair) if pair else None
    thing = parse_thing(rest, before)
    return Where(relation, thing) if thing else None


def split_pair(text: str, before: Thing | None = None) -> tuple[Thing, Thing] | None:
    """The two things of "A and B", or of "the two chairs"."""
    if found := re.match(r"^(?:the )?(?:two|2|both|pair of) (\w.*?)s?$", text):
        one = parse_thing(found.group(1), before)
        return (replace(one, nth=1), replace(one, nth=2)) if one else None
    first, _, second = text.partition(" and ")
    a = parse_thing(first, before)
    b = parse_thing(second, a) if second else None
    return (a, b) if a and b else None


_EXCLUDING = re.compile(
    r"\s*(?:,|\bbut\b|\band\b)?\s*\b(?:not|except(?: for)?|other than|excluding|apart from)\s+(?=\w)"
)


def _without_exclusions(plain: str) -> tuple[str, str]:
    """The phrase, and what it excludes as the map takes it: ", not the office chair"."""
    wanted, *excluded = _EXCLUDING.split(plain)
    return wanted.strip(" ,"), "".join(f", not {part.strip(' ,')}" for part in excluded if part.strip(" ,"))


def _uncolored(name: str, described: str) -> str:
    """The name without its colour where another is given: the red chair, then the blue one."""
    from ...maps.wording import COLORS

    if not any(color in described for color in COLORS):
        return name
    return " ".join(word for word in name.split() if word not in COLORS)
