"""English instructions to robots, read by patterns: no service, no model, the same answer every time."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from .clauses import split_clauses
from .instruction import FARTHEST_M, MOST_TURNED_RAD, Instruction, Side, Thing
from .thing_phrases import parse_thing, split_pair

_NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
_METRES = {"cm": 0.01, "centimeter": 0.01, "centimetre": 0.01, "f": 0.3048, "s": 0.5}
"""By how a unit's name begins; a step is half a metre, anything else a metre."""
_LENGTH = (
    rf"{_NUMBER}\s*(?:more )?(?P<unit>m|met(?:er|re)s?|cm|centimet(?:er|re)s?|feet|foot|ft|steps?)(?![a-z])"
)

_COMPASS = r"north|south|east|west"
_AHEAD = {
    "forward": "forward", "forwards": "forward", "ahead": "forward", "straight": "forward",
    "back": "backward", "straight ahead": "forward", "straight on": "forward", "on": "forward",
    "backward": "backward",
    "backwards": "backward", "left": "left", "right": "right", "north": "north", "south": "south",
    "east": "east", "west": "west", "up": "forward",
}  # fmt: skip
_HEADING_WORDS = "|".join(sorted(_AHEAD, key=len, reverse=True))
_HEADING = rf"(?:to(?:wards?)? (?:the |your )?)?(?P<heading>{_HEADING_WORDS})(?:wards?)?"

_NOT = re.compile(r"^(?:do not|don't|dont|never|no|not|avoid|stay away|keep away|keep off|without)\b")
"""What is not to be done is no goal."""

_GO = re.compile(
    r"^(?:(?:go|move|drive|walk|head|navigate|come|travel|proceed|continue|return|step|run|roll|get|take me|"
    r"bring me|lead me|guide me|carry on|stop|stand|wait|park|stay|be|position yourself|place yourself|"
    r"find me|find|approach|reach|visit|show me|locate|look for|search for|where is|where are|is there|"
    r"pass)\b\s*)+"
)
_TO = re.compile(r"^(?:(?:back|over|up|down|straight|closer|out|towards?|to|at|until|till|into)\b\s*)+")

_MOVE = (
    re.compile(rf"^(?:by |for )?{_LENGTH}\s+{_HEADING}$"),
    re.compile(rf"^{_HEADING}\s+(?:by |for )?{_LENGTH}$"),
    re.compile(rf"^(?:by |for )?{_LENGTH}$"),
    re.compile(rf"^{_HEADING}$"),
)
_BACK_UP = re.compile(rf"^(?:back up|reverse|move back|step back)(?:\s+(?:by )?{_LENGTH})?$")
_STAY = re.compile(
    r"^(?:stop|wait|stay|stand still|halt|hold|stay put|do nothing)(?: (?:there|here|still))?$"
)
_TURN = re.compile(r"^(?:turn|rotate|spin|swing|pivot)\b\s*")
_DEGREES = re.compile(rf"(?:by )?{_NUMBER}\s*(?:degrees?|deg|°)")
_FACE = re.compile(
    r"^(?:(?:turn|rotate|look|point|orient yourself)\s+(?:to face|towards?|at|to|in the direction of)|face|"
    r"look at)\b\s*"
    r"(?:the direction of |in the direction of )?"
)
_SIDE = re.compile(
    rf"^(?:{_LENGTH}\s+(?:away )?)?(?:(?:to|on|at|from) )?(?:the |its )?"
    rf"(?P<side>left|right|front|back|rear|{_COMPASS})(?:ern)?(?:[ -]hand)?(?: side| end)? of (?P<rest>.+)$"
)
_BEFORE = re.compile(
    rf"^(?:{_LENGTH}\s+(?:away )?)?"
    r"(?P<side>in front of|ahead of|before|behind|opposite(?: to| of)?|across from)\s+(?P<rest>.+)$"
)
_OWNED = re.compile(r"^(?:the )?(?P<rest>.+?)'s? (?P<side>left|right|front|back)(?: side)?$")
_BETWEEN = re.compile(
    r"^(?:in |to |the |at )*(?:(?:exactly |right )?(?:in )?between|halfway between|midway between|middle of|"
    r"(?:middle|centre|center|space|gap) between)\s+(?P<rest>.+)$"
)
_MIDDLE = re.compile(r"^(?:in |to |at )*(?:the )?(?:middle|centre|center) of (?P<rest>.+)$")
_NEAR = re.compile(
    rf"^(?:(?:{_LENGTH}\s+)?(?:away )?from|next to|right next to|beside|near to|near|close to|by|at|"
    r"alongside|around|in|inside|into|within|under|underneath|below|beneath|on top of|on|onto|along)\s+"
    r"(?P<rest>.+)$"
)
_WITH = re.compile(
    r",?\s*(?:with|keeping|keep|having) (?P<rest>.+?) (?:to|on|at) (?:your|its|the|my)(?: own)? "
    r"(?P<keep>left|right)(?:[ -]hand)?(?: side)?$"
)
_FACING = re.compile(
    r",?\s+(?:and )?(?:facing|looking at|looking towards?|turned to(?:wards)?)\s+(?P<rest>.+)$"
)
_SEEN_FROM = re.compile(
    r",?\s*\b(?:as )?(?:seen|viewed|looking|when standing|standing) (?:from|at|in)\s+(?P<rest>.+)$"
)


