from __future__ import annotations

import numpy as np

from sisg_robotics.datasets.registration import color_in_depth_view
from sisg_robotics.geometry import Intrinsics, pose

CAMERA = Intrinsics(20.0, 20.0, 8.0, 6.0, 16, 12)


def colors(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)


def test_one_camera_keeps_its_colours() -> None:
    rgb, depth_m = colors(), np.random.default_rng(1).uniform(0, 4, (12, 16)).astype(np.float32)
    depth_m[depth_m < 1] = 0
    np.testing.assert_array_equal(color_in_depth_view(rgb, CAMERA, depth_m, CAMERA, np.eye(4)), rgb)


def test_a_camera_beside_sees_a_wall_shifted_by_f_b_over_z() -> None:
    rgb, depth_m = colors(), np.full((12, 16), 2.0, np.float32)
    T_color_depth = pose(np.eye(3), np.array([-0.3, 0, 0]))  # the colour camera is 0.3 m to the right
    moved = color_in_depth_view(rgb, CAMERA, depth_m, CAMERA, T_color_depth)
    np.testing.assert_array_equal(moved[:, 3:], rgb[:, :-3])  # 20 px * 0.3 m / 2 m = 3 px


def test_a_longer_lens_sees_the_middle() -> None:
    rgb, depth_m = colors(), np.ones((12, 16), np.float32)
    tele = Intrinsics(40.0, 40.0, 8.0, 6.0, 16, 12)
    seen = color_in_depth_view(rgb, CAMERA, depth_m, tele, np.eye(4))
    np.testing.assert_allclose(
        seen[6, 8],
        rgb[6, 8] * 0.5625 + rgb[5, 8] * 0.1875 + rgb[6, 7] * 0.1875 + rgb[5, 7] * 0.0625,
        atol=1.0,
    )  # (8.25, 6.25) lies between four centres


def test_colours_of_another_size_are_read_at_the_same_place() -> None:
    rgb = np.repeat(np.repeat(colors(), 2, axis=0), 2, axis=1)
    seen = color_in_depth_view(rgb, CAMERA.resized(32, 24), np.ones((12, 16), np.float32), CAMERA, np.eye(4))
    np.testing.assert_array_equal(seen, colors())


def test_empty_depth_is_far_from_nothing() -> None:
    rgb = colors()
    np.testing.assert_array_equal(
        color_in_depth_view(rgb, CAMERA, np.zeros((12, 16), np.float32), CAMERA, np.eye(4)), rgb
    )
