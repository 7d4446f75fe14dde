"""Taking a lens's bending out of a frame, so that its pictures are those of a pinhole."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Int64, Shaped

from ..geometry import Distortion, Intrinsics
from .frame import RgbdFrame


def straighten(frame: RgbdFrame, distortion: Distortion) -> RgbdFrame:
    """The frame with every pixel taken from the nearest one of the bent pictures; what they do not show is 0.

    Nothing is blended, so no depth and no id comes about that was not seen. Flow is left out: it would have
    to be bent at its far end too.
    """
    camera = frame.depth_intrinsics
    extra: dict[str, Any] = {
        field: straight_picture(getattr(frame, field), camera, distortion)
        for field in ("depth_m", "semantic", "instance", "normal", "range_m", "albedo", "mask")
        if getattr(frame, field) is not None
    }
    rgb = straight_picture(frame.rgb, frame.intrinsics, distortion)
    return replace(frame, rgb=rgb, flow_px=None, **extra)


def straight_picture(
    picture: Shaped[np.ndarray, "h w *pixel"], intrinsics: Intrinsics, distortion: Distortion
) -> Shaped[np.ndarray, "h w *pixel"]:
    """One picture of this camera with every pixel taken likewise."""
    return _taken(picture, *_source(intrinsics, distortion))


def _taken(
    picture: Shaped[np.ndarray, "h w *pixel"], rows: Int64[np.ndarray, "p"], there: Bool[np.ndarray, "p"]
) -> Shaped[np.ndarray, "h w *pixel"]:
    flat = picture.reshape(len(rows), -1)[rows]
    flat[~there] = 0
    return flat.reshape(picture.shape)


@functools.lru_cache(maxsize=4)
def _source(
    intrinsics: Intrinsics, distortion: Distortion
) -> tuple[Int64[np.ndarray, "p"], Bool[np.ndarray, "p"]]:
    """The bent picture's pixel that shows what each straight one should, and whether there is one."""
    x, y = (np.rint(at).astype(np.int64) for at in distortion.undistortion_maps(intrinsics))
    there = (intrinsics.pixel_rays()[..., :2] ** 2).sum(axis=-1) < distortion.fold_r2
    there &= (x >= 0) & (x < intrinsics.width) & (y >= 0) & (y < intrinsics.height)
    return np.where(there, y * intrinsics.width + x, 0).ravel(), there.ravel()
