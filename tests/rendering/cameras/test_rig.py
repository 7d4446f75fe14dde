"""Several cameras on one robot."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.datasets import PoseFormat
from sisg_robotics.datasets.poses import poses_text, read_poses
from sisg_robotics.errors import BadFile, BadValue, MissingPath, UnknownName
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering.cameras import (
    Rig,
    Trajectory,
    TrajectoryPlan,
    camera_pose,
    make_rig,
    plan_trajectory,
    walk_trajectory,
)
from sisg_robotics.rendering.cameras.rig import PRESETS, MountedCamera, base_pose, mobile_base_poses

CAMERA = Intrinsics.from_fov(64, 48, np.pi / 2)


def test_a_front_camera_looks_along_the_bases_x():
    (T,) = make_rig("front", 1.2).T_base_cam
    np.testing.assert_allclose(T, [[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 1.2], [0, 0, 0, 1]], atol=1e-12)


def test_four_cameras_look_forward_left_back_and_right_from_the_rim():
    rig = make_rig("surround4", 1.0)
    ahead = rig.T_base_cam[:, :3, 2]
    np.testing.assert_allclose(ahead, [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], atol=1e-8)
    np.testing.assert_allclose(rig.T_base_cam[:, :3, 3], 0.1 * ahead + [0, 0, 1.0], atol=1e-8)


def test_a_base_at_yaw_zero_has_the_worlds_axes():
    T = base_pose(np.array([1.0, 2.0]), 0.0)
    np.testing.assert_allclose(T, [[1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, 0], [0, 0, 0, 1]], atol=1e-12)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_cameras_are_where_the_base_carries_them(flat, flat_site, name):
    rig = make_rig(name, flat_site.camera_height_m)
    walk = walk_trajectory(flat, count=8, site=flat_site, rig=rig)
    k = len(rig)
    assert len(walk) == 8 and walk.camera_names == tuple(camera.name for camera in rig.cameras) * (8 // k)
    for index in range(8):
        wanted = walk.T_world_base[index] @ rig.T_base_cam[index % k]
        np.testing.assert_allclose(walk.T_world_cam[index], wanted, atol=1e-9)
    assert flat_site.space.is_free(walk.T_world_base[:, :2, 3]).all()
    np.testing.assert_array_equal(walk.T_world_base[::k], walk.T_world_base[k - 1 :: k])


MOUNTED = {
    "ahead": camera_pose(np.zeros(2), 1.3, 0.0, 0.0),
    "left and down": camera_pose(np.zeros(2), 0.7, np.pi / 2, 1.2),
    "right, on its side": camera_pose(np.zeros(2), 0.9, -np.pi / 2, 0.0)
    @ np.array([[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]),
}


def as_vlmaps_does(T_file, pose_info):
    """VLMaps' own arithmetic, with its lift along y, short of its move to the first base."""
    T_base_cam, B = np.eye(4), np.eye(4)
    T_base_cam[:3, :3] = np.reshape(pose_info["base2cam_rot"], (3, 3))
    T_base_cam[1, 3] = pose_info["camera_height"]
    B[:3, :3] = [pose_info[f"base_{axis}_axis"] for axis in ("forward", "left", "up")]
    T_world_base = B @ T_file @ np.linalg.inv(B)
    return T_world_base @ B @ T_base_cam


@pytest.mark.parametrize("mounted", MOUNTED)
def test_vlmaps_gets_the_camera_poses_from_mobile_base_poses(tmp_path, mounted):
    rig = Rig((MountedCamera("only", MOUNTED[mounted]),))
    T_world_base = np.stack([base_pose(np.array([0.5, 1.0]), 0.3), base_pose(np.array([1.5, 2.0]), -2.0)])
    trajectory = Trajectory.of_rig(rig, T_world_base, kind="walk")
    path = tmp_path / "mobile_base.txt"
    path.write_text(poses_text(mobile_base_poses(trajectory.T_world_base), PoseFormat()))
    (camera,) = rig.to_json(CAMERA)["cameras"]
    mobile_base = PoseFormat.from_vlmaps(camera["pose_info"])
    assert mobile_base.pose_type == "mobile_base"
    np.testing.assert_allclose(read_poses(path, mobile_base), trajectory.T_world_cam, atol=1e-12)
    theirs = as_vlmaps_does(np.loadtxt(path).reshape(-1, 4, 4), camera["pose_info"])
    np.testing.assert_allclose(theirs, trajectory.T_world_cam, atol=1e-12)


