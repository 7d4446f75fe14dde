"""What is pointed out on a plan, in light and in dark."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics._theme import DARK, LIGHT
from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.lettering import fitting, font_of_size
from sisg_robotics.maps.marks import Line, Marker, Marks, Stop
from sisg_robotics.maps.perspective import perspective_picture
from sisg_robotics.maps.picture import top_down_picture


@pytest.fixture
def floor(bare_floor: VoxelMap) -> VoxelMap:
    return bare_floor


def color_at(picture, x_m: float, y_m: float) -> tuple[int, ...]:
    return picture.getpixel((int(70 + x_m * 250), int(54 + 750 - y_m * 250)))


def test_a_way_and_the_stops_at_its_ends_lie_where_they_are(floor: VoxelMap) -> None:
    way = Line("the way", np.array([[1.0, 1.0], [3.0, 1.0]]))
    stops = [Stop("here", (1.0, 1.0), 0.0), Stop("there", (3.0, 1.0), np.pi / 2)]
    picture = top_down_picture(floor, stops=stops, lines=[way])
    assert color_at(picture, 2.0, 1.0) == LIGHT.way
    assert color_at(picture, 1.0 + 0.08, 1.0) == color_at(picture, 3.0, 1.0 + 0.08) == LIGHT.way  # arrows
    assert np.abs(np.array(color_at(picture, 2.0, 2.0)) - 128).max() < 5


def test_a_stop_that_leads_nowhere_is_told_in_the_legend_alone(floor: VoxelMap) -> None:
    plain, told = (
        top_down_picture(floor),
        top_down_picture(floor, stops=[Stop("no way", None, 0.0, found=False)]),
    )
    plan = (slice(54, 804), slice(70, 1070))
    assert np.array_equal(np.array(plain)[plan], np.array(told)[plan])
    assert (np.array(told)[:, 1090:] == LIGHT.miss).all(axis=-1).any()


def test_things_beside_stops_have_letters_and_alone_numbers() -> None:
    things = [Marker("sofa", (0.0, 0.0, 0.0)), Marker("lamp", (1.0, 1.0, 0.0))]
    stop, start = Stop("go", (0.0, 0.0), 0.0), Stop("start", (1.0, 0.0), 0.0, label="S")
    assert [row[:2] for row in Marks(things).rows] == [("mark", "1"), ("mark", "2")]
    labels = [row[1] for row in Marks(things, [start, stop, stop]).rows]
    assert labels == ["S", "1", "2", "a", "b"]


def test_the_legend_has_room_for_long_texts(floor: VoxelMap) -> None:
    long = "a very long reading of what was asked for " * 8
    short, tall = Marks(stops=[Stop("go", None, 0.0)]), Marks(stops=[Stop(long, None, 0.0)] * 12)
    assert tall.legend_size()[1] > 12 * short.legend_size()[1]
    picture = top_down_picture(floor, stops=tall.stops)
    assert picture.height >= tall.legend_size()[1] and picture.width < 1700
    assert fitting(long, 300, 22).endswith("...")
    assert font_of_size(22).getlength(fitting(long, 300, 22)) <= 300
    assert fitting("short", 300, 22) == "short"


def test_dark_pictures_are_dark_and_say_the_same(floor: VoxelMap) -> None:
    light, dark = (top_down_picture(floor, theme=theme) for theme in (LIGHT, DARK))
    assert light.size == dark.size
    assert light.getpixel((2, 2)) == LIGHT.paper and dark.getpixel((2, 2)) == DARK.paper
    plan = (slice(60, 800), slice(80, 1060))
    assert np.array_equal(np.array(light)[plan], np.array(dark)[plan])  # what was seen has its own colours
    assert perspective_picture(floor, width=80, height=60, theme=DARK).getpixel((1, 1)) == DARK.unseen
