"""Pictures of a reconstruction: from above, with the camera's way, and as a doll's house."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64
from PIL import Image, ImageDraw

from .._theme import LIGHT, RGB, Theme
from ..geometry import Intrinsics
from ..maps.lettering import fitting, font_of_size, legible
from ..maps.perspective import overlooking
from ..maps.picture import CUT_ABOVE_FLOOR_M, PlanFrame, draw_grid, draw_scale_bar, floor_layer
from .result import Reconstruction
from .shading import ShadedMesh

FINER = 2
"""Rays to a side of a pixel."""
CUT_BELOW_TOP = 0.04
"""Share of the height that is cut off above, where ceilings are."""
_LAYER_M = 0.05
_LEVEL = 0.9
"""Least upward part of the normal of a floor."""
_MARGIN_M = 0.2
_ROWS_AT_ONCE = 400


def top_down_picture(
    found: Reconstruction, shaded: ShadedMesh, *, size_px: int = 1000, theme: Theme = LIGHT
) -> Image.Image:
    """The surface from above, cut under lamps and ceilings, with the camera's way and where drift sets in."""
    low, high = _bounds(found)
    places = found.T_world_cam[:, :2, 3]
    low[:2] = np.minimum(low[:2], places.min(axis=0)) - _MARGIN_M
    high[:2] = np.maximum(high[:2], places.max(axis=0)) + _MARGIN_M
    px_per_m = size_px / max(high[:2] - low[:2])
    width, height = (max(1, round(px_per_m * side)) for side in (high - low)[:2])
    x = low[0] + (np.arange(width * FINER) + 0.5) / (px_per_m * FINER)
    y = high[1] - (np.arange(height * FINER) + 0.5) / (px_per_m * FINER)
    rays = np.zeros((len(y), len(x), 6), np.float32)
    rays[..., 0], rays[..., 1], rays[..., 2], rays[..., 5] = x, y[:, None], high[2], -1.0
    plan = _picture(shaded, rays, width, height, theme)
    frame = PlanFrame(low[0], high[1] - height / px_per_m, px_per_m, width, height)
    picture = Image.new("RGB", (width + 110, height + 130), theme.paper)
    picture.paste(plan, (PlanFrame.X0, PlanFrame.Y0))
    draw = ImageDraw.Draw(picture)
    draw_grid(draw, frame, theme)
    draw_scale_bar(draw, frame, theme)
    _draw_way(draw, frame, found, theme)
    title = fitting(legible(found.sequence), picture.width - PlanFrame.X0 - 20, 22)
    draw.text((PlanFrame.X0, 16), title, fill=theme.ink, font=font_of_size(22))
    corner = PlanFrame.X0 + width, PlanFrame.Y0 + height + 52
    draw.text(corner, _caption(found), fill=theme.faint, font=font_of_size(15), anchor="ra")
    return picture


def perspective_picture(
    found: Reconstruction,
    shaded: ShadedMesh,
    *,
    width: int = 1280,
    height: int = 800,
    theme: Theme = LIGHT,
) -> Image.Image:
    """The surface as a doll's house, cut under lamps and ceilings; backs are looked through."""
    low, high = _bounds(found)
    inside = ((found.mesh.vertices_m >= low) & (found.mesh.vertices_m <= high)).all(axis=1)
    points = found.mesh.vertices_m[inside].astype(np.float64)
    T_world_cam, camera = overlooking(points, width * FINER, height * FINER)
    rays = _from_below(_camera_rays(camera, T_world_cam), high[2])
    return _picture(shaded, rays, width, height, theme)


def _picture(
    shaded: ShadedMesh, rays: Float32[np.ndarray, "h w 6"], width: int, height: int, theme: Theme
) -> Image.Image:
    image = np.empty((*rays.shape[:2], 3), np.uint8)
    for start in range(0, len(rays), _ROWS_AT_ONCE):
        rows = rays[start : start + _ROWS_AT_ONCE]
        rgb, seen = shaded.look(rows.reshape(-1, 6))
        rgb[~seen] = theme.unseen
        image[start : start + _ROWS_AT_ONCE] = rgb.reshape(*rows.shape[:2], 3)
    return Image.fromarray(image).resize((width, height), Image.Resampling.BOX)


def _camera_rays(camera: Intrinsics, T_world_cam: Float64[np.ndarray, "4 4"]) -> Float32[np.ndarray, "h w 6"]:
    rays = np.empty((camera.height, camera.width, 6), np.float32)
    rays[..., :3] = T_world_cam[:3, 3]
    rays[..., 3:] = camera.pixel_rays() @ T_world_cam[:3, :3].T
    return rays


def _from_below(rays: Float32[np.ndarray, "h w 6"], cut_height_m: float) -> Float32[np.ndarray, "h w 6"]:
    """Rays that look down from above the cut begin at it."""
    above, down = rays[..., 2] - np.float32(cut_height_m), -rays[..., 5]
    ahead = np.divide(above, down, out=np.zeros_like(above), where=(above > 0) & (down > 1e-6))
    begun = rays.copy()
    begun[..., :3] += ahead[..., None] * rays[..., 3:]
    return begun


def _bounds(found: Reconstruction) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
    """The box that holds all but stray points, its top where the surface is cut.

    That is 1.9 m above the floor, which is found among level surfaces, or a little below the highest points
    where those are lower.
    """
    low, high = np.quantile(found.mesh.vertices_m, [0.002, 0.998], axis=0)
    high[2] -= CUT_BELOW_TOP * (high[2] - low[2])
    heights = found.mesh.vertices_m[found.mesh.normals[:, 2] > _LEVEL, 2]
    if heights.size:
        layer = floor_layer(np.floor(heights / _LAYER_M).astype(np.int64))
        high[2] = min(high[2], (layer + 0.5) * _LAYER_M + CUT_ABOVE_FLOOR_M)
    return low, high


def _draw_way(draw: ImageDraw.ImageDraw, frame: PlanFrame, found: Reconstruction, theme: Theme) -> None:
    """A line through the camera's places; a dot at its start; a ring where drift sets in."""
    places = [frame.place(x, y) for x, y in found.T_world_cam[:, :2, 3]]
    if len(places) > 1:
        draw.line(places, fill=theme.paper, width=5, joint="curve")
        draw.line(places, fill=theme.way, width=3, joint="curve")
    _draw_dot(draw, places[0], 6, theme.way, theme)
    if found.drift is not None:
        at = [figures.index for figures in found.frames].index(found.drift.at)
        _draw_dot(draw, places[at], 9, theme.mark, theme)
        x, y = places[at]
        said = f"drift sets in at frame {found.frames[at].frame_id}"
        draw.text(
            (x + 14, y),
            said,
            fill=theme.mark,
            font=font_of_size(16),
            anchor="lm",
            stroke_width=3,
            stroke_fill=theme.paper,
        )


def _draw_dot(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], radius: int, color: RGB, theme: Theme
) -> None:
    x, y = place
    for r, fill in ((radius + 2, theme.paper), (radius, color)):
        draw.ellipse([x - r, y - r, x + r, y + r], fill=fill)


def _caption(found: Reconstruction) -> str:
    size = f"{len(found.frames)} frames, voxels of {100 * found.mesh.voxel_size_m:g} cm"
    return size if not np.isfinite(found.residual_m) else f"{size}, residual {1000 * found.residual_m:.1f} mm"
