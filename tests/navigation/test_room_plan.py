"""The plan of rooms: every room in its own colour, walls darker, what nobody saw plain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sisg_robotics._theme import DARK, LIGHT, Theme
from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.marks import PlanFrame
from sisg_robotics.navigation import Costmap
from sisg_robotics.navigation.room_plan import room_plan
from sisg_robotics.navigation.rooms import Rooms, find_rooms, wall_columns

Box = tuple[float, float, float, float, float, float]
SIZE_PX = 820


@pytest.fixture(scope="module")
def costmap_and_walls(
    make_voxels: Callable[..., VoxelMap], make_room: Callable[..., list[Box]]
) -> tuple[Costmap, np.ndarray]:
    """Two rooms of 2 m by 3 m, a doorway of 0.8 m between them, a table in the right one."""
    wall = [(2.0, 0, 0, 2.1, 1.0, 2.5), (2.0, 1.8, 0, 2.1, 3, 2.5)]
    vmap = make_voxels(*make_room(4.1, 3), *wall, (3.0, 2.0, 0.05, 3.6, 2.6, 0.8))
    costmap = Costmap.from_map(vmap)
    return costmap, wall_columns(vmap, costmap)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_rooms_have_a_colour_each_and_walls_another(
    costmap_and_walls: tuple[Costmap, np.ndarray], theme: Theme
) -> None:
    costmap, walls = costmap_and_walls
    rooms = find_rooms(costmap, walls, {})
    assert len(rooms.kinds) == 2
    picture = room_plan(costmap, walls, rooms, size_px=SIZE_PX, theme=theme)
    per_m = round(SIZE_PX / max(costmap.state.shape)) / costmap.cell_size_m
    x0, y0 = costmap.origin_xy_m
    tall = round(costmap.state.shape[1] * costmap.cell_size_m * per_m)

    def at(x_m: float, y_m: float) -> tuple[int, ...]:
        column, row = PlanFrame.X0 + (x_m - x0) * per_m, PlanFrame.Y0 + tall - (y_m - y0) * per_m
        return picture.getpixel((int(column), int(row)))

    left, right, table, wall = at(0.52, 0.52), at(2.52, 0.52), at(3.27, 2.27), at(2.07, 0.52)
    assert len({left, right, table, wall, theme.unseen}) == 5
    assert at(0.52, 2.52) == left and at(2.52, 2.77) == right
    assert (sum(wall) < sum(left)) == (theme is LIGHT)
    assert at(-0.12, 1.5) == theme.unseen


def test_the_legend_names_rooms_with_their_areas(costmap_and_walls: tuple[Costmap, np.ndarray]) -> None:
    costmap, walls = costmap_and_walls
    rooms = find_rooms(costmap, walls, {})
    plain = room_plan(costmap, walls, rooms)
    named = room_plan(costmap, walls, Rooms(rooms.labels, ("kitchen", "a room with quite a long name")))
    assert named.width > plain.width
    none = room_plan(costmap, walls, Rooms(np.zeros_like(rooms.labels), ()))
    assert none.width < plain.width
