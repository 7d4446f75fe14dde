"""Where badges go: none on another one, on an arrow or on a small thing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sisg_robotics.maps.badges import BIG, SMALL, Badge, Box, arrow_parts, badges_of_boxes, badges_of_stops

PLAN = Box(70, 54, 670, 654)


def gap(one: Badge, other: Badge) -> float:
    return math.dist(one[:2], other[:2]) - one.radius - other.radius


@pytest.mark.parametrize("yaw", np.linspace(-3, 3, 13).tolist())
def test_two_goals_at_one_place_touch_and_hide_no_heading(yaw: float) -> None:
    here, there = (300.0, 300.0, -0.9), (302.0, 299.0, yaw)
    first, second = badges_of_stops([here, there])
    assert first is not None and second is not None and first == (300, 300, BIG)
    assert second.radius == SMALL and -0.5 <= gap(first, second) <= 5
    for heading in (here, there):
        tip = arrow_parts(heading)[-1]
        assert gap(second, tip) > 0 and gap(first, tip) > 0


def test_stops_that_are_apart_stay_where_they_are_and_nowhere_has_no_badge() -> None:
    assert badges_of_stops([(100.0, 100.0, 0.0), None, (140.0, 100.0, 3.0)]) == [
        (100, 100, BIG),
        None,
        (140, 100, BIG),
    ]


def test_four_headings_at_one_place_have_four_badges() -> None:
    placed = badges_of_stops([(300.0, 300.0, turn * math.pi / 2) for turn in range(4)])
    badges = [one for one in placed if one is not None]
    assert [one.radius for one in badges] == [BIG, SMALL, SMALL, SMALL]
    assert min(gap(a, b) for i, a in enumerate(badges) for b in badges[:i]) > -1


def test_a_badge_is_in_a_large_box_and_beside_a_small_one() -> None:
    large, small = Box(100, 100, 300, 200), Box(400, 400, 415, 415)
    inside, beside = badges_of_boxes([large, small], [], PLAN)
    assert inside[:2] == (200, 150)
    aside = max(small.left - beside.x, beside.x - small.right, small.top - beside.y, beside.y - small.bottom)
    assert BIG <= aside <= BIG + 4


def test_badges_hide_neither_each_other_nor_small_things_nor_stops_and_stay_on_the_plan() -> None:
    chair, back = Box(183, 151, 241, 213), Box(191, 157, 233, 167)  # as "somewhere to sit" is answered
    at_wall, stop = Box(655, 300, 668, 340), Badge(212, 200)
    boxes = [chair, back, at_wall]
    badges = badges_of_boxes(boxes, [stop], PLAN)
    assert min(gap(a, b) for i, a in enumerate([*badges, stop]) for b in badges[:i]) >= 0
    for x, y, r in badges:
        for box in (back, at_wall):
            near = max(box.left, min(x, box.right)), max(box.top, min(y, box.bottom))
            assert math.dist(near, (x, y)) >= r
        assert PLAN.left <= x - r and x + r <= PLAN.right and PLAN.top <= y - r and y + r <= PLAN.bottom
