"""Colour as the depth camera would have seen it, where one device has two cameras side by side."""

from __future__ import annotations

import functools

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8
from scipy.ndimage import distance_transform_edt, map_coordinates

from ..geometry import Distortion, Intrinsics, transform


def color_in_depth_view(
    rgb: UInt8[np.ndarray, "h w 3"],
    color_intrinsics: Intrinsics,
    depth_m: Float32[np.ndarray, "hd wd"],
    depth_intrinsics: Intrinsics,
    T_color_depth: Float[np.ndarray, "4 4"],
    *,
    color_lens: Distortion | None = None,
    depth_lens: Distortion | None = None,
) -> UInt8[np.ndarray, "hd wd 3"]:
    """The colour of every depth pixel, read between the colour pixels around where its point is seen.

    A pixel without depth is taken to be as far as the nearest one with depth; outside the colour image the
    colours of its border go on. What the colour camera sees but the depth camera does not is not removed, so
    a strip behind near edges, as wide as the parallax, has its neighbour's colour. The lenses are those that
    bend the two pictures; what is beyond the fold of the colour camera's has no colour (black).
    """
    seen = depth_m > 0
    if not seen.any():
        filled = np.ones_like(depth_m)
    else:
        nearest = distance_transform_edt(~seen, return_distances=False, return_indices=True)
        filled = depth_m[tuple(nearest)]
    if depth_lens is None:
        points = depth_intrinsics.points(filled)
    else:
        points = (_bent_rays(depth_intrinsics, depth_lens) * filled[..., None]).astype(np.float32)
    points = transform(T_color_depth, points)
    shown = None
    if color_lens is not None:
        z = np.where(points[..., 2:] > 0, points[..., 2:], np.nan)
        xy = points[..., :2] / z
        shown = (xy**2).sum(axis=-1) < color_lens.fold_r2
        points = np.concatenate([color_lens.distort(xy), np.ones_like(z)], axis=-1)
    uv = color_intrinsics.project(points)
    rows_columns = np.nan_to_num(np.stack([uv[..., 1], uv[..., 0]]) - 0.5)  # samples lie at pixel centres
    channels = [
        map_coordinates(channel, rows_columns, order=1, mode="nearest") for channel in np.moveaxis(rgb, -1, 0)
    ]
    colors = np.stack(channels, axis=-1)
    return colors if shown is None else np.where(shown[..., None], colors, np.uint8(0))


@functools.lru_cache(maxsize=4)
def _bent_rays(intrinsics: Intrinsics, lens: Distortion) -> Float64[np.ndarray, "h w 3"]:
    """A direction through every pixel's centre of pictures that a lens bends, z = 1."""
    return lens.rays(intrinsics, intrinsics.pixel_centers())
