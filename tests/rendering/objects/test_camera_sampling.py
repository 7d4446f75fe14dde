"""Directions are uniform where they should be, within their limits, and each view's own."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.rendering.objects import make_settings
from sisg_robotics.rendering.objects.camera_sampling import sample_cameras

DRAWS = 2000


def directions(**overrides) -> np.ndarray:
    preset = overrides.pop("preset", "gs_lrm")
    settings = make_settings(preset, **{"num_views": DRAWS, **overrides})
    eyes = np.array([camera.T_world_cam[:3, 3] for camera in sample_cameras(settings, seed=1, uid="a")])
    return eyes / np.linalg.norm(eyes, axis=-1, keepdims=True)


def chi_square(values: np.ndarray, bins: int) -> float:
    """Of values that should be uniform in [0, 1); of mean bins - 1 and deviation sqrt(2 (bins - 1))."""
    counts = np.bincount((values * bins).astype(int), minlength=bins)
    assert len(counts) == bins
    return float(((counts - len(values) / bins) ** 2 / (len(values) / bins)).sum())


BOUND = 19 + 4 * np.sqrt(2 * 19)


def test_directions_are_uniform_on_the_sphere_between_two_elevations() -> None:
    d = directions(elevation_range_deg=(-30.0, 60.0))
    low, high = -0.5, np.sqrt(3) / 2
    assert chi_square((d[:, 2] - low) / (high - low), 20) < BOUND
    assert chi_square(np.arctan2(d[:, 1], d[:, 0]) / (2 * np.pi) % 1, 20) < BOUND


def test_directions_are_uniform_on_the_whole_sphere() -> None:
    d = directions(elevation_range_deg=(-90.0, 90.0))
    for axis in range(3):  # every coordinate of a uniform direction is uniform in [-1, 1]
        assert chi_square((d[:, axis] + 1) / 2, 20) < BOUND


def test_objaverse_xl_favours_the_corners_of_a_cube() -> None:
    d = directions(preset="objaverse_xl")
    assert chi_square((d[:, 2] + 1) / 2, 20) > BOUND
    near_corner = np.abs(d).min(axis=-1) > 0.4
    uniform = directions(elevation_range_deg=(-90.0, 90.0))
    assert near_corner.mean() > 1.3 * (np.abs(uniform).min(axis=-1) > 0.4).mean()


def test_radius_field_of_view_and_elevation_keep_to_their_ranges_and_use_them() -> None:
    cameras = sample_cameras(make_settings("gs_lrm", num_views=DRAWS), seed=2, uid="b")
    for values, low, high in [
        ([camera.radius for camera in cameras], 1.5, 2.8),
        ([np.rad2deg(camera.intrinsics.fov_x_rad) for camera in cameras], 35, 70),
        ([np.rad2deg(camera.elevation_rad) for camera in cameras], -45, 45),
        ([np.rad2deg(camera.azimuth_rad) for camera in cameras], 0, 360),
    ]:
        assert low - 1e-9 <= min(values) < low + (high - low) / 100
        assert high - (high - low) / 100 < max(values) <= high + 1e-9


def test_a_z_range_bounds_the_camera_s_height() -> None:
    settings = make_settings("instantmesh", num_views=DRAWS)
    z = np.array([camera.T_world_cam[2, 3] for camera in sample_cameras(settings, seed=3, uid="c")])
    assert -0.75 <= z.min() < -0.73 and 1.58 < z.max() <= 1.6


@pytest.mark.parametrize("preset", ["gs_lrm", "instantmesh", "objaverse_xl", "g_objaverse", "zero123pp"])
def test_only_the_northern_hemisphere(preset: str) -> None:
    def lowest(north: bool) -> float:
        settings = make_settings(preset, only_northern_hemisphere=north)
        return min(camera.elevation_rad for camera in sample_cameras(settings, seed=4, uid="d"))

    assert lowest(False) < 0 <= lowest(True)


def test_the_camera_looks_at_the_origin_upright() -> None:
    for camera in sample_cameras(make_settings("gs_lrm"), seed=5, uid="e"):
        right, down, forward = camera.T_world_cam[:3, :3].T
        assert np.allclose(forward, -camera.T_world_cam[:3, 3] / camera.radius)
        assert abs(right[2]) < 1e-12 and down[2] < 0


def test_zero123pp_views_are_where_its_tiles_are() -> None:
    cameras = sample_cameras(make_settings("zero123pp"), seed=6, uid="f")
    assert np.allclose([np.rad2deg(c.azimuth_rad) for c in cameras], [30, 90, 150, 210, 270, 330])
    assert np.allclose([np.rad2deg(c.elevation_rad) for c in cameras], [20, -10] * 3)


def test_the_first_view_of_openlrm_is_frontal() -> None:
    first, second = sample_cameras(make_settings("openlrm", num_views=2), seed=7, uid="g")
    assert np.allclose(first.T_world_cam[:3, 3], [first.radius, 0, 0]) and second.azimuth_rad != 0


def test_a_view_depends_on_seed_object_and_number_alone() -> None:
    def poses(seed: int, uid: str, **overrides) -> np.ndarray:
        cameras = sample_cameras(make_settings("gs_lrm", **overrides), seed=seed, uid=uid)
        return np.array([camera.T_world_cam for camera in cameras])

    assert np.array_equal(poses(1, "a", num_views=3), poses(1, "a", num_views=9)[:3])
    assert not np.any(poses(1, "a")[:, 0, 3] == poses(2, "a")[:, 0, 3])
    assert not np.any(poses(1, "a")[:, 0, 3] == poses(1, "b")[:, 0, 3])
