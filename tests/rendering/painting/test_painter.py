"""Colours of pictures, computed by hand: materials, blending, mirrors, coverage, samples."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest

from sisg_robotics._srgb import linear_from_srgb, srgb_from_linear
from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering.painting.antialias import offsets
from sisg_robotics.rendering.painting.look import Look
from sisg_robotics.rendering.raycaster import Raycaster
from sisg_robotics.scenes.scene import Light

CAMERA = Intrinsics.from_fov(16, 16, 0.4)
AHEAD = look_at(np.array([0.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]))
WHITE = Look("white", ambient_occlusion=False)


def material(albedo, **more):
    """Linear colour; a number or three."""
    rgb = srgb_from_linear(np.broadcast_to(np.asarray(albedo, dtype=np.float64), 3))
    return Material("m", tuple(float(v) for v in rgb), roughness=more.pop("roughness", 1.0), **more)


def wall(build, number, x, material, half=2.0):
    """A square across the view at distance x."""
    return build.thing(
        number, "wall", build.rectangle((x, half, -half), (0, -2 * half, 0), (0, 0, 2 * half), material)
    )


def middle(build, things, look=WHITE, lights=(), **more):
    """Linear colour of the picture's middle."""
    rays = Raycaster(things, lights, class_ids=build.class_ids, look=look)
    rgb = rays.render(CAMERA, AHEAD, channels=("rgb",), **more).rgb
    return linear_from_srgb(rgb[8, 8] / 255)


