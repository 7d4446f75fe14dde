"""What is written of one rendered view: its picture, and its depth, normals or mask as arrays."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float16, Float32, UInt8

from ...geometry import camera_pose_from_opencv
from ..channels import RenderedChannels
from .camera_sampling import ViewCamera
from .settings import Background

GRAY_OF = {"white": 255, "grey": 127, "black": 0}
"""sRGB value of each background."""


def picture(seen: RenderedChannels, background: Background) -> UInt8[np.ndarray, "h w c"]:
    """RGBA with straight alpha, white where nothing is; or RGB, blended with the background at the edges.

    Blending is between sRGB values, as the loaders of these protocols do it.
    """
    assert seen.rgb is not None and seen.coverage is not None
    alpha = seen.coverage[..., None]
    if background == "transparent":
        return np.concatenate([np.where(alpha > 0, seen.rgb, np.uint8(255)), alpha], axis=-1)
    share = alpha.astype(np.float32) / 255
    return np.rint(seen.rgb * share + GRAY_OF[background] * (1 - share)).astype(np.uint8)


def modality_array(
    modality: str, seen: RenderedChannels, camera: ViewCamera, unit: float
) -> Float32[np.ndarray, "h w"] | Float16[np.ndarray, "h w 3"] | Bool[np.ndarray, "h w"]:
    """The array of "depth" (times `unit`), "normal" (axes right, up, towards the camera) or "mask"."""
    if modality == "depth":
        assert seen.depth_m is not None
        return (seen.depth_m * unit).astype(np.float32)
    if modality == "normal":
        assert seen.normal is not None
        R_world_cam = camera_pose_from_opencv(camera.T_world_cam, "opengl")[:3, :3]
        return (seen.normal @ R_world_cam).astype(np.float16)
    assert seen.mask is not None
    return seen.mask
