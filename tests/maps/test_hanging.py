from __future__ import annotations

from collections.abc import Callable

import pytest

from sisg_robotics.maps import VoxelMap

MapOf = Callable[..., VoxelMap]

LAMP = ("ceiling lamp", "a red fabric ceiling lamp with a drum shade")
SHADE = (*LAMP, (0.5, 0.5, 1.9), (0.9, 0.9, 2.1))
CORD = ("wall", "a white painted wall", (0.7, 0.7, 2.1), (0.75, 0.75, 2.5))
CEILING = ("ceiling", "a white ceiling", (0, 0, 2.5), (1.5, 1.5, 2.55))
FLOOR = ("floor", "an oak floor", (0, 0, 0), (1.5, 1.5, 0.05))


def height_of_lamp(vmap: VoxelMap) -> float:
    return vmap.query("ceiling lamp").objects[0].size_xyz_m[2]


@pytest.mark.parametrize("cell_size_m", [0.05, 0.025])
def test_a_cord_up_to_the_ceiling_is_part_of_the_lamp_whatever_it_is_called(
    map_of: MapOf, cell_size_m: float
) -> None:
    vmap = map_of(SHADE, CORD, CEILING, FLOOR, cell_size_m=cell_size_m)
    (found,) = vmap.query("ceiling lamp").objects
    assert found.size_xyz_m == pytest.approx((0.4, 0.4, 0.6), abs=1.01 * cell_size_m)  # less stray pixels
    assert found.center_xyz_m == pytest.approx((0.7, 0.7, 2.2), abs=0.51 * cell_size_m)
    assert found.cell_count == round(0.4 * 0.4 * 0.2 / cell_size_m**3)


def test_a_cord_may_have_holes_but_must_be_there(map_of: MapOf) -> None:
    low, high = (0.7, 0.7, 2.1), (0.75, 0.75, 2.5)
    hole = [(*CORD[:2], low, (*high[:2], 2.2)), (*CORD[:2], (*low[:2], 2.3), high)]
    assert height_of_lamp(map_of(SHADE, *hole, CEILING, FLOOR)) == pytest.approx(0.6)
    assert height_of_lamp(map_of(SHADE, hole[0], CEILING, FLOOR)) == pytest.approx(0.2)
    assert height_of_lamp(map_of(SHADE, CEILING, FLOOR)) == pytest.approx(0.2)


def test_what_is_at_the_end_of_the_cord_belongs_to_it(map_of: MapOf) -> None:
    rose = (*LAMP, (0.65, 0.65, 2.45), (0.8, 0.8, 2.5))
    cord = (*CORD[:3], (0.75, 0.75, 2.45))  # no cell is half of one and half of the other
    (found,) = map_of(SHADE, cord, rose, CEILING, FLOOR).query("ceiling lamp").objects
    assert found.cell_count == 8 * 8 * 4 + 9
    assert found.size_xyz_m == pytest.approx((0.4, 0.4, 0.6))


@pytest.mark.parametrize(
    "others",
    [
        pytest.param((CORD, CEILING), id="the lowest thing there is stands on a floor not seen"),
        pytest.param((CORD, FLOOR), id="no ceiling"),
        pytest.param(
            (CORD, CEILING, FLOOR, ("table", "an oak table", (0.4, 0.4, 1.8), (1.0, 1.0, 1.9))), id="stands"
        ),
        pytest.param(
            (CEILING, FLOOR, ("wall", "a white wall", (0.5, 0.5, 0.05), (0.9, 0.55, 2.5))), id="on a wall"
        ),
        pytest.param(
            (CEILING, FLOOR, ("wall", "a white wall", (0.3, 0.5, 2.1), (1.1, 0.55, 2.5))), id="under a beam"
        ),
    ],
)
def test_what_does_not_hang_stays_as_high_as_it_is(map_of: MapOf, others: tuple[object, ...]) -> None:
    assert height_of_lamp(map_of(SHADE, *others)) == pytest.approx(0.2)
