"""The protocol's arithmetic, and tasks whose goals the scene itself can reach."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sisg_robotics.evaluation.driven_flats import sections
from sisg_robotics.evaluation.navigation import Outcome, Subgoal, Task, score_navigation
from sisg_robotics.evaluation.navigation_tasks import GOALS, object_tasks, spatial_tasks
from sisg_robotics.evaluation.spatial_truth import Box, between, direction_of
from sisg_robotics.navigation import Costmap
from sisg_robotics.navigation.goals.grammar import parse_instructions
from sisg_robotics.scenes import Scene, generate_scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return generate_scene(seed=3)


def outcome(success: bool, *, reachable: bool = True, spl: float = 1.0, touched: int = 0) -> Outcome:
    return Outcome(success, spl if success else 0.0, 0.0, touched, reachable, "")


def test_a_row_ends_with_its_first_failure() -> None:
    tasks = [
        [outcome(True), outcome(True, spl=0.5), outcome(False), outcome(True)],
        [outcome(True), outcome(False, touched=3), outcome(True), outcome(True)],
        [outcome(True), outcome(True), outcome(True, reachable=False), outcome(True)],  # not counted
    ]
    scores = score_navigation(tasks)
    assert scores.in_a_row == (1.0, 0.5, 0.0, 0.0)
    assert scores.subgoals == pytest.approx(6 / 8)
    assert scores.spl == pytest.approx(5.5 / 8)
    assert scores.touching == pytest.approx(1 / 8)
    assert scores.unreachable == 1


def test_the_table_has_a_row_for_each_encoder_and_kind() -> None:
    task = Task((0.0, 0.0, 0.0), ())
    driven = {"object": [(task, [outcome(True), outcome(False)])], "spatial": []}
    (table,) = sections([{"tiny": driven}, {"tiny": driven}])
    assert [row[:4] for row in table.rows] == [
        ("tiny, object goals", 2, 1.0, 0.0), ("tiny, spatial goals", 0, None, None),
    ]  # fmt: skip


def test_no_task_has_no_score() -> None:
    assert math.isnan(score_navigation([]).subgoals)


def test_distances_are_to_the_nearest_box() -> None:
    subgoal = Subgoal("go to the box", boxes=(Box((0.0, 0.0), (1.0, 0.5)), Box((10.0, 0.0), (1.0, 1.0))))
    off = subgoal.off_m(np.array([[0.5, 0.2], [4.0, 4.5], [8.0, 0.0]]))
    np.testing.assert_allclose(off, [0.0, 5.0, 1.0])


def test_a_thing_at_the_wall_faces_the_room(scene: Scene) -> None:
    told = 0
    for thing in scene.objects:
        room = next(room for room in scene.rooms if room.name == thing.room)
        front = direction_of(scene, thing, "front", None)
        if front is None or thing.supported_by is not None:
            continue
        told += 1
        before = Box.of(thing).beyond(front, 0.05)
        assert room.contains((float(before[0]), float(before[1]))), thing.description
        left = direction_of(scene, thing, "left", None)
        assert left is not None
        np.testing.assert_allclose(
            np.cross([*left, 0], [*front, 0])[2], 1, atol=1e-6
        )  # front, then left: clockwise
    assert told > 5


def test_sides_are_seen_from_the_robot_where_a_thing_has_no_front() -> None:
    a, b = Box((0.0, 0.0), (0.5, 0.5)), Box((3.0, 0.2), (0.5, 0.5))
    np.testing.assert_allclose(between(a, b), [1.5, 0.1])
    np.testing.assert_allclose(a.beyond(np.array([1.0, 0.0]), 0.25), [0.75, 0.0])


def test_every_goal_can_be_reached_and_understood(scene: Scene) -> None:
    truth = Costmap.from_scene(scene)
    seen = {thing.object_id for thing in scene.objects}
    tasks = object_tasks(scene, seen, truth, 3) + spatial_tasks(scene, seen, truth, 4)
    assert len(tasks) == 7
    for task in tasks:
        assert np.isfinite(truth.cost_at(np.array(task.start_xyyaw[:2])))
        assert len(task.subgoals) == GOALS
        for subgoal in task.subgoals:
            assert None not in parse_instructions(subgoal.text)
            assert (subgoal.point_xy_m is None) == bool(subgoal.boxes)
            if subgoal.point_xy_m is not None:
                assert np.isfinite(truth.cost_at(np.array(subgoal.point_xy_m)))
    assert spatial_tasks(scene, seen, truth, 4) == tasks[3:]
