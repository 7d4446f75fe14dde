"""What a robot saw, as a film: pictures in rows, or moving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .._palette import in_few_colors
from .._theme import LIGHT, Theme
from ..datasets import RgbdFrame
from ..datasets.files import write_whole
from ..errors import BadValue
from ..maps.lettering import font_of_size

MARGIN_PX, CAPTION_PX = 12, 24


def film_strip(
    frames: Sequence[RgbdFrame],
    *,
    count: int = 12,
    columns: int = 4,
    width_px: int = 240,
    theme: Theme = LIGHT,
) -> Image.Image:
    """At most `count` frames, evenly taken, the first and the last among them, each with its number."""
    if not frames:
        raise BadValue("the number of frames", 0, "at least one, to make a film")
    chosen = np.unique(np.round(np.linspace(0, len(frames) - 1, min(count, len(frames)))).astype(int))
    height_px = round(width_px * frames[0].rgb.shape[0] / frames[0].rgb.shape[1])
    columns = min(columns, len(chosen))
    across, down = width_px + MARGIN_PX, height_px + CAPTION_PX + MARGIN_PX
    rows = -(-len(chosen) // columns)
    picture = Image.new("RGB", (across * columns + MARGIN_PX, down * rows + MARGIN_PX), theme.paper)
    draw = ImageDraw.Draw(picture)
    for place, number in enumerate(chosen.tolist()):
        x, y = MARGIN_PX + across * (place % columns), MARGIN_PX + down * (place // columns)
        shown = Image.fromarray(frames[number].rgb).resize((width_px, height_px), Image.Resampling.LANCZOS)
        picture.paste(shown, (x, y))
        said = f"{number + 1} of {len(frames)}"
        draw.text((x, y + height_px + 3), said, fill=theme.ink, font=font_of_size(15))
    return picture


def write_gif(path: Path, frames: Sequence[RgbdFrame], *, ms_a_frame: int = 150) -> None:
    """All frames, moving, again and again; the last stands for a while."""
    if not frames:
        raise BadValue("the number of frames", 0, "at least one, to make a film")
    pictures = in_few_colors([Image.fromarray(frame.rgb) for frame in frames], dithered=True)
    times = [ms_a_frame] * (len(pictures) - 1) + [10 * ms_a_frame]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(
        path,
        lambda file: pictures[0].save(
            file, format="GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0
        ),
    )
