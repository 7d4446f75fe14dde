"""The controls beside the map, empty: what they do is wired in visit.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..._theme import Theme
from .answers import paragraph

NONE = "no other map"
PICK, PICKING = "Click two points of the floor", "Done clicking"
HIGHEST_CUT_M = 4.0


@dataclass
class Listing:
    """Where the answer of one map is written: a sentence, and a button for each object."""

    said: Any
    theme: Theme
    buttons: list[Any] = field(default_factory=list)

    @classmethod
    def make(cls, gui: Any, most: int, theme: Theme) -> Listing:
        """An empty one with room for so many objects."""
        said = gui.add_html("")
        return cls(said, theme, [gui.add_button("", visible=False) for _ in range(most)])

    def show(self, said: str, kind: str, lines: list[str]) -> None:
        """Write a sentence and the objects."""
        self.said.content = paragraph(said, kind=kind, theme=self.theme) if said else ""
        for i, button in enumerate(self.buttons):
            button.visible = i < len(lines)
            if i < len(lines):
                button.label = lines[i]


class Panel:
    """All controls of one browser."""

    def __init__(
        self,
        gui: Any,
        names: tuple[str, ...],
        first: str,
        cut_m: float,
        recorded: bool,
        most: int,
        theme: Theme,
    ) -> None:
        self.theme = theme
        self.question = gui.add_text(
            "Where is", "", hint="A thing, or what one does with it; answers come as you type"
        )
        self.listings = [Listing.make(gui, most, theme) for _ in range(2)]
        self.view_said = gui.add_html("")
        self.view = gui.add_image(np.full((3, 4, 3), 255, np.uint8), visible=False)
        with gui.add_folder("Map"):
            self.name = gui.add_dropdown("Encoder", names, initial_value=first)
            self.beside = gui.add_dropdown("Beside it", (NONE, *names), initial_value=NONE)
            self.cut_m = gui.add_slider(
                "Cut, m",
                min=0.0,
                max=HIGHEST_CUT_M,
                step=0.1,
                initial_value=cut_m,
                hint="Height above the floor up to which cells are shown",
            )
            self.heat = gui.add_checkbox("Heat", True, hint="Shade the map by how well it answers")
            self.cameras = gui.add_checkbox(
                "Cameras", False, visible=recorded, hint="The way the camera took"
            )
        with gui.add_folder("Path"):
            self.pick = gui.add_button(PICK)
            self.path_said = gui.add_html("")
        self.save = gui.add_button("Save a picture")