def test_a_base_at_the_origin_has_habitats_axes_and_vlmaps_own_defaults_fit():
    """ROS' x forward is -z there, y left is -x, z up is y."""
    (T,) = mobile_base_poses(base_pose(np.array([2.0, 3.0]), 0.0)[None])
    np.testing.assert_allclose(T, [[1, 0, 0, -3], [0, 1, 0, 0], [0, 0, 1, -2], [0, 0, 0, 1]], atol=1e-12)
    (camera,) = make_rig("front", 1.5).to_json(CAMERA)["cameras"]
    assert PoseFormat.from_vlmaps(camera["pose_info"]) == replace(
        PoseFormat.from_vlmaps({}), rotation_type="mat", world_up="z"
    )


def test_a_camera_beside_the_base_has_no_vlmaps_pose_info():
    assert all("pose_info" not in camera for camera in make_rig("surround4", 1.0).to_json(CAMERA)["cameras"])


def test_a_rig_file_comes_back(tmp_path):
    own = Intrinsics(50.0, 51.0, 30.0, 20.0, 60, 40)
    front, back = make_rig("front_back", 0.9).cameras
    rig = Rig((front, MountedCamera("back", back.T_base_cam, own)))
    path = tmp_path / "rig.json"
    path.write_text(json.dumps(rig.to_json(CAMERA)))
    again = make_rig(str(path), 99.0)
    np.testing.assert_array_equal(again.T_base_cam, rig.T_base_cam)
    assert again.intrinsics(CAMERA) == (CAMERA, own)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format_version": 2, "cameras": []}',
        '{"format_version": 1, "cameras": []}',
        '{"format_version": 1, "cameras": [{"name": "a"}]}',
        '{"format_version": 1, "cameras": [{"name": "../a", "T_base_cam": ' + str(np.eye(4).tolist()) + "}]}",
        '{"format_version": 1, "cameras": [{"name": "a", "T_base_cam": [[1, 0], [0, 1]]}]}',
    ],
)
def test_a_bad_rig_file_is_refused(tmp_path, text):
    (tmp_path / "rig.json").write_text(text)
    with pytest.raises(BadFile):
        make_rig(str(tmp_path / "rig.json"), 1.0)


def test_a_rig_sees_from_its_own_height(flat):
    """A rig on the floor, whatever the height of cameras that are no rig's."""
    low = make_rig("front", 0.4)
    assert make_rig("surround4", 0.4).height_m == low.height_m == 0.4
    walks = [
        plan_trajectory(flat, TrajectoryPlan(frames=4, camera_height_m=height_m), CAMERA, low)
        for height_m in (0.4, 1.35)
    ]
    np.testing.assert_array_equal(walks[0].T_world_cam, walks[1].T_world_cam)
    assert walks[0].coverage == walks[1].coverage


def test_a_file_too_large_for_a_rig_is_not_read(tmp_path):
    with (tmp_path / "rig.json").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(BadFile, match="larger than 1 MiB"):
        make_rig(str(tmp_path / "rig.json"), 1.0)


def test_other_names_and_poses_are_refused(tmp_path):
    with pytest.raises(UnknownName, match="surround4"):
        make_rig("surround5", 1.0)
    with pytest.raises(MissingPath):
        make_rig(str(tmp_path / "none.json"), 1.0)
    rig = make_rig("front", 1.0)
    with pytest.raises(BadValue, match="T_base_cam"):
        Trajectory(np.eye(4)[None], "walk", rig=rig, T_world_base=np.eye(4)[None])
    with pytest.raises(BadValue, match="with a rig"):
        Trajectory(np.eye(4)[None], "walk", rig=rig)
    with pytest.raises(BadValue, match="all different"):
        Rig((rig.cameras[0], rig.cameras[0]))
