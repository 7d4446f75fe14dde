"""Light has our units, the sky stands where ours stands, and pictures are developed on our film."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering.painting.look import Look
from sisg_robotics.rendering.raycaster import Raycaster
from sisg_robotics.scenes.scene import Light

CAMERA = Intrinsics(fx=40.0, fy=40.0, cx=16.0, cy=16.0, width=32, height=32)
FROM_ABOVE = np.array([[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 2], [0, 0, 0, 1.0]])
HALF = Material("half", (0.735357,) * 3)  # the sRGB value of 0.5


def ground(build, material=HALF):
    return build.thing(1, "floor", build.rectangle((-5, -5, 0), (10, 0, 0), (0, 10, 0), material))


def linear_light(blender, samples=100):
    """What reaches the film at the middle of the picture."""
    passes = blender._draw("looks", CAMERA, FROM_ABOVE, samples=samples, transparent=True)
    return passes.light[15:17, 15:17].mean(axis=(0, 1))


@pytest.mark.parametrize(("height_m", "expected"), [(1.0, 1.0), (2.0, 1 / 2.0**2)])
def test_intensity_is_what_a_white_surface_shows_at_one_metre(build, draw_with, height_m, expected):
    white = Material("white", (1.0, 1.0, 1.0), roughness=1.0, metallic=0.0)
    lamp = Light((0.0, 0.0, height_m), (1.0, 0.5, 0.25), 2.0)
    named = {"class_ids": build.class_ids, "denoise": False, "bounces": 0}
    lit, dark = (linear_light(draw_with([ground(build, white)], lights, **named)) for lights in ([lamp], []))
    assert lit - dark == pytest.approx(2.0 * expected * np.array([1.0, 0.5, 0.25]), rel=0.08)


@pytest.mark.parametrize("occluded", [True, False])
def test_white_light_shows_the_surfaces_own_colour(build, draw_with, occluded):
    look = Look("white", ambient_occlusion=occluded)
    blender = draw_with([ground(build)], class_ids=build.class_ids, look=look, denoise=False)
    rgb = blender.render(CAMERA, FROM_ABOVE, channels=("rgb",)).rgb
    assert np.abs(rgb.astype(int) - 188).max() <= 1


def test_the_sky_is_ours(build, draw_with, looking):
    thing = [build.thing(1, "floor", build.rectangle((50, 50, -9), (0.1, 0, 0), (0, 0.1, 0)))]
    ours = Raycaster(thing, class_ids=build.class_ids)
    blender = draw_with(thing, class_ids=build.class_ids, denoise=False)
    for at in ((1, 0.2, 0.1), (-0.5, 1, 0.3), (0.1, -1, 0.0)):
        T = looking((0, 0, 0), at)
        a, b = (r.render(CAMERA, T, channels=("rgb",), samples=16).rgb.astype(int) for r in (ours, blender))
        assert np.ptp(a, axis=(0, 1)).max() > 30
        assert np.abs(a - b).mean() < 3


def test_coverage_keeps_the_colour_of_what_is_there(build, draw_with):
    square = build.thing(1, "floor", build.rectangle((-0.4, -0.4, 0), (0.8, 0, 0), (0, 0.8, 0), HALF))
    blender = draw_with([square], class_ids=build.class_ids, look=Look("white"), denoise=False)
    seen = blender.render(CAMERA, FROM_ABOVE, channels=("rgb", "coverage"), samples=64)
    assert seen.coverage[16, 16] == 255 and seen.coverage[0, 0] == 0
    assert 20 < seen.coverage[16, 7:9].min() < 235 or 20 < seen.coverage[16, 8:10].min() < 235
    assert np.abs(seen.rgb[seen.coverage > 20].astype(int) - 188).max() <= 4


def test_the_same_view_gives_the_same_bytes(build, draw_with):
    lamp = [Light((0.5, 0.5, 1.0), (1.0, 0.9, 0.8), 1.0)]
    channels = ("rgb", "depth", "normal")
    views = []
    for _ in range(2):
        blender = draw_with([ground(build)], lamp, class_ids=build.class_ids)
        blender.render(CAMERA, FROM_ABOVE, channels=("rgb",), samples=3)  # what was drawn before is no matter
        views.append(blender.render(CAMERA, FROM_ABOVE, channels=channels, samples=4))
    for name in ("rgb", "depth_m", "normal"):
        np.testing.assert_array_equal(*(getattr(view, name) for view in views))
