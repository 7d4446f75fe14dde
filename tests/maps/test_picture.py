from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics._theme import LIGHT
from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import look_at
from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.colors import heat_colors, overlay_heat
from sisg_robotics.maps.perspective import perspective_picture
from sisg_robotics.maps.picture import Marker, floor_height_m, top_down_picture

FLOOR, BOX, CEILING = (90, 120, 90), (30, 60, 200), (250, 250, 0)


@pytest.fixture
def room() -> VoxelMap:
    """A floor of 4 x 3 m with a blue box on it at (3, 2), under a yellow ceiling, in cells of 10 cm."""
    x, y = np.meshgrid(np.arange(40), np.arange(30), indexing="ij")
    floor = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)
    bx, by, bz = np.meshgrid(np.arange(28, 32), np.arange(18, 22), np.arange(1, 9), indexing="ij")
    box = np.stack([bx, by, bz], axis=-1).reshape(-1, 3)
    cells = np.concatenate([floor, box, floor + np.array([0, 0, 25])])
    rgb = np.concatenate([np.tile(c, (len(p), 1)) for c, p in ((FLOOR, floor), (BOX, box), (CEILING, floor))])
    order = np.lexsort(cells.T[::-1])
    n = len(cells)
    return VoxelMap(
        cells=cells[order].astype(np.int32),
        features=np.zeros((n, 0), np.float32),
        weights=np.zeros(n, np.float32),
        rgb=rgb[order].astype(np.uint8),
        observations=np.ones(n, np.int32),
        pixels=np.ones(n, np.int64),
        cell_size_m=0.1,
        sequence="flat_07",
    )


def plan_color(picture, x_m: float, y_m: float) -> np.ndarray:
    """The picture's colour at a place of the room: 25 px a cell, margins of 70 and 54 px."""
    column, row = 70 + x_m * 250, 54 + 750 - y_m * 250
    return np.array(picture.getpixel((int(column), int(row))))


def test_the_floor_is_the_lowest_full_layer(room):
    assert floor_height_m(room) == pytest.approx(0.05)


def test_the_plan_shows_floor_and_box_at_their_places_and_no_ceiling(room):
    picture = top_down_picture(room)
    assert np.abs(plan_color(picture, 1.05, 1.05) - FLOOR).max() < 5
    assert np.abs(plan_color(picture, 3.05, 2.05) - BOX).max() < 5
    assert np.abs(plan_color(picture, 3.05, 1.05) - FLOOR).max() < 5
    assert np.abs(plan_color(top_down_picture(room, cut_height_m=9.0), 1.05, 1.05) - CEILING).max() < 5


def test_unseen_places_are_plain(room):
    hole = ~np.all(room.cells[:, :2] == [10, 10], axis=1)
    columns = ("cells", "features", "weights", "rgb", "observations", "pixels")
    holed = replace(room, **{name: getattr(room, name)[hole] for name in columns})
    assert tuple(plan_color(top_down_picture(holed), 1.05, 1.05)) == LIGHT.unseen


def test_markers_are_drawn_where_they_are_and_told_in_a_legend(room):
    marker = Marker("a blue box", (3.0, 2.0, 0.5), (0.4, 0.4, 0.8))
    plain, marked = top_down_picture(room), top_down_picture(room, markers=[marker])
    assert np.array_equal(plan_color(marked, 2.96, 2.0), LIGHT.mark)
    legend = np.array(marked)[:, plain.width :]
    assert (legend == LIGHT.ink).all(axis=-1).any()


def test_heat_turns_what_is_asked_for_bright_and_the_rest_grey(room):
    heat = np.all(room.rgb == BOX, axis=1).astype(np.float32)
    picture = top_down_picture(room, heat=heat)
    red, _, blue = plan_color(picture, 3.05, 2.05)
    assert red > 200 and red > blue + 80
    assert np.ptp(plan_color(picture, 1.05, 1.05)) == 0


def test_a_picture_of_one_cell_is_drawn(room):
    columns = ("cells", "features", "weights", "rgb", "observations", "pixels")
    one = replace(room, **{name: getattr(room, name)[:1] for name in columns})
    assert top_down_picture(one, title="one").width > 400
    assert perspective_picture(one, width=80, height=60).size == (80, 60)


def test_nothing_below_the_cut_is_an_error(room):
    with pytest.raises(BadValue, match="cut_height_m is -3"):
        top_down_picture(room, cut_height_m=-3.0)
    with pytest.raises(BadValue, match="cut_height_m is -3"):
        perspective_picture(room, cut_height_m=-3.0)


def test_the_dolls_house_shows_floor_and_box_but_no_ceiling(room):
    colors = np.array(perspective_picture(room, width=160, height=120)).reshape(-1, 3).astype(int)
    shown = [int((np.abs(colors - color).max(axis=1) < 12).sum()) for color in (FLOOR, BOX, CEILING)]
    assert shown[0] > 2000 and shown[1] > 100 and shown[2] == 0


def test_a_camera_of_ones_own_sees_the_nearest_cells(room):
    T_world_cam = look_at(np.array([3.0, 2.0, 2.2]), np.array([3.0, 2.0, 0.0]))
    picture = perspective_picture(room, T_world_cam=T_world_cam, width=100, height=80)
    assert np.abs(np.array(picture.getpixel((50, 40))) - BOX).max() < 5
    from_above = look_at(np.array([2.0, 1.5, 6.0]), np.array([2.0, 1.5, 0.0]))
    picture = perspective_picture(room, T_world_cam=from_above, width=100, height=80)
    assert np.abs(np.array(picture.getpixel((50, 40))) - CEILING).max() < 5


def test_heat_grows_brighter_from_0_to_1_and_is_clipped_beyond():
    lightness = heat_colors(np.linspace(0, 1, 50)) @ np.array([0.3, 0.59, 0.11])
    assert np.all(np.diff(lightness) > 0)
    assert np.array_equal(heat_colors(np.array([-1.0, 2.0])), heat_colors(np.array([0.0, 1.0])))
    rgb = np.array([[200, 10, 10]], np.uint8)
    assert np.ptp(overlay_heat(rgb, np.array([0.0]))) == 0


def test_pictures_leave_the_map_as_it_was(room):
    before = room.rgb.copy()
    top_down_picture(room, heat=np.ones(len(room), np.float32))
    perspective_picture(room, width=40, height=30)
    assert np.array_equal(room.rgb, before)
