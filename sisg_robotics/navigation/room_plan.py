"""The rooms of a map as a plan to look at: tinted, named, with their areas."""

from __future__ import annotations

import colorsys

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import Image, ImageDraw
from scipy import ndimage

from .._theme import LIGHT, RGB, Theme, between
from ..maps.lettering import font_of_size
from ..maps.marks import LINE_PX, ROW_PX, PlanFrame
from ..maps.picture import plan_sheet
from .costmap import FREE, UNKNOWN, Costmap
from .rooms import Rooms

TINT, FURNITURE, WALL = 0.45, 0.22, 0.75
"""How far from the paper a room's floor is towards its colour, what stands on it towards ink, and walls."""

SWATCH_PX = 11


def room_plan(
    costmap: Costmap,
    walls: Bool[np.ndarray, "nx ny"],
    rooms: Rooms,
    *,
    title: str = "",
    size_px: int = 1000,
    theme: Theme = LIGHT,
) -> Image.Image:
    """Rooms, walls and what stands on the floor, from above, x right, y up; names and areas in the legend."""
    colors = [_color(number, theme) for number in range(len(rooms.kinds))]
    areas = np.bincount(rooms.labels.ravel(), minlength=len(colors) + 1)[1:] * costmap.cell_size_m**2
    legend = [f"{kind or 'room'}, {area:.1f} sq m" for kind, area in zip(rooms.kinds, areas, strict=True)]
    font = font_of_size(17)
    wide = round(max((font.getlength(text) for text in legend), default=-70)) + 70
    picture, frame = plan_sheet(
        _painted(costmap, walls, rooms, colors, theme).transpose(1, 0, 2),
        np.array(costmap.origin_xy_m),
        costmap.cell_size_m,
        title=title,
        caption=f"floor at {costmap.floor_z_m:.2f} m, {areas.sum():.0f} sq m in rooms",
        legend_px=(wide, ROW_PX * len(legend)),
        size_px=size_px,
        theme=theme,
    )
    draw = ImageDraw.Draw(picture)
    for number, kind in enumerate(rooms.kinds, start=1):
        inside = np.pad(rooms.labels == number, 1)
        cell = np.unravel_index(int(np.argmax(ndimage.distance_transform_edt(inside))), inside.shape)
        x, y = costmap.center_of(np.array(cell) - 1)
        _draw_name(draw, frame.place(float(x), float(y)), kind or "room", areas[number - 1], theme)
    x, y = float(PlanFrame.X0 + frame.width + 40), PlanFrame.Y0 + 14.0
    for color, text in zip(colors, legend, strict=True):
        corners = [x - SWATCH_PX, y - SWATCH_PX, x + SWATCH_PX, y + SWATCH_PX]
        draw.rounded_rectangle(corners, 4, fill=between(theme.paper, color, TINT), outline=color, width=2)
        draw.text((x + 24, y), text, fill=theme.ink, font=font, anchor="lm")
        y += ROW_PX
    return picture


def _painted(
    costmap: Costmap, walls: Bool[np.ndarray, "nx ny"], rooms: Rooms, colors: list[RGB], theme: Theme
) -> UInt8[np.ndarray, "nx ny 3"]:
    """The colour of every cell of the costmap."""
    floors = [theme.paper, *(between(theme.paper, color, TINT) for color in colors)]
    stands = [between(floor, theme.ink, FURNITURE) for floor in floors]
    rgb = np.where(
        (costmap.state == FREE)[..., None], np.array(floors)[rooms.labels], np.array(stands)[rooms.labels]
    )
    rgb[(costmap.state == UNKNOWN) & (rooms.labels == 0)] = theme.unseen
    rgb[walls] = between(theme.paper, theme.ink, WALL)
    return rgb.astype(np.uint8)


def _draw_name(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], name: str, area_m2: float, theme: Theme
) -> None:
    """In the roomiest spot of a room."""
    x, y = place
    for text, size, below in ((name, 20, -LINE_PX / 2), (f"{area_m2:.1f} sq m", 15, LINE_PX / 2)):
        draw.text(
            (x, y + below), text, fill=theme.ink, font=font_of_size(size), anchor="mm",
            stroke_width=3, stroke_fill=theme.paper,
        )  # fmt: skip


def _color(number: int, theme: Theme) -> RGB:
    """Neighbouring numbers have far hues."""
    hue = (0.58 + number * 0.618034) % 1  # the golden ratio
    red, green, blue = colorsys.hls_to_rgb(hue, 0.62 if theme.is_dark else 0.5, 0.55)
    return round(255 * red), round(255 * green), round(255 * blue)
