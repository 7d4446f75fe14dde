"""One view in all ten channels: a room cut open, so that there is background around it."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image

from sisg_robotics.geometry import look_at, rotation_z
from sisg_robotics.rendering import Raycaster, RenderedChannels
from sisg_robotics.rendering.channels import CHANNEL_FIELDS
from sisg_robotics.scenes.scene import Light

from .colors import depth_colors, flow_colors, flow_wheel, id_colors, normal_colors
from .flats import camera, cutaway, flat
from .sheet import PAPER, enlarged, on_paper, sheet, text_size

PROMPT, SEED = "a bedroom with a bed, a desk, an office chair, a bookshelf and a plant", 6
EYE_FROM_MIDDLE_M, TARGET_HEIGHT_M = (6.8, 6.8, 5.6), 0.9
TURN_RAD = 0.04
"""How far the camera goes around the room until the next frame, which flow leads to."""
CORNER, CORNER_PX = (0.137, 0.625), 24
"""Where mask and coverage are shown larger: at the end of a wall, so many pixels wide."""


def channels(scale: float = 1.0) -> Image.Image:
    """Two columns, five rows."""
    seen = _drawn(scale)
    span_m = float(seen.depth_m[seen.mask].min()), float(seen.depth_m.max())
    flow, most_px = _flow(seen, scale)
    shown = {
        "rgb, 16 samples": on_paper(seen.rgb, seen.coverage),
        "albedo": np.where(seen.mask[..., None], seen.albedo, np.uint8(255)),
        "depth, {:.1f} to {:.1f} m along the camera's axis".format(*span_m): depth_colors(
            seen.depth_m, *span_m, missing=PAPER
        ),
        "range along each ray, in the same colours": depth_colors(seen.range_m, *span_m, missing=PAPER),
        "normal: x, y, z in the world as red, green, blue": normal_colors(seen.normal),
        f"flow to the next frame, up to {most_px:.0f} pixels": flow,
        "instance": id_colors(seen.instance),
        "semantic": id_colors(seen.semantic),
        "mask: does the ray through the centre hit": _with_corner(seen.mask.astype(np.uint8) * 255),
        "coverage: the share of a pixel's rays that hit": _with_corner(seen.coverage),
    }
    return sheet(list(shown.values()), list(shown), columns=2, text_px=text_size(scale))


@functools.cache
def open_room() -> Raycaster:
    """The room without its ceiling and the two walls in front, in afternoon sun."""
    scene = flat(PROMPT, SEED).scene
    (room,) = scene.rooms
    x, y = (np.array(room.lower_xy_m) + room.upper_xy_m) / 2
    sun = Light((float(x) + 2.5, float(y) + 0.5, 5.0), (1.0, 0.86, 0.68), 34.0)
    return Raycaster(cutaway(scene, room.lower_xy_m), [*scene.lights, sun])


def _drawn(scale: float) -> RenderedChannels:
    (room,) = flat(PROMPT, SEED).scene.rooms
    middle = np.array([*(np.array(room.lower_xy_m) + room.upper_xy_m) / 2, TARGET_HEIGHT_M])
    now, later = (
        look_at(middle + rotation_z(turn) @ np.array(EYE_FROM_MIDDLE_M), middle) for turn in (0.0, TURN_RAD)
    )
    return open_room().render(
        camera(560, 420, scale, 0.62),
        now,
        channels=tuple(CHANNEL_FIELDS),
        samples=16,
        T_world_cam_next=later,
    )


def _flow(seen: RenderedChannels, scale: float) -> tuple[np.ndarray, float]:
    """Flow with its key in the upper right corner, and the length of full colours."""
    length = np.hypot(*np.moveaxis(np.nan_to_num(seen.flow_px), -1, 0))
    most_px = float(np.quantile(length[seen.mask], 0.98))
    colors, key = flow_colors(seen.flow_px, most_px), flow_wheel(max(4, round(80 * scale)))
    colors[: len(key), -len(key) :] = key
    return colors, most_px


def _with_corner(grey: np.ndarray) -> np.ndarray:
    """A picture with a few of its pixels enlarged in its lower right corner."""
    height, width = grey.shape
    half = min(CORNER_PX, width // 2, height // 2) // 2
    x, y = max(round(CORNER[0] * width), half), round(CORNER[1] * height)
    large = enlarged(grey[y - half : y + half, x - half : x + half], max(1, height // (8 * half)))
    large = np.pad(large, 2, constant_values=128)[:height, :width]
    out = grey.copy()
    out[-len(large) :, -large.shape[1] :] = large
    return out
