"""What a picture can hold, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8, UInt16

from ..errors import BadValue


class RenderedChannels(NamedTuple):
    """One view, pixel for pixel; a channel that was not asked for is None.

    All but `rgb` and `coverage` come from one ray through each pixel's centre, so no value is a blend of two
    surfaces; where it hits nothing they are 0.
    """

    rgb: UInt8[np.ndarray, "h w 3"] | None = None
    """sRGB."""
    depth_m: Float32[np.ndarray, "h w"] | None = None
    """Along the camera's z, metres."""
    semantic: Int32[np.ndarray, "h w"] | None = None
    """Class ids."""
    instance: UInt16[np.ndarray, "h w"] | None = None
    """Instance ids."""
    normal: Float32[np.ndarray, "h w 3"] | None = None
    """Unit, smooth over the mesh, in the world, towards the camera."""
    range_m: Float32[np.ndarray, "h w"] | None = None
    """Along the ray, metres."""
    albedo: UInt8[np.ndarray, "h w 3"] | None = None
    """The surface's own colour without any light, sRGB."""
    mask: Bool[np.ndarray, "h w"] | None = None
    """Whether anything is there."""
    flow_px: Float32[np.ndarray, "h w 2"] | None = None
    """How far the seen point moves to the next frame's picture, (du, dv) pixels; NaN where it leaves
    the space in front of that camera. 0 where nothing is hit."""
    coverage: UInt8[np.ndarray, "h w"] | None = None
    """Share of the picture's rays that hit something, 0 to 255. Where it is asked for, `rgb` is the colour of
    those rays alone, not mixed with the background: together they are a straight-alpha RGBA picture."""


CHANNEL_FIELDS = {
    "rgb": "rgb",
    "depth": "depth_m",
    "semantic": "semantic",
    "instance": "instance",
    "normal": "normal",
    "range": "range_m",
    "albedo": "albedo",
    "mask": "mask",
    "flow": "flow_px",
    "coverage": "coverage",
}
"""The field of RenderedChannels that holds each channel."""
SAMPLES = (1, 4, 16)
USUAL_CHANNELS = ("rgb", "depth", "semantic", "instance", "normal")


def check_channels(channels: Sequence[str]) -> frozenset[str]:
    """The channels as a set. Raises BadValue for none, or for one that does not exist."""
    wanted = frozenset(channels)
    if not wanted or wanted - CHANNEL_FIELDS.keys():
        raise BadValue("channels", list(channels), f"some of {', '.join(CHANNEL_FIELDS)}")
    return wanted
