"""What each number and texture of a glTF material does to the picture, one at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics._srgb import linear_from_srgb, srgb_from_linear
from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.painting.gloss import reflectance
from sisg_robotics.rendering.painting.look import Look
from sisg_robotics.rendering.painting.shading import ROOM_SHARE
from sisg_robotics.scenes.scene import Light

CAMERA = Intrinsics.from_fov(16, 16, 0.4)
AHEAD = look_at(np.zeros(3), np.array([1.0, 0, 0]))
WHITE = Look("white", ambient_occlusion=False)


def material(albedo, **more):
    """Linear colour; a number or three."""
    rgb = srgb_from_linear(np.broadcast_to(np.asarray(albedo, dtype=np.float64), 3))
    return Material("m", tuple(float(v) for v in rgb), roughness=more.pop("roughness", 1.0), **more)


def wall(build, number, x, material, half=2.0):
    """A square across the view at distance x; u grows to the right, v upwards."""
    part = build.rectangle((x, half, -half), (0, -2 * half, 0), (0, 0, 2 * half), material)
    return build.thing(number, "wall", part)


def coloured(thing, *rgba):
    """The same with one vertex colour."""
    (part,) = thing.parts
    colors = np.tile(np.array(rgba, dtype=np.float32), (len(part.vertices_m), 1))
    return replace(thing, parts=(replace(part, colors=colors),))


def middle(build, things, look=WHITE, lights=()):
    """Linear colour of the picture's middle."""
    rays = Raycaster(things, lights, class_ids=build.class_ids, look=look)
    return linear_from_srgb(rays.render(CAMERA, AHEAD, channels=("rgb",)).rgb[8, 8] / 255)


