"""What somebody wants a robot to do, once their sentence is understood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

Side = Literal["left", "right", "front", "behind", "opposite", "north", "south", "east", "west"]
"""Of a thing. Compass directions: north is +y of the map, east is +x."""

Relation = Literal["on", "under", "near", "in", "left", "right", "front", "behind", "opposite", "between"]

Rank = Literal[
    "", "nearest", "farthest", "largest", "smallest", "tallest", "lowest", "leftmost", "rightmost"
]  # fmt: skip

Kind = Literal["go", "side", "between", "middle", "move", "turn", "face"]
"""go: to a thing or into a room; side: of a thing; between: two things; middle: of a room or a thing;
move: along a direction by metres; turn: by an angle, or to a direction; face: a thing."""

SIDES: tuple[Side, ...] = get_args(Side)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
RANKS: tuple[Rank, ...] = get_args(Rank)
KINDS: tuple[Kind, ...] = get_args(Kind)
FARTHEST_M, MOST_TURNED_RAD = 1000.0, 20 * math.pi
"""Nobody means more than this by one instruction."""

HEADINGS = ("forward", "backward", "left", "right", "north", "south", "east", "west")


@dataclass(frozen=True)
class Thing:
    """One of the things that answer `text`: which of them, and where.

    `nth` counts from 1, the nearest first, to `reference` or else to the robot; -1 is the last, 0 says
    nothing. `reference` is also what nearest and farthest are measured from. `text` may exclude: "chair, not
    office chair".
    """

    text: str
    nth: int = 0
    rank: Rank = ""
    reference: Thing | None = None
    where: tuple[Where, ...] = ()


@dataclass(frozen=True)
class Where:
    """What a thing is said to be in relation to; `other` is the second thing of "between"."""

    relation: Relation
    thing: Thing
    other: Thing | None = None


@dataclass(frozen=True)
class Instruction:
    """One step. Fields that a kind does not need are empty.

    distance_m   how far to move, or from a side of the thing; 0: as near as is comfortable
    angle_rad    turn: counter-clockwise, from the robot's heading
    heading      move, turn: one of HEADINGS
    facing       what to look at in the end, other than the thing itself
    keep         "left" or "right": the side of the robot on which the thing, or that to face, is to be
    seen_from    whose left and right are meant; None: the robot's, or the thing's front
    """

    kind: Kind
    thing: Thing | None = None
    other: Thing | None = None
    side: Side | None = None
    heading: str = ""
    distance_m: float = 0.0
    angle_rad: float = 0.0
    facing: Thing | None = None
    keep: str = ""
    seen_from: Thing | None = None
