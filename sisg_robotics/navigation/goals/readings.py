"""Instructions in plain words, so that people see what was understood."""

from __future__ import annotations

import math

from .grounding import told_where
from .instruction import Instruction, Thing

_SIDES = {
    "left": "left of", "right": "right of", "front": "in front of", "behind": "behind",
    "opposite": "opposite",
    "north": "north of", "south": "south of", "east": "east of", "west": "west of",
}  # fmt: skip

_NTH = {1: "first", 2: "second", 3: "third", -1: "last"}


def told(instruction: Instruction, *, place_only: bool = False) -> str:
    """The instruction as a sentence, or only the place in it."""
    thing = told_thing(instruction.thing) if instruction.thing else ""
    length = f"{instruction.distance_m:g} m " if instruction.distance_m else ""
    if instruction.kind == "turn":
        degrees = math.degrees(instruction.angle_rad)
        way = "left" if degrees > 0 else "right"
        return (
            f"turn to the {instruction.heading}"
            if instruction.heading
            else f"turn {way} by {abs(degrees):g} degrees"
        )
    if instruction.kind == "move":
        return f"move {length}{instruction.heading}" if length else "stay"
    if instruction.kind == "face":
        return f"face {thing}"
    if instruction.kind == "between":
        place = f"between {thing} and {told_thing(instruction.other)}"
    elif instruction.kind == "side":
        place = f"{length}{_SIDES[instruction.side or 'front']} {thing}"
    else:
        place = f"{length}from {thing}" if length else f"next to {thing}"
    if place_only:
        return place
    seen = f", as seen from {told_thing(instruction.seen_from)}" if instruction.seen_from else ""
    return f"go {place}{told_end(instruction)}{seen}"


def told_end(instruction: Instruction) -> str:
    """How the robot is to stand in the end, if that is said."""
    if instruction.keep:
        kept = told_thing(instruction.facing) if instruction.facing else "it"
        return f", with {kept} on the {instruction.keep}"
    return f", facing {told_thing(instruction.facing)}" if instruction.facing else ""


def told_thing(thing: Thing | None) -> str:
    """A thing as a phrase."""
    if thing is None:
        return "something"
    nth = f"{_NTH.get(thing.nth, f'{thing.nth}th')} " if thing.nth else ""
    rank = f"{thing.rank} " if thing.rank else ""
    where = "".join(f" {told_where(one)}" for one in thing.where)
    to = {"nearest": " to", "farthest": " from"}.get(thing.rank, " from")
    reference = f"{to} {told_thing(thing.reference)}" if thing.reference else ""
    return f"the {nth}{rank}{thing.text}{where}{reference}"
