"""Nothing is found where nothing is wrong: generated recordings, ideal and noisy, and a real one."""

from __future__ import annotations

from pathlib import Path

import pytest

import sisg_robotics as sisg
from sisg_robotics.rendering.cameras import TrajectoryPlan
from sisg_robotics.rendering.cameras.trajectory import Trajectory

SMALL = {"width": 64, "height": 48}


def wrong(recording: sisg.RgbdSequence) -> list[sisg.Finding]:
    """What is found, but for notes that so few views far apart cannot tell everything."""
    return [finding for finding in sisg.validate(recording) if finding.code != "cannot-tell"]


@pytest.mark.parametrize(("seed", "prompt"), [(1, "an office"), (2, "a bathroom"), (4, "a kitchen")])
def test_nothing_is_found_in_generated_walks(seed: int, prompt: str, tmp_path: Path) -> None:
    scene = sisg.generate_scene(prompt, seed=seed)
    ideal = sisg.render(scene, tmp_path / "ideal", frames=10, **SMALL)
    assert wrong(ideal) == []
    same_way = Trajectory(ideal.T_world_cam, "the same way")
    noisy = sisg.render(scene, tmp_path / "noisy", trajectory=same_way, sensor="kinect_v1", **SMALL)
    assert wrong(noisy) == []


def test_jumps_that_are_a_way_of_recording_are_none(tmp_path: Path) -> None:
    scene = sisg.generate_scene("a bathroom", seed=3)
    for name, how in {
        "rig": {"frames": 20, "rig": "surround4"},
        "turns": {"trajectory": TrajectoryPlan("look_around", None, points=1)},
        "orbit": {"trajectory": TrajectoryPlan("orbit", 16)},
    }.items():
        recording = sisg.render(scene, tmp_path / name, **how, **SMALL)
        assert wrong(recording) == [], name


def test_nothing_is_found_in_a_real_recording(kinect_room: Path, tmp_path: Path) -> None:
    recording = sisg.import_seven_scenes(kinect_room, tmp_path, max_frames=40)
    assert sisg.validate(recording) == []
