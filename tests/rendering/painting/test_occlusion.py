"""What stands in the way of ambient light and of lamps, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics._srgb import linear_from_srgb
from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.painting.look import Look
from sisg_robotics.scenes.scene import Light

BLACK = Material("black", (0.0, 0.0, 0.0), roughness=1.0)
GREY = Material("grey", (0.735357, 0.735357, 0.735357), roughness=1.0)
"""Half of the light."""
CAMERA = Intrinsics.from_fov(48, 4, 0.9)


def along_the_floor(build, things, look, lights=()):
    """Light on a grey floor around (2, 2), by x: seen from 1 m above; and x."""
    floor = build.thing(1, "floor", build.rectangle((0, 0, 0), (4, 0, 0), (0, 4, 0), GREY))
    T_world_cam = look_at(np.array([2.0, 2.0, 1.0]), np.array([2.0, 2.0, 0.0]))
    rays = Raycaster([floor, *things], lights, class_ids=build.class_ids, look=look)
    seen = rays.render(CAMERA, T_world_cam, channels=("rgb", "depth", "instance"))
    x = (T_world_cam[:3, 3] + CAMERA.points(seen.depth_m) @ T_world_cam[:3, :3].T)[1, :, 0]
    light = linear_from_srgb(seen.rgb[1, :, 1] / 255) / 0.5
    order = np.argsort(x)
    return light[order], x[order], seen.instance[1][order]


def black_wall(build, x, height):
    """Wide, facing -x, from x on."""
    return build.thing(2, "wall", build.box((x, -40, -1), (x + 0.5, 44, height), BLACK))


@pytest.mark.parametrize("height", [0.5, 2.0])
def test_a_black_wall_takes_its_form_factor_off_the_white_light(build, height):
    """A long wall of height h hides (1 - x / sqrt(x^2 + h^2)) / 2 of the sky at distance x from its foot.

    48 rays from every place know it to a few hundredths.
    """
    look = Look("white")
    light, x, instance = along_the_floor(build, [black_wall(build, 2.2, height)], look)
    away = 2.2 - x
    floor = (instance == 1) & (away > 0.02)
    assert floor.sum() > 20
    hidden = (1 - away / np.sqrt(away**2 + height**2)) / 2
    np.testing.assert_allclose(light[floor], 1 - hidden[floor], atol=0.07)
    open_light, _, _ = along_the_floor(
        build, [black_wall(build, 2.2, height)], Look("white", ambient_occlusion=False)
    )
    np.testing.assert_allclose(open_light[floor], 1.0, atol=0.01)


def test_no_ambient_light_comes_through_a_wall_that_cuts_the_floors_triangles(build):
    """A closed black box stands on the floor; 3 cm behind its wall it is as dark as in its middle.

    Ambient light is known every 8 cm, so at 2.00 in the open and at 2.08 in the box; what is kept every 3.5
    cm lies between, and would be lit from outside.
    """
    sides = build.box((2.03, 0.5, -0.2), (3.5, 3.5, 3.0), BLACK)
    box = build.thing(2, "wall", sides)
    floor = build.thing(1, "floor", build.rectangle((0, 0, 0), (4, 0, 0), (0, 4, 0), GREY))
    rays = Raycaster([floor, box], class_ids=build.class_ids)
    light = []
    for x in (1.9, 2.056, 2.065, 2.7):
        at = np.array([x, 2.0, 0.0])
        T_world_cam = look_at(np.array([x, 2.0, 0.5]), at)
        light.append(rays.render(Intrinsics.from_fov(1, 1, 0.01), T_world_cam, channels=("rgb",)).rgb[0, 0])
    outside, *inside = np.array(light, dtype=int)
    assert outside.min() > 80
    assert np.max(inside) <= 3


def test_a_lamps_own_shade_lets_its_light_out_and_a_larger_box_does_not(build):
    lamp = Light((2.0, 2.0, 1.5), (1.0, 1.0, 1.0), 1.0)
    around = build.thing(3, "wall", build.box((-5, -5, -5), (9, 9, 9), BLACK))

    def box(half):
        lower, upper = (tuple(c + s * half for c in lamp.position_xyz_m) for s in (-1, 1))
        return build.thing(2, "sofa", build.box(lower, upper, BLACK))

    camera = Intrinsics.from_fov(4, 4, 0.2)
    T_world_cam = look_at(np.array([1.0, 2.0, 0.5]), np.array([2.0, 2.0, 0.0]))
    floor = build.thing(1, "floor", build.rectangle((0, 0, 0), (4, 0, 0), (0, 4, 0), GREY))
    bare, shaded, boxed = (
        Raycaster([floor, around, *more], [lamp], class_ids=build.class_ids)
        .render(camera, T_world_cam, channels=("rgb",))
        .rgb.astype(int)
        for more in ([], [box(0.2)], [box(0.6)])
    )
    assert bare.min() > 100
    np.testing.assert_allclose(shaded, bare, atol=1)
    assert boxed.max() <= 3
