"""From a sentence and a seed to a furnished flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..assets import FLOOR_MATERIALS, WALL_MATERIALS
from ..errors import BadValue
from .floorplan import WALL_THICKNESS_M, FloorPlan, plan_floor
from .furnishing import home_rooms
from .layout import Layout, solve_room
from .openings import build_walls
from .prompt import Request, RoomRequest, ThingRequest, parse_prompt
from .rooms import ROOM_KINDS, name_rooms
from .scene import Light, PlacedObject, Room, Scene, Unplaced
from .space import room_spaces
from .surfaces import furnish_surfaces
from .wishes import Ask, Wish, draw_wishes

MAX_ROOMS = 6
MAX_OF_A_THING = 24
_ROOMS, _PLAN, _WALLS, _FURNITURE = range(4)
"""Streams of chance: what one stage draws does not move the next."""


def generate_scene(prompt: str = "", *, seed: int = 0, name: str | None = None) -> Scene:
    """A furnished flat of one to six rooms: what the prompt asks, and what chance adds.

    The same prompt and seed give the same scene. Whatever was asked for and is not there is in
    `Scene.unplaced`, with the reason. Raises BadValue for a negative seed.
    """
    if seed < 0:
        raise BadValue("seed", seed, "0 or more")
    request = parse_prompt(prompt)
    unplaced = [Unplaced(word, "it is no word for a room, thing, colour, material or number that we know")
                for word in dict.fromkeys(request.unknown)]  # fmt: skip
    wanted, refused = _choose_rooms(request, np.random.default_rng([seed, _ROOMS]))
    unplaced += [*refused, *_too_many(request.things)]
    rng = np.random.default_rng([seed, _PLAN])
    plan = plan_floor([room.kind for room in wanted], [room.scale * request.scale for room in wanted], rng)
    ceiling_m = round(2.4 + 0.05 * int(rng.integers(0, 9)), 2)
    rooms = _finish_rooms(plan, rng)
    walls = build_walls(plan, ceiling_m, np.random.default_rng([seed, _WALLS]))
    spaces = room_spaces(rooms, walls, ceiling_m)
    queues = _queues(request.things, rooms)
    objects: list[PlacedObject] = []
    for number, space in enumerate(spaces):
        room_rng = np.random.default_rng([seed, _FURNITURE, number])
        wishes = draw_wishes(space.room.kind, queues[number], room_rng)
        layout = furnish_surfaces(wishes, solve_room(space, wishes, room_rng), room_rng)
        objects += _objects(space.room, layout, 1 + len(objects))
        unplaced += _reports(space.room, wishes, layout)
    lights = _lights(rooms, objects, ceiling_m)
    return Scene(
        name or f"flat_{seed:04d}",
        prompt,
        seed,
        ceiling_m,
        rooms,
        walls,
        tuple(objects),
        lights,
        tuple(unplaced),
    )


def _choose_rooms(request: Request, rng: np.random.Generator) -> tuple[list[RoomRequest], list[Unplaced]]:
    """The rooms asked for, and the usual ones where a whole flat or nothing but things was asked for."""
    wanted = list(request.rooms[:MAX_ROOMS])
    refused = [
        Unplaced(room.kind, f"a flat has at most {MAX_ROOMS} rooms") for room in request.rooms[MAX_ROOMS:]
    ]
    if wanted and not request.is_flat and request.room_count is None:
        return wanted, refused
    have = [room.kind for room in wanted]
    for thing in request.things:
        homes = home_rooms(thing.category)
        if thing.rooms is None and thing.count and homes and not set(homes) & set(have):
            have.append(homes[0])
    likely = (2, 3) if request.scale < 1 else (5, 6) if request.scale > 1 else (3, 4, 4, 5, 5, 6)
    count = request.room_count or max(len(have), int(rng.choice(likely)))
    for kind in _usual_rooms(count, rng):
        # a second bedroom is usual, unless bedrooms were asked for by number
        most = 2 if kind == "bedroom" and kind not in have[: len(wanted)] else 1
        if len(have) < min(count, MAX_ROOMS) and have.count(kind) < most:
            have.append(kind)
    return wanted + [RoomRequest(kind) for kind in have[len(wanted) : MAX_ROOMS]], refused


def _usual_rooms(count: int, rng: np.random.Generator) -> list[str]:
    """What a flat has, the most usual first; a second bedroom comes late."""
    core = [str(kind) for kind in rng.permutation(["bedroom", "kitchen", "bathroom"])]
    rest = [
        str(kind) for kind in rng.permutation(["hallway", "office", "kids room", "dining room", "bedroom"])
    ]
    if count >= 5 and rng.random() < 0.5:
        rest.insert(0, "hallway")
    return ["living room", *core, *rest]


def _finish_rooms(plan: FloorPlan, rng: np.random.Generator) -> tuple[Room, ...]:
    half = WALL_THICKNESS_M / 2
    rooms = []
    for name, kind, cell in zip(name_rooms(plan.kinds), plan.kinds, plan.cells, strict=True):
        lower = (round(cell[0] + half, 4), round(cell[1] + half, 4))
        upper = (round(cell[2] - half, 4), round(cell[3] - half, 4))
        floor = _pick(FLOOR_MATERIALS, ROOM_KINDS[kind].floors, rng)
        wall = _pick(WALL_MATERIALS, ROOM_KINDS[kind].walls, rng)
        rooms.append(Room(name, kind, lower, upper, floor, wall))
    return tuple(rooms)


def _pick(names: Sequence[str], words: Sequence[str], rng: np.random.Generator) -> str:
    fit = [name for name in names if any(word in name for word in words)]
    return str(rng.choice(fit))


def _queues(things: Sequence[ThingRequest], rooms: Sequence[Room]) -> list[list[Ask]]:
    """Which room has to hold what; a thing without a room goes where it belongs, and nowhere else."""
    queues: list[list[Ask]] = [[] for _ in rooms]
    for thing in things:
        count = min(thing.count, MAX_OF_A_THING)  # the rest is reported by _too_many
        ask = Ask(thing.category, count, thing.color, thing.material, thing.words)
        if thing.rooms is not None:
            for number in thing.rooms:
                if number < len(rooms):
                    queues[number].append(ask)
            continue
        home = _home(thing.category, rooms)
        for number, queue in enumerate(queues):
            none = Ask(thing.category, 0, words=thing.words)
            queue.append(ask if number == home else none)
    return queues


def _too_many(things: Sequence[ThingRequest]) -> list[Unplaced]:
    return [
        Unplaced(
            f"{thing.count - MAX_OF_A_THING} more of {thing.words!r}",
            f"a room gets at most {MAX_OF_A_THING} of a thing",
        )
        for thing in things
        if thing.count > MAX_OF_A_THING
    ]


def _home(category: str, rooms: Sequence[Room]) -> int:
    kinds = [room.kind for room in rooms]
    for kind in home_rooms(category):
        if kind in kinds:
            return kinds.index(kind)
    return max(range(len(rooms)), key=lambda number: rooms[number].area_m2)


def _objects(room: Room, layout: Layout, first_id: int) -> list[PlacedObject]:
    ids = {item.wish: first_id + number for number, item in enumerate(layout.placed)}
    return [
        PlacedObject(
            ids[item.wish], item.asset.spec, item.asset.description,
            tuple(float(v) for v in item.xyz_yaw[:3]),  # type: ignore[arg-type]
            float(item.xyz_yaw[3]),
            tuple(round(v, 4) for v in item.asset.size_xyz_m),  # type: ignore[arg-type]
            room.name,
            None if item.host is None else ids[item.host],
        )
        for item in layout.placed
    ]  # fmt: skip


def _reports(room: Room, wishes: Sequence[Wish], layout: Layout) -> list[Unplaced]:
    return [
        Unplaced(f"{_look(wishes[index])} in the {room.name}", reason)
        for index, reason in layout.refused
        if wishes[index].essential
    ]


def _look(wish: Wish) -> str:
    return " ".join(word for word in (wish.color, wish.material, wish.category) if word)


def _lights(rooms: Sequence[Room], objects: Sequence[PlacedObject], ceiling_m: float) -> tuple[Light, ...]:
    """One light a room: below its ceiling lamp, or below the middle of its ceiling."""
    lights = []
    for room in rooms:
        lamps = [item for item in objects if item.room == room.name and item.asset.category == "ceiling lamp"]
        if lamps:
            x, y, z = lamps[0].position_xyz_m
            z -= lamps[0].size_xyz_m[2] + 0.05
        else:
            x, y = ((low + high) / 2 for low, high in zip(room.lower_xy_m, room.upper_xy_m, strict=True))
            z = ceiling_m - 0.15
        # irradiance falls with the square of the distance: larger rooms get brighter lamps
        intensity = round(0.9 + 0.12 * room.area_m2, 3)
        lights.append(Light((round(x, 4), round(y, 4), round(z, 4)), (1.0, 0.96, 0.9), intensity))
    return tuple(lights)