@pytest.mark.parametrize(
    ("coded", "scale", "normal"),
    [
        ((0.0, 0.5), 1.0, (0.0, 0.5)),
        ((0.0, -0.5), 1.0, (0.0, -0.5)),
        ((0.5, 0.0), 1.0, (0.5, 0.0)),
        ((0.5, 0.0), 0.5, (0.25, 0.0)),
        ((0.0, 0.5), 0.5, (0.0, 0.25)),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_normal_map_leans_along_u_and_against_v_as_far_as_its_scale_says(
    build, coded, scale, normal, turned
):
    """u grows to the right (-y) and v upwards (z), so a green tilt leans down. `turned`: from right to left.

    Black walls around keep other light away; a lamp hangs at 45 degrees to the side and one below.
    """
    depth = np.sqrt(1 - np.dot(coded, coded))
    rgb = np.rint((np.array([*coded, depth]) + 1) * 127.5).astype(np.uint8)
    bumps = np.broadcast_to(rgb, (2, 2, 3)).copy()
    surface = material(0.4, normal_texture=bumps, normal_scale=scale)
    part = build.rectangle((2, 0.5, -0.5), (0, -1, 0), (0, 0, 1), surface)
    if turned:  # the texture is mirrored, as on one half of a symmetric model
        part = replace(part, uv=part.uv * np.float32([-1, 1]))
    around = build.thing(2, "wall", build.box((-6, -6, -6), (6, 6, 6), material(0.0)))
    leaning = np.array([-depth, (1 if turned else -1) * normal[0], -normal[1]])
    leaning /= np.linalg.norm(leaning)
    for place in ((0.0, -2.0, 0.0), (0.0, 0.0, -2.0)):
        lamp = Light(place, (1.0, 1.0, 1.0), 4.0)
        lit = middle(build, [build.thing(1, "wall", part), around], Look(), [lamp])
        towards = (np.array(place) - [2.0, 0, 0]) / np.sqrt(8)
        fade = (1 - (8.0 / 81.0) ** 2) ** 2
        expected = 0.4 * 4.0 / 8.0 * fade * (towards @ leaning)
        np.testing.assert_allclose(lit, expected, rtol=0.05, atol=0.004)


def test_the_vertices_alpha_multiplies_a_blended_surfaces(build):
    veil = coloured(wall(build, 1, 1, material(0.1, alpha=0.5, alpha_mode="blend")), 1, 1, 1, 0.6)
    expected = 0.3 * 0.1 + 0.7 * 0.9
    np.testing.assert_allclose(middle(build, [veil, wall(build, 2, 2, material(0.9))]), expected, atol=0.006)


@pytest.mark.parametrize(("cutoff", "expected"), [(0.3, 0.1), (0.5, 0.9)])
def test_a_cut_out_has_its_own_limit_and_the_vertices_count_too(build, cutoff, expected):
    """An alpha of 0.8 times 0.5."""
    cut = material(0.1, alpha=0.8, alpha_mode="mask", alpha_cutoff=cutoff)
    front = coloured(wall(build, 1, 1, cut), 1, 1, 1, 0.5)
    seen = middle(build, [front, wall(build, 2, 2, material(0.9))])
    np.testing.assert_allclose(seen, expected, atol=0.006)


def test_where_some_things_have_vertex_colours_the_others_keep_their_own(build):
    behind = wall(build, 2, 2, material((0.8, 0.4, 0.2)))
    beside = coloured(wall(build, 1, 5, material(0.5)), 0.1, 0.1, 0.1, 1.0)
    np.testing.assert_allclose(middle(build, [beside, behind]), [0.8, 0.4, 0.2], atol=0.006)


def test_without_a_texture_a_surface_glows_in_its_own_colour(build):
    thing = wall(build, 1, 2, material((0.2, 0.1, 0.05), emission=2.0))
    np.testing.assert_allclose(middle(build, [thing]), [0.6, 0.3, 0.15], atol=0.006)


def test_a_coloured_pane_colours_what_is_behind_it(build):
    color = np.array([1.0, 0.5, 0.2])
    pane = wall(build, 1, 1, material(color, transmission=0.75))
    expected = 0.25 * color + 0.75 * color * 0.8
    np.testing.assert_allclose(middle(build, [pane, wall(build, 2, 2, material(0.8))]), expected, atol=0.01)


@pytest.mark.parametrize(
    ("rough", "metal", "expected"), [(0.0, 1.0, (0.9, 0.1, 0.3)), (1.0, 1.0, None), (0.0, 0.0, (0.6,) * 3)]
)
def test_roughness_and_metal_are_numbers_times_texture(build, rough, metal, expected):
    """A texture of ones leaves the numbers: a mirror, dull metal, and in light without gloss plain colour."""
    ones = np.full((2, 2, 2), 255, dtype=np.uint8)
    front = material(0.6 if not metal else 1.0, metallic=metal, roughness=rough, metal_rough_texture=ones)
    seen = middle(build, [wall(build, 1, 2, front), wall(build, 2, -3, material((0.9, 0.1, 0.3)))])
    if expected is None:  # the room's mean light, which is white here
        assert np.ptp(seen) < 0.02
    else:
        np.testing.assert_allclose(seen, expected, atol=0.05)


@pytest.mark.parametrize("roughness", [0.5, 0.6])
def test_the_highlight_of_a_lamp_at_the_eye_has_the_height_of_ggx(build, roughness):
    """Face on, D / 4 is 1 / (4 a^2) with a = roughness^2 and 1 / pi in the unit of the lamp; F is 0.04."""
    strength, distance = 8.0, 2.0
    lamp = Light((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), strength)
    around = build.thing(2, "wall", build.box((-6, -6, -6), (6, 6, 6), material(0.0)))
    seen = middle(
        build, [wall(build, 1, distance, material(0.0, roughness=roughness), 0.5), around], Look(), [lamp]
    )
    received = strength / distance**2
    room = ROOM_SHARE * received * reflectance((0.04, 0.04, 0.04), roughness, 1.0)[0]
    glint = 0.04 * received / (4 * roughness**4)
    assert room < 0.25 * glint
    np.testing.assert_allclose(seen, glint + room, rtol=0.05)


def test_behind_everything_is_the_sky_in_the_rays_direction(build):
    from sisg_robotics.rendering.painting.film import daylight_film, expose
    from sisg_robotics.rendering.painting.sky import sky

    speck = wall(build, 1, 5, material(0.5), 1e-3)
    T_world_cam = look_at(np.zeros(3), np.array([-1.0, 0.4, 0.1]))
    camera = Intrinsics.from_fov(24, 24, 2.2)
    rays = Raycaster([speck], class_ids=build.class_ids)
    seen = rays.render(camera, T_world_cam, channels=("rgb", "mask"))
    assert not seen.mask.any()
    directions = (camera.pixel_rays() @ T_world_cam[:3, :3].T).reshape(-1, 3)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    light = np.array([sky(tuple(d)) for d in directions], dtype=np.float32)
    expected = expose(light, daylight_film(1.0)).reshape(24, 24, 3)
    assert np.abs(seen.rgb.astype(int) - expected).max() <= 1
    assert np.ptp(expected[..., 2]) > 50
