"""The grid of places that carry light."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.lighting import LIT, UNSEEN, grid_corner
from sisg_robotics.scenes.scene import Light

share = st.floats(0.0, 1.0)


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


def _lit_floor(build, lights):
    floor = build.thing(1, "floor", build.rectangle((0, 0, 0), (4, 0, 0), (0, 4, 0)))
    rays = Raycaster([floor], lights, class_ids=build.class_ids)
    point = np.array([0.25, 0.5])[None]  # of the first triangle
    rays._light.light_up(np.array([0], dtype=np.int32), point, np.array([0], dtype=np.uint8))
    grid = rays._light.grid
    a, b, c, wb, wc = grid_corner(grid.cells, grid.start, 0, *point[0])
    corners = rays._mesh.vertices_m[rays._mesh.triangles[0]]
    at = corners[0] + point[0, 0] * (corners[1] - corners[0]) + point[0, 1] * (corners[2] - corners[0])
    light = grid.irradiance[[a, b, c], 0].T @ [1 - wb - wc, wb, wc]
    return at, light, grid


def test_a_bare_light_falls_off_with_the_cosine_and_the_square_of_the_distance(build):
    lamp = Light((1.5, 2.0, 1.8), (1.0, 0.5, 0.25), 2.0)
    at, lit, _ = _lit_floor(build, [lamp])
    _, unlit, _ = _lit_floor(build, [])
    to = np.array(lamp.position_xyz_m) - at
    expected = 2.0 * to[2] / np.linalg.norm(to) ** 3 * np.array(lamp.color_rgb)
    np.testing.assert_allclose(lit - unlit, expected, rtol=0.02)


def test_only_places_that_were_asked_for_are_lit_and_only_on_their_side(build):
    _, _, grid = _lit_floor(build, [])
    assert set(np.unique(grid.state)) == {UNSEEN, LIT}
    assert (grid.state == LIT).sum() == 3
    assert (grid.state[:, 1] == UNSEEN).all()
