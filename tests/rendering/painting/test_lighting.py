"""Places that carry light, and the light of lamps, windows and other surfaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics.assets.asset import Material
from sisg_robotics.rendering.casting.embree import cast_rays
from sisg_robotics.rendering.casting.hits import Caster
from sisg_robotics.rendering.casting.mesh import world_mesh
from sisg_robotics.rendering.painting.lighting import LightCache
from sisg_robotics.rendering.painting.look import Look
from sisg_robotics.rendering.painting.patches import BOUNCES
from sisg_robotics.rendering.painting.places import grid_corner
from sisg_robotics.rendering.painting.sky import sky
from sisg_robotics.rendering.painting.sources import LIGHT_RADIUS_M
from sisg_robotics.rendering.painting.surfaces import surfaces
from sisg_robotics.scenes.scene import Light

share = st.floats(0.0, 1.0)
BLACK = Material("black", (0.0, 0.0, 0.0))
GLASS = Material("glass", (1.0, 1.0, 1.0), roughness=0.05, transmission=0.9)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), share, share)
def test_interpolating_the_places_themselves_gives_the_point(nu, nv, u, v):
    if u + v > 1:
        u, v = 1 - u, 1 - v
    cells, start = np.array([[3, 3], [nu, nv]], dtype=np.int32), np.array([0, 16], dtype=np.int64)
    *rows, second, third = grid_corner(cells, start, 1, u, v)
    places = np.array([((row - 16) // (nv + 1) / nu, (row - 16) % (nv + 1) / nv) for row in rows])
    weights = np.array([1 - second - third, second, third])
    assert all(16 <= row < 16 + (nu + 1) * (nv + 1) for row in rows)
    assert weights.min() >= -1e-9
    np.testing.assert_allclose(weights @ places, [u, v], atol=1e-9)


def light_at(build, instances, lights, points, look=None):
    """Irradiance from above at points of a floor at z = 0, and the cache that lit them."""
    caster = Caster(world_mesh(instances, build.class_ids))
    table = surfaces(caster.mesh)
    cache = LightCache(caster, table, lights, look or Look())
    points = np.asarray(points, dtype=np.float64)
    down = np.broadcast_to([0.0, 0.0, -1.0], points.shape)
    rays = np.concatenate([points + np.array([0, 0, 0.01]), down], axis=1).astype(np.float32)
    hits = cast_rays(caster.scene, rays)
    cache.light_up(rays, hits)
    out = []
    for t, (u, v) in zip(hits.triangle.astype(int), hits.uv.astype(float), strict=True):
        i, j, k, wj, wk = grid_corner(cache.grid.cells, cache.grid.start, t, u, v)
        side = 0 if cache.grid.lit[i, 0] else 1
        out.append(np.array([1 - wj - wk, wj, wk]) @ cache.grid.irradiance[[i, j, k], side])
    return np.array(out), cache


def floor(build, material=BLACK):
    return build.thing(1, "floor", build.rectangle((0, 0, 0), (4, 0, 0), (0, 4, 0), material))


def test_a_bare_lamp_falls_off_with_the_cosine_and_the_square_of_the_distance(build):
    lamp = Light((1.5, 2.0, 1.8), (1.0, 0.5, 0.25), 2.0)
    at = np.array([[0.7, 1.1, 0.0], [1.5, 2.0, 0.0], [3.6, 3.1, 0.0]])
    (lit, _), (unlit, _) = (light_at(build, [floor(build)], lights, at) for lights in ([lamp], []))
    to = np.array(lamp.position_xyz_m) - at
    distance = np.linalg.norm(to, axis=1, keepdims=True)
    fade = (1 - (distance / 9.0) ** 4) ** 2
    expected = 2.0 * to[:, 2:] / distance**3 * fade * np.array(lamp.color_rgb)
    np.testing.assert_allclose(lit - unlit, expected, rtol=0.01)


def test_a_lamps_shadow_is_dark_inside_bright_outside_and_soft_as_far_as_the_lamp_is_wide(build):
    """A half plane x < 2 at height 1 under a lamp at height 2: the edge at x = 2 is blurred by its radius."""
    shade = build.thing(2, "wall", build.rectangle((-9, -9, 1), (11, 0, 0), (0, 22, 0), BLACK))
    lamp = Light((2.0, 2.0, 2.0), (1.0, 1.0, 1.0), 3.0)
    x = np.linspace(1.5, 2.5, 41)
    at = np.stack([x, np.full_like(x, 2.0), np.zeros_like(x)], axis=1)
    (lit, _), (unlit, _) = (light_at(build, [floor(build), shade], ls, at) for ls in ([lamp], []))
    (bare, _), (dark, _) = (light_at(build, [floor(build)], ls, at) for ls in ([lamp], []))
    visible = ((lit - unlit) / (bare - dark))[:, 0]
    edge = LIGHT_RADIUS_M + 0.05  # and the spacing of the places
    np.testing.assert_allclose(visible[x < 2 - edge], 0.0, atol=1e-6)
    np.testing.assert_allclose(visible[x > 2 + edge], 1.0, atol=1e-3)
    assert (np.diff(visible) > -1e-3).all()
    assert ((visible > 0.1) & (visible < 0.9)).sum() >= 4


def test_white_light_from_everywhere_is_one_on_an_open_floor(build):
    for occluded in (True, False):
        look = Look("white", ambient_occlusion=occluded)
        lit, _ = light_at(
            build, [floor(build)], [Light((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 5.0)], [[1, 2, 0]], look
        )
        np.testing.assert_allclose(lit, 1.0, rtol=1e-6)


@pytest.mark.parametrize("albedo", [0.0, 0.5, 0.9])
def test_a_closed_room_has_the_light_of_a_geometric_series(build, albedo):
    """Inside a closed box whose walls glow with 1 and reflect a, irradiance is 1 + a + a^2 + ... bounces."""
    srgb = {0.0: 0.0, 0.5: 0.735357, 0.9: 0.954688}[albedo]
    glow = np.full((1, 1, 3), 255, dtype=np.uint8)
    material = Material("glow", (srgb, srgb, srgb), emission=1.0, emission_texture=glow)
    room = build.thing(1, "wall", build.box((0, 0, 0), (4, 4, 2.5), material))
    caster = Caster(world_mesh([room], build.class_ids))
    table = surfaces(caster.mesh)
    cache = LightCache(caster, table, [], Look())
    rays = np.array([[2.0, 2.0, 1.0, 0.1, 0.2, -1.0]], dtype=np.float32)
    hits = cast_rays(caster.scene, rays)
    cache.light_up(rays, hits)
    lit = cache.grid.irradiance[cache.grid.lit]
    expected = sum(albedo**n for n in range(BOUNCES + 2))
    np.testing.assert_allclose(lit, expected, rtol=2e-3)


def test_a_red_wall_colours_the_floor_beside_it(build):
    red = build.thing(
        2, "wall", build.rectangle((4, 0, 0), (0, 4, 0), (0, 0, 3), Material("r", (0.9, 0.1, 0.1)))
    )
    lamp = [Light((2.0, 2.0, 2.0), (1.0, 1.0, 1.0), 3.0)]
    near, _ = light_at(build, [floor(build), red], lamp, [[3.8, 2, 0]], Look())
    bare, _ = light_at(build, [floor(build)], lamp, [[3.8, 2, 0]], Look())
    assert near[0, 0] - near[0, 2] > bare[0, 0] - bare[0, 2] + 0.05


def room_with_window(build, pane):
    """A black room of 4 x 4 x 2.5 m with one opening of 2 x 1 m in the wall at x = 4."""
    walls = build.box((0, 0, 0), (4, 4, 2.5), BLACK)
    open_side = [t for t in walls.triangles if not np.allclose(walls.vertices_m[t][:, 0], 4)]
    holes = [
        build.rectangle((4, 0, 0), (0, 4, 0), (0, 0, 1), BLACK),
        build.rectangle((4, 0, 2), (0, 4, 0), (0, 0, 0.5), BLACK),
        build.rectangle((4, 0, 1), (0, 1, 0), (0, 0, 1), BLACK),
        build.rectangle((4, 3, 1), (0, 1, 0), (0, 0, 1), BLACK),
    ]
    shell = build.part(walls.vertices_m, open_side, BLACK)
    parts = [shell, *holes]
    if pane:
        parts.append(build.rectangle((4, 1, 1), (0, 2, 0), (0, 0, 1), GLASS))
    return [build.thing(1, "wall", *parts)]


def sky_through(at, normal, steps=60):
    """Irradiance by the sky behind the hole, summed over small pieces."""
    y, z = np.meshgrid(1 + (np.arange(steps) + 0.5) * 2 / steps, 1 + (np.arange(steps) + 0.5) / steps)
    to = np.stack([np.full_like(y, 4.0), y, z], axis=-1).reshape(-1, 3) - at
    square = (to**2).sum(axis=1)
    unit = to / np.sqrt(square)[:, None]
    factor = (unit @ normal) * unit[:, 0] / (np.pi * square) * 2 / steps**2
    return factor @ np.array([sky(tuple(d)) for d in unit])


def test_a_window_is_found_and_brings_the_light_of_the_sky_behind_it(build):
    at = [[3.0, 2.0, 0.0], [2.0, 1.5, 0.0], [1.0, 3.0, 0.0]]
    glazed, cache = light_at(build, room_with_window(build, True), [], at)
    _, unglazed = light_at(build, room_with_window(build, False), [], at)
    assert len(cache.sources.corner_m) == 1 and not len(unglazed.sources.corner_m)
    np.testing.assert_allclose(cache.sources.inwards[0], [-1, 0, 0], atol=1e-9)
    up = np.array([0.0, 0.0, 1.0])
    expected = [0.9 * sky_through(np.array(place), up) for place in at]
    np.testing.assert_allclose(glazed, expected, rtol=0.12)


def test_glass_between_two_rooms_is_no_window(build):
    pane = build.rectangle((2, 0.5, 0.5), (0, 2, 0), (0, 0, 1), GLASS)
    closed = build.thing(1, "wall", build.box((0, 0, 0), (4, 4, 2.5), BLACK), pane)
    _, cache = light_at(build, [closed], [], [[1, 1, 0]])
    assert not len(cache.sources.corner_m)


def test_only_places_that_were_asked_for_are_lit_and_only_on_their_side(build):
    _, cache = light_at(build, [floor(build)], [], [[1.1, 0.6, 0.0]])
    assert cache.grid.lit.sum() == 3
    assert not cache.grid.lit[:, 1].any()
