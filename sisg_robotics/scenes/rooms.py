"""What kinds of rooms there are: their words, sizes, finishes, and how freely people walk through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RoomKind:
    """What makes a bedroom a bedroom, before anything stands in it."""

    name: str
    words: tuple[str, ...]
    """Further names of the kind in a prompt, singular."""
    area_m2: tuple[float, float]
    min_side_m: float
    passage_cost: float
    """How unlikely it is that one walks through it to another room: 0 for a hallway."""
    window_share: float
    """Windows take up to this share of an outer wall's length; 0 for none."""
    sill_m: float
    floors: tuple[str, ...]
    """Words looked for in the names of floor materials, any of them will do."""
    walls: tuple[str, ...]

    @property
    def plural(self) -> str:
        """More than one of it."""
        return self.name + "s"


_WOODEN = ("parquet", "planks", "boards")
_SOFT = (*_WOODEN, "carpet")
_HARD = ("tiles", "concrete", "boards")
_TILED = ("tiles",)
_PAINTED = ("paint", "plaster", "wallpaper")

ROOM_KINDS: Mapping[str, RoomKind] = {
    kind.name: kind
    for kind in (
        RoomKind("living room", ("lounge",), (18.0, 26.0), 3.8, 1.0, 0.55, 0.5, _SOFT, _PAINTED),
        RoomKind("bedroom", ("master bedroom",), (13.0, 17.0), 3.3, 4.0, 0.45, 0.9, _SOFT, _PAINTED),
        RoomKind("kitchen", ("kitchenette",), (10.0, 14.0), 2.8, 2.0, 0.45, 1.1, _HARD, _PAINTED),
        RoomKind("bathroom", ("bath room", "washroom"), (6.0, 8.5), 2.2, 9.0, 0.3, 1.3, _TILED, _TILED),
        RoomKind("office", ("study", "home office"), (10.0, 15.0), 2.9, 4.0, 0.45, 0.9, _SOFT, _PAINTED),
        RoomKind("dining room", (), (12.0, 16.0), 3.2, 1.5, 0.5, 0.7, _WOODEN, _PAINTED),
        RoomKind("hallway", ("hall", "corridor"), (6.0, 9.0), 1.7, 0.0, 0.0, 0.9, _SOFT, _PAINTED),
        RoomKind(
            "kids room",
            ("kid room", "children room", "childrens room", "child room", "nursery", "playroom"),
            (11.0, 15.0), 3.1, 4.0, 0.45, 0.9, _SOFT, _PAINTED,
        ),
    )
}  # fmt: skip
"""Every kind of room by name."""


def room_kinds() -> tuple[str, ...]:
    """The names of all kinds of rooms."""
    return tuple(ROOM_KINDS)


def find_room_kind(words: str) -> str | None:
    """The kind that these words name, in the singular or the plural, or None."""
    for kind in ROOM_KINDS.values():
        for name in (kind.name, *kind.words):
            if words in (name, name + "s", name[:-1] + "ies" if name.endswith("y") else name):
                return kind.name
    return None


def name_rooms(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """A unique name for each: "kitchen", "bedroom 1", "bedroom 2"."""
    names = []
    for index, kind in enumerate(kinds):
        several = kinds.count(kind) > 1
        names.append(f"{kind} {kinds[: index + 1].count(kind)}" if several else kind)
    return tuple(names)
