"""One map in the scene of one browser: its cells under heat, and boxes around what answers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..._theme import Theme
from ...maps import QueryResult
from ...maps.objects import MapObject
from .drawing import box_edges, draw
from .levels import level_for, nearest_px_per_m
from .scene_maps import ShownMap

MOST_CELLS = 550_000
"""Cells that a browser draws smoothly."""

CHOSEN = (28, 126, 214)


class Look(NamedTuple):
    """How cells are drawn: up to which height above the floor, under heat or not."""

    cut_above_floor_m: float
    heat: bool


class Side:
    """A map at one place of a browser's scene. `answer` is what its heat shows, None for plain colours."""

    def __init__(
        self,
        scene: Any,
        place: int,
        shown: ShownMap,
        offset_xyz_m: np.ndarray,
        label: str,
        theme: Theme,
    ) -> None:
        node = f"/map{place}"
        self.shown, self.place = shown, place
        self.offset_xyz_m = offset_xyz_m
        self.answer: QueryResult | None = None
        self._scene, self._node, self._theme = scene, node, theme
        self._cells: Any = None
        self._drawn: tuple[Any, ...] = ()
        self._boxes: list[Any] = []
        self._root = scene.add_frame(node, show_axes=False, position=offset_xyz_m)
        if label:
            centers = shown.seen_first
            x, y, _ = centers.mean(axis=0)
            scene.add_label(
                f"{node}/name", label, position=(x, y, centers[:, 2].max() + 0.6), anchor="bottom-center"
            )

    def level_seen_from(self, position_xyz_m: np.ndarray, fov_y_rad: float, height_px: int) -> int:
        """Which level to draw for a camera at this place of the scene."""
        levels = self.shown.levels
        own = position_xyz_m - self.offset_xyz_m
        return level_for(levels, nearest_px_per_m(own, levels, fov_y_rad, height_px), MOST_CELLS)

    def draw(self, index: int, look: Look) -> None:
        """Show the cells of a level; only colours are sent where the cells are those that are there."""
        level = self.shown.levels[index]
        heat = self.answer.scores if look.heat and self.answer is not None else None
        centers, rgb = draw(level, cut_height_m=self.shown.floor_z_m + look.cut_above_floor_m, heat=heat)
        drawn = (index, look.cut_above_floor_m)
        if drawn == self._drawn:
            self._cells.colors = rgb
            return
        self._cells = self._scene.add_point_cloud(
            f"{self._node}/cells",
            centers,
            rgb,
            point_size=level.cell_size_m,
            point_shape="square",
            point_shading="flat",
            precision="float32",
        )
        self._drawn = drawn

    def mark(self, objects: tuple[MapObject, ...], chosen: int | None = None) -> None:
        """Boxes and numbers for these objects in place of those before; the chosen one in another colour."""
        for handle in self._boxes:
            handle.remove()
        self._boxes = []
        for i, thing in enumerate(objects):
            node = f"{self._node}/answers/{i + 1}"
            color = CHOSEN if i == chosen else self._theme.mark
            lines = self._scene.add_line_segments(
                node, box_edges([thing]), color, thickness=3.0, thickness_units="screen"
            )
            x, y, z = thing.center_xyz_m
            top = (x, y, z + thing.size_xyz_m[2] / 2)
            number = self._scene.add_label(f"{node}/number", str(i + 1), position=top, anchor="bottom-center")
            self._boxes += [number, lines]

    def remove(self) -> None:
        """Take it out of the scene."""
        self._root.remove()
