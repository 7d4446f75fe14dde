"""Colour as the depth camera would have seen it, where one device has two cameras side by side."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32, UInt8
from scipy.ndimage import distance_transform_edt, map_coordinates

from ..geometry import Intrinsics, transform


def color_in_depth_view(
    rgb: UInt8[np.ndarray, "h w 3"],
    color_intrinsics: Intrinsics,
    depth_m: Float32[np.ndarray, "hd wd"],
    depth_intrinsics: Intrinsics,
    T_color_depth: Float[np.ndarray, "4 4"],
) -> UInt8[np.ndarray, "hd wd 3"]:
    """The colour of every depth pixel, read between the colour pixels around where its point is seen.

    A pixel without depth is taken to be as far as the nearest one with depth; outside the colour image the
    colours of its border go on. What the colour camera sees but the depth camera does not is not removed, so
    a strip behind near edges, as wide as the parallax, has its neighbour's colour.
    """
    seen = depth_m > 0
    if not seen.any():
        filled = np.ones_like(depth_m)
    else:
        nearest = distance_transform_edt(~seen, return_distances=False, return_indices=True)
        filled = depth_m[tuple(nearest)]
    uv = color_intrinsics.project(transform(T_color_depth, depth_intrinsics.points(filled)))
    rows_columns = np.nan_to_num(np.stack([uv[..., 1], uv[..., 0]]) - 0.5)  # samples lie at pixel centres
    channels = [
        map_coordinates(channel, rows_columns, order=1, mode="nearest") for channel in np.moveaxis(rgb, -1, 0)
    ]
    return np.stack(channels, axis=-1)
