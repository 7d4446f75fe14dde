"""Every fault is made in a recording and must be named, alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.datasets.diagnosis import diagnose, explain
from sisg_robotics.datasets.diagnosis.over_time import Jump
from sisg_robotics.datasets.finding import Finding
from sisg_robotics.evaluation.made_faults import FAULTS, PAIRS, Recorded
from sisg_robotics.geometry import pose, rotation_z

TOLD_BY_NOISE = (
    "world-to-camera poses",
    "Isaac world camera axes",
    "quaternions w x y z",
    "depth along the ray",
    "poses one frame late",
    "focal length 20 % short",
    "camera turned by 6 degrees",
    "colour mirrored",
    "world tilted by 8 degrees",
    "a loop closed badly",
)
"""Faults made in noisy depth too; the benchmark makes all of them."""


def found_in(made: Recorded) -> list[Finding]:
    return explain(diagnose(made.views, made.stated, made.brightness), mobile_base=made.mobile_base)


def errors(made: Recorded) -> list[str]:
    return [finding.code for finding in found_in(made) if finding.severity == "error"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_first(request: pytest.FixtureRequest, name: str) -> None:
    fault = FAULTS[name]
    clean: Recorded = request.getfixturevalue("drive" if "drive" in fault.only_in else "walk")
    assert errors(fault.make(clean))[:1] == [fault.code]


@pytest.mark.parametrize("name", TOLD_BY_NOISE)
def test_a_fault_is_named_in_noise(noisy: Recorded, name: str) -> None:
    assert errors(FAULTS[name].make(noisy))[:1] == [FAULTS[name].code]


@pytest.mark.parametrize("depth", ["walk", "drive", "noisy"])
def test_a_clean_recording_is_clean(request: pytest.FixtureRequest, depth: str) -> None:
    assert errors(request.getfixturevalue(depth)) == []


@pytest.mark.parametrize("name", [name for name in PAIRS if "drift" not in name and "shor" not in name])
def test_two_faults_are_both_named(walk: Recorded, name: str) -> None:
    made = walk
    for fault in PAIRS[name]:
        made = FAULTS[fault].make(made)
    assert {FAULTS[fault].code for fault in PAIRS[name]} <= set(errors(made))


def test_a_camera_that_stands_still_tells_nothing(walk: Recorded) -> None:
    still = replace(
        walk, T_file=np.repeat(walk.T_file[:1], 48, axis=0), depth=np.repeat(walk.depth[:1], 48, axis=0)
    )
    assert {finding.severity for finding in found_in(still)} <= {"note"}


def test_numbers_are_said(walk: Recorded, drive: Recorded) -> None:
    evidence = {}
    for name, clean in {
        "a loop closed badly": walk,
        "positions 5 % too large": walk,
        "focal length 20 % short": walk,
        "centre 3 % of the width off": walk,
        "camera turned by 6 degrees": walk,
        "camera 15 cm behind its poses": walk,
        "world tilted by 8 degrees": walk,
        "camera_height 35 cm too much": drive,
    }.items():
        evidence |= found_in(FAULTS[name].make(clean))[0].evidence
    assert evidence["frame"] == 24
    assert evidence["factor"] == pytest.approx(1.05, abs=0.003)
    assert evidence["fx_px"] == pytest.approx(walk.camera[0], rel=0.005)
    assert evidence["right_px"] == pytest.approx(0.03 * 160, abs=0.2)
    assert evidence["metres"] == pytest.approx(0.15, abs=0.01)
    assert evidence["degrees"] == pytest.approx(8, abs=0.3)
    assert evidence["camera_height_m"] == pytest.approx(drive.T_file[0, 2, 3], abs=0.02)


def test_a_drift_that_looks_like_a_jump_is_one_where_no_drift_explains_it(walk: Recorded) -> None:
    looks_like_it = Jump(at=24, across=0.4, within=0.95)
    for name, code in {"drift": "drift", "a loop closed badly": "pose-jump"}.items():
        made = FAULTS[name].make(walk)
        diagnosis = replace(diagnose(made.views, made.stated), jump=looks_like_it)
        assert [finding.code for finding in explain(diagnosis) if finding.severity == "error"] == [code]


def test_a_base_is_told_where_noise_tilts_what_seems_up(drive: Recorded) -> None:
    for name, code in {
        "base poses said to be the camera's": "base-poses",
        "camera_height 35 cm too much": "camera-height",
    }.items():
        made = FAULTS[name].make(drive)
        diagnosis = diagnose(made.views, made.stated)
        assert diagnosis.upright is not None
        up = np.array([np.sin(0.015), 0.0, np.cos(0.015)])
        diagnosis = replace(diagnosis, upright=replace(diagnosis.upright, up=up))
        assert explain(diagnosis, mobile_base=made.mobile_base)[0].code == code


def test_a_turn_of_the_whole_recording_changes_nothing(walk: Recorded) -> None:
    turned = replace(walk, T_file=pose(rotation_z(1.0), np.array([3.0, 4.0, 0.0])) @ walk.T_file)
    assert errors(turned) == []


def test_every_code_is_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "validation.md").read_text(encoding="utf-8")
    for fault in FAULTS.values():
        assert f"`{fault.code}`" in page, fault.code
