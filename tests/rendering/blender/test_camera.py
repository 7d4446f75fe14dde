"""The camera in Blender is ours, to a thousandth of a pixel."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.geometry import Intrinsics

CAMERAS = (
    Intrinsics(fx=100.0, fy=100.0, cx=80.0, cy=60.0, width=160, height=120),
    Intrinsics(fx=140.0, fy=90.0, cx=61.3, cy=77.7, width=160, height=120),
    Intrinsics(fx=60.0, fy=95.0, cx=-20.5, cy=130.25, width=90, height=150),
)


@pytest.mark.parametrize("camera", CAMERAS, ids=("centred", "wide pixels", "high pixels, centre outside"))
def test_rays_go_through_the_centres_of_pixels(build, draw_with, camera):
    """On a steep plane, how far depth is from the closed form says how far the ray is off."""
    steep = build.rectangle((-40, 2 - 16, -40), (80, 0, 0), (0, 32, 80))
    T = np.array([[1, 0, 0, 0.1], [0, 0, 1, 0.2], [0, -1, 0, -0.3], [0, 0, 0, 1.0]])  # looks along +y
    for tilted in (steep, build.rectangle((-40, 2 - 16, -40), (80, 32, 0), (0, 0, 80))):
        blender = draw_with([build.thing(3, "wall", tilted)], class_ids=build.class_ids)
        seen = blender.render(camera, T, channels=("depth", "mask"))
        assert seen.mask.all()
        normal, corner = tilted.normals[0].astype(np.float64), tilted.vertices_m[0].astype(np.float64)

        def depth_at(uv, normal=normal, corner=corner):
            rays = camera.unproject(uv, np.ones(uv.shape[:2])) @ T[:3, :3].T
            return normal @ (corner - T[:3, 3]) / (rays @ normal)

        centers = camera.pixel_centers()
        exact_m = depth_at(centers)
        per_px = np.hypot(
            *[(depth_at(centers + np.multiply(1e-3, step)) - exact_m) / 1e-3 for step in ([1, 0], [0, 1])]
        )
        rounding_m = 2e-6 * exact_m  # of single precision, through 80 m of plane
        off_px = (np.abs(seen.depth_m - exact_m) - rounding_m) / per_px
        assert off_px.max() < 1e-3


def test_a_point_is_where_the_projection_says(build, draw_with, camera):
    """A small square: the centre of the pixels that show it."""
    T = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1.0]])
    x, y, z, half = 0.31, 2.0, -0.22, 0.25
    square = build.rectangle((x - half, y, z - half), (2 * half, 0, 0), (0, 0, 2 * half))
    seen = draw_with([build.thing(1, "wall", square)], class_ids=build.class_ids).render(
        camera, T, channels=("mask",)
    )
    u, v = camera.project(np.array([x, -z, y]))
    rows, columns = np.nonzero(seen.mask)
    expected_px = 4 * half**2 * camera.fx * camera.fy / y**2
    assert seen.mask.sum() == pytest.approx(expected_px, rel=0.05)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((u, v), abs=0.5)
