"""Crumbs of a thing are not things to go to."""

from __future__ import annotations

from sisg_robotics.maps import MapObject
from sisg_robotics.navigation.evidence import likely


def thing(score: float, cells: int) -> MapObject:
    return MapObject(score, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), cells, "sofa")


def test_crumbs_and_poor_answers_are_left_out() -> None:
    sofa, other, crumb, poor = thing(0.8, 900), thing(0.78, 400), thing(0.79, 12), thing(0.5, 2000)
    assert likely([sofa, crumb, other, poor]) == [sofa, other]
    assert likely([crumb]) == [crumb]
    assert likely([]) == []
