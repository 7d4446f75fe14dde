"""Blender and the ray caster, which share no code that meets a triangle, see the same."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.app.configs import DEMO_PROMPT, DEMO_SEED
from sisg_robotics.assets import AssetSpec, make_asset
from sisg_robotics.rendering.channels import RenderedChannels
from sisg_robotics.rendering.raycaster import Raycaster
from sisg_robotics.scenes import generate_scene, scene_instances
from sisg_robotics.scenes.scene import Instance

DATA = ("depth", "range", "instance", "semantic", "normal", "albedo", "mask")
THINGS = (
    "chair",
    "sofa",
    "bed",
    "dining table",
    "floor lamp",
    "potted plant",
    "bookshelf",
    "toilet",
    "bicycle",
    "laptop",
)
SMALLEST_IOU = 0.995


def agree(ours: RenderedChannels, blenders: RenderedChannels) -> None:
    """Instances by intersection over union; the rest where both see the same thing.

    The pixels where they do not are those whose centre lies on an edge to within rounding, and coplanar
    surfaces: at most one in 2000.
    """
    assert np.mean(ours.instance != blenders.instance) < 1 / 2000
    for number in np.union1d(ours.instance, blenders.instance):
        a, b = ours.instance == number, blenders.instance == number
        one_pixel = (a ^ b).sum() == 1  # of something that has less than 200
        assert one_pixel or (a & b).sum() / (a | b).sum() > SMALLEST_IOU, number
    same = (ours.instance == blenders.instance) & ours.mask
    assert same.sum() > 500
    np.testing.assert_array_equal(ours.mask[same], blenders.mask[same])
    np.testing.assert_array_equal(ours.semantic[same], blenders.semantic[same])
    # two parts of one thing may meet at an edge too
    off_m = np.abs(ours.depth_m - blenders.depth_m)[same]
    assert np.mean(off_m > 0.001) < 1 / 2000
    assert np.percentile(off_m, 99) < 1e-4
    assert np.mean(np.abs(ours.range_m - blenders.range_m)[same] > 0.001) < 1 / 2000
    cosine = (ours.normal.astype(np.float64) * blenders.normal).sum(axis=-1)[same]
    angle_deg = np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))
    assert np.mean(angle_deg > 0.5) < 1 / 1000
    assert np.percentile(angle_deg, 99) < 0.1


@pytest.fixture(scope="module")
def flat():
    return generate_scene(DEMO_PROMPT, seed=DEMO_SEED)


def in_rooms(flat, looking) -> list[np.ndarray]:
    """From the middle of every room, two ways."""
    middles = [(*np.add(room.lower_xy_m, room.upper_xy_m) / 2, 1.5) for room in flat.rooms]
    ways = ([1.0, 0.7, -0.25], [-0.8, -1.0, -0.4])
    return [looking(middle, np.add(middle, way)) for middle in middles for way in ways]


def test_slow_on_the_demo_flat(flat, draw_with, camera, looking):
    instances = scene_instances(flat)
    ours, blender = Raycaster(instances), draw_with(instances)
    for T in in_rooms(flat, looking):
        agree(ours.render(camera, T, channels=DATA), blender.render(camera, T, channels=DATA))


def test_on_ten_things(draw_with, camera, looking):
    """Each from nearby, at an angle, the others behind it or out of sight."""
    instances = []
    for row, category in enumerate(THINGS):
        T = np.eye(4)
        T[0, 3] = 4.0 * row
        asset = make_asset(AssetSpec(category, seed=row))
        instances.append(Instance(row + 1, category, category, "", asset.parts, T))
    ours, blender = Raycaster(instances), draw_with(instances)
    for thing in instances:
        low, high = bounds = make_bounds(thing)
        size = float(np.linalg.norm(high - low))
        T = looking(bounds.mean(axis=0) + size * np.array([0.9, 0.5, 0.45]), bounds.mean(axis=0))
        seen = blender.render(camera, T, channels=DATA)
        assert np.mean(seen.instance == thing.instance_id) > 0.02
        agree(ours.render(camera, T, channels=DATA), seen)


def make_bounds(thing: Instance) -> np.ndarray:
    points = np.concatenate([part.vertices_m for part in thing.parts]) + thing.T_world_object[:3, 3]
    return np.stack([points.min(axis=0), points.max(axis=0)])


def test_flow(flat, draw_with, camera, looking):
    instances = scene_instances(flat)
    ours, blender = Raycaster(instances), draw_with(instances)
    T = in_rooms(flat, looking)[0]
    T_next = (
        T @ looking((0.02, 0.03, -0.01), (0.02, 1.03, 0.04)) @ np.linalg.inv(looking((0, 0, 0), (0, 1, 0)))
    )
    wanted = {"channels": ("flow", "instance"), "T_world_cam_next": T_next}
    a, b = ours.render(camera, T, **wanted), blender.render(camera, T, **wanted)
    off_px = np.abs(a.flow_px - b.flow_px).max(axis=-1)[a.instance == b.instance]
    assert np.mean(off_px > 0.01) < 1 / 1000
