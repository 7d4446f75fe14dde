"""Colours and their mip levels."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.rendering.textures import base_color, linear_from_srgb, material_table, srgb_from_linear

BLACK = (0.0, 0.0, 0.0)


def test_srgb_and_linear_are_each_others_inverse():
    srgb = np.arange(256) / 255
    np.testing.assert_allclose(srgb_from_linear(linear_from_srgb(srgb)), srgb, atol=1e-12)


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (1, 5), (1, 1)])
def test_a_texel_centre_has_the_texels_colour_in_every_tile(shape):
    texture = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    table = material_table([Material("plain", (1.0, 0.0, 0.5)), Material("t", BLACK, texture)])
    for row in range(shape[0]):
        for column in range(shape[1]):
            u, v = (column + 0.5) / shape[1], (row + 0.5) / shape[0]
            for tile in (0, 1, -3):
                color = base_color(table, 1, u + tile, v - tile, 0.0)
                np.testing.assert_allclose(color, linear_from_srgb(texture[row, column] / 255), atol=1e-5)
    np.testing.assert_allclose(base_color(table, 0, 0.3, 0.3, 5.0), linear_from_srgb(np.array([1.0, 0, 0.5])))


def test_from_far_away_a_texture_is_its_mean():
    texture = np.random.default_rng(1).integers(0, 256, (16, 32, 3), dtype=np.uint8)
    table = material_table([Material("t", BLACK, texture)])
    mean = linear_from_srgb(texture / 255).mean(axis=(0, 1))
    np.testing.assert_allclose(base_color(table, 0, 0.1, 0.7, 30.0), mean, atol=0.005)
    np.testing.assert_allclose(table.mean_color[0], mean, atol=1e-6)


def test_levels_blend_without_a_jump():
    texture = np.random.default_rng(2).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    table = material_table([Material("t", BLACK, texture)])
    for level in (1.0, 2.0, 3.0):
        below, above = (base_color(table, 0, 0.37, 0.61, level + e) for e in (-1e-6, 1e-6))
        np.testing.assert_allclose(below, above, atol=1e-4)


def test_a_shared_texture_is_stored_once():
    texture = np.zeros((8, 8, 3), dtype=np.uint8)
    one = material_table([Material("a", BLACK, texture)])
    two = material_table([Material("a", BLACK, texture), Material("b", BLACK, texture)])
    assert len(one.texels) == len(two.texels)
