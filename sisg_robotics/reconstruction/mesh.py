"""Depth pictures into one surface: a truncated signed distance field (TSDF) and its zero as triangles.

Curless and Levoy, "A volumetric method for building complex models from range images", SIGGRAPH 1996; in
blocks of 8 x 8 x 8 voxels by a hash (Niessner et al. 2013), by Open3D's VoxelBlockGrid on the CPU. A voxel
takes the depth of the pixel that it falls into, so the camera matrix is given with our pixels, whose
centres are at +0.5: Open3D drops the fraction, though its own matrices are meant for centres at whole
numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt8

from .._open3d import import_open3d
from .._wording import counted, in_short
from ..datasets import RgbdFrame
from ..errors import RequestError
from ..geometry import invert
from ..maps.voxel_map import pack_cells
from .cloud import PointCloud

BLOCK = 8
BYTES = BLOCK**3 * (4 + 2 + 3 * 2)
"""Of a block: distance, weight, colour."""
MOST_BYTES = 384 << 20
"""With more, voxels are made twice as wide. Finding the triangles takes some four times as much again."""
TRUNCATION = 3.0
"""In voxels: how far around a surface distances are kept. Things thinner than this lose their back."""
COARSEST_M = 0.16
_SHIFT = (0.31, 0.37, 0.43)
"""Of a voxel: surfaces lie at round numbers, and where they meet voxels exactly, triangles fold together."""
_SEEN_ONCE = 0.5


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles in the world, metres, counter-clockwise as the cameras saw them."""

    vertices_m: Float32[np.ndarray, "n 3"]
    normals: Float32[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"]
    triangles: Int32[np.ndarray, "m 3"]
    voxel_size_m: float

    def __len__(self) -> int:
        return len(self.triangles)

    def __repr__(self) -> str:
        size = f"voxels of {100 * self.voxel_size_m:g} cm"
        return in_short(self, counted(len(self), "triangle"), counted(len(self.vertices_m), "corner"), size)


def voxel_size_that_fits(cloud: PointCloud, wanted_m: float, most_bytes: int = MOST_BYTES) -> float:
    """The wanted voxel size, doubled until the field around the points takes no more memory than this.

    Raises RequestError where even voxels of COARSEST_M would not fit.
    """
    size_m = wanted_m
    while blocks_around(cloud, size_m) * BYTES > most_bytes:
        size_m *= 2
        if size_m > max(COARSEST_M, wanted_m):
            raise RequestError(
                f"The depth fills more than {most_bytes >> 20} MiB of voxels even at {size_m / 2:g} m. "
                "Lower max_depth_m, or look for wild poses with validate."
            )
    return size_m


def blocks_around(cloud: PointCloud, voxel_size_m: float) -> int:
    """How many blocks hold what is within the truncation of a point."""
    side, reach = BLOCK * voxel_size_m, TRUNCATION * voxel_size_m
    cells = [
        pack_cells(np.floor((cloud.points_m + np.array(corner, np.float32)) / side).astype(np.int32))
        for corner in product((-reach, reach), repeat=3)
    ]
    return len(np.unique(np.concatenate([np.unique(keys) for keys in cells])))


def fuse_mesh(
    frames: Iterable[RgbdFrame], blocks: int, voxel_size_m: float, min_depth_m: float, max_depth_m: float
) -> Mesh:
    """Fuse frames one after another. `blocks` is how many there will be, about; more are made as needed."""
    o3d = import_open3d()
    core = o3d.core
    grid = o3d.t.geometry.VoxelBlockGrid(
        ("tsdf", "weight", "color"), (core.float32, core.uint16, core.uint16), ((1), (1), (3)),
        voxel_size=voxel_size_m, block_resolution=BLOCK, block_count=max(blocks, 1),
        device=core.Device("CPU:0"),
    )  # fmt: skip
    shift = voxel_size_m * np.array(_SHIFT)
    for frame in frames:
        T_cam_world = invert(frame.T_world_cam)
        T_cam_world[:3, 3] -= T_cam_world[:3, :3] @ shift
        in_range = (frame.depth_m >= min_depth_m) & (frame.depth_m <= max_depth_m)
        if in_range.any():  # Open3D refuses a picture of nothing
            depth_m = np.where(in_range, frame.depth_m, np.float32(0))
            _integrate(o3d, grid, frame, depth_m, T_cam_world, max_depth_m)
    made = grid.extract_triangle_mesh(_SEEN_ONCE) if grid.hashmap().size() else None
    return _in_order(made, shift, voxel_size_m)


def _integrate(
    o3d: Any,
    grid: Any,
    frame: RgbdFrame,
    depth_m: Float32[np.ndarray, "h w"],
    T_cam_world: Float64[np.ndarray, "4 4"],
    max_depth_m: float,
) -> None:
    tensor, image = o3d.core.Tensor, o3d.t.geometry.Image
    depth, color = image(tensor(depth_m)), image(tensor(frame.rgb.astype(np.float32) / 255))
    K_depth, K_color = tensor(frame.depth_intrinsics.matrix), tensor(frame.intrinsics.matrix)
    how = tensor(T_cam_world), 1.0, max_depth_m, TRUNCATION
    near = grid.compute_unique_block_coordinates(depth, K_depth, *how)
    grid.integrate(near, depth, color, K_depth, K_color, *how)


def _in_order(made: Any, shift: np.ndarray, voxel_size_m: float) -> Mesh:
    """The mesh in an order that no number of threads changes: vertices by place, triangles by vertex."""
    if made is None or made.is_empty() or not len(made.triangle.indices):
        nothing = np.zeros((0, 3), np.float32)
        return Mesh(nothing, nothing, nothing.astype(np.uint8), nothing.astype(np.int32), voxel_size_m)
    vertices = made.vertex.positions.numpy()
    order = np.lexsort(vertices.T)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    triangles = place[made.triangle.indices.numpy()]
    first = np.argmin(triangles, axis=1)[:, None]
    triangles = np.take_along_axis(triangles, (first + np.arange(3)) % 3, axis=1)
    triangles = triangles[np.lexsort(triangles.T[::-1])].astype(np.int32)
    rgb = np.rint(np.clip(made.vertex.colors.numpy()[order], 0, 1) * 255).astype(np.uint8)
    normals = made.vertex.normals.numpy()[order]
    return Mesh((vertices[order] - shift).astype(np.float32), normals, rgb, triangles, voxel_size_m)
