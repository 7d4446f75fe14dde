"""What became of a robot's tasks on a map, as a table, as JSON and as a page with every task from above."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .._theme import LIGHT, Theme
from .._wording import counted
from ..evaluation.driven_flats import Driven, drive_flat, sections
from ..evaluation.flats import MappedFlat
from ..evaluation.navigation import WITHIN_M, Outcome, Subgoal, Task, score_navigation
from ..evaluation.scorecard import Section, json_of
from ..maps.picture import Line, Marker, Stop, top_down_picture
from .configs import RobotConfig
from .navigate import make_costmap
from .scorecard_page import block, scorecard_page, write_report
from .scorecard_pictures import PLAN_PX, image_tag

TITLES = {"object": "Things by name", "spatial": "Places in relation to things"}


@dataclass(frozen=True, eq=False)
class Navigated:
    """A map file, its map with the truth, and what became of the tasks by encoder, the map's own first."""

    map_file: Path
    mapped: MappedFlat
    driven: Mapping[str, Driven]

    @property
    def name(self) -> str:
        """Of the recording."""
        return self.mapped.flat.sequence.root.resolve().name

    @property
    def own(self) -> Driven:
        """The tasks that were driven on the map itself."""
        return self.driven[self.mapped.vmap.encoder]

    @cached_property
    def sections(self) -> list[Section]:
        """The table."""
        return sections([self.driven])

    @property
    def verdict(self) -> str:
        """The one sentence."""
        said = []
        for kind, tasks in self.own.items():
            scores = score_navigation(outcomes for _, outcomes in tasks)
            if not math.isnan(scores.subgoals):
                said.append(f"{scores.subgoals:.0%} of goals about {TITLES[kind].lower()}")
        return f"The robot does {' and '.join(said)}." if said else "No task could be driven."


def drive_maps(mapped: Sequence[MappedFlat], tasks: int, robot: RobotConfig) -> dict[str, Driven]:
    """The same tasks on each map of a flat, by encoder."""
    return {one.vmap.encoder: drive_flat(one, tasks, costmap=make_costmap(one.vmap, robot)) for one in mapped}


def write_navigation_scores(stem: Path, navigated: Navigated, theme: Theme = LIGHT) -> None:
    """Write <stem>.json and <stem>.html."""
    write_report(stem, _as_json(navigated), _page(navigated, theme))


def _page(navigated: Navigated, theme: Theme) -> str:
    parts: list[Section | str] = [*navigated.sections, _missed(navigated.own)]
    for kind, tasks in navigated.own.items():
        figures = (
            f"<figure>{_task_picture(navigated.mapped, task, outcomes, theme)}</figure>"
            for task, outcomes in tasks
        )
        note = "S is the start. A grey number is a goal that was missed; red is where the robot was wanted."
        parts.append(block(TITLES[kind], f'<div class="plans">{"".join(figures)}</div>', note))
    title = (
        f"{navigated.name}: how well does a robot find its way on the map of {navigated.mapped.vmap.encoder}?"
    )
    return scorecard_page(title, navigated.verdict, parts, theme)


def _task_picture(mapped: MappedFlat, task: Task, outcomes: Sequence[Outcome], theme: Theme) -> str:
    """The four goals and the ways to them, over the map."""
    stops = [Stop("start", task.start_xyyaw[:2], task.start_xyyaw[2], label="S")]
    markers, at, looks = [], task.start_xyyaw[:2], task.start_xyyaw[2]
    for subgoal, outcome in zip(task.subgoals, outcomes, strict=True):
        if outcome.path_xy_m is not None:
            at, looks = _end(outcome)
        stops.append(Stop(f"{subgoal.text}{_how_far(outcome)}", at, looks, outcome.success))
        if not outcome.success:
            markers.append(_wanted(subgoal, at))
    lines = [Line("", one.path_xy_m) for one in outcomes if one.path_xy_m is not None]
    words = f"{counted(sum(one.success for one in outcomes), 'goal')} of {len(outcomes)}"
    picture = top_down_picture(
        mapped.vmap, markers=markers, stops=stops, lines=lines, title=words, size_px=PLAN_PX, theme=theme
    )
    return image_tag(picture, words)


def _end(outcome: Outcome) -> tuple[tuple[float, float], float]:
    """Where a way ends, and its course there."""
    assert outcome.path_xy_m is not None
    points = outcome.path_xy_m
    x, y = (float(value) for value in points[-1])
    back = points[max(len(points) - 4, 0)]
    return (x, y), math.atan2(y - float(back[1]), x - float(back[0]))


def _how_far(outcome: Outcome) -> str:
    if outcome.success:
        return ""
    return f": {outcome.off_m:.1f} m off" if math.isfinite(outcome.off_m) else ": no way was found"


def _wanted(subgoal: Subgoal, at_xy_m: tuple[float, float]) -> Marker:
    """The nearest place that would have counted."""
    if subgoal.point_xy_m is not None:
        return Marker(f"wanted: {subgoal.text}", (*subgoal.point_xy_m, 0.0), (0.2, 0.2, 0.0))
    nearest = min(subgoal.boxes, key=lambda box: math.dist(box.middle_xy_m, at_xy_m))
    width, depth = nearest.half_xy_m
    return Marker(f"wanted: {subgoal.text}", (*nearest.middle_xy_m, 0.0), (2 * width, 2 * depth, 0.0))


def _missed(driven: Driven) -> Section:
    """The goals that were not reached, and what the robot said."""
    rows = [
        (text, _how_far(outcome)[2:], outcome.said) for text, outcome in _goals(driven) if not outcome.success
    ]
    title = f"Missed: {len(rows)} of {sum(1 for _ in _goals(driven))}"
    return Section(
        title, ("told", "missed by", "what it said"), tuple(rows), f"A goal counts within {WITHIN_M:g} m."
    )


def _goals(driven: Driven) -> Iterator[tuple[str, Outcome]]:
    for tasks in driven.values():
        for task, outcomes in tasks:
            yield from zip((subgoal.text for subgoal in task.subgoals), outcomes, strict=True)


def _as_json(navigated: Navigated) -> dict[str, Any]:
    return {
        "recording": str(navigated.mapped.flat.sequence.root),
        "map": str(navigated.map_file),
        "sections": json_of(navigated.sections),
        "tasks": {
            encoder: {
                kind: [
                    {
                        "start_xyyaw": list(task.start_xyyaw),
                        "goals": [
                            _goal_json(subgoal, outcome)
                            for subgoal, outcome in zip(task.subgoals, outcomes, strict=True)
                        ],
                    }
                    for task, outcomes in tasks
                ]
                for kind, tasks in driven.items()
            }
            for encoder, driven in navigated.driven.items()
        },
    }


def _goal_json(subgoal: Subgoal, outcome: Outcome) -> dict[str, Any]:
    path = outcome.path_xy_m
    return {
        "text": subgoal.text,
        "success": outcome.success,
        "off_m": outcome.off_m if math.isfinite(outcome.off_m) else None,
        "spl": outcome.spl,
        "touched": outcome.touched,
        "reachable": outcome.reachable,
        "said": outcome.said,
        "path_xy_m": None if path is None else path.round(4).tolist(),
    }
