"""Pictures side by side with captions, and a JPEG that is small enough."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Picture = Image.Image | np.ndarray
PAPER, INK = (255, 255, 255), (40, 40, 40)
GAP = 8
MOST_BYTES = 250_000
_QUALITIES = range(94, 40, -2)


def sheet(
    pictures: Sequence[Picture],
    captions: Sequence[str],
    *,
    columns: int,
    text_px: int = 24,
    gap: int = GAP,
) -> Image.Image:
    """Pictures of one size row by row, each above its caption; `gap` is between columns.

    `text_px` 0 leaves captions out.
    """
    tiles = [as_image(picture) for picture in pictures]
    width, height = tiles[0].size
    below = round(text_px * 1.6)
    rows = -(-len(tiles) // columns)
    size = (columns * (width + gap) - gap, rows * (height + below + GAP) - GAP)
    page = Image.new("RGB", size, PAPER)
    for number, (tile, caption) in enumerate(zip(tiles, captions, strict=True)):
        left = number % columns * (width + gap)
        top = number // columns * (height + below + GAP)
        page.paste(tile, (left, top))
        if text_px:
            write(page, caption, (left + width // 2, top + height + below // 2), text_px)
    return page


def write(page: Image.Image, text: str, middle: tuple[int, int], text_px: int) -> None:
    """Put a line of text on a picture, centred at a pixel."""
    font = ImageFont.load_default(text_px)
    ImageDraw.Draw(page).text(middle, text, fill=INK, font=font, anchor="mm")


def text_size(scale: float, text_px: int = 24) -> int:
    """The height of captions under pictures that are drawn `scale` times as large."""
    return max(8, round(scale * text_px))


def as_image(picture: Picture) -> Image.Image:
    """An array as a picture: colours, or a mask or shares as greys."""
    if isinstance(picture, Image.Image):
        return picture.convert("RGB")
    if picture.dtype == bool:
        picture = picture.astype(np.uint8) * 255
    return Image.fromarray(picture).convert("RGB")


def on_paper(rgb: np.ndarray, coverage: np.ndarray, paper: tuple[int, int, int] = PAPER) -> np.ndarray:
    """A straight-alpha picture before a plain colour."""
    share = coverage[..., None] / 255
    return np.rint(share * rgb + (1 - share) * np.array(paper)).astype(np.uint8)


def enlarged(picture: np.ndarray, times: int) -> np.ndarray:
    """Each pixel as a square."""
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def jpeg_bytes(picture: Image.Image, most: int = MOST_BYTES) -> bytes:
    """The best JPEG of at most so many bytes."""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= most:
            return buffer.getvalue()
    raise ValueError(f"{picture.width} x {picture.height} pixels do not fit into {most} bytes.")


def save_jpeg(picture: Image.Image, path: Path) -> None:
    """Write it, whole or not at all."""
    partial = path.with_suffix(".part")
    partial.write_bytes(jpeg_bytes(picture))
    partial.replace(path)
