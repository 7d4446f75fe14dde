"""Points are means of what falls into a cube; nothing gets lost, whatever the order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame
from sisg_robotics.errors import RequestError
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.reconstruction.cloud import PointCloud, PointFusion

CAMERA = Intrinsics(20.0, 20.0, 10.0, 10.0, 20, 20)


def fused(frames: list[RgbdFrame], cell_size_m: float = 0.05, **more: Any) -> PointCloud:
    fusion = PointFusion(cell_size_m, 0.1, 10.0, **more)
    for frame in frames:
        fusion.add(frame)
    return fusion.cloud()


def wall(depth_m: float = 2.0, rgb: tuple[int, int, int] = (10, 20, 30)) -> RgbdFrame:
    """A wall square on, 2 m along +z of the world."""
    colors = np.full((20, 20, 3), rgb, np.uint8)
    return RgbdFrame(0, colors, np.full((20, 20), depth_m, np.float32), np.eye(4), CAMERA)


def test_points_of_a_wall_lie_on_it_and_hold_every_pixel() -> None:
    cloud = fused([wall()], 0.3)
    assert np.abs(cloud.points_m[:, 2] - 2).max() < 1e-6
    assert cloud.pixels.sum() == 400
    assert (cloud.rgb == [10, 20, 30]).all()
    mean = (cloud.points_m * cloud.pixels[:, None]).sum(axis=0) / 400
    assert np.allclose(mean, [0, 0, 2], atol=1e-6)  # pixel centres lie evenly round the axis


def test_one_pixel_is_one_point_at_its_centre() -> None:
    depth_m = np.zeros((20, 20), np.float32)
    depth_m[3, 15] = 2.0
    frame = RgbdFrame(0, np.full((20, 20, 3), 7, np.uint8), depth_m, np.eye(4), CAMERA)
    cloud = fused([frame])
    assert cloud.points_m.tolist() == [pytest.approx([5.5 / 20 * 2, -6.5 / 20 * 2, 2.0])]


def test_copies_are_the_one_and_order_does_not_matter(room: Any) -> None:
    frames = [room.frame(i, T) for i, T in enumerate(room.walk(5))]
    one, copies = fused(frames[:1]), fused([frames[0]] * 3)
    assert np.allclose(one.points_m, copies.points_m, atol=1e-6)
    assert np.array_equal(one.rgb, copies.rgb) and np.array_equal(3 * one.pixels, copies.pixels)
    forth, back = fused(frames), fused(frames[::-1])
    assert np.allclose(forth.points_m, back.points_m, atol=1e-6)
    assert np.array_equal(forth.pixels, back.pixels) and np.array_equal(forth.rgb, back.rgb)


def test_colours_are_means() -> None:
    cloud = fused([wall(rgb=(0, 100, 200)), wall(rgb=(100, 0, 200))])
    assert (cloud.rgb == [50, 50, 200]).all()


@pytest.mark.parametrize("rgb_size", [(160, 120), (320, 240), (80, 60)])
def test_colour_comes_from_the_place_that_the_depth_is_of(room: Any, rgb_size: tuple[int, int]) -> None:
    cloud = fused([room.frame(0, room.walk(5)[1], rgb_size=rgb_size)], 0.02)
    to_wall = np.concatenate([cloud.points_m, room.size_m - cloud.points_m], axis=1)[:, [0, 3, 1, 4, 2, 5]]
    inside = (np.abs(to_wall) > 0.1).sum(axis=1) == 5  # not where two walls meet
    wall_of = np.abs(to_wall[inside]).argmin(axis=1)
    assert inside.sum() > 1000 and len(np.unique(wall_of)) > 1
    assert np.array_equal(cloud.rgb[inside], room.colors[wall_of])


def test_with_too_many_points_cubes_get_wider_and_nothing_is_lost(room: Any) -> None:
    frames = [room.frame(i, T) for i, T in enumerate(room.walk(6))]
    fine, coarse = fused(frames, 0.02), fused(frames, 0.02, most_points=2000)
    assert len(coarse) <= 2000 < len(fine)
    assert coarse.cell_size_m in (0.04, 0.08, 0.16, 0.32)
    assert coarse.pixels.sum() == fine.pixels.sum()
    whole = [
        (c.points_m * c.pixels[:, None]).sum(axis=0, dtype=np.float64) / c.pixels.sum()
        for c in (fine, coarse)
    ]
    assert np.allclose(*whole, atol=1e-5)
    asked = fused(frames, coarse.cell_size_m)
    assert abs(len(asked) - len(coarse)) < 0.2 * len(asked)


def test_a_camera_out_in_space_is_refused() -> None:
    T = np.eye(4)
    T[0, 3] = 1e6
    far = RgbdFrame(0, wall().rgb, wall().depth_m, T, CAMERA)
    with pytest.raises(RequestError, match=r"1e\+06 m from the origin. Check the units of the poses"):
        fused([far])
