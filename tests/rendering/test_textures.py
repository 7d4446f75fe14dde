"""Textures and their mip levels, against a slow reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics._srgb import linear_from_srgb, srgb_from_linear
from sisg_robotics.assets.asset import Material
from sisg_robotics.rendering.material_table import material_table
from sisg_robotics.rendering.textures import (
    BASE,
    METAL_ROUGH,
    NUMBER,
    SRGB,
    alpha_at,
    is_hole,
    texture_at,
)

BLACK = (0.0, 0.0, 0.0)


def base_color(table, row, u, v, across):
    return texture_at(table, BASE, SRGB, row, u, v, across)


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


def slow_bilinear(image, u, v):
    """The mean of the four nearest texels of a texture that repeats for ever."""
    height, width = image.shape[:2]
    x, y = u * width - 0.5, v * height - 0.5
    total = np.zeros(image.shape[-1])
    for i in (int(np.floor(y)), int(np.floor(y)) + 1):
        for j in (int(np.floor(x)), int(np.floor(x)) + 1):
            total += (1 - abs(x - j)) * (1 - abs(y - i)) * image[i % height, j % width]
    return total


@settings(max_examples=100, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([0.0, 1.0, 1.3, 2.0, 3.5, 4.0]))
def test_sampling_agrees_with_a_slow_reference(u, v, texels):
    rng = np.random.default_rng(5)
    texture = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    table = material_table([Material("t", BLACK, texture)])
    levels = [linear_from_srgb(texture / 255)]
    while len(levels) < 4:
        fine = levels[-1]
        levels.append((fine[::2, ::2] + fine[1::2, ::2] + fine[::2, 1::2] + fine[1::2, 1::2]) / 4)
    level = int(np.log2(max(texels, 1)))
    share = max(texels, 1) / 2**level - 1
    expected = (1 - share) * slow_bilinear(levels[level], u, v) + share * slow_bilinear(
        levels[level + 1], u, v
    )
    np.testing.assert_allclose(base_color(table, 0, u, v, texels / 8), expected, atol=0.006)


def test_from_far_away_a_texture_is_its_mean():
    texture = np.random.default_rng(1).integers(0, 256, (16, 32, 3), dtype=np.uint8)
    table = material_table([Material("t", BLACK, texture)])
    mean = linear_from_srgb(texture / 255).mean(axis=(0, 1))
    np.testing.assert_allclose(base_color(table, 0, 0.1, 0.7, 1e9), mean, atol=0.005)
    np.testing.assert_allclose(table.mean_color[0], mean, atol=1e-6)


def test_levels_blend_without_a_jump():
    texture = np.random.default_rng(2).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    table = material_table([Material("t", BLACK, texture)])
    for texels in (1.0, 2.0, 4.0):
        below, above = (base_color(table, 0, 0.37, 0.61, (texels + e) / 16) for e in (-1e-6, 1e-6))
        np.testing.assert_allclose(below, above, atol=1e-4)


def test_a_shared_texture_is_stored_once():
    texture = np.zeros((8, 8, 3), dtype=np.uint8)
    one = material_table([Material("a", BLACK, texture)])
    two = material_table([Material("a", BLACK, texture), Material("b", BLACK, texture)])
    assert len(one.texels) == len(two.texels)


def test_metal_is_the_first_channel_and_roughness_the_second_and_both_are_plain_numbers():
    texture = np.full((2, 2, 2), (51, 204), dtype=np.uint8)
    table = material_table([Material("m", BLACK, metal_rough_texture=texture)])
    found = texture_at(table, METAL_ROUGH, NUMBER, 0, 0.5, 0.5, 0.0)
    np.testing.assert_allclose(found[:2], (0.2, 0.8), atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "alpha", "byte", "covered", "hole"),
    [
        ("opaque", 0.1, 0, 1.0, False),
        ("mask", 1.0, 127, 127 / 255, True),
        ("mask", 1.0, 128, 128 / 255, False),
        ("blend", 0.5, 255, 0.5, False),
        ("blend", 0.5, 200, 100 / 255, True),
    ],
)
def test_alpha_is_the_number_times_the_texture_and_makes_holes_by_its_mode(mode, alpha, byte, covered, hole):
    texture = np.full((4, 4), byte, dtype=np.uint8)
    table = material_table([Material("a", BLACK, alpha=alpha, alpha_texture=texture, alpha_mode=mode)])
    found = alpha_at(table, 0, 0.3, 0.9)
    assert found == pytest.approx(covered, abs=1e-6)
    assert is_hole(table, 0, found) == hole
