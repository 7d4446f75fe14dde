"""One frame after another into sums per voxel.

A frame is a sparse matrix S (voxel x table row) times the encoder's table, since fusion is linear: every
depth pixel is used and the result is exact, yet a feature vector is touched once per voxel and table row it
draws on, not once per pixel.

Each pixel weighs 1. A surface seen from near covers more pixels and so counts more, by the solid angle under
which it was seen; a further falloff with distance would let one near view outvote all the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from ..datasets.frame import RgbdFrame
from ..encoders.protocol import Encoder, FrameFeatures, Grid
from ..errors import BadValue, RequestError
from . import _kernels
from .voxel_map import CELL_LIMIT, VoxelMap, check_grid, unpack_cells


class VoxelFusion:
    """A map that grows frame by frame. `to_map` may be called at any time, and fusing go on after it.

    The grid's origin is half a cell below zero unless given: surfaces at whole multiples of the cell size,
    such as a floor at z = 0, then lie inside cells, not on borders where rounding scatters them over two.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        cell_size_m: float = 0.05,
        min_depth_m: float = 0.1,
        max_depth_m: float = 10.0,
        origin_xyz_m: Sequence[float] | None = None,
    ) -> None:
        if origin_xyz_m is None:
            origin_xyz_m = (-cell_size_m / 2,) * 3
        check_grid(cell_size_m, np.asarray(origin_xyz_m))
        if not 0 < min_depth_m < max_depth_m < np.inf:
            raise BadValue("(min_depth_m, max_depth_m)", (min_depth_m, max_depth_m), "0 < min < max, metres")
        self._encoder = encoder
        self._cell_size_m, self._near_m, self._far_m = (
            float(cell_size_m),
            float(min_depth_m),
            float(max_depth_m),
        )
        self._origin_xyz_m = np.array(origin_xyz_m, dtype=np.float64)
        self._frame_indices: list[int] = []
        self._count = 0  # voxels so far; every array below has room for more
        self._hash_keys, self._hash_rows = _empty_table(1 << 12)
        self._key_of_row = np.zeros(0, np.int64)
        self._slot_of_row = np.zeros(0, np.int32)
        self._sums = np.zeros((0, encoder.feature_dim), np.float32)
        self._weights = np.zeros(0, np.float64)
        self._color_sums = np.zeros((0, 3), np.int64)
        self._pixels = np.zeros(0, np.int64)
        self._observations = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return self._count

    def add(self, frame: RgbdFrame, features: FrameFeatures | None) -> None:
        """Fuse one frame and what the encoder said of it, None where the encoder has no features."""
        if self._encoder.feature_dim:
            scale = _check_features(frame, features, self._encoder.feature_dim)
        runs, run_count = self._find_voxels(frame)
        total = int(run_count.sum())
        rows = np.empty(total, np.int32)
        first_run = np.empty(total + 2, np.int32)
        grouped = np.empty((total, 3), np.int32)
        seen = _kernels.group_runs(runs, run_count, self._slot_of_row, rows, first_run, grouped)
        rows = rows[:seen]

        height, width = frame.depth_m.shape
        rgb = _compilable(frame.rgb)
        y, x = _sampled(height, rgb.shape[0]), _sampled(width, rgb.shape[1])
        _kernels.add_colors(
            rows, first_run, grouped, rgb, y, x, self._color_sums, self._pixels, self._observations
        )
        if isinstance(features, Grid) and features.row_of_pixel is None:
            top, below, below_weight = _blended(height, features.rows)
            left, right, right_weight = _blended(width, features.columns)
            _kernels.add_grid(
                rows, first_run, grouped, top, below, left, right, below_weight, right_weight,
                features.columns, _compilable(features.table), scale, self._sums, self._weights,
            )  # fmt: skip
        elif features is not None and self._encoder.feature_dim:
            assert features.row_of_pixel is not None
            ids, table = _compilable(features.row_of_pixel), _compilable(features.table)
            y, x = _sampled(height, ids.shape[0]), _sampled(width, ids.shape[1])
            _kernels.add_segments(
                rows, first_run, grouped, ids, y, x, table, scale, self._sums, self._weights
            )
        self._frame_indices.append(frame.index)

    def to_map(self, *, sequence: str = "", skipped_frames: Sequence[int] = ()) -> VoxelMap:
        """The map of all frames so far, cells in canonical order."""
        if not self._frame_indices:
            raise RequestError("There are 0 frames in the map. Check the sequence and the choice of frames.")
        if not self._count:
            depths = f"{self._near_m:g} to {self._far_m:g} m"
            count = len(self._frame_indices)
            raise RequestError(
                f"No depth of {depths} in any of {count} frames. Widen the range or check the units."
            )
        order = np.argsort(self._key_of_row[: self._count])
        pixels = self._pixels[order]
        return VoxelMap(
            cells=unpack_cells(self._key_of_row[order]),
            features=self._sums[order],
            weights=self._weights[order].astype(np.float32),
            rgb=((2 * self._color_sums[order] + pixels[:, None]) // (2 * pixels[:, None])).astype(np.uint8),
            observations=self._observations[order],
            pixels=pixels,
            cell_size_m=self._cell_size_m,
            origin_xyz_m=self._origin_xyz_m.copy(),
            encoder=self._encoder.name,
            text_encoder=self._encoder.text_encoder,
            sequence=sequence,
            frame_indices=np.sort(np.array(self._frame_indices, dtype=np.int64)),
            skipped_frames=np.array(skipped_frames, dtype=np.int64),
        )

    def _find_voxels(self, frame: RgbdFrame) -> tuple[np.ndarray, np.ndarray]:
        """Runs of the frame with their rows; voxels seen for the first time get rows."""
        camera = frame.depth_intrinsics
        ray_x = (np.arange(camera.width) + 0.5 - camera.cx) / camera.fx
        ray_y = (np.arange(camera.height) + 0.5 - camera.cy) / camera.fy
        R, t = np.ascontiguousarray(frame.T_world_cam[:3, :3]), frame.T_world_cam[:3, 3] - self._origin_xyz_m
        longest = np.sqrt(1 + np.abs(ray_x).max() ** 2 + np.abs(ray_y).max() ** 2) * self._far_m
        if np.abs(t).max() + longest >= CELL_LIMIT * self._cell_size_m:
            accepted = f"within {CELL_LIMIT * self._cell_size_m - longest:.0f} m of the map's origin"
            raise BadValue(f"the camera's place in frame {frame.index}", t.tolist(), accepted)

        runs = np.empty((camera.height, camera.width, 4), np.int64)  # only what holds runs is ever touched
        run_count = np.empty(camera.height, np.int64)
        new_runs = _kernels.find_runs(
            _compilable(frame.depth_m), self._near_m, self._far_m, ray_x, ray_y, R, t, self._cell_size_m,
            self._hash_keys, self._hash_rows, runs, run_count,
        )  # fmt: skip
        self._reserve_keys(self._count + new_runs)
        self._count = _kernels.enter_new_voxels(
            runs, run_count, self._count, self._key_of_row, self._hash_keys, self._hash_rows
        )
        self._reserve_sums(self._count)
        return runs, run_count

    def _reserve_keys(self, count: int) -> None:
        if count > len(self._key_of_row):
            self._key_of_row = _grown(self._key_of_row, count)
        if 2 * count > len(self._hash_keys):
            self._hash_keys, self._hash_rows = _empty_table(2 * len(self._key_of_row))
            _kernels.rehash(self._key_of_row, self._count, self._hash_keys, self._hash_rows)

    def _reserve_sums(self, count: int) -> None:
        if count > len(self._pixels):
            self._slot_of_row = np.full(len(_grown(self._pixels, count)), -1, np.int32)
            self._sums, self._weights = _grown(self._sums, count), _grown(self._weights, count)
            self._color_sums, self._pixels = _grown(self._color_sums, count), _grown(self._pixels, count)
            self._observations = _grown(self._observations, count)


def _compilable(values: np.ndarray) -> np.ndarray:
    """The array itself, or a copy where it is not contiguous and writeable: one type to compile for."""
    return np.require(values, requirements=["C", "W"])


def _grown(values: np.ndarray, count: int) -> np.ndarray:
    """A copy with room for at least `count` rows, at least twice as many as before; new ones are zero."""
    out = np.zeros((max(count, 2 * len(values)), *values.shape[1:]), values.dtype)
    out[: len(values)] = values
    return out


def _empty_table(room: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys (-1 = empty) and rows of a hash table with a power of two of slots, at least `room`."""
    size = 1 << int(np.ceil(np.log2(room)))
    return np.full(size, -1, np.int64), np.empty(size, np.int32)


def _sampled(depth_size: int, image_size: int) -> np.ndarray:
    """Along one axis, the image pixel in which the centre of each depth pixel lies, in exact integers.

    The two are one view in two sizes: a centre u + 0.5 of depth lies at (u + 0.5) * image / depth.
    """
    return (2 * np.arange(depth_size) + 1) * image_size // (2 * depth_size)


def _blended(depth_size: int, cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Along one axis, the grid cells that each depth pixel lies between, and the weight of the second."""
    place = np.clip((np.arange(depth_size) + 0.5) * cells / depth_size - 0.5, 0, cells - 1)
    first = place.astype(np.int64)
    return first, np.minimum(first + 1, cells - 1), place - first


def _check_features(
    frame: RgbdFrame, features: FrameFeatures | None, feature_dim: int
) -> Float64[np.ndarray, " k"]:
    """Refuse features that do not fit; give 1 / length of each table row, 0 for rows of length 0."""
    if features is None:
        raise BadValue(f"the features of frame {frame.index}", None, "what the encoder gives for the frame")
    table, place = features.table, f"of the encoder's table for frame {frame.index}"
    if table.ndim != 2 or table.shape[1] != feature_dim or table.dtype != np.float32:
        raise BadValue(f"the shape {place}", f"{table.dtype} {table.shape}", f"float32 (k, {feature_dim})")
    if isinstance(features, Grid) and features.rows * features.columns != len(table):
        raise BadValue(
            f"the size {place}", len(table), f"{features.rows} rows times {features.columns} columns"
        )
    if features.row_of_pixel is not None and features.row_of_pixel.max(initial=-1) >= len(table):
        raise BadValue(f"the highest row {place}", int(features.row_of_pixel.max()), f"below {len(table)}")
    length = np.sqrt(np.einsum("kd,kd->k", table, table)).astype(np.float64)
    if not np.all(np.isfinite(length)):
        raise BadValue(f"a feature {place}", "not finite", "finite")
    return np.divide(1, length, out=np.zeros_like(length), where=length > 0)
