"""What the encoder `tiny` calls each part of rendered pictures, and of photographs."""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from sisg_robotics.assets import class_ids
from sisg_robotics.datasets import RgbdSequence
from sisg_robotics.encoders.tiny.encoder import TinyEncoder

from .flats import camera
from .rooms import BEDROOM, LIVING_ROOM
from .sheet import sheet

PHOTOGRAPHS = (0, 30)
"""Frames of the recording."""

LARGE = 0.012
"""Parts of less than this share of the picture have no label."""


def tiny(recording: Path, encoder: TinyEncoder | None = None) -> Image.Image:
    """Two rendered rooms and two frames of a real recording, each beside its names."""
    encoder = encoder or TinyEncoder()
    lens = camera(640, 480, 1.0)
    views = [
        view.flat.raycaster.render(lens, view.T_world_cam, channels=("rgb",), samples=4).rgb
        for view in (LIVING_ROOM, BEDROOM)
    ]
    frames = RgbdSequence.open(recording)
    views += [frames[number].rgb for number in PHOTOGRAPHS]
    pictures = [picture for rgb in views for picture in (rgb, named(rgb, encoder))]
    captions = [
        caption for what in ("rendered", "photographed") for _ in range(2) for caption in (what, "named")
    ]
    return sheet(pictures, captions, columns=4, text_px=22)


def named(rgb: np.ndarray, encoder: TinyEncoder) -> Image.Image:
    """The picture in a colour for each class, and the names of what is large."""
    names = list(class_ids())
    seen = encoder.encode_pixels(rgb)
    best = (seen.table @ encoder.encode_text(names).T).argmax(axis=1)[seen.row_of_pixel]
    colors = np.array(
        [
            colorsys.hsv_to_rgb(i * 0.618 % 1, (0.75, 0.45)[i % 2], (0.95, 0.7, 0.5)[i % 3])
            for i in range(len(names))
        ]
    )
    flat = np.rint(255 * colors[best]).astype(np.uint8)
    mixed = Image.blend(Image.fromarray(rgb), Image.fromarray(flat), 0.6)
    draw, font = ImageDraw.Draw(mixed), ImageFont.load_default(20)
    for number in np.unique(best):
        parts, count = ndimage.label(best == number)
        for part in range(1, count + 1):
            mask = parts == part
            if mask.mean() >= LARGE:
                inside = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
                row, column = np.unravel_index(int(inside.argmax()), inside.shape)
                draw.text(
                    (float(column), float(row)),
                    names[number],
                    "black",
                    font,
                    "mm",
                    stroke_width=2,
                    stroke_fill="white",
                )
    return mixed
