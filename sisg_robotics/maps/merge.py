"""Two maps of one world add: sums and weights per cell."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64

from ..errors import RequestError
from .voxel_map import VoxelMap, pack_cells, unpack_cells


def merge_maps(a: VoxelMap, b: VoxelMap) -> VoxelMap:
    """The map of all frames of both, which must have one world, one grid and one encoder.

    Features, weights, observations and pixels add; colours are averaged over pixels, so they may be one level
    of 255 from those of a map made in one go. Frames in both maps count twice.

    Raises RequestError naming what differs.
    """
    for name in ("cell_size_m", "origin_xyz_m", "encoder", "text_encoder", "feature_dim"):
        one, other = getattr(a, name), getattr(b, name)
        if not np.array_equal(one, other):
            one, other = (np.asarray(value).tolist() for value in (one, other))
            raise RequestError(
                f"Maps to merge must have the same {name}, but these have {one!r} and {other!r}."
            )
    keys_a, keys_b = pack_cells(a.cells), pack_cells(b.cells)
    keys = np.union1d(keys_a, keys_b)
    rows = np.searchsorted(keys, keys_a), np.searchsorted(keys, keys_b)

    def add(name: str) -> np.ndarray:
        first, second = getattr(a, name), getattr(b, name)
        out = np.zeros((len(keys), *first.shape[1:]), first.dtype)
        out[rows[0]] = first
        out[rows[1]] += second
        return out

    return VoxelMap(
        cells=unpack_cells(keys),
        features=add("features"),
        weights=add("weights"),
        rgb=_mean_rgb(a, b, rows, len(keys)),
        observations=add("observations"),
        pixels=add("pixels"),
        cell_size_m=a.cell_size_m,
        origin_xyz_m=a.origin_xyz_m,
        encoder=a.encoder,
        text_encoder=a.text_encoder,
        sequence=" + ".join(dict.fromkeys([a.sequence, b.sequence])),
        frame_indices=np.sort(np.concatenate([a.frame_indices, b.frame_indices])),
        skipped_frames=np.sort(np.concatenate([a.skipped_frames, b.skipped_frames])),
    )


def _mean_rgb(
    a: VoxelMap, b: VoxelMap, rows: tuple[Int64[np.ndarray, " a"], Int64[np.ndarray, " b"]], count: int
) -> np.ndarray:
    sums, pixels = np.zeros((count, 3), np.int64), np.zeros((count, 1), np.int64)
    for vmap, row in zip((a, b), rows, strict=True):
        sums[row] += vmap.rgb * vmap.pixels[:, None]
        pixels[row] += vmap.pixels[:, None]
    return ((2 * sums + pixels) // (2 * pixels)).astype(np.uint8)
