"""Driving along paths in small steps."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics.errors import BadValue
from sisg_robotics.navigation import Costmap, plan_path
from sisg_robotics.navigation.costmap import FREE, OCCUPIED
from sisg_robotics.scenes import Scene
from sisg_robotics.simulation import Robot, follow
from sisg_robotics.simulation.start import roomiest_place, some_place

OPEN = Costmap(np.zeros((80, 60), np.int8), (0.0, 0.0), 0.05, 0.2)


def test_each_action_is_one_step_or_one_turn() -> None:
    robot = Robot(step_m=0.1, turn_rad=math.radians(3))
    drive = follow(
        plan_path(OPEN, (0.5, 0.5), (3.0, 2.0)), OPEN, (0.5, 0.5, 2.0), robot=robot, goal_yaw_rad=-1.0
    )
    poses = drive.poses_xyyaw
    assert len(poses) == len(drive.actions) + 1 and drive.actions[-1] == "stop"
    for before, after, action in zip(poses[:-1], poses[1:], drive.actions, strict=True):
        forward = np.linalg.norm(after[:2] - before[:2])
        turned = math.remainder(after[2] - before[2], math.tau)
        assert forward == pytest.approx(0.1 if action == "forward" else 0.0, abs=1e-9)
        assert turned == pytest.approx({"left": 1, "right": -1}.get(action, 0) * robot.turn_rad, abs=1e-9)


def test_it_comes_to_the_goal_and_looks_where_it_should() -> None:
    goal = (3.2, 2.3)
    drive = follow(plan_path(OPEN, (0.5, 0.5), goal), OPEN, (0.5, 0.5, 2.0), goal_yaw_rad=-1.0)
    assert drive.arrived and drive.note == "" and drive.collisions == 0
    assert math.dist(drive.pose[:2], goal) < 0.06
    assert abs(drive.pose[2] + 1.0) <= math.radians(2.5) + 1e-9
    assert drive.length_m < 1.05 * math.dist((0.5, 0.5), goal) + 0.05


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_where_the_plan_is_on_the_truth_nothing_is_hit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    state = np.where(rng.random((50, 40)) < 0.04, OCCUPIED, FREE).astype(np.int8)
    costmap = Costmap(state, (-1.0, 2.0), 0.05, 0.11)
    cells = np.argwhere(costmap.passable)
    if not len(cells):
        return
    start, goal = costmap.center_of(cells[rng.integers(len(cells), size=2)])
    path = plan_path(costmap, start, goal)
    if not np.array_equal(path.points_xy_m[0], start):
        return  # a pocket between things, out of which no way leads
    drive = follow(path, costmap, (*start.tolist(), float(rng.uniform(-3, 3))))
    assert drive.collisions == 0
    assert np.isfinite(costmap.cost_at(drive.poses_xyyaw[:, :2])).all()
    assert drive.arrived and math.dist(drive.pose[:2], path.points_xy_m[-1]) <= 0.1 + 1e-9


def test_in_a_flat_it_arrives_without_a_scratch(flat: Scene) -> None:
    truth = Costmap.from_scene(flat)
    fine = Costmap.from_scene(flat, cell_size_m=0.02)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        start, goal = some_place(truth, rng), some_place(truth, rng)
        drive = follow(
            plan_path(truth, start[:2], goal[:2]), fine, start, costmap=truth, goal_yaw_rad=goal[2]
        )
        assert drive.arrived and drive.collisions == 0, seed


def test_what_is_in_the_way_and_not_in_the_map_is_hit_and_stops_it(draw_grid: Callable[..., Costmap]) -> None:
    free = draw_grid("\n".join(["." * 40] * 20))
    wall = draw_grid("\n".join(["." * 20 + "#" + "." * 19] * 20))
    path = plan_path(free, (0.5, 1.0), (3.5, 1.0))
    drive = follow(path, wall, (0.5, 1.0, 0.0), costmap=free)
    assert drive.collisions > 0 and not drive.arrived
    assert "m of the path are left" in drive.note
    assert 1.75 < drive.poses_xyyaw[:, 0].max() < 2.0


def test_a_budget_is_kept() -> None:
    path = plan_path(OPEN, (0.5, 0.5), (3.0, 2.0))
    drive = follow(path, OPEN, (0.5, 0.5, 0.0), max_steps=10)
    assert len(drive.actions) == 10 and not drive.arrived and "budget of 10 steps" in drive.note
    with pytest.raises(BadValue, match="max_steps"):
        follow(path, OPEN, (0.5, 0.5, 0.0), max_steps=0)


def test_two_drives_are_one_after_the_other() -> None:
    first = follow(plan_path(OPEN, (0.5, 0.5), (2.0, 0.5)), OPEN, (0.5, 0.5, 0.0))
    second = follow(plan_path(OPEN, first.pose[:2], (2.0, 2.0)), OPEN, first.pose)
    both = first.then(second)
    assert both.length_m == pytest.approx(first.length_m + second.length_m)
    assert both.actions == first.actions + second.actions and both.pose == second.pose


def test_the_roomiest_place_is_the_middle_of_the_room(draw_grid: Callable[..., Costmap]) -> None:
    rows = ["#" * 31, *["#" + "." * 29 + "#"] * 21, "#" * 31]
    x, y = roomiest_place(draw_grid("\n".join(rows)))
    assert abs(y - 1.15) < 0.06 and 1.0 < x < 2.1


@pytest.mark.parametrize("wrong", [{"radius_m": 0.0}, {"step_m": 9.0}, {"turn_rad": 0.0}])
def test_a_robot_that_could_not_move_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadValue):
        Robot(**wrong)
