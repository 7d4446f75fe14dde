"""Which things of the map a phrase means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..._wording import counted
from ...maps import MapObject
from ...scenes.rooms import find_room_kind
from ..evidence import likely
from .instruction import Thing, Where
from .sides import side_direction
from .site import Site, gap_m, half_m, middle_m

NEAR_M = 1.0
"""What is this near is next to something."""

LONG = 3
"""So many words are seldom one thing: they may be a sentence that nobody understood."""

TOUCH_M = 0.25
"""Between a thing and what it stands on: noise, and what hides its foot."""


@dataclass(frozen=True)
class Grounded:
    """Things that a phrase may mean, the likeliest first, and what there is to say about the choice."""

    things: tuple[MapObject, ...]
    note: str = ""
    chosen: bool = False
    """Whether the words themselves choose the first: "the largest"."""

    @property
    def found(self) -> bool:
        """Whether there is any."""
        return bool(self.things)


def ground(site: Site, phrase: Thing) -> Grounded:
    """The things of the map that a phrase means, the one that is meant first."""
    answer = site.around.ask(phrase.text)
    if not answer.found:
        hint = " Sentences are read in plain English." if len(phrase.text.split()) >= LONG else ""
        return Grounded((), f"There is no {phrase.text!r} in this map.{hint}")
    things = likely(answer.objects)
    for where in phrase.where:
        kept = _related(site, things, where)
        if not kept.things:
            seen = f"{counted(len(things), 'thing')} of that name elsewhere"
            return Grounded((), kept.note or f"No {phrase.text!r} is {told_where(where)}, but {seen}.")
        things = list(kept.things)
    return _chosen(site, phrase, things)


def _chosen(site: Site, phrase: Thing, things: list[MapObject]) -> Grounded:
    """Things in the order of the phrase's choice."""
    if phrase.reference is not None:
        reference = ground(site, phrase.reference)
        if not reference.found:
            return reference
        anchor = reference.things[0]
        things.sort(key=lambda thing: gap_m(thing, anchor))
    else:
        things.sort(key=lambda thing: (round(site.way_cost(thing), 2), -thing.score))
    by_size: dict[str, Callable[[MapObject], float]] = {
        "largest": lambda thing: -float(np.prod(thing.size_xyz_m)),
        "smallest": lambda thing: float(np.prod(thing.size_xyz_m)),
        "tallest": lambda thing: -thing.size_xyz_m[2],
        "lowest": lambda thing: thing.size_xyz_m[2],
        "leftmost": lambda thing: -_bearing(site, thing),
        "rightmost": lambda thing: _bearing(site, thing),
    }
    if phrase.rank in by_size:
        things.sort(key=by_size[phrase.rank])
    if phrase.rank == "farthest":
        things.reverse()
    if phrase.nth:
        if phrase.nth > len(things):
            return Grounded((), f"There are only {len(things)} of {phrase.text!r} in this map.")
        at = phrase.nth - 1 if phrase.nth > 0 else len(things) - 1
        things.insert(0, things.pop(at))
    chosen = bool(phrase.rank or phrase.nth or phrase.reference is not None)
    several = len(things) > 1 and not chosen
    note = f"{len(things)} things answer {phrase.text!r}; the nearest is meant." if several else ""
    return Grounded(tuple(things), note, chosen)


def _related(site: Site, things: list[MapObject], where: Where) -> Grounded:
    """Those of the things that stand as it is said."""
    named = where.relation == "in" and find_room_kind(where.thing.text) is not None
    inside = site.around.rooms.of_kind(where.thing.text) if named else None
    if inside is not None:
        if not inside.any():
            return Grounded((), f"No room of this map looks like a {where.thing.text}.")
        labels = np.pad(inside, 1)
        cells = [site.costmap.cell_of(middle_m(thing)) + 1 for thing in things]
        reach = range(-6, 7, 2)
        size = np.array(labels.shape) - 1
        kept = [
            thing
            for thing, cell in zip(things, cells, strict=True)
            if any(labels[tuple(np.clip(cell + step, 0, size))] for step in product(reach, reach))
        ]
        return Grounded(tuple(kept))
    anchors = ground(site, where.thing)
    if not anchors.found:
        return anchors
    others: tuple[MapObject | None, ...] = (None,)
    if where.other is not None:
        second = ground(site, where.other)
        if not second.found:
            return second
        others = second.things
    near = [
        thing
        for thing in things
        if any(
            thing is not anchor and stands(site, thing, where.relation, anchor, other)
            for anchor in anchors.things
            for other in others
        )
    ]
    return Grounded(tuple(near))


def stands(site: Site, thing: MapObject, relation: str, anchor: MapObject, other: MapObject | None) -> bool:
    """Whether a thing stands in a relation to another one, by their boxes."""
    overlap = np.minimum(middle_m(thing) + half_m(thing), middle_m(anchor) + half_m(anchor)) - np.maximum(
        middle_m(thing) - half_m(thing), middle_m(anchor) - half_m(anchor)
    )
    over = bool(np.all(overlap > 0))
    low, top = (thing.center_xyz_m[2] + sign * thing.size_xyz_m[2] / 2 for sign in (-1, 1))
    anchor_low, anchor_top = (anchor.center_xyz_m[2] + sign * anchor.size_xyz_m[2] / 2 for sign in (-1, 1))
    if relation == "on":
        lowest = max(anchor_low, anchor_top - max(TOUCH_M, 0.5 * (anchor_top - anchor_low)))
        return over and lowest < low <= anchor_top + TOUCH_M
    if relation == "under":
        return over and top <= anchor_top - 0.02 and low < anchor_low + TOUCH_M
    if relation == "in":
        return over and low >= anchor_low - TOUCH_M
    if relation == "near":
        return gap_m(thing, anchor) <= NEAR_M
    if relation == "between":
        assert other is not None
        a, b = middle_m(anchor), middle_m(other)
        share = float((middle_m(thing) - a) @ (b - a) / max((b - a) @ (b - a), 1e-9))
        off = np.linalg.norm(middle_m(thing) - (a + share * (b - a)))
        return 0.1 < share < 0.9 and bool(off <= NEAR_M)
    direction = side_direction(site, anchor, relation)  # type: ignore[arg-type]
    along = float((middle_m(thing) - middle_m(anchor)) @ direction)
    across = float(np.linalg.norm(middle_m(thing) - middle_m(anchor) - along * direction))
    return along > 0 and along >= across


def told_where(where: Where) -> str:
    """A relation in words."""
    words = {"near": "next to", "left": "left of", "right": "right of", "front": "in front of"}
    other = f" and the {where.other.text}" if where.other else ""
    return f"{words.get(where.relation, where.relation)} the {where.thing.text}{other}"


def _bearing(site: Site, thing: MapObject) -> float:
    """Angle from the robot's heading to a thing, counter-clockwise, in (-pi, pi]."""
    x, y = middle_m(thing) - site.xy_m
    angle = np.arctan2(y, x) - site.pose_xyyaw[2]
    return float(np.arctan2(np.sin(angle), np.cos(angle)))
