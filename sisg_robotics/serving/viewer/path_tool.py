"""Clicking two points of the floor, and the path between them drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import SisgError
from .answers import paragraph
from .drawing import polyline
from .latest import Latest
from .panel import PICK, PICKING, Panel
from .picking import ABOVE_FLOOR_M, Picks, floor_point, route
from .side import Side

PATH = (47, 158, 68)


class PathTool:
    """The part of a visit that listens to clicks into the scene while its button says so."""

    def __init__(self, scene: Any, panel: Panel, worker: Latest, sides: Callable[[], list[Side]]) -> None:
        self._scene, self._panel, self._worker, self._sides = scene, panel, worker, sides
        self._picks, self._picking = Picks(), False
        self._handles: list[Any] = []
        panel.pick.on_click(lambda _: self._toggle())

    def clear(self) -> None:
        """Take the path and its ends out of the scene."""
        for handle in self._handles:
            handle.remove()
        self._handles, self._picks = [], Picks()
        self._say(self._picks.hint if self._picking else "", "faint")

    def _toggle(self) -> None:
        self._picking = not self._picking
        self._panel.pick.label = PICKING if self._picking else PICK
        if self._picking:
            self._scene.on_click()(lambda event: self._worker.give(lambda: self.clicked(event)))
        else:
            self._scene.remove_click_callback()
        self.clear()

    def clicked(self, event: Any) -> None:
        """A click into the scene: one end of a path, or the start of the next."""
        if not self._picking or not self._sides():
            return
        side = self._sides()[0]
        origin, direction = np.array(event.ray_origin), np.array(event.ray_direction)
        point = floor_point(origin, direction, side.shown.floor_z_m)
        if point is None:
            self._say("That is not on the floor. Click the floor.", "refused")
            return
        picks = self._picks.clicked(point)
        if self._picks.complete:
            self.clear()
        self._picks = picks
        self._mark(point, len(picks.points), side.shown.floor_z_m)
        if picks.complete:
            self._draw_route(side)
        else:
            self._say(picks.hint, "faint")

    def _draw_route(self, side: Side) -> None:
        self._say("Looking for a way ...", "faint")
        try:
            found = route(side.shown.costmap, self._picks)
        except SisgError as error:
            self._say(str(error), "refused")
            return
        if len(found.points_xyz_m) > 1:
            line = self._scene.add_line_segments(
                "/path/line", polyline(found.points_xyz_m), PATH, thickness=5.0, thickness_units="screen"
            )
            self._handles.append(line)
        self._say(found.said, "plain")

    def _mark(self, point: tuple[float, float], number: int, floor_z_m: float) -> None:
        place = (*point, floor_z_m + ABOVE_FLOOR_M)
        ball = self._scene.add_icosphere(
            f"/path/{number}", radius=0.08, color=PATH, position=place, cast_shadow=False
        )
        self._handles.append(ball)

    def _say(self, text: str, kind: str) -> None:
        self._panel.path_said.content = paragraph(text, kind=kind, theme=self._panel.theme) if text else ""
