"""The layout solver: a beam search over the things of one room, with hard rules and soft scores.

Things are placed one after another. Every partial room in the beam proposes poses for the next thing; poses
that break a hard rule are dropped, the best of the rest are tried against the rule that takes longest to
check (a robot still gets everywhere), and the best partial rooms go on. A thing without a legal pose stays
out, with the rule that refused the last of its poses as the reason, and the search goes on without it.
Budgets count candidates and never time, so the same seed gives the same room on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64

from ..assets import Asset, AssetSpec, make_asset
from .boxes import ahead, asset_boxes, inside, overlap, separation
from .candidates import GAP_M, ON_WALL, PLACES, Partner, Rows
from .furnishing import FRONT_M
from .space import ROBOT_HEIGHT_M, STEP_M, Space, passable
from .wishes import Wish

_BEAM = 3
_BRANCH = 3
_ATTEMPTS = 3
_TRIED = 12
"""Poses per partial room that are tried for passage, best first."""
_VARIANTS = 4
"""Other shapes of the same thing that are tried when it does not fit; the smallest wins."""
_FULL = 0.38
"""Share of the floor at which only essential things are still let in."""
_UNPLACED_COST = 3.0


@dataclass(frozen=True, eq=False)
class Placed:
    """A wish that has got its place."""

    wish: int
    asset: Asset
    xyz_yaw: Float64[np.ndarray, "4"]
    box: Float64[np.ndarray, "7"]
    zone: Float64[np.ndarray, "7"] | None
    """Floor kept free before it."""
    group: int
    """The wish at the root of its company: those may stand in each other's zones."""
    host: int | None = None
    """The wish it stands on."""
    on_wall: bool = False

    @property
    def is_flat(self) -> bool:
        """Whether it lies on the floor and everything may stand on it."""
        return bool(self.box[6] <= STEP_M)

    @property
    def partner(self) -> Partner:
        """Itself, as something to be placed relative to."""
        return Partner(self.box, float(self.xyz_yaw[3]))


@dataclass(frozen=True, eq=False)
class Layout:
    """A room, as far as it is furnished."""

    placed: tuple[Placed, ...]
    taken: Bool[np.ndarray, "h w"]
    score: float = 0.0
    refused: tuple[tuple[int, str], ...] = ()
    """Wishes without a place, with the reason."""

    def of(self, wish: int | None) -> Placed | None:
        """What a wish has become."""
        return next((item for item in self.placed if item.wish == wish), None)


def solve_room(space: Space, wishes: Sequence[Wish], rng: np.random.Generator) -> Layout:
    """The best layout found for everything that stands on the floor or hangs on a wall or the ceiling.

    When something essential finds no place, the room is begun anew with it and its company first, and the
    attempt that leaves out least is kept. Wishes for surfaces are left alone; `furnish_surfaces` places them.
    """
    best, fewest = None, len(wishes) + 1
    early: frozenset[int] = frozenset()
    for _ in range(_ATTEMPTS):
        layout = _solve(space, wishes, early, rng)
        missing = [index for index, _ in layout.refused if wishes[index].essential]
        if len(missing) < fewest:
            best, fewest = layout, len(missing)
        if not missing:
            break
        early |= {_root(wishes, index) for index in missing}
    assert best is not None
    return best


def _solve(space: Space, wishes: Sequence[Wish], early: frozenset[int], rng: np.random.Generator) -> Layout:
    """One beam search: the floor before the walls, and the groups named in `early` before the others."""

    def turn(index: int) -> tuple[bool, bool, int]:
        hangs = wishes[index].place in ON_WALL | {"ceiling"}
        return hangs, _root(wishes, index) not in early, index

    beam = [Layout((), space.empty)]
    for index in sorted(range(len(wishes)), key=turn):
        if wishes[index].place in PLACES:
            grown = _grow(space, wishes, index, beam, rng)
            beam = sorted(grown, key=lambda layout: -layout.score)[:_BEAM]
    return beam[0]


def _root(wishes: Sequence[Wish], index: int) -> int:
    """The wish at which a chain of partners begins."""
    partner = wishes[index].partner
    return index if partner is None else _root(wishes, partner)


def _grow(
    space: Space, wishes: Sequence[Wish], index: int, beam: Sequence[Layout], rng: np.random.Generator
) -> list[Layout]:
    wish = wishes[index]
    reason = ""
    for asset in _variants(wish):
        grown = []
        for layout in beam:
            steps, reason = _place(space, wishes, index, asset, layout, rng)
            grown += steps
        if grown:
            return grown
    cost = _UNPLACED_COST if wish.essential else 0.0
    return [
        replace(layout, score=layout.score - cost, refused=(*layout.refused, (index, reason)))
        for layout in beam
    ]


def _variants(wish: Wish) -> Iterator[Asset]:
    """The thing itself and, if it matters, the smallest of some others like it."""
    yield asset_of(wish)
    if wish.essential:
        others = [asset_of(replace(wish, seed=wish.seed + k)) for k in range(1, _VARIANTS)]
        yield min(others, key=lambda asset: asset.size_xyz_m[0] * asset.size_xyz_m[1])


def asset_of(wish: Wish) -> Asset:
    """The thing that a wish is about."""
    return make_asset(AssetSpec(wish.category, wish.seed, wish.color, wish.material))


