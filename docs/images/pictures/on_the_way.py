"""The demo map's rooms, and a way through them that a sentence asked for."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

import sisg_robotics as sisg
from sisg_robotics._theme import LIGHT
from sisg_robotics.app.navigate import legs_picture, plan_legs
from sisg_robotics.navigation.goals.grammar import parse_instructions
from sisg_robotics.simulation.start import roomiest_place

HEIGHT = 900
SAID = "go to the kitchen, then between the sofa and the coffee table, then left of the bed"


def on_the_way(scene: Path) -> Image.Image:
    """Side by side: the plan of rooms that create_map wrote, and goals and paths of a sentence."""
    vmap = sisg.VoxelMap.load(scene / "map/tiny.h5")
    costmap = sisg.Costmap.from_map(vmap)
    start = (*roomiest_place(costmap), 0.0)
    legs = plan_legs(SAID, vmap, costmap, start, parse_instructions)
    parts = [Image.open(scene / "map/tiny_rooms.png"), legs_picture(vmap, SAID, legs, LIGHT)]
    parts = [
        part.resize((round(part.width * HEIGHT / part.height), HEIGHT), Image.Resampling.LANCZOS)
        for part in parts
    ]
    sheet = Image.new("RGB", (sum(part.width for part in parts), HEIGHT), LIGHT.paper)
    left = 0
    for part in parts:
        sheet.paste(part, (left, 0))
        left += part.width
    return sheet
