"""What is kept of every frame once it is fused: a thinned depth picture, and points on it with normals.

Frames are compared with each other by these, so that memory does not grow with the size of the pictures and
hardly with their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ..datasets import RgbdFrame
from ..geometry import Intrinsics

MOST_PIXELS = 320 * 320
POINTS = 4800
"""Of one frame, at most."""
ALL_PIXELS, ALL_POINTS = 40_000_000, 2_000_000
"""Of all frames together, at most: 160 and 48 MB."""
REACH_RAD = 0.02
"""A normal is that of the triangle to points so far to either side; over less, depth is mostly noise."""
MOST_BEND = 0.02
"""Change of slope, as a share of the depth, beyond which there is an edge or a crease."""
LEAST_COSINE = 0.17
"""Between the line of sight and the normal: 10 degrees; flatter views say little."""


@dataclass(frozen=True, eq=False)
class Look:
    """One frame: `depth_m` every n-th pixel, 0 = nothing in range; `points_m` and `normals` in camera axes.

    `camera` is that of the thinned picture. Normals are unit and point to the camera; points at edges,
    creases and in flat views are left out.
    """

    index: int
    depth_m: Float32[np.ndarray, "h w"]
    camera: Intrinsics
    T_world_cam: Float64[np.ndarray, "4 4"]
    points_m: Float32[np.ndarray, "p 3"]
    normals: Float32[np.ndarray, "p 3"]

    @classmethod
    def of(cls, frame: RgbdFrame, min_depth_m: float, max_depth_m: float, frames: int = 1) -> Look:
        """Look at one of so many frames."""
        pixels = min(MOST_PIXELS, ALL_PIXELS // frames)
        depth_m, camera = thinned(frame.depth_m, frame.depth_intrinsics, pixels)
        depth_m = np.where((depth_m >= min_depth_m) & (depth_m <= max_depth_m), depth_m, np.float32(0))
        points, normals = _oriented(depth_m, camera)
        every = -(-len(points) // max(1, min(POINTS, ALL_POINTS // frames)))
        some = slice(every // 2, None, max(1, every))
        return cls(frame.index, depth_m, camera, frame.T_world_cam, points[some], normals[some])


@dataclass(frozen=True, eq=False)
class Stack:
    """Looks as arrays for compiled code; smaller pictures are filled up with nothing."""

    depth_m: Float32[np.ndarray, "n h w"]
    cameras: Float64[np.ndarray, "n 6"]
    """fx, fy, cx, cy, width, height of each."""
    T_world_cam: Float64[np.ndarray, "n 4 4"]
    points_m: Float32[np.ndarray, "n p 3"]
    normals: Float32[np.ndarray, "n p 3"]
    counts: Int64[np.ndarray, "n"]
    """How many of the p points there are."""

    @property
    def typical_distance_m(self) -> float:
        """Of a point from its camera."""
        away = [
            np.linalg.norm(points[:count], axis=1)
            for points, count in zip(self.points_m, self.counts, strict=True)
        ]
        return float(np.median(np.concatenate(away))) if self.counts.any() else 1.0

    @classmethod
    def of(cls, looks: Sequence[Look], points: int) -> Stack:
        """With at most so many points of each, chosen at random but always the same."""
        height = max(look.depth_m.shape[0] for look in looks)
        width = max(look.depth_m.shape[1] for look in looks)
        depth_m = np.zeros((len(looks), height, width), dtype=np.float32)
        at = np.zeros((len(looks), points, 3), dtype=np.float32)
        normals = np.zeros_like(at)
        counts = np.zeros(len(looks), dtype=np.int64)
        for i, look in enumerate(looks):
            depth_m[i, : look.depth_m.shape[0], : look.depth_m.shape[1]] = look.depth_m
            some = np.random.default_rng(look.index).permutation(len(look.points_m))[:points]
            counts[i] = len(some)
            at[i, : len(some)], normals[i, : len(some)] = look.points_m[some], look.normals[some]
        cameras = [(c.fx, c.fy, c.cx, c.cy, c.width, c.height) for c in (look.camera for look in looks)]
        T_world_cam = np.stack([look.T_world_cam for look in looks])
        return cls(depth_m, np.array(cameras, dtype=np.float64), T_world_cam, at, normals, counts)


def thinned(
    depth_m: Float32[np.ndarray, "h w"], camera: Intrinsics, pixels: int
) -> tuple[Float32[np.ndarray, "ht wt"], Intrinsics]:
    """Every n-th pixel of every n-th row, n as small as leaves at most `pixels`, and the camera of those.

    Depth is picked and never averaged: there is nothing between the two sides of an edge.
    """
    step = max(1, int(np.ceil(np.sqrt(depth_m.size / max(pixels, 1)))))
    first = min((step - 1) // 2, *(side - 1 for side in depth_m.shape))
    few = depth_m[first::step, first::step]
    cx, cy = ((center - first - 0.5) / step + 0.5 for center in (camera.cx, camera.cy))
    height, width = few.shape
    return few, Intrinsics(camera.fx / step, camera.fy / step, cx, cy, width, height)


def _oriented(
    depth_m: Float32[np.ndarray, "h w"], camera: Intrinsics
) -> tuple[Float32[np.ndarray, "p 3"], Float32[np.ndarray, "p 3"]]:
    """Points and normals of all pixels that lie on a surface which goes on to both sides."""
    reach = max(1, round(REACH_RAD * camera.fx))
    height, width = depth_m.shape
    if min(height, width) <= 2 * reach:
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32)
    points = camera.points(depth_m)
    inner, low, high = slice(reach, -reach), slice(None, -2 * reach), slice(2 * reach, None)
    here = points[inner, inner]
    left, right, above, below = (
        points[inner, low], points[inner, high], points[low, inner], points[high, inner],
    )  # fmt: skip
    z = [side[..., 2] for side in (here, left, right, above, below)]
    good = np.minimum.reduce(z) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = [1 / depth for depth in z]  # linear along a plane, where depth is not
        for one, other in ((inverse[1], inverse[2]), (inverse[3], inverse[4])):
            good &= np.abs(one + other - 2 * inverse[0]) < MOST_BEND * inverse[0]
    normals = np.cross((below - above)[good], (right - left)[good])
    at = here[good]
    length = np.sqrt((normals**2).sum(axis=1, keepdims=True))
    normals = np.divide(normals, length, out=np.zeros_like(normals), where=length > 0)
    facing = -(normals * at).sum(axis=1) / np.sqrt((at**2).sum(axis=1))
    keep = facing > LEAST_COSINE
    return at[keep], normals[keep].astype(np.float32)
