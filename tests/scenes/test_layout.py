from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.scenes import Opening, Room, Wall
from sisg_robotics.scenes.boxes import separation
from sisg_robotics.scenes.layout import Layout, solve_room
from sisg_robotics.scenes.space import Space, passable, room_spaces
from sisg_robotics.scenes.surfaces import furnish_surfaces
from sisg_robotics.scenes.wishes import Ask, Wish, draw_wishes


def _space(width: float, depth: float) -> Space:
    """A room with a door in its south wall, 0.2 m from the corner, and nothing else."""
    room = Room("room", "office", (0.05, 0.05), (width - 0.05, depth - 0.05), "concrete", "white plaster")
    walls = (
        Wall((0.0, 0.0), (width, 0.0), 0.1, 2.5, (Opening("door", 0.2, 0.95, 0.0, 2.08),)),
        Wall((0.0, depth), (width, depth), 0.1, 2.5),
        Wall((0.0, 0.0), (0.0, depth), 0.1, 2.5),
        Wall((width, 0.0), (width, depth), 0.1, 2.5),
    )
    return room_spaces([room], walls, 2.5)[0]


def _wish(category: str, place: str, partner: int | None = None, *, asked: bool = True) -> Wish:
    return Wish(category, place, partner, seed=3, asked=asked, essential=asked)


def _solve(space: Space, *wishes: Wish) -> Layout:
    rng = np.random.default_rng(1)
    return furnish_surfaces(wishes, solve_room(space, wishes, rng), rng)


def test_a_thing_at_a_wall_has_its_back_to_it_and_looks_inside() -> None:
    space = _space(4.0, 4.0)
    (wardrobe,) = _solve(space, _wish("wardrobe", "wall")).placed
    yaw = wardrobe.xyz_yaw[3]
    back = wardrobe.box[:2] - wardrobe.box[2] * np.array([np.cos(yaw), np.sin(yaw)])
    gaps = np.concatenate([back - space.room.lower_xy_m, np.array(space.room.upper_xy_m) - back])
    assert np.min(np.abs(gaps)) == pytest.approx(0.02, abs=1e-3)
    ahead = wardrobe.box[:2] + 0.5 * np.array([np.cos(yaw), np.sin(yaw)])
    assert space.room.contains((float(ahead[0]), float(ahead[1])))


def test_chairs_stand_around_their_table_and_face_it() -> None:
    chairs = [_wish("chair", "around", 0) for _ in range(4)]
    layout = _solve(_space(5.0, 5.0), _wish("dining table", "middle"), *chairs)
    table = layout.placed[0]
    assert len(layout.placed) == 5
    for chair in layout.placed[1:]:
        towards = table.box[:2] - chair.box[:2]
        look = np.array([np.cos(chair.xyz_yaw[3]), np.sin(chair.xyz_yaw[3])])
        # straight at the table's edge, not always at its middle
        assert look @ towards > 0
        assert 0.09 < separation(chair.box[None], table.box[None])[0, 0] < 0.25


def test_a_screen_stands_on_its_desk_with_the_keyboard_before_it() -> None:
    wishes = (_wish("desk", "wall"), _wish("computer monitor", "on", 0), _wish("keyboard", "before", 1))
    desk, monitor, keyboard = _solve(_space(4.0, 4.0), *wishes).placed
    assert monitor.host == keyboard.host == desk.wish
    look = np.array([np.cos(desk.xyz_yaw[3]), np.sin(desk.xyz_yaw[3])])
    assert (keyboard.box[:2] - monitor.box[:2]) @ look > 0.1
    assert monitor.box[5] == pytest.approx(desk.asset.surfaces[0].center_xyz_m[2], abs=1e-4)


def test_nightstands_stand_beside_the_bed_with_backs_in_line() -> None:
    wishes = (_wish("bed", "wall"), _wish("nightstand", "beside", 0), _wish("nightstand", "beside", 0))
    bed, *stands = _solve(_space(5.0, 5.0), *wishes).placed
    assert len(stands) == 2
    side = np.array([-np.sin(bed.xyz_yaw[3]), np.cos(bed.xyz_yaw[3])])
    offsets = sorted(float((stand.box[:2] - bed.box[:2]) @ side) for stand in stands)
    assert offsets[0] < -bed.box[3] and offsets[1] > bed.box[3]


def test_what_does_not_fit_stays_out_with_a_reason_and_the_rest_goes_on() -> None:
    wishes = (_wish("bunk bed", "wall"), _wish("bathtub", "corner"), _wish("stool", "free"))
    layout = _solve(_space(2.2, 2.2), *wishes)
    placed = {item.asset.category for item in layout.placed}
    refused = {wishes[index].category: reason for index, reason in layout.refused}
    assert placed | set(refused) == {"bunk bed", "bathtub", "stool"}
    assert "stool" in placed and refused and all(refused.values())


def test_what_belongs_to_a_refused_thing_is_refused_with_it() -> None:
    layout = _solve(_space(1.6, 1.6), _wish("dining table", "middle"), _wish("plate", "on", 0))
    assert not layout.placed
    assert "dining table it belongs to" in dict(layout.refused)[1]


def test_a_small_thing_without_anything_to_stand_on_is_refused() -> None:
    layout = _solve(_space(3.0, 3.0), _wish("kettle", "surface"))
    assert "nothing that a kettle could stand on" in dict(layout.refused)[0]


def test_a_room_is_passable_until_its_door_is_walled_in() -> None:
    space = _space(3.0, 3.0)
    taken = space.empty
    no_zones = np.zeros((0, 7))
    assert passable(space, taken, no_zones)
    taken[:, 12:14] = True  # a wall across the room, 0.6 m from the door
    far = np.array([[1.5, 2.5, 0.2, 0.2, 0.0, 0.0, 1.0]])
    assert not passable(space, taken, far)


def test_the_same_generator_gives_the_same_layout() -> None:
    wishes = draw_wishes("office", [Ask("desk", 2)], np.random.default_rng(2))
    first, second = (_solve(_space(4.5, 4.0), *wishes) for _ in range(2))
    assert [item.wish for item in first.placed] == [item.wish for item in second.placed]
    for one, other in zip(first.placed, second.placed, strict=True):
        assert np.array_equal(one.xyz_yaw, other.xyz_yaw)


def test_a_category_is_drawn_as_often_as_asked() -> None:
    for count in (0, 1, 3):
        for seed in range(5):
            wishes = draw_wishes("living room", [Ask("armchair", count)], np.random.default_rng(seed))
            assert sum(wish.category == "armchair" for wish in wishes) == count
            assert all(wish.asked == (wish.category == "armchair") for wish in wishes)


def test_a_partner_comes_before_what_is_placed_by_it() -> None:
    for seed in range(5):
        for kind in ("living room", "kitchen", "bedroom"):
            wishes = draw_wishes(kind, [], np.random.default_rng(seed))
            assert all(wish.partner is None or wish.partner < i for i, wish in enumerate(wishes))
