"""Instructions about a generated flat whose answers its geometry knows: object goals and spatial goals."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from ..navigation import Costmap
from ..navigation.poses import Pose
from ..scenes import PlacedObject, Room, Scene
from .navigation import Subgoal, Task
from .questions import accepted
from .spatial_truth import COMPASS, SIDES, Box, between, direction_of

GOALS = 4
"""In a row, as VLMaps has them."""

BESIDE_M = 0.5
"""From a thing's edge to a place at its side, where no distance is said."""

NEAR_M = 4.0
"""Things that are farther apart are not spoken of together."""

LARGE_M = 0.35
"""Smaller things have no sides worth speaking of."""

FLOOR_M = 0.3
"""Things that begin higher hang."""

KINDS, SHARES = ("side", "far", "between", "metres"), (0.4, 0.2, 0.25, 0.15)

TRIES = 400

_SAID = {
    "left": "go to the left of the {}", "right": "go to the right of the {}",
    "front": "go in front of the {}", "behind": "go behind the {}",
    "north": "go north of the {}", "south": "go south of the {}",
    "east": "go east of the {}", "west": "go west of the {}",
}  # fmt: skip
_SAID_FAR = {
    "left": "move {:g} metres to the left of the {}", "right": "move {:g} metres to the right of the {}",
    "front": "go {:g} metres in front of the {}", "north": "go {:g} metres north of the {}",
    "south": "go {:g} metres south of the {}", "east": "go {:g} metres east of the {}",
    "west": "go {:g} metres west of the {}", "behind": "go {:g} metres behind the {}",
}  # fmt: skip
_WAYS = {"forward": 0.0, "left": np.pi / 2, "backward": np.pi, "right": -np.pi / 2}


def object_tasks(scene: Scene, seen: set[int], truth: Costmap, count: int) -> list[Task]:
    """Tasks of four different kinds of things by name; any thing that is rightly called so will do."""
    rng = np.random.default_rng([scene.seed, 11])
    there = [thing for thing in scene.objects if thing.object_id in seen]
    names = sorted({thing.asset.category for thing in there})
    boxes = {
        name: tuple(Box.of(thing) for thing in there if thing.asset.category in accepted(name))
        for name in names
    }
    tasks = []
    for _ in range(count):
        chosen = rng.choice(names, size=min(GOALS, len(names)), replace=False).tolist()
        subgoals = tuple(Subgoal(f"go to the {name}", boxes=boxes[name]) for name in chosen)
        tasks.append(Task(_start(truth, rng), subgoals))
    return tasks


def spatial_tasks(scene: Scene, seen: set[int], truth: Costmap, count: int) -> list[Task]:
    """Tasks of four places in relation to things, each a place where a robot can be.

    Only the first may be meant from where the robot is: of the others nobody knows from where it comes.
    """
    rng = np.random.default_rng([scene.seed, 12])
    things = _only_ones(scene, seen)
    tasks = []
    for _ in range(count):
        start = _start(truth, rng)
        subgoals: dict[str, Subgoal] = {}
        for _ in range(TRIES):
            if len(subgoals) == GOALS or len(things) < 2:
                break
            robot = None if subgoals else start
            drawn = _drawn(scene, things, robot, rng)
            if drawn is None or drawn[0] in subgoals:
                continue
            text, point, room = drawn
            if np.isfinite(truth.cost_at(point)) and (room is None or room.contains(_xy(point))):
                subgoals[text] = Subgoal(text, point_xy_m=_xy(point))
        if len(subgoals) == GOALS:
            tasks.append(Task(start, tuple(subgoals.values())))
    return tasks


def _drawn(
    scene: Scene, things: list[PlacedObject], robot: Pose | None, rng: np.random.Generator
) -> tuple[str, Float64[np.ndarray, "2"], Room | None] | None:
    """One instruction, the point that it means, and the room that it must be in; None where it means none."""
    kind = rng.choice(KINDS, p=SHARES)
    if kind == "metres":
        return None if robot is None else _metres(robot, rng)
    thing = things[rng.integers(len(things))]
    name = thing.asset.category
    room = next(room for room in scene.rooms if room.name == thing.room)
    if kind == "between":
        other = things[rng.integers(len(things))]
        a, b = Box.of(thing), Box.of(other)
        apart_m = float(np.linalg.norm(np.subtract(a.middle_xy_m, b.middle_xy_m)))
        if other is thing or other.room != thing.room or apart_m > NEAR_M:
            return None
        return f"move in between the {name} and the {other.asset.category}", between(a, b), room
    side = str(rng.choice((*SIDES, *COMPASS)))
    direction = direction_of(scene, thing, side, None if robot is None else np.array(robot[:2]))
    if direction is None:
        return None
    if kind == "far":
        distance_m = float(rng.choice((1.0, 1.5, 2.0)))
        return _SAID_FAR[side].format(distance_m, name), Box.of(thing).beyond(direction, distance_m), room
    return _SAID[side].format(name), Box.of(thing).beyond(direction, BESIDE_M), room


def _metres(robot: Pose, rng: np.random.Generator) -> tuple[str, Float64[np.ndarray, "2"], None]:
    way = str(rng.choice(sorted(_WAYS)))
    distance_m = float(rng.choice((1.0, 1.5, 2.0)))
    course = robot[2] + _WAYS[way]
    point = np.array(robot[:2]) + distance_m * np.array([np.cos(course), np.sin(course)])
    return f"move {distance_m:g} metres {'to the ' if way in ('left', 'right') else ''}{way}", point, None


def _only_ones(scene: Scene, seen: set[int]) -> list[PlacedObject]:
    """Things large enough to have sides that are the only ones which their name may mean."""
    names = [thing.asset.category for thing in scene.objects]
    alone = [
        thing
        for thing in scene.objects
        if sum(name in accepted(thing.asset.category) for name in names) == 1
        and thing.object_id in seen
        and thing.supported_by is None
        and max(thing.size_xyz_m[:2]) >= LARGE_M
        and thing.position_xyz_m[2] < FLOOR_M
    ]
    return sorted(alone, key=lambda thing: thing.object_id)


def _xy(point: Float64[np.ndarray, "2"]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _start(truth: Costmap, rng: np.random.Generator) -> Pose:
    truth.check_passable()
    cells = np.argwhere(truth.passable)
    x, y = truth.center_of(cells[rng.integers(len(cells))])
    return float(x), float(y), float(rng.uniform(-np.pi, np.pi))
