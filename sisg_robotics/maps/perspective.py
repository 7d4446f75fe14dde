"""The map as a camera sees it: cells as squares in a depth buffer, edges darkened so that shapes show."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Float64
from PIL import Image

from .._numba import njit
from .._theme import LIGHT, Theme
from ..errors import BadValue
from ..geometry import Intrinsics, invert, look_at, transform
from .colors import overlay_heat
from .picture import CUT_ABOVE_FLOOR_M, floor_height_m
from .voxel_map import VoxelMap

SUPERSAMPLING = 2
EDGE_STRENGTH = 6.0


def perspective_picture(
    vmap: VoxelMap,
    *,
    T_world_cam: Float64[np.ndarray, "4 4"] | None = None,
    heat: Float[np.ndarray, " n"] | None = None,
    cut_height_m: float | None = None,
    fov_x_rad: float = 0.9,
    width: int = 1280,
    height: int = 800,
    theme: Theme = LIGHT,
) -> Image.Image:
    """The cells below `cut_height_m`, seen from `T_world_cam` or, without one, as a doll's house from above.

    The cut is at 1.9 m above the floor for the doll's house and nowhere for a camera of your own. `heat`
    (0 to 1 for every cell) is laid over the colours.
    """
    centers = vmap.centers_xyz_m
    if cut_height_m is None:
        cut_height_m = np.inf if T_world_cam is not None else floor_height_m(vmap) + CUT_ABOVE_FLOOR_M
    below = centers[:, 2] <= cut_height_m
    if not below.any():
        raise BadValue("cut_height_m", cut_height_m, "above the lowest cell of the map")
    if T_world_cam is None:
        T_world_cam, camera = overlooking(centers[below], width * SUPERSAMPLING, height * SUPERSAMPLING)
    else:
        camera = Intrinsics.from_fov(width * SUPERSAMPLING, height * SUPERSAMPLING, fov_x_rad)
    rgb = (vmap.rgb if heat is None else overlay_heat(vmap.rgb, heat))[below]
    points_cam = transform(invert(T_world_cam), centers[below])
    image = np.full((camera.height, camera.width, 3), theme.unseen, np.uint8)
    depth_m = np.full((camera.height, camera.width), np.inf, np.float32)
    _splat(points_cam, rgb, camera.fx, camera.cx, camera.cy, vmap.cell_size_m, image, depth_m)
    shaded = np.round(image * _edge_light(depth_m)[..., None]).astype(np.uint8)
    return Image.fromarray(shaded).resize((width, height), Image.Resampling.BOX)


def overlooking(
    points: Float64[np.ndarray, "n 3"], width: int, height: int
) -> tuple[Float64[np.ndarray, "4 4"], Intrinsics]:
    """A camera that looks down on the points, its image just large enough for all of them.

    It stands where the upper half, which is walls, is farthest, so that they are behind things, not before.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    center, size = (low + high) / 2, np.linalg.norm(high - low) + 0.1
    open_side = (center - points[points[:, 2] >= center[2]].mean(axis=0))[:2]
    if np.linalg.norm(open_side) < 0.05 * size:  # walls all around: along the longer side
        open_side = np.array([-0.3, -1.0] if high[0] - low[0] >= high[1] - low[1] else [1.0, -0.3])
    up = np.tan(np.radians(58)) * np.linalg.norm(open_side)
    towards = np.append(open_side, up) / np.hypot(np.linalg.norm(open_side), up)
    T_world_cam = look_at(center + 1.6 * size * towards, center)
    x, y, z = transform(invert(T_world_cam), points).T
    across, down = (np.array([(a / z).min(), (a / z).max()]) for a in (x, y))
    focal = 0.94 * min(width / max(np.ptp(across), 1e-3), height / max(np.ptp(down), 1e-3))
    cx, cy = width / 2 - focal * across.mean(), height / 2 - focal * down.mean()
    return T_world_cam, Intrinsics(focal, focal, cx, cy, width, height)


@njit(cache=True)
@no_type_check
def _splat(points_cam, rgb, focal, cx, cy, cell_size_m, image, depth_m):
    """Each point as a square about as large as its cell; the nearest wins, and of equals the first."""
    height, width = depth_m.shape
    for i in range(len(points_cam)):
        z = points_cam[i, 2]
        if z < cell_size_m:
            continue
        u, v = focal * points_cam[i, 0] / z + cx, focal * points_cam[i, 1] / z + cy
        half = max(0.5, 0.62 * focal * cell_size_m / z)  # a cell seen from its edge is wider than its side
        for row in range(max(0, int(np.floor(v - half + 0.5))), min(height, int(np.floor(v + half + 0.5)))):
            for column in range(
                max(0, int(np.floor(u - half + 0.5))), min(width, int(np.floor(u + half + 0.5)))
            ):
                if z < depth_m[row, column]:
                    depth_m[row, column] = z
                    image[row, column] = rgb[i]


def _edge_light(depth_m: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Darker where the surroundings are nearer: eye-dome lighting (Boucheny 2009)."""
    seen = np.isfinite(depth_m)
    far = depth_m[seen].max(initial=1.0)
    log_depth = np.log2(np.where(seen, depth_m, 2 * far))
    shade = np.zeros_like(depth_m)
    reach = SUPERSAMPLING * 2
    padded = np.pad(log_depth, reach, mode="edge")
    h, w = depth_m.shape
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)):
        neighbour = padded[
            reach + dy * reach : reach + dy * reach + h, reach + dx * reach : reach + dx * reach + w
        ]
        shade += np.maximum(0, log_depth - neighbour)
    return np.where(seen, np.exp(-EDGE_STRENGTH * shade / 8), 1).astype(np.float32)
