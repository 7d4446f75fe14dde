"""How well a robot does what it is told on generated flats: VLMaps' protocol, first goal and four in a row.

    python benchmarks/navigation.py                                          # oracle, 3 flats
    python benchmarks/navigation.py --encoders oracle tiny --flats 20 --frames 80 --sensor kinect_v1

Flats of seeds that nothing was tuned or trained on are rendered and mapped at 5 cm; on each a robot of 0.2 m
gets tasks of four instructions, about things by name and about places beside, between and before them. It
keeps a cell more than its radius from what the map shows, since a map of cells is no finer. Rendered flats
stay in `--folder`, where those of queries.py lie, too.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sisg_robotics.evaluation.flats import CELL_SIZE_M, mapped_flat, recorded_flat
from sisg_robotics.evaluation.navigation import Outcome, Task, run_task, score_navigation
from sisg_robotics.evaluation.navigation_tasks import object_tasks, spatial_tasks
from sisg_robotics.navigation import Costmap

ROBOT_RADIUS_M = 0.2

KINDS = {"object": object_tasks, "spatial": spatial_tasks}

Done = list[tuple[Task, list[Outcome]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", nargs="+", default=["oracle"], help="names that make_encoder knows")
    parser.add_argument("--flats", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=5, help="of each kind, a flat")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--sensor", default="ideal", help="what blurs the recording")
    parser.add_argument(
        "--workers", type=int, default=1, help="flats at a time, each in a process of its own"
    )
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/flats"))
    parser.add_argument("--show-wrong", action="store_true", help="print every goal that was missed")
    options = parser.parse_args()

    done: dict[tuple[str, str], Done] = {}
    seeds = range(options.first_seed, options.first_seed + options.flats)
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for results in pool.map(partial(examine, options=options), seeds):
            for key, tasks in results.items():
                done.setdefault(key, []).extend(tasks)
    report(done)
    if options.show_wrong:
        report_wrong(done)


def examine(seed: int, options: argparse.Namespace) -> dict[tuple[str, str], Done]:
    """One flat: what became of its tasks, by encoder and kind."""
    flat = recorded_flat(seed, options.folder, frames=options.frames, sensor=options.sensor)
    truth = Costmap.from_scene(flat.scene, robot_radius_m=ROBOT_RADIUS_M)
    found: dict[tuple[str, str], Done] = {}
    for encoder in options.encoders:
        start = time.perf_counter()
        mapped = mapped_flat(flat, encoder)
        costmap = Costmap.from_map(mapped.vmap, robot_radius_m=ROBOT_RADIUS_M + CELL_SIZE_M)
        row: dict[str, Any] = {"seed": seed, "encoder": encoder}
        for kind, draw in KINDS.items():
            tasks = draw(flat.scene, mapped.seen, truth, options.tasks)
            results = [(task, run_task(task, mapped.vmap, costmap, truth)) for task in tasks]
            found[encoder, kind] = results
            row[kind] = round(score_navigation([outcomes for _, outcomes in results]).subgoals, 3)
        print(json.dumps(row | {"seconds": round(time.perf_counter() - start)}), flush=True)
    return found


def report(done: dict[tuple[str, str], Done]) -> None:
    """A row for each encoder and kind of goal."""
    print(f"\n{'encoder':<10}{'goals':<9}{'tasks':>6}{'first':>8}{'2':>7}{'3':>7}{'4':>7}{'each':>8}", end="")
    print(f"{'SPL':>7}{'touching':>10}{'unreachable':>13}")
    for (encoder, kind), tasks in done.items():
        scores = score_navigation([outcomes for _, outcomes in tasks])
        rows = "".join(f"{value:>7.3f}" for value in scores.in_a_row)
        print(
            f"{encoder:<10}{kind:<9}{len(tasks):>6} {rows}{scores.subgoals:>8.3f}{scores.spl:>7.3f}", end=""
        )
        print(f"{scores.touching:>10.3f}{scores.unreachable:>13}")


def report_wrong(done: dict[tuple[str, str], Done]) -> None:
    """Every goal that was missed, a line each."""
    for (encoder, kind), tasks in done.items():
        for task, outcomes in tasks:
            for subgoal, outcome in zip(task.subgoals, outcomes, strict=False):
                if not outcome.success:
                    print(f"{encoder} {kind}: {subgoal.text!r}, {outcome.off_m:.2f} m off: {outcome.said}")


if __name__ == "__main__":
    main()