@pytest.mark.parametrize("albedo", [0.0, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("occluded", [True, False])
def test_in_a_white_furnace_a_surface_has_its_own_colour(build, albedo, occluded):
    look = Look("white", ambient_occlusion=occluded)
    ball = build.thing(1, "sofa", build.sphere((3, 0, 0), 1.0, 12, material(albedo)))
    np.testing.assert_allclose(middle(build, [ball], look), albedo, atol=0.006)


@pytest.mark.parametrize("roughness", [0.0, 0.3, 0.6, 1.0])
def test_in_a_white_furnace_white_metal_is_white(build, roughness):
    """Rough metal too: what its hollows send into themselves comes out in the end."""
    ball = build.thing(
        1, "sofa", build.sphere((3, 0, 0), 1.0, 12, material(1.0, metallic=1.0, roughness=roughness))
    )
    look = replace(WHITE, exposure=0.5)
    np.testing.assert_allclose(middle(build, [ball], look), 0.5, atol=0.006)


def test_exposure_multiplies_light(build):
    things = [wall(build, 1, 3, material(0.2))]
    np.testing.assert_allclose(middle(build, things, replace(WHITE, exposure=2.0)), 0.4, atol=0.006)


def test_two_blended_layers_are_mixed_front_over_back(build):
    layers = [((0.8, 0.0, 0.0), 0.3), ((0.0, 0.6, 0.0), 0.7), ((0.0, 0.0, 0.9), 1.0)]
    things = [
        wall(build, k + 1, 1.0 + k, material(color, alpha=alpha, alpha_mode="blend"))
        for k, (color, alpha) in enumerate(layers)
    ]
    expected, left = np.zeros(3), 1.0
    for color, alpha in layers:
        expected += left * alpha * np.array(color)
        left *= 1 - alpha
    np.testing.assert_allclose(middle(build, things), expected, atol=0.006)
    np.testing.assert_allclose(middle(build, things[::-1]), expected, atol=0.006)


@pytest.mark.parametrize(("byte", "expected"), [(100, 0.9), (200, 0.1)])
def test_a_cut_out_shows_what_is_behind_or_hides_it(build, byte, expected):
    mask = np.full((2, 2), byte, dtype=np.uint8)
    front = wall(build, 1, 1, material(0.1, alpha_mode="mask", alpha_texture=mask))
    np.testing.assert_allclose(middle(build, [front, wall(build, 2, 2, material(0.9))]), expected, atol=0.006)


def test_vertex_colours_multiply_the_materials(build):
    thing = wall(build, 1, 2, material(0.8))
    colors = np.tile(np.array([0.5, 0.25, 1.0, 1.0], dtype=np.float32), (len(thing.parts[0].vertices_m), 1))
    thing = replace(thing, parts=(replace(thing.parts[0], colors=colors),))
    np.testing.assert_allclose(middle(build, [thing]), [0.4, 0.2, 0.8], atol=0.006)


def test_glow_is_its_texture_times_its_strength_beside_the_reflected_light(build):
    texture = np.full((2, 2, 3), (255, 188, 0), dtype=np.uint8)
    thing = wall(build, 1, 2, material(0.1, emission=0.5, emission_texture=texture))
    expected = 0.1 + 0.5 * linear_from_srgb(np.array([255, 188, 0]) / 255)
    np.testing.assert_allclose(middle(build, [thing]), expected, atol=0.006)


def test_a_pane_lets_its_share_through(build):
    pane = wall(build, 1, 1, material(1.0, transmission=0.75))
    behind = wall(build, 2, 2, material((0.8, 0.4, 0.0)))
    expected = 0.25 * 1.0 + 0.75 * np.array([0.8, 0.4, 0.0])
    np.testing.assert_allclose(middle(build, [pane, behind]), expected, atol=0.01)


def test_a_mirror_shows_what_stands_before_it(build):
    mirror = wall(build, 1, 2, material(1.0, metallic=1.0, roughness=0.0))
    behind_us = wall(build, 2, -3, material((0.9, 0.1, 0.3)))
    np.testing.assert_allclose(middle(build, [mirror, behind_us]), [0.9, 0.1, 0.3], atol=0.05)


def test_metal_in_a_mirror_shows_the_rooms_mean_light(build):
    """Behind the camera, and seen only in the mirror, metal as smooth as the mirror itself."""
    glass = material(1.0, metallic=1.0, roughness=0.02)
    copper = material((0.9, 0.5, 0.3), metallic=1.0, roughness=0.02)
    seen = middle(build, [wall(build, 1, 3, glass), wall(build, 2, -3, copper, half=20)])
    np.testing.assert_allclose(seen, [0.9, 0.5, 0.3], atol=0.03)


def test_the_first_channel_makes_metal_and_the_second_roughness(build):
    texture = np.full((2, 2, 2), (255, 0), dtype=np.uint8)
    mirror = wall(build, 1, 2, material(1.0, metallic=1.0, roughness=1.0, metal_rough_texture=texture))
    behind_us = wall(build, 2, -3, material((0.9, 0.1, 0.3)))
    np.testing.assert_allclose(middle(build, [mirror, behind_us]), [0.9, 0.1, 0.3], atol=0.05)


@pytest.mark.parametrize("tilt", [-0.5, 0.0, 0.5])
def test_a_normal_map_tilts_the_surface_towards_the_lamp(build, tilt):
    """u grows towards -y, so a normal of (tilt, 0, .) leans that way; the lamp hangs at 45 degrees there.

    Black walls around keep other light away.
    """
    length = np.sqrt(1 - tilt**2)
    coded = np.rint((np.array([tilt, 0.0, length]) + 1) * 127.5).astype(np.uint8)
    bumps = np.broadcast_to(coded, (2, 2, 3)).copy()
    thing = wall(build, 1, 2, material(0.4, normal_texture=bumps), half=0.5)
    lamp = Light((0.0, -2.0, 0.0), (1.0, 1.0, 1.0), 4.0)
    around = build.thing(2, "wall", build.box((-6, -6, -6), (6, 6, 6), material(0.0)))
    lit = middle(build, [thing, around], Look(), [lamp])
    towards = np.array([-1.0, -1.0]) / np.sqrt(2)  # x, y
    normal = np.array([-length, -tilt])
    fade = (1 - (8.0 / 81.0) ** 2) ** 2
    expected = 0.4 * 4.0 / 8.0 * fade * (towards @ normal)
    np.testing.assert_allclose(lit, expected, rtol=0.04, atol=0.003)


def test_a_half_covered_pixel_is_half_covered_and_keeps_the_colour_of_what_is_there(build):
    camera = Intrinsics(8.0, 8.0, 3.5, 4.0, 7, 8)  # its middle column looks straight ahead
    left = build.thing(
        1, "wall", build.rectangle((2, 0, -9), (0, 9, 0), (0, 0, 18), material((0.5, 0.2, 0.1)))
    )
    rays = Raycaster([left], class_ids=build.class_ids, look=WHITE)
    seen = rays.render(camera, AHEAD, channels=("rgb", "coverage"), samples=16)
    assert (seen.coverage[:, :3] == 255).all() and (seen.coverage[:, 4:] == 0).all()
    np.testing.assert_allclose(seen.coverage[:, 3] / 255, 0.5, atol=0.01)
    linear = linear_from_srgb(seen.rgb[:, :4] / 255)
    np.testing.assert_allclose(linear, np.broadcast_to([0.5, 0.2, 0.1], linear.shape), atol=0.006)
    over_white = rays.render(camera, AHEAD, channels=("rgb",), samples=16).rgb[:, 3]
    np.testing.assert_allclose(
        linear_from_srgb(over_white / 255), np.broadcast_to([0.75, 0.6, 0.55], (8, 3)), atol=0.01
    )


@pytest.mark.parametrize("samples", [4, 16])
def test_samples_fill_rows_columns_and_quarters_of_a_pixel_evenly(samples):
    at = offsets(samples)
    middles = (np.arange(samples) + 0.5) / samples
    np.testing.assert_allclose(np.sort(at, axis=0), np.stack([middles, middles], axis=1))
    quarters = (at >= 0.5) @ [1, 2]
    assert (np.bincount(quarters, minlength=4) == samples // 4).all()


def test_albedo_is_the_texture_without_light(build):
    texture = np.full((4, 4, 3), (200, 100, 50), dtype=np.uint8)
    thing = wall(build, 1, 2, Material("t", (0.0, 0.0, 0.0), texture), half=0.3)
    rays = Raycaster([thing], class_ids=build.class_ids)
    seen = rays.render(CAMERA, AHEAD, channels=("albedo", "mask"))
    assert 50 < seen.mask.sum() < 256
    assert np.abs(seen.albedo[seen.mask].astype(int) - [200, 100, 50]).max() <= 1
    assert not seen.albedo[~seen.mask].any()


@pytest.mark.parametrize("samples", [1, 4, 16])
def test_bytes_depend_on_neither_threads_nor_the_order_of_pictures(build, table_in_room, samples):
    lamp = Light((1.0, 2.0, 2.2), (1.0, 0.9, 0.8), 2.0)
    views = [look_at(np.array([0.3, y, 1.0]), np.array([2.0, 2.0, 0.3])) for y in (0.4, 2.0)]
    forward, backward = (Raycaster(table_in_room, [lamp], class_ids=build.class_ids) for _ in range(2))
    draw = {"channels": ("rgb",), "samples": samples}
    first = [forward.render(CAMERA, T, **draw).rgb for T in views]
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        second = [backward.render(CAMERA, T, **draw).rgb for T in views[::-1]][::-1]
    finally:
        numba.set_num_threads(threads)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
