"""Paths through rooms whose shortest ways are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.navigation import Costmap, plan_path, replan
from sisg_robotics.navigation.costmap import FREE, OCCUPIED
from sisg_robotics.navigation.search import ways_from


def grid(rows: str, *, radius_m: float = 0.05, steepness: float = 0.0) -> Costmap:
    """A costmap drawn in characters: # is occupied, anything else free; up is +y, 0.1 m a character."""
    state = np.array([[OCCUPIED if c == "#" else FREE for c in row] for row in rows.split()], dtype=np.int8)
    return Costmap(state[::-1].T.copy(), (0.0, 0.0), 0.1, radius_m, steepness=steepness)


OPEN = grid("\n".join(["." * 40] * 30))
WALL = grid("\n".join(["." * 19 + "#" + "." * 20] * 20 + ["." * 40] * 10))
SPLIT = grid("\n".join(["." * 19 + "#" + "." * 20] * 30))


def test_over_open_floor_it_is_the_straight_line() -> None:
    path = plan_path(OPEN, (0.25, 0.25), (3.55, 2.45))
    assert path.reached and path.note == ""
    np.testing.assert_allclose(path.points_xy_m[[0, -1]], [[0.25, 0.25], [3.55, 2.45]])
    assert path.length_m == pytest.approx(np.hypot(3.3, 2.2), rel=0.01)


def test_round_a_wall_it_is_the_way_round_its_end() -> None:
    path = plan_path(WALL, (1.0, 2.5), (2.9, 2.5))
    corner = np.hypot(0.9, 1.5) + np.hypot(0.9, 1.5) + 0.1
    assert path.reached
    assert corner - 0.05 < path.length_m < corner * 1.08
    assert path.is_clear(WALL)


@given(st.integers(0, 10_000))
def test_a_path_never_touches_what_is_occupied(seed: int) -> None:
    rng = np.random.default_rng(seed)
    state = np.where(rng.random((30, 25)) < 0.08, OCCUPIED, FREE).astype(np.int8)
    costmap = Costmap(state, (-1.0, 2.0), 0.1, 0.12)
    cells = np.argwhere(costmap.passable)
    if not len(cells):
        return
    start, goal = costmap.center_of(cells[rng.integers(len(cells), size=2)])
    path = plan_path(costmap, start, goal)
    assert path.is_clear(costmap)
    assert path.clearance_m >= -1e-6
    first, last = (tuple(costmap.cell_of(point).tolist()) for point in (start, goal))
    if np.array_equal(path.points_xy_m[0], start):  # else it begins outside of a pocket
        assert path.reached == np.isfinite(ways_from(costmap, first).cost[last])
    assert np.linalg.norm(np.diff(path.points_xy_m, axis=0), axis=1).max(initial=0) <= 0.12


def test_it_costs_no_more_than_any_way_over_the_grid() -> None:
    rng = np.random.default_rng(3)
    state = np.where(rng.random((12, 12)) < 0.2, OCCUPIED, FREE).astype(np.int8)
    costmap = Costmap(state, (0.0, 0.0), 0.1, 0.04)
    first = tuple(int(v) for v in np.argwhere(costmap.passable)[0])
    found = ways_from(costmap, first).cost
    slow = np.full(state.shape, np.inf)
    slow[first] = 0.0
    for _ in range(150):  # Bellman and Ford's, cell by cell
        for i, j in np.argwhere(costmap.passable):
            for di, dj in np.argwhere(np.ones((3, 3))) - 1:
                a, b = i + di, j + dj
                inside = 0 <= a < 12 and 0 <= b < 12
                if inside and costmap.passable[a, b] and costmap.passable[a, j] and costmap.passable[i, b]:
                    step = np.hypot(di, dj) * 0.1 * (costmap.cost[i, j] + costmap.cost[a, b]) / 2
                    slow[i, j] = min(slow[i, j], slow[a, b] + step)
    np.testing.assert_allclose(found, slow, rtol=1e-6)


