"""From a sentence to where a robot stands and which way it looks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from ...errors import BadValue, RequestError
from ...maps import MapObject, VoxelMap
from ...maps.query import check_has_features
from ...scenes.rooms import find_room_kind
from ..costmap import Costmap
from ..poses import Pose, as_pose, wrapped
from .grammar import parse_instructions
from .grounding import Grounded, ground
from .instruction import HEADINGS, Instruction, Thing
from .places import Place, at_side, beside, between, inside, towards
from .readings import told, told_end
from .sides import has_front, side_direction
from .site import Site, Surroundings, gap_m, middle_m

OPPOSITE_M = 1.5
"""How far from a thing's front is opposite to it."""

MOST_TRIED = 5
"""Of things that may be meant, so many are tried where the nearest cannot be come to."""

Parser = Callable[[str], Sequence[Instruction | None]]

_TURNS = {"forward": 0.0, "left": math.pi / 2, "right": -math.pi / 2, "backward": math.pi}
_COMPASS = {"east": 0.0, "north": math.pi / 2, "west": math.pi, "south": -math.pi / 2}


@dataclass(frozen=True)
class Goal:
    """Where to stand and which way to look, world frame, and why.

    `found` is false where nothing was understood, the thing is not in the map or no place does what was
    asked; the pose is then the nearest that comes to it, or where the robot is, and `note` says why.
    `objects` are those it rests on, `alternatives` others that the words may mean, `reading` what was
    understood.
    """

    text: str
    found: bool
    xy_m: tuple[float, float]
    yaw_rad: float
    reading: str
    confidence: float = 0.0
    objects: tuple[MapObject, ...] = ()
    alternatives: tuple[MapObject, ...] = ()
    note: str = ""

    @property
    def pose_xyyaw(self) -> Pose:
        """x and y in metres, yaw in radians."""
        return (*self.xy_m, self.yaw_rad)


def resolve_goal(
    text: str,
    vmap: VoxelMap,
    pose_xyyaw: Sequence[float],
    *,
    costmap: Costmap | None = None,
    parser: Parser = parse_instructions,
) -> Goal:
    """The goal of one instruction, see `resolve_goals`. Raises RequestError for several."""
    goals = resolve_goals(text, vmap, pose_xyyaw, costmap=costmap, parser=parser)
    if len(goals) > 1:
        raise RequestError(
            f"{text!r} is {len(goals)} instructions. Use resolve_goals, which gives a goal for each."
        )
    return goals[0]


def resolve_goals(
    text: str,
    vmap: VoxelMap,
    pose_xyyaw: Sequence[float],
    *,
    costmap: Costmap | None = None,
    parser: Parser = parse_instructions,
) -> tuple[Goal, ...]:
    """The goals of a sequence of instructions in plain English, each from the pose of the one before.

    `pose_xyyaw` is the robot's pose: x, y in metres and yaw in radians, world frame. `costmap` says where it
    can be; None makes one of the map for a robot of 0.2 m. `parser` reads the text, by default by grammar.
    What is not in the map, not understood or not possible gives a goal with found=False, which moves nothing.
    Raises BadValue for a pose that is none and a text that can't be read, RequestError for a map without
    features or floor and a pose outside of it.
    """
    check_has_features(vmap)
    site = Site(Surroundings(vmap, costmap or Costmap.from_map(vmap)), as_pose("pose_xyyaw", pose_xyyaw))
    goals: list[Goal] = []
    for instruction in parser(text):
        goal = _not_understood(site, text) if instruction is None else _goal(site, text, instruction)
        goals.append(goal)
        if goal.found:
            site = site.at(goal.pose_xyyaw)
    return tuple(goals) or (_not_understood(site, text),)


def _not_understood(site: Site, text: str) -> Goal:
    note = (
        "Not understood. Say where to go by things, sides, rooms or metres: 'go left of the sofa', "
        "'between the bed and the window', 'turn around'."
    )
    return _refused(site, text, "nothing", note)


