"""The map from above, to look at: colours, a metre grid, a scale bar and numbered answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from ..errors import BadValue
from .colors import overlay_heat
from .voxel_map import VoxelMap

INK = (40, 44, 52)
FAINT = (150, 155, 165)
PAPER = (255, 255, 255)
UNSEEN = (222, 226, 232)
MARK = (214, 39, 40)
CUT_ABOVE_FLOOR_M = 1.9


@dataclass(frozen=True)
class Marker:
    """Something to point out: its centre, the size of the box around it, and what the legend says of it."""

    text: str
    center_xyz_m: tuple[float, float, float]
    size_xyz_m: tuple[float, float, float] = (0.0, 0.0, 0.0)


def floor_height_m(vmap: VoxelMap) -> float:
    """Height of the floor: the lowest layer of cells that is at least a third as full as the fullest one."""
    layers, counts = np.unique(vmap.cells[:, 2], return_counts=True)
    floor = layers[np.argmax(counts >= counts.max() / 3)]
    return float((floor + 0.5) * vmap.cell_size_m + vmap.origin_xyz_m[2])


def top_down_picture(
    vmap: VoxelMap,
    *,
    markers: Sequence[Marker] = (),
    heat: Float[np.ndarray, " n"] | None = None,
    title: str = "",
    cut_height_m: float | None = None,
    size_px: int = 1000,
) -> Image.Image:
    """The highest cell of every column below `cut_height_m` (default: 1.9 m above the floor), x right, y up.

    `heat` (0 to 1 for every cell) is laid over the colours; `markers` become boxes and numbers with a legend.
    `size_px` is about the longer side of the plan; margins and legend come on top.
    """
    if not len(vmap):
        raise BadValue("the number of cells", 0, "at least one, to make a picture")
    if cut_height_m is None:
        cut_height_m = floor_height_m(vmap) + CUT_ABOVE_FLOOR_M
    rgb, seen, low_cell = _columns_from_above(vmap, heat, cut_height_m)  # rows go up, as y does
    scale = max(1, round(size_px / max(seen.shape)))
    plan = Image.fromarray(np.where(seen[..., None], rgb, np.array(UNSEEN, np.uint8))[::-1])
    plan = plan.resize((plan.width * scale, plan.height * scale), Image.Resampling.NEAREST)
    frame = PlanFrame(
        left_m=low_cell[0] * vmap.cell_size_m + vmap.origin_xyz_m[0],
        bottom_m=low_cell[1] * vmap.cell_size_m + vmap.origin_xyz_m[1],
        px_per_m=scale / vmap.cell_size_m,
        width=plan.width,
        height=plan.height,
    )
    legend = max((font_of_size(17).getlength(marker.text) for marker in markers), default=-70) + 70
    tall = max(frame.height + 130, PlanFrame.Y0 + 34 * (len(markers) + 1))
    picture = Image.new("RGB", (frame.width + 100 + round(legend), tall), PAPER)
    picture.paste(plan, (PlanFrame.X0, PlanFrame.Y0))
    draw = ImageDraw.Draw(picture)
    draw_grid(draw, frame)
    draw_scale_bar(draw, frame)
    draw.text((PlanFrame.X0, 16), title or vmap.sequence, fill=INK, font=font_of_size(22))
    caption = f"{len(vmap)} cells of {100 * vmap.cell_size_m:g} cm, cut at {cut_height_m:.2f} m"
    draw.text(
        (PlanFrame.X0 + frame.width, PlanFrame.Y0 + frame.height + 52),
        caption,
        fill=FAINT,
        font=font_of_size(15),
        anchor="ra",
    )
    _draw_markers(draw, frame, markers)
    return picture


@dataclass(frozen=True)
class PlanFrame:
    """Where the plan lies in the picture."""

    left_m: float
    bottom_m: float
    px_per_m: float
    width: int
    height: int
    X0 = 70
    Y0 = 54

    def place(self, x_m: float, y_m: float) -> tuple[float, float]:
        """The pixel of a point of the world."""
        x = self.X0 + (x_m - self.left_m) * self.px_per_m
        return x, self.Y0 + self.height - (y_m - self.bottom_m) * self.px_per_m


def _columns_from_above(
    vmap: VoxelMap, heat: np.ndarray | None, cut_height_m: float
) -> tuple[UInt8[np.ndarray, "rows columns 3"], Bool[np.ndarray, "rows columns"], np.ndarray]:
    """Colour of the highest cell of each column, lit from the upper left; heat is the most in the column."""
    below = np.flatnonzero(vmap.centers_xyz_m[:, 2] <= cut_height_m)
    if not below.size:
        lowest = vmap.centers_xyz_m[:, 2].min()
        raise BadValue("cut_height_m", cut_height_m, f"at least {lowest:.2f}, where the map begins")
    low_cell = vmap.cells[below].min(axis=0)
    columns, rows, heights = (vmap.cells[below] - low_cell).T
    shape = rows.max() + 1, columns.max() + 1
    rgb, height = np.zeros((*shape, 3), np.uint8), np.full(shape, -1, np.int64)
    rgb[rows, columns] = vmap.rgb[below]  # cells are sorted by z within a column: the highest is written last
    height[rows, columns] = heights
    if heat is not None:
        most = np.zeros(shape)
        np.maximum.at(most, (rows, columns), heat[below])
        rgb = overlay_heat(rgb, most)
    steps = np.pad(height, 1, mode="edge")
    slope = (
        2 * steps[1:-1, 1:-1] - steps[1:-1, :-2] - steps[2:, 1:-1]
    )  # against the left and upper neighbours
    light = 1 + 0.18 * np.tanh(0.25 * slope * vmap.cell_size_m / 0.05)
    return np.clip(rgb * light[..., None], 0, 255).astype(np.uint8), height >= 0, low_cell


def draw_grid(draw: ImageDraw.ImageDraw, frame: PlanFrame) -> None:
    """Lines and numbers every metre, or every few where a metre is small."""
    font = font_of_size(15)
    step_m = next((step for step in (0.5, 1, 2, 5, 10, 20, 50) if step * frame.px_per_m >= 60), 100)
    right_m, top_m = (
        frame.left_m + frame.width / frame.px_per_m,
        frame.bottom_m + frame.height / frame.px_per_m,
    )
    x0, y0, x1, y1 = PlanFrame.X0, PlanFrame.Y0, PlanFrame.X0 + frame.width, PlanFrame.Y0 + frame.height
    for value in np.arange(np.ceil(frame.left_m / step_m), np.floor(right_m / step_m) + 1) * step_m:
        x, _ = frame.place(value, 0.0)
        draw.line([(x, y1), (x, y1 + 6)], fill=INK)
        draw.text((x, y1 + 10), f"{value + 0.0:g}", fill=INK, font=font, anchor="ma")
    for value in np.arange(np.ceil(frame.bottom_m / step_m), np.floor(top_m / step_m) + 1) * step_m:
        _, y = frame.place(0.0, value)
        draw.line([(x0 - 6, y), (x0, y)], fill=INK)
        draw.text((x0 - 10, y), f"{value + 0.0:g}", fill=INK, font=font, anchor="rm")
    draw.rectangle([x0 - 1, y0 - 1, x1, y1], outline=INK)
    draw.text((x1 + 8, y1 + 10), "x", fill=INK, font=font, anchor="la")
    draw.text((x0 - 10, y0 - 2), "y", fill=INK, font=font, anchor="rb")


def draw_scale_bar(draw: ImageDraw.ImageDraw, frame: PlanFrame) -> None:
    """A bar of a round length, under the plan."""
    length_m = next((m for m in (5.0, 2.0, 1.0, 0.5, 0.2) if m * frame.px_per_m <= frame.width / 3), 0.1)
    x0, y = PlanFrame.X0, PlanFrame.Y0 + frame.height + 58
    x1 = x0 + length_m * frame.px_per_m
    draw.rectangle([x0, y - 3, x1, y + 3], fill=INK)
    draw.text((x1 + 10, y), f"{length_m:g} m", fill=INK, font=font_of_size(15), anchor="lm")


def _draw_markers(draw: ImageDraw.ImageDraw, frame: PlanFrame, markers: Sequence[Marker]) -> None:
    """Boxes and numbered circles on the plan, and the same numbers with their text in the legend."""
    font, legend_x = font_of_size(17), float(PlanFrame.X0 + frame.width + 40)
    for marker in markers:
        (x, y, _), (width, depth, _) = marker.center_xyz_m, marker.size_xyz_m
        left, bottom = frame.place(x - width / 2, y - depth / 2)
        right, top = frame.place(x + width / 2, y + depth / 2)
        draw.rectangle([left - 4, top - 4, right + 4, bottom + 4], outline=PAPER, width=5)
        draw.rectangle([left - 3, top - 3, right + 3, bottom + 3], outline=MARK, width=3)
    for number, marker in enumerate(markers, start=1):
        _draw_number(draw, frame.place(*marker.center_xyz_m[:2]), number)
        y = PlanFrame.Y0 + 14.0 + 34 * (number - 1)
        _draw_number(draw, (legend_x, y), number)
        draw.text((legend_x + 24, y), marker.text, fill=INK, font=font, anchor="lm")


def _draw_number(draw: ImageDraw.ImageDraw, place: tuple[float, float], number: int) -> None:
    for radius, color in ((15, PAPER), (13, MARK)):
        draw.ellipse([place[0] - radius, place[1] - radius, place[0] + radius, place[1] + radius], fill=color)
    draw.text(place, str(number), fill=PAPER, font=font_of_size(16), anchor="mm")


def font_of_size(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that comes with Pillow."""
    return ImageFont.load_default(size)
