"""Ways on grids whose answer can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.rendering.cameras.walking import FreeSpace, tour


def space_of(*rows: str) -> FreeSpace:
    mask = np.array([[cell == "." for cell in row] for row in rows])
    return FreeSpace.largest_part(mask, np.array([1.0, -2.0]), 0.1)


def test_only_the_largest_connected_part_is_kept():
    space = space_of("..#....", "..#....", "###....")
    assert space.mask[:, :2].sum() == 0
    assert space.mask.sum() == 12


def test_a_cell_and_its_centre_belong_together():
    space = space_of("...", ".#.", "...")
    np.testing.assert_allclose(space.center(np.array([0, 2])), [1.05, -1.75])
    cells = np.argwhere(np.ones(space.mask.shape, dtype=bool))
    np.testing.assert_array_equal(space.is_free(space.center(cells)), space.mask.ravel())
    assert not space.is_free(np.array([[0.99, -1.9], [1.31, -1.9]])).any()


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_a_tour_visits_every_place_once_on_free_cells(first):
    space = space_of("........", ".######.", "........", ".######.", "........")
    places = [(0, 3), (4, 4), (2, 2), (2, 7)]
    order, legs = tour(space, places, first)
    assert order[0] == first and sorted(order) == [0, 1, 2, 3]
    for leg, a, b in zip(legs, order, order[1:], strict=False):
        np.testing.assert_allclose(leg[0], space.center(np.array(places[a])))
        np.testing.assert_allclose(leg[-1], space.center(np.array(places[b])))
        assert space.is_free(leg).all()
        assert np.linalg.norm(np.diff(leg, axis=0), axis=1).max() < 0.2


def test_a_tour_is_no_longer_than_any_other_order_on_a_line():
    space = space_of("." * 30)
    places = [(0, 12), (0, 2), (0, 27), (0, 7), (0, 20)]
    order, _ = tour(space, places, 1)
    assert order == [1, 3, 0, 4, 2]


def test_a_path_keeps_off_the_walls_where_there_is_room():
    space = space_of(*["." * 40] * 15)
    _, (leg,) = tour(space, [(1, 2), (1, 37)], 0)
    middle = leg[len(leg) // 2]
    assert middle[0] > 1.0 + 0.2
