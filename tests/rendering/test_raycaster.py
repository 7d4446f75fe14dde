"""Exactness on scenes whose answer is known by hand."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numba
import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.errors import BadValue, UnknownName
from sisg_robotics.geometry import Distortion, Intrinsics, look_at, pose, rotation_z, transform
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.channels import CHANNEL_FIELDS, USUAL_CHANNELS
from sisg_robotics.scenes.scene import Light

CAMERAS = {
    "square": Intrinsics.from_fov(32, 32, np.pi / 2),
    "wide": Intrinsics.from_fov(61, 17, 2.0),
    "off-centre": Intrinsics(40.0, 55.0, 3.3, 20.9, 37, 23),
    "one pixel": Intrinsics(1.0, 1.0, 0.25, 0.75, 1, 1),
}


DATA = ("depth", "semantic", "instance", "normal")


def render(build, instances, intrinsics, T_world_cam, lights=(), channels=DATA):
    rays = Raycaster(instances, lights, class_ids=build.class_ids)
    return rays.render(intrinsics, T_world_cam, channels=channels)


@pytest.mark.parametrize("intrinsics", CAMERAS.values(), ids=CAMERAS)
@pytest.mark.parametrize("yaw_rad", [0.0, 1.0, -2.5])
def test_a_wall_at_two_metres_reads_two_metres_at_every_pixel(build, intrinsics, yaw_rad):
    T_world_cam = pose(
        rotation_z(yaw_rad) @ look_at(np.zeros(3), np.array([1.0, 0, 0]))[:3, :3], np.array([3.0, -7.0, 1.3])
    )
    wall = build.rectangle((-30, -30, 2), (60, 0, 0), (0, 60, 0))
    seen = render(build, [build.thing(1, "wall", wall, T_world_object=T_world_cam)], intrinsics, T_world_cam)
    assert seen.depth_m.shape == (intrinsics.height, intrinsics.width)
    np.testing.assert_allclose(seen.depth_m, 2.0, rtol=5e-7)


def test_a_slanted_plane_has_the_depth_of_the_closed_form(build):
    intrinsics, eye = CAMERAS["off-centre"], np.array([0.5, 0.2, 1.4])
    T_world_cam = look_at(eye, np.array([3.0, 1.0, 0.0]))
    floor = build.rectangle((-50, -50, 0), (100, 0, 0), (0, 100, 0))
    seen = render(build, [build.thing(9, "floor", floor)], intrinsics, T_world_cam)
    down = (intrinsics.pixel_rays() @ T_world_cam[:3, :3].T)[..., 2]
    expected = np.where(down < 0, eye[2] / np.maximum(-down, 1e-9), 0.0)
    near = (expected > 0) & (expected < 20)
    assert near.sum() > 300
    np.testing.assert_allclose(seen.depth_m[near], expected[near], rtol=1e-6)
    assert np.all(seen.depth_m[down >= 0] == 0)


def test_points_on_a_sphere_lie_between_its_chords_and_its_surface(build):
    center, radius, steps = np.array([2.0, 0.3, 1.0]), 0.7, 40
    intrinsics, T_world_cam = CAMERAS["square"], look_at(np.array([0.0, 0, 1.2]), center)
    seen = render(
        build, [build.thing(1, "sofa", build.sphere(center, radius, steps))], intrinsics, T_world_cam
    )
    hit = seen.depth_m > 0
    points = transform(T_world_cam, intrinsics.points(seen.depth_m).astype(np.float64))[hit]
    distance = np.linalg.norm(points - center, axis=-1)
    assert 80 < hit.sum() < 500
    assert distance.max() <= radius * (1 + 1e-6)
    assert distance.min() >= radius * np.cos(np.pi / steps) ** 2


def test_an_edge_has_no_blended_depths_or_ids(build):
    instances = [
        build.thing(7, "wall", build.rectangle((3, -9, -9), (0, 18, 0), (0, 0, 18))),
        build.thing(500, "sofa", build.rectangle((1, -0.31, -0.2), (0, 0.62, 0), (0, 0, 0.4))),
    ]
    seen = render(build, instances, CAMERAS["wide"], look_at(np.zeros(3), np.array([1.0, 0, 0])))
    is_box = seen.instance == 500
    assert 5 < is_box.sum() < is_box.size
    np.testing.assert_array_equal(seen.instance, np.where(is_box, 500, 7))
    np.testing.assert_array_equal(seen.semantic, np.where(is_box, 3, 1))
    np.testing.assert_allclose(seen.depth_m, np.where(is_box, 1.0, 3.0), rtol=5e-7)


def test_normals_are_unit_and_face_the_camera_from_both_sides(build):
    for target in (1.0, -1.0):
        T_world_cam = look_at(np.array([-2 * target, 0, 0]), np.zeros(3))
        wall = build.rectangle((0, -9, -9), (0, 18, 0), (0, 0, 18))
        seen = render(build, [build.thing(1, "wall", wall)], CAMERAS["square"], T_world_cam)
        assert seen.normal.dtype == np.float32
        np.testing.assert_array_equal(seen.normal, np.broadcast_to([-target, 0, 0], seen.normal.shape))


def test_where_nothing_is_hit_all_data_are_zero(build, table_in_room):
    seen = render(
        build, table_in_room, CAMERAS["square"], look_at(np.array([2.0, 2, 1]), np.array([2.0, 2, 9]))
    )
    for channel in (seen.depth_m, seen.semantic, seen.instance, seen.normal):
        assert not channel.any()


def test_the_catalogue_numbers_the_classes_by_default(build):
    from sisg_robotics.assets import class_ids

    wall = build.thing(1, "wall", build.rectangle((1, -9, -9), (0, 18, 0), (0, 0, 18)))
    seen = Raycaster([wall]).render(
        CAMERAS["one pixel"], look_at(np.zeros(3), np.array([1.0, 0, 0])), channels=("semantic",)
    )
    assert seen.semantic[0, 0] == class_ids()["wall"]


def _floor_brightness(build, instances, lights):
    """Mean green of the floor's pixels under the board and away from it, seen from the side."""
    intrinsics = Intrinsics.from_fov(64, 48, 1.6)
    T_world_cam = look_at(np.array([1.1, 0.9, 0.4]), np.array([2.0, 2.0, 0.1]))
    seen = render(build, instances, intrinsics, T_world_cam, lights, USUAL_CHANNELS)
    points = transform(T_world_cam, intrinsics.points(seen.depth_m).astype(np.float64))
    floor = seen.instance == 1
    under = floor & (np.abs(points[..., :2] - 2.0) < 0.25).all(axis=-1)
    away = floor & (np.linalg.norm(points[..., :2] - 2.0, axis=-1) > 0.9) & (points[..., 0] < 3)
    assert under.sum() > 5 and away.sum() > 5
    green = seen.rgb[..., 1].astype(float)
    return green[under].mean(), green[away].mean()


