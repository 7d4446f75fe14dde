"""A few pixels of one view, enlarged, with 1, 4 and 16 rays a pixel."""

from __future__ import annotations

from PIL import Image

from sisg_robotics.rendering.channels import SAMPLES

from .flats import camera
from .rooms import DINING_ROOM
from .sheet import enlarged, sheet, text_size

CENTER, SIZE_PX, ENLARGED = (0.31, 0.53), (104, 104), 4
"""The window: its middle as shares of the picture, its size, and how many pixels show one."""


def samples(scale: float = 1.0) -> Image.Image:
    """Three windows in a row."""
    lens, view = camera(640, 480, scale), DINING_ROOM
    width, height = (max(2, round(scale * size)) for size in SIZE_PX)
    left, top = round(CENTER[0] * lens.width - width / 2), round(CENTER[1] * lens.height - height / 2)
    window = lens.cropped(left, top, width, height)
    pictures = [
        view.flat.raycaster.render(window, view.T_world_cam, channels=("rgb",), samples=count).rgb
        for count in SAMPLES
    ]
    captions = [f"{count} sample{'s' if count > 1 else ''} a pixel" for count in SAMPLES]
    return sheet([enlarged(rgb, ENLARGED) for rgb in pictures], captions, columns=3, text_px=text_size(scale))
