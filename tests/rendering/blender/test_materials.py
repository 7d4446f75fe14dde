"""What surfaces are, channel by channel, is what the ray caster says they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.assets.asset import Material
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering.raycaster import Raycaster

CAMERA = Intrinsics(fx=100.0, fy=100.0, cx=64.0, cy=48.0, width=128, height=96)
FROM_ABOVE = np.array([[1, 0, 0, 0.5], [0, -1, 0, 0.5], [0, 0, -1, 1.5], [0, 0, 0, 1.0]])
CHANNELS = ("albedo", "depth", "mask", "instance", "normal")
RNG = np.random.default_rng(4)
PICTURE = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
HALF = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None], 4, axis=0)  # alpha grows along u
BUMPS = RNG.integers(0, 256, (8, 8, 3), dtype=np.uint8)
MATERIALS = {
    "colour": Material("a", (0.2, 0.5, 0.8)),
    "texture": Material("b", (1.0, 1.0, 1.0), PICTURE),
    "cut out": Material("c", (0.9, 0.3, 0.3), alpha_texture=HALF, alpha_mode="mask", alpha_cutoff=0.3),
    "blended": Material("d", (0.3, 0.9, 0.3), alpha_texture=HALF, alpha=0.8, alpha_mode="blend"),
    "faint": Material("e", (0.3, 0.9, 0.3), alpha=0.4, alpha_mode="blend"),
    "alpha of no account": Material("f", (0.4, 0.4, 0.1), alpha=0.1, alpha_texture=HALF),
    "pane": Material("g", (0.9, 1.0, 0.9), transmission=0.9),
    "bumpy metal": Material("h", (0.9, 0.8, 0.3), metallic=1.0, roughness=0.2, normal_texture=BUMPS),
    "glowing": Material("i", (0.9, 0.8, 0.3), emission=3.0),
}


def square(build, material, colors=None):
    flat = build.rectangle((0, 0, 0), (1, 0, 0), (0, 1, 0), material)
    return flat if colors is None else replace(flat, colors=colors)


def test_data_channels(build, draw_with):
    """All materials side by side above a floor that is seen where they have holes."""
    wide = Intrinsics(fx=110.0, fy=110.0, cx=80.0, cy=80.0, width=160, height=160)
    T = FROM_ABOVE.copy()
    T[:3, 3] = 1.7, 1.7, 2.8
    instances = [build.thing(99, "floor", build.rectangle((-1, -1, -0.5), (6, 0, 0), (0, 6, 0)))]
    for row, material in enumerate(MATERIALS.values()):
        pose = np.eye(4)
        pose[:2, 3] = 1.2 * (row % 3), 1.2 * (row // 3)
        instances.append(build.thing(row + 1, "wall", square(build, material), T_world_object=pose))
    ours = Raycaster(instances, class_ids=build.class_ids).render(wide, T, channels=CHANNELS)
    blenders = draw_with(instances, class_ids=build.class_ids).render(wide, T, channels=CHANNELS)
    differ = ours.instance != blenders.instance
    assert differ.mean() < 0.002  # where a texture's alpha passes its threshold
    seen = {name: (ours.instance == row).sum() for row, name in enumerate(MATERIALS, start=1)}
    whole = seen["colour"]
    assert seen["faint"] == 0
    assert seen["alpha of no account"] == pytest.approx(whole, rel=0.06)
    assert seen["cut out"] == pytest.approx(0.7 * whole, rel=0.06)
    assert seen["blended"] == pytest.approx((1 - 0.5 / 0.8) * whole, rel=0.1)
    np.testing.assert_allclose(ours.depth_m[~differ], blenders.depth_m[~differ], atol=1e-5)
    np.testing.assert_allclose(ours.normal[~differ], blenders.normal[~differ], atol=2e-3)
    off = np.abs(ours.albedo.astype(int) - blenders.albedo).max(axis=-1)[~differ]
    assert off.max() <= 12  # the ray caster's film has steps, and it looks up coarser levels
    assert np.percentile(off, 99) <= 3


def test_vertex_colours_multiply(build, draw_with):
    colors = RNG.uniform(0.1, 1.0, (6, 4)).astype(np.float32)
    instances = [build.thing(1, "wall", square(build, MATERIALS["colour"], colors))]
    ours = Raycaster(instances, class_ids=build.class_ids).render(CAMERA, FROM_ABOVE, channels=("albedo",))
    blenders = draw_with(instances, class_ids=build.class_ids).render(
        CAMERA, FROM_ABOVE, channels=("albedo",)
    )
    off = np.abs(ours.albedo.astype(int) - blenders.albedo).max(axis=-1)
    assert np.mean(off > 1) < 0.01  # the diagonal belongs to either triangle
    assert np.ptp(ours.albedo[20:70, 40:90], axis=(0, 1)).min() > 20


def test_smooth_normals_towards_the_camera_inside_and_out(build, draw_with):
    """A sphere seen from outside and from its middle: plus and minus the radius."""
    ball = build.thing(1, "sofa", build.sphere((0.5, 0.5, 0.0), 0.5, 24))
    blender = draw_with([ball], class_ids=build.class_ids)
    for eye_z, sign in ((1.5, 1.0), (0.0, -1.0)):
        T = FROM_ABOVE.copy()
        T[2, 3] = eye_z
        seen = blender.render(CAMERA, T, channels=("normal", "depth", "mask"))
        points = CAMERA.points(seen.depth_m) @ T[:3, :3].T + T[:3, 3]
        radial = (
            sign * (points - [0.5, 0.5, 0.0]) / np.linalg.norm(points - [0.5, 0.5, 0.0], axis=-1)[..., None]
        )
        cosine = (radial * seen.normal).sum(axis=-1)
        inner = seen.mask & (np.abs(seen.normal[..., 2]) > 0.3)
        assert inner.sum() > 1000
        assert cosine[inner].min() > np.cos(np.deg2rad(1.0))


def test_the_triangles_need_not_be_good(build, draw_with):
    """Corners twice, the same triangle again, an instance without any."""
    flat = square(build, MATERIALS["colour"])
    worse = np.concatenate([flat.triangles, [[0, 0, 1], [2, 2, 2]], flat.triangles[:1]]).astype(np.int32)
    nothing = replace(flat, triangles=np.zeros((0, 3), dtype=np.int32))
    instances = [build.thing(1, "wall", replace(flat, triangles=worse)), build.thing(2, "sofa", nothing)]
    seen = draw_with(instances, class_ids=build.class_ids).render(CAMERA, FROM_ABOVE, channels=("depth",))
    assert seen.depth_m[48, 64] == pytest.approx(1.5)
