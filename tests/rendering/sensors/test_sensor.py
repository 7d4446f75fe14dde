"""Whole sensors in front of a renderer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from sisg_robotics.assets.asset import Material
from sisg_robotics.errors import BadValue, UnknownName
from sisg_robotics.geometry import Distortion, Intrinsics, look_at
from sisg_robotics.rendering import Raycaster, RenderedChannels
from sisg_robotics.rendering.sensors import (
    LENSES,
    SENSORS,
    AxialNoise,
    ColorModel,
    Sensor,
    TriangulatedDepth,
    make_sensor,
)

CAMERA = Intrinsics(150.0, 150.0, 80.0, 60.0, 160, 120)
T_WORLD_CAM = look_at(np.array([0.5, 2.0, 1.2]), np.array([2.0, 2.0, 0.6]))
LENS = Distortion(-0.2, 0.04, 0.001, -0.001)


@pytest.fixture
def renderer(build, table_in_room):
    return Raycaster(table_in_room, class_ids=build.class_ids)


def capture(sensor, renderer, channels=("rgb", "depth"), seed=0):
    rng = np.random.default_rng([seed, 0, 3])
    return sensor.capture(renderer, CAMERA, T_WORLD_CAM, channels=channels, rng=rng)


def test_an_ideal_sensor_sees_what_is(renderer):
    ideal, seen = capture(make_sensor("ideal"), renderer, ("rgb", "depth", "normal", "instance"))
    alone = renderer.render(CAMERA, T_WORLD_CAM, channels=("rgb", "depth", "normal", "instance"))
    for one, other, third in zip(ideal, seen, alone, strict=True):
        assert (one is None) == (third is None)
        assert one is other
        if one is not None:
            np.testing.assert_array_equal(one, third)


@pytest.mark.parametrize("name", sorted(SENSORS))
def test_only_rgb_and_depth_differ_and_only_what_was_asked_for_is_there(renderer, name):
    ideal, seen = capture(make_sensor(name), renderer, ("rgb", "depth", "semantic"))
    assert ideal.normal is None
    assert seen.normal is None
    np.testing.assert_array_equal(seen.semantic, ideal.semantic)
    assert seen.depth_m.shape == ideal.depth_m.shape
    both = (seen.depth_m > 0) & (ideal.depth_m > 0)
    assert both.mean() > 0.5
    assert np.median(np.abs(seen.depth_m - ideal.depth_m)[both]) < 0.03
    changed = name != "ideal"
    assert (seen.depth_m.tobytes() != ideal.depth_m.tobytes()) == changed
    assert (seen.rgb.tobytes() != ideal.rgb.tobytes()) == changed


@pytest.mark.parametrize("name", ["kinect_v1", "azure_kinect"])
def test_the_same_generator_gives_the_same_bytes_and_channels_do_not_disturb_each_other(renderer, name):
    sensor = make_sensor(name)
    first, again, other = (capture(sensor, renderer, seed=seed).seen for seed in (1, 1, 2))
    assert first.rgb.tobytes() == again.rgb.tobytes() != other.rgb.tobytes()
    assert first.depth_m.tobytes() == again.depth_m.tobytes() != other.depth_m.tobytes()
    alone = capture(sensor, renderer, ("depth",), seed=1).seen
    assert alone.rgb is None
    assert alone.depth_m.tobytes() == first.depth_m.tobytes()


def test_a_pinhole_picture_comes_back_from_a_bent_one_through_the_undistortion_maps(build):
    checks = np.kron(np.indices((16, 16)).sum(axis=0) % 2, np.ones((16, 16)))[..., None]
    texture = np.repeat(60 + checks * 140, 3, axis=-1).astype(np.uint8)
    material = Material("checks", (1.0, 1.0, 1.0), texture, emission=1.0)
    wall = build.thing(1, "wall", build.rectangle((2, -1.5, -1.5), (0, 3, 0), (0, 0, 3), material))
    renderer = Raycaster([wall], class_ids=build.class_ids)
    T_world_cam = look_at(np.zeros(3), np.array([1.0, 0, 0]))
    straight = renderer.render(CAMERA, T_world_cam, channels=("rgb", "depth"))
    sensor = Sensor("bent", distortion=LENS)
    rng = np.random.default_rng(0)
    bent = sensor.capture(renderer, CAMERA, T_world_cam, channels=("rgb", "depth"), rng=rng).seen
    assert np.abs(bent.rgb.astype(int) - straight.rgb).mean() > 10
    map_u, map_v = LENS.undistortion_maps(CAMERA)
    inside = (map_u >= 0) & (map_u <= 159) & (map_v >= 0) & (map_v <= 119)
    again = np.stack(
        [map_coordinates(bent.rgb[..., c].astype(float), [map_v, map_u], order=1) for c in range(3)], axis=-1
    )
    off = np.abs(again - straight.rgb).mean(axis=-1)[inside]
    assert off.mean() < 5  # what interpolation blurs at edges; a quarter of a pixel aside it is 6
    on_a_pixel = np.hypot(map_u - np.rint(map_u), map_v - np.rint(map_v))[inside] < 0.1
    assert off[on_a_pixel].mean() < 2


def test_raw_depth_is_the_depth_cameras_own(renderer):
    own = Intrinsics(120.0, 120.0, 50.0, 40.0, 100, 80)
    exact = make_sensor("kinect_v1", depth_intrinsics=own, depth_distortion=LENS, alignment="raw")
    ideal, seen = capture(exact, renderer)
    assert ideal.depth_m.shape == (120, 160)
    assert seen.depth_m.shape == (80, 100)
    true = renderer.render(own, T_WORLD_CAM @ exact.T_color_depth, channels=("depth",), distortion=LENS)
    both = seen.depth_m > 0
    assert np.median(np.abs(seen.depth_m - true.depth_m)[both]) < 0.01
    registered = capture(replace(exact, alignment="registered"), renderer).seen
    assert registered.depth_m.shape == (120, 160)


def test_registered_depth_lies_where_colour_is(renderer):
    exact = {"axial": replace(SENSORS["kinect_v1"].depth.axial, a0_m=0.0, a1=0.0, a2_per_m=0.0)}
    sensor = make_sensor("kinect_v1", depth={**exact, "step_px": 1e-4, "unit_m": 0.0})
    ideal, seen = capture(sensor, renderer)
    both = (seen.depth_m > 0) & (ideal.depth_m > 0)
    assert (np.abs(seen.depth_m - ideal.depth_m)[both] < 0.02).mean() > 0.97


def test_depth_through_a_lens_of_its_own_is_registered_straight(renderer):
    """Only the depth camera's picture is bent; moved to the colour pixels it is where colour is."""
    exact = TriangulatedDepth(1e4, 1e-9, 1e-9, (0.0, 99.0), AxialNoise(), unit_m=0.0)
    ideal, seen = capture(Sensor("bent depth", exact, depth_distortion=LENS), renderer)
    both = (seen.depth_m > 0) & (ideal.depth_m > 0)
    assert both.mean() > 0.8 * (ideal.depth_m > 0).mean()
    assert (np.abs(seen.depth_m / ideal.depth_m - 1)[both] < 0.01).mean() > 0.97


