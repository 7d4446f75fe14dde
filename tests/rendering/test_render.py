"""Recordings that stop and go on."""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np
import pytest

from sisg_robotics.datasets import PoseFormat, RgbdSequence
from sisg_robotics.datasets.poses import read_poses
from sisg_robotics.errors import BadValue, RequestError, UnknownName
from sisg_robotics.geometry import Distortion, Intrinsics
from sisg_robotics.rendering import Raycaster, render
from sisg_robotics.rendering.cameras import Trajectory, ViewChecks, make_rig, walk_trajectory
from sisg_robotics.rendering.cameras.trajectory import summary_of
from sisg_robotics.rendering.sensors import LENSES, make_sensor
from sisg_robotics.scenes import generate_scene, load_scene, scene_instances

SMALL = {"frames": 5, "width": 32, "height": 24, "seed": 1}


@pytest.fixture(scope="module")
def scene():
    return generate_scene("a bathroom", seed=2)


@pytest.fixture(scope="module")
def recording(scene, tmp_path_factory):
    return render(scene, tmp_path_factory.mktemp("whole"), **SMALL)


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_is_on_disk_is_what_the_raycaster_sees(scene, recording):
    assert len(recording) == SMALL["frames"]
    raycaster = Raycaster(scene_instances(scene), scene.lights)
    intrinsics = Intrinsics.from_fov(32, 24, np.pi / 2)
    for frame in recording:
        seen = raycaster.render(intrinsics, frame.T_world_cam)
        np.testing.assert_array_equal(frame.depth_m, seen.depth_m)
        np.testing.assert_array_equal(frame.semantic, seen.semantic)
        np.testing.assert_array_equal(frame.instance, seen.instance)
        np.testing.assert_array_equal(frame.rgb, seen.rgb)


def test_every_id_in_the_pictures_has_a_name_and_its_class(recording):
    for frame in recording:
        for object_id in np.unique(frame.instance[frame.instance > 0]):
            (class_id,) = np.unique(frame.semantic[frame.instance == object_id])
            assert recording.classes[int(class_id)] == recording.objects[int(object_id)].class_name


def test_the_scene_lies_beside_its_pictures(scene, recording):
    assert load_scene(recording.root) == scene
    assert (recording.root / "scene.glb").stat().st_size > 1000


def test_a_second_run_draws_only_what_is_missing_and_ends_with_the_same_bytes(
    scene, recording, tmp_path, monkeypatch
):
    render(scene, tmp_path, **SMALL)
    assert digests(tmp_path) == digests(recording.root)
    (tmp_path / "depth" / "000003.npy").unlink()
    half = tmp_path / "rgb" / "000001.png"
    half.write_bytes(half.read_bytes()[:100])
    drawn = []
    whole_render = Raycaster.render

    def counted(self, intrinsics, T_world_cam, **options):
        drawn.append(T_world_cam.tobytes())
        return whole_render(self, intrinsics, T_world_cam, **options)

    monkeypatch.setattr(Raycaster, "render", counted)
    render(scene, tmp_path, **SMALL)
    assert drawn == [recording.T_world_cam[index].tobytes() for index in (1, 3)]
    assert digests(tmp_path) == digests(recording.root)


def test_an_interrupted_run_leaves_whole_frames_and_goes_on(scene, recording, tmp_path, monkeypatch):
    whole_render, calls = Raycaster.render, []

    def interrupted(self, intrinsics, T_world_cam, **options):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole_render(self, intrinsics, T_world_cam, **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Raycaster, "render", interrupted)
        render(scene, tmp_path, **SMALL)
    written = sorted(path.name for path in (tmp_path / "depth").iterdir())
    assert written == ["000000.npy", "000001.npy"]
    render(scene, tmp_path, **SMALL)
    assert digests(tmp_path) == digests(recording.root)


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"frames": 6},
        {"width": 40},
        {"fov_x_deg": 60.0},
        {"camera_height_m": 1.2},
        {"trajectory": "look_around"},
        {"rig": "front"},
        {"samples": 4},
        {"sensor": "kinect_v1"},
        {"channels": ("semantic",)},
        {"checks": ViewChecks(min_things=1)},
        {"engine": "blender"},
    ],
    ids=str,
)
def test_a_folder_with_another_recording_is_refused_and_left_alone(scene, recording, other):
    before = digests(recording.root)
    with pytest.raises(RequestError, match="another recording"):
        render(scene, recording.root, **{**SMALL, **other})
    assert digests(recording.root) == before


