"""What a short prompt asks for: a grammar of rooms, things, counts, colours and materials.

  prompt  = phrase { ("," | "and" | "." | "with" | "in" ...) phrase }
  phrase  = [count] { size | colour | material } (room | flat | thing)

"with" gives what follows to the room before it, up to the next room or full stop. "in the X" gives what came
before it to X. "no X" wants none of it. A word that fits nowhere is kept in `unknown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..assets import CATEGORIES, COLORS, find_category
from .rooms import find_room_kind
from .words import ALL, BREAKS, COUNTS, FILLERS, FLATS, GIVES, INTO, SIZES, SPELLINGS, STOPS


@dataclass(frozen=True)
class RoomRequest:
    """Rooms of one kind, and how large they should be."""

    kind: str
    scale: float = 1.0


@dataclass(frozen=True)
class ThingRequest:
    """A category, how many of it, its looks, and where."""

    category: str
    count: int
    color: str | None
    material: str | None
    rooms: tuple[int, ...] | None
    """Indices of requested rooms, each of which gets `count`; None for anywhere in the flat."""
    words: str


@dataclass(frozen=True)
class Request:
    """A prompt, understood."""

    rooms: tuple[RoomRequest, ...] = ()
    things: tuple[ThingRequest, ...] = ()
    is_flat: bool = False
    """Whether the usual rooms of a flat come in addition to those named."""
    scale: float = 1.0
    room_count: int | None = None
    unknown: tuple[str, ...] = ()
    """Words that are in no list."""


def parse_prompt(prompt: str) -> Request:
    """Read a prompt. It never fails: what it does not know is in `unknown`."""
    return _Reader(re.findall(r"[a-z]+|\d+|[,.;:!?&]", prompt.lower().replace("'", ""))).read()


class _Reader:
    """One pass over the words, left to right."""

    def __init__(self, words: list[str]) -> None:
        self.words = [SPELLINGS.get(word, word) for word in words]
        self.at = 0
        self.rooms: list[RoomRequest] = []
        self.things: list[ThingRequest] = []
        self.unknown: list[str] = []
        self.is_flat = False
        self.scale = 1.0
        self.room_count: int | None = None
        self.last_rooms: tuple[int, ...] | None = None
        self.owner: tuple[int, ...] | None = None
        self.pending: list[int] = []
        self.into = False
        self._begin()

    def _begin(self) -> None:
        """Forget the count and the adjectives of the last phrase."""
        self.count: int | None = None
        self.phrase_scale = 1.0
        self.color: str | None = None
        self.material: str | None = None
        self.definite = self.whole = False
        self.start = self.at

    def read(self) -> Request:
        while self.at < len(self.words):
            word = self.words[self.at]
            if word in STOPS or word in BREAKS or word in INTO or word in GIVES:
                self._separate(word)
            elif not (self._noun(4, 2) or self._adjective() or self._noun(1, 1) or self._small_word()):
                self.unknown.append(word)
                self.at += 1
        self._look_of_last()
        return Request(
            tuple(self.rooms),
            tuple(self.things),
            self.is_flat,
            self.scale,
            self.room_count,
            tuple(self.unknown),
        )

    def _separate(self, word: str) -> None:
        self._look_of_last()
        self.at += 1
        self._begin()
        if word in ("or", "nor") and self.things and self.things[-1].count == 0:
            self.count = 0
        if word in STOPS:
            self.owner, self.pending, self.into = None, [], False
        elif word in INTO:
            self.into = True
        elif word in GIVES:
            self.owner = self.last_rooms
            self.count = 0 if word == "without" else None
        else:
            self.into = False

    def _look_of_last(self) -> None:
        """An adjective without a noun describes the thing before it: "a sofa in red"."""
        if self.things and (self.color or self.material):
            last = self.things[-1]
            self.things[-1] = replace(
                last, color=self.color or last.color, material=self.material or last.material
            )
        self.color = self.material = None

    def _adjective(self) -> bool:
        for length in (2, 1):
            word = " ".join(self.words[self.at : self.at + length])
            after = self.words[self.at + length : self.at + length + 1]
            ends = not after or after[0] in STOPS | BREAKS | INTO | GIVES
            if ends and length == 1 and find_category(word) and not self._means_a_look():
                return False  # "a glass", not "a glass table"
            if word in COLORS:
                self.color = word
            elif word in _material_words():
                self.material = word
            elif length == 1 and word in SIZES:
                self.phrase_scale = SIZES[word]
            else:
                continue
            self.at += length
            return True
        return False

    def _means_a_look(self) -> bool:
        """Whether a word here that could be a thing is meant as the look of the last thing."""
        return self.count is None and bool(self.things) and not self.definite

    def _small_word(self) -> bool:
        word = self.words[self.at]
        if self.count == 0 and word in ("a", "an", "any"):
            pass  # "without a", "no ... or a"
        elif word.isdigit() or word in COUNTS:
            self.count = int(word[:6]) if word.isdigit() else COUNTS[word]
        elif word in ("room", "rooms") and self.count is not None:
            self.room_count = min(6, max(1, self.count))
        elif word not in FILLERS:
            return False
        self.definite |= word == "the"
        self.whole |= word in ALL
        self.at += 1
        return True

    def _noun(self, longest: int, shortest: int) -> bool:
        for length in range(longest, shortest - 1, -1):
            words = " ".join(self.words[self.at : self.at + length])
            if len(words.split()) < length:
                continue
            kind = find_room_kind(words)
            category = None if kind else find_category(words)
            is_flat = length == 1 and (words in FLATS or words[:-1] in FLATS)
            if kind is None and category is None and not is_flat:
                continue
            self.at += length
            if kind is not None:
                self._room(kind, plural=find_room_kind(words[:-1]) == kind)
            elif category is not None:
                self._thing(category, words)
            else:
                self._flat()
            self._begin()
            return True
        return False

    def _flat(self) -> None:
        self.is_flat = True
        if self.phrase_scale != 1.0:
            self.scale = self.phrase_scale
        if not self.into:
            self.last_rooms = self.owner = None

    def _room(self, kind: str, plural: bool) -> None:
        known = tuple(i for i, room in enumerate(self.rooms) if room.kind == kind)
        if self.at < len(self.words) and self.words[self.at].isdigit() and known:
            number = int(self.words[self.at][:3])
            known = known[number - 1 : number] or known[:1]
            self.at += 1
        elif not (plural or self.whole):
            known = known[:1]
        if not known or not (self.into or self.definite):
            count = self.count if self.count is not None else 2 if plural and not self.into else 1
            known = tuple(range(len(self.rooms), len(self.rooms) + min(count, 12)))
            if self.at < len(self.words) and self.words[self.at] in FLATS:
                self.scale, self.phrase_scale = self.phrase_scale, 1.0  # "a small two bedroom flat"
            self.rooms += [RoomRequest(kind, self.phrase_scale)] * len(known)
        self.last_rooms = known
        if self.into and self.pending:
            movable = self.pending[-1:] if self.owner else self.pending
            for index in movable:
                self.things[index] = replace(self.things[index], rooms=known)
        self.owner = known if self.into and not self.pending else None
        self.pending, self.into = [], False

    def _thing(self, category: str, words: str) -> None:
        singular = (CATEGORIES[category].name, *CATEGORIES[category].synonyms)
        plural = words not in singular and words.endswith("s")
        count = self.count if self.count is not None else 2 if plural else 1
        said = " ".join(self.words[self.start : self.at])
        self.pending.append(len(self.things))
        self.things.append(ThingRequest(category, count, self.color, self.material, self.owner, said))


def _material_words() -> frozenset[str]:
    return frozenset(word for category in CATEGORIES.values() for word in category.materials)