def test_the_colour_camera_is_told_its_lens(renderer):
    model = ColorModel(vignetting=20.0)
    ideal, seen = capture(Sensor("bent", color=model, distortion=LENS), renderer)
    by = [model.expose(ideal.rgb, CAMERA, np.random.default_rng(0), distortion=lens) for lens in (LENS, None)]
    np.testing.assert_array_equal(seen.rgb, by[0])
    assert (by[0] != by[1]).any()
    recorded = make_sensor("ideal", color=model, distortion=LENS).apply(
        ideal, CAMERA, rng=np.random.default_rng(0)
    )
    np.testing.assert_array_equal(recorded.rgb, by[0])


def test_a_recording_is_corrupted_as_a_view_is(flat):
    recorded = RenderedChannels(
        rgb=np.full((240, 320, 3), 120, dtype=np.uint8), depth_m=flat.wall(2.0), semantic=None
    )
    before = recorded.rgb.copy(), recorded.depth_m.copy()
    out = make_sensor("kinect_v1").apply(recorded, flat.camera, rng=flat.rng())
    assert out.depth_m[:, :-4].std() == pytest.approx(0.0012 + 0.0019 * 1.6**2, rel=0.2)
    assert out.rgb.std() > 0
    np.testing.assert_array_equal(recorded.rgb, before[0])
    np.testing.assert_array_equal(recorded.depth_m, before[1])
    only_depth = make_sensor("kinect_v1").apply(
        RenderedChannels(depth_m=flat.wall(2.0)), flat.camera, rng=flat.rng()
    )
    assert only_depth.rgb is None
    assert only_depth.depth_m.tobytes() == out.depth_m.tobytes()
    ideal = make_sensor("ideal").apply(recorded, flat.camera, rng=flat.rng())
    assert ideal.depth_m is recorded.depth_m


def test_changes_reach_into_the_models(flat):
    sensor = make_sensor("kinect_v1", depth={"range_m": (0.8, 4.0)}, distortion=LENSES["kinect_v1_color"])
    assert sensor.depth.range_m == (0.8, 4.0)
    assert sensor.depth.baseline_m == SENSORS["kinect_v1"].depth.baseline_m
    assert sensor.distortion.k1 > 0
    assert SENSORS["kinect_v1"].distortion is None


def test_wrong_names_are_answered_with_the_right_ones():
    with pytest.raises(UnknownName, match=r"Unknown sensor 'kinect1'.*Did you mean 'kinect_v1'"):
        make_sensor("kinect1")
    with pytest.raises(UnknownName, match="Unknown sensor option 'lens'"):
        make_sensor("kinect_v1", lens=LENS)
    with pytest.raises(UnknownName, match="Unknown depth option 'range'"):
        make_sensor("kinect_v1", depth={"range": (0.8, 4.0)})
    with pytest.raises(BadValue, match="given whole"):
        make_sensor("ideal", depth={"range_m": (0.8, 4.0)})
    with pytest.raises(BadValue, match="registered"):
        Sensor("x", alignment="none")


def test_oblique_surfaces_look_the_same_from_normals_and_from_depth(renderer):
    from sisg_robotics.rendering.sensors.depth import angle_from_depth, angle_from_normals

    drawn = renderer.render(CAMERA, T_WORLD_CAM, channels=("depth", "normal"))
    by_normal = angle_from_normals(drawn.normal, T_WORLD_CAM, CAMERA)
    by_depth = angle_from_depth(drawn.depth_m, CAMERA)
    same = np.abs(by_normal - by_depth)[drawn.depth_m > 0]
    assert np.median(same) < 0.002
    assert (same < 0.02).mean() > 0.97
