"""The map from above, to look at: colours, a metre grid, a scale bar, numbered answers, goals and paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Integer, UInt8
from PIL import Image, ImageDraw

from .._theme import LIGHT, Theme
from ..errors import BadValue
from .colors import overlay_heat
from .lettering import fitting, font_of_size, legible
from .marks import Line as Line
from .marks import Marker as Marker
from .marks import Marks, new_picture
from .marks import PlanFrame as PlanFrame
from .marks import Stop as Stop
from .voxel_map import VoxelMap

CUT_ABOVE_FLOOR_M = 1.9
TITLE_PX, LEAST_TITLE_PX = 22, 160
"""Size of the title's letters, and the room that is left for it beside a verdict."""
ROOMY_PX = 560
"""A plan of this width has room for scale bar and caption side by side."""


def floor_height_m(vmap: VoxelMap) -> float:
    """Height of the floor, as `floor_layer` finds it among the cells."""
    return (floor_layer(vmap.cells[:, 2]) + 0.5) * vmap.cell_size_m + float(vmap.origin_xyz_m[2])


def floor_layer(layers: Integer[np.ndarray, " n"]) -> int:
    """The lowest layer that holds at least a third as much as the fullest one."""
    levels, counts = np.unique(layers, return_counts=True)
    return int(levels[np.argmax(counts >= counts.max() / 3)])


def top_down_picture(
    vmap: VoxelMap,
    *,
    markers: Sequence[Marker] = (),
    stops: Sequence[Stop] = (),
    lines: Sequence[Line] = (),
    heat: Float[np.ndarray, " n"] | None = None,
    title: str = "",
    verdict: str = "",
    cut_height_m: float | None = None,
    size_px: int = 1000,
    theme: Theme = LIGHT,
) -> Image.Image:
    """The highest cell of every column below `cut_height_m` (default: 1.9 m above the floor), x right, y up.

    `heat` (0 to 1 for every cell) is laid over the colours. `markers` become boxes and numbers with a legend,
    `stops` numbers with an arrow, `lines` ways; markers beside stops have letters. `verdict` follows the
    title and is not cut where that is too long. `size_px` is about the longer side of the plan; margins and
    legend come on top.
    """
    if not len(vmap):
        raise BadValue("the number of cells", 0, "at least one, to make a picture")
    if cut_height_m is None:
        cut_height_m = floor_height_m(vmap) + CUT_ABOVE_FLOOR_M
    rgb, seen, low_cell = _columns_from_above(vmap, heat, cut_height_m)  # rows go up, as y does
    marks = Marks(markers, stops, lines)
    picture, frame = plan_sheet(
        np.where(seen[..., None], rgb, np.array(theme.unseen, np.uint8)),
        vmap.origin_xyz_m[:2] + low_cell[:2] * vmap.cell_size_m,
        vmap.cell_size_m,
        title=title or vmap.sequence,
        verdict=verdict,
        caption=f"{len(vmap)} cells of {100 * vmap.cell_size_m:g} cm, cut at {cut_height_m:.2f} m",
        legend_px=marks.legend_size(),
        size_px=size_px,
        theme=theme,
    )
    marks.draw(ImageDraw.Draw(picture), frame, theme)
    return picture


def plan_sheet(
    rgb: UInt8[np.ndarray, "rows columns 3"],
    low_xy_m: Float[np.ndarray, "2"],
    cell_size_m: float,
    *,
    title: str = "",
    verdict: str = "",
    caption: str = "",
    legend_px: tuple[int, int] = (0, 0),
    size_px: int = 1000,
    theme: Theme = LIGHT,
) -> tuple[Image.Image, PlanFrame]:
    """A plan on its sheet, with a grid, a scale bar and room for a legend, and where on the sheet it lies.

    Rows of `rgb` go up, as y does; its first cell begins at `low_xy_m`. `verdict` follows the title and is
    not cut. `size_px` is about the longer side.
    """
    scale = max(1, round(size_px / max(rgb.shape)))
    plan = Image.fromarray(np.ascontiguousarray(rgb[::-1]))
    plan = plan.resize((plan.width * scale, plan.height * scale), Image.Resampling.NEAREST)
    frame = PlanFrame(float(low_xy_m[0]), float(low_xy_m[1]), scale / cell_size_m, plan.width, plan.height)
    below = 52 if frame.width >= ROOMY_PX else 74  # a narrow plan has its caption under the scale bar
    tall = max(frame.height + 78 + below, PlanFrame.Y0 + legend_px[1] + 34)
    kept = round(font_of_size(TITLE_PX).getlength(verdict))
    wide = max(
        frame.width + 100 + legend_px[0], kept + PlanFrame.X0 + 20 + (LEAST_TITLE_PX if verdict else 0)
    )
    picture = new_picture((wide, tall), theme)
    picture.paste(plan, (PlanFrame.X0, PlanFrame.Y0))
    draw = ImageDraw.Draw(picture)
    draw_grid(draw, frame, theme)
    draw_scale_bar(draw, frame, theme)
    said = fitting(legible(title), wide - PlanFrame.X0 - 20 - kept, TITLE_PX) + verdict
    draw.text((PlanFrame.X0, 16), said, fill=theme.ink, font=font_of_size(TITLE_PX))
    place = PlanFrame.X0 + frame.width, PlanFrame.Y0 + frame.height + below
    draw.text(place, caption, fill=theme.faint, font=font_of_size(15), anchor="ra")
    return picture, frame


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


def draw_grid(draw: ImageDraw.ImageDraw, frame: PlanFrame, theme: Theme = LIGHT) -> None:
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
        draw.line([(x, y1), (x, y1 + 6)], fill=theme.ink)
        draw.text((x, y1 + 10), f"{value + 0.0:g}", fill=theme.ink, font=font, anchor="ma")
    for value in np.arange(np.ceil(frame.bottom_m / step_m), np.floor(top_m / step_m) + 1) * step_m:
        _, y = frame.place(0.0, value)
        draw.line([(x0 - 6, y), (x0, y)], fill=theme.ink)
        draw.text((x0 - 10, y), f"{value + 0.0:g}", fill=theme.ink, font=font, anchor="rm")
    draw.rectangle([x0 - 1, y0 - 1, x1, y1], outline=theme.ink)
    draw.text((x1 + 8, y1 + 10), "x", fill=theme.ink, font=font, anchor="la")
    draw.text((x0 - 10, y0 - 2), "y", fill=theme.ink, font=font, anchor="rb")


def draw_scale_bar(draw: ImageDraw.ImageDraw, frame: PlanFrame, theme: Theme = LIGHT) -> None:
    """A bar of a round length, under the plan."""
    length_m = next((m for m in (5.0, 2.0, 1.0, 0.5, 0.2) if m * frame.px_per_m <= frame.width / 3), 0.1)
    x0, y = PlanFrame.X0, PlanFrame.Y0 + frame.height + 58
    x1 = x0 + length_m * frame.px_per_m
    draw.rectangle([x0, y - 3, x1, y + 3], fill=theme.ink)
    draw.text((x1 + 10, y), f"{length_m:g} m", fill=theme.ink, font=font_of_size(15), anchor="lm")