def test_it_is_darker_under_a_board_than_beside_it(build, table_in_room):
    lamp = Light((2.0, 2.0, 2.2), (1.0, 1.0, 1.0), 2.0)
    under, away = _floor_brightness(build, table_in_room, [lamp])
    assert under < away - 25
    without_board, _ = _floor_brightness(build, table_in_room[:2], [lamp])
    assert without_board > under + 40


def test_a_wall_keeps_the_light_of_the_next_room_out(build, table_in_room):
    lamp = Light((5.5, 2.0, 1.5), (1.0, 1.0, 1.0), 6.0)
    shaded = _floor_brightness(build, table_in_room, [lamp])
    dark = _floor_brightness(build, table_in_room, [])  # some light goes round the wall, from thing to thing
    np.testing.assert_allclose(shaded, dark, atol=2)
    through = _floor_brightness(build, [table_in_room[0], table_in_room[2]], [lamp])
    assert through[1] > shaded[1] + 10


def test_a_fine_pattern_far_away_is_its_mean_and_does_not_flicker(build):
    checks = np.kron(np.indices((128, 128)).sum(axis=0) % 2, np.ones((2, 2)))[..., None]
    texture = np.repeat(checks * 255, 3, axis=-1).astype(np.uint8)
    material = Material("checks", (0.5, 0.5, 0.5), texture, emission=1.0)
    wall = build.rectangle((2, -1, -1), (0, 2, 0), (0, 0, 2), material)
    T_near = look_at(np.array([1.93, 0.01, 0.01]), np.array([2.0, 0.01, 0.01]))
    T_far = look_at(np.array([-8.0, 0, 0]), np.array([2.0, 0, 0]))
    zoom = Intrinsics.from_fov(24, 24, 0.15)
    near = render(build, [build.thing(1, "wall", wall)], CAMERAS["square"], T_near, channels=("rgb",)).rgb
    far = render(build, [build.thing(1, "wall", wall)], zoom, T_far, channels=("rgb",)).rgb
    assert near[..., 1].std() > 60
    assert far[..., 1].std() < 3
    assert abs(int(far[12, 12, 1]) - int(near[..., 1].mean())) < 60