def parse_instructions(text: object) -> list[Instruction | None]:
    """What a text asks for, in its order; None for a clause that nothing was understood of.

    Raises BadValue for what is no text, has no letters, or is too long.
    """
    found: list[Instruction | None] = []
    before: Thing | None = None
    for clause in split_clauses(text):
        instruction = parse_clause(clause, before)
        if instruction is not None and not _is_meant(instruction):
            instruction = None
        found.append(instruction)
        if instruction is not None and instruction.thing is not None:
            before = instruction.thing
    return found


def parse_clause(clause: str, before: Thing | None = None) -> Instruction | None:
    """One instruction. `before` is the thing of the one before, which "it" and "one" stand for."""
    if _NOT.match(clause):
        return None
    if _STAY.match(clause):
        return Instruction("move", heading="forward")
    extra: dict[str, Thing | str | None] = {}
    if found := _SEEN_FROM.search(clause):
        seen_from = parse_thing(found["rest"], before)
        clause, extra = clause[: found.start()], {"seen_from": seen_from}
    if found := _WITH.search(clause):
        thing = parse_thing(found["rest"], before)
        if thing is None:
            return None
        if not _GO.sub("", clause[: found.start()] + " ").strip(" ,"):
            return Instruction("go", thing=thing, keep=found["keep"])
        clause, extra = clause[: found.start()], {**extra, "facing": thing, "keep": found["keep"]}
    if (turn := _turn(clause)) is not None:
        return turn
    if found := _FACE.match(clause):
        return _facing(clause[found.end() :], before)
    if found := _FACING.search(clause):
        extra["facing"] = parse_thing(found["rest"], before)
        clause = clause[: found.start()]
    instruction = _go(clause, before)
    return None if instruction is None else replace(instruction, **extra)  # type: ignore[arg-type]


def _turn(clause: str) -> Instruction | None:
    found = _TURN.match(clause)
    if not found or (_FACE.match(clause) and not re.search(r"\b(left|right)$", clause)):
        return None
    rest = clause[found.end() :]
    degrees = _DEGREES.search(rest)
    if re.search(r"\b(?:around|round|back|u-turn)\b", rest) and not degrees:
        return Instruction("turn", angle_rad=math.pi)
    if compass := re.search(rf"\b({_COMPASS})\b", rest):
        return Instruction("turn", heading=compass.group(1))
    angle = float(degrees["number"]) if degrees else 90.0
    if re.search(r"\b(?:right|clockwise)\b", rest) and not re.search(
        r"\b(?:counter|anti)-?\s?clockwise\b", rest
    ):
        return Instruction("turn", angle_rad=-math.radians(angle))
    if degrees or re.search(r"\bleft\b|clockwise", rest):
        return Instruction("turn", angle_rad=math.radians(angle))
    return None


def _facing(rest: str, before: Thing | None) -> Instruction | None:
    if re.fullmatch(rf"(?:the )?({_COMPASS})", rest):
        return Instruction("turn", heading=rest.split()[-1])
    thing = parse_thing(rest, before)
    return Instruction("face", thing=thing) if thing else None


def _go(clause: str, before: Thing | None) -> Instruction | None:
    if found := _BACK_UP.match(clause):
        return Instruction("move", heading="backward", distance_m=_length_m(found) or 0.5)
    said_to_go = _GO.match(clause)
    place = clause[said_to_go.end() :] if said_to_go else clause
    for pattern in _MOVE:
        if found := pattern.match(place):
            heading = _AHEAD[found.groupdict().get("heading") or "forward"]
            return Instruction("move", heading=heading, distance_m=_length_m(found) or 1.0)
    place = _TO.sub("", place) if _OWNED.match(place) else place
    return _place(place, before) or _place(_TO.sub("", place), before) or _named(_TO.sub("", place), before)


def _place(place: str, before: Thing | None) -> Instruction | None:
    """A place said in relation to something."""
    if found := _BETWEEN.match(place):
        pair = split_pair(found["rest"], before)
        if pair:
            return Instruction("between", thing=pair[0], other=pair[1])
    for pattern in (_SIDE, _BEFORE, _OWNED):
        if found := pattern.match(place):
            thing = parse_thing(found["rest"], before)
            length = _length_m(found) if pattern is not _OWNED else 0.0
            return (
                Instruction("side", thing=thing, side=_side(found["side"]), distance_m=length)
                if thing
                else None
            )
    for pattern, kind in ((_MIDDLE, "middle"), (_NEAR, "go")):
        if found := pattern.match(place):
            thing = parse_thing(found["rest"], before)
            length = _length_m(found) if pattern is _NEAR else 0.0
            return Instruction(kind, thing=thing, distance_m=length) if thing else None  # type: ignore[arg-type]
    return None


def _named(place: str, before: Thing | None) -> Instruction | None:
    thing = None if place.startswith("between ") else parse_thing(place, before)
    return Instruction("go", thing=thing) if thing else None


def _side(word: str) -> Side:
    sides: dict[str, Side] = {
        "in front of": "front", "ahead of": "front", "before": "front", "back": "behind", "rear": "behind",
        "across from": "opposite", "opposite to": "opposite", "opposite of": "opposite",
    }  # fmt: skip
    return sides.get(word, word)  # type: ignore[arg-type]


def _is_meant(instruction: Instruction) -> bool:
    """Whether its numbers are such as people say."""
    return instruction.distance_m <= FARTHEST_M and abs(instruction.angle_rad) <= MOST_TURNED_RAD


def _length_m(found: re.Match[str]) -> float:
    if not found.groupdict().get("number"):
        return 0.0
    unit = next((factor for name, factor in _METRES.items() if found["unit"].startswith(name)), 1.0)
    return float(found["number"]) * unit