def test_a_folder_with_another_scene_is_refused(recording):
    with pytest.raises(RequestError, match="another recording"):
        render(generate_scene("a bathroom", seed=3), recording.root, **SMALL)


def test_what_differs_is_named(scene, recording):
    with pytest.raises(RequestError, match="holds another recording: its samples differs"):
        render(scene, recording.root, **SMALL, samples=16)
    with pytest.raises(RequestError, match=r"its trajectory \(frames, camera height m\) differs"):
        render(scene, recording.root, **{**SMALL, "frames": 6, "camera_height_m": 1.2})


def test_going_on_does_not_plan_again(scene, recording, monkeypatch):
    def planned(*arguments):
        raise AssertionError("planned again")

    monkeypatch.setattr(sys.modules["sisg_robotics.rendering.render"], "plan_trajectory", planned)
    np.testing.assert_array_equal(render(scene, recording.root, **SMALL).T_world_cam, recording.T_world_cam)


def test_how_the_poses_were_found_is_written_down(scene, recording):
    noted = json.loads((recording.root / "trajectory.json").read_text())
    walk = walk_trajectory(
        scene, count=SMALL["frames"], seed=1, intrinsics=Intrinsics.from_fov(32, 24, np.pi / 2)
    )
    np.testing.assert_allclose(recording.T_world_cam, walk.T_world_cam, atol=1e-12)
    assert noted == json.loads(json.dumps(walk.to_json()))
    assert summary_of(noted) == walk.summary()
    assert f"walk: 5 frames, which see {100 * walk.coverage:.1f} %" in walk.summary()


def test_poses_that_were_made_before_are_recorded(scene, recording, tmp_path):
    made = Trajectory(recording.T_world_cam[:2].copy(), "by hand")
    again = render(scene, tmp_path, trajectory=made, width=32, height=24)
    np.testing.assert_array_equal(again.T_world_cam, made.T_world_cam)
    np.testing.assert_array_equal(again[1].depth_m, recording[1].depth_m)


def test_every_channel_comes_when_asked_for(scene, tmp_path):
    channels = ("semantic", "instance", "normal", "range", "albedo", "mask", "flow")
    sequence = render(scene, tmp_path, frames=2, width=16, height=12, channels=channels)
    assert set(sequence.channels) == set(channels)
    first, last = sequence
    np.testing.assert_array_equal(first.mask, first.depth_m > 0)
    assert (first.range_m >= first.depth_m).all()
    length = np.linalg.norm(first.normal.astype(np.float32), axis=-1)
    np.testing.assert_allclose(length[first.mask], 1.0, atol=2e-3)
    assert np.isfinite(first.flow_px).any() and np.isnan(last.flow_px).all()


def test_a_rigs_cameras_share_a_recording(scene, tmp_path):
    options = {"frames": 6, "width": 16, "height": 12, "rig": "front_back", "channels": ("flow",)}
    sequence = render(scene, tmp_path, **options)
    rig = make_rig(str(tmp_path / "rig.json"), 0.0)
    T_world_base = read_poses(tmp_path / "base_poses.txt", PoseFormat())
    assert len(sequence) == 6 and len(T_world_base) == 6
    for index, T in enumerate(sequence.T_world_cam):
        np.testing.assert_allclose(T, T_world_base[index] @ rig.T_base_cam[index % 2], atol=1e-9)
    has_next = [np.isfinite(frame.flow_px).any() for frame in sequence]
    assert has_next[4:] == [False, False]  # the last of either camera
    (tmp_path / "depth" / "000003.npy").unlink()
    before = digests(tmp_path)
    render(scene, tmp_path, **options)
    assert before.items() <= digests(tmp_path).items()


