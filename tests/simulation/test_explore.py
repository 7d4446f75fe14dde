"""Exploration of a small flat, from nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.encoders import make_encoder
from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.maps import build_map
from sisg_robotics.navigation import Costmap
from sisg_robotics.navigation.costmap import FREE, OCCUPIED, UNKNOWN
from sisg_robotics.scenes import Scene
from sisg_robotics.simulation import Exploration, Robot, explore
from sisg_robotics.simulation.frontiers import find_frontiers, frontier_cells
from sisg_robotics.simulation.growing import grown_to, joined


def test_it_ends_and_has_seen_nearly_all_the_floor(explored: Exploration) -> None:
    assert explored.ended == "explored" and explored.note.startswith("All that can be reached was seen")
    assert explored.seen > 0.97
    assert explored.answer is None
    assert len(explored.frames) > 30 and explored.drive.length_m > 10


def test_it_hardly_bumps_into_anything(explored: Exploration) -> None:
    assert explored.drive.collisions <= 3


def test_what_was_mapped_on_the_way_is_the_map_of_the_same_frames(explored: Exploration) -> None:
    at_once = build_map(explored.frames, make_encoder("none"), max_depth_m=5.0)
    for name in ("cells", "rgb", "observations", "pixels", "frame_indices"):
        np.testing.assert_array_equal(getattr(explored.vmap, name), getattr(at_once, name))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(flat: Scene, small: Robot) -> None:
    one, same = (explore(flat, robot=small, seed=3, max_steps=120) for _ in range(2))
    other = explore(flat, robot=small, seed=4, max_steps=120)
    assert one.drive.poses_xyyaw.tobytes() == same.drive.poses_xyyaw.tobytes()
    assert one.drive.actions == same.drive.actions
    assert one.vmap.rgb.tobytes() == same.vmap.rgb.tobytes()
    assert one.drive.poses_xyyaw[0].tolist() != other.drive.poses_xyyaw[0].tolist()


def test_a_budget_is_kept_and_said(flat: Scene, small: Robot) -> None:
    ended = explore(flat, robot=small, seed=3, max_steps=80)
    assert ended.ended == "out of steps" and len(ended.drive.actions) == 80
    assert "budget of steps was used up" in ended.note and ended.seen < 0.9


def test_it_stops_when_it_has_found_what_was_asked_for(
    flat: Scene, small: Robot, explored: Exploration
) -> None:
    found = explore(flat, "sofa", robot=small, start_xyyaw=(8.3, 3.0, 0.0))  # from the bathroom
    assert found.ended == "found" and found.answer is not None and found.answer.found
    sofa = next(thing for thing in flat.objects if thing.asset.category == "sofa")
    assert math.dist(found.answer.objects[0].center_xyz_m[:2], sofa.position_xyz_m[:2]) < 1.6
    assert len(found.drive.actions) < len(explored.drive.actions)
    assert found.note.startswith("Found 'sofa' at ")


def test_interrupted_it_goes_on_with_the_frames_that_are_there(
    flat: Scene, small: Robot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = explore(flat, robot=small, seed=3, max_steps=150)
    short = explore(flat, robot=small, seed=3, max_steps=90, folder=tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.glob("*.npz"))}
    assert len(kept) == len(short.frames)
    (tmp_path / "000000.npz").write_bytes(b"broken")  # is drawn again
    again = explore(flat, robot=small, seed=3, max_steps=150, folder=tmp_path)
    assert again.vmap.rgb.tobytes() == whole.vmap.rgb.tobytes()
    assert [p.stat().st_mtime_ns for p in list(kept)[1:]] == list(kept.values())[1:]
    with pytest.raises(RequestError, match="another scene or by another camera"):
        explore(flat, robot=Robot(width=32, height=24), folder=tmp_path)


def test_what_cannot_be_done_is_told_before_the_work(flat: Scene, small: Robot) -> None:
    with pytest.raises(RequestError, match="cannot stand at"):
        explore(flat, robot=small, start_xyyaw=(-5.0, 0.0, 0.0))
    with pytest.raises(BadValue, match="three finite numbers"):
        explore(flat, robot=small, start_xyyaw=(float("nan"), 0.0, 0.0))
    with pytest.raises(RequestError, match="can't be asked"):
        explore(flat, "sofa", encoder="none", robot=small)
    with pytest.raises(BadValue):
        explore(flat, "  ", robot=small)


def test_frontiers_are_free_cells_beside_unknown_ones(draw_grid: Callable[..., Costmap]) -> None:
    rows = ["#" * 30, *["#" + "." * 19 + "?" * 10] * 18, "#" * 30]
    costmap = draw_grid("\n".join(rows))
    edge = np.argwhere(frontier_cells(costmap))
    assert set(edge[:, 0]) == {19} and set(edge[:, 1]) == set(range(1, 19))
    (frontier,) = find_frontiers(costmap, (0.5, 1.0))
    assert len(frontier.cells) == 18 and frontier.middle_xy_m[0] == pytest.approx(1.95)
    assert 0.6 <= math.dist(frontier.stand_xy_m, frontier.middle_xy_m) <= 2.0
    assert frontier.area_m2 > 1.0
    assert not find_frontiers(costmap, (0.5, 1.0), done_xy_m=[costmap.center_of(frontier.cells)])


def test_of_two_frontiers_the_one_that_shows_more_for_its_way_comes_first(
    draw_grid: Callable[..., Costmap],
) -> None:
    near_and_small = ["#" * 60, *["?" * 3 + "." * 37 + "#" * 20] * 4]
    far_and_large = ["#" * 3 + "." * 37 + "?" * 20] * 16
    costmap = draw_grid("\n".join([*near_and_small, *far_and_large, "#" * 60]))
    first, second = find_frontiers(costmap, (2.0, 1.0))
    assert first.area_m2 > second.area_m2 and first.worth > second.worth
    assert first.middle_xy_m[0] > 3.5 and second.middle_xy_m[0] < 0.5


def test_what_is_seen_is_entered_in_what_was_known(draw_grid: Callable[..., Costmap]) -> None:
    known, seen = draw_grid("..#\n.??"), draw_grid(".#.\n#.?")
    np.testing.assert_array_equal(joined(known, seen).state[:3, 1], [FREE, OCCUPIED, OCCUPIED])
    np.testing.assert_array_equal(joined(known, seen).state[:3, 0], [OCCUPIED, FREE, UNKNOWN])
    wide = grown_to(known, np.array([-0.25, 0.0]), np.array([0.32, 0.35]))
    assert wide.origin_xy_m == pytest.approx((-0.3, 0.0)) and wide.state.shape == (6 + 1, 4)
    np.testing.assert_array_equal(wide.state[3:6, :2], known.state)
    assert (wide.state[:3] == UNKNOWN).all()