def _goal(site: Site, text: str, instruction: Instruction) -> Goal:
    if instruction.kind in ("move", "turn"):
        return _metric(site, text, instruction)
    assert instruction.thing is not None
    room = _room(site, instruction)
    if room is not None:
        return _room_goal(site, text, instruction, room)
    reading = told(instruction)
    phrases = [phrase for phrase in (instruction.thing, instruction.other) if phrase is not None]
    found = [ground(site, phrase) for phrase in phrases]
    for one in found:
        if not one.found:
            return _refused(site, text, reading, one.note)
    choices = _choices(found)
    if not choices:
        return _refused(
            site, text, reading, f"Only one thing answers both {phrases[0].text!r} and {phrases[1].text!r}."
        )
    viewer = _viewer(site, instruction)
    if isinstance(viewer, str):
        return _refused(site, text, reading, viewer)
    placed = ((things, *_place(site, instruction, things, viewer)) for things in choices)
    first = next(placed)
    things, place, how = (
        first if first[1].satisfies else next((one for one in placed if one[1].satisfies), first)
    )
    facing = _facing(site, instruction, place)
    notes = [one.note for one in (*found, facing) if one is not None and one.note]
    if not place.satisfies:
        notes.insert(0, f"No place that can be reached is {told(instruction, place_only=True)}.")
    return Goal(
        text=text,
        found=place.satisfies,
        xy_m=place.xy_m,
        yaw_rad=_yaw(site, instruction, place, things, facing),
        reading=reading + how,
        confidence=min(thing.score for thing in things) if place.satisfies else 0.0,
        objects=tuple(things),
        alternatives=tuple(other for one in found for other in one.things if other not in things),
        note=" ".join(notes),
    )


def _refused(site: Site, text: str, reading: str, note: str) -> Goal:
    """A goal that moves nothing."""
    return Goal(text, False, site.pose_xyyaw[:2], site.pose_xyyaw[2], reading, note=note)


def _choices(found: list[Grounded]) -> list[list[MapObject]]:
    """What may be meant, the likeliest first; of two things, the pair nearest to each other."""
    if len(found) == 1:
        return [[thing] for thing in found[0].things[: 1 if found[0].chosen else MOST_TRIED]]
    firsts, seconds = (one.things[: 1 if one.chosen else MOST_TRIED] for one in found)
    pairs = [[a, b] for a in firsts for b in seconds if a.center_xyz_m != b.center_xyz_m]
    return sorted(pairs, key=lambda pair: gap_m(*pair))


def _place(
    site: Site, instruction: Instruction, things: list[MapObject], viewer: Float64[np.ndarray, "2"] | None
) -> tuple[Place, str]:
    """Where to stand, and what to add to the reading."""
    thing = things[0]
    if instruction.kind == "face":
        return Place(site.pose_xyyaw[:2], 0.0), ""
    if instruction.kind == "between":
        return between(site, *things), ""
    if instruction.kind != "side":
        return beside(site, thing, instruction.distance_m), ""
    side = instruction.side
    assert side is not None
    how = ""
    if side in ("left", "right", "front", "behind", "opposite") and viewer is None:
        how = ", its front being the open side" if has_front(site, thing) else ", as seen from the robot"
    distance_m = instruction.distance_m or (OPPOSITE_M if side == "opposite" else 0.0)
    return at_side(site, thing, side_direction(site, thing, side, viewer), distance_m), how


def _facing(site: Site, instruction: Instruction, place: Place) -> Grounded | None:
    """What to look at in the end, where something else than the thing itself was named."""
    if instruction.facing is None:
        return None
    return ground(site.at((*place.xy_m, 0.0)), instruction.facing)


