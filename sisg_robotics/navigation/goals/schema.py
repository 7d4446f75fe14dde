"""Instructions as JSON: the schema that a service is given, and its answers checked into values.

Every field is there in each object, null where it says nothing, as services with strict schemas want it.
Nothing in an answer is run; a field or a value that is not in the schema refuses the whole of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...errors import BadValue, SisgError
from ...maps.wording import clean
from .instruction import (
    FARTHEST_M,
    HEADINGS,
    KINDS,
    MOST_TURNED_RAD,
    RANKS,
    RELATIONS,
    SIDES,
    Instruction,
    Thing,
    Where,
)

MOST_INSTRUCTIONS, MOST_WHERES, DEEPEST = 50, 8, 5
LONGEST_TEXT = 200
MOST_TURNED_DEG = math.degrees(MOST_TURNED_RAD)

_NEEDS_THING = ("go", "side", "between", "middle", "face")


class Unfit(SisgError):
    """An answer that is not what the schema says."""


def answer_schema() -> dict[str, Any]:
    """JSON Schema of {"instructions": [...]}; an instruction that can't be understood is null."""
    thing = {"anyOf": [{"$ref": "#/$defs/thing"}, {"type": "null"}]}
    named = {"type": "string", "description": "what it is, with colour or use: 'blue chair'"}
    instruction = {
        "kind": {"enum": list(KINDS)},
        "thing": thing,
        "other": thing,
        "side": {"enum": [*SIDES, None]},
        "heading": {"enum": [*HEADINGS, None]},
        "distance_m": {"type": ["number", "null"]},
        "angle_deg": {"type": ["number", "null"], "description": "turn, counter-clockwise: left is positive"},
        "facing": thing,
        "keep": {"enum": ["left", "right", None]},
        "seen_from": thing,
    }
    described = {
        "text": named,
        "nth": {"type": ["integer", "null"], "description": "1 is the nearest, -1 the last"},
        "rank": {"enum": [*filter(None, RANKS), None]},
        "reference": thing,
        "where": {"type": ["array", "null"], "items": {"$ref": "#/$defs/where"}},
    }
    where = {"relation": {"enum": list(RELATIONS)}, "thing": {"$ref": "#/$defs/thing"}, "other": thing}
    items = {"anyOf": [{"$ref": "#/$defs/instruction"}, {"type": "null"}]}
    return _object({"instructions": {"type": "array", "items": items}}) | {
        "$defs": {
            "instruction": _object(instruction),
            "thing": _object(described),
            "where": _object(where),
        }
    }


def read_answer(answer: Any) -> list[Instruction | None]:
    """The instructions of an answer. Raises Unfit, saying what does not fit."""
    _check_fields("the answer", answer, ("instructions",))
    given = answer.get("instructions")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_INSTRUCTIONS:
        raise Unfit(f"instructions is no list of 1 to {MOST_INSTRUCTIONS}")
    return [None if one is None else _instruction(one) for one in given]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _instruction(given: Any) -> Instruction:
    fields = (
        "kind",
        "thing",
        "other",
        "side",
        "heading",
        "distance_m",
        "angle_deg",
        "facing",
        "keep",
        "seen_from",
    )
    _check_fields("an instruction", given, fields)
    kind = _one_of(given, "kind", KINDS)
    if kind is None:
        raise Unfit("an instruction has no kind")
    read = Instruction(
        kind=kind,
        thing=_thing(given.get("thing")),
        other=_thing(given.get("other")),
        side=_one_of(given, "side", SIDES),
        heading=_one_of(given, "heading", HEADINGS) or "",
        distance_m=_number(given, "distance_m", 0.0, FARTHEST_M),
        angle_rad=math.radians(_number(given, "angle_deg", -MOST_TURNED_DEG, MOST_TURNED_DEG)),
        facing=_thing(given.get("facing")),
        keep=_one_of(given, "keep", ("left", "right")) or "",
        seen_from=_thing(given.get("seen_from")),
    )
    lacks = (
        (kind in _NEEDS_THING and read.thing is None, "a thing"),
        (kind == "between" and read.other is None, "the other thing"),
        (kind == "side" and read.side is None, "a side"),
        (kind == "move" and not read.heading, "a heading"),
        (kind == "turn" and not read.heading and not read.angle_rad, "an angle or a heading"),
    )
    for lacking, what in lacks:
        if lacking:
            raise Unfit(f"an instruction of kind {kind} lacks {what}")
    if kind == "turn" and read.heading not in ("", "north", "south", "east", "west"):
        raise Unfit(f"a turn has the heading {read.heading!r}, which is no compass direction")
    return read


def _thing(given: Any, depth: int = 0) -> Thing | None:
    if given is None:
        return None
    if depth > DEEPEST:
        raise Unfit(f"things are nested more than {DEEPEST} deep")
    _check_fields("a thing", given, ("text", "nth", "rank", "reference", "where"))
    text, nth, where = given.get("text"), given.get("nth"), given.get("where")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT:
        raise Unfit(f"the text of a thing is no text of 1 to {LONGEST_TEXT} letters")
    try:
        clean(text)
    except BadValue:
        raise Unfit("the text of a thing is nothing that a map can be asked") from None
    if nth is not None and (type(nth) is not int or not -1 <= nth <= 100):
        raise Unfit("nth of a thing is no whole number from -1 to 100")
    if where is not None and (not isinstance(where, list) or len(where) > MOST_WHERES):
        raise Unfit(f"where of a thing is no list of at most {MOST_WHERES}")
    return Thing(
        text=" ".join(text.split()),
        nth=nth or 0,
        rank=_one_of(given, "rank", RANKS) or "",
        reference=_thing(given.get("reference"), depth + 1),
        where=tuple(_where(one, depth + 1) for one in where or ()),
    )


def _where(given: Any, depth: int) -> Where:
    _check_fields("a relation", given, ("relation", "thing", "other"))
    relation, thing = _one_of(given, "relation", RELATIONS), _thing(given.get("thing"), depth)
    other = _thing(given.get("other"), depth)
    if relation is None or thing is None:
        raise Unfit("a relation lacks its name or its thing")
    if relation == "between" and other is None:
        raise Unfit("between lacks the other thing")
    return Where(relation, thing, other)


def _check_fields(what: str, given: Any, fields: Sequence[str]) -> None:
    if not isinstance(given, dict):
        raise Unfit(f"{what} is no object")
    unknown = sorted(str(name)[:40] for name in given.keys() - set(fields))
    if unknown:
        raise Unfit(f"{what} has unknown fields: {', '.join(unknown[:5])}")


def _one_of(given: dict[str, Any], name: str, accepted: Sequence[str]) -> Any:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in accepted:
        raise Unfit(f"{name} is {str(value)[:40]!r}, which is none of {', '.join(filter(None, accepted))}")
    return value


def _number(given: dict[str, Any], name: str, low: float, high: float) -> float:
    value = given.get(name)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Unfit(f"{name} is no number from {low:g} to {high:g}")
    return float(value)
