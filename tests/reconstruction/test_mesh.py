"""The surface lies where the depth says, turned to those who saw it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame
from sisg_robotics.errors import RequestError
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.reconstruction.cloud import PointCloud, PointFusion
from sisg_robotics.reconstruction.mesh import BYTES, Mesh, blocks_around, fuse_mesh, voxel_size_that_fits

CAMERA = Intrinsics(200.0, 200.0, 160.0, 120.0, 320, 240)


def floor_from(angle: float, index: int = 0) -> RgbdFrame:
    """The floor z = 0, seen flat, so that half a pixel is several millimetres."""
    eye = np.array([2 * np.cos(angle), 2 * np.sin(angle), 1.3])
    T = look_at(eye, np.array([0.0, 0.1, 0.0]))
    rays = CAMERA.pixel_rays() @ T[:3, :3].T
    depth_m = np.where(rays[..., 2] < -1e-3, -T[2, 3] / np.minimum(rays[..., 2], -1e-3), 0).astype(np.float32)
    depth_m[depth_m > 5] = 0
    return RgbdFrame(index, np.full((240, 320, 3), (200, 100, 50), np.uint8), depth_m, T, CAMERA)


def test_a_floor_seen_flat_is_where_it_is() -> None:
    """With pixel centres at whole numbers it would be 6 mm lower."""
    mesh = fuse_mesh([floor_from(0.3)], 100, 0.02, 0.1, 5.0)
    assert len(mesh) > 10_000
    assert abs(np.median(mesh.vertices_m[:, 2])) < 5e-4
    assert np.median(np.abs(mesh.vertices_m[:, 2])) < 4e-3
    assert np.median(mesh.normals[:, 2]) > 0.9


def test_colours_and_sides_are_kept() -> None:
    mesh = fuse_mesh([floor_from(0.0), floor_from(2.0, 1)], 1, 0.04, 0.1, 5.0)
    assert np.abs(mesh.rgb.astype(int) - [200, 100, 50]).max() <= 1
    a, b, c = np.moveaxis(mesh.vertices_m[mesh.triangles], 1, 0)
    up = np.cross(b - a, c - a)[:, 2]
    assert (up > 0).mean() > 0.99  # counter-clockwise from above


def test_rgb_of_another_size_colours_the_same_places(room: Any) -> None:
    T = look_at(np.array([2.0, 1.5, 1.2]), np.array([4.0, 1.2, 0.9]))
    meshes = [
        fuse_mesh([room.frame(0, T, rgb_size=size)], 1, 0.04, 0.1, 9.0)
        for size in ((160, 120), (320, 240), (80, 60))
    ]
    for mesh in meshes:
        inside = (mesh.vertices_m[:, 1:] > 0.15).all(axis=1) & (mesh.vertices_m[:, 1:] < [2.85, 2.35]).all(
            axis=1
        )
        ahead = (np.abs(mesh.vertices_m[:, 0] - 4) < 0.02) & inside
        assert ahead.sum() > 300
        assert np.abs(mesh.rgb[ahead].astype(int) - [60, 200, 60]).max() <= 1


def test_the_same_frames_give_the_same_bytes(room: Any) -> None:
    frames = [room.frame(i, T) for i, T in enumerate(room.walk(4))]
    one, other = (fuse_mesh(frames, blocks, 0.05, 0.1, 5.0) for blocks in (1, 5000))
    for name in ("vertices_m", "rgb", "triangles"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_nothing_in_range_is_an_empty_mesh() -> None:
    empty = fuse_mesh([floor_from(0.0)], 1, 0.05, 8.0, 9.0)
    assert isinstance(empty, Mesh) and len(empty) == 0 and empty.vertices_m.shape == (0, 3)


def cloud_of(room: Any) -> PointCloud:
    fusion = PointFusion(0.01, 0.1, 10.0)
    for i, T in enumerate(room.walk(6)):
        fusion.add(room.frame(i, T))
    return fusion.cloud()


def test_blocks_are_counted_before_they_are_made(room: Any) -> None:
    """4 x 3 x 2.5 m has 59 m2 of wall, which blocks of 16 cm cover with 6 cm to either side."""
    blocks = blocks_around(cloud_of(room), 0.02)
    assert 59 / 0.16**2 < blocks < 59 * 0.40 / 0.16**3


def test_voxels_double_until_they_fit_and_no_further(room: Any) -> None:
    cloud = cloud_of(room)
    need = blocks_around(cloud, 0.02) * BYTES
    assert voxel_size_that_fits(cloud, 0.02, need) == 0.02
    assert voxel_size_that_fits(cloud, 0.02, need - 1) == 0.04
    with pytest.raises(
        RequestError, match=r"fills more than 0 MiB of voxels even at 0.16 m. Lower max_depth_m"
    ):
        voxel_size_that_fits(cloud, 0.02, 1000)