def test_the_files_of_a_rig_reproduce_the_camera_poses_as_vlmaps_reads_them(scene, tmp_path):
    sequence = render(scene, tmp_path, frames=3, width=16, height=12, rig="front", channels=())
    (camera,) = json.loads((tmp_path / "rig.json").read_text())["cameras"]
    found = read_poses(tmp_path / "mobile_base.txt", PoseFormat.from_vlmaps(camera["pose_info"]))
    np.testing.assert_allclose(found, sequence.T_world_cam, atol=1e-9)


def test_a_lens_bends_the_recording_and_its_truth_and_says_so(scene, recording, tmp_path):
    sensor = make_sensor("kinect_v1", distortion=Distortion(k1=-0.05, p1=0.002))
    sequence = render(scene, tmp_path, **SMALL, sensor=sensor, keep_ideal=True)
    ideal = RgbdSequence.open(tmp_path / "ideal")
    assert sequence.distortion == ideal.distortion == sensor.distortion
    straight, bent = (
        np.mean(
            [np.abs(seen.depth_m - true.depth_m) < 0.05 for seen, true in zip(one, recording, strict=True)]
        )
        for one in (ideal.undistorted(), ideal)
    )
    assert straight > 0.8 > 0.75 > bent
    with pytest.raises(RequestError, match=r"another recording: its sensor .*differs"):
        render(scene, tmp_path, **SMALL, sensor="kinect_v1")


def test_an_ideal_sensor_with_a_lens_is_not_the_ideal_one(scene, recording):
    with pytest.raises(RequestError, match="another recording: its sensor differs"):
        render(scene, recording.root, **SMALL, sensor=make_sensor("ideal", distortion=Distortion(k1=0.1)))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"sensor": make_sensor("ideal", distortion=LENSES["kinect_v1_depth"])},
            "does not reach the corners",
        ),
        ({"sensor": make_sensor("ideal", distortion=Distortion(k1=0.1)), "engine": "blender"}, "no lens"),
        ({"fov_x_deg": 180.0}, "fov_x_deg is 180"),
        ({"width": 0}, "width and height"),
    ],
    ids=["fold", "blender", "fov", "size"],
)
def test_what_no_camera_can_be_is_refused_before_anything_is_written(scene, tmp_path, options, told):
    with pytest.raises((BadValue, RequestError), match=told):
        render(scene, tmp_path, **{**SMALL, **options})
    assert not any(tmp_path.iterdir())


def test_a_sensor_and_the_truth_lie_side_by_side(scene, recording, tmp_path):
    options = {**SMALL, "sensor": "kinect_v1", "keep_ideal": True}
    noisy = render(scene, tmp_path / "a", **options)
    ideal = RgbdSequence.open(tmp_path / "a" / "ideal")
    assert noisy.sensor == "kinect_v1" and len(ideal) == len(noisy) == 5
    for index in range(5):
        np.testing.assert_array_equal(ideal[index].depth_m, recording[index].depth_m)
        np.testing.assert_array_equal(noisy[index].instance, recording[index].instance)
    assert any((noisy[i].depth_m != ideal[i].depth_m).any() for i in range(5))
    for name in ("depth/000002.npy", "ideal/rgb/000004.png"):
        (tmp_path / "a" / name).unlink()
    render(scene, tmp_path / "a", **options)
    render(scene, tmp_path / "b", **options)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_an_unknown_engine_or_trajectory_is_refused(scene, tmp_path):
    with pytest.raises(UnknownName, match="engine 'eevee'"):
        render(scene, tmp_path, engine="eevee")
    with pytest.raises(UnknownName, match="trajectory 'fly'"):
        render(scene, tmp_path, trajectory="fly")
    assert not any(tmp_path.iterdir())


def test_blender_draws_the_same_recording(scene, recording, tmp_path):
    pytest.importorskip("bpy")
    made = Trajectory(recording.T_world_cam[:1].copy(), "by hand")
    (frame,) = render(scene, tmp_path, trajectory=made, width=32, height=24, engine="blender")
    np.testing.assert_allclose(frame.depth_m, recording[0].depth_m, atol=2e-3)
    assert (frame.instance == recording[0].instance).mean() > 0.99
