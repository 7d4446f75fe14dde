"""How well a robot does what it is told on generated flats: VLMaps' protocol, first goal and four in a row.

    python benchmarks/navigation.py                                          # oracle, 3 flats
    python benchmarks/navigation.py --encoders oracle tiny --flats 20 --frames 80 --sensor kinect_v1

Flats of seeds that nothing was tuned or trained on are rendered and mapped at 5 cm; on each a robot of 0.2 m
gets tasks of four instructions, about things by name and about places beside, between and before them.
Rendered flats stay in `--folder`, where those of queries.py lie, too.
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

from sisg_robotics.evaluation.driven_flats import TASKS, Driven, drive_flat, sections
from sisg_robotics.evaluation.flats import mapped_flat, recorded_flat
from sisg_robotics.evaluation.navigation import score_navigation
from sisg_robotics.evaluation.scorecard import text_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", nargs="+", default=["oracle"], help="names that make_encoder knows")
    parser.add_argument("--flats", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=TASKS, help="of each kind, a flat")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--sensor", default="ideal", help="what blurs the recording")
    parser.add_argument(
        "--workers", type=int, default=1, help="flats at a time, each in a process of its own"
    )
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/flats"))
    parser.add_argument("--show-wrong", action="store_true", help="print every goal that was missed")
    options = parser.parse_args()

    seeds = range(options.first_seed, options.first_seed + options.flats)
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        flats = list(pool.map(partial(examine, options=options), seeds))
    print()
    print(text_of(sections(flats)))
    if options.show_wrong:
        report_wrong(flats)


def examine(seed: int, options: argparse.Namespace) -> dict[str, Driven]:
    """One flat: what became of its tasks, by encoder and kind."""
    flat = recorded_flat(seed, options.folder, frames=options.frames, sensor=options.sensor)
    found: dict[str, Driven] = {}
    for encoder in options.encoders:
        start = time.perf_counter()
        found[encoder] = drive_flat(mapped_flat(flat, encoder), options.tasks)
        row: dict[str, Any] = {"seed": seed, "encoder": encoder}
        for kind, tasks in found[encoder].items():
            row[kind] = round(score_navigation([outcomes for _, outcomes in tasks]).subgoals, 3)
        print(json.dumps(row | {"seconds": round(time.perf_counter() - start)}), flush=True)
    return found


def report_wrong(flats: list[dict[str, Driven]]) -> None:
    """Every goal that was missed, a line each."""
    for flat in flats:
        for encoder, kinds in flat.items():
            for task, outcomes in (pair for pairs in kinds.values() for pair in pairs):
                for subgoal, outcome in zip(task.subgoals, outcomes, strict=True):
                    if not outcome.success:
                        print(f"{encoder}: {subgoal.text!r}, {outcome.off_m:.2f} m off: {outcome.said}")


if __name__ == "__main__":
    main()
