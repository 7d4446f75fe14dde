"""The picture of a drive: where it began, where it went."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sisg_robotics import Goal
from sisg_robotics._theme import LIGHT
from sisg_robotics.app.navigate import Leg, legs_picture
from sisg_robotics.maps import VoxelMap
from sisg_robotics.simulation import Drive


def is_marked(picture: Image.Image, x_m: float, y_m: float) -> bool:
    return picture.getpixel((round(70 + x_m * 250) + 10, round(54 + 750 - y_m * 250))) == LIGHT.way


def test_the_start_is_where_the_drive_began_not_where_its_goals_became_known(bare_floor: VoxelMap) -> None:
    known_at, goal = (2.0, 1.5, 0.0), Goal("go", True, (3.0, 1.5), 0.0, "go to the sofa")
    legs = [Leg(known_at, goal, None)]
    drive = Drive(np.array([[0.5, 2.5, 1.0], [2.0, 1.5, 0.0], [3.0, 1.5, 0.0]]))
    planned, driven = (legs_picture(bare_floor, "go", legs, LIGHT, drives) for drives in ([], [drive]))
    assert is_marked(planned, 2.0, 1.5) and not is_marked(planned, 0.5, 2.5)
    assert is_marked(driven, 0.5, 2.5) and not is_marked(driven, 2.0, 1.5)
    assert is_marked(driven, 3.0, 1.5)
