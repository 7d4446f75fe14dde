"""Both kinds of navigation tasks on mapped flats: for the benchmark, and as a part of the scorecard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..navigation import Costmap
from .flats import MappedFlat
from .navigation import Outcome, Task, run_task, score_navigation
from .navigation_tasks import GOALS, object_tasks, spatial_tasks
from .scorecard import Part, Section

TASKS = 5
"""Of each kind, a flat."""

KINDS = {"object": object_tasks, "spatial": spatial_tasks}

Driven = dict[str, list[tuple[Task, list[Outcome]]]]
"""Tasks of each kind, and what became of their goals."""

NOTE = (
    "VLMaps' protocol: four instructions in a row, each to be fulfilled within 1 m of where its words point "
    "in the scene; the first, the first two, ... in a row. Touching: share of drives that touch anything."
)


def drive_flat(mapped: MappedFlat, tasks: int = TASKS, *, costmap: Costmap | None = None) -> Driven:
    """Drive the tasks of a flat on its map; `costmap` is that of the map, by default for a robot of 0.2 m."""
    costmap = costmap or Costmap.from_map(mapped.vmap)
    scene = mapped.flat.scene
    truth = Costmap.from_scene(scene, robot_radius_m=costmap.robot_radius_m)
    return {
        kind: [
            (task, run_task(task, mapped.vmap, costmap, truth))
            for task in draw(scene, mapped.seen, truth, tasks)
        ]
        for kind, draw in KINDS.items()
    }


def measure(maps: Mapping[str, MappedFlat]) -> dict[str, Driven]:
    """By encoder."""
    return {encoder: drive_flat(mapped) for encoder, mapped in maps.items()}


def sections(flats: Sequence[Mapping[str, Driven]]) -> list[Section]:
    """One table: a row for each encoder and kind of goal."""
    columns = (
        "",
        "tasks",
        *(f"{n + 1} in a row" for n in range(GOALS)),
        "each",
        "SPL",
        "touching",
        "unreachable",
    )
    rows = []
    for encoder in flats[0]:
        for kind in KINDS:
            outcomes = [outcomes for flat in flats for _, outcomes in flat[encoder][kind]]
            scores = score_navigation(outcomes)
            in_a_row = [*scores.in_a_row, *[None] * GOALS][:GOALS]
            figures = (scores.subgoals, scores.spl, scores.touching, scores.unreachable)
            rows.append((f"{encoder}, {kind} goals", len(outcomes), *in_a_row, *figures))
    return [Section("Navigation", columns, tuple(rows), NOTE)]


NAVIGATION = Part("navigation", measure, sections)
