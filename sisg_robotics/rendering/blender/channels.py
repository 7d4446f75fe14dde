"""From Blender's passes to our channels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt8

from ..._srgb import srgb_from_linear
from ...geometry import Intrinsics
from .passes import Passes


def data_channels(
    wanted: frozenset[str],
    passes: Passes,
    intrinsics: Intrinsics,
    T_world_cam: Float64[np.ndarray, "4 4"],
    T_world_cam_next: Float64[np.ndarray, "4 4"] | None,
    ids: Int64[np.ndarray, "n 2"],
) -> dict[str, np.ndarray]:
    """The data channels among `wanted`. `ids` has instance and class of every row, row 0 being nothing."""
    there = passes.there
    depth_m = np.where(there, passes.depth_m, np.float32(0))
    rays = intrinsics.pixel_rays()  # (h, w, 3)
    made: dict[str, Callable[[], np.ndarray]] = {
        "depth": lambda: depth_m,
        "range": lambda: (depth_m * np.linalg.norm(rays, axis=-1)).astype(np.float32),
        "mask": lambda: there,
        "instance": lambda: ids[passes.row, 0].astype(np.uint16),
        "semantic": lambda: ids[passes.row, 1].astype(np.int32),
        "normal": lambda: _normals_towards(passes, rays @ T_world_cam[:3, :3].T),
        "albedo": lambda: np.where(there[..., None], _srgb(passes.color), np.uint8(0)),
        "flow": lambda: _flow(depth_m, there, intrinsics, T_world_cam, T_world_cam_next),
    }
    return {name: make() for name, make in made.items() if name in wanted}


def _normals_towards(
    passes: Passes, directions: Float64[np.ndarray, "h w 3"]
) -> Float32[np.ndarray, "h w 3"]:
    """By the ray caster's rule: the smooth normal on the face's side of the surface that is seen; the face's
    own where the smooth one looks away.
    """
    face = _unit(passes.face_normal)
    face = np.where(_dot(face, directions) > 0, -face, face)
    smooth = _unit(passes.normal)
    smooth = np.where(_dot(smooth, face) < 0, -smooth, smooth)
    towards = np.where(_dot(smooth, directions) < 0, smooth, face)
    return np.where(passes.there[..., None], towards, 0).astype(np.float32)


def _flow(
    depth_m: Float32[np.ndarray, "h w"],
    there: Bool[np.ndarray, "h w"],
    intrinsics: Intrinsics,
    T_world_cam: Float64[np.ndarray, "4 4"],
    T_world_cam_next: Float64[np.ndarray, "4 4"] | None,
) -> Float32[np.ndarray, "h w 2"]:
    assert T_world_cam_next is not None
    T_next_cam = np.linalg.inv(T_world_cam_next) @ T_world_cam
    points = intrinsics.pixel_rays() * depth_m[..., None] @ T_next_cam[:3, :3].T + T_next_cam[:3, 3]
    moved = intrinsics.project(points) - intrinsics.pixel_centers()
    return np.where(there[..., None], moved, 0).astype(np.float32)


def _srgb(linear: np.ndarray) -> UInt8[np.ndarray, "h w 3"]:
    return np.rint(srgb_from_linear(np.clip(linear, 0, 1).astype(np.float64)) * 255).astype(np.uint8)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(axis=-1, keepdims=True)


def _unit(vectors: np.ndarray) -> Float64[np.ndarray, "h w 3"]:
    long = vectors.astype(np.float64)
    return long / np.maximum(np.linalg.norm(long, axis=-1, keepdims=True), 1e-30)
