"""Objects a second with one worker and with two, side by side.

    python benchmarks/scale_out.py [--objects 24] [--views 32] [--resolution 256] [--rounds 3] [--workers 2]

One worker is one process on one core; so two workers are two processes on two cores, and nothing else
changes. Beside them: one process that uses all cores by threads, which is what `processes=1` gives. Each is
measured from when all its workers have rendered their first object (programs loaded, kernels compiled) until
the last object is written; the rounds alternate, and the best of each counts. Every object is the same thing
under another name, so that the work is equal and the last one keeps nobody waiting for long. CPU seconds an
object say on a busy machine what the rates would be on an idle one: equal, where workers do not get in each
other's way.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sisg_robotics.assets import AssetSpec, Node, export_glb, make_asset
from sisg_robotics.jobs import Job, Store, run_jobs
from sisg_robotics.jobs.cores import usable_cores
from sisg_robotics.rendering.objects import ObjectViewSettings, make_settings
from sisg_robotics.rendering.objects.sources import ObjectSource
from sisg_robotics.rendering.objects.task import ObjectTask, Place, render_one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("objects", 24), ("views", 32), ("resolution", 256), ("rounds", 3), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--category", default="armchair")
    parser.add_argument("--executor", default="local")
    given = parser.parse_args()
    settings = make_settings(num_views=given.views, resolution=given.resolution, modalities=("depth",))
    cores = len(usable_cores())
    triangles = sum(len(part.triangles) for part in make_asset(AssetSpec(given.category)).parts)
    print(
        f"{os.cpu_count()} cores, {cores} usable; {given.objects} objects of {triangles} triangles, "
        f"{given.views} views of {given.resolution}x{given.resolution}, {settings.samples} rays a pixel, "
        "PNG and depth"
    )
    rows = {
        "1 worker of 1 core": {"workers": 1, "threads": 1},
        f"{given.workers} workers of 1 core": {"workers": given.workers, "threads": 1},
        f"1 process, {cores} threads": {"workers": 1, "threads": cores},
    }
    best = dict.fromkeys(rows, (0.0, 0.0))
    for _ in range(given.rounds):
        for name, options in rows.items():
            rate = objects_a_second(given.category, given.objects, settings, given.executor, **options)
            best[name] = max(best[name], rate)
    one = best["1 worker of 1 core"][0]
    print(f"\n{'':<24}{'objects/s':>12}{'views/s':>12}{'times one':>12}{'CPU s/object':>14}")
    for name, (rate, cpu_s) in best.items():
        print(f"{name:<24}{rate:>12.3f}{rate * given.views:>12.1f}{rate / one:>12.2f}{cpu_s:>14.3f}")


def timed(task: ObjectTask) -> float:
    """Render; the processor's seconds, of all threads."""
    start = time.process_time()
    render_one(task)
    return time.process_time() - start


def objects_a_second(
    category: str, count: int, settings: ObjectViewSettings, executor: str, *, workers: int, threads: int
) -> tuple[float, float]:
    """Rate after every worker has rendered one object, and CPU seconds an object."""
    with TemporaryDirectory() as folder:
        export_glb(
            Path(folder) / "thing.glb", [Node(category, make_asset(AssetSpec(category)).parts, np.eye(4), {})]
        )
        store = Store(f"{folder}/out")
        tasks = [
            ObjectTask(
                ObjectSource(f"thing {number}", folder, "thing.glb"), settings, 0, None,
                Place(store, f"{number}.zip", "zip"),
            )
            for number in range(count + workers)
        ]  # fmt: skip
        jobs = (Job(task.place.name, timed, (task,)) for task in tasks)
        start, cpu_s = time.perf_counter(), 0.0
        for done, outcome in enumerate(
            run_jobs(jobs, executor=executor, workers=workers, threads=threads, retries=0), start=1
        ):
            if not outcome.ok:
                raise SystemExit(f"{outcome.key}: {outcome.reason}")
            if done == workers:
                start = time.perf_counter()
            elif done > workers:
                cpu_s += outcome.value
        return count / (time.perf_counter() - start), cpu_s / count


if __name__ == "__main__":
    main()
