"""Cut-outs and faint surfaces: what the data channels see through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.casting.holes import MOST_LAYERS

CAMERA = Intrinsics.from_fov(64, 64, np.pi / 2)
AHEAD = look_at(np.zeros(3), np.array([1.0, 0, 0]))
WHITE = (1.0, 1.0, 1.0)
DATA = ("depth", "range", "instance", "semantic", "normal", "mask")


def render(build, *things):
    return Raycaster(things, class_ids=build.class_ids).render(CAMERA, AHEAD, channels=DATA)


def sheet(build, x, material):
    """A 2 x 2 m sheet across the view, u to the right, v up."""
    return build.rectangle((x, 1, -1), (0, -2, 0), (0, 0, 2), material)


def wall(build):
    return build.thing(9, "wall", build.rectangle((3, 9, -9), (0, -18, 0), (0, 0, 18)))


def quarters(*alpha):
    """Alpha of the four quarters: top row of the texture (small v) first."""
    return np.kron(np.array(alpha, np.uint8).reshape(2, 2), np.ones((16, 16), np.uint8))


@pytest.mark.parametrize(
    ("mode", "cutoff", "solid"),
    [("mask", 0.5, [0, 0, 1, 1]), ("mask", 0.9, [0, 0, 0, 1]), ("blend", 0.9, [0, 0, 1, 1])],
)
def test_the_quarters_of_a_sheet_whose_alpha_is_too_low_are_holes(build, mode, cutoff, solid):
    """Alphas 0, 0.4, 0.6 and 1. "mask" has its own limit, "blend" has 0.5."""
    material = Material(
        "cut", WHITE, alpha_texture=quarters(0, 102, 153, 255), alpha_mode=mode, alpha_cutoff=cutoff
    )
    seen = render(build, build.thing(5, "sofa", sheet(build, 1.0, material)), wall(build))
    low, high = solid[:2], solid[2:]  # v grows with z, so the texture's top row lies low on the sheet
    expected = np.kron(np.array([high, low]), np.ones((32, 32), int))
    from_border = np.minimum(np.abs(np.arange(64) - 31.5), 31.5 - np.abs(np.arange(64) - 31.5))
    inside = np.ix_(from_border > 2, from_border > 2)  # texels are blended across borders, and round the rim
    np.testing.assert_array_equal(seen.instance[inside], np.where(expected, 5, 9)[inside])
    np.testing.assert_array_equal(seen.semantic[inside], np.where(expected, 3, 1)[inside])
    np.testing.assert_allclose(seen.depth_m[inside], np.where(expected, 1.0, 3.0)[inside], rtol=5e-7)
    np.testing.assert_allclose(
        seen.range_m, seen.depth_m * np.linalg.norm(CAMERA.pixel_rays(), axis=-1), rtol=5e-7
    )
    assert seen.mask.all()
    np.testing.assert_allclose(seen.normal, np.broadcast_to([-1, 0, 0], seen.normal.shape), atol=1e-6)


def test_opaque_materials_ignore_their_alpha(build):
    material = Material("solid", WHITE, alpha=0.1, alpha_texture=quarters(0, 0, 0, 0))
    seen = render(build, build.thing(5, "sofa", sheet(build, 1.0, material)), wall(build))
    assert (seen.instance == 5).all()


def test_glass_is_solid(build):
    pane = Material("glass", WHITE, transmission=1.0)
    seen = render(build, build.thing(5, "sofa", sheet(build, 1.0, pane)), wall(build))
    np.testing.assert_allclose(seen.depth_m, 1.0, rtol=5e-7)


@pytest.mark.parametrize("alpha", [0.3, 0.7])
def test_alpha_of_the_material_and_of_the_vertices_multiply(build, alpha):
    material = Material("veil", WHITE, alpha=alpha, alpha_mode="blend")
    part = sheet(build, 1.0, material)
    colors = np.ones((len(part.vertices_m), 4), np.float32)
    colors[:, 3] = 0.8
    seen = render(build, build.thing(5, "sofa", replace(part, colors=colors)), wall(build))
    assert (seen.instance == (5 if 0.8 * alpha >= 0.5 else 9)).all()


def test_a_ray_goes_through_many_sheets_and_finds_what_is_behind_or_nothing(build):
    """Forty sheets 2 mm apart, all of them holes."""
    hole = Material("hole", WHITE, alpha=0.0, alpha_mode="mask")
    sheets = build.thing(5, "sofa", *(sheet(build, 1.0 + 0.002 * k, hole) for k in range(40)))
    seen = render(build, sheets, wall(build))
    np.testing.assert_allclose(seen.depth_m, 3.0, rtol=5e-7)
    alone = render(build, sheets)
    assert not alone.mask.any() and not alone.depth_m.any() and not alone.normal.any()


@pytest.mark.parametrize("sheets", [MOST_LAYERS - 1, MOST_LAYERS])
def test_a_ray_gives_up_after_its_last_layer_and_then_meets_nothing(build, sheets):
    """Nothing, and not the last hole. The middle of the picture looks through all of them."""
    hole = Material("hole", WHITE, alpha=0.0, alpha_mode="mask")
    front = build.thing(5, "sofa", *(sheet(build, 1.0 + 0.002 * k, hole) for k in range(sheets)))
    middle = [channel[28:36, 28:36] for channel in render(build, front, wall(build)) if channel is not None]
    if sheets < MOST_LAYERS:
        assert all(channel.any(axis=-1).all() for channel in middle)
    else:
        assert not any(channel.any() for channel in middle)


def test_what_is_right_behind_a_hole_is_seen(build):
    """Half a millimetre behind it, and far from the world's origin."""
    hole = Material("hole", WHITE, alpha=0.0, alpha_mode="mask")
    T = np.eye(4)
    T[:3, 3] = 20, -15, 3
    front = build.thing(5, "sofa", sheet(build, 1.0, hole), T_world_object=T)
    back = build.thing(6, "floor", sheet(build, 1.0005, Material("m", WHITE)), T_world_object=T)
    rays = Raycaster([front, back], class_ids=build.class_ids)
    seen = rays.render(CAMERA, T @ AHEAD, channels=DATA)
    assert (seen.instance == 6).all()
    np.testing.assert_allclose(seen.depth_m, 1.0005, rtol=2e-6)
