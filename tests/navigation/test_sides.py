"""Which side of a thing is its front, and when none is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sisg_robotics.maps import MapObject, VoxelMap
from sisg_robotics.navigation import Costmap
from sisg_robotics.navigation.goals.sides import front_of
from sisg_robotics.navigation.goals.site import Site, Surroundings

Box = tuple[float, float, float, float, float, float]
EAST, NORTH = (1.0, 0.0), (0.0, 1.0)
THIN_WALL: Box = (2.0, 0, 0, 2.1, 3, 2.5)
"""Behind it the floor goes on."""


@pytest.fixture
def front(make_voxels: Callable[..., VoxelMap], make_room: Callable[..., list[Box]]) -> Callable:
    """The front of a thing that fills a box in a room of 4 m by 3 m, as a tuple."""

    def found(thing: Box, *others: Box, text: str = "sofa") -> tuple[float, float] | None:
        vmap = make_voxels(*make_room(4, 3), thing, *others)
        low, high = np.array(thing[:3]), np.array(thing[3:])
        center, size = (tuple(map(float, values)) for values in ((low + high) / 2, high - low))
        site = Site(Surroundings(vmap, Costmap.from_map(vmap)), (3.0, 1.5, 0.0))
        direction = front_of(site, MapObject(0.9, center, size, 100, text))
        return None if direction is None else (float(direction[0]), float(direction[1]))

    return found


@pytest.mark.parametrize("away_m", [0.0, 0.1, 0.2])
def test_the_side_across_from_the_wall_is_the_front(front: Callable, away_m: float) -> None:
    assert front((away_m, 1, 0.05, away_m + 0.5, 2, 0.8)) == EAST
    assert front((1, away_m, 0.05, 2, away_m + 0.5, 0.8)) == NORTH


def test_floor_behind_a_thin_wall_does_not_open_that_side(front: Callable) -> None:
    assert front((2.1, 1, 0.05, 2.6, 2, 0.8), THIN_WALL) == EAST


@pytest.mark.parametrize("thing", [(1.5, 1, 0.05, 2.5, 1.8, 0.8), (0.6, 1, 0.05, 1.1, 2, 0.8)])
def test_what_stands_away_from_walls_has_no_front(front: Callable, thing: Box) -> None:
    assert front(thing) is None


def test_what_lies_on_the_floor_has_none(front: Callable) -> None:
    assert front((1, 0.8, 0, 2.5, 2, 0.05), text="rug") is None


@pytest.mark.parametrize(("text", "expected"), [("sofa", EAST), ("bunk bed", NORTH), ("bedside table", EAST)])
def test_in_a_corner_the_long_side_is_the_front_but_for_a_bed(
    front: Callable, text: str, expected: tuple[float, float]
) -> None:
    assert front((0, 0, 0.05, 0.6, 1.8, 0.8), text=text) == expected


def test_in_a_corner_it_is_that_with_more_free_floor(front: Callable) -> None:
    cube = (0, 0, 0.05, 0.6, 0.6, 0.8)
    assert front(cube) is None
    assert front(cube, (0, 0.75, 0.05, 0.6, 1.2, 0.8)) == EAST
    assert front(cube, (0.75, 0, 0.05, 1.2, 0.6, 0.8)) == NORTH


def test_a_tall_thing_is_no_wall_behind_itself(front: Callable) -> None:
    assert front((0, 1, 0.05, 0.6, 2, 2.1), text="wardrobe") == EAST
    assert front((1.5, 1, 0.05, 2.1, 2, 2.1), text="wardrobe") is None
