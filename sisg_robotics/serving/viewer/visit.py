"""One browser's visit: what its controls do. Everything it shows is its own; maps are shared."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..._theme import Theme
from ...errors import SisgError
from ...maps import QueryResult
from ...maps.picture import CUT_ABOVE_FLOOR_M
from .answers import object_line, paragraph, verdict
from .best_view import best_view
from .cameras import draw_cameras
from .drawing import beside, facing, first_look
from .latest import Latest
from .panel import NONE, Panel
from .path_tool import PathTool
from .scene_maps import SceneMaps, ShownMap
from .side import Look, Side

QUIET_S = 0.2
"""How long nobody must have typed before a map is asked."""

FOV_Y_RAD = 0.8
GAP_M, PICTURE_WAIT_S = 1.0, 30.0

PREPARING = "Reading the map, for the first question only ..."


class Visit:
    """A browser that looks at the maps of a scene, from its coming to `close`."""

    def __init__(self, client: Any, maps: SceneMaps, first: str, top_k: int, theme: Theme) -> None:
        self.client, self.maps, self.top_k, self.theme = client, maps, top_k, theme
        self.panel = Panel(
            client.gui, maps.names, first, CUT_ABOVE_FLOOR_M, maps.recording is not None, top_k, theme
        )
        self.sides: list[Side] = []
        self._arranged: tuple[str, str] | None = None  # what name and beside said then
        self._levels: list[int] = []
        self._cameras: list[Any] = []
        self._changing = threading.RLock()  # of what is shown; not held while a map answers
        self._asking, self._drawing, self._looking = Latest(QUIET_S), Latest(), Latest()
        self._path = PathTool(client.scene, self.panel, self._looking, lambda: self.sides)
        self._wire()
        self._drawing.give(self._arrange)

    def close(self) -> None:
        """Stop working for this browser."""
        for latest in (self._asking, self._drawing, self._looking):
            latest.close()

    def _wire(self) -> None:
        panel = self.panel
        panel.question.on_update(lambda _: self._asking.give(self._ask))
        for control in (panel.name, panel.beside):
            control.on_update(lambda _: self._asking.give(self._ask))
        for control in (panel.cut_m, panel.heat):
            control.on_update(lambda _: self._drawing.give(self._draw))
        for place, listing in enumerate(panel.listings):
            for number, button in enumerate(listing.buttons):
                button.on_click(self._choosing(place, number))
        panel.cameras.on_update(lambda _: self._looking.give(self._draw_cameras))
        panel.save.on_click(lambda _: self._looking.give(self._save))
        self.client.camera.on_update(lambda _: self._drawing.give(self._follow_camera))

    # The maps

    def _arrange(self) -> None:
        """Put the chosen maps beside each other, not yet asked, unless they are there."""
        with self._changing, self.client.atomic():
            wanted = self.panel.name.value, self.panel.beside.value
            if wanted == self._arranged:
                return
            self._arranged = wanted
            names = [name for name in wanted if name != NONE]
            self._path.clear()
            for side in self.sides:
                side.remove()
            before, self.sides, self._levels = len(self.sides), [], []
            self.panel.listings[1].show("", "plain", [])
            for place, name in enumerate(names):
                try:
                    self._add_side(place, self.maps.get(name), label=name if len(names) > 1 else "")
                except (SisgError, OSError) as error:
                    self.panel.listings[place].show(str(error), "refused", [])
            if before and before != len(self.sides):
                self._see_all()
            self._draw()

    def _add_side(self, place: int, shown: ShownMap, label: str) -> None:
        offset_xyz_m = np.zeros(3)
        if self.sides:
            first = self.sides[0].shown.seen_first
            offset_xyz_m = beside(first, shown.seen_first, facing(first), GAP_M)
        self.sides.append(Side(self.client.scene, place, shown, offset_xyz_m, label, self.theme))

    def _see_all(self) -> None:
        """Move the camera to where all maps are in sight."""
        points = np.concatenate([side.shown.seen_first + side.offset_xyz_m for side in self.sides])
        look = first_look(points, facing(self.sides[0].shown.seen_first), FOV_Y_RAD)
        self.client.camera.position = look.position_xyz_m
        self.client.camera.look_at = look.look_at_xyz_m

    def _look(self) -> Look:
        return Look(self.panel.cut_m.value, self.panel.heat.value)

    def _draw(self) -> None:
        with self._changing, self.client.atomic():
            self._levels = self._levels_wanted()
            for side, level in zip(self.sides, self._levels, strict=True):
                side.draw(level, self._look())

    def _follow_camera(self) -> None:
        if self._levels_wanted() != self._levels:
            self._draw()

    def _levels_wanted(self) -> list[int]:
        camera = self.client.camera
        return [side.level_seen_from(camera.position, camera.fov, camera.image_height) for side in self.sides]

    # Questions

    def _ask(self) -> None:
        self._arrange()
        text, sides = self.panel.question.value.strip(), list(self.sides)
        for side in sides:
            if text and not side.shown.prepared:
                self.panel.listings[side.place].show(PREPARING, "faint", [])
            said, kind, answer = self._answer(side, text)
            with self._changing, self.client.atomic():
                if side not in self.sides or text != self.panel.question.value.strip():
                    return
                side.answer = answer
                objects = answer.objects[: self.top_k] if answer is not None else ()
                lines = [object_line(i, thing) for i, thing in enumerate(objects, start=1)]
                self.panel.listings[side.place].show(said, kind, lines)
                self._hide_view("")
                side.mark(objects)
                self._draw()

    def _answer(self, side: Side, text: str) -> tuple[str, str, QueryResult | None]:
        if not text:
            return "", "plain", None
        try:
            answer = side.shown.ask(text)
        except SisgError as error:
            return str(error), "refused", None
        said = verdict(answer, self.top_k)
        if len(self.sides) > 1:
            said = f"{side.shown.name}: {said}"
        return said, "found" if answer.found else "absent", answer

    def _choosing(self, place: int, number: int) -> Callable[[Any], None]:
        return lambda _: self._looking.give(lambda: self._choose(place, number))

    def _choose(self, place: int, number: int) -> None:
        """Mark one object and show the frame that sees it best."""
        side = next((side for side in self.sides if side.place == place), None)
        if side is None or side.answer is None or number >= len(side.answer.objects):
            return
        answer = side.answer
        with self._changing:
            side.mark(answer.objects[: self.top_k], chosen=number)
        if self.maps.recording is None:
            self._hide_view(self.maps.why_no_recording)
            return
        try:
            seen = best_view(self.maps.recording, side.shown.vmap, answer, number)
        except (SisgError, OSError) as error:
            self._hide_view(f"No picture of it: {error}")
            return
        if seen is None:
            self._hide_view("No frame of the recording sees it.")
            return
        self.panel.view_said.content = paragraph(
            f"Frame {seen.frame_id} sees it best.", kind="faint", theme=self.theme
        )
        self.panel.view.image = seen.picture
        self.panel.view.visible = True

    def _hide_view(self, said: str) -> None:
        self.panel.view.visible = False
        self.panel.view_said.content = paragraph(said, kind="refused", theme=self.theme) if said else ""

    # Cameras and pictures

    def _draw_cameras(self) -> None:
        with self._changing, self.client.atomic():
            for handle in self._cameras:
                handle.remove()
            self._cameras = []
            if self.panel.cameras.value and self.maps.recording is not None:
                self._cameras = draw_cameras(self.client.scene, self.maps.recording)

    def _save(self) -> None:
        """Have the browser draw what it shows, and download that."""
        camera = self.client.camera
        try:
            rgb = self.client.get_render(
                camera.image_height, camera.image_width, transport_format="png", timeout=PICTURE_WAIT_S
            )
        except (TimeoutError, RuntimeError):
            return
        self.client.send_file_download(
            f"{self.panel.name.value}.png", as_png(rgb, self.theme), save_immediately=True
        )


def as_png(rgba: UInt8[np.ndarray, "h w c"], theme: Theme) -> bytes:
    """A picture, which may be clear in places, on the theme's paper."""
    picture = Image.fromarray(rgba).convert("RGBA")
    paper = Image.new("RGBA", picture.size, theme.paper)
    file = BytesIO()
    Image.alpha_composite(paper, picture).convert("RGB").save(file, format="PNG")
    return file.getvalue()
