"""What a room should hold: from its furniture list and from the prompt, one wish for each thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..assets import CATEGORIES
from .furnishing import FURNITURE, PLACES, Rule, categories_of

_ALIKE = frozenset({"around", "beside", "near", "window"})
"""Places where several things of one rule are of one make: chairs at a table, curtains of a room."""


@dataclass(frozen=True)
class Ask:
    """What a prompt says about one category in one room: exactly `count` of it, looking like this."""

    category: str
    count: int
    color: str | None = None
    material: str | None = None
    words: str = ""
    """As the prompt had it."""


@dataclass(frozen=True)
class Wish:
    """One thing to be placed."""

    category: str
    place: str
    partner: int | None
    """Index of the wish that it is placed relative to."""
    seed: int
    color: str | None = None
    material: str | None = None
    asked: bool = False
    essential: bool = False
    """Worth a report when it cannot be placed."""


def draw_wishes(kind: str, asks: Sequence[Ask], rng: np.random.Generator) -> tuple[Wish, ...]:
    """Wishes for a room of this kind, the partner always before what stands relative to it.

    A category that is asked for appears exactly as often as asked, 0 included.
    """
    left: dict[str, list[Ask]] = {}
    for ask in asks:
        left.setdefault(ask.category, []).extend([ask] * ask.count)
    drawn: list[Wish] = []
    rules = FURNITURE[kind]
    first = [rule for rule in rules if rule.chance >= 1 or _is_asked(rule, left)]
    for rule in first:
        _draw(rule, None, left, drawn, rng)
    _draw_rest(left, drawn, rng)
    for rule in rules:
        if rule not in first:
            _draw(rule, None, left, drawn, rng)
    return tuple(drawn)


def _is_asked(rule: Rule, left: Mapping[str, Sequence[Ask]]) -> bool:
    return any(left.get(name) for name in categories_of(rule)) or any(
        _is_asked(companion, left) for companion in rule.along
    )


def _draw(
    rule: Rule, partner: int | None, left: dict[str, list[Ask]], out: list[Wish], rng: np.random.Generator
) -> None:
    """Append the wishes of one rule and of what comes along with it."""
    names = (rule.category,) if isinstance(rule.category, str) else rule.category
    count = int(rng.integers(rule.count[0], rule.count[1] + 1)) if rng.random() < rule.chance else 0
    wanted = [name for name in categories_of(rule) if left.get(name)]
    count = max(count, min(1, len(wanted)))
    if isinstance(rule.category, str) and rule.category in left:
        count = len(left[rule.category])
    alike = int(rng.integers(1_000_000))
    for _ in range(count):
        wanted = [name for name in categories_of(rule) if left.get(name)]
        open_names = wanted or [name for name in names if name not in left]
        if not open_names:
            return
        category = open_names[int(rng.integers(len(open_names)))]
        ask = left[category].pop(0) if wanted else None
        essential = rule.chance >= 1 and partner is None
        seed = alike if rule.place in _ALIKE else int(rng.integers(1_000_000))
        out.append(_wish(category, rule.place, partner, ask, essential, seed))
        index = len(out) - 1
        for companion in rule.along:
            _draw(companion, index, left, out, rng)


def _draw_rest(left: dict[str, list[Ask]], out: list[Wish], rng: np.random.Generator) -> None:
    """Things asked for that no rule of this room has taken."""
    for category, asks in left.items():
        while asks:
            support = CATEGORIES[category].support
            by_support = {"floor": "wall", "wall": "hang", "ceiling": "ceiling", "surface": "surface"}
            place = PLACES.get(category, by_support[support])
            place = "surface" if support == "surface" else place
            out.append(_wish(category, place, None, asks.pop(0), True, int(rng.integers(1_000_000))))


def _wish(
    category: str,
    place: str,
    partner: int | None,
    ask: Ask | None,
    essential: bool,
    seed: int,
) -> Wish:
    if ask is None:
        return Wish(category, place, partner, seed, essential=essential)
    return Wish(category, place, partner, seed, ask.color, ask.material, True, True)