def _place(
    space: Space, wishes: Sequence[Wish], index: int, asset: Asset, layout: Layout, rng: np.random.Generator
) -> tuple[list[Layout], str]:
    """Up to `_BRANCH` layouts with one thing more, best first; or none and the reason."""
    wish = wishes[index]
    partner = layout.of(wish.partner)
    if wish.partner is not None and partner is None:
        return [], f"the {wishes[wish.partner].category} it belongs to found no place"
    if not wish.essential and wish.place not in ON_WALL | {"ceiling"} and layout.taken.mean() > _FULL:
        return [], "the room is full"
    rows = PLACES[wish.place](space, asset, partner.partner if partner else None, rng)
    group = partner.group if partner else index
    rows, reason = _legal(space, wish, asset, rows, layout, group)
    if not len(rows):
        return [], reason
    rows = rows[np.argsort(-(_scored(wish, asset, rows, layout, rng)), kind="stable")]
    out: list[Layout] = []
    for row in _spread(rows)[:_TRIED]:
        item = _item(wish, index, asset, row[:4], group)
        taken = layout.taken
        if not item.is_flat and item.box[5] < ROBOT_HEIGHT_M:
            taken = taken | space.touched(item.box)
            zones = [one.zone for one in (*layout.placed, item) if one.zone is not None]
            if not passable(space, taken, np.array(zones).reshape(-1, 7)):
                continue
        out.append(Layout((*layout.placed, item), taken, layout.score + float(row[4]), layout.refused))
        if len(out) == _BRANCH:
            break
    return out, "" if out else "it would block the way"


def _item(wish: Wish, index: int, asset: Asset, xyz_yaw: Float64[np.ndarray, "4"], group: int) -> Placed:
    xyz_yaw = np.round(xyz_yaw, 4)
    box = asset_boxes(asset, xyz_yaw[None])[0]
    depth = 0.0 if wish.place in ON_WALL else FRONT_M.get(wish.category, 0.0)
    zone = ahead(box[None], depth)[0] if depth else None
    return Placed(index, asset, xyz_yaw, box, zone, group, on_wall=wish.place in ON_WALL)


def _legal(
    space: Space, wish: Wish, asset: Asset, rows: Rows, layout: Layout, group: int
) -> tuple[Rows, str]:
    """The poses that break no hard rule; and which rule refused the last of them."""
    room = space.room
    on_wall, flat = wish.place in ON_WALL, asset.bounds_m[1][2] <= STEP_M and asset.support == "floor"
    boxes = asset_boxes(asset, rows[:, :4])
    solid = [item for item in layout.placed if item.is_flat == flat]
    bodies = np.array([item.box for item in solid]).reshape(-1, 7)
    zones = np.array([i.zone for i in layout.placed if i.zone is not None and i.group != group]).reshape(
        -1, 7
    )
    depth = 0.0 if on_wall or flat else FRONT_M.get(wish.category, 0.0)
    own = ahead(boxes, depth) if depth else boxes[:, :]
    strangers = np.array([item.box for item in solid if item.group != group and not item.on_wall])
    rules = [
        ("it is too big for the room", lambda b, z: inside(b, room.lower_xy_m, room.upper_xy_m) & (
            b[:, 6] <= space.ceiling_m) & (b[:, 5] >= -1e-6)),
        ("there is no free place", lambda b, z: ~np.any(
            overlap(b, bodies, GAP_M - 0.001, 0.02), axis=1)),
        ("it would be in the way of a door", lambda b, z: ~np.any(overlap(b, space.door_zones), axis=1)
            & ~np.any(overlap(b, space.leaves, 0.05), axis=1)),
        ("it would block a window", lambda b, z: (wish.place == "window")
            | ~np.any(overlap(b, space.window_zones), axis=1)),
    ]  # fmt: skip
    if not on_wall and not flat:
        rules.append(
            ("it would stand in front of something", lambda b, z: ~np.any(overlap(b, zones), axis=1))
        )
    if depth:
        rules.append(("there is no space to use it", lambda b, z: inside(z, room.lower_xy_m, room.upper_xy_m)
            & ~np.any(overlap(z, strangers.reshape(-1, 7)), axis=1)
            & ~np.any(overlap(z, space.leaves), axis=1)))  # fmt: skip
    if not len(rows):
        return rows, "there is no such place in the room"
    for reason, rule in rules:
        keep = rule(boxes, own)
        rows, boxes, own = rows[keep], boxes[keep], own[keep]
        if not len(rows):
            return rows, reason
    return rows, ""


def _scored(
    wish: Wish, asset: Asset, rows: Rows, layout: Layout, rng: np.random.Generator
) -> Float64[np.ndarray, "n"]:
    """First score, plus company, air and chance; also written into the rows."""
    boxes = asset_boxes(asset, rows[:, :4])
    others = np.array([item.box for item in layout.placed if not item.is_flat]).reshape(-1, 7)
    if len(others):
        gap = np.min(separation(boxes, others), axis=1)
        if wish.place == "row":
            rows[:, 4] -= 1.5 * np.clip(gap, 0, 1.5)
        elif wish.place in ("wall", "middle", "free", "hang"):
            rows[:, 4] += 0.4 * np.clip(gap, 0, 1.0)
    rows[:, 4] += 0.35 * rng.random(len(rows))
    return rows[:, 4]


def _spread(rows: Rows) -> Rows:
    """The best poses without their near twins, so that the beam holds different rooms."""
    kept: list[np.ndarray] = []
    for row in rows[:200]:
        if all(np.hypot(*(row[:2] - other[:2])) > 0.25 or abs(row[3] - other[3]) > 0.3 for other in kept):
            kept.append(row)
        if len(kept) == _TRIED:
            break
    return np.array(kept)
