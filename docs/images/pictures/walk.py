"""A planned walk from above, and what it sees of a flat."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

import sisg_robotics as sisg
from sisg_robotics.app.configs import DEMO_PROMPT, DEMO_SEED
from sisg_robotics.rendering.cameras import Site, walk_trajectory
from sisg_robotics.rendering.cameras.walking import path_through

PIXELS_A_METRE = 180
BAND_M = (0.05, 2.4)
"""Surfaces between these heights are drawn: neither floors nor ceilings."""
SEEN, MISSED, OUT_OF_SIGHT = (70, 160, 70), (225, 40, 40), (215, 215, 215)


def walk() -> Image.Image:
    """A walk of as many frames as it takes through the demo flat.

    Free floor is blue; surfaces that the walk sees are green, those that it could have seen and does not red,
    those that no robot sees grey. An arrow for each frame.
    """
    scene = sisg.generate_scene(DEMO_PROMPT, seed=DEMO_SEED)
    site = Site.of(scene)
    planned = walk_trajectory(scene, site=site)
    surface, camera = site.surface, sisg.Intrinsics.from_fov(640, 480, np.pi / 2)
    seen = np.any([surface.seen_by(camera, T) for T in planned.T_world_cam], axis=0)

    low = surface.points_m[:, :2].min(axis=0) - 0.15
    width, height = (surface.points_m[:, :2].max(axis=0) + 0.15 - low) * PIXELS_A_METRE
    sheet = Image.new("RGB", (int(width), int(height)), "white")
    draw = ImageDraw.Draw(sheet)

    def at(xy_m: np.ndarray) -> np.ndarray:
        return (np.asarray(xy_m)[..., :2] - low) * [1, -1] * PIXELS_A_METRE + [0, height]

    def dots(xy_m: np.ndarray, color: tuple[int, int, int], radius: int) -> None:
        for x, y in at(xy_m).tolist():
            draw.rectangle((x - radius, y - radius, x + radius, y + radius), fill=color)

    dots(site.space.center(np.argwhere(site.space.mask)), (225, 232, 250), 5)
    upright = (surface.points_m[:, 2] > BAND_M[0]) & (surface.points_m[:, 2] < BAND_M[1])
    dots(surface.points_m[upright & ~site.visible], OUT_OF_SIGHT, 1)
    dots(surface.points_m[upright & site.visible & seen], SEEN, 1)
    dots(surface.points_m[upright & site.visible & ~seen], MISSED, 1)
    eyes, ahead = planned.T_world_cam[:, :2, 3], planned.T_world_cam[:, :2, 2]
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    cells = np.floor((eyes - site.space.origin_xy_m) / site.space.cell_size_m).astype(int)
    for leg in path_through(site.space, [(i, j) for i, j in cells.tolist()]):
        draw.line([tuple(p) for p in at(leg).tolist()], fill=(60, 60, 200), width=3)
    for eye, tip in zip(at(eyes).tolist(), at(eyes + 0.28 * ahead).tolist(), strict=True):
        draw.line([*eye, *tip], fill=(255, 120, 0), width=6)
        draw.ellipse((eye[0] - 6, eye[1] - 6, eye[0] + 6, eye[1] + 6), fill="black")
    return sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.BOX)
