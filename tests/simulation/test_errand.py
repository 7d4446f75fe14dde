"""Errands with a map of before, in a world that may have changed; and the film of them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics._theme import DARK
from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.navigation import Costmap, plan_path
from sisg_robotics.navigation.costmap import FREE, OCCUPIED
from sisg_robotics.scenes import Scene
from sisg_robotics.simulation import Robot, follow, run_errand
from sisg_robotics.simulation.film import film_strip, write_gif

START, GOAL = (8.3, 3.0, 0.0), (1.0, 3.2, 1.5)
"""From the bathroom into the last room."""


def test_it_reaches_one_place_after_the_other(flat: Scene, small: Robot) -> None:
    known = Costmap.from_scene(flat)
    ended = run_errand(flat, known, START, [(5.0, 3.2, 0.0), GOAL], robot=small)
    assert ended.arrived == (True, True) and ended.notes == ("", "") and ended.drive.arrived
    assert math.dist(ended.drive.pose[:2], GOAL[:2]) < 0.12
    assert abs(math.remainder(ended.drive.pose[2] - GOAL[2], math.tau)) < math.radians(4)
    assert ended.drive.collisions == 0
    assert len(ended.frames) > 10


def test_what_stands_where_the_map_had_floor_is_seen_and_driven_round(flat: Scene, small: Robot) -> None:
    truth = Costmap.from_scene(flat)
    emptied = truth.state.copy()
    x, y = np.mgrid[: truth.state.shape[0], : truth.state.shape[1]]
    inside = ((x > 78) & (x < 135)) & (y > 20) & (y < 60)  # the table in the middle room is not in the map
    emptied[inside] = FREE
    known = replace(truth, state=emptied)
    start, goal = (3.9, 3.3, 0.0), (6.2, 1.3, 0.0)
    before = plan_path(known, start[:2], goal[:2])
    assert not before.is_clear(truth)
    blind = follow(before, truth, start, costmap=known)
    assert not blind.arrived and blind.collisions > 10
    ended = run_errand(flat, known, start, [goal], robot=small)
    assert ended.arrived == (True,) and ended.drive.collisions < 5  # what is under the picture is felt
    assert ended.drive.length_m > before.length_m
    learnt = ended.costmap.cell_of(truth.center_of(np.argwhere(inside & (truth.state == OCCUPIED))))
    assert (ended.costmap.state[tuple(learnt.T)] == OCCUPIED).mean() > 0.1


def test_no_way_is_an_answer(flat: Scene, small: Robot) -> None:
    known = Costmap.from_scene(flat)
    ended = run_errand(flat, known, START, [(-3.0, 0.0, 0.0), START], robot=small, max_steps=900)
    assert ended.arrived[0] is False and "outside the map" in ended.notes[0]
    with pytest.raises(RequestError, match="cannot stand"):
        run_errand(flat, known, (-3.0, 0.0, 0.0), [GOAL], robot=small)


def test_a_budget_is_for_all_places_together(flat: Scene, small: Robot) -> None:
    ended = run_errand(flat, Costmap.from_scene(flat), START, [GOAL, START], robot=small, max_steps=30)
    assert ended.arrived == (False, False) and len(ended.drive.actions) == 30
    assert "budget of steps" in ended.notes[0] and "before" in ended.notes[1]


def test_the_film_shows_the_first_and_the_last_frame(flat: Scene, small: Robot, tmp_path: Path) -> None:
    ended = run_errand(flat, Costmap.from_scene(flat), START, [(8.2, 2.0, 0.0)], robot=small)
    strip = np.array(film_strip(ended.frames, count=3, columns=2, width_px=64, theme=DARK))
    assert strip.shape == (2 * (48 + 24 + 12) + 12, 2 * (64 + 12) + 12, 3)
    np.testing.assert_array_equal(strip[12:60, 12:76], ended.frames[0].rgb)
    np.testing.assert_array_equal(strip[96:144, 12:76], ended.frames[-1].rgb)
    assert tuple(strip[2, 2]) == DARK.paper
    write_gif(tmp_path / "film.gif", ended.frames)
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == len(ended.frames) and film.size == (64, 48)
    with pytest.raises(BadValue, match="at least one"):
        film_strip([])


def test_a_thing_keeps_its_color_through_a_film(flat: Scene, small: Robot, tmp_path: Path) -> None:
    """A blue ironing board was teal in one frame and purple in the next."""
    frame = run_errand(flat, Costmap.from_scene(flat), START, [], robot=small).frames[0]
    rng = np.random.default_rng(0)
    painted = [np.array([210 - 15 * i, 150, 90 + 15 * i]) + rng.normal(0, 18, (48, 64, 1)) for i in range(6)]
    painted = [(rgb + rng.normal(0, 4, rgb.shape)).clip(0, 255).astype(np.uint8) for rgb in painted]
    for i, rgb in enumerate(painted):
        rgb[10:13, 8 * i : 8 * i + 4] = (30, 60, 240)
    write_gif(tmp_path / "film.gif", [replace(frame, rgb=rgb) for rgb in painted])
    with Image.open(tmp_path / "film.gif") as film:
        for i in range(6):
            film.seek(i)
            board = np.asarray(film.convert("RGB"))[10:13, 8 * i : 8 * i + 4].reshape(-1, 3)
            assert np.abs(board.mean(axis=0) - (30, 60, 240)).max() < 10