def _yaw(
    site: Site, instruction: Instruction, place: Place, things: list[MapObject], facing: Grounded | None
) -> float:
    """Which way to look: at the thing, or as it was asked for."""
    xy = np.array(place.xy_m)
    if facing is not None and facing.found:
        target = middle_m(facing.things[0])
    elif not things or instruction.kind == "between":
        target = 2 * xy - site.xy_m  # on, as it came
    else:
        target = middle_m(things[0])
    x, y = target - xy
    if math.hypot(x, y) <= 1e-6:
        return site.pose_xyyaw[2]
    aside = {"left": -math.pi / 2, "right": math.pi / 2}.get(instruction.keep, 0.0)
    return wrapped(math.atan2(y, x) + aside)


def _viewer(site: Site, instruction: Instruction) -> Float64[np.ndarray, "2"] | str | None:
    """From where left and right are seen, None for the usual; a sentence where that is not in the map."""
    if instruction.seen_from is None:
        return None
    seen_from: Thing = instruction.seen_from
    if seen_from.text in ("me", "you", "here", "robot"):
        return site.xy_m
    found = ground(site, seen_from)
    return middle_m(found.things[0]) if found.found else found.note


def _room(site: Site, instruction: Instruction) -> np.ndarray | None:
    """Cells of the rooms that are meant, None where it is no room."""
    assert instruction.thing is not None
    kept = instruction.keep and instruction.facing is None
    if instruction.kind not in ("go", "middle") or instruction.thing.where or kept:
        return None
    if find_room_kind(instruction.thing.text) is None:
        return None  # before rooms are looked for, which takes some thirty questions
    return site.around.rooms.of_kind(instruction.thing.text)


def _room_goal(site: Site, text: str, instruction: Instruction, mask: np.ndarray) -> Goal:
    """Into the nearest of the rooms."""
    assert instruction.thing is not None
    reading = f"go into the {instruction.thing.text}{told_end(instruction)}"
    if not mask.any():
        return _refused(site, text, reading, f"No room of this map looks like a {instruction.thing.text}.")
    cost = np.where(mask, site.cost, np.inf)
    nearest = np.unravel_index(int(np.argmin(cost)), cost.shape)
    place = inside(site, site.around.rooms.labels == site.around.rooms.labels[nearest])
    if not np.isfinite(cost[nearest]):
        return _refused(site, text, reading, f"No way leads into the {instruction.thing.text}.")
    facing = _facing(site, instruction, place)
    yaw = _yaw(site, instruction, place, [], facing)
    several = len(np.unique(site.around.rooms.labels[mask])) > 1
    notes = [f"Several rooms look like a {instruction.thing.text}; the nearest is meant."] if several else []
    notes += [facing.note] if facing is not None and facing.note else []
    return Goal(text, True, place.xy_m, yaw, reading, confidence=0.8, note=" ".join(notes))


def _metric(site: Site, text: str, instruction: Instruction) -> Goal:
    """A turn, or metres along a direction."""
    x, y, yaw = site.pose_xyyaw
    reading = told(instruction)
    if instruction.kind == "turn":
        turned = (
            _COMPASS[instruction.heading] if instruction.heading in _COMPASS else yaw + instruction.angle_rad
        )
        return Goal(text, True, (x, y), wrapped(turned), reading, confidence=1.0)
    if instruction.heading not in HEADINGS:
        raise BadValue("heading", instruction.heading, ", ".join(HEADINGS))
    course = _COMPASS.get(instruction.heading, yaw + _TURNS.get(instruction.heading, 0.0))
    step = instruction.distance_m * np.array([math.cos(course), math.sin(course)])
    place = towards(site, site.xy_m + step) if instruction.distance_m else Place((x, y), 0.0)
    looks = course if instruction.heading in _COMPASS else yaw
    if place.off_m <= 2 * site.costmap.cell_size_m:
        return Goal(text, True, place.xy_m, wrapped(looks), reading, confidence=1.0)
    done_m = instruction.distance_m - place.off_m
    note = f"Something is in the way after {max(done_m, 0.0):.2f} m."
    return replace(Goal(text, False, place.xy_m, wrapped(looks), reading), note=note)
