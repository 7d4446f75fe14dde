"""What is pointed out on a plan: boxes round things, places to stand, ways; and the legend beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from jaxtyping import Float64
from PIL import Image, ImageDraw

from .._theme import Theme
from .badges import ARROW_PX, BIG, RIM, Badge, Box, arrow_parts, badges_of_boxes, badges_of_stops
from .lettering import font_of_size, wrapped

ROW_PX, LINE_PX, WRAPPED_AT = 34, 20, 46


@dataclass(frozen=True)
class Marker:
    """Something to point out: its centre, the size of the box around it, and what the legend says of it."""

    text: str
    center_xyz_m: tuple[float, float, float]
    size_xyz_m: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Stop:
    """Where a robot is to stand and which way it looks; not `found`: as far as it comes, or None for nowhere.

    Its label is its number among those without one of their own.
    """

    text: str
    xy_m: tuple[float, float] | None
    yaw_rad: float
    found: bool = True
    label: str = ""


@dataclass(frozen=True, eq=False)
class Line:
    """A way over the floor, planned or `driven`."""

    text: str
    points_xy_m: Float64[np.ndarray, "k 2"]
    driven: bool = False


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

    @property
    def box(self) -> Box:
        """The plan in the picture."""
        return Box(self.X0, self.Y0, self.X0 + self.width, self.Y0 + self.height)

    def place(self, x_m: float, y_m: float) -> tuple[float, float]:
        """The pixel of a point of the world."""
        x = self.X0 + (x_m - self.left_m) * self.px_per_m
        return x, self.Y0 + self.height - (y_m - self.bottom_m) * self.px_per_m


@dataclass(frozen=True, eq=False)
class Marks:
    """All that is pointed out. Stops are numbered; so are markers, or lettered where there are stops."""

    markers: Sequence[Marker] = ()
    stops: Sequence[Stop] = ()
    lines: Sequence[Line] = ()
    rows: list[tuple[str, str, list[str]]] = field(init=False)
    """Of the legend: kind, label, and its text in lines."""

    def __post_init__(self) -> None:
        labels = [_letter(n) if self.stops else str(n + 1) for n in range(len(self.markers))]
        numbers = count(1)
        rows = [
            ("stop" if one.found else "miss", one.label or str(next(numbers)), one.text) for one in self.stops
        ]
        rows += [("driven" if line.driven else "line", "", line.text) for line in self.lines if line.text]
        rows += [("mark", label, one.text) for label, one in zip(labels, self.markers, strict=True)]
        told = [(kind, label, wrapped(text, WRAPPED_AT)) for kind, label, text in rows]
        object.__setattr__(self, "rows", told)

    def legend_size(self) -> tuple[int, int]:
        """Width and height that the legend takes, pixels; (0, 0) for none."""
        if not self.rows:
            return 0, 0
        font = font_of_size(17)
        width = max(font.getlength(line) for _, _, lines in self.rows for line in lines)
        return round(width) + 70, sum(_row_px(lines) for _, _, lines in self.rows)

    def draw(self, draw: ImageDraw.ImageDraw, frame: PlanFrame, theme: Theme) -> None:
        """Everything on the plan, and the legend to its right."""
        for line in self.lines:
            _draw_line(draw, [frame.place(x, y) for x, y in line.points_xy_m], line.driven, theme)
        for marker in self.markers:
            _draw_box(draw, _box_of(frame, marker), theme)
        for stop in self.stops:
            if stop.xy_m is not None:
                _draw_arrow(draw, frame.place(*stop.xy_m), stop, theme)
        for (kind, label, _), badge in zip(self.rows, self._badges(frame), strict=True):
            if badge is not None:
                _draw_badge(draw, badge, kind, label, theme)
        self._draw_legend(draw, frame, theme)

    def _badges(self, frame: PlanFrame) -> list[Badge | None]:
        """Where on the plan each row of the legend has its label."""
        headings = [stop.xy_m and (*frame.place(*stop.xy_m), stop.yaw_rad) for stop in self.stops]
        stops = badges_of_stops(headings)
        taken = [badge for badge in stops if badge is not None]
        taken += [part for heading in headings if heading is not None for part in arrow_parts(heading)]
        boxes = [_box_of(frame, marker) for marker in self.markers]
        none = [None for line in self.lines if line.text]
        return [*stops, *none, *badges_of_boxes(boxes, taken, frame.box)]

    def _draw_legend(self, draw: ImageDraw.ImageDraw, frame: PlanFrame, theme: Theme) -> None:
        x, y = float(PlanFrame.X0 + frame.width + 40), PlanFrame.Y0 + 14.0
        for kind, label, lines in self.rows:
            if kind in ("line", "driven"):
                _draw_line(draw, [(x - 14, y), (x + 14, y)], kind == "driven", theme)
            else:
                _draw_badge(draw, Badge(x, y), kind, label, theme)
            for number, text in enumerate(lines):
                place = (x + 24, y + number * LINE_PX)
                draw.text(place, text, fill=theme.ink, font=font_of_size(17), anchor="lm")
            y += _row_px(lines)


def _row_px(lines: list[str]) -> int:
    return ROW_PX + LINE_PX * (len(lines) - 1)


def _letter(number: int) -> str:
    """a to z, then a1, b1, ..."""
    return chr(ord("a") + number % 26) + (str(number // 26) if number >= 26 else "")


def _draw_line(
    draw: ImageDraw.ImageDraw, places: list[tuple[float, float]], driven: bool, theme: Theme
) -> None:
    if len(places) > 1:
        draw.line(places, fill=theme.paper, width=5 if driven else 8, joint="curve")
        draw.line(places, fill=theme.ink if driven else theme.way, width=2 if driven else 4, joint="curve")


def _box_of(frame: PlanFrame, marker: Marker) -> Box:
    (x, y, _), (width, depth, _) = marker.center_xyz_m, marker.size_xyz_m
    left, bottom = frame.place(x - width / 2, y - depth / 2)
    right, top = frame.place(x + width / 2, y + depth / 2)
    return Box(left - 4, top - 4, right + 4, bottom + 4)


def _draw_box(draw: ImageDraw.ImageDraw, box: Box, theme: Theme) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, outline=theme.paper, width=5)
    draw.rectangle([left + 1, top + 1, right - 1, bottom - 1], outline=theme.mark, width=3)


def _draw_arrow(draw: ImageDraw.ImageDraw, place: tuple[float, float], stop: Stop, theme: Theme) -> None:
    """Which way a stop looks: a triangle that comes out from under its number."""
    look = np.array([math.cos(stop.yaw_rad), -math.sin(stop.yaw_rad)])
    across = np.array([-look[1], look[0]])
    for grown, fill in ((3, theme.paper), (0, theme.way if stop.found else theme.miss)):
        tip = np.array(place) + (ARROW_PX + 1.5 * grown) * look
        sides = [np.array(place) + 4 * look + sign * (12 + grown) * across for sign in (1, -1)]
        draw.polygon([(float(x), float(y)) for x, y in (tip, *sides)], fill=fill)


def _draw_badge(draw: ImageDraw.ImageDraw, badge: Badge, kind: str, label: str, theme: Theme) -> None:
    x, y, radius = badge
    color = {"stop": theme.way, "miss": theme.miss}.get(kind, theme.mark)
    for r, fill in ((radius + RIM, theme.paper), (radius, color)):
        draw.ellipse([x - r, y - r, x + r, y + r], fill=fill)
    size = round(16 * radius / BIG)
    draw.text((x, y), label, fill=(255, 255, 255), font=font_of_size(size), anchor="mm")


def new_picture(size: tuple[int, int], theme: Theme) -> Image.Image:
    """Plain paper."""
    return Image.new("RGB", size, theme.paper)
