"""From a sentence to goals with paths, told in words, in JSON and in a picture."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sisg_robotics as sisg

from .._theme import Theme
from ..datasets.files import write_text
from ..errors import BadValue, SisgError
from .configs import NavigateConfig, RobotConfig
from .configs.navigate import LlmConfig
from .questions import nobody_to_ask
from .views import write_picture

if TYPE_CHECKING:
    from ..maps import MapObject
    from ..maps.marks import Stop
    from ..navigation.goals.resolve import Parser
    from ..navigation.poses import Pose
    from ..simulation import Drive

ENDINGS = ("", "q", "quit", "exit", "bye")
"""What ends a talk."""

STANDING_M = 0.03
"""A goal this near is where the robot stands already."""


@dataclass(frozen=True, eq=False)
class Leg:
    """A goal, the pose it starts from, and the path between; None where it moves nothing."""

    start_xyyaw: Pose
    goal: sisg.Goal
    path: sisg.Path | None

    @property
    def end_xyyaw(self) -> Pose:
        """Where the robot is afterwards."""
        if not self.goal.found:
            return self.start_xyyaw
        x, y = self.start_xyyaw[:2] if self.path is None else self.path.points_xy_m[-1]
        return float(x), float(y), self.goal.yaw_rad


def given_sentences(say: Any) -> Iterator[str]:
    """The sentence of the config, or those that somebody types. Raises RequestError when nobody is there."""
    if say is not None:
        if not isinstance(say, str | int | float) or not str(say).strip():
            raise BadValue("say", say, 'a sentence such as say="go to the sofa, then face the window"')
        yield str(say).strip()
        return
    if not sys.stdin.isatty():
        raise nobody_to_ask("say", "go to the sofa")
    while True:
        try:
            typed = input("Where to? (Enter ends) ").strip()
        except EOFError:
            print()
            return
        if typed.lower() in ENDINGS:
            return
        yield typed


def make_costmap(vmap: sisg.VoxelMap, robot: RobotConfig) -> sisg.Costmap:
    """The costmap of the map for a robot."""
    return sisg.Costmap.from_map(
        vmap,
        robot_radius_m=robot.radius_m,
        robot_height_m=robot.height_m,
        ignore=list(robot.ignore),
        obstacles=list(robot.obstacles),
    )


def start_pose(config: NavigateConfig, costmap: sisg.Costmap) -> Pose:
    """The start of the config, by default the roomiest free place."""
    from ..simulation.start import roomiest_place

    x, y = roomiest_place(costmap) if config.start is None else config.start
    return float(x), float(y), math.radians(config.start_yaw_deg)


def make_parser(llm: LlmConfig) -> Parser:
    """What reads sentences: the grammar, or a service that falls back to it and says why."""
    from ..navigation.goals.grammar import parse_instructions
    from ..navigation.goals.llm import LlmParser

    if llm.url is None:
        return parse_instructions
    return LlmParser(
        url=llm.url,
        model=llm.model,
        key_variable=llm.key_variable,
        timeout_s=llm.timeout_s,
        on_fallback=lambda why: print(why, file=sys.stderr),
    )


def plan_legs(
    text: str, vmap: sisg.VoxelMap, costmap: sisg.Costmap, pose_xyyaw: Pose, parser: Parser
) -> list[Leg]:
    """Each goal of a text with the path to it, from where the one before ends."""
    legs = []
    for goal in sisg.resolve_goals(text, vmap, pose_xyyaw, costmap=costmap, parser=parser):
        moves = goal.found and math.dist(goal.xy_m, pose_xyyaw[:2]) > STANDING_M
        path = sisg.plan_path(costmap, pose_xyyaw[:2], goal.xy_m) if moves else None
        legs.append(Leg(pose_xyyaw, goal, path))
        pose_xyyaw = legs[-1].end_xyyaw
    return legs


def told_legs(legs: Sequence[Leg]) -> str:
    """What was understood of each instruction, where it leads and how."""
    x, y, yaw = legs[0].start_xyyaw
    lines = [f"from {x:.2f}, {y:.2f} m, heading {math.degrees(yaw):.0f} degrees"]
    for number, leg in enumerate(legs, start=1):
        goal = leg.goal
        lines.append(f"{number}. {goal.reading}")
        if goal.found:
            x, y, yaw = goal.pose_xyyaw
            lines.append(
                f"   to {x:.2f}, {y:.2f} m, heading {math.degrees(yaw):.0f} degrees{_told_path(leg.path)}"
            )
        for thing in goal.objects:
            lines.append(f"   {thing.text}: {_told_thing(thing)}")
        if goal.alternatives:
            lines.append(f"   or: {'; '.join(_told_thing(thing) for thing in goal.alternatives[:3])}")
        notes = [goal.note] if goal.note else []
        notes += [leg.path.note] if leg.path is not None and leg.path.note else []
        lines += [f"   {note}" for note in notes]
    return "\n".join(lines)


def write_legs(
    stem: Path,
    vmap: sisg.VoxelMap,
    text: str,
    legs: Sequence[Leg],
    theme: Theme,
    driven: Sequence[Drive] = (),
) -> None:
    """`<stem>.png`, the goals, things and paths from above, and `<stem>.json`, the same for programs."""
    write_picture(stem.with_suffix(".png"), legs_picture(vmap, text, legs, theme, driven))
    write_text(stem.with_suffix(".json"), json.dumps(legs_json(text, legs), indent=1, allow_nan=False) + "\n")


def legs_picture(
    vmap: sisg.VoxelMap, text: str, legs: Sequence[Leg], theme: Theme, driven: Sequence[Drive] = ()
) -> Any:
    """The map from above with numbered goals, lettered things, the start and the paths.

    The start is that of the first drive, which may have begun before the goals were known.
    """
    from ..maps.marks import Line, Marker, Stop
    from ..maps.picture import top_down_picture

    x, y, yaw = driven[0].poses_xyyaw[0].tolist() if driven else legs[0].start_xyyaw
    stops = [Stop("start", (x, y), yaw, label="S"), *(_stop(leg) for leg in legs)]
    things = {thing.center_xyz_m: thing for leg in legs for thing in leg.goal.objects}
    markers = [
        Marker(f"{thing.text} ({thing.score:.2f})", thing.center_xyz_m, thing.size_xyz_m)
        for thing in things.values()
    ]
    lines = [Line("", leg.path.points_xy_m) for leg in legs if leg.path is not None]
    lines += [Line("driven", drive.poses_xyyaw[:, :2], driven=True) for drive in driven]
    return top_down_picture(vmap, markers=markers, stops=stops, lines=lines, title=text, theme=theme)


def legs_json(text: str, legs: Sequence[Leg]) -> dict[str, Any]:
    """Goals and paths as plain values; metres, radians."""
    return {
        "text": text,
        "start_xyyaw": list(legs[0].start_xyyaw),
        "goals": [
            {
                "reading": leg.goal.reading,
                "found": leg.goal.found,
                "pose_xyyaw": list(leg.goal.pose_xyyaw),
                "confidence": leg.goal.confidence,
                "note": leg.goal.note,
                "objects": [_thing_json(thing) for thing in leg.goal.objects],
                "alternatives": [_thing_json(thing) for thing in leg.goal.alternatives],
                "path": None if leg.path is None else _path_json(leg.path),
            }
            for leg in legs
        ],
    }


def tell_refusal(error: SisgError) -> None:
    """For somebody who types sentences: one that can't be carried out doesn't end the talk."""
    print(error, file=sys.stderr)


def _stop(leg: Leg) -> Stop:
    from ..maps.marks import Stop

    goal = leg.goal
    nowhere = not goal.found and math.dist(goal.xy_m, leg.start_xyyaw[:2]) < STANDING_M
    return Stop(_legend(leg), None if nowhere else goal.xy_m, goal.yaw_rad, goal.found)


def _legend(leg: Leg) -> str:
    way = f", {leg.path.length_m:.1f} m" if leg.path is not None else ""
    return f"{leg.goal.reading}{way}" if leg.goal.found else f"{leg.goal.reading}: {leg.goal.note}"


def _told_path(path: sisg.Path | None) -> str:
    if path is None:
        return "; it is there already"
    clear = f"clearance {path.clearance_m:.2f} m" if math.isfinite(path.clearance_m) else "nothing near it"
    return f"; path {path.length_m:.2f} m, {clear}"


def _told_thing(thing: MapObject) -> str:
    x, y, z = thing.center_xyz_m
    return f"at {x:.2f}, {y:.2f}, {z:.2f} m, score {thing.score:.2f}"


def _thing_json(thing: MapObject) -> dict[str, Any]:
    return {
        "text": thing.text,
        "score": thing.score,
        "center_xyz_m": list(thing.center_xyz_m),
        "size_xyz_m": list(thing.size_xyz_m),
    }


def _path_json(path: sisg.Path) -> dict[str, Any]:
    return {
        "length_m": path.length_m,
        "clearance_m": path.clearance_m if math.isfinite(path.clearance_m) else None,
        "reached": path.reached,
        "note": path.note,
        "points_xy_m": path.points_xy_m.round(4).tolist(),
    }
