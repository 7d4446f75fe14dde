"""Our pictures beside those of Blender's path tracer."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sisg_robotics.rendering.blender import BlenderRenderer

from .flats import RoomView, camera
from .rooms import KITCHEN, LIVING_ROOM
from .sheet import sheet, text_size

VIEWS = (LIVING_ROOM, KITCHEN)
PATHS = 128


def path_traced(scale: float = 1.0) -> Image.Image:
    """Ours on the left, Cycles on the right. Raises MissingDependency where there is no Blender."""
    pictures, captions = [], []
    for view in VIEWS:
        pictures += [_ours(view, scale), _cycles(view, scale)]
        captions += ["ours, 16 samples", f"Cycles, {PATHS} samples, denoised"]
    return sheet(pictures, captions, columns=2, text_px=text_size(scale, 16))


def _ours(view: RoomView, scale: float) -> np.ndarray:
    lens = camera(400, 300, scale)
    return view.flat.raycaster.render(lens, view.T_world_cam, channels=("rgb",), samples=16).rgb


def _cycles(view: RoomView, scale: float) -> np.ndarray:
    lens = camera(400, 300, scale)
    with BlenderRenderer(view.flat.instances, view.flat.scene.lights) as blender:
        return blender.render(lens, view.T_world_cam, channels=("rgb",), samples=PATHS).rgb
