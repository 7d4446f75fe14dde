"""Recordings that stop and go on."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from sisg_robotics.errors import RequestError
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering import Raycaster, render
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

    def counted(self, intrinsics, T_world_cam):
        drawn.append(T_world_cam.tobytes())
        return whole_render(self, intrinsics, T_world_cam)

    monkeypatch.setattr(Raycaster, "render", counted)
    render(scene, tmp_path, **SMALL)
    assert drawn == [recording.T_world_cam[index].tobytes() for index in (1, 3)]
    assert digests(tmp_path) == digests(recording.root)


def test_an_interrupted_run_leaves_whole_frames_and_goes_on(scene, recording, tmp_path, monkeypatch):
    whole_render, calls = Raycaster.render, []

    def interrupted(self, intrinsics, T_world_cam):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole_render(self, intrinsics, T_world_cam)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Raycaster, "render", interrupted)
        render(scene, tmp_path, **SMALL)
    written = sorted(path.name for path in (tmp_path / "depth").iterdir())
    assert written == ["000000.npy", "000001.npy"]
    render(scene, tmp_path, **SMALL)
    assert digests(tmp_path) == digests(recording.root)


@pytest.mark.parametrize("other", [{"seed": 2}, {"width": 40}, {"fov_x_deg": 60.0}, {"camera_height_m": 1.2}])
def test_a_folder_with_another_walk_or_camera_is_refused_and_left_alone(scene, recording, other):
    before = digests(recording.root)
    with pytest.raises(RequestError, match="another recording"):
        render(scene, recording.root, **{**SMALL, **other})
    assert digests(recording.root) == before


def test_a_folder_with_another_scene_is_refused(recording):
    with pytest.raises(RequestError, match="another recording"):
        render(generate_scene("a bathroom", seed=3), recording.root, **SMALL)


def test_normals_come_when_asked_for(scene, tmp_path):
    (frame,) = render(scene, tmp_path, frames=1, width=16, height=12, channels=("normal",))
    assert frame.normal is not None and frame.semantic is None
    length = np.linalg.norm(frame.normal.astype(np.float32), axis=-1)
    np.testing.assert_allclose(length[frame.depth_m > 0], 1.0, atol=2e-3)
