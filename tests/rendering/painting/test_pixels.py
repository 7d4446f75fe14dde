"""What a pixel is made of: its rays, and the texels under it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics._srgb import linear_from_srgb, srgb_from_linear
from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.painting.look import Look

AHEAD = look_at(np.zeros(3), np.array([1.0, 0, 0]))
WHITE = Look("white", ambient_occlusion=False)
EDGE = 3 + 5 / 16
CAMERA = Intrinsics(8.0, 8.0, EDGE, 4.0, 7, 8)
"""What lies at y = 0 is at column 3.3125: five of the fourth pixel's sixteen columns are left of it."""


def material(albedo, **more):
    value = float(srgb_from_linear(np.array(albedo)))
    return Material("m", (value, value, value), roughness=1.0, **more)


def half(build, left, surface):
    """What is left of y = 0, or right of it."""
    return build.rectangle((2, 0, -9), (0, 9 if left else -9, 0), (0, 0, 18), surface)


def column(build, things, samples):
    """Linear light of the pixels that the edge goes through."""
    rays = Raycaster(things, class_ids=build.class_ids, look=WHITE)
    rgb = rays.render(CAMERA, AHEAD, channels=("rgb",), samples=samples).rgb
    return linear_from_srgb(rgb[:, 3, 1] / 255)


SHARES = {1: 0.0, 4: 1 / 4, 16: 5 / 16}
"""Of the pixel's rays, left of the edge: they go through the middles of as many columns as there are rays."""


@pytest.mark.parametrize("samples", SHARES)
def test_a_pixel_is_covered_by_the_share_of_its_rays(build, samples):
    rays = Raycaster([build.thing(1, "wall", half(build, True, material(0.5)))], class_ids=build.class_ids)
    coverage = rays.render(CAMERA, AHEAD, channels=("rgb", "coverage"), samples=samples).coverage
    assert (coverage[:, :3] == 255).all() and (coverage[:, 4:] == 0).all()
    assert (coverage[:, 3] == round(255 * SHARES[samples])).all()


@pytest.mark.parametrize("samples", SHARES)
@pytest.mark.parametrize("edge", ["things", "materials", "colours"])
def test_at_edges_of_things_of_materials_and_of_contrast_the_rays_are_averaged(build, samples, edge):
    """0.8 beside 0.2; last as vertex colours of one flat surface."""
    if edge == "colours":
        surface, parts = material(1.0), []
        for left, value in ((True, 0.8), (False, 0.2)):
            part = half(build, left, surface)
            colors = np.full((len(part.vertices_m), 4), value, np.float32)
            parts.append(replace(part, colors=colors))
        things = [build.thing(1, "wall", *parts)]
    else:
        parts = [half(build, left, material(value)) for left, value in ((True, 0.8), (False, 0.2))]
        things = [build.thing(1, "wall", *parts)]
        if edge == "things":
            things = [build.thing(k + 1, "wall", part) for k, part in enumerate(parts)]
    share = SHARES[samples]
    seen = column(build, things, samples)
    np.testing.assert_allclose(seen, share * 0.8 + (1 - share) * 0.2, atol=0.006)


@pytest.mark.parametrize("samples", [4, 16])
def test_what_is_brighter_than_the_screen_does_not_outshine_its_pixel(build, samples):
    """A lamp of 6 beside black: its rays count as white, not as six times white."""
    lamp, dark = (
        material(0.0, emission=6.0, emission_texture=np.full((1, 1, 3), 255, np.uint8)),
        material(0.0),
    )
    things = [build.thing(k + 1, "wall", half(build, k == 0, m)) for k, m in enumerate((lamp, dark))]
    np.testing.assert_allclose(column(build, things, samples), SHARES[samples], atol=0.006)


def facing_wall(build, texture, far_m=40.0):
    """A wall of 2 x 2 m, 40 m away, so that all rays are nearly parallel."""
    surface = Material("t", (0.0, 0.0, 0.0), texture)
    return build.thing(1, "wall", build.rectangle((far_m, 1, -1), (0, -2, 0), (0, 0, 2), surface))


@pytest.mark.parametrize("texels", [1, 2, 4, 8])
def test_a_pixel_that_covers_whole_texels_is_their_mean(build, texels):
    """Mip levels hold the means; which one is meant follows from the pixel's width on the wall."""
    pixels = 64 // texels
    texture = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    focal_px = pixels * 40.0 / 2
    camera = Intrinsics(focal_px, focal_px, pixels / 2, pixels / 2, pixels, pixels)
    rays = Raycaster([facing_wall(build, texture)], class_ids=build.class_ids)
    seen = rays.render(camera, AHEAD, channels=("albedo",)).albedo
    upright = linear_from_srgb(texture[::-1] / 255)  # v grows upwards on the wall
    mean = upright.reshape(pixels, texels, pixels, texels, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(linear_from_srgb(seen / 255), mean, atol=0.012)


def test_on_a_slanted_surface_the_texture_is_averaged_along_the_rays_footprint_only(build):
    """A floor seen at 15 degrees: a footprint is one texel wide and four long.

    Stripes across the view, a texel each, become their mean; stripes along it stay what they are.
    """
    texels, size_m = 256, 2.0
    slope = np.arcsin(0.25)
    eye = np.array([-40 * np.cos(slope), 0.0, 40 * np.sin(slope)])
    focal_px = 40.0 / (size_m / texels)  # a pixel is a texel wide
    camera = Intrinsics(focal_px, focal_px, 32.0, 4.0, 64, 8)  # centres of pixels are centres of texels
    stripes = np.zeros((texels, texels, 3), np.uint8)
    stripes[:, ::2] = 255
    contrast = []
    for texture in (stripes, np.ascontiguousarray(stripes.transpose(1, 0, 2))):
        surface = Material("stripes", (0.0, 0.0, 0.0), texture)
        floor = build.rectangle((-1, -1, 0), (size_m, 0, 0), (0, size_m, 0), surface)
        rays = Raycaster([build.thing(1, "floor", floor)], class_ids=build.class_ids)
        seen = rays.render(camera, look_at(eye, np.zeros(3)), channels=("albedo",)).albedo
        light = linear_from_srgb(seen[..., 1] / 255)
        assert light.mean() == pytest.approx(0.5, abs=0.05)
        contrast.append(light.std())
    across, along = contrast  # stripes that change along x are crossed by the footprint
    assert across < 0.06 and along > 0.3