def test_the_same_view_gives_the_same_bytes_in_any_order_and_with_any_number_of_threads(build, table_in_room):
    lamp = Light((1.0, 2.0, 2.2), (1.0, 0.9, 0.8), 2.0)
    views = [look_at(np.array([0.3, y, 1.0]), np.array([2.0, 2.0, 0.3])) for y in (0.4, 2.0, 3.6)]
    forward, backward = (Raycaster(table_in_room, [lamp], class_ids=build.class_ids) for _ in range(2))

    def drawn(rays, T):
        return rays.render(CAMERAS["square"], T, channels=tuple(CHANNEL_FIELDS), T_world_cam_next=views[0])

    first = [drawn(forward, T) for T in views]
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        second = [drawn(backward, T) for T in views[::-1]][::-1]
    finally:
        numba.set_num_threads(threads)
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one, other, strict=True):
            assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("samples", [1, 4])
def test_a_channel_alone_is_the_same_bytes_as_among_all(build, table_in_room, samples):
    lamp = Light((1.0, 2.0, 2.2), (1.0, 0.9, 0.8), 2.0)
    rays = Raycaster(table_in_room, [lamp], class_ids=build.class_ids)
    asked = {
        "samples": samples,
        "distortion": Distortion(0.05, -0.01, 1e-3),
        "T_world_cam_next": look_at(np.array([0.4, 0.5, 1.1]), np.array([2.0, 2.0, 0.3])),
    }
    view = CAMERAS["square"], look_at(np.array([0.3, 0.4, 1.0]), np.array([2.0, 2.0, 0.3]))
    everything = rays.render(*view, channels=tuple(CHANNEL_FIELDS), **asked)
    assert all(channel is not None for channel in everything)
    for name, field in CHANNEL_FIELDS.items():
        if name == "coverage":
            continue  # with it, rgb is not mixed with the background
        alone = rays.render(*view, channels=(name,), **asked)
        assert [there for there in alone._fields if getattr(alone, there) is not None] == [field]
        if name != "rgb":
            assert getattr(alone, field).tobytes() == getattr(everything, field).tobytes()
    pair = rays.render(*view, channels=("rgb", "coverage"), **asked)
    np.testing.assert_array_equal(pair.rgb, everything.rgb)
    np.testing.assert_array_equal(pair.coverage, everything.coverage)


