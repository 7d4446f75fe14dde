"""What is recorded is what the ray caster gives: flow to the same camera's next picture, and all samples."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.rendering import Raycaster, render
from sisg_robotics.rendering.cameras import Trajectory, make_rig
from sisg_robotics.rendering.cameras.rig import base_pose
from sisg_robotics.scenes import generate_scene, scene_instances


@pytest.mark.parametrize("rig", ["front", "front_back"])
def test_recorded_flow_is_that_to_the_same_cameras_next_frame(tmp_path, rig):
    """A robot that turns and steps forward; of `front_back` every second frame is the same camera's."""
    scene = generate_scene("a bathroom", seed=2)
    x, y = np.mean([scene.rooms[0].lower_xy_m, scene.rooms[0].upper_xy_m], axis=0)
    steps = np.stack([base_pose(np.array([x + 0.03 * k, y]), 0.05 * k) for k in range(3)])
    made = Trajectory.of_rig(make_rig(rig, 1.2), steps, kind="by hand")
    sequence = render(scene, tmp_path, trajectory=made, width=16, height=12, channels=("flow",))
    renderer = Raycaster(scene_instances(scene), scene.lights)
    cameras = len(made.rig)
    assert len(sequence) == 3 * cameras
    frames = list(sequence)
    for frame in frames[:-cameras]:
        wanted = renderer.render(
            frame.intrinsics,
            made.T_world_cam[frame.index],
            channels=("flow",),
            T_world_cam_next=made.T_world_cam[frame.index + cameras],
        )
        np.testing.assert_array_equal(frame.flow_px, wanted.flow_px)
        assert 0.1 < np.nanmedian(np.abs(wanted.flow_px)) < 5
    for frame in frames[-cameras:]:
        assert np.isnan(frame.flow_px).all()


@pytest.mark.parametrize("samples", [1, 4])
def test_recorded_colour_has_as_many_samples_as_asked_for(tmp_path, samples):
    scene = generate_scene("a bathroom", seed=2)
    size = {"frames": 1, "width": 24, "height": 18, "channels": ()}
    (frame,) = render(scene, tmp_path, **size, samples=samples)
    renderer = Raycaster(scene_instances(scene), scene.lights)
    one, four = (
        renderer.render(frame.intrinsics, frame.T_world_cam, channels=("rgb",), samples=count).rgb
        for count in (1, 4)
    )
    np.testing.assert_array_equal(frame.rgb, {1: one, 4: four}[samples])
    assert (one != four).any()
