"""Replicator's depth and normals: arrays in stage units, and normals in 8 bits.

distance_to_image_plane_0000.npy   float32 (h, w), along z
distance_to_camera_0000.npy        float32 (h, w), along the ray: z is it over the length of the ray at z = 1
normals_0000.png                   8-bit (n + 1) / 2 * 255, cut off, of unit normals in the stage's world; the
                                   fourth channel means nothing; (0, 0, 0) is no surface
normals_0000.npy                   float32 (h, w, 3 or 4), from writers that keep the numbers

Where nothing was seen depth is inf, or 0; NaN and negative numbers are taken for the same.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float32, Float64

from ...errors import BadFile, BadValue
from ...geometry import Distortion, Intrinsics
from ..files import read_npy, read_rgb
from .reading import MAX_PIXELS, picture_size

RANGE = "distance_to_camera"
PLANAR_ONE = "Record distance_to_image_plane."
MIN_NORMAL = 0.5
"""A shorter one is none; rounding takes no more than a hundredth from a unit normal."""


def read_depth(
    path: Path, kind: str, unit_m: float, camera: Intrinsics, lens: Distortion | None
) -> Float32[np.ndarray, "h w"]:
    """Metres along z, 0 where nothing was seen, of a file of the kind that its name says.

    Range is made planar by the rays of the camera, whose picture may be of another size.
    """
    units = _read_array(path, "depth is numbers (height, width)")
    if units.ndim == 3 and units.shape[-1] == 1:
        units = units[..., 0]
    if units.ndim != 2:
        raise BadFile(path, f"has shape {units.shape}, but depth is (height, width)")
    to_planar: float | np.ndarray = 1.0
    if kind == RANGE:
        try:
            to_planar = ray_lengths(camera.resized(units.shape[1], units.shape[0]), lens)
        except (BadValue, np.linalg.LinAlgError) as error:
            raise BadFile(path, f"cannot be made planar: {str(error).rstrip('.')}", PLANAR_ONE) from error
    with np.errstate(over="ignore", invalid="ignore"):
        depth_m: np.ndarray = (units * np.float64(unit_m) / to_planar).astype(np.float32)
    depth_m[~np.isfinite(depth_m) | (depth_m < 0)] = 0
    return depth_m


@lru_cache(maxsize=2)
def ray_lengths(camera: Intrinsics, lens: Distortion | None) -> Float64[np.ndarray, "h w"]:
    """How far from the camera each pixel's point at depth 1 is."""
    with np.errstate(all="ignore"):  # a lens that is none ends in an error, or in what is not finite
        rays = camera.pixel_rays() if lens is None else lens.rays(camera, camera.pixel_centers())
        return np.sqrt((rays * rays).sum(axis=-1))


def read_normal(path: Path) -> Float16[np.ndarray, "h w 3"]:
    """Unit normals in the stage's world, 0 where there is no surface."""
    if path.suffix == ".npy":
        array = _read_array(path, "normals are numbers (height, width, 3)")
        if array.ndim != 3 or array.shape[-1] not in (3, 4):
            raise BadFile(path, f"has shape {array.shape}, but normals are (height, width, 3)")
        with np.errstate(over="ignore", invalid="ignore"):
            normal = array[..., :3].astype(np.float32)
    else:
        picture_size(path)
        normal = (read_rgb(path) + np.float32(0.5)) / np.float32(127.5) - 1
    with np.errstate(over="ignore", invalid="ignore"):
        length = np.sqrt(np.einsum("hwc,hwc->hw", normal, normal))
    seen = np.isfinite(length) & (length > MIN_NORMAL)
    scale = np.divide(1, length, out=np.zeros_like(length), where=seen)
    unit = np.where(seen[..., None], normal, 0) * scale[..., None]
    return unit.astype(np.float16)


def _read_array(path: Path, expected: str) -> np.ndarray:
    if not path.is_file():
        raise BadFile(path, "is not there", "Add it, or leave out its frame.")
    array = read_npy(path)
    if array.dtype.kind not in "fui" or not 0 < array.size <= 4 * MAX_PIXELS:
        raise BadFile(path, f"is {array.dtype} of shape {array.shape}, but {expected}")
    return array
