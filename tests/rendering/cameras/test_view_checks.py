"""Every reason, made by hand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering.cameras import Surface, ViewChecks, walk_trajectory
from sisg_robotics.rendering.cameras import view_checks as v

CAMERA = Intrinsics.from_fov(160, 120, np.pi / 2)


@pytest.fixture
def surface(build, rooms):
    """A room without its ceiling, and a closed box in it."""
    walls = [thing for thing in rooms.shell() if thing.instance_id != 2]
    return Surface.of([*walls, build.thing(9, "sofa", build.box((2.5, 1.0, 0.0), (3.5, 2.0, 1.0)))])


VIEWS = {
    None: ((0.5, 1.5, 1.3), (3.0, 1.5, 0.8)),
    v.TOO_NEAR: ((0.04, 1.5, 1.3), (3.0, 1.5, 0.8)),
    v.INSIDE: ((3.0, 1.5, 0.5), (4.0, 1.4, 0.6)),
    v.BACKGROUND: ((2.0, 1.5, 2.0), (2.0, 1.6, 3.0)),
    v.CLOSE_UP: ((0.3, 1.5, 0.12), (2.0, 1.5, 0.0)),
    v.SHALLOW: ((0.4, 1.5, 1.3), (0.0, 1.5, 1.3)),
    v.BARE: ((1.2, 1.5, 0.9), (1.2, 1.5, 0.0)),
}


@pytest.mark.parametrize("reason", VIEWS, ids=str)
def test_a_view_made_to_fail_fails_for_its_reason(surface, reason):
    checks = ViewChecks(min_clearance_m=0.1, min_depth_m=0.17, min_mean_depth_m=0.6, min_things=2)
    T = look_at(*(np.array(point) for point in VIEWS[reason]))
    assert v.first_fault(surface, checks, [CAMERA], T[None]) == reason


@pytest.mark.parametrize(("least_m", "fault"), [(0.9, None), (1.1, v.SHALLOW)])
def test_the_mean_depth_is_of_what_is_hit_and_not_of_the_background(build, least_m, fault):
    """A wall 1 m away fills 60 % of the columns: over all rays the mean would be 0.6 m."""
    wall = build.rectangle((1.0, 9.0, -9.0), (0, -9.2, 0), (0, 0, 18))  # it ends 0.2 m right of the middle
    surface = Surface.of([build.thing(1, "wall", wall)])
    checks = replace(v.OFF, max_background_share=0.45, min_mean_depth_m=least_m)
    T = look_at(np.zeros(3), np.array([1.0, 0.0, 0.0]))
    assert v.first_fault(surface, checks, [CAMERA], T[None]) == fault
    shown = (surface.look(v.coarse(CAMERA), T[None]).instance > 0).mean()
    assert shown == pytest.approx(0.6, abs=0.02)


def test_rejects_are_counted_by_reason(surface):
    checks = ViewChecks(min_clearance_m=0.1, min_depth_m=0.17, min_mean_depth_m=0.6, min_things=2)
    views = [VIEWS[None], VIEWS[v.BARE], VIEWS[v.TOO_NEAR], VIEWS[v.BARE]]
    T = np.stack([look_at(*(np.array(point) for point in view)) for view in views])
    good, rejected = v.kept(surface, checks, [CAMERA], T[:, None])
    assert good == [0] and rejected == {v.BARE: 2, v.TOO_NEAR: 1}
    assert v.kept(surface, v.OFF, [CAMERA], T[:, None]) == ([0, 1, 2, 3], {})


def test_a_rig_may_have_one_bad_view_but_no_camera_in_a_wall(surface):
    T = {reason: look_at(*(np.array(point) for point in view)) for reason, view in VIEWS.items()}
    checks = ViewChecks()
    assert v.first_fault(surface, checks, [CAMERA] * 2, np.stack([T[None], T[v.BACKGROUND]])) is None
    assert v.first_fault(surface, checks, [CAMERA] * 2, np.stack([T[None], T[v.TOO_NEAR]])) == v.TOO_NEAR
    assert v.first_fault(surface, checks, [CAMERA] * 2, np.stack([T[v.BACKGROUND]] * 2)) == v.BACKGROUND


OFF_SWITCHES = {
    v.TOO_NEAR: "min_clearance_m",
    v.INSIDE: "min_clearance_m",
    v.BACKGROUND: "max_background_share",
    v.CLOSE_UP: "min_depth_m",
    v.SHALLOW: "min_mean_depth_m",
    v.BARE: "min_things",
}


@pytest.mark.parametrize("reason", OFF_SWITCHES)
def test_a_check_that_is_off_finds_no_fault_and_the_others_still_do(surface, reason):
    checks = ViewChecks(min_clearance_m=0.1, min_depth_m=0.17, min_mean_depth_m=0.6, min_things=2)
    one_off = replace(checks, **{OFF_SWITCHES[reason]: None})
    for other, view in VIEWS.items():
        fault = v.first_fault(surface, one_off, [CAMERA], look_at(*(np.array(point) for point in view))[None])
        if OFF_SWITCHES.get(other) == OFF_SWITCHES[reason]:
            assert fault != other
        else:
            assert fault == other


@pytest.mark.parametrize("name", [field.name for field in fields(ViewChecks)])
def test_each_check_can_be_switched_off_and_makes_no_sense_below_zero(name):
    assert getattr(replace(ViewChecks(), **{name: None}), name) is None
    with pytest.raises(BadValue, match=name):
        replace(ViewChecks(), **{name: -0.1 if name != "min_things" else -1})


def test_no_view_of_a_walk_fails_what_was_asked(flat, flat_site):
    checks = ViewChecks(min_mean_depth_m=1.2, min_things=5, min_depth_m=0.4)
    walk = walk_trajectory(flat, count=25, site=flat_site, checks=checks)
    camera = Intrinsics.from_fov(640, 480, np.pi / 2)
    faults = [v.first_fault(flat_site.surface, checks, [camera], T[None]) for T in walk.T_world_cam]
    assert faults == [None] * len(walk)
    assert sum(walk.rejected.values()) > 0 and set(walk.rejected) <= {v.SHALLOW, v.BARE, v.CLOSE_UP}


def test_near_duplicates_are_left_out(flat, flat_site):
    strict = walk_trajectory(flat, count=40, site=flat_site, checks=ViewChecks(max_overlap=0.2))
    assert strict.rejected[v.SEEN_BEFORE] > 0