def test_it_keeps_to_the_middle_where_that_costs_little() -> None:
    rows = "\n".join(["#" * 40] + ["." * 40] * 12 + ["#" * 40])
    narrow, wide = grid(rows), grid(rows, steepness=6.0)
    ends = (0.35, 0.25), (3.55, 0.25)
    assert (
        plan_path(wide, *ends).points_xy_m[:, 1].max()
        > plan_path(narrow, *ends).points_xy_m[:, 1].max() + 0.1
    )


def test_what_cannot_be_reached_is_said_and_gone_near_to() -> None:
    path = plan_path(SPLIT, (1.0, 1.0), (3.0, 1.0))
    assert not path.reached and "no way leads there" in path.note
    np.testing.assert_allclose(path.points_xy_m[-1], [1.85, 1.05], atol=0.11)
    assert "where the robot cannot be" in plan_path(SPLIT, (1.0, 1.0), (1.95, 1.0)).note
    assert "outside the map" in plan_path(SPLIT, (1.0, 1.0), (90.0, 1.0)).note


def test_a_start_that_is_none_is_refused() -> None:
    with pytest.raises(RequestError, match="outside the map"):
        plan_path(OPEN, (-5.0, 0.0), (1.0, 1.0))
    block = replace(
        OPEN, state=np.where(np.arange(40)[:, None] < 20, OCCUPIED, FREE).astype(np.int8).repeat(30, 1)
    )
    with pytest.raises(RequestError, match="nearest free place"):
        plan_path(block, (0.5, 1.0), (3.0, 1.0))
    assert plan_path(block, (1.8, 1.0), (3.0, 1.0)).reached  # a step away from free floor
    for point in ((float("nan"), 0.0), (1.0,), np.zeros((2, 2))):
        with pytest.raises(BadValue, match="two finite numbers"):
            plan_path(OPEN, point, (1.0, 1.0))


def test_a_start_in_a_pocket_between_things_comes_out_of_it() -> None:
    rows = ["." * 40] * 30
    for row, things in zip(range(24, 28), ("####", "#..#", "#..#", "####"), strict=True):
        rows[row] = "..." + things + "." * 33
    path = plan_path(grid("\n".join(rows)), (0.5, 0.4), (3.0, 2.0))
    assert path.reached and path.length_m > 2.5


def test_it_is_planned_anew_only_where_something_came_into_the_way() -> None:
    path = plan_path(OPEN, (0.25, 1.5), (3.55, 1.5))
    rest = replan(path, OPEN, (1.0, 1.5))
    assert rest.length_m == pytest.approx(2.55, abs=0.02)
    state = OPEN.state.copy()
    state[20, 5:] = OCCUPIED
    blocked = replace(OPEN, state=state)
    assert not path.is_clear(blocked)
    around = replan(path, blocked, (1.0, 1.5))
    assert around.reached and around.is_clear(blocked) and around.length_m > rest.length_m + 0.3


def test_a_start_on_the_border_of_cells_stays_where_it_is() -> None:
    open_floor = Costmap(np.zeros((40, 40), np.int8), (0.0, 0.0), 0.1, robot_radius_m=0.1)
    for start in ((2.0, 0.8), (1.7, 2.9), (0.3, 0.3)):
        path = plan_path(open_floor, start, (3.0, 3.0))
        np.testing.assert_array_equal(path.points_xy_m[0], start)
        assert path.length_m < 1.01 * np.hypot(3.0 - start[0], 3.0 - start[1])


def test_arguments_are_as_they_were() -> None:
    state = WALL.state.copy()
    start = np.array([1.0, 2.5])
    plan_path(WALL, start, (2.9, 2.5))
    np.testing.assert_array_equal(WALL.state, state)
    np.testing.assert_array_equal(start, [1.0, 2.5])
