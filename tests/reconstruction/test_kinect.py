"""A real recording: it holds together as recorded, and clearly less when its poses are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sisg_robotics as sisg
from sisg_robotics.geometry import invert
from sisg_robotics.reconstruction import Reconstruction, reconstruct


@pytest.fixture(scope="module")
def recording(kinect_room: Path, tmp_path_factory: pytest.TempPathFactory) -> sisg.RgbdSequence:
    folder = tmp_path_factory.mktemp("kinect")
    return sisg.import_dataset(kinect_room, folder, options=sisg.ImportOptions(every=2))[0]


def with_poses(recording: sisg.RgbdSequence, T_world_cam: np.ndarray) -> Reconstruction:
    return reconstruct(replace(recording, T_world_cam=T_world_cam), voxel_size_m=0.08)


@pytest.fixture(scope="module")
def as_recorded(recording: sisg.RgbdSequence) -> Reconstruction:
    return with_poses(recording, recording.T_world_cam)


def test_the_recording_holds_together(as_recorded: Reconstruction) -> None:
    assert as_recorded.residual_m < 0.010 and as_recorded.looked_through < 0.01
    assert as_recorded.step_m < 0.008 and np.degrees(as_recorded.step_rad) < 0.4
    assert as_recorded.wall_thickness_m < 0.025 and as_recorded.double_walls == ()
    assert as_recorded.drift is None and as_recorded.scores == {}
    assert as_recorded.worst_frames(1)[0].residual_m < 0.02


def test_inverted_poses_take_it_apart(recording: sisg.RgbdSequence, as_recorded: Reconstruction) -> None:
    wrong = with_poses(recording, invert(recording.T_world_cam))
    assert wrong.residual_m > 5 * as_recorded.residual_m and wrong.looked_through > 0.3
    assert wrong.step_m > 5 * as_recorded.step_m
    assert wrong.wall_thickness_m > 3 * as_recorded.wall_thickness_m


def test_poses_one_frame_late_blur_it(recording: sisg.RgbdSequence, as_recorded: Reconstruction) -> None:
    T = recording.T_world_cam
    wrong = with_poses(recording, np.concatenate([T[1:], T[-1:]]))
    assert wrong.residual_m > 2 * as_recorded.residual_m and wrong.looked_through > 0.03
    assert wrong.step_m > 3 * as_recorded.step_m
    assert wrong.wall_thickness_m > 2 * as_recorded.wall_thickness_m


def test_drift_is_found_where_it_was_put(recording: sisg.RgbdSequence, as_recorded: Reconstruction) -> None:
    """10 cm from the middle on, in a recording whose own poses scatter by 2 cm."""
    T = recording.T_world_cam.copy()
    T[:, 0, 3] += 0.1 * np.maximum(0, np.arange(30) - 15) / 14
    wrong = with_poses(recording, T)
    assert wrong.drift is not None and abs(wrong.drift.at - 15) <= 3
    assert wrong.drift.end_m == pytest.approx(0.1, rel=0.3)
    assert wrong.residual_m > 1.2 * as_recorded.residual_m