ONE_THREAD = """
import hashlib, numpy as np
from sisg_robotics.assets.asset import Material, MeshPart
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.channels import CHANNEL_FIELDS
from sisg_robotics.scenes.scene import Instance, Light
grid = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1).reshape(-1, 2)
xyz = np.concatenate([grid, np.sin(3 * grid[:, :1])], axis=1).astype(np.float32)
index = np.arange(25).reshape(5, 5)
corners = (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1])
a, b, c, d = (corner.ravel() for corner in corners)
faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).astype(np.int32)
up = np.tile(np.array([[0, 0, 1]], np.float32), (25, 1))
hills = MeshPart(xyz, faces, up, grid.astype(np.float32), Material("m", (0.5, 0.4, 0.3), roughness=0.3))
rays = Raycaster([Instance(1, "h", "h", "h", (hills,), np.eye(4))], [Light((2, 2, 3), (1, 1, 1), 2.0)],
                 class_ids={"h": 1})
pose = look_at(np.array([-1.0, -1, 2]), np.array([2.0, 2, 0]))
camera, every = Intrinsics.from_fov(40, 30, 1.4), tuple(CHANNEL_FIELDS)
seen = rays.render(camera, pose, channels=every, T_world_cam_next=pose)
print(hashlib.sha256(b"".join(channel.tobytes() for channel in seen if channel is not None)).hexdigest())
"""


def test_processes_with_one_thread_and_with_two_give_the_same_bytes():
    digests = set()
    for threads in ("1", "2"):
        variables = {**os.environ, "OMP_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads}
        command = [sys.executable, "-c", ONE_THREAD]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


def test_arguments_are_unchanged(build, table_in_room):
    T_world_cam = look_at(np.array([0.2, 0.2, 1.0]), np.array([2.0, 2.0, 0.0]))
    arrays = [T_world_cam] + [i.T_world_object for i in table_in_room]
    arrays += [
        a for i in table_in_room for p in i.parts for a in (p.vertices_m, p.triangles, p.normals, p.uv)
    ]
    before = [a.copy() for a in arrays]
    render(
        build, table_in_room, CAMERAS["square"], T_world_cam, [Light((1.0, 1.0, 2.0), (1.0, 1.0, 1.0), 1.0)]
    )
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_cannot_be_drawn_is_refused(build, table_in_room):
    with pytest.raises(BadValue, match="at least one instance with a triangle"):
        Raycaster([], class_ids=build.class_ids)
    with pytest.raises(UnknownName, match="Unknown class 'dragon'"):
        Raycaster([replace(table_in_room[0], class_name="dragon")], class_ids=build.class_ids)
    for wrong in (0, 65536):
        with pytest.raises(BadValue, match="1 to 65535"):
            Raycaster([replace(table_in_room[0], instance_id=wrong)], class_ids=build.class_ids)
    with pytest.raises(BadValue, match="2 for both 'wall 2' and 'sofa 3'"):
        Raycaster([*table_in_room[:2], replace(table_in_room[2], instance_id=2)], class_ids=build.class_ids)
    broken = build.rectangle((0, 0, np.nan), (1, 0, 0), (0, 1, 0))
    with pytest.raises(BadValue, match="a vertex of 'wall 7' is 'NaN or infinite'"):
        Raycaster([build.thing(7, "wall", broken)], class_ids=build.class_ids)
    with pytest.raises(BadValue, match="T_world_cam"):
        render(build, table_in_room, CAMERAS["square"], 2 * np.eye(4))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"channels": ()}, "some of rgb, depth, semantic"),
        ({"channels": ("rgb", "heat")}, "some of rgb, depth, semantic"),
        ({"samples": 3}, "samples is 3, but it must be 1 or 4 or 16"),
        ({"channels": ("flow",)}, "T_world_cam_next"),
        ({"channels": ("flow",), "T_world_cam_next": 2 * np.eye(4)}, "T_world_cam_next"),
        ({"distortion": Distortion(k1=-2.0)}, "one-to-one over the whole image"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(build, table_in_room, asked, sentence):
    rays = Raycaster(table_in_room, class_ids=build.class_ids)
    with pytest.raises(BadValue, match=sentence):
        rays.render(CAMERAS["square"], np.eye(4), **{"channels": ("depth",), **asked})
