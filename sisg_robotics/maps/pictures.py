"""A picture of something as one feature, so that a map can be asked where that is."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32

from ..datasets.frame import RgbdFrame
from ..encoders import Encoder, make_encoder
from ..encoders.pictures import as_rgb
from ..encoders.protocol import Grid
from ..errors import BadValue, RequestError
from ..geometry import Intrinsics
from .neighbors import unit_rows
from .voxel_map import VoxelMap


def feature_of(vmap: VoxelMap, image: Any, encoder: Encoder | None) -> Float32[np.ndarray, " d"]:
    """The unit feature of a picture (h, w), (h, w, 3) or (h, w, 4), or of a vector (d,) as it is.

    `encoder` must be the one that the map was built with; None makes it anew by the name that the map keeps.
    """
    given = np.asarray(image)
    if given.ndim == 1:
        return _as_unit(given, vmap.feature_dim)
    encoder = encoder or make_encoder(vmap.encoder)
    if encoder.name != vmap.encoder or encoder.feature_dim != vmap.feature_dim:
        raise RequestError(
            f"The map was built with encoder={vmap.encoder} ({vmap.feature_dim} numbers); a picture is not "
            f"read with encoder={encoder.name} ({encoder.feature_dim}). Give the map's own encoder."
        )
    rgb = as_rgb(image)
    height, width = rgb.shape[:2]
    camera = Intrinsics(float(width), float(width), width / 2, height / 2, width, height)
    frame = RgbdFrame(0, rgb, np.ones((height, width), np.float32), np.eye(4), camera)
    seen = encoder.encode(frame)
    if not isinstance(seen, Grid):
        raise RequestError(
            f"The encoder {encoder.name!r} reads object ids, not pixels; give a vector instead."
        )
    weights = np.outer(_middle(seen.rows), _middle(seen.columns)).ravel()
    return _as_unit(weights @ seen.table, vmap.feature_dim)


def _middle(count: int) -> Float32[np.ndarray, " n"]:
    """Weights of a row of cells, the middle counting most: a crop's borders show what is around."""
    return np.sin(np.pi * (np.arange(count, dtype=np.float32) + 0.5) / count)


def _as_unit(vector: np.ndarray, dims: int) -> Float32[np.ndarray, " d"]:
    if (
        vector.shape != (dims,)
        or not np.issubdtype(vector.dtype, np.number)
        or not np.all(np.isfinite(vector))
    ):
        raise BadValue("image", f"a vector of shape {vector.shape}", f"a picture, or {dims} finite numbers")
    if not np.any(vector):
        raise BadValue("image", "a vector of zeros", "a feature, which has a direction")
    return unit_rows(vector[None].astype(np.float32))[0]
