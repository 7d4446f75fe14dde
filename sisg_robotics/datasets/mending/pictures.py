"""A frame's pictures as they should be."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped, UInt8
from PIL import Image

from ..diagnosis.colour import Lay
from ..files import read_ids, read_npy, read_rgb
from ..layout import FIELDS
from ..pictures import EXTRA
from .plan import Plan


def depth_m(plan: Plan, index: int) -> Float32[np.ndarray, "h w"]:
    """Metres along z, 0 where nothing is seen."""
    stored = read_npy(plan.recording.files["depth"][plan.recording.frame_ids[index]]).astype(np.float32)
    good = np.isfinite(stored) & (stored > 0) & (stored < plan.saturated_m)
    depth = _turned(np.where(good, stored, np.float32(0)), plan) * plan.reading.depth_unit_m
    if plan.reading.radial:
        camera = plan.cameras[index]
        assert camera is not None
        rays = camera.resized(depth.shape[1], depth.shape[0]).pixel_rays()
        depth = depth / np.linalg.norm(rays, axis=-1)
    return np.ascontiguousarray(depth, dtype=np.float32)


def rgb(plan: Plan, index: int) -> UInt8[np.ndarray, "h w 3"]:
    """The colours of the same moment and view as the depth."""
    file = plan.recording.files["rgb"][plan.recording.frame_ids[index + plan.color_later]]
    mirrored, upside_down = plan.flip_color
    picture = read_rgb(file)[:: -1 if upside_down else 1, :: -1 if mirrored else 1]
    return np.ascontiguousarray(picture if plan.lay == Lay() else _moved(picture, plan.lay))


def extras(plan: Plan, index: int) -> dict[str, Any]:
    """The optional channels, by the names of RgbdFrame's fields."""
    found = {}
    for channel in plan.channels:
        file = plan.recording.files[channel][plan.recording.frame_ids[index]]
        dtype, _, pixel = EXTRA[channel]
        array = read_npy(file) if file.suffix == ".npy" else read_rgb(file) if pixel else read_ids(file)
        array = array > 0 if channel == "mask" else array.astype(dtype, copy=False)
        if channel == "range":
            array = array * np.float32(plan.reading.depth_unit_m)
        if channel == "normal" and plan.turn_normals is not None:
            array = (array.astype(np.float32) @ plan.turn_normals.T.astype(np.float32)).astype(np.float16)
        found[FIELDS[channel]] = np.ascontiguousarray(_turned(array, plan))
    return found


def _turned(picture: Shaped[np.ndarray, "h w *pixel"], plan: Plan) -> Shaped[np.ndarray, "h w *pixel"]:
    reading = plan.reading
    return picture[:: -1 if reading.upside_down else 1, :: -1 if reading.mirrored else 1]


def _moved(picture: UInt8[np.ndarray, "h w 3"], lay: Lay) -> UInt8[np.ndarray, "h w 3"]:
    """Colours from where they lie over depth to where depth sees them; black where there are none."""
    height, width = picture.shape[:2]
    right = (0.5 - 0.5 * lay.zoom + lay.shift[0]) * width
    down = (0.5 - 0.5 * lay.zoom + lay.shift[1]) * height
    where = (lay.zoom, 0.0, right, 0.0, lay.zoom, down)
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.transform(image.size, Image.Transform.AFFINE, where, Image.Resampling.BILINEAR))
