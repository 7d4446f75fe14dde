"""Goals that are driven to in a generated scene, with the map of before or with none at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sisg_robotics as sisg

from .._theme import Theme
from .._wording import counted
from ..datasets.files import write_text
from ..errors import MissingPath, RequestError
from .configs import EncoderConfig, NavigateConfig, SceneConfig
from .navigate import Leg, make_parser
from .scenes import find_scene
from .views import write_picture

if TYPE_CHECKING:
    from ..navigation.poses import Pose
    from ..simulation import Errand, Exploration, Robot

WIDTH, HEIGHT = 320, 240
"""Of what the robot sees, pixels."""


def scene_of_map(map_file: Path) -> sisg.Scene:
    """The generated scene that a map was made of. Raises MissingPath where there is none beside it."""
    return _scene_in(map_file.resolve().parent.parent)


def scene_to_explore(config: NavigateConfig) -> sisg.Scene:
    """The scene of the config, by default the demo scene."""
    scene_id = SceneConfig().name if config.scene_id is None else config.scene_id
    return _scene_in(find_scene(scene_id, config.data_paths))


def explore_for(text: str, scene: sisg.Scene, config: NavigateConfig, folder: Path) -> Exploration:
    """Let a robot that knows nothing look for the first thing that a text names, from the config's start."""
    from ..simulation import explore

    things = [one.thing for one in make_parser(config.llm)(text) if one is not None and one.thing is not None]
    if not things:
        raise RequestError(f"{text!r} names nothing to look for. Name a thing, or leave explore out.")
    start = None if config.start is None else (*config.start, math.radians(config.start_yaw_deg))
    return explore(
        scene,
        things[0].text,
        encoder=_encoder(config.encoder),
        robot=_robot(config),
        start_xyyaw=start,
        max_steps=config.max_steps,
        folder=folder,
        progress=True,
    )


def drive_legs(
    scene: sisg.Scene, costmap: sisg.Costmap, start: Pose, legs: Sequence[Leg], config: NavigateConfig
) -> Errand:
    """Drive to the goals that were found, one after the other."""
    from ..simulation import run_errand

    poses = [leg.goal.pose_xyyaw for leg in legs if leg.goal.found]
    return run_errand(
        scene, costmap, start, poses, robot=_robot(config), max_steps=config.max_steps, progress=True
    )


def told_errand(errand: Errand) -> str:
    """How far it came, and what was in the way."""
    drive = errand.drive
    done = f"{sum(errand.arrived)} of {counted(len(errand.arrived), 'goal')}"
    lines = [
        f"Driven: {done} reached, {drive.length_m:.2f} m in {counted(len(drive.actions), 'step')}, "
        f"{counted(drive.collisions, 'collision')}"
    ]
    return "\n".join([*lines, *(f"   {note}" for note in errand.notes if note)])


def write_film(stem: Path, frames: Sequence[Any], theme: Theme) -> None:
    """`<stem>_film.png`, twelve pictures of what the robot saw, and `<stem>.gif`, all of them."""
    from ..simulation.film import film_strip, write_gif

    write_picture(stem.with_name(f"{stem.name}_film.png"), film_strip(frames, theme=theme))
    write_gif(stem.with_suffix(".gif"), frames)


def write_drive(stem: Path, errand: Errand) -> None:
    """`<stem>_drive.txt`: x, y, yaw of every step, metres and radians."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{x:.4f} {y:.4f} {yaw:.4f}\n" for x, y, yaw in errand.drive.poses_xyyaw)
    write_text(stem.with_name(f"{stem.name}_drive.txt"), rows)


def _scene_in(folder: Path) -> sisg.Scene:
    if not (folder / "scene.json").is_file():
        raise MissingPath("generated scene", folder / "scene.json", "Only in one of those can be driven.")
    return sisg.load_scene(folder)


def _robot(config: NavigateConfig) -> Robot:
    from ..simulation import Robot

    return Robot(radius_m=config.robot.radius_m, width=WIDTH, height=HEIGHT)


def _encoder(encoder: EncoderConfig) -> Any:
    """By name where it needs to know the scene."""
    return encoder.name if encoder.name == "oracle" else sisg.make_encoder(encoder.name, **encoder.options())
