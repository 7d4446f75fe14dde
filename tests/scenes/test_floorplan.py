from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.scenes.floorplan import DOOR_WIDTH_M, plan_floor, shared_edge
from sisg_robotics.scenes.openings import build_walls, room_openings
from sisg_robotics.scenes.rooms import ROOM_KINDS
from sisg_robotics.scenes.scene import Room

KINDS = ("living room", "bedroom", "kitchen", "bathroom", "hallway", "office")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_cells_tile_the_flat_and_doors_join_them_all(count: int) -> None:
    for seed in range(3):
        plan = plan_floor(KINDS[:count], [1.0] * count, np.random.default_rng([seed, count]))
        cells = np.array(plan.cells)
        outer = np.prod(cells[:, 2:].max(axis=0) - cells[:, :2].min(axis=0))
        assert np.sum(np.prod(cells[:, 2:] - cells[:, :2], axis=1)) == pytest.approx(outer)
        reached = {0}
        for _ in range(count):
            reached |= {b for pair in plan.doors for b in pair if set(pair) & reached}
        assert reached == set(range(count))


def test_rooms_have_sensible_sizes() -> None:
    shorts = []
    for seed in range(6):
        plan = plan_floor(KINDS, [1.0] * 6, np.random.default_rng(seed))
        for kind, cell in zip(plan.kinds, plan.cells, strict=True):
            short = min(cell[2] - cell[0], cell[3] - cell[1])
            shorts.append(short - ROOM_KINDS[kind].min_side_m)
            assert short > 0.75 * ROOM_KINDS[kind].min_side_m
    assert np.mean(np.array(shorts) > -0.1) > 0.8


def test_a_shared_edge_is_where_two_cells_touch() -> None:
    a, b = (0.0, 0.0, 2.0, 3.0), (2.0, 1.0, 4.0, 5.0)
    assert shared_edge(a, b) == shared_edge(b, a) == (1, 2.0, 1.0, 3.0)
    assert shared_edge(a, (3.0, 0.0, 4.0, 1.0)) is None
    assert shared_edge(a, (2.0, 3.0, 4.0, 5.0)) is None  # a corner only


def test_both_rooms_see_a_door_at_the_same_place_and_windows_are_outdoors() -> None:
    plan = plan_floor(KINDS[:4], [1.0] * 4, np.random.default_rng(4))
    walls = build_walls(plan, 2.5, np.random.default_rng(5))
    rooms = [
        Room(kind, kind, (c[0] + 0.05, c[1] + 0.05), (c[2] - 0.05, c[3] - 0.05), "concrete", "white plaster")
        for kind, c in zip(plan.kinds, plan.cells, strict=True)
    ]
    views: dict[tuple[int, int], list] = {}
    for name, holes in room_openings(rooms, walls).items():
        for hole in holes:
            views.setdefault((hole.wall, hole.index), []).append((name, hole))
    assert len(views) == sum(len(wall.openings) for wall in walls)
    doors = [seen for seen in views.values() if seen[0][1].kind == "door" and len(seen) == 2]
    assert len(doors) == len(plan.doors)
    for (name, hole), (other, twin) in doors:
        assert (hole.beyond, twin.beyond) == (other, name)
        assert (hole.low_m, hole.high_m) == (twin.low_m, twin.high_m)
        assert hole.high_m - hole.low_m == pytest.approx(DOOR_WIDTH_M)
    assert all(len(seen) == 1 for seen in views.values() if seen[0][1].kind == "window")
