"""Depth pixels into one point for each small cube of space: their mean place and their mean colour.

A mean of points on a plane lies on the plane, so cubes cost no accuracy there, and noise is averaged out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from .._numba import njit
from .._wording import counted, in_short
from ..datasets import RgbdFrame
from ..errors import RequestError
from ..maps._kernels import find_slot, hash_shift, rehash
from ..maps.voxel_map import CELL_BITS, CELL_LIMIT, pack_cells, unpack_cells

MOST_POINTS = 4_000_000
"""With more, cubes are made twice as wide; a point takes up to 130 bytes while they are gathered."""
_SHIFT = 0.31
"""Of a cube: places of surfaces are round numbers, and on a border rounding would scatter one over two."""


@dataclass(frozen=True, eq=False)
class PointCloud:
    """Points in the world, metres, in the order of their cubes."""

    points_m: Float32[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"]
    pixels: Int64[np.ndarray, "n"]
    """How many depth pixels each is the mean of."""
    cell_size_m: float
    """Side of the cubes."""

    def __len__(self) -> int:
        return len(self.points_m)

    def __repr__(self) -> str:
        return in_short(self, f"{counted(len(self), 'point')} in cubes of {100 * self.cell_size_m:g} cm")


class PointFusion:
    """A point cloud that grows frame by frame."""

    def __init__(
        self, cell_size_m: float, min_depth_m: float, max_depth_m: float, most_points: int = MOST_POINTS
    ) -> None:
        self.cell_size_m = cell_size_m
        self._shift_m = _SHIFT * cell_size_m
        self._near_m, self._far_m, self._most = min_depth_m, max_depth_m, most_points
        self._count = 0  # points so far; every array below has room for more
        self._key_of_row: Int64[np.ndarray, "m"] = np.zeros(0, np.int64)
        self._sums: Float64[np.ndarray, "m 3"] = np.zeros((0, 3))
        self._colors: Float64[np.ndarray, "m 3"] = np.zeros((0, 3))
        self._pixels: Int64[np.ndarray, "m"] = np.zeros(0, np.int64)
        self._make_room(min(1 << 14, most_points))

    def add(self, frame: RgbdFrame) -> None:
        """Add every depth pixel in range. Raises RequestError where the camera is too far away."""
        camera = frame.depth_intrinsics
        ray_x = (np.arange(camera.width) + 0.5 - camera.cx) / camera.fx
        ray_y = (np.arange(camera.height) + 0.5 - camera.cy) / camera.fy
        depth_m, rgb = (np.require(image, requirements=["C", "W"]) for image in (frame.depth_m, frame.rgb))
        rows = (2 * np.arange(camera.height) + 1) * rgb.shape[0] // (2 * camera.height)
        columns = (2 * np.arange(camera.width) + 1) * rgb.shape[1] // (2 * camera.width)
        R, t = np.ascontiguousarray(frame.T_world_cam[:3, :3]), frame.T_world_cam[:3, 3] + self._shift_m
        longest = np.sqrt(1 + np.abs(ray_x).max() ** 2 + np.abs(ray_y).max() ** 2) * self._far_m
        if np.abs(t).max() + longest >= CELL_LIMIT * self.cell_size_m:
            far = f"{np.abs(t).max():.3g} m from the origin"
            raise RequestError(f"The camera of frame {frame.index} is {far}. Check the units of the poses.")
        done = 0
        while done < depth_m.size:
            done, self._count = _add(
                depth_m, rgb, rows, columns, self._near_m, self._far_m, ray_x, ray_y, R, t, self.cell_size_m,
                done, self._count, self._hash_keys, self._hash_rows, self._key_of_row, self._sums,
                self._colors, self._pixels,
            )  # fmt: skip
            if self._count >= self._most:
                self._coarsen()
            elif done < depth_m.size:
                self._make_room(min(2 * self._count, self._most))

    def cloud(self) -> PointCloud:
        """All points so far, by cube."""
        order = np.argsort(self._key_of_row[: self._count])
        pixels = self._pixels[order]
        share = 1 / np.maximum(pixels, 1)[:, None]
        points = (self._sums[order] * share - self._shift_m).astype(np.float32)
        rgb = np.rint(self._colors[order] * share).astype(np.uint8)
        return PointCloud(points, rgb, pixels, self.cell_size_m)

    def _make_room(self, room: int) -> None:
        """Space for so many points, those that are there kept."""
        self._key_of_row, self._pixels = _grown(self._key_of_row, room), _grown(self._pixels, room)
        self._sums, self._colors = _grown(self._sums, room), _grown(self._colors, room)
        slots = 1 << int(np.ceil(np.log2(2 * room)))
        self._hash_keys, self._hash_rows = np.full(slots, -1, np.int64), np.empty(slots, np.int32)
        rehash(self._key_of_row, self._count, self._hash_keys, self._hash_rows)

    def _coarsen(self) -> None:
        """Put eight cubes into one."""
        cells = unpack_cells(self._key_of_row[: self._count]) >> 1
        keys, row = np.unique(pack_cells(cells), return_inverse=True)
        self._sums, self._colors = (
            np.stack([np.bincount(row, old[: self._count, k], len(keys)) for k in range(3)], axis=1)
            for old in (self._sums, self._colors)
        )
        self._pixels = np.bincount(row, self._pixels[: self._count], len(keys)).astype(np.int64)
        self._key_of_row, self._count = keys, len(keys)
        self.cell_size_m *= 2
        self._make_room(self._most)


def _grown(values: np.ndarray, room: int) -> np.ndarray:
    """A copy with so many rows; new ones are zero."""
    out = np.zeros((room, *values.shape[1:]), values.dtype)
    out[: len(values)] = values
    return out


@njit(cache=True, nogil=True)
@no_type_check
def _add(
    depth_m, rgb, rgb_row, rgb_column, near_m, far_m, ray_x, ray_y, R, t, cell_size_m,
    start, count, hash_keys, hash_rows, key_of_row, sums, colors, pixels,
):  # fmt: skip
    """Add pixels from number `start` on until the room for points is full.

    Gives the number of the next pixel and of points.
    """
    height, width = depth_m.shape
    shift = hash_shift(hash_keys)
    for pixel in range(start, height * width):
        v, u = pixel // width, pixel % width
        z = np.float64(depth_m[v, u])
        if not near_m <= z <= far_m:
            continue
        x_cam, y_cam = ray_x[u] * z, ray_y[v] * z
        x = R[0, 0] * x_cam + R[0, 1] * y_cam + R[0, 2] * z + t[0]
        y = R[1, 0] * x_cam + R[1, 1] * y_cam + R[1, 2] * z + t[1]
        w = R[2, 0] * x_cam + R[2, 1] * y_cam + R[2, 2] * z + t[2]
        i, j = np.int64(np.floor(x / cell_size_m)), np.int64(np.floor(y / cell_size_m))
        k = np.int64(np.floor(w / cell_size_m))
        key = ((i + CELL_LIMIT) << (2 * CELL_BITS)) | ((j + CELL_LIMIT) << CELL_BITS) | (k + CELL_LIMIT)
        slot = find_slot(key, hash_keys, shift)
        if hash_keys[slot] == -1:
            if count == len(key_of_row):
                return pixel, count
            hash_keys[slot], hash_rows[slot], key_of_row[count] = key, count, key
            count += 1
        row = hash_rows[slot]
        sums[row, 0] += x
        sums[row, 1] += y
        sums[row, 2] += w
        a, b = rgb_row[v], rgb_column[u]
        for channel in range(3):
            colors[row, channel] += rgb[a, b, channel]
        pixels[row] += 1
    return height * width, count
