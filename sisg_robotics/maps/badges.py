"""Where on a plan the badges go, so that none hides another one, an arrow or a small thing; all in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

BIG, SMALL, RIM = 13, 9, 2
"""Radii of a badge that stands by itself and of one that touches another, and the paper around both."""
ARROW_PX = 32
TURNS_RAD = (0.96, -0.96, 0.79, -0.79, 1.57, -1.57, 2.2, -2.2, math.pi)
"""How far from its arrow a badge may touch another one; 55 degrees is as near as it hides nothing of it."""
FAR_PX = 3.0
"""What a radian away from its arrow counts beside pixels of something hidden."""


class Box(NamedTuple):
    """A rectangle of the picture, y down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_small(self) -> bool:
        """Whether a badge in its middle would hide it."""
        return min(self.right - self.left, self.bottom - self.top) < 2 * (BIG + RIM)


class Badge(NamedTuple):
    """A disc, or anything else that takes room."""

    x: float
    y: float
    radius: float = BIG


Heading = tuple[float, float, float]
"""x, y and the yaw of an arrow, which points up for pi / 2."""


def badges_of_stops(stops: Sequence[Heading | None]) -> list[Badge | None]:
    """Each at its place; where another one is there already, a small one that touches it, off all arrows."""
    arrows = [part for stop in stops if stop is not None for part in arrow_parts(stop)]
    placed: list[Badge | None] = []
    for stop in stops:
        if stop is None:
            placed.append(None)
            continue
        x, y, yaw = stop
        there = [one for one in placed if one is not None]
        badge = Badge(x, y)
        if _overlap(badge, there) > 0:
            away = BIG + SMALL + RIM
            around = [(x + away * math.cos(yaw + a), y - away * math.sin(yaw + a)) for a in TURNS_RAD]
            ring = [Badge(*at, SMALL) for at in around]
            hides = [_overlap(one, [*there, *arrows]) for one in ring]
            badge = _freest(ring, [cost + FAR_PX * abs(a) for cost, a in zip(hides, TURNS_RAD, strict=True)])
        placed.append(badge)
    return placed


def badges_of_boxes(boxes: Sequence[Box], taken: Sequence[Badge], plan: Box) -> list[Badge]:
    """Each in the middle of its box, beside it where that is small; off what is `taken` and each other."""
    placed: list[Badge] = []
    small = [box for box in boxes if box.is_small]
    for box in boxes:
        others = [other for other in small if other is not box]
        places = _beside(box) if box.is_small else [_middle(box), *_corners(box), *_beside(box)]
        there = [*taken, *placed]
        costs = [_overlap(one, there) + _hidden(one, others) + _outside(one, plan) for one in places]
        placed.append(_freest(places, costs))
    return placed


def arrow_parts(stop: Heading) -> list[Badge]:
    """What an arrow takes of the picture."""
    x, y, yaw = stop
    ways = ((18, 7), (25, 4), (ARROW_PX, 2))
    return [Badge(x + far * math.cos(yaw), y - far * math.sin(yaw), wide) for far, wide in ways]


def _middle(box: Box) -> Badge:
    return Badge((box.left + box.right) / 2, (box.top + box.bottom) / 2)


def _corners(box: Box) -> list[Badge]:
    """Inside."""
    inset = BIG + 2 * RIM
    xs, ys = (box.right - inset, box.left + inset), (box.top + inset, box.bottom - inset)
    return [Badge(x, y) for y in ys for x in xs]


def _beside(box: Box) -> list[Badge]:
    """Outside, next to the middles of its sides, then at its corners."""
    x, y, _ = _middle(box)
    away = BIG + RIM
    left, top, right, bottom = box.left - away, box.top - away, box.right + away, box.bottom + away
    sides = [(right, y), (left, y), (x, top), (x, bottom)]
    return [Badge(a, b) for a, b in (*sides, (right, top), (left, top), (right, bottom), (left, bottom))]


def _freest(places: Sequence[Badge], costs: Sequence[float]) -> Badge:
    """The first of those that cost least."""
    return places[min(range(len(places)), key=lambda i: round(costs[i], 3))]


def _overlap(one: Badge, others: Sequence[Badge]) -> float:
    """How deep it lies over others."""
    return math.fsum(
        max(0.0, one.radius + other.radius + RIM - math.dist(one[:2], other[:2]) - 1e-6) for other in others
    )


def _hidden(one: Badge, boxes: Sequence[Box]) -> float:
    """How deep it lies over boxes."""
    aside = [
        (max(left - one.x, 0.0, one.x - right), max(top - one.y, 0.0, one.y - bottom))
        for left, top, right, bottom in boxes
    ]
    return math.fsum(max(0.0, one.radius + RIM - math.hypot(*far)) for far in aside)


def _outside(one: Badge, plan: Box) -> float:
    """How far it sticks out of the plan."""
    reach = one.radius + RIM
    over = (
        plan.left - one.x + reach,
        one.x + reach - plan.right,
        plan.top - one.y + reach,
        one.y + reach - plan.bottom,
    )
    return math.fsum(max(0.0, value) for value in over)
